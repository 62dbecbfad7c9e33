'use strict';

// What the parts of crypto share: lists of names, checks of bytes.

const { ArrayPrototypeSlice, NumberNaN, ObjectDefineProperties, Symbol } = primordials;

const {
  codes: {
    ERR_CRYPTO_ENGINE_UNKNOWN,
    ERR_CRYPTO_FIPS_UNAVAILABLE,
    ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH,
    ERR_INVALID_ARG_TYPE,
  },
  hideStackFrames,
} = require('internal/errors');
const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const {
  isAnyArrayBuffer,
  isArrayBufferView,
  isSharedArrayBuffer,
} = require('internal/util/types');
const { validateInt32, validateString } = require('internal/validators');
const { BYTE_KINDS, isBytes } = require('internal/crypto/encodings');

const binding = internalBinding('crypto');

/** Under which objects of the public classes keep their state. */
const kHandle = Symbol('kHandle');

/** Makes a function that gives a fresh copy of a list which is asked for once. */
function cachedList(ask) {
  let list;
  return () => ArrayPrototypeSlice(list ??= ask());
}

/** The descriptor of what for...in does not see. */
const hidden = (value) => ({ __proto__: null, configurable: true, enumerable: false, value });

function lazily(get) {
  return { __proto__: null, configurable: true, enumerable: true, get };
}

const getCurves = cachedList(binding.curveNames);
const getHashes = cachedList(binding.digestNames);

/** A view of the bytes of a string, buffer or view. */
const getArrayBufferOrView = hideStackFrames((buffer, name, encoding) => {
  // Native takes shared memory as a view only.
  if (isSharedArrayBuffer(buffer)) return new FastBuffer(buffer);
  if (isAnyArrayBuffer(buffer)) return buffer;
  if (typeof buffer === 'string') {
    return Buffer.from(buffer, encoding === 'buffer' ? 'utf8' : encoding);
  }
  if (!isArrayBufferView(buffer)) {
    throw new ERR_INVALID_ARG_TYPE.HideStackFramesError(
      name, ['string', ...BYTE_KINDS], buffer);
  }
  return buffer;
});

function checkEqualOperand(value, name) {
  if (!isBytes(value)) {
    // Node's own text ends here.
    const error = new ERR_INVALID_ARG_TYPE(name, BYTE_KINDS, value);
    error.message = `The "${name}" argument must be an instance of ArrayBuffer, Buffer, ` +
      'TypedArray, or DataView.';
    throw error;
  }
}

// eslint-disable-next-line func-style
const timingSafeEqual = function() {
  const { 0: buf1, 1: buf2 } = arguments;
  checkEqualOperand(buf1, 'buf1');
  checkEqualOperand(buf2, 'buf2');
  if (buf1.byteLength !== buf2.byteLength) throw new ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH();
  return binding.isEqual(buf1, buf2);
};

/** AWS-LC has no secure heap. */
function secureHeapUsed() {
  return { total: 0, used: 0, utilization: NumberNaN, min: 2 };
}

/** AWS-LC has no engines. */
function setEngine(id, flags) {
  validateString(id, 'id');
  if (flags !== undefined) validateInt32(flags, 'flags');
  throw new ERR_CRYPTO_ENGINE_UNKNOWN(id);
}

function getFips() {
  return 0;
}

/** This build of AWS-LC is not the validated one. */
function setFips(value) {
  if (value) throw new ERR_CRYPTO_FIPS_UNAVAILABLE();
}

/** AWS-LC has no security levels. */
function getOpenSSLSecLevel() {
  return 0;
}

module.exports = {
  cachedList,
  getArrayBufferOrView,
  getCurves,
  getFips,
  getHashes,
  getOpenSSLSecLevel,
  hidden,
  kHandle,
  secureHeapUsed,
  setEngine,
  setFips,
  timingSafeEqual,
};

// Node's own names of what belongs to WebCrypto.
ObjectDefineProperties(module.exports, {
  kSupportedAlgorithms: lazily(() => require('internal/crypto/web/registry').kSupportedAlgorithms),
  normalizeAlgorithm: lazily(() => require('internal/crypto/web/registry').normalizeAlgorithm),
  validateKeyOps: lazily(() => require('internal/crypto/web/key_checks').validateKeyOps),
  bigIntArrayToUnsignedInt: lazily(
    () => require('internal/crypto/web/asymmetric').bigIntArrayToUnsignedInt),
  bigIntArrayToUnsignedBigInt: lazily(
    () => require('internal/crypto/web/asymmetric').bigIntArrayToUnsignedBigInt),
});
