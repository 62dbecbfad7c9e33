'use strict';

// What a Buffer is made of: the class all Buffers are instances of, memory that
// is not cleared, and the methods that only pass on to native or to arithmetic.
// The prototype is Buffer.prototype too; node/buffer.js adds the rest.

const {
  MathMin,
  MathTrunc,
  Number,
  NumberIsNaN,
  ObjectAssign,
  ObjectDefineProperty,
  RangeError,
  StringPrototypeCharCodeAt,
  StringPrototypeReplace,
  Symbol,
  TypeError,
  Uint8Array,
} = primordials;

const { ERR_BUFFER_OUT_OF_BOUNDS } = require('internal/errors').codes;
const { isArrayBuffer } = require('internal/util/types');
const reads = require('internal/buffer/read');
const writes = require('internal/buffer/write');

const {
  asciiSlice,
  base64Slice,
  base64Write,
  base64WriteStatic,
  base64urlSlice,
  base64urlWrite,
  createUnsafeArrayBuffer,
  hexSlice,
  hexWrite,
  hexWriteStatic,
  latin1Slice,
  latin1WriteInHeap,
  latin1WriteStatic,
  setDetachKey,
  ucs2Slice,
  ucs2Write,
  utf8Slice,
  utf8WriteInHeap,
  utf8WriteStatic,
} = internalBinding('buffer');

const {
  privateSymbols: { untransferable_object_private_symbol },
} = internalBinding('util');

// Up to so many bytes memory that nobody has zeroed saves nothing.
const CLEARED_BYTES_MAX = 64;

// Up to this length a loop over char codes beats the call into native.
const LOOP_CHARS_MAX = 32;

class FastBuffer extends Uint8Array {}

let clearedBytesMax = CLEARED_BYTES_MAX;

/** --zero-fill-buffers */
function clearUnsafeBuffers() {
  clearedBytesMax = Infinity;
}

/** A Buffer whose bytes are whatever the memory held before. */
function createUnsafeBuffer(size) {
  if (size <= clearedBytesMax) return new FastBuffer(size);
  return new FastBuffer(createUnsafeArrayBuffer(size));
}

function coded(error, code) {
  ObjectDefineProperty(error, 'code', {
    __proto__: null, configurable: true, enumerable: true, value: code, writable: true,
  });
  return error;
}

// These two messages have no entry of their own among Node's codes.
function refuseIndex() {
  throw coded(new RangeError('Index out of range'), 'ERR_OUT_OF_RANGE');
}

function refuseNoString() {
  throw coded(new TypeError('argument must be a string'), 'ERR_INVALID_ARG_TYPE');
}

function toIndex(value, preset) {
  if (value === undefined) return preset;
  value = MathTrunc(value);
  if (NumberIsNaN(value)) return 0;
  if (value < 0) refuseIndex();
  return value;
}

/** Calls slice with start and end checked as Node's native code checks them. */
function sliceChecked(slice, buffer, start, end) {
  const { length } = buffer;
  if (length === 0) return '';
  start = toIndex(start, 0);
  end = toIndex(end, length);
  if (end <= start) return '';
  if (end > length) refuseIndex();
  return slice(buffer, start, end);
}

/** Calls write with the offset checked and the length cut to what is left. */
function writeChecked(write, buffer, string, offset, length) {
  if (typeof string !== 'string') refuseNoString();
  offset = toIndex(offset, 0);
  const room = buffer.length - offset;
  if (room < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  length = toIndex(length, room);
  return write(buffer, string, offset, length < room ? length : room);
}

/** The same for the encodings that refuse a length that is too large. */
function writeStrict(write, buffer, string, offset, length) {
  offset = offset === undefined ? 0 : Number(offset);
  if (offset < 0 || offset > buffer.length) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  length = length === undefined ? buffer.length - offset : Number(length);
  if (length < 0 || length > buffer.length - offset) {
    throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
  }
  if (typeof string !== 'string') refuseNoString();
  // NaN has come through all of that.
  offset = MathTrunc(offset) || 0;
  return write(buffer, string, offset, MathMin(MathTrunc(length) || 0, buffer.length - offset));
}

/** Writes a short ASCII string; false if it is no such thing or has no room. */
function putShort(buffer, string, offset, length) {
  const count = string.length;
  if (count > LOOP_CHARS_MAX || count > length) return false;
  for (let i = 0; i < count; i++) {
    const code = StringPrototypeCharCodeAt(string, i);
    if (code > 127) return false;
    buffer[offset + i] = code;
  }
  return true;
}

// The put functions are given a string and numbers that are known to fit.

function putUtf8(buffer, string, offset, length) {
  if (putShort(buffer, string, offset, length)) return string.length;
  const count = utf8WriteStatic(buffer, string, offset, length);
  return count < 0 ? utf8WriteInHeap(buffer, string, offset, length) : count;
}

function putLatin1(buffer, string, offset, length) {
  if (putShort(buffer, string, offset, length)) return string.length;
  const count = latin1WriteStatic(buffer, string, offset, length);
  return count < 0 ? latin1WriteInHeap(buffer, string, offset, length) : count;
}

function putBase64(buffer, string, offset, length) {
  const count = base64WriteStatic(buffer, string, offset, length);
  return count < 0 ? base64Write(buffer, string, offset, length) : count;
}

function putHex(buffer, string, offset, length) {
  const count = hexWriteStatic(buffer, string, offset, length);
  return count < 0 ? hexWrite(buffer, string, offset, length) : count;
}

function utf8Write(buffer, string, offset, length) {
  return writeStrict(putUtf8, buffer, string, offset, length);
}

function latin1Write(buffer, string, offset, length) {
  return writeStrict(putLatin1, buffer, string, offset, length);
}

const coders = {
  asciiSlice(start, end) {
    return sliceChecked(asciiSlice, this, start, end);
  },
  base64Slice(start, end) {
    return sliceChecked(base64Slice, this, start, end);
  },
  base64urlSlice(start, end) {
    return sliceChecked(base64urlSlice, this, start, end);
  },
  latin1Slice(start, end) {
    return sliceChecked(latin1Slice, this, start, end);
  },
  hexSlice(start, end) {
    return sliceChecked(hexSlice, this, start, end);
  },
  ucs2Slice(start, end) {
    return sliceChecked(ucs2Slice, this, start, end);
  },
  utf8Slice(start, end) {
    return sliceChecked(utf8Slice, this, start, end);
  },
  asciiWrite(string, offset, length) {
    return latin1Write(this, string, offset, length);
  },
  base64Write(string, offset, length) {
    return writeChecked(base64Write, this, string, offset, length);
  },
  base64urlWrite(string, offset, length) {
    return writeChecked(base64urlWrite, this, string, offset, length);
  },
  latin1Write(string, offset, length) {
    return latin1Write(this, string, offset, length);
  },
  hexWrite(string, offset, length) {
    return writeChecked(hexWrite, this, string, offset, length);
  },
  ucs2Write(string, offset, length) {
    return writeChecked(ucs2Write, this, string, offset, length);
  },
  utf8Write(string, offset, length) {
    return utf8Write(this, string, offset, length);
  },
};

// In Node's order of the keys, which users see in a for-in loop.
const BIGS = ['BigUInt64LE', 'BigUInt64BE', 'BigUint64LE', 'BigUint64BE',
              'BigInt64LE', 'BigInt64BE'];
const INTEGERS = [
  'UIntLE', 'UInt32LE', 'UInt16LE', 'UInt8', 'UIntBE', 'UInt32BE', 'UInt16BE',
  'UintLE', 'Uint32LE', 'Uint16LE', 'Uint8', 'UintBE', 'Uint32BE', 'Uint16BE',
  'IntLE', 'Int32LE', 'Int16LE', 'Int8', 'IntBE', 'Int32BE', 'Int16BE',
];
const FLOATS = ['FloatLE', 'FloatBE', 'DoubleLE', 'DoubleBE'];

function addNumbers(proto, prefix, methods, suffixes) {
  for (let i = 0; i < suffixes.length; i++) {
    const name = `${prefix}${suffixes[i]}`;
    // 'Uint' is an alias of 'UInt'.
    proto[name] = methods[name] ?? methods[StringPrototypeReplace(name, 'Uint', 'UInt')];
  }
}

function addBufferPrototypeMethods(proto) {
  addNumbers(proto, 'read', reads, BIGS);
  addNumbers(proto, 'write', writes, BIGS);
  addNumbers(proto, 'read', reads, INTEGERS);
  addNumbers(proto, 'write', writes, INTEGERS);
  addNumbers(proto, 'read', reads, FLOATS);
  addNumbers(proto, 'write', writes, FLOATS);
  ObjectAssign(proto, coders);
}

const kDetachKey = Symbol('detach_key_for_untransferable_arraybuffer');

/** Makes structuredClone() and postMessage() refuse to transfer the object. */
function markAsUntransferable(object) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return;
  object[untransferable_object_private_symbol] = true;
  if (isArrayBuffer(object)) setDetachKey(object, kDetachKey);
}

function isMarkedAsUntransferable(object) {
  return object != null && object[untransferable_object_private_symbol] !== undefined;
}

module.exports = {
  FastBuffer,
  addBufferPrototypeMethods,
  asciiWrite: latin1Write,
  clearUnsafeBuffers,
  createUnsafeBuffer,
  isMarkedAsUntransferable,
  latin1Write,
  markAsUntransferable,
  putBase64,
  putHex,
  putLatin1,
  putUtf8,
  utf8Write,
};
