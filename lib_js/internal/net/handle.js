'use strict';

// What net.Socket and net.Server hold as `_handle`: one object for each native handle, and the
// place where the page entries of sockets find their object again.

const { Symbol } = primordials;

const {
  accept: KIND_ACCEPT,
  read: KIND_READ,
  drained: KIND_DRAINED,
  connect: KIND_CONNECT,
  closed: KIND_CLOSED,
  shutdown: KIND_SHUTDOWN,
} = require('internal/net/kinds');
const { registerKind } = require('boot/turn');
const { FastBuffer } = require('internal/buffer');
const {
  watch,
  symbols: { async_id_symbol, resource_symbol },
} = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');
const { current: currentFrame, set: setFrame } = require('internal/async_context_frame');
const { setImmediate } = require('internal/timers');
const native = internalBinding('tcp_wrap');

const SLOT_MASK = 0xfffff;
/** What is longer native may send at once, from where it lies. */
const SMALL_BYTES_MAX = 4096;
const EBADF = -9;
const EINVAL = -22;
const ENAMETOOLONG = -36;
const ENOTSOCK = -88;
const EALREADY = -114;
/** The number of a handle that native does not know yet. */
const UNOPENED = -1;
/** What a net.BoundSocket answers once: its descriptor and path. */
const kAdopt = Symbol('kAdopt');

/** Objects of all open handles by slot; http connections put theirs here too. */
const slots = [];

/** Objects whose slot has a new owner though their last entry is still to come. */
const displaced = new Map();

function put(number, object) {
  const slot = number & SLOT_MASK;
  const old = slots[slot];
  if (old !== undefined) displaced.set(old.number, old);
  slots[slot] = object;
}

function find(number) {
  const object = slots[number & SLOT_MASK];
  if (object !== undefined && object.number === number) return object;
  return displaced.size === 0 ? undefined : displaced.get(number);
}

function take(number) {
  const slot = number & SLOT_MASK;
  const object = slots[slot];
  if (object !== undefined && object.number === number) {
    slots[slot] = undefined;
    return object;
  }
  const old = displaced.get(number);
  displaced.delete(number);
  return old;
}

/** All that is open, for process._getActiveHandles(). */
function openHandles() {
  return slots.filter((object) => object !== undefined);
}

const ENCODINGS = { __proto__: null, utf8: 0, latin1: 1, ucs2: 2 };

function fillName(out, name) {
  if (typeof name === 'number') return name;
  const { 0: family, 1: address, 2: port } = name;
  if (family === 1) return EBADF; // Unix sockets have no name that Node shows.
  out.address = address;
  out.family = family === 6 ? 'IPv6' : 'IPv4';
  out.port = port;
  return 0;
}

/** Node calls the path of a unix socket that is too long invalid. */
function unixError(result) {
  return result === ENAMETOOLONG ? EINVAL : result;
}

function runClosed(handle) {
  handle.handleClosed();
}

/** What every handle can do. */
class Handle {
  constructor(number) {
    this.number = number;
    this.owner = null;
    this.frame = currentFrame(); // Async context of the callbacks.
    this.onclosed = null;
    this.closing = false;
    this.isUnreffed = false;
    if (number !== UNOPENED) put(number, this);
  }

  getAsyncId() {
    return resources.idOf(this);
  }

  /** Gives a handle that was made ahead its native thing. */
  open(number) {
    this.number = number;
    put(number, this);
    if (this.isUnreffed) native.unref(number);
  }

  get fd() {
    return this.closing || this.number === UNOPENED ? -1 : native.fd(this.number);
  }

  getsockname(out) {
    return fillName(out, native.sockName(this.number));
  }

  ref() {
    this.isUnreffed = false;
    if (this.number !== UNOPENED) native.ref(this.number);
  }

  unref() {
    this.isUnreffed = true;
    if (this.number !== UNOPENED) native.unref(this.number);
  }

  hasRef() {
    return !this.closing && !this.isUnreffed;
  }

  close(callback) {
    if (this.closing) return;
    this.closing = true;
    if (typeof callback === 'function') this.onclosed = callback;
    // Nothing more will be called in its scope.
    if (watch.isOn && this.onclosed === null) resources.destroyResource(this);
    if (this.number === UNOPENED) setImmediate(runClosed, this);
    else native.close(this.number);
  }

  handleClosed() {
    const callback = this.onclosed;
    this.onclosed = null;
    if (callback === null) return;
    if (!watch.isOn) {
      callback();
      return;
    }
    callWatched(this, callback);
    resources.destroyResource(this);
  }
}

/** Calls back in the scope of a handle. */
function callWatched(handle, callback, argument) {
  const id = resources.enter(handle);
  callback(argument);
  resources.leave(id);
}

/** What hooks see as the resource of a handle that serves again. */
class ReusedHandle {
  constructor(type, handle) {
    this.type = type;
    this.handle = handle;
  }
}

/** A listening socket; `owner` is the server. */
class Listener extends Handle {
  constructor(number, isPipe) {
    super(number);
    this.isPipe = isPipe;
    if (watch.isOn) resources.initResource(this, isPipe ? 'PIPESERVERWRAP' : 'TCPSERVERWRAP');
  }

  fchmod(mode) {
    return native.pipeChmod(this.number, mode);
  }

  /** Node's name for what a new connection is given to. */
  onconnection(status, handle) {
    this.owner._onconnection(this, status, handle);
  }

  handleAccept(number) {
    const owner = this.owner;
    if (owner === null) return;
    if (!watch.isOn) {
      owner._onaccept(this, number);
      return;
    }
    callWatched(this, () => owner._onaccept(this, number));
  }
}

/** A stream socket: TCP, unix, or a pipe given by file descriptor. `owner` is a net.Socket. */
class StreamHandle extends Handle {
  constructor(number, isPipe) {
    super(number);
    this.isPipe = isPipe;
    this.reading = false;
    this.bytesRead = 0; // Those that JavaScript was given.
    this.ondrained = null;
    this.onshutdown = null;
    this.onconnect = null;
    this.isIdle = false; // In the pool of an http agent.
    this.requests = null; // Async resources of what is under way; only while somebody watches.
    if (watch.isOn) resources.initResource(this, isPipe ? 'PIPEWRAP' : 'TCPWRAP');
  }

  /** Something was asked of the kernel; hooks see it as a resource of its own. */
  watchRequest(name, type) {
    const request = new resources.Request(type, this.getAsyncId());
    this.requests ??= { __proto__: null };
    this.requests[name] = request;
  }

  /** The answer to what watchRequest() told of. */
  answerWatched(name, callback, status) {
    const request = this.requests?.[name];
    if (request === undefined) {
      callWatched(this, callback, status);
      return;
    }
    this.requests[name] = undefined;
    resources.callRequest(request, () => callback(status));
  }

  /** A new user of the same connection is a new resource. */
  asyncReset() {
    this.isIdle = false;
    if (!watch.isOn) return;
    resources.destroyResource(this);
    const resource = new ReusedHandle(this.isPipe ? 'PIPEWRAP' : 'TCPWRAP', this);
    this[async_id_symbol] = resources.initResource(resource, resource.type);
    this[resource_symbol] = resource;
  }

  getpeername(out) {
    return fillName(out, native.peerName(this.number));
  }

  readStart() {
    return this.closing ? EBADF : native.readStart(this.number);
  }

  readStop() {
    return this.closing ? EBADF : native.readStop(this.number);
  }

  /** All writes return the bytes that are queued now, or -errno. */
  writeString(text, encoding) {
    return native.writeString(this.number, text, ENCODINGS[encoding]);
  }

  writeBuffer(bytes) {
    if (bytes.byteLength <= SMALL_BYTES_MAX) return native.writeSmall(this.number, bytes);
    return native.writeBuffer(this.number, bytes);
  }

  writeBuffers(list) {
    return native.writeBuffers(this.number, list);
  }

  /** `callback(status)` once everything queued so far is with the kernel. */
  whenDrained(callback) {
    if (this.ondrained !== null) return EALREADY;
    this.ondrained = callback;
    if (watch.isOn) this.watchRequest('write', 'WRITEWRAP');
    native.wantDrain(this.number);
    return 0;
  }

  shutdown(callback) {
    if (this.closing) return EBADF;
    const error = native.shutdown(this.number);
    if (error >= 0) {
      this.onshutdown = callback;
      if (watch.isOn) this.watchRequest('shutdown', 'SHUTDOWNWRAP');
    }
    return error;
  }

  reset(callback) {
    if (this.closing) return EBADF;
    this.closing = true;
    this.onclosed = callback;
    return native.reset(this.number);
  }

  setNoDelay(on) {
    return native.setNoDelay(this.number, on);
  }

  /** 0 stands for the usual interval, and the usual count of probes. */
  setKeepAlive(on, delaySeconds, intervalSeconds = 0, probesCount = 0) {
    return native.setKeepAlive(this.number, on, delaySeconds, intervalSeconds, probesCount);
  }

  get bytesWritten() {
    return this.number === UNOPENED ? 0 : native.bytesWritten(this.number);
  }

  get writeQueueSize() {
    const size = native.queuedBytes(this.number);
    return size > 0 ? size : 0;
  }

  handleRead(count, bytes) {
    const owner = this.owner;
    if (count > 0) this.bytesRead += count;
    if (owner === null || this.closing) return;
    if (!watch.isOn) {
      owner._onread(this, count, bytes);
      return;
    }
    callWatched(this, () => owner._onread(this, count, bytes));
  }

  handleDrained(status) {
    const callback = this.ondrained;
    if (callback !== null) {
      this.ondrained = null;
      if (watch.isOn) this.answerWatched('write', callback, status);
      else callback(status);
    } else if (status < 0 && this.owner !== null && !this.closing) {
      this.owner._onwriteerror(this, status);
    }
  }

  handleShutdown(status) {
    if (status === ENOTSOCK) status = 0; // A terminal or a pipe has nothing to shut.
    const callback = this.onshutdown;
    this.onshutdown = null;
    if (callback === null) return;
    if (watch.isOn) this.answerWatched('shutdown', callback, status);
    else callback(status);
  }

  handleConnect(status) {
    const callback = this.onconnect;
    this.onconnect = null;
    if (callback === null || this.closing) return;
    if (watch.isOn) this.answerWatched('connect', callback, status);
    else callback(status);
  }
}

registerKind(KIND_READ, (number, count, b, memory) => {
  const handle = find(number);
  if (handle === undefined) return;
  if (handle.frame !== undefined) setFrame(handle.frame);
  handle.handleRead(count, memory === undefined ? undefined : new FastBuffer(memory));
  setFrame(undefined);
});

registerKind(KIND_DRAINED, (number, status) => {
  const handle = find(number);
  if (handle === undefined) return;
  if (handle.frame !== undefined) setFrame(handle.frame);
  handle.handleDrained(status);
  setFrame(undefined);
});

registerKind(KIND_ACCEPT, (number, accepted) => {
  const listener = find(number);
  if (listener === undefined || listener.closing) {
    if (accepted >= 0) native.close(accepted);
    return;
  }
  if (listener.frame !== undefined) setFrame(listener.frame);
  listener.handleAccept(accepted);
  setFrame(undefined);
});

registerKind(KIND_CONNECT, (number, status) => {
  const handle = find(number);
  if (handle === undefined) return;
  if (handle.frame !== undefined) setFrame(handle.frame);
  handle.handleConnect(status);
  setFrame(undefined);
});

registerKind(KIND_SHUTDOWN, (number, status) => {
  const handle = find(number);
  if (handle === undefined) return;
  if (handle.frame !== undefined) setFrame(handle.frame);
  handle.handleShutdown(status);
  setFrame(undefined);
});

registerKind(KIND_CLOSED, (number) => {
  const handle = take(number);
  if (handle === undefined) return;
  if (handle.frame !== undefined) setFrame(handle.frame);
  handle.handleClosed();
  setFrame(undefined);
});

module.exports = {
  Handle,
  Listener,
  StreamHandle,
  UNOPENED,
  fillName,
  find,
  kAdopt,
  openHandles,
  put,
  take,
  unixError,
};
