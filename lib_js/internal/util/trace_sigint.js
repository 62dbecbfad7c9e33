'use strict';

const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');
const { validateBoolean } = require('internal/validators');

/** Public `util.setTraceSigInt`. The stack of a running program cannot be shown on SIGINT yet. */
function setTraceSigInt(enable) {
  validateBoolean(enable, 'enable');
  if (enable) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('util.setTraceSigInt()');
}

module.exports = { setTraceSigInt };
