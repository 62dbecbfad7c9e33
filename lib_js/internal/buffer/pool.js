'use strict';

// Small Buffers share one piece of memory, given out from front to back, so
// that most need no memory of their own. The pool is made when it is first
// needed, which is never while the start-up snapshot is built.

const {
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeSet,
} = primordials;

const { FastBuffer, createUnsafeBuffer, markAsUntransferable } = require('internal/buffer');

const { stringBuffer } = internalBinding('buffer');

let settings;
let memory;
let bytes;
let used = 0;
let size = 0;

/** Buffer.poolSize is the user's to change; it is read whenever it matters. */
function usePoolOf(Buffer) {
  settings = Buffer;
}

/** Forgets the pool; the next small Buffer makes a new one. */
function dropPool() {
  bytes = memory = undefined;
  used = size = 0;
}

function renewPool() {
  size = settings.poolSize;
  bytes = createUnsafeBuffer(size);
  memory = TypedArrayPrototypeGetBuffer(bytes);
  markAsUntransferable(memory);
  used = 0;
}

/** The first `count` bytes that are free, from then on taken. */
function take(count) {
  const buffer = new FastBuffer(memory, used, count);
  // The next one starts at a multiple of eight, fit for any typed array.
  used = (used + count + 7) & ~7;
  return buffer;
}

function allocate(count) {
  if (count <= 0) return new FastBuffer();
  if (count >= settings.poolSize >>> 1) return createUnsafeBuffer(count);
  if (count > size - used) renewPool();
  return take(count);
}

/** The bytes of a string, in the pool unless there are many of them. */
function fromText(string, encoding) {
  const poolMax = settings.poolSize >>> 1;
  let most = string.length * encoding.bytesMax;
  if (most >= poolMax) {
    // Of UTF-8 a character is one byte at least: to count them would be to read all of the text.
    if (encoding.bytesMax < 3 || string.length < poolMax) most = encoding.byteLength(string);
    if (most >= poolMax) return new FastBuffer(stringBuffer(string, encoding.name));
  }
  if (most > size - used) renewPool();
  return take(encoding.write(bytes, string, used, most));
}

/** The bytes of an array, of array-likes and of other typed arrays' elements. */
function fromList(list) {
  const { length } = list;
  if (length <= 0) return new FastBuffer();
  if (length >= settings.poolSize >>> 1) return new FastBuffer(list);
  if (!(length <= size - used)) renewPool();
  const buffer = take(length);
  TypedArrayPrototypeSet(buffer, list, 0);
  return buffer;
}

module.exports = { allocate, dropPool, fromList, fromText, usePoolOf };
