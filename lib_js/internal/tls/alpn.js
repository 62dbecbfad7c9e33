'use strict';

// Names of application protocols (ALPN, RFC 7301) to and from the bytes of the wire.

const { ArrayIsArray, ArrayPrototypePush } = primordials;

const { Buffer } = require('buffer');
const { isArrayBufferView } = require('internal/util/types');
const { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = require('internal/errors').codes;

const PROTOCOL_BYTES_MAX = 255;

/** Names as the wire has them: each after a byte that says how long it is. */
function encodeProtocols(names) {
  const parts = [];
  for (let i = 0; i < names.length; i++) {
    const length = Buffer.byteLength(names[i]);
    if (length === 0) {
      throw new ERR_INVALID_ARG_VALUE(`protocols[${i}]`, names[i], 'must be a non-empty string');
    }
    if (length > PROTOCOL_BYTES_MAX) {
      throw new ERR_OUT_OF_RANGE(
        `The byte length of the protocol at index ${i} exceeds the maximum length.`,
        `<= ${PROTOCOL_BYTES_MAX}`, length, true);
    }
    ArrayPrototypePush(parts, Buffer.from([length]), Buffer.from(names[i]));
  }
  return Buffer.concat(parts);
}

function validateProtocols(encoded) {
  for (let at = 0; at < encoded.length;) {
    if (encoded[at] === 0) {
      throw new ERR_INVALID_ARG_VALUE(
        'ALPNProtocols', encoded, 'must not contain zero-length protocol');
    }
    at += 1 + encoded[at];
    if (at > encoded.length) {
      throw new ERR_INVALID_ARG_VALUE('ALPNProtocols', encoded, 'contains truncated protocol');
    }
  }
}

function convertALPNProtocols(protocols, out) {
  if (ArrayIsArray(protocols)) {
    out.ALPNProtocols = encodeProtocols(protocols);
  } else if (isArrayBufferView(protocols)) {
    // A copy: the program may write into its own.
    const { buffer, byteOffset, byteLength } = protocols;
    const encoded = Buffer.from(Buffer.from(buffer, byteOffset, byteLength));
    validateProtocols(encoded);
    out.ALPNProtocols = encoded;
  }
}

/** The names that a client offers. */
function decodeProtocols(wire) {
  const names = [];
  for (let at = 0; at < wire.length; at += 1 + wire[at]) {
    ArrayPrototypePush(names, wire.latin1Slice(at + 1, at + 1 + wire[at]));
  }
  return names;
}

module.exports = { convertALPNProtocols, decodeProtocols };
