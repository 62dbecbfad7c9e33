'use strict';

// net.Socket: a Duplex over a StreamHandle. Reading stops really when the stream is paused; writes
// are acknowledged at once while little is queued and after the kernel took them when much is.

const {
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Symbol,
} = primordials;

const { Duplex } = require('stream');
const { Buffer } = require('buffer');
const { isUint8Array } = require('internal/util/types');
const { StreamHandle, UNOPENED, kAdopt } = require('internal/net/handle');
const { normalizeArguments, kNormalized } = require('internal/net/arguments');
const {
  ErrnoException,
  genericNodeError,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_FD_TYPE,
    ERR_INVALID_HANDLE_TYPE,
    ERR_MISSING_ARGS,
    ERR_SOCKET_CLOSED,
    ERR_SOCKET_CLOSED_BEFORE_CONNECTION,
  },
} = require('internal/errors');
const {
  validateFunction,
  validateInt32,
  validateNumber,
} = require('internal/validators');
const { openChannels } = require('internal/net/channels');
const {
  clearTimeout,
  getTimerDuration,
  kTimeout: kTimer,
  setUnrefTimeout,
} = require('internal/timers');

const { symbols: { async_id_symbol }, watch } = require('internal/async_hooks');
const { kPushRunning } = require('internal/streams/utils');

const {
  constants: { kTransferable },
  privateSymbols: { transfer_mode_private_symbol },
} = internalBinding('util');
const { kDeserialize, kTransfer } = require('internal/worker/transfer_symbols');
const native = internalBinding('tcp_wrap');

const ENOTCONN = -107;
const ECANCELED = -125;
/** Below this many queued bytes a write counts as done at once. */
const QUEUED_BYTES_MAX = 65536;

const kHandle = Symbol('kHandle');
/** What `_parent` tells, unless that has still to be made. */
const kParent = Symbol('kParent');
const {
  kSetKeepAlive: kKeepAlive,
  kSetKeepAliveInitialDelay: kKeepAliveDelay,
  kSetNoDelay: kNoDelay,
} = require('internal/net');
const kKeepAliveInterval = Symbol('kSetKeepAliveInterval');
const kKeepAliveCount = Symbol('kSetKeepAliveCount');
const kTypeOfService = Symbol('kSetTOS');
const kBytesRead = Symbol('kBytesRead');
const kBytesWritten = Symbol('kBytesWritten');
const kQueuedBefore = Symbol('lastWriteQueueSize');
const kUserBuffer = Symbol('kBuffer');
const kUserBufferMaker = Symbol('kBufferGen');
const kUserRead = Symbol('kBufferCb');
const kUnread = Symbol('kUnread');
/** Set on sockets that wait unused: whatever comes in ends them. */
const kGuarded = Symbol('kGuarded');

function validateOptions(options) {
  if (options?.objectMode) {
    throw new ERR_INVALID_ARG_VALUE('options.objectMode', options.objectMode, 'is not supported');
  }
  if (options?.readableObjectMode || options?.writableObjectMode) {
    const name = options.readableObjectMode ? 'readableObjectMode' : 'writableObjectMode';
    throw new ERR_INVALID_ARG_VALUE(`options.${name}`, options[name], 'is not supported');
  }
  if (options?.keepAliveInitialDelay !== undefined) {
    validateNumber(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
    if (options.keepAliveInitialDelay < 0) options.keepAliveInitialDelay = 0;
  }
}

function openDescriptor(fd) {
  validateInt32(fd, 'fd', 0);
  const number = native.openFd(fd);
  if (number < 0) {
    // EINVAL, ENOTSOCK and friends: not a kind of file that can be a socket.
    if (number === -9) throw new ErrnoException(number, 'open');
    throw new ERR_INVALID_FD_TYPE('UNKNOWN');
  }
  return new StreamHandle(number, native.sockName(number)?.[0] === 1);
}

function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  validateOptions(options);

  this.connecting = false;
  this._hadError = false;
  this[kHandle] = null;
  this[kParent] = null;
  this._host = null;
  this[kQueuedBefore] = 0;
  this[kTimer] = null;
  this[kUserBuffer] = null;
  this[kUserBufferMaker] = null;
  this[kUserRead] = null;
  this[kUnread] = null;
  this[kGuarded] = false;
  this._closeAfterHandlingError = false;
  this[transfer_mode_private_symbol] = kTransferable;

  options = typeof options === 'number' ? { fd: options } : { ...options };
  options.allowHalfOpen = Boolean(options.allowHalfOpen);
  options.emitClose = false; // 'close' comes when the handle is closed.
  options.autoDestroy = true;
  options.decodeStrings = false;
  Duplex.call(this, options);

  if (options.handle) {
    this._handle = options.handle[kAdopt] === undefined ? options.handle :
      makeBoundHandle(options.handle);
  } else if (options.fd !== undefined) {
    this._handle = openDescriptor(options.fd);
  }

  takeUserBuffer(this, options.onread);
  this[kNoDelay] = Boolean(options.noDelay);
  this[kKeepAlive] = Boolean(options.keepAlive);
  this[kKeepAliveDelay] = ~~(options.keepAliveInitialDelay / 1000);
  this[kKeepAliveInterval] = undefined;
  this[kKeepAliveCount] = undefined;
  if (options.typeOfService !== undefined) {
    validateInt32(options.typeOfService, 'options.typeOfService', 0, 255);
  }
  this[kTypeOfService] = options.typeOfService;

  this.on('end', onReadableEnd);
  if (this.destroyed && this._handle) refuseHandle(this); // The signal was aborted before.
  else ownHandle(this);
  this._pendingData = null;
  this._pendingEncoding = '';

  if (this._handle && this._handle.number !== UNOPENED && options.readable !== false) {
    if (options.pauseOnCreate) {
      this._handle.reading = false;
      this._handle.readStop();
      this.readableFlowing = false;
    } else if (!options.manualStart) {
      this.read(0);
    }
  }
  if (options.signal) require('internal/net/connect').abortConnectingOn(this, options.signal);

  this.server = null;
  this._server = null;
  this[kBytesRead] = 0;
  this[kBytesWritten] = 0;
  if (options.blockList) {
    const { BlockList } = require('internal/net/blocklist');
    if (!BlockList.isBlockList(options.blockList)) {
      throw new ERR_INVALID_ARG_TYPE('options.blockList', 'net.BlockList', options.blockList);
    }
    this.blockList = options.blockList;
  }
}
ObjectSetPrototypeOf(Socket.prototype, Duplex.prototype);
ObjectSetPrototypeOf(Socket, Duplex);

ObjectDefineProperty(Socket.prototype, '_handle', {
  __proto__: null,
  get() { return this[kHandle]; },
  set(handle) { this[kHandle] = handle; },
});

ObjectDefineProperty(Socket.prototype, '_parent', {
  __proto__: null,
  configurable: true,
  get() { return this[kParent]; },
  set(socket) { this[kParent] = socket; },
});

function makeBoundHandle(bound) {
  const { BoundHandle } = require('internal/net/bound_socket');
  return new BoundHandle(bound);
}

// The `onread` option: reads land in the user's own buffer and never become stream chunks.
function takeUserBuffer(socket, onread) {
  if (onread === null || typeof onread !== 'object') return;
  if (typeof onread.callback !== 'function') return;
  if (typeof onread.buffer === 'function') {
    socket[kUserBuffer] = true;
    socket[kUserBufferMaker] = onread.buffer;
  } else if (isUint8Array(onread.buffer)) {
    socket[kUserBuffer] = onread.buffer;
  } else {
    return;
  }
  socket[kUserRead] = onread.callback;
}

ObjectDefineProperty(Socket.prototype, async_id_symbol, {
  __proto__: null,
  get() {
    const handle = this[kHandle];
    return handle && !handle.isIdle && handle.getAsyncId ? handle.getAsyncId() : -1;
  },
});

/** Ties a fresh handle to its socket. */
function ownHandle(socket) {
  socket._undestroy();
  socket._sockname = null;
  const handle = socket._handle;
  if (!handle) return;
  handle.owner = socket;
  if (socket[kUserBufferMaker] !== null) {
    const buffer = socket[kUserBufferMaker]();
    if (isUint8Array(buffer)) socket[kUserBuffer] = buffer;
  }
}

function refuseHandle(socket) {
  const handle = socket._handle;
  socket._handle = null;
  handle.owner = null;
  handle.close();
}

/** Sets the options of a handle that has just been connected. */
function applyOptions(socket) {
  const handle = socket._handle;
  if (socket[kNoDelay] && handle.setNoDelay) handle.setNoDelay(true);
  if (socket[kKeepAlive] && handle.setKeepAlive) {
    handle.setKeepAlive(true, socket[kKeepAliveDelay], socket[kKeepAliveInterval],
                        socket[kKeepAliveCount]);
  }
  if (socket[kTypeOfService] !== undefined && isOpenStream(socket)) {
    native.setTypeOfService(handle.number, socket[kTypeOfService]);
  }
}

// --- Timeouts

Socket.prototype._unrefTimer = function _unrefTimer() {
  for (let socket = this; socket != null; socket = socket[kParent]) {
    if (socket[kTimer]) socket[kTimer].refresh();
  }
};

Socket.prototype.setTimeout = function setStreamTimeout(msecs, callback) {
  if (this.destroyed) return this;
  this.timeout = msecs;
  msecs = getTimerDuration(msecs, 'msecs');
  clearTimeout(this[kTimer]);
  this[kTimer] = null;
  if (callback !== undefined) validateFunction(callback, 'callback');
  const handle = this._handle;
  if (handle && handle.setIdleTimeout !== undefined) {
    handle.setIdleTimeout(msecs); // The http fast lane keeps the clock in native.
  } else if (msecs !== 0) {
    this[kTimer] = setUnrefTimeout(this._onTimeout.bind(this), msecs);
  }
  if (callback !== undefined) {
    if (msecs === 0) this.removeListener('timeout', callback);
    else this.once('timeout', callback);
  }
  return this;
};

Socket.prototype._onTimeout = function() {
  const handle = this._handle;
  if (this[kQueuedBefore] > 0 && handle) {
    // A write that makes progress is activity too.
    const queued = handle.writeQueueSize;
    if (this[kQueuedBefore] !== queued) {
      this[kQueuedBefore] = queued;
      this._unrefTimer();
      return;
    }
  }
  this.emit('timeout');
};

// --- Socket options

Socket.prototype.setNoDelay = function(enable) {
  enable = Boolean(enable === undefined ? true : enable);
  if (!this._handle || this.connecting) {
    this[kNoDelay] = enable; // Set when connected.
  } else if (this._handle.setNoDelay && enable !== this[kNoDelay]) {
    this[kNoDelay] = enable;
    this._handle.setNoDelay(enable);
  }
  return this;
};

Socket.prototype.setKeepAlive = function(enable, initialDelayMsecs, intervalMsecs, count) {
  if (enable !== null && typeof enable === 'object') {
    ({ enable, initialDelay: initialDelayMsecs, interval: intervalMsecs, count } = enable);
  }
  enable = Boolean(enable);
  const delay = ~~(initialDelayMsecs / 1000);
  const interval = intervalMsecs === undefined ? undefined : ~~(intervalMsecs / 1000);
  const probes = count === undefined ? undefined : ~~count;
  const changed = enable !== this[kKeepAlive] ||
    (enable && (delay !== this[kKeepAliveDelay] || interval !== this[kKeepAliveInterval] ||
                probes !== this[kKeepAliveCount]));
  if (this._handle && !this._handle.setKeepAlive) return this;
  this[kKeepAlive] = enable;
  this[kKeepAliveDelay] = delay;
  this[kKeepAliveInterval] = interval;
  this[kKeepAliveCount] = probes;
  if (changed && this._handle && !this.connecting) {
    this._handle.setKeepAlive(enable, delay, interval, probes);
  }
  return this;
};

/** Whether there is a descriptor that can be asked, and no other stream below. */
function isOpenStream(socket) {
  const handle = socket._handle;
  return handle instanceof StreamHandle && handle.number !== UNOPENED;
}

Socket.prototype.setTypeOfService = function(tos) {
  if (tos !== tos) throw new ERR_INVALID_ARG_TYPE('tos', 'number', tos);
  validateInt32(tos, 'tos', 0, 255);
  if (isOpenStream(this) && tos !== this[kTypeOfService]) {
    const error = native.setTypeOfService(this._handle.number, tos);
    if (error < 0) throw new ErrnoException(error, 'setTypeOfService');
  }
  this[kTypeOfService] = tos;
  return this;
};

Socket.prototype.getTypeOfService = function() {
  if (!isOpenStream(this)) {
    return this[kTypeOfService] !== undefined ? this[kTypeOfService] : 0;
  }
  const tos = native.getTypeOfService(this._handle.number);
  if (tos < 0) throw new ErrnoException(tos, 'getTypeOfService');
  return tos;
};

Socket.prototype.ref = function() {
  if (!this._handle) this.once('connect', this.ref);
  else if (typeof this._handle.ref === 'function') this._handle.ref();
  return this;
};

Socket.prototype.unref = function() {
  if (!this._handle) this.once('connect', this.unref);
  else if (typeof this._handle.unref === 'function') this._handle.unref();
  return this;
};

// --- Names and counters

Socket.prototype.address = function() {
  return this._getsockname();
};

Socket.prototype._getpeername = function() {
  if (!this._handle || !this._handle.getpeername || this.connecting) return this._peername || {};
  if (!this._peername) {
    const name = {};
    if (this._handle.getpeername(name) !== 0) return name;
    this._peername = name;
  }
  return this._peername;
};

Socket.prototype._getsockname = function() {
  if (!this._handle || !this._handle.getsockname) return {};
  if (!this._sockname) {
    this._sockname = {};
    this._handle.getsockname(this._sockname);
  }
  return this._sockname;
};

function defineGetter(name, get, enumerable, configurable) {
  ObjectDefineProperty(Socket.prototype, name, { __proto__: null, configurable, enumerable, get });
}

defineGetter('_connecting', function() { return this.connecting; }, false, false);
defineGetter('pending', function() { return !this._handle || this.connecting; }, false, true);
defineGetter('readyState', function() {
  if (this.connecting) return 'opening';
  if (this.readable) return this.writable ? 'open' : 'readOnly';
  return this.writable ? 'writeOnly' : 'closed';
}, false, false);
defineGetter('bufferSize', function() {
  return this._handle ? this.writableLength : undefined;
}, false, false);
defineGetter('bytesRead', function bytesRead() {
  return this._handle ? this._handle.bytesRead : this[kBytesRead];
}, true, false);
defineGetter('remoteAddress', function remoteAddress() {
  return this._getpeername().address;
}, true, false);
defineGetter('remoteFamily', function remoteFamily() {
  return this._getpeername().family;
}, true, false);
defineGetter('remotePort', function remotePort() {
  return this._getpeername().port;
}, true, false);
defineGetter('localAddress', function localAddress() {
  return this._getsockname().address;
}, true, false);
defineGetter('localPort', function localPort() {
  return this._getsockname().port;
}, true, false);
defineGetter('localFamily', function localFamily() {
  return this._getsockname().family;
}, true, false);
defineGetter('_bytesDispatched', function _bytesDispatched() {
  return this._handle ? this._handle.bytesWritten : this[kBytesWritten];
}, true, false);

function byteLength(chunk, encoding) {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length;
}

defineGetter('bytesWritten', function bytesWritten() {
  let bytes = this._bytesDispatched;
  const waiting = this.writableBuffer;
  if (!waiting) return undefined;
  for (const entry of waiting) bytes += byteLength(entry.chunk, entry.encoding);
  const pending = this._pendingData;
  if (Array.isArray(pending)) {
    for (let i = 0; i < pending.length; i++) {
      bytes += pending.allBuffers ? pending[i].length :
        byteLength(pending[i].chunk, pending[i].encoding);
    }
  } else if (pending) {
    bytes += byteLength(pending, this._pendingEncoding);
  }
  return bytes;
}, true, false);

// --- Reading

function startReading(socket) {
  const handle = socket._handle;
  handle.reading = true;
  if (socket[kUnread] !== null && !giveToUser(socket, null)) return;
  const error = handle.readStart();
  if (error < 0) socket.destroy(new ErrnoException(error, 'read'));
}

Socket.prototype._read = function(n) {
  if (this.connecting || !this._handle) {
    this.once('connect', () => this._read(n));
  } else if (!this._handle.reading) {
    startReading(this);
  }
};

/** Whether _read() would do nothing now, and nobody has put a method of his own before ours. */
function isRunning(socket, handle) {
  return handle.reading && socket[kHandle] === handle && !socket.connecting &&
    socket.push === push && socket.read === read && socket._read === _read && !watch.isOn;
}

/** A page entry of the handle: bytes, the end (0) or an error. */
Socket.prototype._onread = function(handle, count, bytes) {
  if (this[kGuarded]) {
    this.destroy();
    return;
  }
  if (count > 0) {
    if (this[kTimer] !== null || this[kParent] !== null) this._unrefTimer();
    if (this[kUserRead] !== null) {
      giveToUser(this, bytes);
      return;
    }
    const more = isRunning(this, handle) ? this[kPushRunning](bytes) : this.push(bytes);
    if (!more && handle.reading) {
      handle.reading = false;
      handle.readStop();
    }
    return;
  }
  if (count === 0) {
    this.push(null);
    this.read(0);
    return;
  }
  this.destroy(new ErrnoException(count, 'read'));
};

/** An idle socket of an agent must stay silent until it is used again. */
function guard(socket, on) {
  socket[kGuarded] = on;
  if (on && socket._handle && !socket._handle.reading) startReading(socket);
}

/** Copies into the user's buffer, piece by piece; false once he asked to stop. */
function giveToUser(socket, bytes) {
  let rest = socket[kUnread] ?? bytes;
  socket[kUnread] = null;
  while (rest !== null && rest.length > 0) {
    const buffer = socket[kUserBuffer];
    const count = Math.min(buffer.length, rest.length);
    buffer.set(count === rest.length ? rest : rest.subarray(0, count));
    rest = count === rest.length ? null : rest.subarray(count);
    const goOn = socket[kUserRead](count, buffer) !== false;
    if (socket[kUserBufferMaker] !== null) {
      const next = socket[kUserBufferMaker]();
      if (isUint8Array(next)) socket[kUserBuffer] = next;
    }
    const handle = socket._handle;
    if (!goOn || !handle?.reading) { // pause() is a wish to stop, too.
      socket[kUnread] = rest;
      if (handle?.reading) {
        handle.reading = false;
        handle.readStop();
      }
      return false;
    }
  }
  return true;
}

Socket.prototype.pause = function() {
  if (this[kUserBuffer] && !this.connecting && this._handle?.reading) {
    this._handle.reading = false;
    if (!this.destroyed) {
      const error = this._handle.readStop();
      if (error < 0) this.destroy(new ErrnoException(error, 'read'));
    }
  }
  return Duplex.prototype.pause.call(this);
};

function wakeUserReads(socket) {
  if (socket[kUserBuffer] && !socket.connecting && socket._handle && !socket._handle.reading) {
    startReading(socket);
  }
}

Socket.prototype.resume = function() {
  wakeUserReads(this);
  return Duplex.prototype.resume.call(this);
};

Socket.prototype.read = function(n) {
  wakeUserReads(this);
  return Duplex.prototype.read.call(this, n);
};

const { _read, push, read } = Socket.prototype;

function onReadableEnd() {
  if (!this.allowHalfOpen) this.write = writeAfterEnd;
}

// The peer has ended and so did we: 'write after end' would blame the wrong side.
function writeAfterEnd(chunk, encoding, callback) {
  if (!this.writableEnded) return Duplex.prototype.write.call(this, chunk, encoding, callback);
  if (typeof encoding === 'function') callback = encoding;
  const error = genericNodeError(
    'This socket has been ended by the other party', { code: 'EPIPE' });
  if (typeof callback === 'function') process.nextTick(callback, error);
  this.destroy(error);
  return false;
}

// --- Writing

const UTF8 = 'utf8';
const LATIN1 = 'latin1';
const UCS2 = 'ucs2';

/** Which of the three encodings native writes by itself, undefined for the others. */
function nativeEncoding(encoding) {
  switch (encoding) {
    case undefined: case null: case '':
    case 'utf8': case 'utf-8': case 'UTF8': case 'UTF-8': return UTF8;
    case 'latin1': case 'binary': case 'ascii': case 'LATIN1': return LATIN1;
    case 'ucs2': case 'ucs-2': case 'utf16le': case 'utf-16le': return UCS2;
    default: return undefined;
  }
}

function writeChunk(handle, chunk, encoding) {
  if (typeof chunk !== 'string') return handle.writeBuffer(chunk);
  const name = nativeEncoding(encoding);
  if (name === undefined) return handle.writeBuffer(Buffer.from(chunk, encoding));
  return handle.writeString(chunk, name);
}

function writeChunks(handle, chunks) {
  if (chunks.allBuffers) return handle.writeBuffers(chunks);
  if (handle.writeChunks !== undefined) return handle.writeChunks(chunks);
  let queued = 0;
  for (let i = 0; i < chunks.length && queued >= 0; i++) {
    queued = writeChunk(handle, chunks[i].chunk, chunks[i].encoding);
  }
  return queued;
}

function writeGeneric(socket, isVector, data, encoding, callback) {
  if (socket.connecting) {
    writeOnceConnected(socket, isVector, data, encoding, callback);
    return;
  }
  socket._pendingData = null;
  socket._pendingEncoding = '';
  const handle = socket._handle;
  if (!handle) {
    callback(new ERR_SOCKET_CLOSED());
    return;
  }
  if (socket[kTimer] !== null || socket[kParent] !== null) socket._unrefTimer();
  const queued = isVector ? writeChunks(handle, data) : writeChunk(handle, data, encoding);
  if (queued < 0) {
    const error = new ErrnoException(queued, 'write');
    socket.destroy(error);
    callback(error);
  } else if (queued < QUEUED_BYTES_MAX) {
    callback();
  } else {
    socket[kQueuedBefore] = handle.writeQueueSize;
    handle.whenDrained((status) => afterDrain(socket, status, callback));
  }
}

function afterDrain(socket, status, callback) {
  if (status < 0) {
    const error = new ErrnoException(status, 'write');
    socket.destroy(error);
    callback(error);
    return;
  }
  if (socket.destroyed) {
    callback(null);
    return;
  }
  socket[kQueuedBefore] = 0;
  socket._unrefTimer();
  callback(null);
}

function writeOnceConnected(socket, isVector, data, encoding, callback) {
  socket._pendingData = data;
  socket._pendingEncoding = encoding;
  function onClose() {
    callback(new ERR_SOCKET_CLOSED_BEFORE_CONNECTION());
  }
  socket.once('connect', () => {
    socket.off('close', onClose);
    writeGeneric(socket, isVector, data, encoding, callback);
  });
  socket.once('close', onClose);
}

/** Those that mock connections put their own in its place. */
Socket.prototype._writeGeneric = function(writev, data, encoding, callback) {
  writeGeneric(this, writev, data, encoding, callback);
};

Socket.prototype._write = function(data, encoding, callback) {
  this._writeGeneric(false, data, encoding, callback);
};

Socket.prototype._writev = function(chunks, callback) {
  if (chunks.allBuffers) {
    const all = chunks;
    chunks = new Array(all.length);
    for (let i = 0; i < all.length; i++) chunks[i] = all[i].chunk;
    chunks.allBuffers = true;
  }
  this._writeGeneric(true, chunks, '', callback);
};

/** A send that was already acknowledged has failed. */
Socket.prototype._onwriteerror = function(handle, status) {
  if (!this.destroyed) this.destroy(new ErrnoException(status, 'write'));
};

Socket.prototype._final = function(callback) {
  if (this.connecting) {
    this.once('connect', () => this._final(callback));
    return;
  }
  if (!this._handle) {
    callback();
    return;
  }
  const error = this._handle.shutdown((status) => {
    const isError = status < 0 && status !== ENOTCONN;
    callback(isError ? new ErrnoException(status, 'shutdown') : undefined);
  });
  if (error === ENOTCONN) callback();
  else if (error < 0) callback(new ErrnoException(error, 'shutdown'));
};

Socket.prototype.end = function(data, encoding, callback) {
  Duplex.prototype.end.call(this, data, encoding, callback);
  return this;
};

// --- Ending

Socket.prototype.destroySoon = function() {
  if (this.writable) this.end();
  if (this.writableFinished) this.destroy();
  else this.once('finish', this.destroy);
};

Socket.prototype.resetAndDestroy = function() {
  if (!this._handle) {
    this.destroy(new ERR_SOCKET_CLOSED());
  } else if (this._handle?.isPipe) {
    throw new ERR_INVALID_HANDLE_TYPE();
  } else if (this.connecting) {
    this.once('connect', () => this._reset());
  } else {
    this._reset();
  }
  return this;
};

Socket.prototype._reset = function() {
  this.resetAndClosing = true;
  return this.destroy();
};

function closeHandle(socket, hadError) {
  const handle = socket._handle;
  if (!handle) return;
  const emitClose = () => {
    // As Node: what the kernel has not taken by now is given up, and told so before the end.
    const drained = handle.ondrained;
    handle.ondrained = null;
    if (drained) drained(ECANCELED);
    socket.emit('close', hadError);
  };
  if (socket.resetAndClosing) {
    socket.resetAndClosing = false;
    const error = handle.reset(emitClose);
    if (error < 0) socket.emit('error', new ErrnoException(error, 'reset'));
  } else {
    handle.close(emitClose);
  }
  handle.onshutdown = null;
  socket._handle = null;
  socket._sockname = null;
}

function emitCloseNT(socket) {
  socket.emit('close', false);
}

Socket.prototype._destroy = function(exception, callback) {
  this.connecting = false;
  for (let socket = this; socket != null; socket = socket[kParent]) {
    if (socket[kTimer]) clearTimeout(socket[kTimer]);
  }
  const handle = this._handle;
  if (handle) {
    this[kBytesRead] = handle.bytesRead;
    this[kBytesWritten] = handle.bytesWritten;
    const hadError = Boolean(exception);
    if (this._closeAfterHandlingError) {
      // The socket stays reachable while its 'error' event is handled.
      require('internal/process/task_queues').queueMicrotask(() => closeHandle(this, hadError));
    } else {
      closeHandle(this, hadError);
    }
    callback(exception);
  } else {
    callback(exception);
    process.nextTick(emitCloseNT, this);
  }
  const server = this._server;
  if (server) {
    server._connections--;
    if (server._emitCloseIfDrained) server._emitCloseIfDrained();
  }
};

/** A connection that nothing was read from can go to another thread. */
Socket.prototype[kTransfer] = function() {
  return require('internal/net/transfer').packSocket(this);
};

Socket.prototype[kDeserialize] = function(data, goods) {
  require('internal/net/transfer').unpackSocket(this, data, goods);
};

// --- Connecting

Socket.prototype.connect = function(...args) {
  const normalized = Array.isArray(args[0]) && args[0][kNormalized] ?
    args[0] : normalizeArguments(args);
  const { 0: options, 1: callback } = normalized;
  const { clientSocket } = openChannels();
  if (clientSocket.hasSubscribers) clientSocket.publish({ socket: this });
  if (callback !== null) this.once('connect', callback);
  if (this[kParent]?.connecting) return this;
  if (options.port === undefined && options.path == null) {
    throw new ERR_MISSING_ARGS(['options', 'port', 'path']);
  }
  if (this._handle?.boundFd >= 0 &&
      (options.localAddress !== undefined || options.localPort !== undefined)) {
    throw new ERR_INVALID_ARG_VALUE(
      'options', options, 'localAddress and localPort cannot be used with an adopted bound socket');
  }
  if (this.write !== Socket.prototype.write) this.write = Socket.prototype.write;
  if (this.destroyed) {
    this._handle = null;
    this._peername = null;
    this._sockname = null;
  }
  if (!this._handle) {
    this._handle = new StreamHandle(UNOPENED, Boolean(options.path));
    ownHandle(this);
  }
  this._unrefTimer();
  this.connecting = true;
  require('internal/net/connect').connectSocket(this, options);
  return this;
};

module.exports = {
  Socket,
  applyOptions,
  guard,
  kKeepAlive,
  kKeepAliveDelay,
  kNoDelay,
  kParent,
  kUserRead,
};
