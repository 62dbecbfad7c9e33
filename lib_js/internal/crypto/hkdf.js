'use strict';

const { TypedArrayPrototypeFill } = primordials;

const {
  codes: {
    ERR_CRYPTO_INVALID_DIGEST,
    ERR_CRYPTO_INVALID_KEYLEN,
    ERR_INVALID_ARG_TYPE,
    ERR_OUT_OF_RANGE,
  },
} = require('internal/errors');
const { FastBuffer } = require('internal/buffer');
const { validateFunction, validateInteger, validateString } = require('internal/validators');
const { findDigest } = require('internal/crypto/digests');
const { bytesOf, decode, isBytes } = require('internal/crypto/encodings');
const { run } = require('internal/crypto/job');
const {
  isCryptoKey,
  isKeyObject,
  secretBytesOf,
} = require('internal/crypto/keys');
const { toArrayBuffer } = require('internal/crypto/web/bytes');

const binding = internalBinding('crypto');

const INFO_BYTES_MAX = 1024;
const LENGTH_MAX = 2 ** 53 - 1;

const BYTES = ['ArrayBuffer', 'TypedArray', 'DataView', 'Buffer'];

function bytesFrom(value, name) {
  if (typeof value === 'string') return decode(value, 'utf8');
  if (!isBytes(value)) {
    throw new ERR_INVALID_ARG_TYPE(name, ['string', ...BYTES], value);
  }
  return value;
}

/** A copy, which is wiped after use. */
function secretFrom(key) {
  if (isKeyObject(key) || isCryptoKey(key)) return secretBytesOf(key);
  if (typeof key !== 'string' && !isBytes(key)) {
    throw new ERR_INVALID_ARG_TYPE('ikm', ['string', 'SecretKeyObject', ...BYTES], key);
  }
  return typeof key === 'string' ? decode(key, 'utf8') : new FastBuffer(bytesOf(key));
}

function prepare(digest, key, salt, info, length) {
  validateString(digest, 'digest');
  const secret = secretFrom(key);
  salt = bytesFrom(salt, 'salt');
  info = bytesFrom(info, 'info');
  validateInteger(length, 'length', 0, LENGTH_MAX);
  if (info.byteLength > INFO_BYTES_MAX) {
    throw new ERR_OUT_OF_RANGE(
      'info', `must not contain more than ${INFO_BYTES_MAX} bytes`, info.byteLength);
  }
  return { secret, salt, info };
}

function derive(name, { secret, salt, info }, length, callback) {
  const digest = findDigest(name);
  if (digest === null || digest.isXof) throw new ERR_CRYPTO_INVALID_DIGEST(name);
  // RFC 5869, section 2.3.
  if (length > 255 * digest.bytes) throw new ERR_CRYPTO_INVALID_KEYLEN();
  const start = (ticket) => {
    const result = binding.hkdf(digest.number, secret, salt, info, length, ticket);
    // Native has a copy of its own, which it wipes too.
    TypedArrayPrototypeFill(secret, 0);
    return result;
  };
  return run('DERIVEBITSREQUEST', start, callback, toArrayBuffer);
}

function hkdf(digest, ikm, salt, info, length, callback) {
  const prepared = prepare(digest, ikm, salt, info, length);
  validateFunction(callback, 'callback');
  derive(digest, prepared, length, callback);
}

function hkdfSync(digest, ikm, salt, info, length) {
  return derive(digest, prepare(digest, ikm, salt, info, length), length, undefined);
}

module.exports = { hkdf, hkdfSync };
