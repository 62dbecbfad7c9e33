'use strict';
// The global console by its name: globals are loaded as an export of that name.

module.exports = { console: require('internal/console/global') };
