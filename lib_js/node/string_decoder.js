'use strict';

// node:string_decoder: bytes to strings, chunk by chunk. What a chunk ends with but does not
// finish, a character of UTF-8 or UTF-16 or a group of base64, waits for the next chunk.
//
// At most three bytes wait (`kHeldCount` of them in `kHeld`), and `kMissingCount` more are needed.

const { ArrayBufferIsView, ObjectDefineProperties, Symbol } = primordials;

const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const { normalizeEncoding } = require('internal/util');
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_UNKNOWN_ENCODING },
} = require('internal/errors');

const kKind = Symbol('kKind');
const kHeld = Symbol('kHeld');
const kHeldCount = Symbol('kHeldCount');
const kMissingCount = Symbol('kMissingCount');

const WHOLE = 1; // Encodings in which every byte stands for itself.
const UTF8 = 2;
const UTF16 = 3;
const BASE64 = 4;

const kinds = {
  __proto__: null,
  utf8: UTF8,
  utf16le: UTF16,
  base64: BASE64,
  base64url: BASE64,
  latin1: WHOLE,
  ascii: WHOLE,
  hex: WHOLE,
};

function StringDecoder(encoding) {
  this.encoding = normalizeEncoding(encoding);
  if (this.encoding === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  this[kKind] = kinds[this.encoding];
  this[kHeld] = null; // Most decoders never need it.
  this[kHeldCount] = 0;
  this[kMissingCount] = 0;
}

StringDecoder.prototype.write = function write(buf) {
  if (typeof buf === 'string') return buf;
  if (!ArrayBufferIsView(buf)) {
    throw new ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray', 'DataView'], buf);
  }
  const kind = this[kKind];
  if (kind === undefined) throw new ERR_INVALID_THIS('StringDecoder');
  if (!(buf instanceof Buffer)) buf = new FastBuffer(buf.buffer, buf.byteOffset, buf.byteLength);
  if (kind === WHOLE) return buf.toString(this.encoding);

  let start = 0;
  let text = '';
  if (this[kMissingCount] > 0) {
    start = complete(this, kind, buf);
    if (this[kMissingCount] > 0) return ''; // The chunk was too little.
    text = this[kHeld].toString(this.encoding, 0, this[kHeldCount]);
    this[kHeldCount] = 0;
  }
  const end = hold(this, kind, buf, start);
  if (start === end) return text;
  const body = kind === UTF8 ?
    buf.utf8Slice(start, end) : buf.toString(this.encoding, start, end);
  return text === '' ? body : text + body;
};

StringDecoder.prototype.end = function end(buf) {
  const text = buf === undefined ? '' : this.write(buf);
  const count = this[kHeldCount];
  if (count === 0) return text;
  this[kHeldCount] = 0;
  this[kMissingCount] = 0;
  // Half a code unit of UTF-16 is nothing, half a character of UTF-8 a replacement character.
  return text + this[kHeld].toString(this.encoding, 0, count);
};

StringDecoder.prototype.text = function text(buf, offset) {
  this[kHeldCount] = 0;
  this[kMissingCount] = 0;
  return this.write(buf.slice(offset));
};

// Adds to the held bytes from the chunk; returns the index of the first byte not taken.
function complete(decoder, kind, buf) {
  const held = decoder[kHeld];
  let index = 0;
  while (decoder[kMissingCount] > 0 && index < buf.length) {
    if (kind === UTF8 && (buf[index] & 0xC0) !== 0x80) {
      // No continuation: the held bytes are all there will be of this character.
      decoder[kMissingCount] = 0;
      break;
    }
    held[decoder[kHeldCount]++] = buf[index++];
    decoder[kMissingCount]--;
  }
  return index;
}

// Puts aside what the chunk, from `start` on, ends with but does not finish; returns its index.
function hold(decoder, kind, buf, start) {
  const { length } = buf;
  let count = 0;
  let missing = 0;
  if (kind === UTF8) {
    // Most text ends with a whole character, which one look at the last byte may tell.
    if (length > start && buf[length - 1] >= 0x80) {
      missing = missingContinuations(buf, start, length);
      count = missing >> 2;
      missing &= 3;
    }
  } else if (kind === UTF16) {
    if ((length - start) % 2 === 1) {
      count = 1;
      missing = 1;
    } else if (length > start && isHighSurrogate(buf[length - 1])) {
      count = 2;
      missing = 2;
    }
  } else {
    count = (length - start) % 3;
    if (count > 0) missing = 3 - count;
  }
  if (count === 0) return length;
  const held = decoder[kHeld] ??= Buffer.alloc(4);
  for (let i = 0; i < count; i++) held[i] = buf[length - count + i];
  decoder[kHeldCount] = count;
  decoder[kMissingCount] = missing;
  return length - count;
}

// For bytes that end with `count` bytes of a longer character: 4 * count + how many are missing.
function missingContinuations(buf, start, end) {
  for (let count = 1; count <= 3 && end - count >= start; count++) {
    const byte = buf[end - count];
    if ((byte & 0xC0) === 0x80) continue;
    let needed = 0;
    if ((byte & 0xE0) === 0xC0) needed = 2;
    else if ((byte & 0xF0) === 0xE0) needed = 3;
    else if ((byte & 0xF8) === 0xF0) needed = 4;
    return needed > count ? 4 * count + needed - count : 0;
  }
  return 0;
}

function isHighSurrogate(highByte) {
  return (highByte & 0xFC) === 0xD8;
}

function accessor(get) {
  return { __proto__: null, configurable: true, enumerable: true, get };
}

ObjectDefineProperties(StringDecoder.prototype, {
  lastChar: accessor(function() {
    return this[kHeld] ??= Buffer.alloc(4);
  }),
  lastNeed: accessor(function() {
    return this[kMissingCount];
  }),
  lastTotal: accessor(function() {
    return this[kHeldCount] + this[kMissingCount];
  }),
});

module.exports = { StringDecoder };
