'use strict';
// Errors of nghttp2, and the names of HTTP/2's error codes.

const { Error } = primordials;

const { kIsNodeError } = require('internal/errors');
const messages = require('internal/errors/messages');

const native = internalBinding('http2');

const {
  NGHTTP2_ERR_INVALID_ARGUMENT: INVALID_ARGUMENT,
  NGHTTP2_ERR_NOMEM: NO_MEMORY,
  NGHTTP2_ERR_STREAM_CLOSED: STREAM_CLOSED,
  NGHTTP2_ERR_STREAM_ID_NOT_AVAILABLE: STREAM_ID_NOT_AVAILABLE,
} = require('internal/http2/constants').constants;

const MALFORMED = -531; // NGHTTP2_ERR_HTTP_HEADER, neither.
const PROTOCOL = -505; // NGHTTP2_ERR_PROTO, which Node does not tell.

/** Codes of RST_STREAM and GOAWAY by their number. */
const NAMES = [
  'NGHTTP2_NO_ERROR', 'NGHTTP2_PROTOCOL_ERROR', 'NGHTTP2_INTERNAL_ERROR',
  'NGHTTP2_FLOW_CONTROL_ERROR', 'NGHTTP2_SETTINGS_TIMEOUT', 'NGHTTP2_STREAM_CLOSED',
  'NGHTTP2_FRAME_SIZE_ERROR', 'NGHTTP2_REFUSED_STREAM', 'NGHTTP2_CANCEL',
  'NGHTTP2_COMPRESSION_ERROR', 'NGHTTP2_CONNECT_ERROR', 'NGHTTP2_ENHANCE_YOUR_CALM',
  'NGHTTP2_INADEQUATE_SECURITY', 'NGHTTP2_HTTP_1_1_REQUIRED',
];

class NghttpError extends Error {
  constructor(errno, code) {
    super(code ? messages.error[code] : native.errorText(errno));
    this.code = code || 'ERR_HTTP2_ERROR';
    this.errno = errno;
  }

  get [kIsNodeError]() {
    return true;
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

function nameOfCode(code) {
  return NAMES[code] ?? code;
}

module.exports = {
  INVALID_ARGUMENT,
  MALFORMED,
  NO_MEMORY,
  NghttpError,
  PROTOCOL,
  STREAM_CLOSED,
  STREAM_ID_NOT_AVAILABLE,
  nameOfCode,
};
