'use strict';

const { ERR_CRYPTO_INVALID_DIGEST } = require('internal/errors').codes;
const { validateFunction, validateInt32, validateString } = require('internal/validators');
const { findDigest } = require('internal/crypto/digests');
const { run } = require('internal/crypto/job');
const { getArrayBufferOrView } = require('internal/crypto/util');

const binding = internalBinding('crypto');

function derive(password, salt, iterations, keylen, name, callback) {
  const digest = findDigest(name);
  if (digest === null || digest.isXof) throw new ERR_CRYPTO_INVALID_DIGEST(name);
  return run(
    'PBKDF2REQUEST',
    (ticket) => binding.pbkdf2(password, salt, iterations, keylen, digest.number, ticket),
    callback);
}

function check(password, salt, iterations, keylen, digest) {
  validateString(digest, 'digest');
  password = getArrayBufferOrView(password, 'password');
  salt = getArrayBufferOrView(salt, 'salt');
  validateInt32(iterations, 'iterations', 1);
  validateInt32(keylen, 'keylen', 0);
  return { password, salt };
}

function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  if (typeof digest === 'function') {
    callback = digest;
    digest = undefined;
  }
  const bytes = check(password, salt, iterations, keylen, digest);
  validateFunction(callback, 'callback');
  derive(bytes.password, bytes.salt, iterations, keylen, digest, callback);
}

function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  const bytes = check(password, salt, iterations, keylen, digest);
  return derive(bytes.password, bytes.salt, iterations, keylen, digest, undefined);
}

module.exports = { pbkdf2, pbkdf2Sync };
