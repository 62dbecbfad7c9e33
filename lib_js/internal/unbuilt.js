'use strict';
// The error of what a program may name but coring cannot do yet. One place, so that it always says
// the same, and so that a search finds all that is missing.

const { ErrorCaptureStackTrace, TypeError } = primordials;

/** The error that says that `feature` wants `technique`: "TLS" or "HTTP/2". */
function unbuilt(feature, technique, caller = unbuilt) {
  const error = new TypeError(`${feature} needs ${technique}, which coring does not have yet`);
  error.code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
  ErrorCaptureStackTrace(error, caller);
  return error;
}

/** The error of `feature`, which needs TLS; the stack begins where `caller` was called. */
function noTls(feature, caller) {
  return unbuilt(feature, 'TLS', caller);
}

/** The error of `feature`, which needs HTTP/2; the stack begins where `caller` was called. */
function noHttp2(feature, caller) {
  return unbuilt(feature, 'HTTP/2', caller);
}

module.exports = { noHttp2, noTls };
