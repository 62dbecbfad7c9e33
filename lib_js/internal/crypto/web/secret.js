'use strict';

// WebCrypto's secret keys: those of AES, ChaCha20, HMAC, and what keys are derived from.

const {
  ArrayPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  TypedArrayPrototypeFill,
} = primordials;

const { lazyDOMException } = require('internal/util');
const {
  InternalCryptoKey,
  getCryptoKeyAlgorithm,
  getCryptoKeyHandle,
} = require('internal/crypto/crypto_key');
const { secretOf } = require('internal/crypto/native_key');
const { maskOfUsages } = require('internal/crypto/usages');
const { after, laneWork } = require('internal/crypto/web/answer');
const { bytesFor, bytesOf, firstBits, toArrayBuffer } = require('internal/crypto/web/bytes');
const { blockBits, jwkName } = require('internal/crypto/web/hash_names');
const {
  checkJwk,
  checkNotEmpty,
  checkUsages,
  dataError,
  secretOfJwk,
} = require('internal/crypto/web/key_checks');

const binding = internalBinding('crypto');

const cipherUsages = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];

const aes = {
  usages: cipherUsages,
  use: 'enc',
  raw: ['raw', 'raw-secret'],
  bits: ({ length }) => length,
  keyAlgorithm: ({ name }, bits) => ({ name, length: bits }),
  checkBits(bits) {
    if (bits !== 128 && bits !== 192 && bits !== 256) throw dataError('Invalid key length');
  },
  jwkAlg: ({ name }, bits) => `A${bits}${StringPrototypeSlice(name, 4)}`,
};

const families = {
  '__proto__': null,
  'AES-CBC': aes,
  'AES-CTR': aes,
  'AES-GCM': aes,
  'AES-KW': { ...aes, usages: ['wrapKey', 'unwrapKey'] },
  'ChaCha20-Poly1305': {
    usages: cipherUsages,
    use: 'enc',
    raw: ['raw-secret'],
    bits: () => 256,
    keyAlgorithm: ({ name }) => ({ name }),
    checkBits(bits) {
      if (bits !== 256) throw dataError('Invalid key length');
    },
    jwkAlg: () => 'C20P',
  },
  'HMAC': {
    usages: ['sign', 'verify'],
    use: 'sig',
    raw: ['raw', 'raw-secret'],
    bits: ({ length, hash }) => length ?? blockBits(hash.name),
    keyAlgorithm: ({ name, hash }, bits) => ({ name, length: bits, hash }),
    checkBits(bits) {
      if (bits === 0) throw dataError('Zero-length key is not supported');
    },
    jwkAlg: ({ name, hash }) => jwkName(name, hash.name),
  },
};

function generate(algorithm, isExtractable, usages) {
  const { name } = algorithm;
  const own = families[name];
  const bits = own.bits(algorithm);
  checkUsages(usages, own.usages, name);
  checkNotEmpty(usages);
  const start = (ticket) => binding.randomBytes(bytesFor(bits), ticket);
  return after(laneWork('KEYGENREQUEST', start), (bytes) => {
    const key = secretOf(firstBits(bytes, bits));
    TypedArrayPrototypeFill(bytes, 0);
    return new InternalCryptoKey(
      key, own.keyAlgorithm(algorithm, bits), maskOfUsages(usages), isExtractable);
  });
}

/** A length that was told may cut off bits of the last byte, no more. */
function cutToLength(key, length) {
  if (bytesFor(length) !== key.size) throw dataError('Invalid key length');
  return length % 8 === 0 ? key : secretOf(firstBits(key.export(), length));
}

function importKey(format, data, algorithm, isExtractable, usages) {
  const { name } = algorithm;
  const own = families[name];
  checkUsages(usages, own.usages, name);
  let key;
  if (format === 'native') {
    key = data;
  } else if (format === 'jwk') {
    checkJwk(data, 'oct', isExtractable, usages, own.use);
    key = secretOfJwk(data);
  } else if (ArrayPrototypeIncludes(own.raw, format)) {
    key = secretOf(bytesOf(data));
  } else {
    return undefined;
  }
  let bits = key.size * 8;
  const isHmac = name === 'HMAC';
  if (format === 'jwk' && isHmac) checkAlg(data, own, algorithm, bits);
  own.checkBits(bits);
  if (format === 'jwk' && !isHmac) checkAlg(data, own, algorithm, bits);
  if (isHmac && algorithm.length !== undefined) {
    key = cutToLength(key, algorithm.length);
    bits = algorithm.length;
  }
  return new InternalCryptoKey(
    key, own.keyAlgorithm(algorithm, bits), maskOfUsages(usages), isExtractable);
}

function checkAlg(jwk, own, algorithm, bits) {
  if (jwk.alg === undefined) return;
  const expected = own.jwkAlg(algorithm, bits);
  if (expected !== undefined && jwk.alg !== expected) {
    throw dataError('JWK "alg" does not match the requested algorithm');
  }
}

/** What keys are derived from: a password, or key material. */
function importMaterial(format, data, { name }, isExtractable, usages) {
  const isRaw = format === 'raw-secret' ||
    (format === 'raw' && !StringPrototypeStartsWith(name, 'Argon2'));
  if (format !== 'native' && !isRaw) return undefined;
  if (isExtractable) throw lazyDOMException(`${name} keys are not extractable`, 'SyntaxError');
  checkUsages(usages, ['deriveKey', 'deriveBits'], `a ${name}`);
  const key = format === 'native' ? data : secretOf(bytesOf(data));
  return new InternalCryptoKey(key, { name }, maskOfUsages(usages), false);
}

function exportKey(format, cryptoKey) {
  const own = families[getCryptoKeyAlgorithm(cryptoKey).name];
  if (!ArrayPrototypeIncludes(own.raw, format)) return undefined;
  return toArrayBuffer(getCryptoKeyHandle(cryptoKey).export());
}

module.exports = {
  exportKey,
  generate,
  importKey,
  importMaterial,
  isSecret: (name) => families[name] !== undefined,
  jwkAlg: (algorithm) => families[algorithm.name].jwkAlg(algorithm, algorithm.length),
};
