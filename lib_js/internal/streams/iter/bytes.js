'use strict';

// Bytes and batches. A batch is an array of Uint8Array: what one step of every stream gives.

const { ArrayIsArray, Uint8Array } = primordials;

const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
const { isAnyArrayBuffer, isArrayBuffer, isArrayBufferView, isUint8Array } =
  require('internal/util/types');
const { validateArray } = require('internal/validators');
const { encodeUtf8String } = internalBinding('encoding_binding');

/** Text and memory of every kind as a Uint8Array, without a copy; undefined: it is neither. */
function bytesOf(value) {
  if (typeof value === 'string') return encodeUtf8String(value);
  if (isUint8Array(value)) return value;
  if (isArrayBufferView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/** What writers take. */
function chunkBytes(chunk) {
  if (typeof chunk === 'string') return encodeUtf8String(chunk);
  if (isUint8Array(chunk)) return chunk;
  throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Uint8Array'], chunk);
}

/** @returns {Uint8Array[]} a batch of its own: the program may change its array later */
function chunksBytes(chunks) {
  validateArray(chunks, 'chunks');
  const batch = [];
  for (let i = 0; i < chunks.length; i++) batch.push(chunkBytes(chunks[i]));
  return batch;
}

function isBatch(value) {
  if (!ArrayIsArray(value)) return false;
  for (let i = 0; i < value.length; i++) {
    if (!isUint8Array(value[i])) return false;
  }
  return true;
}

function lengthOf(batch) {
  let bytes = 0;
  for (let i = 0; i < batch.length; i++) bytes += batch[i].byteLength;
  return bytes;
}

/** All chunks as one Uint8Array that fills its buffer: a lone chunk that does is not copied. */
function joined(chunks, bytes) {
  if (chunks.length === 1) {
    const { buffer } = chunks[0];
    if (buffer.byteLength === bytes && isArrayBuffer(buffer)) return chunks[0];
  }
  const whole = new Uint8Array(bytes);
  for (let i = 0, at = 0; i < chunks.length; i++) {
    whole.set(chunks[i], at);
    at += chunks[i].byteLength;
  }
  return whole;
}

module.exports = { bytesOf, chunkBytes, chunksBytes, isBatch, joined, lengthOf };
