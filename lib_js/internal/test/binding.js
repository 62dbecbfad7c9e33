'use strict';
// What `--expose-internals` tests load to reach native functions and primordials.

process.emitWarning(
  'These APIs are for internal testing only. Do not use them.',
  'internal/test/binding');

const { filterOwnProperties } = require('internal/util');

module.exports = {
  filterOwnProperties,
  internalBinding,
  primordials,
};
