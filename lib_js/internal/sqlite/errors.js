'use strict';

// Errors as Node's native half makes them: their stack begins with the class's name, without the
// code.

const { Error, RangeError, TypeError } = primordials;

const { failure } = internalBinding('sqlite');

function withCode(error, code) {
  error.code = code;
  return error;
}

function invalidState(message) {
  return withCode(new Error(message), 'ERR_INVALID_STATE');
}

function invalidType(message) {
  return withCode(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
}

function invalidValue(message) {
  return withCode(new TypeError(message), 'ERR_INVALID_ARG_VALUE');
}

function outOfRange(message) {
  return withCode(new RangeError(message), 'ERR_OUT_OF_RANGE');
}

function illegalInvocation() {
  return new TypeError('Illegal invocation');
}

function illegalConstructor() {
  return withCode(new Error('Illegal constructor'), 'ERR_ILLEGAL_CONSTRUCTOR');
}

/** Of the op that has just failed. */
function sqliteError() {
  const { 0: errcode, 1: errstr, 2: message } = failure();
  const error = withCode(new Error(message), 'ERR_SQLITE_ERROR');
  error.errcode = errcode;
  error.errstr = errstr;
  return error;
}

/** Of a backup's step, or of changes that could not be applied: all that is known is the code. */
function errorOfText(errcode, message) {
  const error = withCode(new Error(message), 'ERR_SQLITE_ERROR');
  error.errcode = errcode;
  return error;
}

module.exports = {
  errorOfText,
  illegalConstructor,
  illegalInvocation,
  invalidState,
  invalidType,
  invalidValue,
  outOfRange,
  sqliteError,
  withCode,
};
