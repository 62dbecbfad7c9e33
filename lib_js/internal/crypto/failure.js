'use strict';

// What native refused, as the errors that Node makes of OpenSSL's.

const { Error, ErrorCaptureStackTrace, RangeError, TypeError } = primordials;

const { takeFailure } = internalBinding('crypto');

/** Codes whose errors are no plain Error. */
const classes = {
  __proto__: null,
  ERR_CRYPTO_INVALID_AUTH_TAG: TypeError,
  ERR_CRYPTO_INVALID_COUNTER: TypeError,
  ERR_CRYPTO_INVALID_CURVE: TypeError,
  ERR_CRYPTO_INVALID_DIGEST: TypeError,
  ERR_CRYPTO_INVALID_IV: TypeError,
  ERR_CRYPTO_INVALID_JWK: TypeError,
  ERR_CRYPTO_INVALID_KEYLEN: RangeError,
  ERR_CRYPTO_INVALID_KEYPAIR: RangeError,
  ERR_CRYPTO_INVALID_KEYTYPE: RangeError,
  ERR_CRYPTO_INVALID_MESSAGELEN: RangeError,
  ERR_CRYPTO_INVALID_SCRYPT_PARAMS: RangeError,
  ERR_CRYPTO_INVALID_TAG_LENGTH: RangeError,
  ERR_INVALID_ARG_TYPE: TypeError,
  ERR_INVALID_ARG_VALUE: TypeError,
  ERR_MISSING_ARGS: TypeError,
  ERR_MISSING_PASSPHRASE: TypeError,
  ERR_OUT_OF_RANGE: RangeError,
};

/** An error of native's making: its code does not stand in its stack. */
function nativeError(code, message) {
  const error = new (classes[code] ?? Error)(message);
  ErrorCaptureStackTrace(error, nativeError);
  if (code !== undefined) error.code = code;
  return error;
}

/**
 * @param {Array} failure  message, code, library, function, reason, other messages
 *   (bindings/src/crypto/mod.rs)
 */
function toError(failure) {
  const { 0: message, 1: code, 2: library, 3: fn, 4: reason, 5: stack } = failure;
  if (library === undefined) return nativeError(code, message);
  const error = nativeError(undefined, message);
  if (stack.length !== 0) error.opensslErrorStack = stack;
  error.library = library;
  if (fn !== undefined) error.function = fn;
  if (reason !== undefined) error.reason = reason;
  if (code !== undefined) error.code = code;
  return error;
}

/** Of an op that has just given null. */
function lastError() {
  const error = toError(takeFailure());
  ErrorCaptureStackTrace(error, lastError);
  return error;
}

/** What an op gave, or its failure thrown. */
function orThrow(result) {
  if (result === null) {
    const error = lastError();
    ErrorCaptureStackTrace(error, orThrow);
    throw error;
  }
  return result;
}

module.exports = { nativeError, toError, lastError, orThrow };
