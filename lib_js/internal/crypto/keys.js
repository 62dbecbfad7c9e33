'use strict';

// Making KeyObjects, and what other parts ask of keys: Node's own names.

const {
  codes: {
    ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE,
    ERR_INVALID_ARG_TYPE,
    ERR_OUT_OF_RANGE,
  },
} = require('internal/errors');
const cryptoKey = require('internal/crypto/crypto_key');
const { BYTE_KINDS, bytesOf, decode, isBytes } = require('internal/crypto/encodings');
const {
  parsePrivateKeyEncoding,
  parsePublicKeyEncoding,
} = require('internal/crypto/key_encoding');
const {
  CREATE_PRIVATE,
  CREATE_PUBLIC,
  openPrivate,
  openPublic,
  prepareAsymmetricKey,
  preparePrivateKey,
  preparePublicOrPrivateKey,
  warnOfCryptoKey,
} = require('internal/crypto/key_input');
const {
  KeyObject,
  PrivateKeyObject,
  PublicKeyObject,
  SecretKeyObject,
  isKeyObject,
  nativeOf,
} = require('internal/crypto/key_object');
const { NativeKey, secretOf } = require('internal/crypto/native_key');

const { getCryptoKeyHandle, isCryptoKey } = cryptoKey;

const WITH_KEYS = [...BYTE_KINDS, 'string', 'KeyObject', 'CryptoKey'];

/** The native key of what is a secret key object; undefined of what is none. */
function secretObject(key) {
  let native;
  if (isKeyObject(key)) {
    native = nativeOf(key);
  } else if (isCryptoKey(key)) {
    if (!process.noDeprecation) warnOfCryptoKey();
    native = getCryptoKeyHandle(key);
  } else {
    return undefined;
  }
  if (native.type !== 'secret') {
    throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(native.type, 'secret');
  }
  return native;
}

/**
 * What a secret may be: of a key object its native key; text stays text unless it is in another
 * encoding than UTF-8, and bytes are looked at in place.
 * @param {boolean} [isBufferOnly]  neither keys nor text that has no encoding
 */
function prepareSecretKey(key, encoding, isBufferOnly = false) {
  if (!isBufferOnly) {
    const native = secretObject(key);
    if (native !== undefined) return native;
  }
  if (typeof key === 'string') {
    return encoding === undefined || encoding === 'utf8' || encoding === 'buffer' ?
      key : decode(key, encoding);
  }
  if (!isBytes(key)) {
    throw new ERR_INVALID_ARG_TYPE('key', isBufferOnly ? BYTE_KINDS : WITH_KEYS, key);
  }
  return bytesOf(key);
}

/** The native key of a key object, or of what prepareSecretKey gave; undefined of others. */
function getKeyObjectHandle(key) {
  if (key instanceof NativeKey) return key;
  return isKeyObject(key) ? nativeOf(key) : undefined;
}

/** The bytes of a secret key object. */
function secretBytesOf(key) {
  return secretObject(key).export();
}

function createSecretKey(key, encoding) {
  const prepared = prepareSecretKey(key, encoding, true);
  const bytes = typeof prepared === 'string' ? decode(prepared, 'utf8') : prepared;
  if (bytes.byteLength > 0x7fffffff) {
    throw new ERR_OUT_OF_RANGE('key.byteLength', '>= 0 && <= 2147483647', bytes.byteLength);
  }
  return new SecretKeyObject(secretOf(bytes));
}

function createPublicKey(key) {
  return new PublicKeyObject(openPublic(prepareAsymmetricKey(key, CREATE_PUBLIC)));
}

function createPrivateKey(key) {
  return new PrivateKeyObject(openPrivate(prepareAsymmetricKey(key, CREATE_PRIVATE)));
}

module.exports = {
  ...cryptoKey,
  KeyObject,
  NativeKey,
  PrivateKeyObject,
  PublicKeyObject,
  SecretKeyObject,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  getKeyObjectHandle,
  getKeyObjectType: (key) => nativeOf(key).type,
  isKeyObject,
  parsePrivateKeyEncoding,
  parsePublicKeyEncoding,
  preparePrivateKey,
  preparePublicOrPrivateKey,
  prepareSecretKey,
  secretBytesOf,
};
