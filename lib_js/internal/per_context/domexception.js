'use strict';
// Node's own name for this file; the class lives one folder up.

module.exports = require('internal/domexception');
