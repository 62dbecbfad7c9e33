'use strict';
// Streams of servers as pairs of request and response, and which event they belong to.

const { Http2ServerRequest } = require('internal/http2/compat_request');
const { Http2ServerResponse } = require('internal/http2/compat_response');

function answerEmpty(response, status) {
  response.statusCode = status;
  response.end();
}

/** Listens to 'stream' of a server that has listeners of 'request'. */
function onServerStream(ServerRequest, ServerResponse, stream, headers, flags, rawHeaders) {
  const request = new ServerRequest(stream, headers, undefined, rawHeaders);
  const response = new ServerResponse(stream);
  if (headers[':method'] === 'CONNECT') {
    if (!this.emit('connect', request, response)) answerEmpty(response, 405);
  } else if (headers.expect === undefined) {
    this.emit('request', request, response);
  } else if (headers.expect !== '100-continue') {
    if (!this.emit('checkExpectation', request, response)) answerEmpty(response, 417);
  } else if (!this.emit('checkContinue', request, response)) {
    response.writeContinue();
    this.emit('request', request, response);
  }
}

module.exports = { Http2ServerRequest, Http2ServerResponse, onServerStream };
