'use strict';

// Cryptography over AWS-LC. What is not built yet is absent: see ARCHITECTURE.md.

const { ObjectDefineProperties, ObjectDefineProperty } = primordials;

const { deprecate, getDeprecationWarningEmitter } = require('internal/util');
const { getOptionValue } = require('internal/options');
const constants = require('internal/crypto/constants');
const { argon2, argon2Sync } = require('internal/crypto/argon2');
const { Cipheriv, Decipheriv, getCipherInfo, getCiphers } = require('internal/crypto/cipher');
const {
  DiffieHellman,
  DiffieHellmanGroup,
  ECDH,
  getCurves,
} = require('internal/crypto/exchange');
const { Hash, Hmac, hash } = require('internal/crypto/hash');
const { hkdf, hkdfSync } = require('internal/crypto/hkdf');
const { KeyObject, createSecretKey } = require('internal/crypto/keys');
const { pbkdf2, pbkdf2Sync } = require('internal/crypto/pbkdf2');
const {
  checkPrime,
  checkPrimeSync,
  generatePrime,
  generatePrimeSync,
} = require('internal/crypto/prime');
const {
  getRandomValues,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  randomUUIDv7,
} = require('internal/crypto/random');
const { scrypt, scryptSync } = require('internal/crypto/scrypt');
const {
  getFips,
  getHashes,
  secureHeapUsed,
  setEngine,
  setFips,
  timingSafeEqual,
} = require('internal/crypto/util');

function createCipheriv(cipher, key, iv, options) {
  return new Cipheriv(cipher, key, iv, options);
}

function createDecipheriv(cipher, key, iv, options) {
  return new Decipheriv(cipher, key, iv, options);
}

function createDiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
}

function createDiffieHellmanGroup(name) {
  return new DiffieHellmanGroup(name);
}

function createECDH(curve) {
  return new ECDH(curve);
}

function createHash(algorithm, options) {
  return new Hash(algorithm, options);
}

function createHmac(hmac, key, options) {
  return new Hmac(hmac, key, options);
}

// In Node's order.
module.exports = {
  argon2,
  argon2Sync,
  checkPrime,
  checkPrimeSync,
  createCipheriv,
  createDecipheriv,
  createDiffieHellman,
  createDiffieHellmanGroup,
  createECDH,
  createHash,
  createHmac,
  createSecretKey,
  generatePrime,
  generatePrimeSync,
  getCiphers,
  getCipherInfo,
  getCurves,
  getDiffieHellman: createDiffieHellmanGroup,
  getHashes,
  hkdf,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  randomUUIDv7,
  scrypt,
  scryptSync,
  setEngine,
  timingSafeEqual,
  getFips,
  setFips,
  hash,
  Cipheriv,
  Decipheriv,
  DiffieHellman,
  DiffieHellmanGroup,
  ECDH,
  Hash: deprecate(Hash, 'crypto.Hash constructor is deprecated.', 'DEP0179'),
  Hmac: deprecate(Hmac, 'crypto.Hmac constructor is deprecated.', 'DEP0181'),
  KeyObject,
  secureHeapUsed,
};

const warnOfFips = getDeprecationWarningEmitter(
  'DEP0093', 'The crypto.fips is deprecated. Please use crypto.getFips()');

/** Old names of randomBytes, which warn when that is asked for. */
function oldName(name) {
  let value;
  return {
    __proto__: null,
    configurable: true,
    enumerable: false,
    get() {
      return value ??= getOptionValue('--pending-deprecation') ?
        deprecate(randomBytes, `crypto.${name} is deprecated.`, 'DEP0115') :
        randomBytes;
    },
    set(value) {
      ObjectDefineProperty(module.exports, name, {
        __proto__: null, configurable: true, enumerable: false, value, writable: true,
      });
    },
  };
}

ObjectDefineProperties(module.exports, {
  fips: {
    __proto__: null,
    get() {
      if (!process.noDeprecation) warnOfFips();
      return getFips();
    },
    set(value) {
      if (!process.noDeprecation) warnOfFips();
      setFips(value);
    },
  },
  constants: {
    __proto__: null, configurable: false, enumerable: true, value: constants,
  },
  getRandomValues: {
    __proto__: null,
    configurable: false,
    enumerable: true,
    get: () => getRandomValues,
    set: undefined,
  },
  prng: oldName('prng'),
  pseudoRandomBytes: oldName('pseudoRandomBytes'),
  rng: oldName('rng'),
});
