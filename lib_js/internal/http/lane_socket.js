'use strict';

// The net.Socket of a connection of the fast lane, and the ways out of the lane: an upgrade, or
// somebody who wants the bytes themselves.

const { endBody } = require('internal/http/incoming');
const { forgetSocket, prepareSocket } = require('internal/http/routing');
const { closeResponse } = require('internal/http/response');
const { StreamHandle, fillName, take } = require('internal/net/handle');
const { acceptedSocket } = require('internal/net/server');
const { Socket } = require('internal/net/socket');
const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const { ErrnoException } = require('internal/errors');
const { setImmediate } = require('internal/timers');

const { idOf } = require('internal/async_hooks/resources');

const native = internalBinding('http');
const { reset: resetNative } = internalBinding('tcp_wrap');

const BODY_LATIN1 = 16;

/** Fewer queued bytes than this count as sent. */
const QUEUED_BYTES_MAX = 65536;

/** The `_handle` of a facade: what a StreamHandle can do, on a connection of the lane. */
class LaneHandle {
  constructor(lane) {
    this.lane = lane;
    this.number = lane.number;
    this.isLane = true;
    this.isPipe = false;
    this.owner = null;
    this.reading = false;
    this.isTapped = false;
    this.isEnded = false; // The peer sends no more.
    this.closing = false;
    this.onclosed = null;
    this.ondrained = null;
    this.onshutdown = null;
  }

  getAsyncId() { return idOf(this.lane); }
  get fd() { return native.fd(this.number); }
  getsockname(out) { return fillName(out, native.sockName(this.number)); }
  getpeername(out) { return fillName(out, native.peerName(this.number)); }
  get bytesRead() { return Math.max(0, native.bytesRead(this.number)); }
  get bytesWritten() { return Math.max(0, native.bytesWritten(this.number)) + this.corkedBytes; }
  get writeQueueSize() { return Math.max(0, native.queuedBytes(this.number)) + this.corkedBytes; }
  get corkedBytes() { return this.lane.corked === null ? 0 : this.lane.corked.length(); }
  setNoDelay(on) { return native.setNoDelay(this.number, on); }
  setKeepAlive(on, seconds, interval = 0, probes = 0) {
    return native.setKeepAlive(this.number, on, seconds, interval, probes);
  }

  errorOf(status) { return new ErrnoException(status, 'read'); }
  setIdleTimeout(msecs) { return native.setIdleTimeout(this.number, msecs); }
  ref() { native.ref(this.number); }
  unref() { native.unref(this.number); }
  hasRef() { return native.hasRef(this.number); }

  /** The handle of the same connection outside of the lane; null: it is over. */
  leave() {
    this.uncork();
    const number = native.detach(this.number);
    if (number < 0) return null;
    take(number);
    const handle = new StreamHandle(number, false);
    handle.frame = this.lane.frame;
    return handle;
  }

  /** What responses have written goes before what comes now. */
  uncork() {
    if (this.lane.corked !== null) this.lane.corked.uncork();
  }

  /** Somebody wants the bytes of the connection, too. */
  tap() {
    if (this.isTapped) return;
    this.isTapped = true;
    native.tap(this.number);
  }

  handleRead(count, bytes) {
    if (count === 0) this.isEnded = true;
    this.owner._onread(this, count, bytes);
  }

  readStart() {
    this.reading = this.isTapped;
    if (this.isTapped) native.stopInput(this.number, false);
    return 0;
  }

  readStop() {
    if (this.isTapped) native.stopInput(this.number, true);
    return 0;
  }

  writeString(text, encoding) {
    if (encoding === 'ucs2') return this.writeBuffer(Buffer.from(text, 'ucs2'));
    this.uncork();
    return native.writeRaw(this.number, text, encoding === 'latin1' ? BODY_LATIN1 : 0);
  }

  writeBuffer(bytes) {
    this.uncork();
    return native.writeRaw(this.number, bytes, 0);
  }

  writeBuffers(list) {
    this.uncork();
    let queued = 0;
    for (let i = 0; i < list.length; i++) queued = native.writeRaw(this.number, list[i], 0);
    return queued;
  }

  whenDrained(callback) {
    this.ondrained = callback;
    native.wantDrain(this.number);
    return 0;
  }

  handleDrained(status) {
    const callback = this.ondrained;
    this.ondrained = null;
    if (callback !== null) callback(status);
  }

  /** Ends our half and reads on; false: that cannot be done, or nobody would watch the clock. */
  endHalf() {
    return !this.lane.hasFailed && native.shutdown(this.number) === 0;
  }

  handleShutdown(status) {
    const callback = this.onshutdown;
    this.onshutdown = null;
    if (callback !== null) callback(status);
  }

  /** end() on the socket of a server: what is queued goes out, then our half is closed. */
  shutdown(callback) {
    this.uncork();
    if (!this.isEnded && this.endHalf()) {
      this.onshutdown = callback;
      return 0;
    }
    const error = native.close(this.number);
    if (error >= 0) {
      this.closing = true;
      this.onshutdown = callback;
      setImmediate(answerShutdown, this); // It takes a turn, as in Node.
    }
    return error;
  }

  reset(callback) {
    return this.closeBy(resetNative, callback);
  }

  close(callback) {
    return this.closeBy(native.destroy, callback);
  }

  closeBy(end, callback) {
    if (typeof callback === 'function') this.onclosed = callback;
    if (!this.lane.isOpen) {
      setImmediate(runClosed, this); // 'close' comes after 'error'.
    } else if (!this.closing) {
      this.closing = true;
      this.lane.corked?.forget();
      this.lane.hasLost = native.queuedBytes(this.number) >= QUEUED_BYTES_MAX;
      return end(this.number);
    }
    return 0;
  }

  handleClosed() {
    const callback = this.onclosed;
    this.onclosed = null;
    if (callback !== null) callback();
  }
}

function answerShutdown(handle) {
  handle.handleShutdown(0);
}

function runClosed(handle) {
  if (handle.onclosed !== null) handle.lane.abandon();
}

/** What Node's users look for in `socket.parser`. */
class LaneParser {
  constructor(lane) {
    this.lane = lane;
  }

  get incoming() {
    return this.lane.req;
  }

  /** Called when the socket is closed. */
  free() {}

  close() {}
}

/** Stands for the parser among the listeners of 'data', which it does not need. */
function parserData() {}

/** A listener of a facade that asks for its bytes gets them beside the parser. */
function listenerMethod(name) {
  const original = Socket.prototype[name];
  return function(event, listener) {
    const result = original.call(this, event, listener);
    if ((event === 'data' || event === 'readable') && this._handle?.isLane) this._handle.tap();
    return result;
  };
}

/** What differs between a facade and other sockets, as in Node. */
const facadeMethods = {
  on: listenerMethod('on'),
  addListener: listenerMethod('addListener'),
  prependListener: listenerMethod('prependListener'),
  /** A program that feeds the parser by itself. */
  push(chunk, encoding) {
    const handle = this._handle;
    if (chunk !== null && handle?.isLane && !handle.isTapped) changeLane(handle.lane);
    return Socket.prototype.push.call(this, chunk, encoding);
  },
};

/** Node's sockets have none of their own that is seen. */
const PUSH = {
  __proto__: null, value: facadeMethods.push, configurable: true, writable: true, enumerable: false,
};

function closeOpenResponse() {
  if (this._httpMessage) closeResponse(this._httpMessage);
}

/** The first response has come: it hears of the end behind those who were there before it. */
function watchClose(lane) {
  lane.isCloseWatched = true;
  lane.facade.on('close', closeOpenResponse);
}

/** A socket stands for a connection of the lane. */
function becomeFacade(lane, socket, handle) {
  handle.owner = socket;
  lane.facade = socket;
  lane.handle = handle;
  socket.parser = new LaneParser(lane);
  prepareSocket(lane.server, socket);
  socket.on('data', parserData);
  lane.onSocketEnd = () => lane.inputEnded();
  socket.on('end', lane.onSocketEnd);
  lane.onSocketClose = () => lane.freeParser();
  socket.on('close', lane.onSocketClose);
  if (lane.res !== null) watchClose(lane);
  socket.on = facadeMethods.on;
  socket.addListener = facadeMethods.addListener;
  socket.prependListener = facadeMethods.prependListener;
  Object.defineProperty(socket, 'push', PUSH);
  socket._paused = false;
  native.watchEnd(lane.number);
}

function makeFacade(lane) {
  if (lane.facade !== null) return lane.facade;
  const handle = new LaneHandle(lane);
  const socket = acceptedSocket(lane.server, handle);
  becomeFacade(lane, socket, handle);
  if (lane.res !== null) socket._httpMessage = lane.res;
  if (!lane.isOpen) {
    // Made only now that the connection is gone (an 'error' listener asks for req.socket): the
    // connection was counted off already.
    socket._server = null;
    socket.destroy();
  }
  return socket;
}

/** Takes a connection out of the lane; its socket (the same object if there is one) lives on. */
function leaveLane(lane) {
  const socket = lane.socket;
  const handle = lane.handle.leave();
  if (handle === null) return null; // Over already: its last entry is on the way.
  lane.isOpen = false;
  lane.unwatch();
  handle.owner = socket;
  socket._handle = handle;
  if (lane.res === null) socket._httpMessage = null;
  socket.parser = null;
  socket.removeListener('data', parserData);
  socket.removeListener('end', lane.onSocketEnd);
  socket.removeListener('close', lane.onSocketClose);
  socket.removeListener('close', closeOpenResponse);
  for (const name in facadeMethods) delete socket[name];
  socket.readableFlowing = null;
  socket._readableState.reading = false; // Nothing has come by the facade's own handle.
  if (socket.timeout) socket.setTimeout(socket.timeout); // Now on a timer of JavaScript.
  return socket;
}

/** From the fast lane to the slow one, between two requests. */
function changeLane(lane) {
  if (!lane.isOpen || native.openRequests(lane.number) > 0) return;
  const { server } = lane;
  const socket = leaveLane(lane);
  if (socket === null) return;
  server._onslowlane(socket);
}

function upgrade(lane, req) {
  const { server } = lane;
  const eventName = req.method === 'CONNECT' ? 'connect' : 'upgrade';
  const head = native.takeUnparsed(lane.number);
  if (server.listenerCount(eventName) === 0) {
    lane.socket.destroy();
    return;
  }
  endBody(req, undefined);
  const socket = leaveLane(lane);
  if (socket === null) return; // An error that is on its way is still the server's to take.
  forgetSocket(socket);
  socket.read(0); // As in Node the bytes flow in, if only into the buffer.
  server.emit(eventName, req, socket, head === undefined ? Buffer.alloc(0) :
    new FastBuffer(head.buffer, head.byteOffset, head.byteLength));
}

module.exports = {
  LaneHandle,
  QUEUED_BYTES_MAX,
  becomeFacade,
  leaveLane,
  makeFacade,
  upgrade,
  watchClose,
};
