'use strict';

// What KeyObjects and CryptoKeys hold: a key behind a native handle. Several may hold one.

const { BigInt } = primordials;

const {
  codes: {
    ERR_CRYPTO_INVALID_CURVE,
    ERR_CRYPTO_OPERATION_FAILED,
    ERR_INVALID_ARG_VALUE,
  },
} = require('internal/errors');
const { kEmptyObject } = require('internal/util');
const { nativeError, orThrow } = require('internal/crypto/failure');
const { Handles, kHandle, kListed } = require('internal/crypto/handles');

const binding = internalBinding('crypto');

const handles = new Handles(binding.keyClose);

const RAW_PUBLIC = 0;
const RAW_PRIVATE = 1;
const RAW_SEED = 2;

/** What RSA is wanted for, as bindings/src/crypto/key_use.rs numbers it. */
const rsaDirections = {
  __proto__: null, publicEncrypt: 0, privateDecrypt: 1, privateEncrypt: 2, publicDecrypt: 3,
};

/** How keys of a kind stand as bare bytes: the private half is a number, bytes, or a seed. */
const rawKinds = {
  '__proto__': null,
  'ec': 'raw-private',
  'ed25519': 'raw-private',
  'x25519': 'raw-private',
  'ml-dsa-44': 'raw-seed',
  'ml-dsa-65': 'raw-seed',
  'ml-dsa-87': 'raw-seed',
  'ml-kem-768': 'raw-seed',
  'ml-kem-1024': 'raw-seed',
};

/** Kinds that have no bare bytes. */
const otherKinds = { __proto__: null, 'rsa': true, 'rsa-pss': true, 'dsa': true, 'dh': true };

function incompatible() {
  return nativeError('ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS',
                     'The selected key encoding is incompatible with the key type');
}

class NativeKey {
  #kind;
  #details;
  #size;

  /**
   * @param {number} handle
   * @param {'secret' | 'public' | 'private'} [type]
   */
  constructor(handle, type = 'secret') {
    this[kHandle] = undefined;
    this[kListed] = false;
    this.type = type;
    handles.add(this, handle);
  }

  equals(other) {
    return this.type === other.type && binding.keyIsEqual(this[kHandle], other[kHandle]);
  }

  /** Of a secret key: a copy of its bytes. */
  export() {
    return binding.keyBytes(this[kHandle]);
  }

  get size() {
    return this.#size ??= this.export().length;
  }

  get kind() {
    return this.#kind ??= binding.keyKind(this[kHandle]);
  }

  get details() {
    return this.#details ??= readDetails(this);
  }

  /** The public half. */
  toPublic() {
    return new NativeKey(orThrow(binding.keyToPublic(this[kHandle])), 'public');
  }

  /** Text of PEM (format 0) or bytes of DER (1). */
  encode(format, encoding, cipher, passphrase) {
    return orThrow(binding.keyExport(this[kHandle], format, encoding, cipher, passphrase));
  }

  /** @param {boolean} [isCompressed]  of a point */
  rawPublic(isCompressed = false) {
    const { kind } = this;
    if (kind === 'ec') return this.point(isCompressed);
    if (rawKinds[kind] === undefined) throw incompatible();
    return orThrow(binding.keyRaw(this[kHandle], RAW_PUBLIC));
  }

  rawPrivate() {
    const { kind } = this;
    if (kind === 'ec') return orThrow(binding.keyScalar(this[kHandle]));
    if (rawKinds[kind] !== 'raw-private') throw incompatible();
    return orThrow(binding.keyRaw(this[kHandle], RAW_PRIVATE));
  }

  rawSeed() {
    if (rawKinds[this.kind] !== 'raw-seed') throw incompatible();
    const seed = binding.keyRaw(this[kHandle], RAW_SEED);
    if (seed === null) {
      binding.takeFailure();
      throw new ERR_CRYPTO_OPERATION_FAILED('key does not have an available seed');
    }
    return seed;
  }

  point(isCompressed) {
    return orThrow(binding.keyPoint(this[kHandle], isCompressed));
  }
}

function readDetails(key) {
  const { kind } = key;
  if (kind !== 'rsa' && kind !== 'rsa-pss' && kind !== 'dsa' && kind !== 'ec') return kEmptyObject;
  const details = orThrow(binding.keyDetail(key[kHandle]));
  if (kind === 'rsa' || kind === 'rsa-pss') {
    details.publicExponent = BigInt(`0x${details.publicExponent.toString('hex')}`);
  }
  details.__proto__ = null;
  return details;
}

/** The key behind a handle that an op gave, or its failure thrown. */
function keyOf(handle, type) {
  return new NativeKey(orThrow(handle), type);
}

/** The key, or an error of ours instead of native's. */
function keyOr(handle, type, refuse) {
  if (handle !== null) return new NativeKey(handle, type);
  binding.takeFailure();
  throw refuse();
}

function secretOf(bytes) {
  return keyOf(binding.keyOfSecret(bytes), 'secret');
}

/** A key of bare bytes. */
function keyOfRaw(format, bytes, kind, namedCurve) {
  const own = rawKinds[kind];
  if (own === undefined) {
    if (otherKinds[kind]) throw incompatible();
    throw new ERR_INVALID_ARG_VALUE('asymmetricKeyType', kind, 'Invalid asymmetricKeyType');
  }
  if (format !== 'raw-public' && format !== own) throw incompatible();
  const refuse = () => new ERR_INVALID_ARG_VALUE('key', 'bytes', 'Invalid key data');
  if (kind !== 'ec') {
    const which =
      format === 'raw-public' ? RAW_PUBLIC : format === 'raw-private' ? RAW_PRIVATE : RAW_SEED;
    const type = which === RAW_PUBLIC ? 'public' : 'private';
    return keyOr(binding.keyOfRaw(kind, which, bytes), type, refuse);
  }
  const curve = binding.curveOf(namedCurve);
  if (curve === undefined) throw new ERR_CRYPTO_INVALID_CURVE();
  if (format === 'raw-public') {
    return keyOr(binding.keyOfPoint(namedCurve, bytes), 'public', refuse);
  }
  if (bytes.byteLength !== curve[2]) throw refuse();
  return keyOr(binding.keyOfScalar(namedCurve, bytes, undefined), 'private', refuse);
}

module.exports = { NativeKey, keyOf, keyOfRaw, keyOr, rawKinds, rsaDirections, secretOf };
