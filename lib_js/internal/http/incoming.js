'use strict';

// IncomingMessage: a request that a server got, or a response that a client got. Everything costly
// is made when it is first asked for: the header objects from the head's text, and the state of
// the Readable, which a handler that never looks at a GET's body never needs.

const {
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Symbol,
  SymbolFor,
} = primordials;

const { Readable, finished } = require('stream');
const { LINES_MAX, addDistinctField, addHead, addLine } = require('internal/http/fields');
const {
  kDetachAbortSignal,
  kHead,
  kLane,
  kSocket,
  kState,
} = require('internal/http/symbols');

const { headers: parseHeaders } = internalBinding('http');

const { ReadableState } = Readable;

const kHeaders = Symbol('kHeaders');
const kHeadersDistinct = Symbol('kHeadersDistinct');
const kRawHeaders = Symbol('kRawHeaders');
const kTrailers = Symbol('kTrailers');
const kTrailersDistinct = Symbol('kTrailersDistinct');
const kRawTrailers = Symbol('kRawTrailers');
const kPairsMax = Symbol('kPairsMax');
const kClosed = Symbol('kClosed');
const kAbortController = Symbol('kAbortController');
const kAbortListener = Symbol('kAbortSignalListener');

/** Where the flags of a request's head hold the length of its URL; all ones: longer than that. */
const URL_SHIFT = 13;
const URL_MASK = 0x7fff;

/** From so many lines on Node counts those of a response in rawHeaders too. */
const COUNTED_PAIRS = 32;

/** What is left of a head whose lines were taken out; messages that programs make have ''. */
const TAKEN = '\r\n';

function IncomingMessage(socket) {
  this[kState] = undefined;
  this[kClosed] = false;
  if (this._events === undefined) {
    this._events = undefined;
    this._eventsCount = 0;
    this._maxListeners = undefined;
  }
  new OwnFields(this);
  this.socket = socket;
  this.httpVersionMajor = null;
  this.httpVersionMinor = null;
  this.httpVersion = null;
  this.complete = false;
  this[kHead] = '';
  this[kHeaders] = null;
  this[kRawHeaders] = null;
  this.joinDuplicateHeaders = false;
  this.aborted = false;
  this.upgrade = null;
  this.url = '';
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this.client = socket;
  this._consuming = false;
  this._dumped = false;
}

function itself(object) {
  return object;
}

/**
 * Gives an object these properties as its own, past the setters of its prototype: fields are
 * defined. Packages ask for them by hasOwnProperty (request, and with it yarn).
 */
class OwnFields extends itself {
  socket = null;
  client = null;
}

ObjectSetPrototypeOf(IncomingMessage.prototype, Readable.prototype);
ObjectSetPrototypeOf(IncomingMessage, Readable);

// What the requests of a lane do not set by themselves.
const defaults = {
  __proto__: null,
  [kLane]: null,
  [kState]: undefined,
  [kClosed]: false,
  [kHead]: '',
  [kHeaders]: null,
  [kHeadersDistinct]: null,
  [kRawHeaders]: null,
  [kTrailers]: null,
  [kTrailersDistinct]: null,
  [kRawTrailers]: null,
  [kPairsMax]: 0,
  [kAbortController]: null,
  [kAbortListener]: null,
  httpVersionMajor: 1,
  httpVersionMinor: 1,
  httpVersion: '1.1',
  aborted: false,
  joinDuplicateHeaders: false,
  statusCode: null,
  statusMessage: null,
  _consuming: false,
  _dumped: false,
};
for (const key of Reflect.ownKeys(defaults)) {
  ObjectDefineProperty(IncomingMessage.prototype, key, {
    __proto__: null, value: defaults[key], writable: true, configurable: true, enumerable: false,
  });
}

/**
 * A request of a lane: made for each request, so it has few fields. Its name is what stacks say of
 * methods that are called on it.
 */
const LaneRequest = function IncomingMessage(lane, head, method, url) {
  this._events = undefined;
  this._eventsCount = 0;
  this._maxListeners = undefined;
  this[kLane] = lane;
  this[kHead] = head;
  this[kState] = undefined;
  this[kHeaders] = null;
  this[kRawHeaders] = null;
  this.method = method;
  this.url = url;
  this.complete = false;
  this.upgrade = false;
  this[kClosed] = false;
};
LaneRequest.prototype = IncomingMessage.prototype;

function define(name, descriptor) {
  ObjectDefineProperty(IncomingMessage.prototype, name, { __proto__: null, ...descriptor });
}

define(SymbolFor('nodejs.util.inspect.custom'), {
  configurable: true,
  writable: true,
  value() {
    return require('internal/http/inspect').shownRequest(this);
  },
});

define('_readableState', {
  configurable: true,
  get() {
    const state = this[kState];
    return state === undefined ? openState(this) : state;
  },
  set(state) { this[kState] = state; },
});

function openState(message) {
  const lane = message[kLane];
  const highWaterMark = lane !== null ? lane.server.highWaterMark :
    message.socket?.readableHighWaterMark;
  const state = new ReadableState(
    highWaterMark === undefined ? undefined : { highWaterMark }, message, false);
  message[kState] = state;
  state.readingMore = true; // Bodies are pushed, nobody needs to ask for more.
  if (message[kClosed]) {
    state.ended = true;
    state.endEmitted = !message.aborted;
    state.destroyed = true;
    state.closed = true;
    state.closeEmitted = true;
  } else if (message.complete && message[kHead] !== '') {
    // Without a head a program made it (serverless-http), and pushes the body itself.
    state.ended = true;
    state.reading = false;
  }
  return state;
}

define('socket', {
  configurable: true,
  enumerable: true,
  get() {
    const lane = this[kLane];
    return lane !== null ? lane.socket : this[kSocket];
  },
  set(socket) {
    this[kLane] = null;
    this[kSocket] = socket;
  },
});

define('connection', {
  get() { return this.socket; },
  set(socket) { this.socket = socket; },
});

// Messages of the constructor have it as their own, as `socket`.
define('client', {
  configurable: true,
  get() { return this.socket; },
  set(value) {
    ObjectDefineProperty(this, 'client', {
      __proto__: null, value, writable: true, configurable: true, enumerable: true,
    });
  },
});

// --- Headers

/** Names and values that `headers` is made of: maxHeadersCount of a request may bound them. */
function countedOf(message, raw) {
  const pairsMax = message[kPairsMax];
  return pairsMax > 0 && raw.length > pairsMax * 2 ? pairsMax * 2 : raw.length;
}

function rawHeadersOf(message) {
  let raw = message[kRawHeaders];
  if (raw === null) {
    const head = message[kHead];
    raw = head === '' ? [] : parseHeaders(head);
    const pairsMax = message[kPairsMax];
    if (raw.length >= COUNTED_PAIRS * 2) raw.length = countedOf(message, raw);
    message[kRawHeaders] = raw;
    if (head !== '') message[kHead] = TAKEN;
  }
  return raw;
}

function fill(message, raw, headers, isDistinct) {
  const join = message.joinDuplicateHeaders;
  const count = countedOf(message, raw);
  for (let i = 0; i + 1 < count; i += 2) {
    if (isDistinct) message._addHeaderLineDistinct(raw[i], raw[i + 1], headers);
    else if (message._addHeaderLine === addHeaderLine) addLine(raw[i], raw[i + 1], headers, join);
    else message._addHeaderLine(raw[i], raw[i + 1], headers);
  }
  return headers;
}

function makeHeaders(message) {
  const headers = {};
  message[kHeaders] = headers;
  const isUsual = message[kRawHeaders] === null && message._addHeaderLine === addHeaderLine &&
    (message[kPairsMax] === 0 || message[kPairsMax] >= LINES_MAX);
  if (!isUsual || !addHead(message[kHead], headers, message.joinDuplicateHeaders)) {
    fill(message, rawHeadersOf(message), headers, false);
  }
  return headers;
}

const KEEP_ALIVE = /\r\nkeep-alive:[ \t]*([^\r]*)/i;

/** headers['keep-alive'] (the first, if there are several), without making the others. */
function keepAliveOf(message) {
  if (message[kHeaders] !== null || message[kRawHeaders] !== null || message[kHead] === '' ||
      message._addHeaderLine !== addHeaderLine ||
      (message[kPairsMax] !== 0 && message[kPairsMax] < LINES_MAX)) {
    return message.headers['keep-alive'];
  }
  return KEEP_ALIVE.exec(message[kHead])?.[1];
}

function lazily(name, key, rawOf, isDistinct) {
  define(name, {
    get() {
      return this[key] ??= fill(this, rawOf(this), isDistinct ? { __proto__: null } : {},
                                isDistinct);
    },
    set(value) { this[key] = value; },
  });
}

function rawTrailersOf(message) {
  return message[kRawTrailers] ??= [];
}

define('rawHeaders', {
  configurable: true,
  enumerable: true,
  get() { return rawHeadersOf(this); },
  set(value) { this[kRawHeaders] = value; },
});
define('rawTrailers', {
  configurable: true,
  enumerable: true,
  get() { return rawTrailersOf(this); },
  set(value) { this[kRawTrailers] = value; },
});
define('headers', {
  get() {
    const made = this[kHeaders];
    return made === null || made === undefined ? makeHeaders(this) : made;
  },
  set(value) { this[kHeaders] = value; },
});
lazily('headersDistinct', kHeadersDistinct, rawHeadersOf, true);
lazily('trailers', kTrailers, rawTrailersOf, false);
lazily('trailersDistinct', kTrailersDistinct, rawTrailersOf, true);

function addHeaderLine(field, value, dest) {
  addLine(field, value, dest, this.joinDuplicateHeaders);
}
IncomingMessage.prototype._addHeaderLine = addHeaderLine;

IncomingMessage.prototype._addHeaderLineDistinct = function _addHeaderLineDistinct(
  field, value, dest) {
  addDistinctField(field, value, dest);
};

IncomingMessage.prototype._addHeaderLines = function _addHeaderLines(headers, n) {
  if (!headers?.length) return;
  const isTrailer = this.complete;
  this[isTrailer ? kRawTrailers : kRawHeaders] = headers;
  const made = this[isTrailer ? kTrailers : kHeaders];
  if (!made) return;
  for (let i = 0; i < n; i += 2) this._addHeaderLine(headers[i], headers[i + 1], made);
};

function setTrailers(message, text) {
  message[kRawTrailers] = parseHeaders(text);
  if (message[kTrailers]) fill(message, message[kRawTrailers], message[kTrailers], false);
}

/** Gives a message its head; of more lines than `pairsMax` (if it is not 0) some are left out. */
function setHead(message, head, pairsMax) {
  message[kHead] = head;
  if (pairsMax > 0) message[kPairsMax] = pairsMax;
}

function setVersionNumbers(message, major, minor) {
  message.httpVersionMajor = major;
  message.httpVersionMinor = minor;
  message.httpVersion = `${major}.${minor}`;
}

/** The version of a request that is not of HTTP/1.1. */
function setVersion(message, head) {
  const { major, minor } = require('internal/http/request_line').readRequestLine(head);
  setVersionNumbers(message, major, minor);
}

/** The URL of a head whose flags hold its length, if the length is not too much for them. */
function urlOf(flags, head, method) {
  const start = method.length + 1;
  const length = (flags >>> URL_SHIFT) & URL_MASK;
  if (length !== URL_MASK) return head.slice(start, start + length);
  return /^[^ \r\n]*/.exec(head.slice(start))[0];
}

// --- Body

function readStart(socket) {
  if (socket && !socket._paused && socket.readable) socket.resume();
}

function readStop(socket) {
  if (socket) socket.pause();
}

IncomingMessage.prototype._read = function _read() {
  if (!this._consuming) {
    this._readableState.readingMore = false;
    this._consuming = true;
  }
  const lane = this[kLane];
  if (lane !== null) lane.resumeBody(this);
  else if (this.socket?.readable) readStart(this.socket);
};

/** A piece of the body has come; false if the message has enough for now. */
function pushBody(message, chunk) {
  return message._dumped || message.push(chunk);
}

/** The message is complete. */
function endBody(message, trailers) {
  message.complete = true;
  if (trailers !== undefined) setTrailers(message, trailers);
  if (message[kState] !== undefined) message.push(null);
}

IncomingMessage.prototype._dump = function _dump() {
  if (this._dumped) return;
  this._dumped = true;
  this.removeAllListeners('data');
  this.resume();
};

IncomingMessage.prototype._dumpAndCloseReadable = function _dumpAndCloseReadable() {
  this._dumped = true;
  const state = this._readableState;
  state.ended = true;
  state.endEmitted = true;
  state.destroyed = true;
  state.closed = true;
  state.closeEmitted = true;
};

/** The response is out: reads off what is left, if anybody could see the end of it. */
function release(message) {
  message[kDetachAbortSignal]();
  if (message[kState] === undefined && message._events === undefined) {
    message._dumped = true;
    message[kClosed] = message.complete;
  } else if (!message._consuming && !message.readableDidRead &&
             !message._readableState.resumeScheduled) {
    message._dump();
  }
}

// --- Ending

function onError(message, error, callback) {
  // Only messages that somebody listens to get the error.
  if (message.listenerCount('error') === 0) callback();
  else callback(error);
}

IncomingMessage.prototype._destroy = function _destroy(error, callback) {
  if (!this.readableEnded || !this.complete) {
    this.aborted = true;
    this.emit('aborted');
    abortSignal(this);
  }
  const lane = this[kLane];
  // A connection that is over needs no socket to end it.
  const isOver = lane && !lane.isOpen && lane.facade === null;
  const socket = this.aborted && !isOver ? this.socket : null;
  if (socket && !socket.destroyed) {
    socket.destroy(error);
    const cleanup = finished(socket, (reason) => {
      if (reason?.code === 'ERR_STREAM_PREMATURE_CLOSE') reason = null;
      cleanup();
      process.nextTick(onError, this, reason || error, callback);
    });
  } else {
    process.nextTick(onError, this, error, callback);
  }
};

/** The connection is gone before the exchange was over. */
function abortMessage(message, makeError) {
  if (message[kState] === undefined && message._events === undefined) {
    message.aborted = true;
    message[kClosed] = true;
    abortSignal(message);
    return;
  }
  message.destroy(makeError());
}

IncomingMessage.prototype.setTimeout = function setTimeout(msecs, callback) {
  if (callback) this.on('timeout', callback);
  this.socket.setTimeout(msecs);
  return this;
};

// --- req.signal

function abortSignal(message) {
  message[kDetachAbortSignal]();
  if (message[kAbortController] !== null) message[kAbortController].abort();
}

define('signal', {
  configurable: true,
  get() {
    if (this[kAbortController] === null) {
      const { AbortController } = require('internal/abort_controller');
      this[kAbortController] = new AbortController();
      const { socket } = this;
      if (this.destroyed && (!this.readableEnded || !this.complete)) {
        this[kAbortController].abort();
      } else if (this[kAbortListener] === null && socket) {
        if (socket.destroyed) {
          this[kAbortController].abort();
        } else {
          this[kAbortListener] = () => abortSignal(this);
          socket.once('close', this[kAbortListener]);
        }
      }
    }
    return this[kAbortController].signal;
  },
});

/** From now on the end of the connection is no abort. */
IncomingMessage.prototype[kDetachAbortSignal] = function() {
  const listener = this[kAbortListener];
  if (listener === null) return;
  this[kAbortListener] = null;
  this.socket?.removeListener('close', listener);
};

module.exports = {
  IncomingMessage,
  LaneRequest,
  abortMessage,
  endBody,
  keepAliveOf,
  kPairsMax,
  pushBody,
  readStart,
  readStop,
  release,
  setHead,
  setVersion,
  setVersionNumbers,
  setTrailers,
  urlOf,
};
