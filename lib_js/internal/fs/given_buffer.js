'use strict';

// The option `buffer` of readFile: the file goes into the user's own memory, or into what the
// user's function gives for the size.

const { MathMin } = primordials;

const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { bareError } = require('internal/fs/error');
const { KEEP_POSITION } = require('internal/fs/ops');
const { regularSize } = require('internal/fs/stats');
const { bytesOf } = require('internal/fs/utils');
const { isArrayBufferView } = require('internal/util/types');

const STEP_BYTES = 512 * 1024;
const KINDS = ['Buffer', 'TypedArray', 'DataView'];

function validateGiven(buffer) {
  if (typeof buffer !== 'function' && !isArrayBufferView(buffer)) {
    throw new ERR_INVALID_ARG_TYPE('options.buffer', ['Function', ...KINDS], buffer);
  }
}

/** Steps of internal/fs/ops. @returns {Buffer} what was filled of the user's memory */
function* readGiven(fd, given, signal) {
  const figures = yield ['fstat', fd];
  if (typeof figures === 'number') throw bareError(figures, 'fstat');
  const size = regularSize(figures);
  const target = typeof given === 'function' ? given(size) : given;
  if (!isArrayBufferView(target)) throw new ERR_INVALID_ARG_TYPE('options.buffer()', KINDS, target);
  const { byteLength } = target;
  if (size > byteLength) {
    throw new ERR_INVALID_ARG_VALUE('options.buffer.byteLength', byteLength,
                                    `is smaller than the file size of ${size} bytes`);
  }
  const bytes = bytesOf(target);
  let total = 0;
  while (size === 0 || total < size) {
    if (signal?.aborted) throw require('internal/fs/whole').abortError(signal);
    // Where the size says nothing, one byte more shows whether there is more.
    const room = MathMin(byteLength - total, STEP_BYTES) || 1;
    const chunk = yield ['read', fd, room, KEEP_POSITION];
    if (typeof chunk === 'number') throw bareError(chunk, 'read');
    if (chunk.length === 0) break;
    if (total === byteLength) {
      throw new ERR_INVALID_ARG_VALUE('options.buffer.byteLength', byteLength,
                                      'is too small to contain the entire file');
    }
    bytes.set(chunk, total);
    total += chunk.length;
  }
  return bytes.subarray(0, total);
}

module.exports = { readGiven, validateGiven };
