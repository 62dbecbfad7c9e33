'use strict';

// The classes of KeyObjects.

const { ObjectDefineProperties, SymbolToStringTag } = primordials;

const {
  codes: {
    ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_THIS,
  },
} = require('internal/errors');
const { getDeprecationWarningEmitter } = require('internal/util');
const { validateObject, validateOneOf } = require('internal/validators');
const {
  kClone,
  kDeserialize,
  markTransferMode,
} = require('internal/worker/transfer_symbols');
const {
  getCryptoKeyExtractable,
  getCryptoKeyHandle,
  getCryptoKeyType,
  isCryptoKey,
} = require('internal/crypto/crypto_key');
const { exportJwk } = require('internal/crypto/jwk');
const {
  parsePrivateKeyEncoding,
  parsePublicKeyEncoding,
  writeKey,
} = require('internal/crypto/key_encoding');
const { packKey, unpackKey } = require('internal/crypto/key_parcel');
const { NativeKey } = require('internal/crypto/native_key');
const { hidden } = require('internal/crypto/util');

const warnOfHidden = getDeprecationWarningEmitter(
  'DEP0204', 'Passing a non-extractable CryptoKey to KeyObject.from() is deprecated.');

/** What a clone is made with, before it is filled. */
const EMPTY = { __proto__: null };

let nativeOf;
let fillKey;
let isKeyObject;

class KeyObject {
  #native;

  constructor(type, handle) {
    if (handle === EMPTY) return;
    if (type !== 'secret' && type !== 'public' && type !== 'private') {
      throw new ERR_INVALID_ARG_VALUE('type', type);
    }
    if (!(handle instanceof NativeKey)) throw new ERR_INVALID_ARG_TYPE('handle', 'object', handle);
    this.#native = handle;
    markTransferMode(this, true, false);
  }

  get type() {
    return nativeOf(this).type;
  }

  toCryptoKey(algorithm, extractable, keyUsages) {
    return require('internal/crypto/key_to_crypto_key')
      .toCryptoKey(nativeOf(this), algorithm, extractable, keyUsages);
  }

  static from(key) {
    if (!isCryptoKey(key)) throw new ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    if (!getCryptoKeyExtractable(key) && !process.noDeprecation) warnOfHidden();
    const handle = getCryptoKeyHandle(key);
    switch (getCryptoKeyType(key)) {
      case 'secret': return new SecretKeyObject(handle);
      case 'public': return new PublicKeyObject(handle);
      default: return new PrivateKeyObject(handle);
    }
  }

  equals(otherKeyObject) {
    if (!isKeyObject(otherKeyObject)) {
      throw new ERR_INVALID_ARG_TYPE('otherKeyObject', 'KeyObject', otherKeyObject);
    }
    return nativeOf(this).equals(nativeOf(otherKeyObject));
  }

  static {
    isKeyObject = (value) => typeof value === 'object' && value !== null && #native in value;
    nativeOf = (key) => {
      if (!isKeyObject(key)) throw new ERR_INVALID_THIS('KeyObject');
      return key.#native;
    };
    fillKey = (key, native) => {
      key.#native = native;
      markTransferMode(key, true, false);
    };
  }
}

function packObject() {
  const native = nativeOf(this);
  return { data: packKey(native), deserializeInfo: clones[native.type] };
}

function fillObject(data) {
  fillKey(this, unpackKey(data));
}

ObjectDefineProperties(KeyObject.prototype, {
  [SymbolToStringTag]: hidden('KeyObject'),
  [kClone]: hidden(packObject),
  [kDeserialize]: hidden(fillObject),
});

class SecretKeyObject extends KeyObject {
  constructor(handle) {
    super('secret', handle);
  }

  get symmetricKeySize() {
    const native = nativeOf(this);
    if (native.type !== 'secret') throw new ERR_INVALID_THIS('SecretKeyObject');
    return native.size;
  }

  export(options) {
    const native = nativeOf(this);
    if (options !== undefined) {
      validateObject(options, 'options');
      validateOneOf(options.format, 'options.format', [undefined, 'buffer', 'jwk']);
      if (options.format === 'jwk') return exportJwk(native);
    }
    return native.export();
  }
}

function asymmetric(key) {
  const native = nativeOf(key);
  if (native.type === 'secret') throw new ERR_INVALID_THIS('AsymmetricKeyObject');
  return native;
}

class AsymmetricKeyObject extends KeyObject {
  get asymmetricKeyType() {
    return asymmetric(this).kind;
  }

  get asymmetricKeyDetails() {
    return { ...asymmetric(this).details };
  }
}

class PublicKeyObject extends AsymmetricKeyObject {
  constructor(handle) {
    super('public', handle);
  }

  export(options) {
    const native = asymmetric(this);
    switch (options?.format) {
      case 'jwk': return exportJwk(native);
      case 'raw-public': {
        if (native.kind !== 'ec') return native.rawPublic();
        const { type = 'uncompressed' } = options;
        validateOneOf(type, 'options.type', ['compressed', 'uncompressed']);
        return native.rawPublic(type === 'compressed');
      }
      default: return writeKey(native, parsePublicKeyEncoding(options, native.kind));
    }
  }
}

class PrivateKeyObject extends AsymmetricKeyObject {
  constructor(handle) {
    super('private', handle);
  }

  export(options) {
    if (options?.passphrase !== undefined &&
        options.format !== 'pem' && options.format !== 'der') {
      throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(
        options.format, 'does not support encryption');
    }
    const native = asymmetric(this);
    switch (options?.format) {
      case 'jwk': return exportJwk(native);
      case 'raw-private': return native.rawPrivate();
      case 'raw-seed': return native.rawSeed();
      default: return writeKey(native, parsePrivateKeyEncoding(options, native.kind));
    }
  }
}

/** A class whose instances are empty, to be filled by what a message brings. */
function cloneOf(Class) {
  function Clone() {
    return new Class(EMPTY);
  }
  Clone.prototype[kDeserialize] = fillObject;
  return Clone;
}

const clones = {
  __proto__: null,
  secret: 'internal/crypto/key_object:ClonedSecretKey',
  public: 'internal/crypto/key_object:ClonedPublicKey',
  private: 'internal/crypto/key_object:ClonedPrivateKey',
};

/** The KeyObject around a native key. */
function wrapKey(native) {
  switch (native.type) {
    case 'secret': return new SecretKeyObject(native);
    case 'public': return new PublicKeyObject(native);
    default: return new PrivateKeyObject(native);
  }
}

module.exports = {
  ClonedPrivateKey: cloneOf(PrivateKeyObject),
  ClonedPublicKey: cloneOf(PublicKeyObject),
  ClonedSecretKey: cloneOf(SecretKeyObject),
  KeyObject,
  PrivateKeyObject,
  PublicKeyObject,
  SecretKeyObject,
  isKeyObject,
  nativeOf,
  wrapKey,
};
