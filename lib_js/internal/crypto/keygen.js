'use strict';

// New keys: generateKey, generateKeyPair and their kin.

const { ObjectDefineProperty } = primordials;

const {
  codes: {
    ERR_CRYPTO_INVALID_CURVE,
    ERR_INCOMPATIBLE_OPTION_PAIR,
    ERR_INVALID_ARG_VALUE,
    ERR_MISSING_OPTION,
  },
} = require('internal/errors');
const { Buffer } = require('buffer');
const { customPromisifyArgs, kEmptyObject } = require('internal/util');
const {
  validateBuffer,
  validateFunction,
  validateInt32,
  validateInteger,
  validateObject,
  validateOneOf,
  validateString,
  validateUint32,
} = require('internal/validators');
const { digestOrThrow } = require('internal/crypto/digests');
const { nativeError, orThrow } = require('internal/crypto/failure');
const { NOW, startJob } = require('internal/crypto/job');
const {
  parsePrivateKeyEncoding,
  parsePublicKeyEncoding,
  writeKey,
} = require('internal/crypto/key_encoding');
const { SecretKeyObject, wrapKey } = require('internal/crypto/key_object');
const { NativeKey, rawKinds, secretOf } = require('internal/crypto/native_key');

const binding = internalBinding('crypto');

const NOT_TOLD = -1;

/** How a half of the pair shall be given; undefined: as a KeyObject. */
function encodingOf(options, name, kind, parse) {
  const encoding = options[name];
  if (encoding == null) return undefined;
  if (typeof encoding !== 'object') throw new ERR_INVALID_ARG_VALUE(`options.${name}`, encoding);
  return parse(encoding, kind, `options.${name}`);
}

/** What native is asked for: see bindings/src/crypto/key_generate.rs. */
function recipe(kind, numbers, curve, prime, generator) {
  return { kind, numbers, curve, prime, generator };
}

function digestNumber(name, message) {
  if (name === undefined) return NOT_TOLD;
  return digestOrThrow(name, message).number;
}

function unsigned(value, path) {
  validateUint32(value, path);
  // -0 is 0.
  return value + 0;
}

function positive(value, path) {
  validateInt32(value, path, 0);
  return value + 0;
}

function rsaNumbers(options) {
  validateObject(options, 'options');
  const { modulusLength, publicExponent } = options;
  const bits = unsigned(modulusLength, 'options.modulusLength');
  const exponent = publicExponent == null ?
    0x10001 : unsigned(publicExponent, 'options.publicExponent');
  return [bits, exponent];
}

/** An option under its old name, which warns. */
function renamed(options, old, now) {
  const value = options[old];
  if (value === undefined) return options[now];
  process.emitWarning(
    `"options.${old}" is deprecated, use "options.${now}" instead.`, 'DeprecationWarning',
    'DEP0154');
  validateString(value, `options.${old}`);
  const other = options[now];
  if (other && value !== other) throw new ERR_INVALID_ARG_VALUE(`options.${old}`, value);
  return other || value;
}

function rsaPss(options) {
  const numbers = rsaNumbers(options);
  const { saltLength, hashAlgorithm, mgf1HashAlgorithm } = options;
  const salt = saltLength === undefined ?
    NOT_TOLD : positive(saltLength, 'options.saltLength');
  if (hashAlgorithm !== undefined) validateString(hashAlgorithm, 'options.hashAlgorithm');
  if (mgf1HashAlgorithm !== undefined) {
    validateString(mgf1HashAlgorithm, 'options.mgf1HashAlgorithm');
  }
  const hash = renamed(options, 'hash', 'hashAlgorithm');
  const maskHash = renamed(options, 'mgf1Hash', 'mgf1HashAlgorithm');
  return recipe('rsa-pss', [
    ...numbers, digestNumber(hash), digestNumber(maskHash, `Invalid MGF1 digest: ${maskHash}`),
    salt,
  ]);
}

function dsa(options) {
  validateObject(options, 'options');
  const { modulusLength, divisorLength } = options;
  const bits = unsigned(modulusLength, 'options.modulusLength');
  const divisorBits =
    divisorLength == null ? NOT_TOLD : positive(divisorLength, 'options.divisorLength');
  return recipe('dsa', [bits, divisorBits]);
}

function curveKey(options) {
  validateObject(options, 'options');
  const { namedCurve, paramEncoding } = options;
  validateString(namedCurve, 'options.namedCurve');
  if (paramEncoding != null && paramEncoding !== 'named' && paramEncoding !== 'explicit') {
    throw new ERR_INVALID_ARG_VALUE('options.paramEncoding', paramEncoding);
  }
  if (binding.curveOf(namedCurve) === undefined) throw new ERR_CRYPTO_INVALID_CURVE();
  if (paramEncoding === 'explicit') {
    // AWS-LC writes names of curves only.
    throw nativeError('ERR_CRYPTO_OPERATION_FAILED', 'Explicit EC parameters are not supported');
  }
  return recipe('ec', [], namedCurve);
}

/** Prime and generator of a group by its name. */
function groupOf(name) {
  const { DiffieHellmanGroup } = require('internal/crypto/exchange');
  const group = new DiffieHellmanGroup(name);
  return { prime: group.getPrime(), generator: group.getGenerator() };
}

function dh(options) {
  validateObject(options, 'options');
  const { group, prime, primeLength, generator } = options;
  if (group != null) {
    if (prime != null) throw new ERR_INCOMPATIBLE_OPTION_PAIR('group', 'prime');
    if (primeLength != null) throw new ERR_INCOMPATIBLE_OPTION_PAIR('group', 'primeLength');
    if (generator != null) throw new ERR_INCOMPATIBLE_OPTION_PAIR('group', 'generator');
    validateString(group, 'options.group');
    const known = groupOf(group);
    return recipe('dh', [], undefined, known.prime, known.generator);
  }
  if (prime != null) {
    if (primeLength != null) throw new ERR_INCOMPATIBLE_OPTION_PAIR('prime', 'primeLength');
    validateBuffer(prime, 'options.prime');
  } else if (primeLength != null) {
    positive(primeLength, 'options.primeLength');
  } else {
    throw new ERR_MISSING_OPTION('At least one of the group, prime, or primeLength options');
  }
  const base = generator == null ? 2 : positive(generator, 'options.generator');
  if (prime == null) return recipe('dh', [primeLength + 0, base]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(base);
  return recipe('dh', [], undefined, prime, bytes);
}

function recipeOf(type, options) {
  switch (type) {
    case 'rsa': return recipe('rsa', rsaNumbers(options));
    case 'rsa-pss': return rsaPss(options);
    case 'dsa': return dsa(options);
    case 'ec': return curveKey(options);
    case 'dh': return dh(options);
  }
  if (rawKinds[type] === undefined) {
    throw new ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  }
  return recipe(type, []);
}

/** The op that makes a key of a recipe, which takes a ticket. */
function generation({ kind, numbers, curve, prime, generator }) {
  return (ticket) => binding.keyGenerate(kind, numbers, curve, prime, generator, ticket);
}

/** A pair to be made, and in which form it shall be given. */
class PairOrder {
  constructor(type, options) {
    validateString(type, 'type');
    if (options !== undefined) validateObject(options, 'options');
    const given = options ?? kEmptyObject;
    this.publicEncoding =
      encodingOf(given, 'publicKeyEncoding', type, parsePublicKeyEncoding);
    this.privateEncoding =
      encodingOf(given, 'privateKeyEncoding', type, parsePrivateKeyEncoding);
    this.start = generation(recipeOf(type, options));
  }

  /** Both halves of a key that native made. */
  halves(handle) {
    const native = new NativeKey(handle, 'private');
    const shape = (key, encoding) =>
      (encoding === undefined ? wrapKey(key) : writeKey(key, encoding));
    return {
      publicKey: shape(native.toPublic(), this.publicEncoding),
      privateKey: shape(native, this.privateEncoding),
    };
  }
}

function generateKeyPair(type, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  const order = new PairOrder(type, options);
  startJob('KEYPAIRGENREQUEST', order.start, (error, handle) => {
    if (error !== null) {
      callback(error);
      return;
    }
    let halves;
    try {
      halves = order.halves(handle);
    } catch (refused) {
      callback(refused);
      return;
    }
    callback(null, halves.publicKey, halves.privateKey);
  });
}

ObjectDefineProperty(generateKeyPair, customPromisifyArgs, {
  __proto__: null, value: ['publicKey', 'privateKey'], enumerable: false,
});

function generateKeyPairSync(type, options) {
  const order = new PairOrder(type, options);
  return order.halves(orThrow(order.start(NOW)));
}

/** Bits of the secret key that is asked for. */
function secretBits(type, options) {
  validateString(type, 'type');
  validateObject(options, 'options');
  const { length } = options;
  switch (type) {
    case 'hmac':
      validateInteger(length, 'options.length', 8, 2 ** 31 - 1);
      break;
    case 'aes':
      validateOneOf(length, 'options.length', [128, 192, 256]);
      break;
    default:
      throw new ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  }
  return length;
}

function randomSecret(bits) {
  const bytes = orThrow(binding.randomBytes(bits >> 3, NOW));
  const key = secretOf(bytes);
  bytes.fill(0);
  return key;
}

function generateKey(type, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  const bits = secretBits(type, options);
  startJob('KEYGENREQUEST', (ticket) => binding.randomBytes(bits >> 3, ticket), (error, bytes) => {
    if (error !== null) {
      callback(error);
      return;
    }
    const key = secretOf(bytes);
    bytes.fill(0);
    callback(null, new SecretKeyObject(key));
  });
}

function generateKeySync(type, options) {
  return new SecretKeyObject(randomSecret(secretBits(type, options)));
}

module.exports = {
  generateKey,
  generateKeyPair,
  generateKeyPairSync,
  generateKeySync,
  generation,
  recipe,
};
