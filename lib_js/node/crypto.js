'use strict';

// Cryptography over AWS-LC. What that lacks is absent: see ARCHITECTURE.md.

const { ObjectDefineProperties, ObjectDefineProperty } = primordials;

const { deprecate, getDeprecationWarningEmitter } = require('internal/util');
const { getOptionValue } = require('internal/options');
const constants = require('internal/crypto/constants');
const { argon2, argon2Sync } = require('internal/crypto/argon2');
const Certificate = require('internal/crypto/certificate');
const { Cipheriv, Decipheriv, getCipherInfo, getCiphers } = require('internal/crypto/cipher');
const { decapsulate, diffieHellman, encapsulate } = require('internal/crypto/agreement');
const { DiffieHellman, DiffieHellmanGroup, ECDH } = require('internal/crypto/exchange');
const { Hash, Hmac, hash } = require('internal/crypto/hash');
const {
  generateKey,
  generateKeyPair,
  generateKeyPairSync,
  generateKeySync,
} = require('internal/crypto/keygen');
const {
  KeyObject,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
} = require('internal/crypto/keys');
const { hkdf, hkdfSync } = require('internal/crypto/hkdf');
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
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
} = require('internal/crypto/rsa_cipher');
const { Sign, Verify, signOneShot, verifyOneShot } = require('internal/crypto/sig');
const {
  getCurves,
  getFips,
  getHashes,
  secureHeapUsed,
  setEngine,
  setFips,
  timingSafeEqual,
} = require('internal/crypto/util');
const { X509Certificate } = require('internal/crypto/x509');

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

function createSign(algorithm, options) {
  return new Sign(algorithm, options);
}

function createVerify(algorithm, options) {
  return new Verify(algorithm, options);
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
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  createSign,
  createVerify,
  diffieHellman,
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
  generateKeyPair,
  generateKeyPairSync,
  generateKey,
  generateKeySync,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  randomUUIDv7,
  scrypt,
  scryptSync,
  sign: signOneShot,
  setEngine,
  timingSafeEqual,
  getFips,
  setFips,
  verify: verifyOneShot,
  hash,
  encapsulate,
  decapsulate,
  Certificate,
  Cipheriv,
  Decipheriv,
  DiffieHellman,
  DiffieHellmanGroup,
  ECDH,
  Hash: deprecate(Hash, 'crypto.Hash constructor is deprecated.', 'DEP0179'),
  Hmac: deprecate(Hmac, 'crypto.Hmac constructor is deprecated.', 'DEP0181'),
  KeyObject,
  Sign,
  Verify,
  X509Certificate,
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
    set(given) {
      ObjectDefineProperty(module.exports, name, {
        __proto__: null, configurable: true, enumerable: true, value: given, writable: true,
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
  webcrypto: {
    __proto__: null,
    configurable: false,
    enumerable: true,
    get: () => require('internal/crypto/webcrypto').crypto,
    set: undefined,
  },
  subtle: {
    __proto__: null,
    configurable: false,
    enumerable: true,
    get: () => require('internal/crypto/webcrypto').crypto.subtle,
    set: undefined,
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
