'use strict';
// Http2ServerResponse: a stream of a server with the face of http.ServerResponse.

const { Stream } = require('stream');
const {
  hideStackFrames,
  codes: {
    ERR_HTTP2_HEADERS_SENT,
    ERR_HTTP2_INFO_STATUS_NOT_ALLOWED,
    ERR_HTTP2_INVALID_HEADER_VALUE,
    ERR_HTTP2_INVALID_STREAM,
    ERR_HTTP2_PSEUDOHEADER_NOT_ALLOWED,
    ERR_HTTP2_STATUS_INVALID,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_HTTP_TOKEN,
    ERR_STREAM_WRITE_AFTER_END,
  },
} = require('internal/errors');
const { checkIsHttpToken } = require('internal/http/tokens');
const { assertValidPseudoHeader } = require('internal/http2/headers');
const { faceOfStream } = require('internal/http2/socket_face');
const { kProxySocket, kRequest, kResponse } = require('internal/http2/symbols');
const {
  validateFunction,
  validateLinkHeaderValue,
  validateObject,
  validateString,
} = require('internal/validators');

/** Names that are said by other means. */
const PSEUDO = new Set([':status', ':method', ':path', ':authority', ':scheme']);

let isStatusMessageWarned = false;
let isConnectionWarned = false;

const checkHeader = hideStackFrames((name, value) => {
  if (name === '' || typeof name !== 'string' || name.includes(' ')) {
    throw new ERR_INVALID_HTTP_TOKEN.HideStackFramesError('Header name', name);
  }
  if (PSEUDO.has(name)) throw new ERR_HTTP2_PSEUDOHEADER_NOT_ALLOWED.HideStackFramesError();
  if (value === undefined || value === null) {
    throw new ERR_HTTP2_INVALID_HEADER_VALUE.HideStackFramesError(value, name);
  }
  if (!isAllowed(name, value)) warnOfConnection();
});

function isAllowed(name, value) {
  return name !== 'connection' || value === 'trailers';
}

function warnOfConnection() {
  if (isConnectionWarned) return;
  isConnectionWarned = true;
  process.emitWarning(
    'The provided connection header is not valid, the value will be dropped from the header and ' +
    'will never be in use.', 'UnsupportedWarning');
}

function warnOfStatusMessage() {
  if (isStatusMessageWarned) return;
  isStatusMessageWarned = true;
  process.emitWarning(
    'Status message is not supported by HTTP/2 (RFC7540 8.1.2.4)', 'UnsupportedWarning');
}

class Http2ServerResponse extends Stream {
  #stream;
  #headers = { __proto__: null };
  #trailers = { __proto__: null };
  #statusCode = 200;
  #sendsDate = true;
  #isClosed = false;
  #isEnding = false;
  #isDestroyed = false;
  #isHead = false; // As it was when end() was called.

  constructor(stream, options) {
    super(options);
    this.#stream = stream;
    stream[kProxySocket] = null;
    stream[kResponse] = this;
    this.writable = true;
    this.req = stream[kRequest];
    stream.on('drain', onDrain);
    stream.on('aborted', onAborted);
    stream.on('close', onClose);
    stream.on('wantTrailers', onWantTrailers);
    stream.on('timeout', onTimeout);
  }

  get _header() {
    return this.headersSent;
  }

  get writableEnded() {
    return this.#isEnding;
  }

  get finished() {
    return this.#isEnding;
  }

  get socket() {
    if (this.#isClosed) return undefined;
    return this.#stream[kProxySocket] ??= faceOfStream(this.#stream);
  }

  get connection() {
    return this.socket;
  }

  get stream() {
    return this.#stream;
  }

  get headersSent() {
    return this.#stream.headersSent;
  }

  get sendDate() {
    return this.#sendsDate;
  }

  set sendDate(bool) {
    this.#sendsDate = Boolean(bool);
  }

  get statusCode() {
    return this.#statusCode;
  }

  set statusCode(code) {
    code |= 0;
    if (code >= 100 && code < 200) throw new ERR_HTTP2_INFO_STATUS_NOT_ALLOWED();
    if (code < 100 || code > 599) throw new ERR_HTTP2_STATUS_INVALID(code);
    this.#statusCode = code;
  }

  get writableCorked() {
    return this.#stream.writableCorked;
  }

  get writableHighWaterMark() {
    return this.#stream.writableHighWaterMark;
  }

  get writableObjectMode() {
    return this.#stream.writableObjectMode;
  }

  get writableFinished() {
    return this.#stream.writableFinished;
  }

  get writableLength() {
    return this.#stream.writableLength;
  }

  get writableNeedDrain() {
    return this.#stream.writableNeedDrain;
  }

  get statusMessage() {
    warnOfStatusMessage();
    return '';
  }

  set statusMessage(msg) {
    warnOfStatusMessage();
  }

  setTrailer(name, value) {
    validateString(name, 'name');
    name = name.trim().toLowerCase();
    checkHeader(name, value);
    this.#trailers[name] = value;
  }

  addTrailers(headers) {
    const names = Object.keys(headers);
    for (let i = 0; i < names.length; i++) this.setTrailer(names[i], headers[names[i]]);
  }

  getHeader(name) {
    validateString(name, 'name');
    return this.#headers[name.trim().toLowerCase()];
  }

  getHeaderNames() {
    return Object.keys(this.#headers);
  }

  getHeaders() {
    return Object.assign({ __proto__: null }, this.#headers);
  }

  hasHeader(name) {
    validateString(name, 'name');
    return Object.hasOwn(this.#headers, name.trim().toLowerCase());
  }

  removeHeader(name) {
    validateString(name, 'name');
    this.#checkUnsent();
    name = name.trim().toLowerCase();
    if (name === 'date') this.#sendsDate = false;
    else delete this.#headers[name];
  }

  setHeader(name, value) {
    validateString(name, 'name');
    this.#checkUnsent();
    this.#set(name, value, false);
  }

  appendHeader(name, value) {
    validateString(name, 'name');
    this.#checkUnsent();
    this.#set(name, value, true);
  }

  #checkUnsent() {
    if (this.#stream.headersSent) throw new ERR_HTTP2_HEADERS_SENT();
  }

  #set(name, value, isAppended) {
    name = name.trim().toLowerCase();
    checkHeader(name, value);
    if (!isAllowed(name, value)) return;
    if (name[0] === ':') assertValidPseudoHeader(name);
    else if (!checkIsHttpToken(name)) this.destroy(new ERR_INVALID_HTTP_TOKEN('Header name', name));
    const before = this.#headers[name];
    if (!isAppended || !before) {
      this.#headers[name] = value;
      return;
    }
    const list = Array.isArray(before) ? before : this.#headers[name] = [before];
    if (Array.isArray(value)) for (let i = 0; i < value.length; i++) list.push(value[i]);
    else list.push(value);
  }

  flushHeaders() {
    if (!this.#isClosed && !this.#stream.headersSent) this.writeHead(this.#statusCode);
  }

  writeHead(statusCode, statusMessage, headers) {
    const stream = this.#stream;
    if (this.#isClosed || stream.destroyed || stream.closed) return this;
    this.#checkUnsent();
    if (typeof statusMessage === 'string') warnOfStatusMessage();
    if (headers === undefined && typeof statusMessage === 'object') headers = statusMessage;
    if (Array.isArray(headers)) {
      this.#setList(headers);
    } else if (typeof headers === 'object') {
      const names = Object.keys(headers);
      for (let i = 0; i < names.length; i++) this.#set(names[i], headers[names[i]], false);
    }
    this.#statusCode = statusCode;
    this.#headers[':status'] = statusCode;
    stream.respond(this.#headers, {
      endStream: this.#isEnding,
      waitForTrailers: true,
      sendDate: this.#sendsDate,
    });
    return this;
  }

  /** Pairs, or names and values in turn. They replace what was set, and may say a name twice. */
  #setList(list) {
    const isPairs = list.length > 0 && Array.isArray(list[0]);
    if (isPairs) {
      for (let i = 0; i < list.length; i++) this.removeHeader(list[i][0]);
      for (let i = 0; i < list.length; i++) this.#set(list[i][0], list[i][1], true);
      return;
    }
    for (let i = 0; i < list.length; i += 2) this.removeHeader(list[i]);
    if (list.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', list);
    for (let i = 0; i < list.length; i += 2) this.#set(list[i], list[i + 1], true);
  }

  cork() {
    this.#stream.cork();
  }

  uncork() {
    this.#stream.uncork();
  }

  write(chunk, encoding, cb) {
    if (typeof encoding === 'function') {
      cb = encoding;
      encoding = 'utf8';
    }
    let error;
    if (this.#isEnding) error = new ERR_STREAM_WRITE_AFTER_END();
    else if (this.#isClosed) error = new ERR_HTTP2_INVALID_STREAM();
    else if (this.#isDestroyed) return false;
    if (error !== undefined) {
      if (typeof cb === 'function') process.nextTick(cb, error);
      this.destroy(error);
      return false;
    }
    const stream = this.#stream;
    if (!stream.headersSent) this.writeHead(this.#statusCode);
    return stream.write(chunk, encoding, cb);
  }

  end(chunk, encoding, cb) {
    const stream = this.#stream;
    if (typeof chunk === 'function') {
      cb = chunk;
      chunk = null;
    } else if (typeof encoding === 'function') {
      cb = encoding;
      encoding = 'utf8';
    }
    if ((this.#isClosed || this.#isEnding) && this.#isHead === stream.headRequest) {
      if (typeof cb === 'function') process.nextTick(cb);
      return this;
    }
    if (chunk !== null && chunk !== undefined) this.write(chunk, encoding);
    this.#isHead = stream.headRequest;
    this.#isEnding = true;
    if (typeof cb === 'function') {
      if (stream.writableEnded) this.once('finish', cb);
      else stream.once('finish', cb);
    }
    if (!stream.headersSent) this.writeHead(this.#statusCode);
    if (this.#isClosed || stream.destroyed) onClose.call(stream);
    else stream.end();
    return this;
  }

  destroy(err) {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#stream.destroy(err);
  }

  setTimeout(msecs, callback) {
    if (!this.#isClosed) this.#stream.setTimeout(msecs, callback);
  }

  createPushResponse(headers, callback) {
    validateFunction(callback, 'callback');
    if (this.#isClosed) {
      process.nextTick(callback, new ERR_HTTP2_INVALID_STREAM());
      return;
    }
    this.#stream.pushStream(headers, {}, (error, stream) => {
      if (error) callback(error);
      else callback(null, new Http2ServerResponse(stream));
    });
  }

  writeInformation(statusCode, headers) {
    if (typeof statusCode !== 'number' || statusCode < 100 || statusCode > 199 ||
        statusCode === 101) {
      throw new ERR_HTTP2_STATUS_INVALID(statusCode);
    }
    if (this.#stream.headersSent || this.#isClosed) return false;
    const sent = { __proto__: null };
    if (headers !== undefined && headers !== null) {
      validateObject(headers, 'headers');
      Object.assign(sent, headers);
    }
    sent[':status'] = statusCode;
    this.#stream.additionalHeaders(sent);
    return true;
  }

  writeContinue() {
    return this.writeInformation(100);
  }

  writeEarlyHints(hints) {
    validateObject(hints, 'hints');
    const link = validateLinkHeaderValue(hints.link);
    const headers = { __proto__: null };
    for (const key of Object.keys(hints)) {
      if (key === 'link') continue;
      const name = key.trim().toLowerCase();
      checkHeader(name, hints[key]);
      if (!checkIsHttpToken(name)) throw new ERR_INVALID_HTTP_TOKEN('Header name', name);
      headers[name] = hints[key];
    }
    if (link.length === 0) return false;
    headers.Link = link;
    return this.writeInformation(103, headers);
  }

  static trailersOf(response) {
    return response.#trailers;
  }

  /** @returns {boolean} false: end() is not through with it */
  static hasClosed(response, stream) {
    if (stream.headRequest !== response.#isHead) return false;
    response.#isClosed = true;
    return true;
  }
}

const { hasClosed, trailersOf } = Http2ServerResponse;
delete Http2ServerResponse.hasClosed;
delete Http2ServerResponse.trailersOf;

function onDrain() {
  this[kResponse]?.emit('drain');
}

/** A response that is cut off tells so by 'close'. */
function onAborted() {}

function onWantTrailers() {
  this.sendTrailers(trailersOf(this[kResponse]));
}

function onTimeout() {
  this[kResponse]?.emit('timeout');
}

function onClose() {
  const response = this[kResponse];
  if (response === undefined || !hasClosed(response, this)) return;
  this[kProxySocket] = null;
  this.removeListener('wantTrailers', onWantTrailers);
  this[kResponse] = undefined;
  response.emit('finish');
  response.emit('close');
}

module.exports = { Http2ServerResponse };
