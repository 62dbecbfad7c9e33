'use strict';

// node:zlib/iter: compressors for the pipelines of node:stream/iter.

const { emitExperimentalWarning } = require('internal/util');

emitExperimentalWarning('zlib/iter');

module.exports = { ...require('internal/streams/iter/compression') };
