'use strict';

// Percent-encoding and -decoding of text, for querystring and URLSearchParams.

const {
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  String,
  StringFromCharCode,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  TypedArrayPrototypeSubarray,
  decodeURIComponent,
  encodeURIComponent,
} = primordials;

const { ERR_INVALID_URI } = require('internal/errors').codes;

const PERCENT = 37;
const PLUS = 43;
const SPACE = 32;

const pluses = /\+/g;
const notFormSafe = /[^\w*.-]/;
const formSpecials = /[!'()~]|%20/g;
const FORM_CODES = {
  '__proto__': null, '!': '%21', "'": '%27', '(': '%28', ')': '%29', '~': '%7E', '%20': '+',
};

function isSurrogate(code) {
  return code >= 0xd800 && code <= 0xdfff;
}

/**
 * Makes pairs of lone surrogates as Node does: whatever unit comes next is
 * taken for the other half. One at the very end has no other half.
 */
function pairSurrogates(text) {
  let paired = '';
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (!isSurrogate(code)) {
      paired += text[i];
      continue;
    }
    if (++i === text.length) throw new ERR_INVALID_URI();
    const next = StringPrototypeCharCodeAt(text, i);
    paired += StringFromCharCode(0xd800 | (code & 0x3ff), 0xdc00 | (next & 0x3ff));
  }
  return paired;
}

/** As encodeURIComponent(), with Node's error and Node's way with lone surrogates. */
function encodeComponent(text) {
  try {
    return encodeURIComponent(text);
  } catch {
    return encodeURIComponent(pairSurrogates(text));
  }
}

/** application/x-www-form-urlencoded; the text is well formed. */
function encodeForm(text) {
  if (RegExpPrototypeExec(notFormSafe, text) === null) return text;
  return RegExpPrototypeSymbolReplace(
    formSpecials, encodeURIComponent(text), (match) => FORM_CODES[match]);
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
