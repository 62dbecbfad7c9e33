'use strict';
// The client's half of a stream: a request, or a response that a server pushes.

const { Http2Stream } = require('internal/http2/stream');
const { kInit, kState } = require('internal/http2/symbols');

class ClientHttp2Stream extends Http2Stream {
  constructor(session, id) {
    super(session);
    this[kState].areHeadersSent = true;
    if (id === undefined) session[kState].pending.add(this);
    else this[kInit](id);
    this.on('headers', onInformation);
  }
}

function onInformation(headers) {
  if (headers[':status'] === 100) this.emit('continue');
}

module.exports = { ClientHttp2Stream };
