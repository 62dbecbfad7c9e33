'use strict';

// Percent-encoding and -decoding of text, for querystring and URLSearchParams.

const {
  NumberPrototypeToString,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  String,
  StringFromCharCode,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeToUpperCase,
  TypedArrayPrototypeSubarray,
  decodeURIComponent,
} = primordials;

const { ERR_INVALID_URI } = require('internal/errors').codes;

const PERCENT = 37;
const PLUS = 43;
const SPACE = 32;

const pluses = /\+/g;

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

/** One name or value of a form: bytes that are no UTF-8 become U+FFFD. */
function decodeForm(text) {
  if (StringPrototypeIncludes(text, '+')) text = RegExpPrototypeSymbolReplace(pluses, text, ' ');
  if (!StringPrototypeIncludes(text, '%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    const { Buffer } = require('buffer');
    return `${percentDecode(Buffer.from(text), false)}`;
  }
}

/** Text of anything, as an object in a query is written. */
function toText(value) {
  return typeof value === 'object' ? String(value) : `${value}`;
}

module.exports = { decodeForm, encodeComponent, encodeForm, percentDecode, toText };
