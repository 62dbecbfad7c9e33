'use strict';

// Deprecated name of a class of node:stream.

module.exports = require('stream').Readable;
