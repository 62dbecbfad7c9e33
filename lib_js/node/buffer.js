'use strict';

const {
  ArrayIsArray,
  MathMin,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  SymbolSpecies,
  SymbolToPrimitive,
  TypedArrayPrototypeFill,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSubarray,
  Uint8Array,
  Uint8ArrayPrototype,
} = primordials;

const {
  atob: nativeAtob,
  btoa: nativeBtoa,
  byteLengthUtf8,
  compare: compareBytes,
  isAscii: nativeIsAscii,
  isUtf8: nativeIsUtf8,
  kMaxLength,
  kStringMaxLength,
} = internalBinding('buffer');
const { isInsideNodeModules } = internalBinding('util');
const {
  ERR_BUFFER_OUT_OF_BOUNDS,
  ERR_INVALID_ARG_TYPE,
  ERR_MISSING_ARGS,
  ERR_UNKNOWN_ENCODING,
} = require('internal/errors').codes;
const {
  defineLazyProperties,
  deprecate,
  kIsEncodingSymbol,
  lazyDOMException,
  normalizeEncoding,
} = require('internal/util');
const {
  isAnyArrayBuffer,
  isArrayBufferView,
  isTypedArray,
  isUint8Array,
} = require('internal/util/types');
const {
  validateArray,
  validateInteger,
  validateNumber,
} = require('internal/validators');
const {
  FastBuffer,
  addBufferPrototypeMethods,
  createUnsafeBuffer,
} = require('internal/buffer');
const { findEncoding, utf8 } = require('internal/buffer/encodings');
const { allocate, fromList, fromText, usePoolOf } = require('internal/buffer/pool');
const { addMethods, getInspectBytesMax, setInspectBytesMax } = require('internal/buffer/methods');
const { fill } = require('internal/buffer/search');
const { transcode } = require('internal/buffer/transcode');

// How often Buffer() looks whether it is called from node_modules, at most.
const CALLER_CHECKS_MAX = 10_000;

const DEP0005 = 'Buffer() is deprecated due to security and usability issues. Please use the ' +
  'Buffer.alloc(), Buffer.allocUnsafe(), or Buffer.from() methods instead.';

let constructorWarned = false;
let callerChecks = 0;

function warnOfConstructor() {
  if (constructorWarned || ++callerChecks > CALLER_CHECKS_MAX) return;
  const { getOptionValue } = require('internal/options');
  if (!getOptionValue('--pending-deprecation') && isInsideNodeModules(3)) return;
  constructorWarned = true;
  process.emitWarning(DEP0005, 'DeprecationWarning', 'DEP0005');
}

/** Deprecated (DEP0005), with and without `new`. */
function Buffer(arg, encodingOrOffset, length) {
  warnOfConstructor();
  if (typeof arg !== 'number') return Buffer.from(arg, encodingOrOffset, length);
  if (typeof encodingOrOffset === 'string') {
    throw new ERR_INVALID_ARG_TYPE('string', 'string', arg);
  }
  return Buffer.alloc(arg);
}

FastBuffer.prototype.constructor = Buffer;
Buffer.prototype = FastBuffer.prototype;
addBufferPrototypeMethods(Buffer.prototype);
internalBinding('buffer').setBufferPrototype(Buffer.prototype);
addMethods(Buffer);
ObjectSetPrototypeOf(Buffer, Uint8Array);
usePoolOf(Buffer);
ObjectDefineProperty(Buffer, SymbolSpecies, {
  __proto__: null,
  configurable: true,
  enumerable: false,
  get() { return FastBuffer; },
});

// --- Making Buffers

function fromString(string, name) {
  let encoding = utf8;
  if (name && name !== 'utf8' && typeof name === 'string') {
    encoding = findEncoding(name);
    if (encoding === undefined) throw new ERR_UNKNOWN_ENCODING(name);
  }
  return string.length === 0 ? new FastBuffer() : fromText(string, encoding);
}

function fromArrayBuffer(memory, byteOffset, length) {
  byteOffset = byteOffset === undefined ? 0 : +byteOffset || 0;
  const room = memory.byteLength - byteOffset;
  if (room < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (length !== undefined) {
    length = +length;
    if (!(length > 0)) length = 0;
    else if (length > room) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
  }
  return new FastBuffer(memory, byteOffset, length);
}

/** The Buffer for an array-like or for what buffer.toJSON() made, or undefined. */
function fromObject(object) {
  if (object.length !== undefined || isAnyArrayBuffer(object.buffer)) {
    return typeof object.length === 'number' ? fromList(object) : new FastBuffer();
  }
  if (object.type === 'Buffer' && ArrayIsArray(object.data)) return fromList(object.data);
  return undefined;
}

function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') return fromString(value, encodingOrOffset);

  if (typeof value === 'object' && value !== null) {
    if (isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);

    const plain = value.valueOf && value.valueOf();
    if (plain != null && plain !== value &&
        (typeof plain === 'string' || typeof plain === 'object')) {
      return from(plain, encodingOrOffset, length);
    }
    const made = fromObject(value);
    if (made !== undefined) return made;

    if (typeof value[SymbolToPrimitive] === 'function') {
      const primitive = value[SymbolToPrimitive]('string');
      if (typeof primitive === 'string') return fromString(primitive, encodingOrOffset);
    }
  }
  throw new ERR_INVALID_ARG_TYPE(
    'first argument',
    ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'],
    value,
  );
}

function copyBytesFrom(view, offset, length) {
  if (!isTypedArray(view)) throw new ERR_INVALID_ARG_TYPE('view', ['TypedArray'], view);
  const count = TypedArrayPrototypeGetLength(view);
  if (count === 0) return new FastBuffer();

  let start = 0;
  let end = count;
  if (offset !== undefined) {
    validateInteger(offset, 'offset', 0);
    if (offset >= count) return new FastBuffer();
    start = offset;
  }
  if (length !== undefined) {
    validateInteger(length, 'length', 0);
    end = MathMin(start + length, count);
  }
  const width = TypedArrayPrototypeGetByteLength(view) / count;
  return fromList(new Uint8Array(TypedArrayPrototypeGetBuffer(view),
                                 TypedArrayPrototypeGetByteOffset(view) + start * width,
                                 (end - start) * width));
}

// As %TypedArray%.of(), but without the deprecated constructor.
const of = (...items) => {
  const buffer = new FastBuffer(items.length);
  for (let i = 0; i < items.length; i++) buffer[i] = items[i];
  return buffer;
};

function alloc(size, value, encoding) {
  validateNumber(size, 'size', 0, kMaxLength);
  if (value === undefined || value === 0 || !(size > 0)) return new FastBuffer(size);
  const buffer = createUnsafeBuffer(size);
  return fill(buffer, value, 0, buffer.length, encoding);
}

function allocUnsafe(size) {
  validateNumber(size, 'size', 0, kMaxLength);
  return allocate(size);
}

function allocUnsafeSlow(size) {
  validateNumber(size, 'size', 0, kMaxLength);
  return createUnsafeBuffer(size);
}

/** Deprecated (DEP0030). */
function SlowBuffer(size) {
  validateNumber(size, 'size', 0, kMaxLength);
  return createUnsafeBuffer(size);
}
ObjectSetPrototypeOf(SlowBuffer.prototype, Uint8ArrayPrototype);
ObjectSetPrototypeOf(SlowBuffer, Uint8Array);

function concat(list, length) {
  validateArray(list, 'list');
  const count = list.length;
  if (count === 0) return new FastBuffer();

  let total = 0;
  if (length !== undefined) validateInteger(length, 'length', 0, kMaxLength);
  for (let i = 0; i < count; i++) {
    const part = list[i];
    if (!isUint8Array(part)) {
      throw new ERR_INVALID_ARG_TYPE(`list[${i}]`, ['Buffer', 'Uint8Array'], part);
    }
    total += TypedArrayPrototypeGetByteLength(part);
  }
  if (length === undefined) length = total;

  const joined = allocate(length);
  let at = 0;
  for (let i = 0; i < count && at < length; i++) {
    let part = list[i];
    let size = TypedArrayPrototypeGetByteLength(part);
    if (size > length - at) {
      size = length - at;
      part = TypedArrayPrototypeSubarray(part, 0, size);
    }
    TypedArrayPrototypeSet(joined, part, at);
    at += size;
  }
  if (at < length) TypedArrayPrototypeFill(joined, 0, at, length);
  return joined;
}

// --- Statics that make none

function isBuffer(value) {
  return value instanceof Buffer;
}

function isEncoding(encoding) {
  return typeof encoding === 'string' && encoding.length !== 0 &&
    normalizeEncoding(encoding) !== undefined;
}

function byteLength(string, encoding) {
  if (typeof string !== 'string') {
    if (isArrayBufferView(string) || isAnyArrayBuffer(string)) return string.byteLength;
    throw new ERR_INVALID_ARG_TYPE('string', ['string', 'Buffer', 'ArrayBuffer'], string);
  }
  if (string.length === 0) return 0;
  if (!encoding || encoding === 'utf8') return byteLengthUtf8(string);
  const found = findEncoding(encoding);
  return found === undefined ? byteLengthUtf8(string) : found.byteLength(string);
}

function compare(buf1, buf2) {
  if (!isUint8Array(buf1)) {
    throw new ERR_INVALID_ARG_TYPE('buf1', ['Buffer', 'Uint8Array'], buf1);
  }
  if (!isUint8Array(buf2)) {
    throw new ERR_INVALID_ARG_TYPE('buf2', ['Buffer', 'Uint8Array'], buf2);
  }
  return buf1 === buf2 ? 0 : compareBytes(buf1, buf2);
}

Buffer.poolSize = 64 * 1024;
Buffer.from = from;
Buffer.copyBytesFrom = copyBytesFrom;
Buffer.of = of;
Buffer.alloc = alloc;
Buffer.allocUnsafe = allocUnsafe;
Buffer.allocUnsafeSlow = allocUnsafeSlow;
Buffer.isBuffer = isBuffer;
Buffer.compare = compare;
Buffer.isEncoding = isEncoding;
Buffer[kIsEncodingSymbol] = isEncoding;
Buffer.concat = concat;
Buffer.byteLength = byteLength;

// --- Functions beside Buffer

function btoa(input) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('input');
  const result = nativeBtoa(`${input}`);
  if (result === -1) throw lazyDOMException('Invalid character', 'InvalidCharacterError');
  return result;
}

function atob(input) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('input');
  const result = nativeAtob(`${input}`);
  if (typeof result === 'string') return result;
  throw lazyDOMException(
    result === -1 ? 'The string to be decoded is not correctly encoded.' : 'Invalid character',
    'InvalidCharacterError');
}

function checkBytes(input) {
  if (isTypedArray(input) || isAnyArrayBuffer(input)) return;
  throw new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
}

function isUtf8(input) {
  checkBytes(input);
  return nativeIsUtf8(input);
}

function isAscii(input) {
  checkBytes(input);
  return nativeIsAscii(input);
}

module.exports = {
  Buffer,
  SlowBuffer: deprecate(
    SlowBuffer,
    'SlowBuffer() is deprecated. Please use Buffer.allocUnsafeSlow()',
    'DEP0030'),
  transcode,
  isUtf8,
  isAscii,
  // Legacy.
  kMaxLength,
  kStringMaxLength,
  btoa,
  atob,
};

ObjectDefineProperties(module.exports, {
  constants: {
    __proto__: null,
    configurable: false,
    enumerable: true,
    value: ObjectDefineProperties({}, {
      MAX_LENGTH: { __proto__: null, enumerable: true, value: kMaxLength },
      MAX_STRING_LENGTH: { __proto__: null, enumerable: true, value: kStringMaxLength },
    }),
  },
  INSPECT_MAX_BYTES: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: getInspectBytesMax,
    set: setInspectBytesMax,
  },
});

defineLazyProperties(module.exports, 'internal/blob', ['Blob', 'resolveObjectURL']);
defineLazyProperties(module.exports, 'internal/file', ['File']);
