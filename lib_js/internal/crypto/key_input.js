'use strict';

// Keys as programs give them: an object, PEM, DER, JWK or bare bytes. They are looked at first
// (`prepare...`), and read (`openPrivate`, `openPublic`) after the other arguments were looked at.

const { ArrayPrototypeConcat } = primordials;

const {
  codes: {
    ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
  },
} = require('internal/errors');
const { getDeprecationWarningEmitter } = require('internal/util');
const { validateObject, validateString } = require('internal/validators');
const { BYTE_KINDS, bytesOf, isBytes } = require('internal/crypto/encodings');
const { importJwk } = require('internal/crypto/jwk');
const {
  DEFAULT,
  encodings,
  formats,
  isRaw,
  isStringOrBuffer,
  parseEncoding,
} = require('internal/crypto/key_encoding');
const { keyOf, keyOfRaw } = require('internal/crypto/native_key');
const { getArrayBufferOrView } = require('internal/crypto/util');
const {
  getCryptoKeyHandle,
  getCryptoKeyType,
  isCryptoKey,
} = require('internal/crypto/crypto_key');
const { isKeyObject, nativeOf } = require('internal/crypto/key_object');

const binding = internalBinding('crypto');

// What the key is wanted for.
const CONSUME_PUBLIC = 0;
const CONSUME_PRIVATE = 1;
const CREATE_PUBLIC = 2;
const CREATE_PRIVATE = 3;

const warnOfCryptoKey = getDeprecationWarningEmitter(
  'DEP0203', 'Passing a CryptoKey to node:crypto functions is deprecated.');

function acceptedTypes(purpose) {
  const takesObjects = purpose !== CREATE_PRIVATE;
  const takesUrls = purpose === CONSUME_PRIVATE || purpose === CREATE_PRIVATE;
  return ArrayPrototypeConcat(
    BYTE_KINDS, 'string', takesObjects ? ['KeyObject', 'CryptoKey'] : [], takesUrls ? 'URL' : []);
}

function checkKeyType(type, purpose, key) {
  if (purpose === CREATE_PRIVATE) {
    throw new ERR_INVALID_ARG_TYPE('key', acceptedTypes(purpose), key);
  }
  if (type === 'private') return;
  if (purpose === CONSUME_PRIVATE || purpose === CREATE_PUBLIC) {
    throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(type, 'private');
  }
  if (type !== 'public') throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(type, 'private or public');
}

/** The native key of an object that is a key; undefined of others. */
function keyObjectInput(key, purpose) {
  if (isKeyObject(key)) {
    const native = nativeOf(key);
    checkKeyType(native.type, purpose, key);
    return { native };
  }
  if (!isCryptoKey(key)) return undefined;
  if (!process.noDeprecation) warnOfCryptoKey();
  checkKeyType(getCryptoKeyType(key), purpose, key);
  return { native: getCryptoKeyHandle(key) };
}

function isUrl(value) {
  const { isURLInstance } = require('internal/url');
  return isURLInstance(value);
}

function rawInput(key, purpose, name) {
  const { key: data, format, asymmetricKeyType, namedCurve } = key;
  const isPrivate = purpose === CONSUME_PRIVATE || purpose === CREATE_PRIVATE;
  if (isPrivate && format === 'raw-public') {
    throw new ERR_INVALID_ARG_VALUE(`${name}.format`, format);
  }
  if (!isBytes(data)) {
    throw new ERR_INVALID_ARG_TYPE(`${name}.key`, BYTE_KINDS, data);
  }
  validateString(asymmetricKeyType, `${name}.asymmetricKeyType`);
  if (asymmetricKeyType === 'ec') validateString(namedCurve, `${name}.namedCurve`);
  return { format, data: bytesOf(data), kind: asymmetricKeyType, namedCurve };
}

function prepareAsymmetricKey(key, purpose, name = 'key') {
  const object = keyObjectInput(key, purpose);
  if (object !== undefined) return object;
  const isPrivate = purpose === CONSUME_PRIVATE || purpose === CREATE_PRIVATE;
  if (isStringOrBuffer(key)) {
    return { format: 'pem', data: bytesOf(getArrayBufferOrView(key, name)) };
  }
  if (isPrivate && isUrl(key)) return require('internal/crypto/key_store').storeInput(key, name);
  if (typeof key !== 'object' || key === null) {
    throw new ERR_INVALID_ARG_TYPE(name, acceptedTypes(purpose), key);
  }
  const { key: data, encoding, format } = key;
  const inner = keyObjectInput(data, purpose);
  if (inner !== undefined) return inner;
  if (isPrivate && isUrl(data)) {
    const { storeInput } = require('internal/crypto/key_store');
    return storeInput(data, name, key.passphrase, encoding, key.properties);
  }
  if (format === 'jwk') {
    validateObject(data, `${name}.key`);
    return { format, data };
  }
  if (isRaw(format)) return rawInput(key, purpose, name);
  if (!isStringOrBuffer(data)) {
    throw new ERR_INVALID_ARG_TYPE(`${name}.key`, acceptedTypes(purpose), data);
  }
  const bytes = bytesOf(getArrayBufferOrView(data, `${name}.key`, encoding));
  const chosen = parseEncoding(key, undefined, isPrivate ? 'private' : undefined, name);
  chosen.data = bytes;
  return chosen;
}

function preparePrivateKey(key, name) {
  return prepareAsymmetricKey(key, CONSUME_PRIVATE, name);
}

function preparePublicOrPrivateKey(key, name) {
  return prepareAsymmetricKey(key, CONSUME_PUBLIC, name);
}

/** The private key that was prepared. */
function openPrivate(input) {
  if (input.native !== undefined) return input.native;
  if (input.store !== undefined) {
    return require('internal/crypto/key_store').openStore(input.store);
  }
  const { format, type, data, passphrase } = input;
  if (format === 'jwk') return importJwk(data, 'private');
  if (isRaw(format)) return keyOfRaw(format, data, input.kind, input.namedCurve);
  return keyOf(
    binding.keyOfPrivate(data, formats[format], encodings[type] ?? DEFAULT, passphrase), 'private');
}

/** The public key that was prepared, or the public half of what was. */
function openPublic(input) {
  const { native } = input;
  if (native !== undefined) return native.type === 'private' ? native.toPublic() : native;
  const { format, type, data, passphrase } = input;
  if (format === 'jwk') return importJwk(data, 'public');
  if (isRaw(format)) {
    const key = keyOfRaw(format, data, input.kind, input.namedCurve);
    return key.type === 'private' ? key.toPublic() : key;
  }
  return keyOf(
    binding.keyOfPublic(data, formats[format], encodings[type] ?? DEFAULT, passphrase), 'public');
}

/** What verifies or encrypts: of a private key that is an object already, itself. */
function openAny(input) {
  return input.native ?? openPublic(input);
}

module.exports = {
  CREATE_PRIVATE,
  CREATE_PUBLIC,
  openAny,
  openPrivate,
  openPublic,
  prepareAsymmetricKey,
  preparePrivateKey,
  preparePublicOrPrivateKey,
  warnOfCryptoKey,
};
