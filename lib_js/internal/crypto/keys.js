'use strict';

// KeyObject: keys that programs hold by native handles.

const { ObjectDefineProperties, Symbol, SymbolToStringTag } = primordials;

const {
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_OUT_OF_RANGE,
  },
} = require('internal/errors');
const { kEnumerableProperty } = require('internal/util');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');
const { validateObject, validateOneOf } = require('internal/validators');
const { bytesOf, decode } = require('internal/crypto/encodings');
const { orThrow } = require('internal/crypto/failure');
const { Handles, kHandle, kListed } = require('internal/crypto/handles');

const binding = internalBinding('crypto');

const handles = new Handles(binding.keyClose);

/** A native key: several KeyObjects and CryptoKeys may hold one. */
class NativeKey {
  constructor(handle) {
    this[kHandle] = undefined;
    this[kListed] = false;
    handles.add(this, handle);
  }

  equals(other) {
    return binding.keyIsEqual(this[kHandle], other[kHandle]);
  }
}

const kNative = Symbol('kNative');

class KeyObject {
  #type;

  constructor(type, handle) {
    if (type !== 'secret' && type !== 'public' && type !== 'private') {
      throw new ERR_INVALID_ARG_VALUE('type', type);
    }
    if (!(handle instanceof NativeKey)) throw new ERR_INVALID_ARG_TYPE('handle', 'object', handle);
    this.#type = type;
    ObjectDefineProperties(this, {
      [kNative]: { __proto__: null, value: handle, enumerable: false, writable: false },
    });
  }

  get type() {
    return this.#type;
  }

  equals(otherKeyObject) {
    if (!isKeyObject(otherKeyObject)) {
      throw new ERR_INVALID_ARG_TYPE('otherKeyObject', 'KeyObject', otherKeyObject);
    }
    return otherKeyObject.type === this.type && this[kNative].equals(otherKeyObject[kNative]);
  }

  static isKeyObject(value) {
    return typeof value === 'object' && value !== null && #type in value;
  }
}

const { isKeyObject } = KeyObject;
delete KeyObject.isKeyObject;

ObjectDefineProperties(KeyObject.prototype, {
  [SymbolToStringTag]: {
    __proto__: null, configurable: true, value: 'KeyObject',
  },
  type: kEnumerableProperty,
  equals: kEnumerableProperty,
});

class SecretKeyObject extends KeyObject {
  constructor(handle) {
    super('secret', handle);
  }

  get symmetricKeySize() {
    return binding.keyBytes(this[kNative][kHandle]).length;
  }

  export(options) {
    if (options !== undefined) {
      validateObject(options, 'options');
      validateOneOf(options.format, 'options.format', [undefined, 'buffer', 'jwk']);
    }
    const bytes = binding.keyBytes(this[kNative][kHandle]);
    return options?.format === 'jwk' ? { kty: 'oct', k: bytes.toString('base64url') } : bytes;
  }
}

/** The bytes of a secret KeyObject, or of what may become one. */
function secretBytesOf(key) {
  return binding.keyBytes(key[kNative][kHandle]);
}

/** CryptoKeys are not built. */
function isCryptoKey() {
  return false;
}

/** The native key of a KeyObject; undefined of anything else. */
function getKeyObjectHandle(key) {
  return isKeyObject(key) ? key[kNative] : undefined;
}

const BUFFERS = ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];
const WITH_STRING = [...BUFFERS, 'string'];
const WITH_KEYS = [...WITH_STRING, 'KeyObject', 'CryptoKey'];

/**
 * What a secret may be: a KeyObject stays one, text stays text unless it is in another encoding
 * than UTF-8, and bytes are looked at in place.
 * @param {boolean} [isBufferOnly]  neither keys nor text that has no encoding
 */
function prepareSecretKey(key, encoding, isBufferOnly = false) {
  if (!isBufferOnly && isKeyObject(key)) {
    if (key.type !== 'secret') {
      const { ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE } = require('internal/errors').codes;
      throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(key.type, 'secret');
    }
    return key;
  }
  if (typeof key === 'string') {
    return encoding === undefined || encoding === 'utf8' || encoding === 'buffer' ?
      key : decode(key, encoding);
  }
  if (!isArrayBufferView(key) && !isAnyArrayBuffer(key)) {
    throw new ERR_INVALID_ARG_TYPE('key', isBufferOnly ? BUFFERS : WITH_KEYS, key);
  }
  return bytesOf(key);
}

function createSecretKey(key, encoding) {
  const prepared = prepareSecretKey(key, encoding, true);
  const bytes = typeof prepared === 'string' ? decode(prepared, 'utf8') : prepared;
  if (bytes.byteLength > 0x7fffffff) {
    throw new ERR_OUT_OF_RANGE('key.byteLength', '>= 0 && <= 2147483647', bytes.byteLength);
  }
  return new SecretKeyObject(new NativeKey(orThrow(binding.keyOfSecret(bytes))));
}

module.exports = {
  KeyObject,
  SecretKeyObject,
  NativeKey,
  createSecretKey,
  getKeyObjectHandle,
  isCryptoKey,
  isKeyObject,
  prepareSecretKey,
  secretBytesOf,
};
