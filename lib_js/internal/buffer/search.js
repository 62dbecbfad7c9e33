'use strict';

// buffer.indexOf(), lastIndexOf(), includes() and fill().

const {
  NumberIsNaN,
  StringPrototypeCharCodeAt,
  TypedArrayPrototypeCopyWithin,
  TypedArrayPrototypeFill,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeSet,
  Uint8Array,
} = primordials;

const { indexOfBuffer, indexOfNumber, kMaxLength } = internalBinding('buffer');
const {
  codes: {
    ERR_BUFFER_OUT_OF_BOUNDS,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_UNKNOWN_ENCODING,
  },
} = require('internal/errors');
const { isTypedArray, isUint8Array } = require('internal/util/types');
const { validateBuffer, validateInteger, validateString } = require('internal/validators');
const { findEncoding, utf8 } = require('internal/buffer/encodings');
const { fromText } = require('internal/buffer/pool');

const INT32_MAX = 0x7fffffff;
// Up to this size a loop beats the calls that copy.
const REPEAT_LOOP_BYTES_MAX = 64;

const INT32_MIN = -0x80000000;

/** The first (or last) place of value in buffer[0..end), seen from offset; or -1. */
function search(buffer, value, offset, end, encoding, forward) {
  validateBuffer(buffer);
  if (typeof end === 'string') {
    encoding = end;
    end = buffer.length;
  } else if (end === undefined) {
    end = buffer.length;
  } else {
    end = +end;
  }
  if (typeof offset === 'string') {
    encoding = offset;
    offset = undefined;
  } else if (offset > INT32_MAX) {
    offset = INT32_MAX;
  } else if (offset < INT32_MIN) {
    offset = INT32_MIN;
  }
  offset = +offset;
  if (NumberIsNaN(offset)) offset = forward ? 0 : buffer.length;

  if (typeof value === 'number') return indexOfNumber(buffer, value >>> 0, offset, forward, end);

  const coder = encoding === undefined ? utf8 : findEncoding(encoding);
  if (typeof value === 'string') {
    if (coder === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    return indexOfBuffer(buffer, fromText(value, coder), offset, coder.id, forward, end);
  }
  if (isUint8Array(value)) {
    return indexOfBuffer(buffer, value, offset, (coder ?? utf8).id, forward, end);
  }
  throw new ERR_INVALID_ARG_TYPE('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
}

/** What fill() repeats for a value that is no string: a number for one byte, else bytes. */
function patternOf(value) {
  if (!isTypedArray(value)) return +value & 255;
  return new Uint8Array(TypedArrayPrototypeGetBuffer(value),
                        TypedArrayPrototypeGetByteOffset(value),
                        TypedArrayPrototypeGetByteLength(value));
}

/** The same for a string. */
function patternOfText(value, encoding) {
  let coder = utf8;
  if (encoding !== undefined && encoding !== null && encoding !== '') {
    validateString(encoding, 'encoding');
    coder = findEncoding(encoding);
    if (coder === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  }
  if (value === '') return 0;
  if (value.length === 1 && coder === utf8) {
    const code = StringPrototypeCharCodeAt(value, 0);
    if (code < 128) return code;
  }
  return fromText(value, coder);
}

/** Fills buffer[offset..end) with the bytes repeated. */
function repeat(buffer, bytes, offset, end) {
  const room = end - offset;
  const size = bytes.length;
  if (room <= REPEAT_LOOP_BYTES_MAX) {
    for (let i = 0, k = 0; i < room; i++) {
      buffer[offset + i] = bytes[k];
      if (++k === size) k = 0;
    }
    return;
  }
  let done = size;
  if (done > room) {
    bytes = new Uint8Array(TypedArrayPrototypeGetBuffer(bytes),
                           TypedArrayPrototypeGetByteOffset(bytes), room);
    done = room;
  }
  TypedArrayPrototypeSet(buffer, bytes, offset);
  while (done < room) {
    const more = done < room - done ? done : room - done;
    TypedArrayPrototypeCopyWithin(buffer, offset + done, offset, offset + more);
    done += more;
  }
}

/** buffer.fill() and what Buffer.alloc() does with its second argument. */
function fill(buffer, value, offset, end, encoding) {
  const { length } = buffer;
  let pattern = value;
  if (typeof value === 'string') {
    if (offset === undefined || typeof offset === 'string') {
      encoding = offset;
      offset = undefined;
    } else if (typeof end === 'string') {
      encoding = end;
      end = length;
    }
    pattern = patternOfText(value, encoding);
  }

  if (offset === undefined) {
    offset = 0;
    end = length;
  } else {
    validateInteger(offset, 'offset', 0, kMaxLength);
    if (end === undefined) end = length;
    else validateInteger(end, 'end', 0, length);
    if (offset >= end) return buffer;
  }
  // A subclass may say another length than it has.
  if (end > TypedArrayPrototypeGetByteLength(buffer)) throw new ERR_BUFFER_OUT_OF_BOUNDS();

  if (typeof value !== 'string' && typeof value !== 'number') pattern = patternOf(value);
  if (typeof pattern === 'number') {
    TypedArrayPrototypeFill(buffer, pattern, offset, end);
  } else if (pattern.length === 0) {
    if (end > offset) throw new ERR_INVALID_ARG_VALUE('value', value);
  } else {
    repeat(buffer, pattern, offset, end);
  }
  return buffer;
}

module.exports = { fill, search };
