'use strict';

// buffer.writeInt32LE() and its many relatives. Node's order of checks: the
// value's range, then the offset; for single bytes the offset's type first.

const {
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
  Int32Array,
  MathFloor,
  TypedArrayPrototypeGetBuffer,
} = primordials;

const { validateNumber } = require('internal/validators');
const { checkSize, reach, refuseValue } = require('internal/buffer/bounds');

const words = new Int32Array(2);
const scratch = TypedArrayPrototypeGetBuffer(words);
const floats = new Float32Array(scratch);
const doubles = new Float64Array(scratch);
const bigs = new BigInt64Array(scratch);
const bigUnsigneds = new BigUint64Array(scratch);

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

function put8(b, value, offset, min, max) {
  value = +value;
  validateNumber(offset, 'offset');
  if (value > max || value < min) refuseValue(value, min, max, 1);
  reach(b, offset, 1);
  b[offset] = value;
  return offset + 1;
}

function put16LE(b, value, offset, min, max) {
  value = +value;
  if (value > max || value < min) refuseValue(value, min, max, 2);
  reach(b, offset, 2);
  b[offset] = value;
  b[offset + 1] = value >> 8;
  return offset + 2;
}

function put16BE(b, value, offset, min, max) {
  value = +value;
  if (value > max || value < min) refuseValue(value, min, max, 2);
  reach(b, offset, 2);
  b[offset] = value >> 8;
  b[offset + 1] = value;
  return offset + 2;
}

function put24LE(b, value, offset, min, max) {
  value = +value;
  if (value > max || value < min) refuseValue(value, min, max, 3);
  reach(b, offset, 3);
  b[offset] = value;
  b[offset + 1] = value >> 8;
  b[offset + 2] = value >> 16;
  return offset + 3;
}

function put24BE(b, value, offset, min, max) {
  value = +value;
  if (value > max || value < min) refuseValue(value, min, max, 3);
  reach(b, offset, 3);
  b[offset] = value >> 16;
  b[offset + 1] = value >> 8;
  b[offset + 2] = value;
  return offset + 3;
}

function storeLE(b, word, i) {
  b[i] = word;
  b[i + 1] = word >> 8;
  b[i + 2] = word >> 16;
  b[i + 3] = word >> 24;
}

function storeBE(b, word, i) {
  b[i] = word >> 24;
  b[i + 1] = word >> 16;
  b[i + 2] = word >> 8;
  b[i + 3] = word;
}

function put32LE(b, value, offset, min, max) {
  value = +value;
  if (value > max || value < min) refuseValue(value, min, max, 4);
  reach(b, offset, 4);
  storeLE(b, value | 0, offset);
  return offset + 4;
}

function put32BE(b, value, offset, min, max) {
  value = +value;
  if (value > max || value < min) refuseValue(value, min, max, 4);
  reach(b, offset, 4);
  storeBE(b, value | 0, offset);
  return offset + 4;
}

function putWideLE(b, value, offset, size, min, max) {
  value = +value;
  if (value > max || value < min) refuseValue(value, min, max, size);
  reach(b, offset, size);
  storeLE(b, value | 0, offset);
  const high = MathFloor(value / 0x100000000);
  b[offset + 4] = high;
  if (size === 6) b[offset + 5] = high >> 8;
  return offset + size;
}

function putWideBE(b, value, offset, size, min, max) {
  value = +value;
  if (value > max || value < min) refuseValue(value, min, max, size);
  reach(b, offset, size);
  const high = MathFloor(value / 0x100000000);
  if (size === 6) b[offset] = high >> 8;
  b[offset + size - 5] = high;
  storeBE(b, value | 0, offset + size - 4);
  return offset + size;
}

function putSizedLE(b, value, offset, size, signed) {
  checkSize(size);
  const top = 2 ** (size * 8);
  const min = signed ? -top / 2 : 0;
  const max = (signed ? top / 2 : top) - 1;
  switch (size) {
    case 1: return put8(b, value, offset, min, max);
    case 2: return put16LE(b, value, offset, min, max);
    case 3: return put24LE(b, value, offset, min, max);
    case 4: return put32LE(b, value, offset, min, max);
    default: return putWideLE(b, value, offset, size, min, max);
  }
}

function putSizedBE(b, value, offset, size, signed) {
  checkSize(size);
  const top = 2 ** (size * 8);
  const min = signed ? -top / 2 : 0;
  const max = (signed ? top / 2 : top) - 1;
  switch (size) {
    case 1: return put8(b, value, offset, min, max);
    case 2: return put16BE(b, value, offset, min, max);
    case 3: return put24BE(b, value, offset, min, max);
    case 4: return put32BE(b, value, offset, min, max);
    default: return putWideBE(b, value, offset, size, min, max);
  }
}

/** Checks a bigint and leaves it in the scratch words. */
function takeBig(b, value, offset, min, max) {
  if (value > max || value < min) refuseValue(value, min, max, 8);
  reach(b, offset, 8);
  // Numbers and strings compare well with a bigint; this is what throws for them.
  if (typeof value !== 'bigint') value = value & 0n;
  if (min === 0n) bigUnsigneds[0] = value;
  else bigs[0] = value;
}

function putBigLE(b, value, offset, min, max) {
  takeBig(b, value, offset, min, max);
  storeLE(b, words[0], offset);
  storeLE(b, words[1], offset + 4);
  return offset + 8;
}

function putBigBE(b, value, offset, min, max) {
  takeBig(b, value, offset, min, max);
  storeBE(b, words[1], offset);
  storeBE(b, words[0], offset + 4);
  return offset + 8;
}

/** V8 has NaNs of its own, for holes and for undefined, that must not be seen. */
function toDouble(value) {
  value = +value;
  return value === value ? value : NaN; // eslint-disable-line no-self-compare
}

const writes = {
  writeBigUInt64LE(value, offset = 0) {
    return putBigLE(this, value, offset, 0n, MAX_UINT64);
  },
  writeBigUInt64BE(value, offset = 0) {
    return putBigBE(this, value, offset, 0n, MAX_UINT64);
  },
  writeBigInt64LE(value, offset = 0) {
    return putBigLE(this, value, offset, MIN_INT64, MAX_INT64);
  },
  writeBigInt64BE(value, offset = 0) {
    return putBigBE(this, value, offset, MIN_INT64, MAX_INT64);
  },

  writeUIntLE(value, offset, byteLength) {
    return putSizedLE(this, value, offset, byteLength, false);
  },
  writeUInt32LE(value, offset = 0) {
    return put32LE(this, value, offset, 0, 0xffffffff);
  },
  writeUInt16LE(value, offset = 0) {
    return put16LE(this, value, offset, 0, 0xffff);
  },
  writeUInt8(value, offset = 0) {
    return put8(this, value, offset, 0, 0xff);
  },
  writeUIntBE(value, offset, byteLength) {
    return putSizedBE(this, value, offset, byteLength, false);
  },
  writeUInt32BE(value, offset = 0) {
    return put32BE(this, value, offset, 0, 0xffffffff);
  },
  writeUInt16BE(value, offset = 0) {
    return put16BE(this, value, offset, 0, 0xffff);
  },

  writeIntLE(value, offset, byteLength) {
    return putSizedLE(this, value, offset, byteLength, true);
  },
  writeInt32LE(value, offset = 0) {
    return put32LE(this, value, offset, -0x80000000, 0x7fffffff);
  },
  writeInt16LE(value, offset = 0) {
    return put16LE(this, value, offset, -0x8000, 0x7fff);
  },
  writeInt8(value, offset = 0) {
    return put8(this, value, offset, -0x80, 0x7f);
  },
  writeIntBE(value, offset, byteLength) {
    return putSizedBE(this, value, offset, byteLength, true);
  },
  writeInt32BE(value, offset = 0) {
    return put32BE(this, value, offset, -0x80000000, 0x7fffffff);
  },
  writeInt16BE(value, offset = 0) {
    return put16BE(this, value, offset, -0x8000, 0x7fff);
  },

  writeFloatLE(value, offset = 0) {
    value = toDouble(value);
    reach(this, offset, 4);
    floats[0] = value;
    storeLE(this, words[0], offset);
    return offset + 4;
  },
  writeFloatBE(value, offset = 0) {
    value = toDouble(value);
    reach(this, offset, 4);
    floats[0] = value;
    storeBE(this, words[0], offset);
    return offset + 4;
  },
  writeDoubleLE(value, offset = 0) {
    value = toDouble(value);
    reach(this, offset, 8);
    doubles[0] = value;
    storeLE(this, words[0], offset);
    storeLE(this, words[1], offset + 4);
    return offset + 8;
  },
  writeDoubleBE(value, offset = 0) {
    value = toDouble(value);
    reach(this, offset, 8);
    doubles[0] = value;
    storeBE(this, words[1], offset);
    storeBE(this, words[0], offset + 4);
    return offset + 8;
  },
};

module.exports = writes;
