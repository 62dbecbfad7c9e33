'use strict';

// What WebCrypto derives: bits from other keys.

const { ArrayBuffer, StringPrototypeStartsWith, Uint8Array } = primordials;

const { ERR_CRYPTO_INVALID_KEYLEN } = require('internal/errors').codes;
const { lazyDOMException } = require('internal/util');
const {
  getCryptoKeyAlgorithm,
  getCryptoKeyHandle,
  getCryptoKeyType,
} = require('internal/crypto/crypto_key');
const { kHandle } = require('internal/crypto/handles');
const { after, laneWork, operationError } = require('internal/crypto/web/answer');
const { bytesFor, firstBits, toArrayBuffer } = require('internal/crypto/web/bytes');
const { blockBits, digestOf } = require('internal/crypto/web/hash_names');

const binding = internalBinding('crypto');

/** Bits that HKDF and PBKDF2 give: whole bytes, and told. */
function checkLength(length) {
  if (length === null) throw lazyDOMException('length cannot be null', 'OperationError');
  if (length % 8) throw lazyDOMException('length must be a multiple of 8', 'OperationError');
}

/** As native numbers them. */
const argonKinds = { __proto__: null, Argon2d: 0, Argon2i: 1, Argon2id: 2 };

function argon(algorithm, secret, length) {
  if (length < 32) throw lazyDOMException('length must be >= 32', 'OperationError');
  const { name, nonce, parallelism, memory, passes } = algorithm;
  const { secretValue = new Uint8Array(0), associatedData = new Uint8Array(0) } = algorithm;
  return after(laneWork('ARGON2REQUEST', (ticket) => binding.argon2(
    argonKinds[name], secret, nonce, [parallelism, memory, passes], length / 8, secretValue,
    associatedData, ticket)), toArrayBuffer);
}

function agree(algorithm, key, length) {
  const { public: other } = algorithm;
  if (getCryptoKeyType(key) !== 'private') {
    throw lazyDOMException('baseKey must be a private key', 'InvalidAccessError');
  }
  const own = getCryptoKeyAlgorithm(key);
  const its = getCryptoKeyAlgorithm(other);
  if (own.name !== its.name) {
    throw lazyDOMException(
      'The public and private keys must be of the same type', 'InvalidAccessError');
  }
  if (own.namedCurve !== its.namedCurve) {
    throw lazyDOMException('Named curve mismatch', 'InvalidAccessError');
  }
  const work = laneWork('DERIVEBITSREQUEST', (ticket) => binding.keyDerive(
    getCryptoKeyHandle(key)[kHandle], getCryptoKeyHandle(other)[kHandle], ticket));
  return after(work, (secret) => {
    if (length === null) return toArrayBuffer(secret);
    if (secret.length < bytesFor(length)) {
      throw lazyDOMException('derived bit length is too small', 'OperationError');
    }
    return toArrayBuffer(firstBits(secret, length));
  });
}

/** Work that gives an ArrayBuffer. */
function derive(algorithm, key, length) {
  if (algorithm.name === 'ECDH' || algorithm.name === 'X25519') {
    return agree(algorithm, key, length);
  }
  checkLength(length);
  const secret = getCryptoKeyHandle(key).export();
  if (argonKinds[algorithm.name] !== undefined) return argon(algorithm, secret, length);
  const { number: digest, bytes } = digestOf(algorithm.hash.name);
  const { salt, info, iterations } = algorithm;
  const count = length / 8;
  // RFC 5869, section 2.3.
  if (algorithm.name === 'HKDF' && count > 255 * bytes) {
    throw operationError(new ERR_CRYPTO_INVALID_KEYLEN());
  }
  if (count === 0) return (done) => done(null, new ArrayBuffer(0));
  const start = algorithm.name === 'HKDF' ?
    (ticket) => binding.hkdf(digest, secret, salt, info, count, ticket) :
    (ticket) => binding.pbkdf2(secret, salt, iterations, count, digest, ticket);
  return after(laneWork(`${algorithm.name}REQUEST`, start), toArrayBuffer);
}

/** Can it give so many bits? Throws, or says no. */
function canDerive(algorithm, length) {
  const { name } = algorithm;
  if (name === 'HKDF' || name === 'PBKDF2') checkLength(length);
  if (argonKinds[name] !== undefined) {
    checkLength(length);
    return length >= 32;
  }
  if (name === 'X25519') return !(length > 256);
  if (name !== 'ECDH') return true;
  const { namedCurve } = getCryptoKeyAlgorithm(algorithm.public);
  const most = { '__proto__': null, 'P-256': 256, 'P-384': 384, 'P-521': 528 }[namedCurve];
  return !(length > most);
}

/** Bits of a key that is derived; null: as many as there are. */
function getKeyLength({ name, length, hash }) {
  if (StringPrototypeStartsWith(name, 'AES-')) return length;
  switch (name) {
    case 'HMAC': return length ?? blockBits(hash.name);
    case 'ChaCha20-Poly1305': return 256;
    default: return null;
  }
}

module.exports = { canDerive, derive, getKeyLength };
