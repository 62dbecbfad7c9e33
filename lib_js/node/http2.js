'use strict';

// Public module `http2`: HTTP/2 (RFC 9113), servers and clients; see internal/http2. Programs meet
// the classes of sessions and streams, but cannot name them.

const {
  Http2Session: _session,
  Http2Stream: _stream,
  ServerHttp2Session: _serverSession,
  ...http2
} = require('internal/http2/core');

module.exports = http2;
