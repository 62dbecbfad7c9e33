'use strict';

// ServerResponse: status line, informational responses, and its tie to a socket.

const {
  ObjectSetPrototypeOf,
  SymbolFor,
} = primordials;

const { OutgoingMessage, kHighWaterMark, kRejectBody } = require('internal/http/outgoing');
const { storeHead } = require('internal/http/framing');
const { statusNode } = require('internal/http/head');
const { STATUS_CODES } = require('internal/http/status');
const {
  checkInvalidHeaderChar,
  validateHeaderName,
  validateHeaderValue,
} = require('internal/http/tokens');
const { kHeadFlags, kLane, kOutHeaders } = require('internal/http/symbols');
const {
  codes: {
    ERR_HTTP_HEADERS_SENT,
    ERR_HTTP_INVALID_STATUS_CODE,
    ERR_HTTP_SOCKET_ASSIGNED,
    ERR_INTERNAL_ASSERTION,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_CHAR,
  },
} = require('internal/errors');
const { validateInteger, validateObject } = require('internal/validators');

const CHUNKED = /(?:^|\W)chunked(?:$|\W)/i;

function ServerResponse(req, options) {
  OutgoingMessage.call(this, options);
  if (req.method === 'HEAD') this._hasBody = false;
  this.req = req;
  this.sendDate = true;
  this._sent100 = false;
  this._expect_continue = false;
  if (req.httpVersionMajor < 1 || req.httpVersionMinor < 1) {
    this.useChunkedEncodingByDefault = CHUNKED.test(req.headers.te);
    this.shouldKeepAlive = false;
  }
}
ObjectSetPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
ObjectSetPrototypeOf(ServerResponse, OutgoingMessage);

ServerResponse.prototype.statusCode = 200;
ServerResponse.prototype.statusMessage = undefined;
// For responses of a lane, which are made without the constructor.
for (const name of ['_sent100', '_expect_continue']) {
  Object.defineProperty(ServerResponse.prototype, name, { writable: true, value: false });
}

Object.defineProperty(ServerResponse.prototype, SymbolFor('nodejs.util.inspect.custom'), {
  configurable: true,
  writable: true,
  value() {
    return require('internal/http/inspect').shownResponse(this);
  },
});

/**
 * A response of a lane: few fields, all in one order; the rest is found on the prototype. Its name
 * is what stacks say of methods that are called on it.
 */
const LaneResponse = function ServerResponse(req, lane, keepAlive, keepAliveTimeout) {
  this._events = undefined;
  this._eventsCount = 0;
  this._maxListeners = undefined;
  this.req = req;
  this[kLane] = lane;
  this._header = null;
  this._headerSent = false;
  this[kHeadFlags] = 0;
  this[kOutHeaders] = null;
  this._contentLength = null;
  this.statusCode = 200;
  this.statusMessage = undefined;
  this.shouldKeepAlive = keepAlive;
  this.sendDate = true;
  this.finished = false;
  this.destroyed = false;
  this._closed = false;
  this._keepAliveTimeout = keepAliveTimeout;
};
LaneResponse.prototype = ServerResponse.prototype;

/** What the constructor's options would say, for servers that differ from the defaults. */
function applyLaneOptions(res, server) {
  if (server.highWaterMark !== 65536) res[kHighWaterMark] = server.highWaterMark;
  if (server.rejectNonStandardBodyWrites) res[kRejectBody] = true;
}

function closeResponse(res) {
  if (res._closed) return;
  res.destroyed = true;
  res._closed = true;
  res.emit('close');
}

function onSocketClose() {
  if (this._httpMessage) closeResponse(this._httpMessage);
}

ServerResponse.prototype.assignSocket = function assignSocket(socket) {
  if (socket._httpMessage) throw new ERR_HTTP_SOCKET_ASSIGNED();
  socket._httpMessage = this;
  socket.on('close', onSocketClose);
  this.socket = socket;
  this.emit('socket', socket);
  this._flush();
};

ServerResponse.prototype.detachSocket = function detachSocket(socket) {
  if (socket._httpMessage !== this) throw new ERR_INTERNAL_ASSERTION();
  socket.removeListener('close', onSocketClose);
  socket._httpMessage = null;
  this.socket = null;
};

ServerResponse.prototype._implicitHeader = function _implicitHeader() {
  this.writeHead(this.statusCode);
};

/** writeHead() with headers after setHeader(): both become one list. */
function mergeHeaders(res, headers) {
  if (!Array.isArray(headers)) {
    for (const name of Object.keys(headers)) {
      if (name) res.setHeader(name, headers[name]);
    }
    return;
  }
  if (headers.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', headers);
  // They replace what was set, but may repeat themselves.
  for (let i = 0; i < headers.length; i += 2) res.removeHeader(headers[i]);
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]) res.appendHeader(headers[i], headers[i + 1]);
  }
}

ServerResponse.prototype.writeHead = function writeHead(statusCode, reason, obj) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('write');
  const code = statusCode | 0;
  if (code < 100 || code > 999) throw new ERR_HTTP_INVALID_STATUS_CODE(statusCode);
  if (typeof reason === 'string') {
    this.statusMessage = reason;
  } else {
    this.statusMessage ||= STATUS_CODES[code] || 'unknown';
    obj ??= reason;
  }
  this.statusCode = code;

  let headers = this[kOutHeaders];
  if (headers === null) {
    headers = obj;
  } else if (obj) {
    mergeHeaders(this, obj);
    headers = this[kOutHeaders];
  }

  const message = this.statusMessage;
  let node = null;
  let line = '';
  if (message === (STATUS_CODES[code] || 'unknown')) {
    node = statusNode(code);
  } else {
    if (checkInvalidHeaderChar(message)) throw new ERR_INVALID_CHAR('statusMessage');
    line = `HTTP/1.1 ${code} ${message}\r\n`;
  }
  if (code < 200 || code === 204 || code === 304) this._hasBody = false;
  // The client may send the body that it asked about, or not: the connection cannot go on.
  if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
  storeHead(this, node, line, headers);
  return this;
};

ServerResponse.prototype.writeHeader = ServerResponse.prototype.writeHead;

// --- Informational responses

function informationLine(name, value, lenient) {
  validateHeaderName(name);
  validateHeaderValue(name, value, lenient);
  return `${name}: ${value}\r\n`;
}

ServerResponse.prototype.writeInformation = function writeInformation(statusCode, headers, cb) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('write');
  validateInteger(statusCode, 'statusCode', 100, 199);
  if (statusCode === 101) throw new ERR_HTTP_INVALID_STATUS_CODE(statusCode);
  let head = `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] || 'unknown'}\r\n`;
  const lenient = this._isLenientHeaderValidation();
  if (Array.isArray(headers)) {
    if (headers.length && Array.isArray(headers[0])) {
      for (const entry of headers) head += informationLine(entry[0], entry[1], lenient);
    } else {
      if (headers.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', headers);
      for (let i = 0; i < headers.length; i += 2) {
        head += informationLine(headers[i], headers[i + 1], lenient);
      }
    }
  } else if (headers !== undefined && headers !== null) {
    validateObject(headers, 'headers');
    for (const name of Object.keys(headers)) {
      head += informationLine(name, headers[name], lenient);
    }
  }
  return this._writeRaw(`${head}\r\n`, 'latin1', cb);
};

ServerResponse.prototype.writeContinue = function writeContinue(cb) {
  this.writeInformation(100, null, cb);
  this._sent100 = true;
};

ServerResponse.prototype.writeProcessing = function writeProcessing(cb) {
  this.writeInformation(102, null, cb);
};

ServerResponse.prototype.writeEarlyHints = function writeEarlyHints(hints, cb) {
  validateObject(hints, 'hints');
  if (hints.link === null || hints.link === undefined) return;
  const { validateLinkHeaderValue } = require('internal/validators');
  const link = validateLinkHeaderValue(hints.link);
  if (link.length === 0) return;
  if (checkInvalidHeaderChar(link)) throw new ERR_INVALID_CHAR('header content', 'Link');
  const headers = { __proto__: null, Link: link };
  for (const name of Object.keys(hints)) {
    if (name !== 'link') headers[name] = hints[name];
  }
  this.writeInformation(103, headers, cb);
};

module.exports = { LaneResponse, ServerResponse, applyLaneOptions, closeResponse };
