'use strict';
// Http2ServerRequest: a stream of a server with the face of http.IncomingMessage.

const { ERR_INVALID_ARG_VALUE } = require('internal/errors').codes;
const { getAuthority } = require('internal/http2/headers');
const { faceOfStream } = require('internal/http2/socket_face');
const { kProxySocket, kRequest } = require('internal/http2/symbols');
const { Readable } = require('stream');
const { validateString } = require('internal/validators');

class Http2ServerRequest extends Readable {
  #stream;
  #headers;
  #rawHeaders;
  #trailers = {};
  #rawTrailers = [];
  #isAborted = false;
  #isClosed = false;
  #didRead = false;

  constructor(stream, headers, options, rawHeaders) {
    super({ autoDestroy: false, ...options });
    this.#stream = stream;
    this.#headers = headers;
    this.#rawHeaders = rawHeaders;
    stream[kProxySocket] = null;
    stream[kRequest] = this;
    stream.on('trailers', onTrailers);
    stream.on('end', onEnd);
    stream.on('error', onError);
    stream.on('aborted', onAborted);
    stream.on('close', onClose);
    stream.on('timeout', onTimeout);
    this.on('pause', onPause);
    this.on('resume', onResume);
  }

  get aborted() {
    return this.#isAborted;
  }

  get complete() {
    return this.#isAborted || this.readableEnded || this.#isClosed || this.#stream.destroyed;
  }

  get stream() {
    return this.#stream;
  }

  get headers() {
    return this.#headers;
  }

  get rawHeaders() {
    return this.#rawHeaders;
  }

  get trailers() {
    return this.#trailers;
  }

  get rawTrailers() {
    return this.#rawTrailers;
  }

  get httpVersionMajor() {
    return 2;
  }

  get httpVersionMinor() {
    return 0;
  }

  get httpVersion() {
    return '2.0';
  }

  get socket() {
    return this.#stream[kProxySocket] ??= faceOfStream(this.#stream);
  }

  get connection() {
    return this.socket;
  }

  get method() {
    return this.#headers[':method'];
  }

  set method(method) {
    validateString(method, 'method');
    if (method.trim() === '') throw new ERR_INVALID_ARG_VALUE('method', method);
    this.#headers[':method'] = method;
  }

  get authority() {
    return getAuthority(this.#headers);
  }

  get scheme() {
    return this.#headers[':scheme'];
  }

  get url() {
    return this.#headers[':path'];
  }

  set url(url) {
    this.#headers[':path'] = url;
  }

  setTimeout(msecs, callback) {
    if (!this.#isClosed) this.#stream.setTimeout(msecs, callback);
    return this;
  }

  _read(size) {
    if (this.#isClosed) return;
    if (this.#didRead) {
      process.nextTick(resume, this.#stream);
    } else {
      this.#didRead = true;
      this.#stream.on('data', onData);
    }
  }

  static trailersCame(request, trailers, list) {
    Object.assign(request.#trailers, trailers);
    for (let i = 0; i < list.length; i++) request.#rawTrailers.push(list[i]);
  }

  static wasAborted(request) {
    if (request.#isClosed) return;
    request.#isAborted = true;
    request.emit('aborted');
  }

  static hasClosed(request) {
    request.#isClosed = true;
    request.push(null);
    // As in HTTP/1: what nobody wanted is thrown away.
    if (!request.#didRead && !request._readableState.resumeScheduled) request.resume();
  }
}

const { hasClosed, trailersCame, wasAborted } = Http2ServerRequest;
delete Http2ServerRequest.hasClosed;
delete Http2ServerRequest.trailersCame;
delete Http2ServerRequest.wasAborted;

function resume(stream) {
  stream.resume();
}

function onData(chunk) {
  const request = this[kRequest];
  if (request !== undefined && !request.push(chunk)) this.pause();
}

function onTrailers(trailers, flags, list) {
  const request = this[kRequest];
  if (request !== undefined) trailersCame(request, trailers, list);
}

function onEnd() {
  this[kRequest]?.push(null);
}

/** Errors of the stream are not those of the request, nor of the response. */
function onError() {}

function onAborted() {
  const request = this[kRequest];
  if (request !== undefined) wasAborted(request);
}

function onClose() {
  const request = this[kRequest];
  if (request === undefined) return;
  hasClosed(request);
  this[kProxySocket] = null;
  this[kRequest] = undefined;
  request.emit('close');
}

function onTimeout() {
  this[kRequest]?.emit('timeout');
}

function onPause() {
  this.stream.pause();
}

function onResume() {
  this.stream.resume();
}

module.exports = { Http2ServerRequest };
