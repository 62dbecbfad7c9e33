'use strict';

// Random bytes, integers and UUIDs. Small draws are made at once, even for callbacks: they take
// less than it takes to send them anywhere.

const { DateNow, MathFloor, NumberIsNaN, NumberIsSafeInteger } = primordials;

const { FastBuffer } = require('internal/buffer');
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE },
  hideStackFrames,
} = require('internal/errors');
const { kEmptyObject, lazyDOMException } = require('internal/util');
const {
  isArrayBufferView,
  isFloat16Array,
  isFloat32Array,
  isFloat64Array,
  isTypedArray,
} = require('internal/util/types');
const {
  validateBoolean,
  validateFunction,
  validateNumber,
  validateObject,
} = require('internal/validators');
const { bytesOf, isBytes } = require('internal/crypto/encodings');
const { orThrow } = require('internal/crypto/failure');
const { startJob } = require('internal/crypto/job');

const binding = internalBinding('crypto');

const kMaxInt32 = 0x7fffffff;
const kMaxPossibleLength = 2 ** 53 - 1;

/** From here on a draw with a callback is made elsewhere. */
const LARGE_BYTES = 65536;

const assertOffset = hideStackFrames((offset, elementSize, length) => {
  validateNumber(offset, 'offset');
  offset *= elementSize;
  const maxLength = length < kMaxPossibleLength ? length : kMaxPossibleLength;
  if (NumberIsNaN(offset) || offset > maxLength || offset < 0) {
    throw new ERR_OUT_OF_RANGE.HideStackFramesError('offset', `>= 0 && <= ${maxLength}`, offset);
  }
  return MathFloor(offset);
});

const assertSize = hideStackFrames((size, elementSize, offset, length) => {
  validateNumber(size, 'size');
  size *= elementSize;
  if (NumberIsNaN(size) || size > kMaxInt32 || size < 0) {
    throw new ERR_OUT_OF_RANGE.HideStackFramesError('size', `>= 0 && <= ${kMaxInt32}`, size);
  }
  if (size + offset > length) {
    throw new ERR_OUT_OF_RANGE.HideStackFramesError('size + offset', `<= ${length}`, size + offset);
  }
  return MathFloor(size);
});

function fill(target, offset, size) {
  // Shared memory goes down as a view.
  const view = isArrayBufferView(target) ? target : new FastBuffer(target);
  orThrow(binding.randomFill(view, offset, size));
}

/** Calls back with the target when it is filled, or when its memory went elsewhere. */
function fillLater(target, offset, size, callback) {
  const isSmall = size <= LARGE_BYTES;
  const start = isSmall ? binding.answerSoon : (ticket) => binding.randomBytes(size, ticket);
  startJob('RANDOMBYTESREQUEST', start, (error, bytes) => {
    if (error === null && target.byteLength >= offset + size) {
      try {
        if (isSmall) fill(target, offset, size);
        else bytesOf(target).set(bytes, offset);
      } catch (failure) {
        error = failure;
      }
    }
    if (error === null) callback(null, target);
    else callback(error);
  });
}

function randomBytes(size, callback) {
  size = assertSize(size, 1, 0, Infinity);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = new FastBuffer(size);
  if (callback === undefined) {
    fill(bytes, 0, size);
    return bytes;
  }
  fillLater(bytes, 0, size, callback);
}

function checkTarget(buffer) {
  if (!isBytes(buffer)) {
    throw new ERR_INVALID_ARG_TYPE('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  }
}

function randomFillSync(buffer, offset = 0, size) {
  checkTarget(buffer);
  const elementSize = buffer.BYTES_PER_ELEMENT || 1;
  offset = assertOffset(offset, elementSize, buffer.byteLength);
  size = size === undefined ?
    buffer.byteLength - offset :
    assertSize(size, elementSize, offset, buffer.byteLength);
  if (size !== 0) fill(buffer, offset, size);
  return buffer;
}

function randomFill(buffer, offset, size, callback) {
  checkTarget(buffer);
  const elementSize = buffer.BYTES_PER_ELEMENT || 1;
  if (typeof offset === 'function') {
    callback = offset;
    offset = 0;
    // Without a size, what is left of the target counts in bytes.
    size = buffer.length ?? buffer.byteLength;
  } else if (typeof size === 'function') {
    callback = size;
    size = (buffer.length ?? buffer.byteLength) - offset;
  } else {
    validateFunction(callback, 'callback');
  }
  offset = assertOffset(offset, elementSize, buffer.byteLength);
  size = size === undefined ?
    buffer.byteLength - offset :
    assertSize(size, elementSize, offset, buffer.byteLength);
  if (size === 0) {
    callback(null, buffer);
    return;
  }
  fillLater(buffer, offset, size, callback);
}

/** Largest range: six bytes. */
const RAND_MAX = 0xFFFF_FFFF_FFFF;

const DRAW_BYTES = 6;

// Integers are cut from draws of many; what was given out is not kept.
const draws = new FastBuffer(DRAW_BYTES * 1024);
let drawAt = draws.length;
/** Those who wait for draws in the background. */
const waiting = [];

/** Few bytes: Buffer's own fill would take longer. */
function forget(bytes, at, count) {
  const end = at + count;
  while (at < end) bytes[at++] = 0;
}

function nextInteger(min, range, limit) {
  while (drawAt < draws.length) {
    const drawn = draws.readUIntBE(drawAt, DRAW_BYTES);
    forget(draws, drawAt, DRAW_BYTES);
    drawAt += DRAW_BYTES;
    // Above the limit the lowest results would be likelier than the rest.
    if (drawn < limit) return drawn % range + min;
  }
  return undefined;
}

function checkedRange(min, max, name) {
  if (!NumberIsSafeInteger(min)) throw new ERR_INVALID_ARG_TYPE('min', 'a safe integer', min);
  if (!NumberIsSafeInteger(max)) throw new ERR_INVALID_ARG_TYPE('max', 'a safe integer', max);
  if (max <= min) {
    throw new ERR_OUT_OF_RANGE(
      'max', `greater than the value of "min" (${min})`, max);
  }
  const range = max - min;
  if (!(range <= RAND_MAX)) {
    throw new ERR_OUT_OF_RANGE(name, `<= ${RAND_MAX}`, range);
  }
  return range;
}

function randomInt(min, max, callback) {
  // (max), (max, callback)
  const hasMin = typeof max !== 'undefined' && typeof max !== 'function';
  if (!hasMin) {
    callback = max;
    max = min;
    min = 0;
  }
  if (callback !== undefined) validateFunction(callback, 'callback');
  const range = checkedRange(min, max, hasMin ? 'max - min' : 'max');
  const limit = RAND_MAX - RAND_MAX % range;
  if (callback === undefined) {
    for (;;) {
      const integer = nextInteger(min, range, limit);
      if (integer !== undefined) return integer;
      fill(draws, 0, draws.length);
      drawAt = 0;
    }
  }
  const integer = nextInteger(min, range, limit);
  if (integer !== undefined) {
    process.nextTick(callback, undefined, integer);
    return;
  }
  waiting.push({ min, max, callback });
  if (waiting.length === 1) refill();
}

function refill() {
  fillLater(draws, 0, draws.length, (error) => {
    if (!error) drawAt = 0;
    const all = waiting.splice(0);
    for (let i = 0; i < all.length; i++) {
      const { min, max, callback } = all[i];
      if (error) process.nextTick(callback, error, undefined);
      else randomInt(min, max, callback);
    }
  });
}

/** Web Crypto's getRandomValues. */
function getRandomValues(array) {
  if (!isTypedArray(array) || isFloat16Array(array) || isFloat32Array(array) ||
      isFloat64Array(array)) {
    throw lazyDOMException(
      'The data argument must be an integer-type TypedArray', 'TypeMismatchError');
  }
  if (array.byteLength > 65536) {
    throw lazyDOMException('The requested length exceeds 65,536 bytes', 'QuotaExceededError');
  }
  randomFillSync(array, 0);
  return array;
}

// UUIDs are cut from draws too.
const UUIDS = 128;
const UUID_BYTES = 16;
let uuidDraws;
let uuidAt = UUIDS;

/** [0] is the text of byte 0 and so on. */
let hexBytes;

function uuidBytes(isCached) {
  if (hexBytes === undefined) {
    hexBytes = [];
    for (let byte = 0; byte < 256; byte++) hexBytes.push((byte + 256).toString(16).slice(1));
  }
  if (!isCached) {
    const bytes = new FastBuffer(UUID_BYTES);
    fill(bytes, 0, UUID_BYTES);
    return bytes;
  }
  if (uuidAt === UUIDS) {
    uuidDraws ??= new FastBuffer(UUIDS * UUID_BYTES);
    fill(uuidDraws, 0, UUIDS * UUID_BYTES);
    uuidAt = 0;
  }
  return uuidDraws;
}

/** RFC 9562, section 4. `version` stands in the high half of a byte. The bytes are not kept. */
function textOfUuid(b, at, version) {
  const h = hexBytes;
  b[at + 6] = b[at + 6] & 0x0f | version;
  b[at + 8] = b[at + 8] & 0x3f | 0x80;
  const text = h[b[at]] + h[b[at + 1]] + h[b[at + 2]] + h[b[at + 3]] + '-' +
    h[b[at + 4]] + h[b[at + 5]] + '-' + h[b[at + 6]] + h[b[at + 7]] + '-' +
    h[b[at + 8]] + h[b[at + 9]] + '-' +
    h[b[at + 10]] + h[b[at + 11]] + h[b[at + 12]] + h[b[at + 13]] + h[b[at + 14]] + h[b[at + 15]];
  forget(b, at, UUID_BYTES);
  return text;
}

function drawUuid(options) {
  if (options !== undefined) validateObject(options, 'options');
  const { disableEntropyCache = false } = options ?? kEmptyObject;
  validateBoolean(disableEntropyCache, 'options.disableEntropyCache');
  const bytes = uuidBytes(!disableEntropyCache);
  return { bytes, at: disableEntropyCache ? 0 : UUID_BYTES * uuidAt++ };
}

/** Texts that native made, most of the batch still to be given out. */
let uuids;
let uuidsLeft = 0;

function randomUUID(options) {
  if (options === undefined) {
    if (uuidsLeft === 0) {
      uuids = orThrow(binding.uuids(UUIDS));
      uuidsLeft = UUIDS;
    }
    const text = uuids[--uuidsLeft];
    uuids[uuidsLeft] = '';
    return text;
  }
  const { bytes, at } = drawUuid(options);
  return textOfUuid(bytes, at, 0x40);
}

/** Sorted by time: RFC 9562, section 5.7. */
function randomUUIDv7(options) {
  const { bytes, at } = drawUuid(options);
  const now = DateNow();
  const high = MathFloor(now / 65536);
  bytes[at] = high / 16777216;
  bytes[at + 1] = high >>> 16;
  bytes[at + 2] = high >>> 8;
  bytes[at + 3] = high;
  bytes[at + 4] = now % 65536 >>> 8;
  bytes[at + 5] = now;
  return textOfUuid(bytes, at, 0x70);
}

module.exports = {
  getRandomValues,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  randomUUIDv7,
};
