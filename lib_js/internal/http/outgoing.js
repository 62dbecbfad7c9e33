'use strict';

// OutgoingMessage: headers, framing, write() and end(). The bytes go to one of two places: a lane
// (a connection that native speaks HTTP on; see internal/http/lane.js) or a socket, any Duplex.

const {
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Symbol,
} = primordials;

const EventEmitter = require('events');
const Stream = require('stream');
const { Buffer } = require('buffer');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const { isUint8Array } = require('internal/util/types');
const { kUniqueHeaders } = require('internal/http/head');
const { storeHead } = require('internal/http/framing');
const { findLenience } = require('internal/http/lenience');
const { methods: headerMethods } = require('internal/http/outgoing_headers');
const {
  kIsCutOff,
  kLane,
  kNeedDrain,
  kOutHeaders,
  kSocket,
  kWritableFinished,
} = require('internal/http/symbols');
const {
  codes: {
    ERR_HTTP_BODY_NOT_ALLOWED,
    ERR_HTTP_CONTENT_LENGTH_MISMATCH,
    ERR_INVALID_ARG_TYPE,
    ERR_METHOD_NOT_IMPLEMENTED,
    ERR_STREAM_ALREADY_FINISHED,
    ERR_STREAM_CANNOT_PIPE,
    ERR_STREAM_DESTROYED,
    ERR_STREAM_NULL_VALUES,
    ERR_STREAM_WRITE_AFTER_END,
  },
} = require('internal/errors');

const kCorked = Symbol('corked');
const kChunks = Symbol('kChunkedBuffer');
const kChunksLength = Symbol('kChunkedLength');
const kBytesWritten = Symbol('kBytesWritten');
const kErrored = Symbol('errored');
const kEndCallbacks = Symbol('kEndCallbacks');
const kFlushError = Symbol('kFlushError');
const kHighWaterMark = Symbol('kHighWaterMark');
const kRejectBody = Symbol('kRejectNonStandardBodyWrites');

const CRLF = '\r\n';

function nop() {}

function OutgoingMessage(options) {
  Stream.call(this);
  this.outputData = [];
  this.outputSize = 0;
  this.writable = true;
  this.destroyed = false;
  this._last = false;
  this.chunkedEncoding = false;
  this.shouldKeepAlive = true;
  this.maxRequestsOnConnectionReached = false;
  this._defaultKeepAlive = true;
  this.useChunkedEncodingByDefault = true;
  this.sendDate = false;
  this._removedConnection = false;
  this._removedContLen = false;
  this._removedTE = false;
  this.strictContentLength = false;
  this[kBytesWritten] = 0;
  this._contentLength = null;
  this._hasBody = true;
  this._trailer = '';
  this[kNeedDrain] = false;
  this.finished = false;
  this._headerSent = false;
  this[kCorked] = 0;
  this[kChunks] = [];
  this[kChunksLength] = 0;
  this._closed = false;
  this[kSocket] = null;
  this._header = null;
  this[kOutHeaders] = null;
  this._keepAliveTimeout = 0;
  this._onPendingData = nop;
  this[kErrored] = null;
  this[kWritableFinished] = false;
  this[kEndCallbacks] = null;
  this[kFlushError] = null;
  this[kHighWaterMark] = options?.highWaterMark ?? getDefaultHighWaterMark();
  this[kRejectBody] = options?.rejectNonStandardBodyWrites ?? false;
}
ObjectSetPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
ObjectSetPrototypeOf(OutgoingMessage, Stream);

// Responses of a lane are made without the constructor: what they rarely change is found here.
const laneDefaults = {
  __proto__: null,
  [kLane]: null,
  [kIsCutOff]: false, // Its connection in the lane went before it was finished.
  [kBytesWritten]: 0,
  [kNeedDrain]: false,
  [kCorked]: 0,
  [kChunks]: null,
  [kChunksLength]: 0,
  [kSocket]: null,
  [kOutHeaders]: null,
  [kErrored]: null,
  [kWritableFinished]: false,
  [kEndCallbacks]: null,
  [kFlushError]: null,
  [kHighWaterMark]: 65536,
  [kRejectBody]: false,
  [kUniqueHeaders]: null,
  outputData: null,
  outputSize: 0,
  writable: true,
  _last: false,
  chunkedEncoding: false,
  maxRequestsOnConnectionReached: false,
  _defaultKeepAlive: true,
  useChunkedEncodingByDefault: true,
  _removedConnection: false,
  _removedContLen: false,
  _removedTE: false,
  strictContentLength: false,
  _hasBody: true,
  _trailer: '',
  _keepAliveTimeout: 0,
  _onPendingData: nop,
};
for (const key of Reflect.ownKeys(laneDefaults)) {
  ObjectDefineProperty(OutgoingMessage.prototype, key, {
    __proto__: null,
    value: laneDefaults[key],
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

function defineGetter(name, get, descriptor) {
  ObjectDefineProperty(OutgoingMessage.prototype, name, { __proto__: null, get, ...descriptor });
}

defineGetter('errored', function() { return this[kErrored]; });
defineGetter('closed', function() { return this._closed; });
defineGetter('writableFinished', function() { return this[kWritableFinished]; });
defineGetter('writableObjectMode', function() { return false; });
defineGetter('writableLength', function() {
  const lane = this[kLane];
  if (lane !== null) return lane.writableLength(this);
  return this.outputSize + this[kChunksLength] + (this[kSocket] ? this[kSocket].writableLength : 0);
});
defineGetter('writableHighWaterMark', function() {
  return this[kSocket] ? this[kSocket].writableHighWaterMark : this[kHighWaterMark];
});
defineGetter('writableCorked', function() { return this[kCorked]; });
defineGetter('writableEnded', function() { return this.finished; });
defineGetter('writableNeedDrain', function() {
  return !this.destroyed && !this.finished && this[kNeedDrain];
});
defineGetter('headersSent', function() { return !!this._header; },
             { configurable: true, enumerable: true });
defineGetter('connection', function() { return this.socket; }, {
  set(value) { this.socket = value; },
});
defineGetter('socket', function() {
  const lane = this[kLane];
  if (lane !== null) return lane.socket;
  return this[kSocket] ?? (this[kIsCutOff] ? this.req.socket : null);
}, {
  set(value) {
    for (let n = 0; n < this[kCorked]; n++) {
      value?.cork();
      this[kSocket]?.uncork();
    }
    this[kSocket] = value;
  },
});

// --- Head

for (const name of Object.keys(headerMethods)) {
  OutgoingMessage.prototype[name] = headerMethods[name];
}

OutgoingMessage.prototype._isLenientHeaderValidation = function() {
  return findLenience(this);
};

OutgoingMessage.prototype._implicitHeader = function _implicitHeader() {
  throw new ERR_METHOD_NOT_IMPLEMENTED('_implicitHeader()');
};

OutgoingMessage.prototype._storeHeader = function _storeHeader(firstLine, headers) {
  storeHead(this, null, firstLine, headers);
};

OutgoingMessage.prototype.flushHeaders = function flushHeaders() {
  if (!this._header) this._implicitHeader();
  this._send('');
};

// --- The way to the socket

OutgoingMessage.prototype._send = function _send(data, encoding, callback, byteLength) {
  const lane = this[kLane];
  if (lane) return lane.send(this, data, encoding, callback);
  if (!this._headerSent && this._header !== null) {
    // Head and first chunk leave in one piece.
    if (typeof data === 'string' &&
        (encoding === 'utf8' || encoding === 'latin1' || !encoding)) {
      data = this._header + data;
    } else {
      const head = this._header;
      this.outputData.unshift({ data: head, encoding: 'latin1', callback: null });
      this.outputSize += head.length;
      this._onPendingData(head.length);
    }
    this._headerSent = true;
  }
  return this._writeRaw(data, encoding, callback, byteLength);
};

OutgoingMessage.prototype._writeRaw = function _writeRaw(data, encoding, callback, size) {
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  const lane = this[kLane];
  if (lane) return lane.writeRaw(this, data, encoding, callback);
  const socket = this[kSocket];
  if (socket?.destroyed || this[kIsCutOff]) return false; // Its 'close' is on the way.
  if (socket && socket._httpMessage === this && socket.writable) {
    if (this.outputData.length) this._flushOutput(socket);
    return socket.write(data, encoding, callback);
  }
  // One that the fast lane has finished has no list yet; what is in it goes nowhere, as in Node.
  this.outputData ??= [];
  this.outputData.push({ data, encoding, callback });
  this.outputSize += data.length;
  this._onPendingData(data.length);
  return this.outputSize < this[kHighWaterMark];
};

/** Called when the message gets its turn on a socket. */
OutgoingMessage.prototype._flush = function _flush() {
  const socket = this[kSocket];
  if (!socket?.writable) return;
  const accepted = this._flushOutput(socket);
  if (this.finished) {
    this._finish();
  } else if (this[kNeedDrain] && accepted !== false) {
    this[kNeedDrain] = false;
    this.emit('drain');
  }
};

OutgoingMessage.prototype._flushOutput = function _flushOutput(socket) {
  const { outputData } = this;
  if (outputData.length === 0) return undefined;
  socket.cork();
  let accepted;
  for (let i = 0; i < outputData.length; i++) {
    const { data, encoding, callback } = outputData[i];
    outputData[i].data = null;
    accepted = socket.write(data, encoding, callback);
  }
  socket.uncork();
  this.outputData = [];
  this._onPendingData(-this.outputSize);
  this.outputSize = 0;
  return accepted;
};

OutgoingMessage.prototype._finish = function _finish() {
  this.emit('prefinish');
};

// --- Body

/** A lane holds nothing back: who corks writes to the connection's socket, which does. */
function goThroughSocket(message) {
  const lane = message[kLane];
  if (lane !== null) lane.toSocket();
}

OutgoingMessage.prototype.cork = function cork() {
  goThroughSocket(this);
  this[kCorked]++;
  this[kSocket]?.cork();
};

OutgoingMessage.prototype.uncork = function uncork() {
  goThroughSocket(this);
  this[kCorked]--;
  this[kSocket]?.uncork();
  if (this[kCorked] || !this[kChunks]?.length) return;
  sendCorked(this);
  if (this[kNeedDrain] && this.writableLength === 0) {
    this[kNeedDrain] = false;
    this.emit('drain');
  }
};

/** What was written while the message was corked, as one chunk. */
function sendCorked(message) {
  const chunks = message[kChunks];
  if (chunks === null || chunks.length === 0) return; // null: of a lane, and never corked.
  message._send(message[kChunksLength].toString(16), 'latin1', null);
  message._send(CRLF, 'latin1', null);
  const callbacks = [];
  for (let i = 0; i < chunks.length; i += 3) {
    message._send(chunks[i], chunks[i + 1], null);
    if (chunks[i + 2]) callbacks.push(chunks[i + 2]);
  }
  message._send(CRLF, 'latin1', callbacks.length === 0 ? null : (error) => {
    for (const callback of callbacks) callback(error);
  });
  chunks.length = 0;
  message[kChunksLength] = 0;
}

function emitErrorNT(message, error, callback) {
  callback(error);
  if (typeof message.emit === 'function' && !message.destroyed) message.emit('error', error);
}

function reportError(message, error, callback) {
  if (!message.destroyed) process.nextTick(emitErrorNT, message, error, callback);
}

function byteLengthOf(chunk, encoding) {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
}

function checkChunk(chunk) {
  if (typeof chunk === 'string' || isUint8Array(chunk)) return;
  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
  throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
}

/** False if the message cannot take a chunk any more; the error is on its way then. */
function isOpenFor(message, callback) {
  if (message.finished) {
    const error = new ERR_STREAM_WRITE_AFTER_END();
    if (message.destroyed) process.nextTick(callback, error);
    else reportError(message, error, callback);
    return false;
  }
  if (message.destroyed) {
    process.nextTick(callback, new ERR_STREAM_DESTROYED('write'));
    return false;
  }
  return true;
}

function isStrictAboutLength(message) {
  return message.strictContentLength && message._contentLength != null && message._hasBody &&
    !message._removedContLen && !message.chunkedEncoding && !message.hasHeader('transfer-encoding');
}

/** strictContentLength: a body must be as long as its header says. */
function countStrictly(message, length, fromEnd) {
  const total = message[kBytesWritten] + length;
  if (isStrictAboutLength(message) &&
      (fromEnd ? total !== message._contentLength : total > message._contentLength)) {
    throw new ERR_HTTP_CONTENT_LENGTH_MISMATCH(total, message._contentLength);
  }
  message[kBytesWritten] = total;
}

function checkStrictEnd(message) {
  if (isStrictAboutLength(message) && message[kBytesWritten] !== message._contentLength) {
    throw new ERR_HTTP_CONTENT_LENGTH_MISMATCH(message[kBytesWritten], message._contentLength);
  }
}

/** For a chunk of a message that has no body. */
function refuseBody(message, callback) {
  if (message[kRejectBody]) throw new ERR_HTTP_BODY_NOT_ALLOWED();
  if (callback !== nop) process.nextTick(callback);
}

function uncorkNT(socket) {
  socket.uncork();
}

function writeToSocket(message, chunk, encoding, callback, fromEnd) {
  checkChunk(chunk);
  if (!isOpenFor(message, callback)) return false;
  let length;
  if (message.strictContentLength) {
    length = byteLengthOf(chunk, encoding);
    countStrictly(message, length, fromEnd);
  }
  if (!message._header) {
    if (fromEnd) {
      length ??= byteLengthOf(chunk, encoding);
      message._contentLength = length;
    }
    message._implicitHeader();
  }
  if (!message._hasBody) {
    refuseBody(message, callback);
    return true;
  }
  const { socket } = message;
  if (!fromEnd && socket && !socket.writableCorked) {
    socket.cork();
    process.nextTick(uncorkNT, socket);
  }
  if (!message.chunkedEncoding || chunk.length === 0) {
    return message._send(chunk, encoding, callback, length);
  }
  length ??= byteLengthOf(chunk, encoding);
  if (message[kCorked] && message._headerSent) {
    message[kChunks].push(chunk, encoding, callback);
    message[kChunksLength] += length;
    return message[kChunksLength] < message[kHighWaterMark];
  }
  message._send(length.toString(16), 'latin1', null);
  message._send(CRLF, 'latin1', null);
  message._send(chunk, encoding, null, length);
  return message._send(CRLF, 'latin1', callback);
}

OutgoingMessage.prototype.write = function write(chunk, encoding, callback) {
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  if (typeof callback !== 'function') callback = nop;
  const lane = this[kLane];
  const accepted = lane ?
    lane.write(this, chunk, encoding, callback) :
    writeToSocket(this, chunk, encoding, callback, false);
  if (!accepted) this[kNeedDrain] = true;
  return accepted;
};

function flushEndCallbacks(message, error) {
  const callbacks = message[kEndCallbacks];
  if (callbacks === null) return;
  message[kEndCallbacks] = null;
  for (let i = 0; i < callbacks.length; i++) callbacks[i](error);
}

function queueEndCallback(message, callback) {
  if (message[kWritableFinished]) {
    callback(new ERR_STREAM_ALREADY_FINISHED('end'));
  } else if (message[kFlushError] !== null) {
    process.nextTick(callback, message[kFlushError]);
  } else if (message[kEndCallbacks] === null) {
    message[kEndCallbacks] = [callback];
  } else {
    message[kEndCallbacks].push(callback);
  }
}

/** The error for end() callbacks of a message that was cut off. */
function endError(message, error) {
  return error ?? message[kErrored] ?? message[kSocket]?.errored ?? new ERR_STREAM_DESTROYED('end');
}

function afterFlush(message, error) {
  const socket = message[kSocket];
  if (error || message[kErrored] || socket?.errored || socket?._hadError) {
    message[kFlushError] = endError(message, error);
    flushEndCallbacks(message, message[kFlushError]);
    return;
  }
  message[kWritableFinished] = true;
  flushEndCallbacks(message, null);
  message.emit('finish');
}

function endOnSocket(message, chunk, encoding, callback) {
  const onFlushed = (error) => afterFlush(message, error);
  const socket = message[kSocket];
  let sent = false;
  if (chunk) {
    if (message.finished) {
      reportError(message, new ERR_STREAM_WRITE_AFTER_END(), callback ?? nop);
      return;
    }
    socket?.cork();
    // The last write can carry 'finish' when nothing has to follow it.
    if ((typeof chunk === 'string' || isUint8Array(chunk)) && !message.destroyed &&
        !message.strictContentLength) {
      if (!message._header) {
        message._contentLength = byteLengthOf(chunk, encoding);
        message._implicitHeader();
      }
      sent = Boolean(message._header) && message._hasBody && !message.chunkedEncoding;
    }
    if (sent && callback) {
      queueEndCallback(message, callback);
      callback = undefined;
    }
    writeToSocket(message, chunk, encoding, sent ? onFlushed : nop, true);
  } else if (message.finished) {
    if (callback) queueEndCallback(message, callback);
    return;
  } else if (!message._header) {
    socket?.cork();
    message._contentLength = 0;
    message._implicitHeader();
  }
  if (callback) queueEndCallback(message, callback);
  checkStrictEnd(message);
  if (!sent) {
    if (message._hasBody && message.chunkedEncoding) {
      sendCorked(message);
      message._send(`0\r\n${message._trailer}\r\n`, 'latin1', onFlushed);
    } else if (!message._headerSent || message.writableLength || chunk) {
      message._send('', 'latin1', onFlushed);
    } else {
      process.nextTick(onFlushed);
    }
  }
  if (message[kSocket]) {
    message[kSocket]._writableState.corked = 1; // end() undoes every cork().
    message[kSocket].uncork();
  }
  message[kCorked] = 1;
  message.uncork();
  message.finished = true;
  if (message[kIsCutOff] || (message.outputData.length === 0 && message[kSocket] &&
      message[kSocket]._httpMessage === message)) {
    message._finish();
  }
}

OutgoingMessage.prototype.end = function end(chunk, encoding, callback) {
  if (typeof chunk === 'function') {
    callback = chunk;
    chunk = null;
    encoding = null;
  } else if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  if (typeof callback !== 'function') callback = undefined;
  const lane = this[kLane];
  if (lane) lane.end(this, chunk, encoding, callback);
  else endOnSocket(this, chunk, encoding, callback);
  return this;
};

// --- Ending

function emitDestroyNT(message) {
  if (!message._closed) {
    message._closed = true;
    message.emit('close');
  }
}

OutgoingMessage.prototype.destroy = function destroy(error) {
  if (this.destroyed) return this;
  this.destroyed = true;
  this[kErrored] = error;
  const { socket } = this;
  if (socket) socket.destroy(error);
  else process.nextTick(emitDestroyNT, this);
  return this;
};

OutgoingMessage.prototype.setTimeout = function setTimeout(msecs, callback) {
  if (callback) this.on('timeout', callback);
  const { socket } = this;
  if (socket) socket.setTimeout(msecs);
  else this.once('socket', (given) => given.setTimeout(msecs));
  return this;
};

OutgoingMessage.prototype.pipe = function pipe() {
  this.emit('error', new ERR_STREAM_CANNOT_PIPE());
};

OutgoingMessage.prototype[EventEmitter.captureRejectionSymbol] = function(error, event) {
  this.destroy(error);
};

function parseUniqueHeadersOption(headers) {
  return Array.isArray(headers) ? new Set(headers.map((name) => name.toLowerCase())) : null;
}

module.exports = {
  OutgoingMessage,
  checkChunk,
  checkStrictEnd,
  countStrictly,
  byteLengthOf,
  flushEndCallbacks,
  isOpenFor,
  kChunks,
  kCorked,
  kEndCallbacks,
  kErrored,
  kFlushError,
  kHighWaterMark,
  kRejectBody,
  nop,
  parseUniqueHeadersOption,
  queueEndCallback,
  refuseBody,
  reportError,
};
