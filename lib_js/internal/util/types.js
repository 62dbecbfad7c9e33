'use strict';

// What a value really is, whatever its prototype pretends.

const {
  ArrayBufferIsView, ArrayPrototypeSort, Boolean, ObjectDefineProperties, ObjectKeys,
  TypedArrayPrototypeGetSymbolToStringTag,
} = primordials;

// The tag's getter answers undefined for anything but a typed array.
const tagOf = TypedArrayPrototypeGetSymbolToStringTag;

function isTypedArray(value) {
  return tagOf(value) !== undefined;
}

function isUint8Array(value) {
  return tagOf(value) === 'Uint8Array';
}

function isUint8ClampedArray(value) {
  return tagOf(value) === 'Uint8ClampedArray';
}

function isUint16Array(value) {
  return tagOf(value) === 'Uint16Array';
}

function isUint32Array(value) {
  return tagOf(value) === 'Uint32Array';
}

function isInt8Array(value) {
  return tagOf(value) === 'Int8Array';
}

function isInt16Array(value) {
  return tagOf(value) === 'Int16Array';
}

function isInt32Array(value) {
  return tagOf(value) === 'Int32Array';
}

function isFloat16Array(value) {
  return tagOf(value) === 'Float16Array';
}

function isFloat32Array(value) {
  return tagOf(value) === 'Float32Array';
}

function isFloat64Array(value) {
  return tagOf(value) === 'Float64Array';
}

function isBigInt64Array(value) {
  return tagOf(value) === 'BigInt64Array';
}

function isBigUint64Array(value) {
  return tagOf(value) === 'BigUint64Array';
}

/** Every view is either a typed array or a DataView. */
function isDataView(value) {
  return ArrayBufferIsView(value) && tagOf(value) === undefined;
}

/** Native's questions in Node's order. */
function natives() {
  const { isAnyArrayBuffer, isBoxedPrimitive, ...rest } = internalBinding('types');
  delete rest.isDataView;
  const sorted = {};
  for (const name of ArrayPrototypeSort(ObjectKeys(rest))) sorted[name] = rest[name];
  return { ...sorted, isAnyArrayBuffer, isBoxedPrimitive };
}

module.exports = {
  ...natives(),
  isArrayBufferView: ArrayBufferIsView,
  isDataView,
  isTypedArray,
  isUint8Array,
  isUint8ClampedArray,
  isUint16Array,
  isUint32Array,
  isInt8Array,
  isInt16Array,
  isInt32Array,
  isFloat16Array,
  isFloat32Array,
  isFloat64Array,
  isBigInt64Array,
  isBigUint64Array,
};

// Cryptography is big and few programs ask for it.
ObjectDefineProperties(module.exports, {
  __proto__: null,
  isKeyObject: {
    __proto__: null,
    enumerable: true,
    value: function isKeyObject(value) {
      return Boolean(process.versions.openssl) &&
        require('internal/crypto/keys').isKeyObject(value);
    },
  },
  isCryptoKey: {
    __proto__: null,
    enumerable: true,
    value: function isCryptoKey(value) {
      return Boolean(process.versions.openssl) &&
        require('internal/crypto/keys').isCryptoKey(value);
    },
  },
});
