'use strict';

// The fast lane: connections on which native speaks HTTP. One Lane object stands for a connection;
// requests come as page entries, a usual response leaves in one op. The net.Socket that programs
// may ask for (req.socket) is made when it is first touched, over a LaneHandle.

const {
  LaneRequest,
  abortMessage,
  endBody,
  pushBody,
  release,
  setHead,
  setVersion,
  setVersionNumbers,
  urlOf,
} = require('internal/http/incoming');
const {
  byteLengthOf,
  checkChunk,
  checkStrictEnd,
  countStrictly,
  flushEndCallbacks,
  isOpenFor,
  kEndCallbacks,
  kFlushError,
  kHighWaterMark,
  nop,
  queueEndCallback,
  refuseBody,
  reportError,
} = require('internal/http/outgoing');
const { LaneResponse, applyLaneOptions, closeResponse } = require('internal/http/response');
const {
  kHeadFlags,
  kIncomingMessage,
  kIsCutOff,
  kLane,
  kNeedDrain,
  kServerResponse,
  kSettings,
  kSocket,
  kWritableFinished,
} = require('internal/http/symbols');
const { isServerTraced } = require('internal/http/channels');
const { kUniqueHeaders } = require('internal/http/head');
const { clientError, isLimit, routeRequest } = require('internal/http/routing');
const { Corked } = require('internal/http/lane_corked');
const { ResponseQueue } = require('internal/http/lane_queue');
const { QUEUED_BYTES_MAX, makeFacade, upgrade, watchClose } = require('internal/http/lane_socket');
const { Socket } = require('internal/net/socket');
const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const {
  ConnResetException,
  ErrnoException,
  codes: { ERR_STREAM_DESTROYED, ERR_STREAM_WRITE_AFTER_END },
} = require('internal/errors');

const { watch } = require('internal/async_hooks');
const { Request, destroyResource, idOf, initResource } = require('internal/async_hooks/resources');
const { HTTPServerAsyncResource } = require('internal/http/async_resources');

const native = internalBinding('http');
const { methods } = native;

// Flags of a request entry.
const METHOD_MASK = 63;
const HTTP_11 = 64;
const KEEP_ALIVE = 128;
const HAS_BODY = 256;
const EXPECT_CONTINUE = 1024;
const UPGRADE = 2048;
const EXPECT_OTHER = 4096;
const NO_HOST = 1 << 28;
/** Requests that are not simply given to the handler. */
const UNUSUAL = EXPECT_CONTINUE | UPGRADE | EXPECT_OTHER | NO_HOST;

// Flags of native's reply(), writeHead() and end(), beside those of decideFraming().
const BODY_LATIN1 = 16;
const CLOSE_AFTER = 64;
const CHUNKED = 256;
const HEAD_UTF8 = 2048;

/** No connection: a number, as all numbers of connections are, for storing it is cheaper. */
const NOBODY = -1;

/** -errno of a write that was given up. */
const ECANCELED = -125;

/** What frames a chunk is not more, and leaves with the end of the turn. */
const FRAMING_BYTES_MAX = 64;

const HEAD_METHOD = methods.indexOf('HEAD');

/** What the program may still see of a response: 'finish', 'close', callbacks of end(). */
function isWatched(res) {
  return res._events !== undefined || res[kEndCallbacks] !== null || res.emit !== defaultEmit;
}

const defaultEmit = require('events').prototype.emit;

/** Encodings that native writes by itself: the flag, or -1. */
function bodyFlag(encoding) {
  switch (encoding) {
    case undefined: case null: case '': case 'utf8': case 'utf-8': return 0;
    case 'latin1': case 'binary': case 'ascii': return BODY_LATIN1;
    default: {
      const lower = `${encoding}`.toLowerCase();
      return lower === encoding ? (lower === 'buffer' ? 0 : -1) : bodyFlag(lower);
    }
  }
}

/** A connection. */
class Lane {
  constructor(number, server, frame) {
    this.number = number;
    this.server = server;
    this.settings = server[kSettings];
    this.frame = frame;
    this.req = null;
    this.res = null;
    this.facade = null;
    this.handle = null; // Of the facade.
    this.onSocketEnd = null;
    this.onSocketClose = null;
    this.isCloseWatched = false; // By the response that the facade has.
    this.hasFailed = false; // What came was no HTTP, and native reads no more of it.
    this.endError = null; // What the end of the peer's bytes has cut off.
    this.isOpen = true;
    this.isOver = false; // The program has declared the connection closed.
    this.isCut = false; // What was ended was not taken any more.
    this.hasLost = false; // It destroyed the connection, and bytes were not with the kernel yet.
    this.bodyPaused = false;
    this.requestsCount = 0;
    this.queue = null; // Responses that wait for their turn.
    this.settling = null; // The response that the next tick settles.
    this.waiting = null; // Responses whose bytes are not with the kernel yet.
    this.callbacks = null; // Of write().
    this.isDraining = false; // A tick is to tell that all is with the kernel.
    this.corked = null; // What is to be written in the next tick.
    this.spareCorked = null; // What holds it, between ticks too.
    this.message = null; // The async resource of its requests, while somebody watches.
    if (watch.isOn) this.watch(server);
  }

  /** Hooks see a connection, and a parser of its requests. */
  watch(server) {
    const id = initResource(this, 'TCPWRAP', server._handle?.getAsyncId());
    this.message = new HTTPServerAsyncResource(this);
    initResource(this.message, 'HTTPINCOMINGMESSAGE', id);
  }

  get socket() {
    return this.facade === null ? makeFacade(this) : this.facade;
  }

  get lenient() {
    return this.settings.isLenient;
  }

  writableLength(res) {
    if (!this.isOpen) return 0;
    const corked = this.corked === null ? 0 : this.corked.length();
    return Math.max(0, native.queuedBytes(this.number)) + corked;
  }

  // --- The response side, called by OutgoingMessage

  /** Does the program want to see what is written, or to hold it back? */
  isIntercepted() {
    const { facade } = this;
    return facade !== null &&
      (facade.write !== Socket.prototype.write || facade.writableCorked !== 0);
  }

  /** The open response goes through the socket from here on. */
  toSocket() {
    const { res } = this;
    if (res === null || res[kLane] !== this || res.finished) return;
    if (this.corked !== null) this.corked.uncork();
    if (this.queue === null) this.queue = new ResponseQueue(this);
    this.queue.adopt(res);
  }

  storeHead(res, head, flags) {
    res._header = head;
    if (res._last) flags |= CLOSE_AFTER;
    if (res.chunkedEncoding && res._hasBody) flags |= CHUNKED;
    res[kHeadFlags] = flags;
  }

  end(res, chunk, encoding, callback) {
    if (this.isIntercepted()) {
      this.toSocket();
      res.end(chunk, encoding, callback);
      return;
    }
    if (chunk) {
      if (res.finished) {
        reportError(res, new ERR_STREAM_WRITE_AFTER_END(), callback ?? nop);
        return;
      }
      checkChunk(chunk);
      if (!res.destroyed) chunk = this.prepareLast(res, chunk, encoding);
    } else {
      if (res.finished) {
        if (callback !== undefined) queueEndCallback(res, callback);
        return;
      }
      chunk = undefined;
      if (res._header === null) {
        res._contentLength = 0;
        res._implicitHeader();
      }
    }
    if (callback !== undefined && !res.destroyed) queueEndCallback(res, callback);
    if (res.strictContentLength) checkStrictEnd(res);
    res.finished = true;
    if (!this.isOpen || res[kLane] !== this) {
      res._finish();
      return;
    }
    if (res.destroyed) {
      res[kFlushError] = new ERR_STREAM_DESTROYED('end');
      res._finish();
      return;
    }

    if (this.corked !== null) this.corked.uncork();
    let flags = res[kHeadFlags];
    if (typeof chunk === 'string' && encoding) {
      const flag = bodyFlag(encoding);
      if (flag === -1) chunk = Buffer.from(chunk, encoding);
      else flags |= flag;
    }
    let status;
    if (res._headerSent) {
      status = native.end(this.number, chunk, res._trailer === '' ? undefined : res._trailer,
                          flags & ~CHUNKED);
    } else if (res._trailer === '' || !res.chunkedEncoding) {
      res._headerSent = true;
      status = native.reply(this.number, res._header, chunk, flags);
    } else {
      res._headerSent = true;
      native.writeHead(this.number, res._header, flags & ~BODY_LATIN1);
      status = native.end(this.number, chunk, res._trailer, flags & ~CHUNKED);
    }
    if (status < 0) { // The connection was closed: its entry is on the way.
      this.isCut = true;
      return;
    }
    if (isWatched(res)) res._finish();
    // While the handler runs, request() looks after the end of a response that nobody watches.
    else if (this.settings.answering === this.number) return;
    this.settling = res;
    process.nextTick(settle, this, res);
  }

  /** What end() does with its chunk before anything is sent; what there is to be sent. */
  prepareLast(res, chunk, encoding) {
    if (res.strictContentLength) {
      countStrictly(res, byteLengthOf(chunk, encoding), true);
    }
    if (res._header === null) {
      // Native counts the bytes, but who is strict about them has counted them, too.
      res._contentLength = res.strictContentLength ? byteLengthOf(chunk, encoding) : chunk.length;
      res._implicitHeader();
    }
    if (res._hasBody) return chunk;
    refuseBody(res, nop);
    return undefined;
  }

  write(res, chunk, encoding, callback) {
    if (this.isIntercepted()) {
      this.toSocket();
      return res.write(chunk, encoding, callback);
    }
    checkChunk(chunk);
    if (!isOpenFor(res, callback)) return false;
    if (res.strictContentLength) countStrictly(res, byteLengthOf(chunk, encoding), false);
    if (res._header === null) res._implicitHeader();
    if (!res._hasBody) {
      refuseBody(res, callback);
      return true;
    }
    if (!this.isOpen || (this.facade !== null && this.facade.destroyed)) return false;
    if (this.corked === null) {
      this.corked = this.spareCorked ??= new Corked(this);
      this.corked.begin(res);
    }
    return this.addCorked(chunk, encoding, callback);
  }

  addCorked(chunk, encoding, callback) {
    if (typeof chunk === 'string' && encoding && bodyFlag(encoding) === -1) {
      chunk = Buffer.from(chunk, encoding);
    }
    return this.corked.add(chunk, encoding, callback ?? nop);
  }

  /** Head (if it is not out yet) and a piece of the body, at once. */
  send(res, chunk, encoding, callback) {
    if (!this.isOpen) return false;
    if (this.corked !== null) return this.addCorked(chunk, encoding, callback);
    const isHeadDue = !res._headerSent;
    res._headerSent = true;
    return this.afterWrite(res, this.sendNow(res, isHeadDue, chunk, encoding), callback);
  }

  /** Gives the bytes that are queued now, or -errno. */
  sendNow(res, isHeadDue, chunk, encoding) {
    if (isHeadDue) {
      let flags = res[kHeadFlags];
      // As Node, which makes one string of them.
      if (typeof chunk === 'string' && (chunk.length === 0 || (flags & CHUNKED) === 0) &&
          bodyFlag(encoding) === 0) {
        flags |= HEAD_UTF8;
      }
      native.writeHead(this.number, res._header, flags);
    }
    let queued = 0;
    if (chunk.length !== 0) {
      let flags = 0;
      if (typeof chunk === 'string' && encoding) {
        flags = bodyFlag(encoding);
        if (flags === -1) {
          chunk = Buffer.from(chunk, encoding);
          flags = 0;
        }
      }
      queued = native.write(this.number, chunk, flags);
    }
    return queued;
  }

  writeRaw(res, data, encoding, callback) {
    if (!this.isOpen) return false;
    if (this.corked !== null) this.corked.uncork();
    const queued = native.writeRaw(
      this.number, data, typeof data === 'string' && bodyFlag(encoding) === BODY_LATIN1 ?
        BODY_LATIN1 : 0);
    return this.afterWrite(res, queued, callback);
  }

  afterWrite(res, queued, callback) {
    const { facade } = this;
    const accepted = queued <
      (facade === null ? res[kHighWaterMark] : facade.writableHighWaterMark);
    if (typeof callback === 'function' && callback !== nop) {
      // Native may still need the buffer of a write that is not with the kernel.
      if (accepted && queued < QUEUED_BYTES_MAX && this.callbacks === null) {
        process.nextTick(callback, null);
      } else {
        this.callbacks ??= [];
        this.callbacks.push(callback);
      }
    }
    if (!accepted || this.callbacks !== null) this.awaitDrain();
    return accepted && !res[kNeedDrain];
  }

  /** 'drain' is to come: as in Node with the next tick, if the kernel has taken all. */
  awaitDrain() {
    if (this.isDraining) return;
    if (native.queuedBytes(this.number) < FRAMING_BYTES_MAX) {
      this.isDraining = true;
      process.nextTick(drainNT, this);
    } else {
      native.wantDrain(this.number);
    }
  }

  // --- Requests

  request(flags, length, head) {
    if (this.res !== null || this.isOver) {
      this.pipelined(flags, head);
      return;
    }
    const { server } = this;
    const methodIndex = flags & METHOD_MASK;
    const method = methods[methodIndex];
    const url = urlOf(flags, head, method);
    const keepAlive = (flags & KEEP_ALIVE) !== 0;
    const { settings } = this;
    let req;
    let res;
    if (settings.isPlain) {
      req = new LaneRequest(this, head, method, url);
      res = new LaneResponse(req, this, keepAlive, settings.keepAliveTimeout);
      if ((flags & HTTP_11) === 0) {
        setVersion(req, head);
        forHttp10(req, res);
      }
      if (methodIndex === HEAD_METHOD) res._hasBody = false;
    } else {
      req = makeRequest(this, head, flags);
      res = makeResponse(this, req, keepAlive);
    }
    this.req = req;
    this.res = res;
    if (this.facade !== null) {
      this.facade._httpMessage = res;
      if (!this.isCloseWatched) watchClose(this);
    }
    if (this.bodyPaused) this.resumeBody(req);
    settings.answering = this.number;
    try {
      if ((flags & UNUSUAL) !== 0 || settings.isWatchful || isServerTraced()) {
        this.unusual(req, res, flags);
      } else {
        server.emit('request', req, res);
      }
    } finally {
      settings.answering = NOBODY;
      if ((flags & HAS_BODY) === 0 && this.req === req) endBody(req, undefined);
      if (res.finished && res[kLane] === this && res[kFlushError] === null &&
          this.settling !== res && !this.isCut) {
        // What the program does with the rest of the body shows when its ticks have run.
        if (!req.complete || isWatched(res)) process.nextTick(settle, this, res);
        else this.finish(res);
      }
    }
  }

  /** A request that came before the answer to the one in front of it. */
  pipelined(flags, head) {
    if (this.isOver) return;
    const req = makeRequest(this, head, flags);
    this.req = req;
    if (this.bodyPaused) this.resumeBody(req);
    if ((flags & UPGRADE) !== 0 && this.isUpgrade(req)) {
      this.toSocket(); // The response before it is still open.
      upgrade(this, req);
      return;
    }
    if (this.queue === null) this.queue = new ResponseQueue(this);
    const res = this.queue.respond(req, (flags & KEEP_ALIVE) !== 0);
    try {
      this.route(req, res, flags);
    } finally {
      if ((flags & HAS_BODY) === 0 && this.req === req) endBody(req, undefined);
    }
  }

  isUpgrade(req) {
    req.upgrade = req.method === 'CONNECT' || !!this.server.shouldUpgradeCallback(req);
    return req.upgrade;
  }

  /** Requests that need more than 'request'. */
  unusual(req, res, flags) {
    if ((flags & UPGRADE) !== 0 && this.isUpgrade(req)) {
      this.res = null;
      upgrade(this, req);
      return;
    }
    this.route(req, res, flags);
  }

  route(req, res, flags) {
    const { server } = this;
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

  /** Everything about a response is over: 'finish' for those who listen. */
  finish(res) {
    this.releaseRequest(res.req);
    if (this.res === res) this.res = null;
    if (this.facade !== null) {
      if (this.facade._httpMessage === res) this.facade._httpMessage = null;
      if (res._last) this.facade.destroySoon();
    }
    if (this.message !== null && res._last) {
      // Native ends the connection; Node's hooks see that as a request.
      destroyResource(new Request('SHUTDOWNWRAP', idOf(this)));
    }
    res[kLane] = null;
    res[kWritableFinished] = true;
    if (this.queue !== null && !res._last) this.queue.next();
    if (isWatched(res)) {
      process.nextTick(closeResponse, res);
      flushEndCallbacks(res, null);
      res.emit('finish');
    } else {
      res.destroyed = true;
      res._closed = true;
    }
  }

  /** A request is answered: what is left of its body is read off, unless the program reads it. */
  releaseRequest(req) {
    if (req[kLane] === this && this.req === req && !req.complete && !req._consuming) {
      this.bodyPaused = false;
      native.bodyDump(this.number);
      if (this.facade !== null) this.facade.resume();
    } else if (this.bodyPaused && req.complete) {
      this.resumeBody(req);
    }
    release(req);
    if (this.req === req && req.complete) this.req = null;
  }

  /** The output queue is empty (or broken). */
  drained(status) {
    const { waiting, callbacks, res } = this;
    this.waiting = null;
    this.callbacks = null;
    if (status >= 0 && res !== null && res[kLane] === this && res[kNeedDrain] && !res.finished) {
      res[kNeedDrain] = false;
      res.emit('drain');
    }
    if (callbacks !== null) {
      const error = status < 0 ? new ErrnoException(status, 'write') : null;
      for (let i = 0; i < callbacks.length; i++) callbacks[i](error);
    }
    if (status < 0) {
      if (waiting !== null) this.waiting = waiting; // gone() will tell them.
      return;
    }
    if (waiting !== null) for (let i = 0; i < waiting.length; i++) this.finish(waiting[i]);
    if (this.facade !== null) this.facade._handle?.handleDrained(status);
  }

  // --- Request bodies

  body(memory) {
    const { req } = this;
    if (req === null) return;
    if (!pushBody(req, new FastBuffer(memory))) {
      this.bodyPaused = true;
      native.bodyPause(this.number);
      if (this.facade !== null) this.facade.pause();
    }
  }

  bodyEnd(trailers) {
    const { req } = this;
    if (req === null) return;
    endBody(req, trailers);
    if (this.res === null) this.req = null; // Answered before.
  }

  resumeBody(req) {
    if (!this.bodyPaused || req !== this.req || !this.isOpen) return;
    this.bodyPaused = false;
    native.bodyResume(this.number);
    if (this.facade !== null) this.facade.resume();
  }

  // --- The end

  /** 'end' of the facade: the peer sends no more. */
  inputEnded() {
    const { endError, facade, queue, res, server } = this;
    if (endError !== null) {
      clientError(server, endError, facade);
    } else if (!server.httpAllowHalfOpen || res === null) {
      facade.end();
    } else {
      const last = queue?.waiting.at(-1) ?? res;
      last._last = true;
    }
  }

  handleShutdown(status) {
    if (this.handle !== null) this.handle.handleShutdown(status);
  }

  /** The connection is over; `status` is -errno or 0. */
  gone(status) {
    if (!this.isOpen) return;
    const { server } = this;
    // A program that watches for errors learns of resets, too.
    if (status < 0 && server.listenerCount('clientError') !== 0) makeFacade(this);
    this.isOpen = false;
    if (this.corked !== null) this.corked.forget();
    this.unwatch();
    const { res, facade, waiting } = this;
    if (this.isUnanswered() && res.finished && !this.isCut) failEnd(res, status);
    if (waiting !== null) for (let i = 0; i < waiting.length; i++) failEnd(waiting[i], status);
    if (facade === null) {
      this.abandon();
      server._connections--;
      server._emitCloseIfDrained();
      return;
    }
    const hasError = status < 0 && !facade.destroyed;
    if (!hasError && this.handle.onshutdown !== null && !facade.destroyed) {
      facade.destroySoon(); // It has ended: 'finish' comes first.
      this.handle.handleShutdown(0);
      return;
    }
    if (!facade.destroyed) facade.destroy(hasError ? this.handle.errorOf(status) : undefined);
    // An error comes before the end, and that in a turn of its own.
    if (!hasError) this.abandon();
  }

  /** Is there a response whose end was not told? */
  isUnanswered() {
    const { res } = this;
    return res !== null && res[kLane] === this && !res[kWritableFinished];
  }

  /** What is unfinished is cut off: first all requests hear of it, then the socket. */
  abandon() {
    const { handle, res, queue, waiting } = this;
    const isUnanswered = this.isUnanswered();
    if (res !== null && !res[kWritableFinished]) abortMessage(res.req, abortedError);
    if (queue !== null) {
      for (const { req } of queue.waiting) abortMessage(req, abortedError);
    }
    if (handle !== null) handle.handleClosed();
    if (isUnanswered) this.cutOff(res);
    if (queue !== null) for (const res of queue.waiting.splice(0)) res.destroy(abortedError());
    if (waiting !== null) for (let i = 0; i < waiting.length; i++) this.cutOff(waiting[i]);
    this.req = null;
    this.res = null;
    this.waiting = null;
  }

  /** What hooks know of the connection is over. */
  unwatch() {
    if (this.message === null) return;
    destroyResource(this.message);
    destroyResource(this);
    this.message = null;
  }

  /** 'close' was emitted on the socket, by whomever. */
  freeParser() {
    this.isOver = true;
    const { parser } = this.facade;
    if (!parser) return;
    this.facade.parser = null;
    parser.free();
  }

  /** What the program wants to see of the bytes that come. */
  handleRead(count, bytes) {
    if (this.facade !== null) this.handle.handleRead(count, bytes);
  }

  /** Entry 5: the close that JavaScript asked for is done. */
  handleClosed() {
    this.gone(0);
  }

  cutOff(res) {
    const isHeard = isWatched(res);
    res[kLane] = null;
    res[kSocket] = this.facade;
    res[kIsCutOff] = true;
    res.outputData = [];
    if (isHeard) {
      closeResponse(res);
    } else {
      res.destroyed = true;
      res._closed = true;
    }
  }
}

/**
 * A response was ended. As Node, we call it finished when its bytes are on their way: at once if
 * they are few, else when the kernel has taken them.
 */
function settle(lane, res) {
  lane.settling = null;
  if (!lane.isOpen || res[kLane] !== lane) return;
  if (res[kFlushError] !== null) return;
  if (lane.hasLost) return; // gone() tells of it.
  if (isWatched(res) && (lane.callbacks !== null ||
             native.queuedBytes(lane.number) >= QUEUED_BYTES_MAX)) {
    if (lane.waiting === null) lane.waiting = [res];
    else lane.waiting.push(res);
    native.wantDrain(lane.number);
  } else {
    lane.finish(res);
  }
}

/** What was written of an ended response is lost with the connection. */
function failEnd(res, status) {
  if (res[kFlushError] !== null) return;
  res[kFlushError] = new ErrnoException(status < 0 ? status : ECANCELED, 'write');
  flushEndCallbacks(res, res[kFlushError]);
}

function drainNT(lane) {
  lane.isDraining = false;
  if (!lane.isOpen) return;
  if (native.queuedBytes(lane.number) < FRAMING_BYTES_MAX) lane.drained(0);
  else native.wantDrain(lane.number);
}

function abortedError() {
  return new ConnResetException('aborted');
}

function forHttp10(req, res) {
  res.useChunkedEncodingByDefault = /(?:^|\W)chunked(?:$|\W)/i.test(req.headers.te);
}

/** A request of the server's own class, or with options that few servers have. */
function makeRequest(lane, head, flags) {
  const { server } = lane;
  const method = methods[flags & METHOD_MASK];
  const url = urlOf(flags, head, method);
  const Request = server[kIncomingMessage];
  let req;
  if (lane.settings.hasPlainRequest) {
    req = new LaneRequest(lane, head, method, url);
  } else {
    req = new Request(lane.socket);
    req[kLane] = lane;
    req.method = method;
    req.url = url;
    req.upgrade = false;
  }
  setHead(req, head, 0);
  if ((flags & HTTP_11) === 0) setVersion(req, head);
  else setVersionNumbers(req, 1, 1);
  if (server.joinDuplicateHeaders) req.joinDuplicateHeaders = true;
  return req;
}

function makeResponse(lane, req, keepAlive) {
  const { server } = lane;
  let res;
  if (lane.settings.hasPlainResponse) {
    res = new LaneResponse(req, lane, keepAlive, lane.settings.keepAliveTimeout);
    if (req.method === 'HEAD') res._hasBody = false;
    if (req.httpVersionMinor === 0) forHttp10(req, res);
  } else {
    const Response = server[kServerResponse];
    res = new Response(req, {
      highWaterMark: server.highWaterMark,
      rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites,
    });
    res[kLane] = lane;
    res._keepAliveTimeout = server.keepAliveTimeout;
    res.shouldKeepAlive = keepAlive;
  }
  applyLaneOptions(res, server);
  res._maxRequestsPerSocket = server.maxRequestsPerSocket;
  if (server[kUniqueHeaders] !== null) res[kUniqueHeaders] = server[kUniqueHeaders];
  return res;
}

module.exports = { Lane };
