'use strict';

// The methods of Buffer.prototype that are not about numbers.

const {
  Array,
  ArrayBufferIsView,
  ArrayPrototypeForEach,
  MathFloor,
  MathMin,
  MathTrunc,
  NumberIsInteger,
  NumberIsNaN,
  NumberMAX_SAFE_INTEGER,
  NumberMIN_SAFE_INTEGER,
  ObjectAssign,
  ObjectDefineProperty,
  ObjectPrototypeHasOwnProperty,
  StringPrototypeSlice,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSubarray,
} = primordials;

const {
  compare: compareBytes,
  copy: copyBytes,
  hexSlice,
  kMaxLength,
  swap16,
  swap32,
  swap64,
  utf8Slice,
} = internalBinding('buffer');
const {
  constants: { ALL_PROPERTIES, ONLY_ENUMERABLE },
  getOwnNonIndexProperties,
} = internalBinding('util');
const {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_BUFFER_SIZE,
  ERR_OUT_OF_RANGE,
  ERR_UNKNOWN_ENCODING,
} = require('internal/errors').codes;
const { customInspectSymbol } = require('internal/util');
const { inspect } = require('internal/util/inspect');
const { isUint8Array } = require('internal/util/types');
const { validateInteger, validateNumber } = require('internal/validators');
const { FastBuffer, latin1Write, putUtf8, utf8Write } = require('internal/buffer');
const { findEncoding, utf8 } = require('internal/buffer/encodings');
const { fill, search } = require('internal/buffer/search');

// Up to this size a loop beats the call into native.
const SWAP_LOOP_BYTES_MAX = 32;

let inspectBytesMax = 50;

/** The integer of an argument of copy(), 0 for what is none. */
function toCopyIndex(value) {
  if (value === undefined) return 0;
  if (NumberIsInteger(value)) return value;
  value = +value;
  return value >= NumberMIN_SAFE_INTEGER && value <= NumberMAX_SAFE_INTEGER ?
    MathFloor(value) : 0;
}

/** The properties a user has set on a Buffer, as inspect() shows them. */
function inspectExtras(buffer, ctx) {
  const filter = ctx.showHidden ? ALL_PROPERTIES : ONLY_ENUMERABLE;
  const names = getOwnNonIndexProperties(buffer, filter);
  if (names.length === 0) return '';
  const extras = { __proto__: null };
  ArrayPrototypeForEach(names, (name) => { extras[name] = buffer[name]; });
  const text = inspect(extras, { ...ctx, breakLength: Infinity, compact: true });
  // Without '[Object: null prototype] { ' and ' }'.
  return StringPrototypeSlice(text, 27, -2);
}

/** An index as TypedArray.subarray() takes it: negative from the end, clamped. */
function clampIndex(index, length) {
  index = MathTrunc(index);
  if (index === 0 || NumberIsNaN(index)) return 0;
  if (index < 0) {
    index += length;
    return index > 0 ? index : 0;
  }
  return index < length ? index : length;
}

/** Turns around every `width` bytes. */
function swapLoop(buffer, width) {
  for (let i = 0; i < buffer.length; i += width) {
    for (let a = i, b = i + width - 1; a < b; a++, b--) {
      const byte = buffer[a];
      buffer[a] = buffer[b];
      buffer[b] = byte;
    }
  }
}

function swap(buffer, width, native) {
  const length = TypedArrayPrototypeGetLength(buffer);
  if (length % width !== 0) throw new ERR_INVALID_BUFFER_SIZE(`${width * 8}-bits`);
  if (length <= SWAP_LOOP_BYTES_MAX) swapLoop(buffer, width);
  else native(buffer);
  return buffer;
}

const methods = {
  copy(target, targetStart, sourceStart, sourceEnd) {
    if (!ArrayBufferIsView(this)) {
      throw new ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], this);
    }
    if (!ArrayBufferIsView(target)) {
      throw new ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
    }
    const size = this.byteLength;
    targetStart = toCopyIndex(targetStart);
    if (targetStart < 0) throw new ERR_OUT_OF_RANGE('targetStart', '>= 0', targetStart);
    sourceStart = toCopyIndex(sourceStart);
    if (sourceStart < 0 || sourceStart > size) {
      throw new ERR_OUT_OF_RANGE('sourceStart', `>= 0 && <= ${size}`, sourceStart);
    }
    sourceEnd = sourceEnd === undefined ? size : toCopyIndex(sourceEnd);
    if (sourceEnd < 0) throw new ERR_OUT_OF_RANGE('sourceEnd', '>= 0', sourceEnd);

    const count = MathMin(MathMin(sourceEnd, size) - sourceStart, target.byteLength - targetStart);
    if (count <= 0) return 0;
    if (count === size && isUint8Array(target) && isUint8Array(this)) {
      TypedArrayPrototypeSet(target, this, targetStart);
    } else {
      copyBytes(this, target, targetStart, sourceStart, count);
    }
    return count;
  },

  toString(encoding, start, end) {
    if (arguments.length === 0) return utf8Slice(this, 0, this.length);

    const length = TypedArrayPrototypeGetLength(this);
    if (start <= 0) start = 0;
    else if (start >= length) return '';
    else start = MathTrunc(start) || 0;

    if (end === undefined || end > length) end = length;
    else end = MathTrunc(end) || 0;
    if (end <= start) return '';

    if (encoding === undefined) return utf8Slice(this, start, end);
    const found = findEncoding(encoding);
    if (found === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    return found.slice(this, start, end);
  },

  equals(otherBuffer) {
    if (!isUint8Array(otherBuffer)) {
      throw new ERR_INVALID_ARG_TYPE('otherBuffer', ['Buffer', 'Uint8Array'], otherBuffer);
    }
    if (this === otherBuffer) return true;
    const size = TypedArrayPrototypeGetByteLength(this);
    if (size !== TypedArrayPrototypeGetByteLength(otherBuffer)) return false;
    return size === 0 || compareBytes(this, otherBuffer) === 0;
  },

  inspect(recurseTimes, ctx) {
    const { length } = this;
    const shown = MathMin(inspectBytesMax, length);
    const hex = hexSlice(this, 0, shown);
    let text = '';
    for (let i = 0; i < hex.length; i += 2) {
      text += i === 0 ? hex[i] + hex[i + 1] : ` ${hex[i]}${hex[i + 1]}`;
    }
    const hidden = length - inspectBytesMax;
    if (hidden > 0) {
      text += `${shown > 0 ? ' ' : ''}... ${hidden} more byte${hidden > 1 ? 's' : ''}`;
    }
    if (ctx) {
      const extras = inspectExtras(this, ctx);
      if (extras !== '') text += `${length !== 0 ? ', ' : ''}${extras}`;
    }
    let name = 'Buffer';
    try {
      const { constructor } = this;
      if (typeof constructor === 'function' && ObjectPrototypeHasOwnProperty(constructor, 'name')) {
        ({ name } = constructor);
      }
    } catch {
      // A getter of the user's threw: the name above will do.
    }
    return `<${name} ${text}>`;
  },

  compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
    if (!isUint8Array(target)) {
      throw new ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
    }
    if (arguments.length === 1) return compareBytes(this, target);

    if (targetStart === undefined) targetStart = 0;
    else validateInteger(targetStart, 'targetStart', 0, kMaxLength);
    if (targetEnd === undefined) targetEnd = target.length;
    else validateInteger(targetEnd, 'targetEnd', 0, target.length);
    if (sourceStart === undefined) sourceStart = 0;
    else validateInteger(sourceStart, 'sourceStart', 0, kMaxLength);
    if (sourceEnd === undefined) sourceEnd = this.length;
    else validateInteger(sourceEnd, 'sourceEnd', 0, this.length);

    if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
    if (targetStart >= targetEnd) return 1;
    return compareBytes(TypedArrayPrototypeSubarray(this, sourceStart, sourceEnd),
                        TypedArrayPrototypeSubarray(target, targetStart, targetEnd));
  },

  // Functions and no methods: Node's tests use them as constructors.
  indexOf: function indexOf(value, offset, end, encoding) {
    return search(this, value, offset, end, encoding, true);
  },

  lastIndexOf: function lastIndexOf(value, offset, end, encoding) {
    return search(this, value, offset, end, encoding, false);
  },

  includes: function includes(value, offset, end, encoding) {
    return search(this, value, offset, end, encoding, true) !== -1;
  },

  fill(value, offset, end, encoding) {
    return fill(this, value, offset, end, encoding);
  },

  write(string, offset, length, encoding) {
    const size = TypedArrayPrototypeGetLength(this);
    if (offset === undefined) {
      return typeof string === 'string' ?
        putUtf8(this, string, 0, size) : utf8Write(this, string, 0, size);
    }
    if (length === undefined && typeof offset === 'string') {
      encoding = offset;
      length = size;
      offset = 0;
    } else {
      validateInteger(offset, 'offset', 0, size);
      const room = size - offset;
      if (length === undefined) {
        length = room;
      } else if (typeof length === 'string') {
        encoding = length;
        length = room;
      } else {
        validateInteger(length, 'length', 0, size);
        if (length > room) length = room;
      }
    }
    const found = encoding ? findEncoding(encoding) : utf8;
    if (found === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    // The checked writer throws the error.
    if (typeof string !== 'string') return latin1Write(this, string, offset, length);
    return found.write(this, string, offset, length);
  },

  toJSON() {
    const length = TypedArrayPrototypeGetLength(this);
    const data = length > 0 ? new Array(length) : [];
    for (let i = 0; i < length; i++) data[i] = this[i];
    return { type: 'Buffer', data };
  },

  subarray(start, end) {
    const length = TypedArrayPrototypeGetLength(this);
    start = clampIndex(start, length);
    end = end === undefined ? length : clampIndex(end, length);
    return new FastBuffer(this.buffer, this.byteOffset + start, end > start ? end - start : 0);
  },

  slice(start, end) {
    return this.subarray(start, end);
  },

  swap16() {
    return swap(this, 2, swap16);
  },

  swap32() {
    return swap(this, 4, swap32);
  },

  swap64() {
    return swap(this, 8, swap64);
  },
};

/** Puts the methods on Buffer.prototype, in Node's order of the keys. */
function addMethods(Buffer) {
  const proto = Buffer.prototype;
  // Legacy names; of other objects that inherit them they are undefined.
  ObjectDefineProperty(proto, 'parent', {
    __proto__: null,
    enumerable: true,
    get() { return this instanceof Buffer ? this.buffer : undefined; },
  });
  ObjectDefineProperty(proto, 'offset', {
    __proto__: null,
    enumerable: true,
    get() { return this instanceof Buffer ? this.byteOffset : undefined; },
  });
  ObjectAssign(proto, methods);
  proto[customInspectSymbol] = methods.inspect;
  proto.toLocaleString = methods.toString;
}

function getInspectBytesMax() {
  return inspectBytesMax;
}

function setInspectBytesMax(value) {
  validateNumber(value, 'INSPECT_MAX_BYTES', 0);
  inspectBytesMax = value;
}

module.exports = { addMethods, getInspectBytesMax, setInspectBytesMax };
