'use strict';

// What waits in a Readable: how much of it a read() gets, and taking it out.

const { Buffer } = require('buffer');
const { codes: { ERR_OUT_OF_RANGE } } = require('internal/errors');
const { kState, kObjectMode } = require('internal/streams/utils');
const { kEnded, kFlowing, kDecoder } = require('internal/streams/readable_state');

const MARK_MAX = 0x40000000; // 1 GiB
const READ_CHUNKS_MAX = 1024; // Read chunks that may stand at the front of the buffer.

// The next power of two: who reads so much at once will want so much buffered.
function markFor(n) {
  if (n > MARK_MAX) throw new ERR_OUT_OF_RANGE('size', '<= 1GiB', n);
  let mark = 1;
  while (mark < n) mark *= 2;
  return mark;
}

// For read(n): whatever there is.
const ALL = -1;

// How much read() can give right now. A function of its own, whose numbers are small integers all:
// where a length and NaN come together, optimised code counts in floating point.
function allLength(state) {
  const flags = state[kState];
  if ((flags & kObjectMode) !== 0) return state.length === 0 && (flags & kEnded) !== 0 ? 0 : 1;
  // While flowing the chunks keep their borders.
  if ((flags & kFlowing) !== 0 && state.length > 0) return state.buffer[state.bufferIndex].length;
  return state.length;
}

// How much read(n) can give right now.
function readableLength(n, state) {
  if (n === ALL) return allLength(state);
  const flags = state[kState];
  if (n <= 0 || (state.length === 0 && (flags & kEnded) !== 0)) return 0;
  if ((flags & kObjectMode) !== 0) return 1;
  if (n <= state.length) return n;
  return (flags & kEnded) !== 0 ? state.length : 0;
}

// Takes the first chunk as it is; state.length is the caller's to change.
function takeFirst(state) {
  const { buffer, bufferIndex } = state;
  const chunk = buffer[bufferIndex];
  if (bufferIndex === 0 && buffer.length === 2) {
    // A source that is asked one chunk ahead: the array stays as short as this.
    buffer[0] = buffer.pop();
    return chunk;
  }
  buffer[bufferIndex] = null;
  dropTaken(state, buffer, bufferIndex + 1);
  return chunk;
}

// Everything before `next` was taken.
function dropTaken(state, buffer, next) {
  if (next === 1 && buffer.length === 1) {
    // Most often. Unlike a new length this keeps the array's memory for the next chunk.
    buffer.pop();
    state.bufferIndex = 0;
  } else if (next === buffer.length) {
    buffer.length = 0;
    state.bufferIndex = 0;
  } else if (next > READ_CHUNKS_MAX) {
    buffer.splice(0, next);
    state.bufferIndex = 0;
  } else {
    state.bufferIndex = next;
  }
}

// Takes n from the front of the buffer; state.length is the caller's to change.
function fromList(n, state) {
  const { length, buffer } = state;
  if (length === 0) return null;
  const index = state.bufferIndex;
  const first = buffer[index];
  let taken;
  let next = index + 1;
  if ((state[kState] & kObjectMode) !== 0) {
    taken = first;
    buffer[index] = null;
  } else if ((state[kState] & kDecoder) !== 0 && typeof first !== 'string') {
    // Bytes that were given back to a stream of strings.
    [taken, next] = joinStrings(buffer, index, n || length);
  } else if (first.length === n) {
    taken = first;
    buffer[index] = null;
  } else if (n && n < first.length) {
    taken = first.slice(0, n);
    buffer[index] = first.slice(n);
    next = index;
  } else if (next === buffer.length) {
    taken = first; // Less than asked, but all there is.
    buffer[index] = null;
  } else {
    const count = n && n < length ? n : length;
    [taken, next] = (state[kState] & kDecoder) !== 0 ?
      joinStrings(buffer, index, count) : joinBuffers(buffer, index, count);
  }
  dropTaken(state, buffer, next);
  return taken;
}

function joinStrings(buffer, index, count) {
  let joined = '';
  for (; count > 0 && index < buffer.length; index++) {
    const chunk = buffer[index];
    if (chunk.length > count) {
      joined += chunk.slice(0, count);
      buffer[index] = chunk.slice(count);
      break;
    }
    joined += chunk;
    count -= chunk.length;
    buffer[index] = null;
  }
  return [joined, index];
}

function joinBuffers(buffer, index, count) {
  const joined = Buffer.allocUnsafe(count);
  let filled = 0;
  for (; filled < count && index < buffer.length; index++) {
    const chunk = buffer[index];
    const missing = count - filled;
    if (chunk.length > missing) {
      joined.set(chunk.subarray(0, missing), filled);
      buffer[index] = chunk.subarray(missing);
      break;
    }
    joined.set(chunk, filled);
    filled += chunk.length;
    buffer[index] = null;
  }
  return [joined, index];
}

module.exports = { ALL, allLength, fromList, markFor, readableLength, takeFirst };
