'use strict';

// Percent-encoding and -decoding of text, for querystring and URLSearchParams.

const {
  NumberPrototypeToString,
  RegExpPrototypeExec,
  String,
  StringFromCharCode,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeToUpperCase,
  TypedArrayPrototypeSubarray,
} = primordials;

const { ERR_INVALID_URI } = require('internal/errors').codes;

const PERCENT = 37;
const PLUS = 43;
const SPACE = 32;

/** '%00' to '%FF' */
const BYTES = [];
for (let byte = 0; byte < 256; byte++) {
  const hex = StringPrototypeToUpperCase(NumberPrototypeToString(byte, 16));
  BYTES[byte] = `%${byte < 16 ? '0' : ''}${hex}`;
}

/** What each ASCII character becomes; those in `safe` stay, letters and digits, too. */
function asciiTable(safe) {
  const table = [];
  for (let code = 0; code < 128; code++) {
    const char = StringFromCharCode(code);
    const isSafe = StringPrototypeIncludes(safe, char) ||
      RegExpPrototypeExec(/[a-zA-Z0-9]/, char) !== null;
    table[code] = isSafe ? '' : BYTES[code];
  }
  return table;
}

const COMPONENT = asciiTable("-_.!~*'()");
const FORM = asciiTable('*-._');
FORM[SPACE] = '+';

function encodePoint(point) {
  if (point < 0x800) return BYTES[0xc0 | point >> 6] + BYTES[0x80 | point & 63];
  const low = BYTES[0x80 | point >> 6 & 63] + BYTES[0x80 | point & 63];
  if (point < 0x10000) return BYTES[0xe0 | point >> 12] + low;
  return BYTES[0xf0 | point >> 18] + BYTES[0x80 | point >> 12 & 63] + low;
}

/**
 * Percent-encodes by a table. A surrogate takes whatever unit follows for its
 * other half, as in Node; one at the very end has no other half.
 */
function encode(text, table) {
  const { length } = text;
  let encoded = '';
  let done = 0;
  for (let i = 0; i < length; i++) {
    let code = StringPrototypeCharCodeAt(text, i);
    let piece;
    if (code < 128) {
      piece = table[code];
      if (piece === '') continue;
      if (done < i) encoded += StringPrototypeSlice(text, done, i);
    } else {
      if (done < i) encoded += StringPrototypeSlice(text, done, i);
      if (code >= 0xd800 && code <= 0xdfff) {
        if (++i === length) throw new ERR_INVALID_URI();
        const next = StringPrototypeCharCodeAt(text, i);
        code = 0x10000 + ((code & 0x3ff) << 10 | next & 0x3ff);
      }
      piece = encodePoint(code);
    }
    encoded += piece;
    done = i + 1;
  }
  if (done === 0) return text;
  return done < length ? encoded + StringPrototypeSlice(text, done) : encoded;
}

/** As encodeURIComponent(), with Node's error and Node's way with lone surrogates. */
function encodeComponent(text) {
  return encode(text, COMPONENT);
}

/** application/x-www-form-urlencoded. */
function encodeForm(text) {
  return encode(text, FORM);
}

function hexValue(code) {
  if (code >= 48 && code <= 57) return code - 48;
  code |= 0x20;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

/**
 * The bytes behind text, which must be Latin-1 or bytes already; what is no
 * %XX stands for itself.
 */
function percentDecode(bytes, plusIsSpace) {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i];
    if (byte === PERCENT && i + 2 < bytes.length) {
      const high = hexValue(bytes[i + 1]);
      const low = hexValue(bytes[i + 2]);
      if (high >= 0 && low >= 0) {
        byte = high << 4 | low;
        i += 2;
      }
    } else if (byte === PLUS && plusIsSpace) {
      byte = SPACE;
    }
    bytes[count++] = byte;
  }
  return TypedArrayPrototypeSubarray(bytes, 0, count);
}

/**
 * The code point whose percent-encoded UTF-8 begins at `at`; -1 if that is no well-formed UTF-8.
 * The length in bytes follows from the code point.
 */
function encodedPoint(text, at) {
  const first = encodedByte(text, at);
  if (first < 0x80) return first;
  const second = encodedByte(text, at + 3);
  if (first < 0xc2 || first > 0xf4 || (second & 0xc0) !== 0x80) return -1;
  if (first < 0xe0) return (first & 31) << 6 | second & 63;
  const third = encodedByte(text, at + 6);
  if ((third & 0xc0) !== 0x80) return -1;
  if (first < 0xf0) {
    const point = (first & 15) << 12 | (second & 63) << 6 | third & 63;
    return point < 0x800 || (point >= 0xd800 && point <= 0xdfff) ? -1 : point;
  }
  const fourth = encodedByte(text, at + 9);
  if ((fourth & 0xc0) !== 0x80) return -1;
  const point = (first & 7) << 18 | (second & 63) << 12 | (third & 63) << 6 | fourth & 63;
  return point < 0x10000 || point > 0x10ffff ? -1 : point;
}

/** What %XX at `at` stands for; -1 if there is no such thing. */
function encodedByte(text, at) {
  if (at + 2 >= text.length || StringPrototypeCharCodeAt(text, at) !== PERCENT) return -1;
  const high = hexValue(StringPrototypeCharCodeAt(text, at + 1));
  const low = hexValue(StringPrototypeCharCodeAt(text, at + 2));
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/** One name or value of a form: bytes that are no UTF-8 become U+FFFD. */
function decodeForm(text) {
  const { length } = text;
  let decoded = '';
  let done = 0;
  for (let i = 0; i < length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code !== PLUS && code !== PERCENT) continue;
    const point = code === PLUS ? SPACE : encodedPoint(text, i);
    if (point < 0) return decodeLoosely(text);
    if (done < i) decoded += StringPrototypeSlice(text, done, i);
    if (point < 0x10000) {
      decoded += StringFromCharCode(point);
      if (code === PERCENT) i += point < 0x80 ? 2 : point < 0x800 ? 5 : 8;
    } else {
      decoded += StringFromCharCode(0xd7c0 + (point >> 10), 0xdc00 | point & 0x3ff);
      i += 11;
    }
    done = i + 1;
  }
  if (done === 0) return text;
  return done < length ? decoded + StringPrototypeSlice(text, done) : decoded;
}

/** Of text that is not percent-encoded UTF-8 throughout. */
function decodeLoosely(text) {
  const { Buffer } = require('buffer');
  return `${percentDecode(Buffer.from(text), true)}`;
}

/** Text of anything, as an object in a query is written. */
function toText(value) {
  return typeof value === 'object' ? String(value) : `${value}`;
}

module.exports = { decodeForm, encodeComponent, encodeForm, percentDecode, toText };
