'use strict';

// Encodings as the crypto natives know them (bindings/src/crypto/text.rs). Text goes down as it is;
// what native does not decode itself becomes a Buffer first.

const { FastBuffer } = require('internal/buffer');
const { normalizeEncoding } = require('internal/util');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');

const UTF8 = 1;
const HEX = 4;

/** Of text that goes down; 0: it must become a Buffer first. */
const inputs = { __proto__: null, utf8: 1, latin1: 2, ascii: 2, utf16le: 3 };

/** Of results; others are made here, of a Buffer. */
const outputs = { __proto__: null, latin1: 2, hex: HEX, base64: 5, base64url: 6, buffer: 0 };

function inputOf(encoding) {
  return encoding === undefined || encoding === 'utf8' ?
    UTF8 : inputs[normalizeEncoding(encoding) ?? 'utf8'] ?? 0;
}

/** Text in an encoding that native does not know, as a Buffer. */
function decode(text, encoding) {
  return require('buffer').Buffer.from(text, encoding);
}

function outputOf(encoding) {
  if (encoding === 'hex') return HEX;
  if (encoding == null || encoding === 'buffer') return 0;
  return outputs[normalizeEncoding(encoding) ?? 'buffer'] ?? 0;
}

/**
 * A result that native gave by outputOf(encoding).
 * @param {string | Buffer} result
 */
function finishOutput(result, encoding) {
  if (typeof result === 'string' || encoding == null || encoding === 'buffer') return result;
  const name = normalizeEncoding(encoding);
  return name === undefined ? result : result.toString(name);
}

/** A result, which is bytes, in the encoding that the program asked for. */
function encode(bytes, encoding) {
  return encoding && encoding !== 'buffer' ? bytes.toString(encoding) : bytes;
}

/** Names of what isBytes() takes, for errors. */
const BYTE_KINDS = ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];

function isBytes(value) {
  return isArrayBufferView(value) || isAnyArrayBuffer(value);
}

/** Whatever view or buffer: its bytes as a Buffer, which shares them. */
function bytesOf(view) {
  return view.buffer === undefined ?
    new FastBuffer(view) : new FastBuffer(view.buffer, view.byteOffset, view.byteLength);
}

module.exports = {
  BYTE_KINDS,
  HEX,
  UTF8,
  bytesOf,
  decode,
  encode,
  finishOutput,
  inputOf,
  isBytes,
  outputOf,
};
