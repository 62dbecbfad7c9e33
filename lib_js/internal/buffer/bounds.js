'use strict';

// Whether a number fits where it is to be read or written. The slow halves
// repeat the question with all its corners, and throw Node's errors.

const { MathFloor, NumberIsInteger } = primordials;

const {
  ERR_BUFFER_OUT_OF_BOUNDS,
  ERR_INVALID_ARG_TYPE,
  ERR_OUT_OF_RANGE,
} = require('internal/errors').codes;
const { validateNumber } = require('internal/validators');

/** Throws unless `size` bytes at `offset` lie in the buffer. */
function reach(buffer, offset, size) {
  if (typeof offset !== 'number' || offset >>> 0 !== offset ||
      !(offset + size <= buffer.length)) {
    reachSlow(buffer, offset, size);
  }
}

function reachSlow(buffer, offset, size) {
  validateNumber(offset, 'offset');
  const last = buffer.length - size;
  // An offset of 4 GiB and more ends here, too, and may be right.
  if (NumberIsInteger(offset) && offset >= 0 && offset <= last) return;
  if (MathFloor(offset) !== offset) throw new ERR_OUT_OF_RANGE('offset', 'an integer', offset);
  if (!(last >= 0)) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  throw new ERR_OUT_OF_RANGE('offset', `>= 0 and <= ${last}`, offset);
}

/** Throws unless the byteLength given is 1 to 6. */
function checkSize(byteLength) {
  if (typeof byteLength === 'number' && byteLength >>> 0 === byteLength &&
       byteLength >= 1 && byteLength <= 6) return;
  validateNumber(byteLength, 'byteLength');
  if (MathFloor(byteLength) !== byteLength) {
    throw new ERR_OUT_OF_RANGE('byteLength', 'an integer', byteLength);
  }
  throw new ERR_OUT_OF_RANGE('byteLength', '>= 1 and <= 6', byteLength);
}

/** The variable-size readers have no default offset. */
function needOffset(offset) {
  if (offset === undefined) throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
}

/** Throws the error for a value that does not fit into `size` bytes. */
function refuseValue(value, min, max, size) {
  const n = typeof min === 'bigint' ? 'n' : '';
  let range;
  if (size <= 4) {
    range = `>= ${min} and <= ${max}`;
  } else if (min === 0 || min === 0n) {
    range = `>= 0${n} and < 2${n} ** ${size * 8}${n}`;
  } else {
    const bits = `2${n} ** ${size * 8 - 1}${n}`;
    range = `>= -(${bits}) and < ${bits}`;
  }
  throw new ERR_OUT_OF_RANGE('value', range, value);
}

module.exports = { checkSize, needOffset, reach, refuseValue };
