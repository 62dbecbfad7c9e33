'use strict';

// buffer.transcode(): from one of four encodings to another. Node leaves this
// to ICU, whose error codes are kept.

const { TypedArrayPrototypeSlice } = primordials;

const { asciiSlice, isUtf8, latin1Slice, ucs2Slice, utf8Slice } = internalBinding('buffer');
const {
  codes: { ERR_INVALID_ARG_TYPE },
  genericNodeError,
} = require('internal/errors');
const { normalizeEncoding } = require('internal/util');
const { isUint8Array } = require('internal/util/types');
const { FastBuffer } = require('internal/buffer');
const { findEncoding } = require('internal/buffer/encodings');
const { fromText } = require('internal/buffer/pool');

const U_ILLEGAL_ARGUMENT_ERROR = 1;
const U_INVALID_CHAR_FOUND = 10;
const ERROR_NAMES = {
  __proto__: null,
  [U_ILLEGAL_ARGUMENT_ERROR]: 'U_ILLEGAL_ARGUMENT_ERROR',
  [U_INVALID_CHAR_FOUND]: 'U_INVALID_CHAR_FOUND',
};

const QUESTION_MARK = 63;

function fail(errno) {
  const code = ERROR_NAMES[errno];
  throw genericNodeError(`Unable to transcode Buffer [${code}]`, { code, errno });
}

/** One byte for each code point; a question mark for what is over max. */
function narrow(text, max) {
  const bytes = new FastBuffer(text.length);
  let count = 0;
  for (let i = 0; i < text.length; count++) {
    const code = text.codePointAt(i);
    i += code > 0xffff ? 2 : 1;
    bytes[count] = code > max ? QUESTION_MARK : code;
  }
  return count === text.length ? bytes : TypedArrayPrototypeSlice(bytes, 0, count);
}

/** ASCII as ICU reads it: what is no ASCII is the replacement character. */
function readAscii(source, start, end) {
  const text = latin1Slice(source, start, end);
  return asciiSlice(source, start, end) === text ?
    text : text.replace(/[\x80-\xff]/g, '\ufffd');
}

function transcode(source, fromEncoding, toEncoding) {
  if (!isUint8Array(source)) {
    throw new ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], source);
  }
  const { length } = source;
  if (length === 0) return new FastBuffer();
  const from = normalizeEncoding(fromEncoding);
  const to = normalizeEncoding(toEncoding);
  if (to !== 'utf8' && to !== 'utf16le' && to !== 'latin1' && to !== 'ascii') {
    fail(U_ILLEGAL_ARGUMENT_ERROR);
  }

  let text;
  switch (from) {
    case 'utf8':
      if (to === 'utf16le' && !isUtf8(source)) fail(U_INVALID_CHAR_FOUND);
      text = utf8Slice(source, 0, length);
      break;
    case 'utf16le':
      text = ucs2Slice(source, 0, length - length % 2);
      if (to === 'utf8' && (length === 1 || !text.isWellFormed())) fail(U_INVALID_CHAR_FOUND);
      // Here, and here only, ICU sees half a character at the end.
      if (to === 'utf16le') text = `${text.toWellFormed()}${length % 2 === 1 ? '\ufffd' : ''}`;
      break;
    case 'latin1':
      text = latin1Slice(source, 0, length);
      break;
    case 'ascii':
      // Towards UTF-16 Node only widens the bytes.
      text = to === 'utf16le' ? latin1Slice(source, 0, length) : readAscii(source, 0, length);
      break;
    default:
      fail(U_ILLEGAL_ARGUMENT_ERROR);
  }
  if (to === 'latin1') return narrow(text, 0xff);
  if (to === 'ascii') return narrow(text, 0x7f);
  return fromText(text, findEncoding(to));
}

module.exports = { transcode };
