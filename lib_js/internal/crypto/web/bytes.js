'use strict';

// Memory that programs give to WebCrypto, read without what a program can replace.

const {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetByteLength,
  DataViewPrototypeGetBuffer,
  DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSlice,
  Uint8Array,
} = primordials;

const { isDataView } = require('internal/util/types');

function viewOf(buffer, start, count) {
  // What was detached has none.
  return count === 0 ? new Uint8Array(0) : new Uint8Array(buffer, start, count);
}

/** Its bytes, shared. */
function bytesOf(source) {
  if (!ArrayBufferIsView(source)) {
    return viewOf(source, 0, ArrayBufferPrototypeGetByteLength(source));
  }
  if (isDataView(source)) {
    return viewOf(DataViewPrototypeGetBuffer(source), DataViewPrototypeGetByteOffset(source),
                  DataViewPrototypeGetByteLength(source));
  }
  return viewOf(TypedArrayPrototypeGetBuffer(source), TypedArrayPrototypeGetByteOffset(source),
                TypedArrayPrototypeGetByteLength(source));
}

/** A copy of its bytes. */
function copyOf(source) {
  const bytes = bytesOf(source);
  const copy = new Uint8Array(TypedArrayPrototypeGetByteLength(bytes));
  TypedArrayPrototypeSet(copy, bytes, 0);
  return copy;
}

/** One after the other, in new memory. */
function joined(parts) {
  let count = 0;
  for (let i = 0; i < parts.length; i++) count += TypedArrayPrototypeGetByteLength(parts[i]);
  const all = new Uint8Array(count);
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    TypedArrayPrototypeSet(all, parts[i], at);
    at += TypedArrayPrototypeGetByteLength(parts[i]);
  }
  return all;
}

/** An ArrayBuffer with exactly these bytes. */
function toArrayBuffer(bytes) {
  const buffer = TypedArrayPrototypeGetBuffer(bytes);
  if (ArrayBufferPrototypeGetByteLength(buffer) === TypedArrayPrototypeGetByteLength(bytes)) {
    return buffer;
  }
  return TypedArrayPrototypeGetBuffer(copyOf(bytes));
}

const bytesFor = (bits) => (bits + 7 - (bits + 7) % 8) / 8;

/** The first bits of some bytes; what is left of the last byte is zero. */
function firstBits(bytes, bits) {
  const part = TypedArrayPrototypeSlice(bytesOf(bytes), 0, bytesFor(bits));
  const rest = bits % 8;
  if (rest !== 0) part[part.length - 1] &= 0xff << (8 - rest);
  return part;
}

module.exports = { bytesFor, bytesOf, copyOf, firstBits, joined, toArrayBuffer };
