'use strict';

// node:dgram: UDP sockets.

const {
  ArrayIsArray, FunctionPrototypeCall, ObjectDefineProperty, ObjectSetPrototypeOf,
  ReflectApply, SymbolAsyncDispose, SymbolDispose,
} = primordials;

const EventEmitter = require('events');
const { Buffer } = require('buffer');
const { BlockList } = require('internal/net/blocklist');
const { addAbortListener } = require('internal/events/abort_listener');
const {
  ErrnoException,
  ExceptionWithHostPort,
  codes: {
    ERR_BUFFER_OUT_OF_BOUNDS,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_FD_TYPE,
    ERR_IP_BLOCKED,
    ERR_MISSING_ARGS,
    ERR_SOCKET_ALREADY_BOUND,
    ERR_SOCKET_BAD_BUFFER_SIZE,
    ERR_SOCKET_BUFFER_SIZE,
    ERR_SOCKET_DGRAM_IS_CONNECTED,
    ERR_SOCKET_DGRAM_NOT_CONNECTED,
    ERR_SOCKET_DGRAM_NOT_RUNNING,
  },
} = require('internal/errors');
const {
  HELD, SendWrap, UDP, UDP_IPV6ONLY, UDP_REUSEADDR, UDP_REUSEPORT,
} = require('internal/dgram/handle');
const { kStateSymbol, newHandle, _createSocketHandle } = require('internal/dgram');
const { isIP } = require('internal/net');
const { deprecate, guessHandleType, kEmptyObject, promisify } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const {
  isUint32, validateAbortSignal, validateNumber, validateObject, validatePort, validateString,
  validateUint32,
} = require('internal/validators');

const UNBOUND = 0;
const BINDING = 1;
const BOUND = 2;

const DISCONNECTED = 0;
const CONNECTING = 1;
const CONNECTED = 2;

/** Who waits for the end of a send without a callback. */
const NOBODY = new SendWrap();

const RECEIVE = true;
const SEND = false;

let created;
function publishSocket(socket) {
  created ??= require('diagnostics_channel').channel('udp.socket');
  if (created.hasSubscribers) created.publish({ socket });
}

function checkedBlockList(list, name) {
  if (!list) return undefined;
  if (!BlockList.isBlockList(list)) throw new ERR_INVALID_ARG_TYPE(name, 'net.BlockList', list);
  return list;
}

function isBlocked(list, address, family) {
  return list !== undefined && list.check(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
}

function familyOf(socket) {
  return socket.type === 'udp6' ? 'IPv6' : 'IPv4';
}

function Socket(type, listener) {
  FunctionPrototypeCall(EventEmitter, this);
  let options = { __proto__: null };
  if (type !== null && typeof type === 'object') {
    options = type;
    type = options.type;
  }
  const {
    lookup, recvBufferSize, sendBufferSize, receiveBlockList, sendBlockList, signal,
  } = options;
  if (recvBufferSize) validateUint32(recvBufferSize, 'options.recvBufferSize');
  if (sendBufferSize) validateUint32(sendBufferSize, 'options.sendBufferSize');
  const blockReceive = checkedBlockList(receiveBlockList, 'options.receiveBlockList');
  const blockSend = checkedBlockList(sendBlockList, 'options.sendBlockList');

  const handle = newHandle(type, lookup);
  this.type = type;
  if (typeof listener === 'function') this.on('message', listener);
  this[kStateSymbol] = {
    handle,
    receiving: false,
    bindState: UNBOUND,
    connectState: DISCONNECTED,
    queue: undefined,
    reuseAddr: options.reuseAddr,
    reusePort: options.reusePort,
    ipv6Only: options.ipv6Only,
    recvBufferSize,
    sendBufferSize,
    receiveBlockList: blockReceive,
    sendBlockList: blockSend,
  };
  handle.onmessage = (count, _, buffer, sender) => onMessage(this, count, buffer, sender);
  if (signal !== undefined) closeOnAbort(this, signal);
  publishSocket(this);
}
ObjectSetPrototypeOf(Socket.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Socket, EventEmitter);

function closeOnAbort(socket, signal) {
  validateAbortSignal(signal, 'options.signal');
  const onAborted = () => {
    if (socket[kStateSymbol].handle) socket.close();
  };
  if (signal.aborted) {
    onAborted();
    return;
  }
  const disposable = addAbortListener(signal, onAborted);
  socket.once('close', disposable[SymbolDispose]);
}

function createSocket(type, listener) {
  return new Socket(type, listener);
}

function onMessage(socket, count, buffer, sender) {
  if (count < 0) {
    socket.emit('error', new ErrnoException(count, 'recvmsg'));
    return;
  }
  const { receiveBlockList } = socket[kStateSymbol];
  if (isBlocked(receiveBlockList, sender.address, sender.family)) return;
  socket.emit('message', buffer, sender);
}

function handleOf(socket) {
  const { handle } = socket[kStateSymbol];
  if (!handle) throw new ERR_SOCKET_DGRAM_NOT_RUNNING();
  return handle;
}

function check(error, syscall) {
  if (error) throw new ErrnoException(error, syscall);
}

// ---- binding and connecting ---------------------------------------------------------------------

function startReceiving(socket) {
  const state = socket[kStateSymbol];
  state.handle.recvStart();
  state.receiving = true;
  state.bindState = BOUND;
  if (state.recvBufferSize) bufferSize(socket, state.recvBufferSize, RECEIVE);
  if (state.sendBufferSize) bufferSize(socket, state.sendBufferSize, SEND);
}

function startListening(socket) {
  startReceiving(socket);
  socket.emit('listening');
}

function emitUnlessClosed(socket, event) {
  process.nextTick(() => {
    if (socket[kStateSymbol].handle) socket.emit(event);
  });
}

function bindFlags(state) {
  let flags = 0;
  if (state.reuseAddr) flags |= UDP_REUSEADDR;
  if (state.ipv6Only) flags |= UDP_IPV6ONLY;
  if (state.reusePort) flags |= UDP_REUSEPORT;
  return flags;
}

/** An address as it stands, since these functions look up no names. */
function validateIP(address, name, caller) {
  validateString(address, name);
  if (isIP(address) === 0) {
    throw new ERR_INVALID_ARG_VALUE(
      name, address, `must be a numeric IP address; ${caller} does not perform DNS resolution`);
  }
}

function takeHandle(socket, handle) {
  const state = socket[kStateSymbol];
  handle.lookup = state.handle.lookup;
  handle.ownAddress = state.handle.ownAddress;
  handle.onmessage = state.handle.onmessage;
  state.handle.close();
  state.handle = handle;
}

/** In a worker of a cluster: has the primary bind, and takes what it gives. */
function bindInCluster(socket, ask, options, fail) {
  const state = socket[kStateSymbol];
  ask(socket, { ...options, addressType: socket.type }, (errno, handle, onListener) => {
    if (!state.handle) {
      handle?.close(); // We were closed before the answer came.
      return;
    }
    if (errno) {
      fail(new ExceptionWithHostPort(errno, 'bind', options.address, options.port));
      return;
    }
    const { udpOf } = require('internal/child_process/handles');
    const udp = handle instanceof UDP ? handle : udpOf(handle);
    udp.owner = socket;
    onListener(udp);
    takeHandle(socket, udp);
    startListening(socket);
  });
}

/** Who binds for this socket; null if nobody else does. */
function binderOf(state, isExclusive) {
  if (isExclusive || state.reusePort) return null;
  return require('internal/net/server').serverOfCluster();
}

function bindAddress(socket, address, port, isExclusive) {
  const state = socket[kStateSymbol];
  const fail = (error) => {
    state.bindState = UNBOUND;
    socket.emit('error', error);
  };
  const ask = binderOf(state, isExclusive);
  state.handle.lookup(address, (error, ip) => {
    // Closed while the name was looked up.
    if (!state.handle) return;
    if (error) {
      fail(error);
      return;
    }
    if (ask !== null) {
      const options = { address: ip, port: port || 0, fd: -1, flags: bindFlags(state) };
      bindInCluster(socket, ask, options, fail);
      return;
    }
    const errno = state.handle.bind(ip, port || 0, bindFlags(state));
    if (errno) fail(new ExceptionWithHostPort(errno, 'bind', ip, port));
    else startListening(socket);
  });
}

function onceListening(socket, callback) {
  function forget() {
    this.removeListener(EventEmitter.errorMonitor, forget);
    this.removeListener('listening', onListening);
  }
  function onListening() {
    FunctionPrototypeCall(forget, this);
    FunctionPrototypeCall(callback, this);
  }
  socket.on(EventEmitter.errorMonitor, forget);
  socket.on('listening', onListening);
}

Socket.prototype.bind = function bind(port_, address_ /* , callback */) {
  let port = port_;
  const handle = handleOf(this);
  const state = this[kStateSymbol];
  if (state.bindState !== UNBOUND) throw new ERR_SOCKET_ALREADY_BOUND();
  state.bindState = BINDING;
  const callback = arguments[arguments.length - 1];
  if (typeof callback === 'function') onceListening(this, callback);

  if (port instanceof UDP) {
    takeHandle(this, port);
    startListening(this);
    return this;
  }
  if (port !== null && typeof port === 'object' && isUint32(port.fd) && port.fd > 0) {
    // In a worker the number is one of the primary's.
    const ask = binderOf(state, Boolean(port.exclusive));
    if (ask !== null) {
      const options = { address: null, port: null, fd: port.fd, flags: null };
      bindInCluster(this, ask, options, (error) => this.emit('error', error));
      return this;
    }
    const type = guessHandleType(port.fd);
    if (type !== 'UDP') throw new ERR_INVALID_FD_TYPE(type);
    check(handle.open(port.fd), 'open');
    startListening(this);
    return this;
  }
  let address = address_;
  let isExclusive = false;
  if (port !== null && typeof port === 'object') {
    address = port.address || '';
    isExclusive = Boolean(port.exclusive);
    port = port.port;
  } else if (typeof address === 'function') {
    address = '';
  }
  address ||= this.type === 'udp4' ? '0.0.0.0' : '::';
  bindAddress(this, address, port, isExclusive);
  return this;
};

Socket.prototype.bindSync = function bindSync(options = kEmptyObject) {
  const handle = handleOf(this);
  validateObject(options, 'options');
  const state = this[kStateSymbol];
  if (state.bindState !== UNBOUND) throw new ERR_SOCKET_ALREADY_BOUND();
  const port = validatePort(options.port ?? 0, 'options.port');
  if (options.address) validateIP(options.address, 'options.address', 'bindSync');
  const address = options.address || (this.type === 'udp4' ? '0.0.0.0' : '::');
  const errno = handle.bind(address, port, bindFlags(state));
  if (errno) throw new ExceptionWithHostPort(errno, 'bind', address, port);
  startReceiving(this);
  emitUnlessClosed(this, 'listening');
  return this.address();
};

/** Runs `call` once the socket is bound; nothing if it never is. */
function enqueue(socket, call) {
  const state = socket[kStateSymbol];
  if (state.queue === undefined) {
    state.queue = [];
    socket.once(EventEmitter.errorMonitor, onListenError);
    socket.once('listening', onListenSuccess);
  }
  state.queue.push(call);
}

function onListenSuccess() {
  this.removeListener(EventEmitter.errorMonitor, onListenError);
  const state = this[kStateSymbol];
  const { queue } = state;
  state.queue = undefined;
  for (const call of queue) call();
}

function onListenError() {
  this.removeListener('listening', onListenSuccess);
  this[kStateSymbol].queue = undefined;
}

function bindIfUnbound(socket) {
  if (socket[kStateSymbol].bindState === UNBOUND) socket.bind({ port: 0, exclusive: true }, null);
}

Socket.prototype.connect = function connect(port, address, callback) {
  port = validatePort(port, 'Port', false);
  if (typeof address === 'function') {
    callback = address;
    address = '';
  } else if (address === undefined) {
    address = '';
  }
  validateString(address, 'address');
  const state = this[kStateSymbol];
  if (state.connectState !== DISCONNECTED) throw new ERR_SOCKET_DGRAM_IS_CONNECTED();
  state.connectState = CONNECTING;
  bindIfUnbound(this);
  const look = () => {
    if (callback) this.once('connect', callback);
    state.handle.lookup(address, (error, ip) =>
      finishConnect(this, error, ip, address, port, callback));
  };
  if (state.bindState !== BOUND) enqueue(this, look);
  else look();
};

function finishConnect(socket, error, ip, address, port, callback) {
  const state = socket[kStateSymbol];
  if (!state.handle) return;
  if (!error && isBlocked(state.sendBlockList, ip, familyOf(socket))) {
    error = new ERR_IP_BLOCKED(ip);
  }
  if (!error) {
    const errno = state.handle.connect(ip, port);
    if (errno) error = new ExceptionWithHostPort(errno, 'connect', address, port);
  }
  if (error) {
    state.connectState = DISCONNECTED;
    process.nextTick(() => {
      if (callback) {
        socket.removeListener('connect', callback);
        callback(error);
      } else {
        socket.emit('error', error);
      }
    });
    return;
  }
  state.connectState = CONNECTED;
  process.nextTick(() => socket.emit('connect'));
}

Socket.prototype.connectSync = function connectSync(port, address) {
  const handle = handleOf(this);
  port = validatePort(port, 'Port', false);
  const state = this[kStateSymbol];
  if (state.connectState !== DISCONNECTED) throw new ERR_SOCKET_DGRAM_IS_CONNECTED();
  if (address == null || address === '') address = this.type === 'udp4' ? '127.0.0.1' : '::1';
  else validateIP(address, 'address', 'connectSync');
  if (state.bindState === UNBOUND) this.bindSync();
  else if (state.bindState !== BOUND) throw new ERR_SOCKET_ALREADY_BOUND();
  if (isBlocked(state.sendBlockList, address, familyOf(this))) throw new ERR_IP_BLOCKED(address);
  const errno = handle.connect(address, port);
  if (errno) throw new ExceptionWithHostPort(errno, 'connect', address, port);
  state.connectState = CONNECTED;
  emitUnlessClosed(this, 'connect');
};

Socket.prototype.disconnect = function disconnect() {
  const state = this[kStateSymbol];
  if (state.connectState !== CONNECTED) throw new ERR_SOCKET_DGRAM_NOT_CONNECTED();
  check(state.handle.disconnect(), 'connect');
  state.connectState = DISCONNECTED;
};

// ---- sending ------------------------------------------------------------------------------------

const BUFFER_TYPES = ['Buffer', 'TypedArray', 'DataView', 'string'];

function sliceBuffer(buffer, offset, length) {
  if (typeof buffer === 'string') {
    buffer = Buffer.from(buffer);
  } else if (!isArrayBufferView(buffer)) {
    throw new ERR_INVALID_ARG_TYPE('buffer', BUFFER_TYPES, buffer);
  }
  offset >>>= 0;
  length >>>= 0;
  if (offset > buffer.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (offset + length > buffer.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
  return Buffer.from(buffer.buffer, buffer.byteOffset + offset, length);
}

/** null: one of them is no bytes. */
function toBuffers(list) {
  const buffers = [];
  for (let i = 0; i < list.length; i++) {
    const piece = list[i];
    if (typeof piece === 'string') buffers.push(Buffer.from(piece));
    else if (!isArrayBufferView(piece)) return null;
    else buffers.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
  }
  return buffers;
}

function listOf(message) {
  if (ArrayIsArray(message)) {
    const list = toBuffers(message);
    if (list !== null) return list;
    throw new ERR_INVALID_ARG_TYPE('buffer list arguments', BUFFER_TYPES, message);
  }
  if (typeof message === 'string') return [Buffer.from(message)];
  if (!isArrayBufferView(message)) throw new ERR_INVALID_ARG_TYPE('buffer', BUFFER_TYPES, message);
  return [message];
}

Socket.prototype.sendto = function sendto(buffer, offset, length, port, address, callback) {
  validateNumber(offset, 'offset');
  validateNumber(length, 'length');
  validateNumber(port, 'port');
  validateString(address, 'address');
  this.send(buffer, offset, length, port, address, callback);
};

// send(msg[, offset, length][, port][, address][, callback])
Socket.prototype.send = function send(buffer, offset, length, port, address, callback) {
  const state = this[kStateSymbol];
  const isConnected = state.connectState === CONNECTED;
  if (isConnected) {
    if (typeof length === 'number') {
      buffer = sliceBuffer(buffer, offset, length);
      if (typeof port === 'function') {
        callback = port;
        port = null;
      }
    } else {
      callback = offset;
    }
    if (port || address) throw new ERR_SOCKET_DGRAM_IS_CONNECTED();
  } else if (address || (port && typeof port !== 'function')) {
    buffer = sliceBuffer(buffer, offset, length);
  } else {
    callback = port;
    port = offset;
    address = length;
  }

  const list = listOf(buffer);
  if (!isConnected) port = validatePort(port, 'Port', false);
  if (typeof callback !== 'function') callback = undefined;
  if (typeof address === 'function') {
    callback = address;
    address = undefined;
  } else if (address != null) {
    validateString(address, 'address');
  }
  handleOf(this);
  bindIfUnbound(this);
  if (list.length === 0) list.push(Buffer.alloc(0));

  if (state.bindState !== BOUND) {
    enqueue(this, () => ReflectApply(this.send, this, [list, port, address, callback]));
    return;
  }
  if (isConnected) {
    doSend(this, null, '', list, address, port, callback);
    return;
  }
  const ip = state.handle.ownAddress?.(address);
  if (ip !== undefined) {
    process.nextTick(sendWaiting, new Waiting(this, ip, list, address, port, callback));
    return;
  }
  state.handle.lookup(address, (error, ip) =>
    doSend(this, error, ip, list, address, port, callback));
};

/** A datagram whose address needs no looking up; it goes on the next tick, as if it had one. */
class Waiting {
  constructor(socket, ip, list, address, port, callback) {
    this.socket = socket;
    this.ip = ip;
    this.list = list;
    this.address = address;
    this.port = port;
    this.callback = callback;
  }
}

function sendWaiting({ socket, ip, list, address, port, callback }) {
  doSend(socket, null, ip, list, address, port, callback);
}

function doSend(socket, error, ip, list, address, port, callback) {
  const state = socket[kStateSymbol];
  if (!error && ip !== '' && isBlocked(state.sendBlockList, ip, familyOf(socket))) {
    error = new ERR_IP_BLOCKED(ip);
  }
  if (error) {
    if (callback) process.nextTick(callback, error);
    else process.nextTick(() => socket.emit('error', error));
    return;
  }
  if (!state.handle) return;
  const request = callback ? new Told(list, address, port, callback) : NOBODY;
  const result = state.handle.send(request, list, port || 0, ip, true);
  if (!callback || result === 0) return;
  if (result <= HELD) process.nextTick(tellHeld, request, result);
  else if (result > 0) process.nextTick(callback, null, result - 1);
  else process.nextTick(callback, new ExceptionWithHostPort(result, 'send', address, port));
}

/** A send with a callback. */
class Told extends SendWrap {
  constructor(list, address, port, callback) {
    super();
    this.list = list;
    this.address = address;
    this.port = port;
    this.callback = callback;
  }

  oncomplete(status, sent) {
    const { callback } = this;
    if (status < 0) callback(new ExceptionWithHostPort(status, 'send', this.address, this.port));
    else callback(null, sent);
  }
}

/** On the tick that the callback is due in. */
function tellHeld(request, held) {
  let bytes = 0;
  for (const piece of request.list) bytes += piece.byteLength;
  const status = UDP.outcome(held, request);
  if (status !== undefined) request.oncomplete(status, bytes);
}

// ---- the end ------------------------------------------------------------------------------------

function stopReceiving(socket) {
  const state = socket[kStateSymbol];
  if (!state.receiving) return;
  state.handle.recvStop();
  state.receiving = false;
}

Socket.prototype.close = function close(callback) {
  const state = this[kStateSymbol];
  if (typeof callback === 'function') this.on('close', callback);
  if (state.queue !== undefined) {
    state.queue.push(() => this.close());
    return this;
  }
  handleOf(this);
  stopReceiving(this);
  state.handle.close();
  state.handle = null;
  process.nextTick(() => this.emit('close'));
  return this;
};

Socket.prototype[SymbolAsyncDispose] = async function() {
  if (!this[kStateSymbol].handle) return;
  await FunctionPrototypeCall(promisify(this.close), this);
};

// ---- what can be asked and set ------------------------------------------------------------------

Socket.prototype.address = function address() {
  const out = {};
  check(handleOf(this).getsockname(out), 'getsockname');
  return out;
};

Socket.prototype.remoteAddress = function remoteAddress() {
  const handle = handleOf(this);
  if (this[kStateSymbol].connectState !== CONNECTED) throw new ERR_SOCKET_DGRAM_NOT_CONNECTED();
  const out = {};
  check(handle.getpeername(out), 'getpeername');
  return out;
};

Socket.prototype.setBroadcast = function setBroadcast(arg) {
  check(handleOf(this).setBroadcast(arg ? 1 : 0), 'setBroadcast');
};

Socket.prototype.setTTL = function setTTL(ttl) {
  validateNumber(ttl, 'ttl');
  check(handleOf(this).setTTL(ttl), 'setTTL');
  return ttl;
};

Socket.prototype.setMulticastTTL = function setMulticastTTL(ttl) {
  validateNumber(ttl, 'ttl');
  check(handleOf(this).setMulticastTTL(ttl), 'setMulticastTTL');
  return ttl;
};

Socket.prototype.setMulticastLoopback = function setMulticastLoopback(arg) {
  check(handleOf(this).setMulticastLoopback(arg ? 1 : 0), 'setMulticastLoopback');
  return arg;
};

Socket.prototype.setMulticastInterface = function setMulticastInterface(interfaceAddress) {
  const handle = handleOf(this);
  validateString(interfaceAddress, 'interfaceAddress');
  check(handle.setMulticastInterface(interfaceAddress), 'setMulticastInterface');
};

Socket.prototype.addMembership = function addMembership(multicastAddress, interfaceAddress) {
  const handle = handleOf(this);
  if (!multicastAddress) throw new ERR_MISSING_ARGS('multicastAddress');
  check(handle.addMembership(multicastAddress, interfaceAddress), 'addMembership');
};

Socket.prototype.dropMembership = function dropMembership(multicastAddress, interfaceAddress) {
  const handle = handleOf(this);
  if (!multicastAddress) throw new ERR_MISSING_ARGS('multicastAddress');
  check(handle.dropMembership(multicastAddress, interfaceAddress), 'dropMembership');
};

Socket.prototype.addSourceSpecificMembership =
  function addSourceSpecificMembership(sourceAddress, groupAddress, interfaceAddress) {
    const handle = handleOf(this);
    validateString(sourceAddress, 'sourceAddress');
    validateString(groupAddress, 'groupAddress');
    check(handle.addSourceSpecificMembership(sourceAddress, groupAddress, interfaceAddress),
          'addSourceSpecificMembership');
  };

Socket.prototype.dropSourceSpecificMembership =
  function dropSourceSpecificMembership(sourceAddress, groupAddress, interfaceAddress) {
    const handle = handleOf(this);
    validateString(sourceAddress, 'sourceAddress');
    validateString(groupAddress, 'groupAddress');
    check(handle.dropSourceSpecificMembership(sourceAddress, groupAddress, interfaceAddress),
          'dropSourceSpecificMembership');
  };

function bufferSize(socket, size, isReceive) {
  if (size >>> 0 !== size) throw new ERR_SOCKET_BAD_BUFFER_SIZE();
  const ctx = {};
  const result = socket[kStateSymbol].handle.bufferSize(size, isReceive, ctx);
  if (result === undefined) throw new ERR_SOCKET_BUFFER_SIZE(ctx);
  return result;
}

Socket.prototype.setRecvBufferSize = function setRecvBufferSize(size) {
  bufferSize(this, size, RECEIVE);
};

Socket.prototype.setSendBufferSize = function setSendBufferSize(size) {
  bufferSize(this, size, SEND);
};

Socket.prototype.getRecvBufferSize = function getRecvBufferSize() {
  return bufferSize(this, 0, RECEIVE);
};

Socket.prototype.getSendBufferSize = function getSendBufferSize() {
  return bufferSize(this, 0, SEND);
};

Socket.prototype.getSendQueueSize = function getSendQueueSize() {
  return this[kStateSymbol].handle.getSendQueueSize();
};

Socket.prototype.getSendQueueCount = function getSendQueueCount() {
  return this[kStateSymbol].handle.getSendQueueCount();
};

Socket.prototype.ref = function ref() {
  this[kStateSymbol].handle?.ref();
  return this;
};

Socket.prototype.unref = function unref() {
  this[kStateSymbol].handle?.unref();
  return this;
};

// ---- what old programs reach for ----------------------------------------------------------------

function deprecatedProperty(name, key, canWrite) {
  const warn = (fn) => deprecate(fn, `Socket.prototype.${name} is deprecated`, 'DEP0112');
  ObjectDefineProperty(Socket.prototype, name, {
    __proto__: null,
    get: warn(function() {
      return this[kStateSymbol][key];
    }),
    set: canWrite ? warn(function(value) {
      this[kStateSymbol][key] = value;
    }) : undefined,
  });
}
deprecatedProperty('_handle', 'handle', true);
deprecatedProperty('_receiving', 'receiving', true);
deprecatedProperty('_bindState', 'bindState', true);
deprecatedProperty('_queue', 'queue', true);
deprecatedProperty('_reuseAddr', 'reuseAddr', true);

function deprecatedMethod(name, method) {
  Socket.prototype[name] = deprecate(
    method, `Socket.prototype.${name}() is deprecated`, 'DEP0112');
}
deprecatedMethod('_healthCheck', function() {
  handleOf(this);
});
deprecatedMethod('_stopReceiving', function() {
  stopReceiving(this);
});

ObjectDefineProperty(UDP.prototype, 'owner', {
  __proto__: null,
  get() { return this.ownerSocket; },
  set(socket) { this.ownerSocket = socket; },
});

module.exports = {
  _createSocketHandle: deprecate(
    _createSocketHandle, 'dgram._createSocketHandle() is deprecated', 'DEP0112'),
  createSocket,
  Socket,
};
