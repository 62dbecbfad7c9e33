'use strict';

// CryptoKey: a native key with what WebCrypto says of it. Programs see a plain class; all state is
// in private fields, read by the functions below and never through what a program can replace.

const {
  ObjectDefineProperties,
  ObjectPrototypeHasOwnProperty,
  ObjectSetPrototypeOf,
  SymbolToStringTag,
  TypedArrayPrototypeSlice,
} = primordials;

const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS } } = require('internal/errors');
const { customInspectSymbol, kEnumerableProperty } = require('internal/util');
const {
  kClone,
  kDeserialize,
  markTransferMode,
} = require('internal/worker/transfer_symbols');
const { usagesOfMask, usageBits } = require('internal/crypto/usages');
const { hidden } = require('internal/crypto/util');

class CryptoKey {
  constructor() {
    throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  get type() {
    return getCryptoKeyType(this);
  }

  get extractable() {
    return getCryptoKeyExtractable(this);
  }

  /** The same object each time, which the program may change. */
  get algorithm() {
    const state = stateOf(this);
    return state.shownAlgorithm ??= copyAlgorithm(state.algorithm, false);
  }

  get usages() {
    const state = stateOf(this);
    return state.shownUsages ??= usagesOfMask(state.usages);
  }

  [customInspectSymbol](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const shown = {
      type: getCryptoKeyType(this),
      extractable: getCryptoKeyExtractable(this),
      algorithm: copyAlgorithm(getCryptoKeyAlgorithm(this), false),
      usages: getCryptoKeyUsages(this),
    };
    return `CryptoKey ${inspect(shown, {
      ...options,
      depth: options.depth == null ? null : options.depth - 1,
    })}`;
  }
}

ObjectDefineProperties(CryptoKey.prototype, {
  type: kEnumerableProperty,
  extractable: kEnumerableProperty,
  algorithm: kEnumerableProperty,
  usages: kEnumerableProperty,
  [SymbolToStringTag]: hidden('CryptoKey'),
});

/** Without a prototype inside, so that nobody's Object.prototype shows. */
function copyAlgorithm(algorithm, isInner) {
  const copy = isInner ? { __proto__: null, ...algorithm } : { ...algorithm };
  if (ObjectPrototypeHasOwnProperty(copy, 'hash') && copy.hash !== undefined) {
    copy.hash = isInner ? { __proto__: null, ...copy.hash } : { ...copy.hash };
  }
  if (ObjectPrototypeHasOwnProperty(copy, 'publicExponent') && copy.publicExponent !== undefined) {
    copy.publicExponent = TypedArrayPrototypeSlice(copy.publicExponent);
  }
  return copy;
}

class State {
  constructor(native, algorithm, usages, extractable) {
    this.native = native;
    this.algorithm = copyAlgorithm(algorithm, true);
    this.usages = usages;
    this.extractable = extractable;
    this.shownAlgorithm = undefined;
    this.shownUsages = undefined;
  }
}

let stateOf;
let isCryptoKey;
let fillKey;

/** Gives instances their private field without running CryptoKey's constructor. */
class Bare {}
class InternalCryptoKey extends Bare {
  #state;

  /** Without a native key, a clone that is filled later. */
  constructor(native, algorithm, usages, extractable) {
    super();
    if (native === undefined) return;
    this.#state = new State(native, algorithm, usages, extractable);
    markTransferMode(this, true, false);
  }

  static {
    isCryptoKey = (value) => typeof value === 'object' && value !== null && #state in value;
    stateOf = (key) => {
      if (!isCryptoKey(key)) throw new ERR_INVALID_THIS('CryptoKey');
      return key.#state;
    };
    fillKey = (key, state) => {
      key.#state = state;
      markTransferMode(key, true, false);
    };
  }
}

ObjectDefineProperties(InternalCryptoKey.prototype, {
  constructor: hidden(CryptoKey),
  [kClone]: hidden(function() {
    const { native, algorithm, usages, extractable } = stateOf(this);
    const { packKey } = require('internal/crypto/key_parcel');
    return {
      data: {
        key: packKey(native), algorithm: copyAlgorithm(algorithm, false), usages, extractable,
      },
      deserializeInfo: 'internal/crypto/crypto_key:InternalCryptoKey',
    };
  }),
  [kDeserialize]: hidden(function({ key, algorithm, usages, extractable }) {
    const { unpackKey } = require('internal/crypto/key_parcel');
    fillKey(this, new State(unpackKey(key), algorithm, usages, extractable));
  }),
});
ObjectSetPrototypeOf(InternalCryptoKey.prototype, CryptoKey.prototype);

function getCryptoKeyType(key) {
  return stateOf(key).native.type;
}

function getCryptoKeyExtractable(key) {
  return stateOf(key).extractable;
}

function getCryptoKeyAlgorithm(key) {
  return stateOf(key).algorithm;
}

function getCryptoKeyUsagesMask(key) {
  return stateOf(key).usages;
}

function getCryptoKeyUsages(key) {
  return usagesOfMask(stateOf(key).usages);
}

function hasCryptoKeyUsage(key, usage) {
  return (stateOf(key).usages & usageBits[usage]) !== 0;
}

function getCryptoKeyHandle(key) {
  return stateOf(key).native;
}

module.exports = {
  CryptoKey,
  InternalCryptoKey,
  getCryptoKeyAlgorithm,
  getCryptoKeyExtractable,
  getCryptoKeyHandle,
  getCryptoKeyType,
  getCryptoKeyUsages,
  getCryptoKeyUsagesMask,
  hasCryptoKeyUsage,
  isCryptoKey,
};
