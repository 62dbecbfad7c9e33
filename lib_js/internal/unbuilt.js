'use strict';
// The error of what a program may name but coring cannot do yet. One place, so that it always says
// the same, and so that a search finds all that is missing.

const { ErrorCaptureStackTrace, TypeError } = primordials;

/** The error of `feature`, which needs HTTP/2; the stack begins where `caller` was called. */
function noHttp2(feature, caller) {
  const error = new TypeError(`${feature} needs HTTP/2, which coring does not have yet`);
  error.code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
  ErrorCaptureStackTrace(error, caller);
  return error;
}

module.exports = { noHttp2 };
