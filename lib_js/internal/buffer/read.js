'use strict';

// buffer.readInt32LE() and its many relatives. Bytes are joined in int32
// arithmetic; only what is wider than that goes over doubles or a scratch array.

const {
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
  Int32Array,
  TypedArrayPrototypeGetBuffer,
} = primordials;

const { checkSize, needOffset, reach } = require('internal/buffer/bounds');

// Eight bytes that are words, doubles and bigints at once (x86-64: little-endian).
const words = new Int32Array(2);
const scratch = TypedArrayPrototypeGetBuffer(words);
const floats = new Float32Array(scratch);
const doubles = new Float64Array(scratch);
const bigs = new BigInt64Array(scratch);
const bigUnsigneds = new BigUint64Array(scratch);

function word16LE(b, i) {
  return b[i] | b[i + 1] << 8;
}

function word16BE(b, i) {
  return b[i] << 8 | b[i + 1];
}

function word24LE(b, i) {
  return b[i] | b[i + 1] << 8 | b[i + 2] << 16;
}

function word24BE(b, i) {
  return b[i] << 16 | b[i + 1] << 8 | b[i + 2];
}

function word32LE(b, i) {
  return b[i] | b[i + 1] << 8 | b[i + 2] << 16 | b[i + 3] << 24;
}

function word32BE(b, i) {
  return b[i] << 24 | b[i + 1] << 16 | b[i + 2] << 8 | b[i + 3];
}

function loadLE(b, i) {
  reach(b, i, 8);
  words[0] = word32LE(b, i);
  words[1] = word32LE(b, i + 4);
}

function loadBE(b, i) {
  reach(b, i, 8);
  words[1] = word32BE(b, i);
  words[0] = word32BE(b, i + 4);
}

/** The unsigned number of 1 to 6 bytes whose bounds are known to be right. */
function unsignedLE(b, i, size) {
  switch (size) {
    case 1: return b[i];
    case 2: return word16LE(b, i);
    case 3: return word24LE(b, i);
    case 4: return word32LE(b, i) >>> 0;
    case 5: return (word32LE(b, i) >>> 0) + b[i + 4] * 0x100000000;
    default: return (word32LE(b, i) >>> 0) + word16LE(b, i + 4) * 0x100000000;
  }
}

function unsignedBE(b, i, size) {
  switch (size) {
    case 1: return b[i];
    case 2: return word16BE(b, i);
    case 3: return word24BE(b, i);
    case 4: return word32BE(b, i) >>> 0;
    case 5: return b[i] * 0x100000000 + (word32BE(b, i + 1) >>> 0);
    default: return word16BE(b, i) * 0x100000000 + (word32BE(b, i + 2) >>> 0);
  }
}

function signed(value, size) {
  const half = 2 ** (size * 8 - 1);
  return value < half ? value : value - 2 * half;
}

function checkSized(b, offset, size) {
  needOffset(offset);
  checkSize(size);
  reach(b, offset, size);
}

const reads = {
  readBigUInt64LE(offset = 0) {
    loadLE(this, offset);
    return bigUnsigneds[0];
  },
  readBigUInt64BE(offset = 0) {
    loadBE(this, offset);
    return bigUnsigneds[0];
  },
  readBigInt64LE(offset = 0) {
    loadLE(this, offset);
    return bigs[0];
  },
  readBigInt64BE(offset = 0) {
    loadBE(this, offset);
    return bigs[0];
  },

  readUIntLE(offset, byteLength) {
    checkSized(this, offset, byteLength);
    return unsignedLE(this, offset, byteLength);
  },
  readUInt32LE(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 4);
    return word32LE(this, offset) >>> 0;
  },
  readUInt16LE(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 2);
    return word16LE(this, offset);
  },
  readUInt8(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 1);
    return this[offset];
  },
  readUIntBE(offset, byteLength) {
    checkSized(this, offset, byteLength);
    return unsignedBE(this, offset, byteLength);
  },
  readUInt32BE(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 4);
    return word32BE(this, offset) >>> 0;
  },
  readUInt16BE(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 2);
    return word16BE(this, offset);
  },

  readIntLE(offset, byteLength) {
    checkSized(this, offset, byteLength);
    return signed(unsignedLE(this, offset, byteLength), byteLength);
  },
  readInt32LE(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 4);
    return word32LE(this, offset);
  },
  readInt16LE(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 2);
    return word16LE(this, offset) << 16 >> 16;
  },
  readInt8(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 1);
    return this[offset] << 24 >> 24;
  },
  readIntBE(offset, byteLength) {
    checkSized(this, offset, byteLength);
    return signed(unsignedBE(this, offset, byteLength), byteLength);
  },
  readInt32BE(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 4);
    return word32BE(this, offset);
  },
  readInt16BE(offset) {
    if (offset === undefined) offset = 0;
    reach(this, offset, 2);
    return word16BE(this, offset) << 16 >> 16;
  },

  readFloatLE(offset = 0) {
    reach(this, offset, 4);
    words[0] = word32LE(this, offset);
    return floats[0];
  },
  readFloatBE(offset = 0) {
    reach(this, offset, 4);
    words[0] = word32BE(this, offset);
    return floats[0];
  },
  readDoubleLE(offset = 0) {
    loadLE(this, offset);
    return doubles[0];
  },
  readDoubleBE(offset = 0) {
    loadBE(this, offset);
    return doubles[0];
  },
};

module.exports = reads;
