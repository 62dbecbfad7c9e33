'use strict';

const {
  codes: { ERR_WORKER_UNSUPPORTED_OPERATION },
  genericNodeError,
} = require('internal/errors');
const self = require('internal/worker/self');

/**
 * Public `util.setTraceSigInt`, and --trace-sigint. While the program listens to SIGINT itself the
 * signal is blocked, and nothing is shown.
 */
function setTraceSigInt(enable) {
  if (!self.isMainThread) {
    throw new ERR_WORKER_UNSUPPORTED_OPERATION('Calling util.setTraceSigInt');
  }
  if (internalBinding('contextify').traceSigInt(!!enable)) return;
  throw genericNodeError('Cannot watch for SIGINT signals', { code: 'ERR_CANNOT_WATCH_SIGINT' });
}

module.exports = { setTraceSigInt };
