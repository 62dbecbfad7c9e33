'use strict';

// The slow lane of a server: HTTP over any Duplex. Responses wait for their turn as in Node, so a
// pipelined request is given to the program before the one in front of it is answered.

const {
  abortMessage,
  endBody,
  pushBody,
  readStart,
  readStop,
  release,
  setHead,
  setVersion,
  setVersionNumbers,
  urlOf,
} = require('internal/http/incoming');
const { watch } = require('internal/async_hooks');
const { HTTPServerAsyncResource } = require('internal/http/async_resources');
const { Parser, REQUEST } = require('internal/http/parser');
const { headersCountMax, lenientFlags } = require('internal/http/lenience');
const {
  clientError,
  forgetSocket,
  isLimit,
  prepareSocket,
  routeRequest,
} = require('internal/http/routing');
const { closeResponse } = require('internal/http/response');
const { kUniqueHeaders } = require('internal/http/head');
const { append, remove } = require('internal/linkedlist');
const {
  kIncomingMessage,
  kNeedDrain,
  kServerResponse,
} = require('internal/http/symbols');
const {
  ConnResetException,
  codes: { ERR_HTTP_REQUEST_TIMEOUT },
} = require('internal/errors');
const { Buffer } = require('buffer');
const { setUnrefTimeout } = require('internal/timers');
const { clearTimeout } = require('internal/timers');

const { methods } = internalBinding('http');

// Flags of a request's head; see internal/http/lane.js.
const METHOD_MASK = 63;
const HTTP_11 = 64;
const KEEP_ALIVE = 128;
const HAS_BODY = 256;
const EXPECT_CONTINUE = 1024;
const UPGRADE = 2048;
const EXPECT_OTHER = 4096;
const NO_HOST = 1 << 28;

/** Empty lines before a request are no request. */
function isBlank(bytes) {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 13 && bytes[i] !== 10) return false;
  return true;
}

function abortedError() {
  return new ConnResetException('aborted');
}

class DuplexConnection {
  constructor(server, socket, connections) {
    this.server = server;
    this.socket = socket;
    this._idleNext = null;
    this._idlePrev = null;
    this.incoming = []; // Requests whose response is not out.
    this.outgoing = []; // Responses that wait for their turn.
    this.outgoingBytes = 0;
    this.requestsCount = 0;
    this.isKeepAliveTimed = false;
    this.messageOpen = false; // Bytes of a message came, its end did not.
    this.messagesCount = 0;
    this.timer = null;
    this.parser = Parser.acquire(
      REQUEST, this, server.maxHeaderSize || headerBytesMax(),
      lenientFlags(server.httpValidation, server.insecureHTTPParser),
      headersCountMax(server.maxHeadersCount));
    this.parser.socket = socket;
    if (watch.isOn) {
      this.parser.watch(new HTTPServerAsyncResource(this), socket._handle?.getAsyncId?.());
    }
    socket.parser = this.parser;
    this.dataListener = (bytes) => this.data(bytes);
    this.endListener = () => this.inputEnded();
    this.closeListener = () => this.closed();
    this.drainListener = () => this.drained();
    this.onRequestTimeout = () => {
      clientError(server, new ERR_HTTP_REQUEST_TIMEOUT(), socket);
    };
    append(connections, this);
  }

  isIdle() {
    return this.incoming.length === 0 && !this.messageOpen && this.messagesCount > 0;
  }

  // --- Timeouts

  watchHead() {
    const { headersTimeout, requestTimeout } = this.server;
    const isShorter = requestTimeout > 0 && requestTimeout < headersTimeout;
    this.watch(headersTimeout > 0 && !isShorter ? headersTimeout : requestTimeout);
  }

  watch(msecs) {
    clearTimeout(this.timer);
    this.timer = Number.isFinite(msecs) && msecs > 0 ?
      setUnrefTimeout(this.onRequestTimeout, msecs) : null;
  }

  unwatch() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  // --- Input

  data(bytes) {
    const { parser, socket } = this;
    if (!this.messageOpen && !isBlank(bytes)) {
      this.messageOpen = true;
      if (this.messagesCount > 0) this.watchHead();
    }
    const result = parser.execute(bytes);
    if (this.parser !== parser) return; // Closed by a listener.
    if (result instanceof Error) {
      clientError(this.server, result, socket);
    } else if (parser.isTaken) {
      this.handOver(parser.incoming, bytes.subarray(result));
      return;
    }
    if (!this.messageOpen && parser.isWithinHead()) {
      this.messageOpen = true; // Behind the one that was complete.
      this.watchHead();
    }
    if (socket._paused) socket.pause();
  }

  onHead(flags, length, head) {
    const { server, socket, parser } = this;
    const method = methods[flags & METHOD_MASK];
    const req = new server[kIncomingMessage](socket);
    parser.incoming = req;
    req.method = method;
    if ((flags & HTTP_11) === 0) setVersion(req, head);
    else setVersionNumbers(req, 1, 1);
    req.url = urlOf(flags, head, method);
    req.upgrade = (flags & UPGRADE) !== 0;
    req.joinDuplicateHeaders = server.joinDuplicateHeaders || false;
    setHead(req, head, 0);
    this.request(req, flags);
    return req.upgrade;
  }

  onBody(chunk) {
    const req = this.parser.incoming;
    if (req !== null && !pushBody(req, chunk)) readStop(this.socket);
  }

  onEnd(trailers) {
    this.unwatch();
    this.messageOpen = false;
    this.messagesCount++;
    const req = this.parser.incoming;
    if (req !== null) endBody(req, trailers);
    readStart(this.socket);
  }

  inputEnded() {
    const { server, socket } = this;
    const error = this.parser?.finish();
    if (error !== undefined) {
      clientError(server, error, socket);
    } else if (!server.httpAllowHalfOpen) {
      socket.end();
    } else if (this.outgoing.length > 0) {
      this.outgoing[this.outgoing.length - 1]._last = true;
    } else if (socket._httpMessage) {
      socket._httpMessage._last = true;
    } else {
      socket.end();
    }
  }

  // --- Requests and responses

  request(req, flags) {
    const { server, socket } = this;
    if (this.isKeepAliveTimed) {
      socket.setTimeout(server.timeout || 0);
      this.isKeepAliveTimed = false;
    }
    if (req.upgrade) {
      req.upgrade = req.method === 'CONNECT' || !!server.shouldUpgradeCallback(req);
      if (req.upgrade) return;
    }
    if ((flags & HAS_BODY) !== 0) this.watch(server.requestTimeout);
    else this.unwatch();
    this.incoming.push(req);
    // No more requests while nobody takes the answers.
    if (!socket._paused && (socket._writableState?.needDrain ||
        this.outgoingBytes >= socket.writableHighWaterMark)) {
      socket._paused = true;
      socket.pause();
    }
    const res = this.respond(req, (flags & KEEP_ALIVE) !== 0);
    const isLimited = (flags & HTTP_11) !== 0 && isLimit(server.maxRequestsPerSocket);
    if (isLimited) this.requestsCount++;
    routeRequest(server, req, res, {
      socketOwner: this,
      requestsCount: isLimited ? this.requestsCount : 0,
      isHttp11: (flags & HTTP_11) !== 0,
      hasHost: (flags & NO_HOST) === 0,
      hasExpect: (flags & (EXPECT_CONTINUE | EXPECT_OTHER)) !== 0,
      expectsContinue: (flags & EXPECT_CONTINUE) !== 0,
    });
  }

  respond(req, keepAlive) {
    const { server, socket } = this;
    const res = new server[kServerResponse](req, {
      highWaterMark: socket.writableHighWaterMark,
      rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites,
    });
    res._keepAliveTimeout = server.keepAliveTimeout;
    res._maxRequestsPerSocket = server.maxRequestsPerSocket;
    res._onPendingData = (delta) => {
      this.outgoingBytes += delta;
      this.drained();
    };
    res.shouldKeepAlive = keepAlive;
    res[kUniqueHeaders] = server[kUniqueHeaders];
    if (socket._httpMessage) this.outgoing.push(res);
    else res.assignSocket(socket);
    res.on('finish', () => this.answered(req, res));
    return res;
  }

  answered(req, res) {
    const { server, socket } = this;
    this.incoming.shift();
    release(req);
    res.detachSocket(socket);
    if (this.parser?.incoming === req && req.complete) this.parser.incoming = null;
    process.nextTick(closeResponse, res);
    if (res._last) {
      if (typeof socket.destroySoon === 'function') socket.destroySoon();
      else socket.end();
    } else if (this.outgoing.length > 0) {
      this.outgoing.shift().assignSocket(socket);
    } else {
      this.startKeepAlive(server, socket);
    }
  }

  startKeepAlive(server, socket) {
    const { keepAliveTimeout, keepAliveTimeoutBuffer } = server;
    if (!(Number.isFinite(keepAliveTimeout) && keepAliveTimeout > 0) ||
        typeof socket.setTimeout !== 'function') {
      return;
    }
    const extra = Number.isFinite(keepAliveTimeoutBuffer) && keepAliveTimeoutBuffer >= 0 ?
      keepAliveTimeoutBuffer : 1000;
    socket.setTimeout(keepAliveTimeout + extra);
    this.isKeepAliveTimed = true;
  }

  drained() {
    const { socket } = this;
    if (socket._paused && this.outgoingBytes <= socket.writableHighWaterMark) {
      socket._paused = false;
      socket.resume();
    }
    const message = socket._httpMessage;
    if (message && !message.finished && message[kNeedDrain] && message.writableLength === 0) {
      message[kNeedDrain] = false;
      message.emit('drain');
    }
  }

  // --- The end

  freeParser() {
    this.parser?.free();
    this.parser = null;
    this.socket.parser = null;
  }

  leave() {
    const { socket } = this;
    this.unwatch();
    remove(this);
    socket.removeListener('data', this.dataListener);
    socket.removeListener('end', this.endListener);
    socket.removeListener('close', this.closeListener);
    socket.removeListener('drain', this.drainListener);
    forgetSocket(socket);
    this.freeParser();
  }

  handOver(req, head) {
    const { server, socket } = this;
    const eventName = req.method === 'CONNECT' ? 'connect' : 'upgrade';
    endBody(req, undefined);
    this.leave();
    if (server.listenerCount(eventName) === 0) {
      socket.destroy();
      return;
    }
    socket.readableFlowing = null;
    server.emit(eventName, req, socket, head.length === 0 ? Buffer.alloc(0) : head);
  }

  closed() {
    this.unwatch();
    remove(this);
    this.freeParser();
    for (const req of this.incoming.splice(0)) abortMessage(req, abortedError);
    for (const res of this.outgoing.splice(0)) res.destroy(abortedError());
  }
}

function headerBytesMax() {
  const { getOptionValue } = require('internal/options');
  return getOptionValue('--max-http-header-size') || 16384;
}

/** Serves HTTP on `socket`; `connections` is the server's list of such connections. */
function serveDuplex(server, socket, connections) {
  const connection = new DuplexConnection(server, socket, connections);
  if (server.timeout && typeof socket.setTimeout === 'function') socket.setTimeout(server.timeout);
  forgetSocket(socket); // It may come from the other lane.
  prepareSocket(server, socket);
  socket._paused = false;
  socket.on('data', connection.dataListener);
  socket.on('end', connection.endListener);
  socket.on('close', connection.closeListener);
  socket.on('drain', connection.drainListener);
  connection.watchHead();
}

module.exports = { serveDuplex };
