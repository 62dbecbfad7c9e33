'use strict';

// net.Server: a listener and the connections it accepts.

const {
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Symbol,
  SymbolAsyncDispose,
  SymbolDispose,
} = primordials;

const EventEmitter = require('events');
const { openChannels } = require('internal/net/channels');
const { isIP, parseIPv6 } = require('internal/net');
const { Listener, StreamHandle, kAdopt, unixError } = require('internal/net/handle');
const { Socket, kKeepAlive, kKeepAliveDelay, kNoDelay } = require('internal/net/socket');
const { isPath, normalizeArguments, toNumber } = require('internal/net/arguments');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const {
  ErrnoException,
  ExceptionWithHostPort,
  UVExceptionWithHostPort,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_SERVER_ALREADY_LISTEN,
    ERR_SERVER_NOT_RUNNING,
  },
} = require('internal/errors');
const { validateAbortSignal, validateNumber, validatePort } = require('internal/validators');

const { watch, symbols: { async_id_symbol } } = require('internal/async_hooks');
const { triggeredBy } = require('internal/async_hooks/resources');

const {
  constants: { kTransferable },
  privateSymbols: { transfer_mode_private_symbol },
} = internalBinding('util');
const { kDeserialize, kTransfer, kTransferList } = require('internal/worker/transfer_symbols');
const native = internalBinding('tcp_wrap');

const ENOENT = -2;
const EBADF = -9;
const EACCES = -13;
const EINVAL = -22;
const ENOTSOCK = -88;
const EADDRINUSE = -98;
const BACKLOG_DEFAULT = 511;
const REUSE_PORT = 1;
const IPV6_ONLY = 2;
const EXCLUSIVE = 8;

/** A server class that wants its connections in native's http lane returns 4 here. */
const kLaneFlag = Symbol('kLaneFlag');
/** Called with the new listener before 'listening'. */
const kOnListener = Symbol('kOnListener');

function Server(options, connectionListener) {
  if (!(this instanceof Server)) return new Server(options, connectionListener);
  EventEmitter.call(this);
  if (typeof options === 'function') {
    connectionListener = options;
    options = {};
    this.on('connection', connectionListener);
  } else if (options == null || typeof options === 'object') {
    options = { ...options };
    if (typeof connectionListener === 'function') this.on('connection', connectionListener);
  } else {
    throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  if (options.keepAliveInitialDelay !== undefined) {
    validateNumber(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
    if (options.keepAliveInitialDelay < 0) options.keepAliveInitialDelay = 0;
  }
  if (options.highWaterMark !== undefined) {
    validateNumber(options.highWaterMark, 'options.highWaterMark');
    if (options.highWaterMark < 0) options.highWaterMark = getDefaultHighWaterMark();
  }
  this._connections = 0;
  this._handle = null;
  this._usingWorkers = false;
  this._workers = [];
  this._unref = false;
  this._listeningId = 1;
  this.allowHalfOpen = options.allowHalfOpen || false;
  this.pauseOnConnect = !!options.pauseOnConnect;
  this.noDelay = Boolean(options.noDelay);
  this.keepAlive = Boolean(options.keepAlive);
  this.keepAliveInitialDelay = ~~(options.keepAliveInitialDelay / 1000);
  this.highWaterMark = options.highWaterMark ?? getDefaultHighWaterMark();
  this[transfer_mode_private_symbol] = kTransferable;
  if (options.blockList) {
    const { BlockList } = require('internal/net/blocklist');
    if (!BlockList.isBlockList(options.blockList)) {
      throw new ERR_INVALID_ARG_TYPE('options.blockList', 'net.BlockList', options.blockList);
    }
    this.blockList = options.blockList;
  }
}
ObjectSetPrototypeOf(Server.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Server, EventEmitter);

Server.prototype[kLaneFlag] = function() { return 0; };
Server.prototype[kOnListener] = function(listener) {};

ObjectDefineProperty(Server.prototype, async_id_symbol, {
  __proto__: null,
  get() { return this._handle?.getAsyncId() ?? -1; },
});

// --- Listening

function emitErrorNT(server, error) {
  server.emit('error', error);
}

function emitListeningNT(server) {
  if (!server._handle) return;
  const { serverListen } = openChannels();
  if (serverListen.hasSubscribers) serverListen.asyncEnd.publish({ server });
  server.emit('listening');
}

/** The flags of an options object that native knows. */
function listenFlags(options) {
  return (options.reusePort === true ? REUSE_PORT : 0) |
    (options.ipv6Only === true ? IPV6_ONLY : 0) |
    (options.exclusive ? EXCLUSIVE : 0);
}

/** Opens a listener: a handle number, or -errno. `where` says what was really tried. */
function openListener(where, backlog, flags) {
  if (where.fd !== undefined) {
    const number = native.listenFd(where.fd, backlog, flags);
    // Node looks at the kind of descriptor first.
    return number === EBADF || number === ENOTSOCK ? EINVAL : number;
  }
  if (where.path !== undefined) {
    const number = unixError(native.listen(1, where.path, 0, backlog, flags));
    return number === ENOENT ? EACCES : number; // As on Windows, by libuv's will.
  }
  if (where.address) return native.listen(where.family, where.address, where.port, backlog, flags);
  const number = native.listen(6, '::', where.port, backlog, flags);
  where.address = '::';
  where.family = 6;
  // Somebody else's port is his for both families.
  if (number >= 0 || number === EADDRINUSE) return number;
  where.address = '0.0.0.0';
  where.family = 4;
  return native.listen(4, '0.0.0.0', where.port, backlog, flags & ~IPV6_ONLY);
}

function startListening(server, where, backlog, flags) {
  let listener = server._handle;
  if (!listener) {
    const number = openListener(where, backlog || BACKLOG_DEFAULT, flags | server[kLaneFlag]());
    if (number < 0) {
      const address = where.path ?? where.address;
      const port = where.path !== undefined ? -1 : where.port;
      const error = where.fd !== undefined ?
        new UVExceptionWithHostPort(number, 'listen', null, null) :
        new UVExceptionWithHostPort(number, 'listen', address, port);
      const { serverListen } = openChannels();
      if (serverListen.hasSubscribers) serverListen.error.publish({ server, error });
      process.nextTick(emitErrorNT, server, error);
      return;
    }
    listener = new Listener(number, where.path !== undefined || where.isPipe === true);
    server._handle = listener;
  }
  listener.owner = server;
  server[kOnListener](listener);
  const { family, address, port } = where;
  server._connectionKey = where.path !== undefined ?
    `-1:${where.path}:-1` : `${family}:${address}:${port}`;
  if (server._unref) server.unref();
  if (watch.isOn) triggeredBy(listener, () => process.nextTick(emitListeningNT, server));
  else process.nextTick(emitListeningNT, server);
}

/** Goes on with a descriptor that another thread listened on. */
function adoptListener(server, fd) {
  const number = native.adoptListener(fd, server[kLaneFlag]());
  if (number < 0) throw new ErrnoException(number, 'listen');
  server._handle = new Listener(number, false);
  const { address, family, port } = server.address();
  startListening(server, { address, family: family === 'IPv6' ? 6 : 4, port }, 0, 0);
}

/** In a worker of a cluster: asks the primary for what a server listens on. */
let getServer = null;

function joinCluster(ask) {
  getServer = ask;
}

/** Who is to be asked for what something listens on; null outside of a cluster's workers. */
function serverOfCluster() {
  return getServer;
}

/** What has come from the primary is what `server` listens on. */
function takeClusterHandle(server, where, backlog, flags, handle, onListener) {
  if (handle.isShared !== true) {
    server._handle = handle;
  } else {
    const number = native.listenFd(
      handle.take(), backlog || BACKLOG_DEFAULT, flags | server[kLaneFlag]());
    if (number < 0) {
      const address = where.path ?? where.address;
      server.emit('error', new UVExceptionWithHostPort(number, 'listen', address, where.port));
      return;
    }
    server._handle = new Listener(number, where.path !== undefined);
    onListener(server._handle);
  }
  startListening(server, where, backlog, flags);
}

/** Listens, or lets the primary of the cluster do it. */
function listenHereOrInCluster(server, where, backlog, flags, extra) {
  if (getServer === null || (flags & EXCLUSIVE) !== 0) {
    startListening(server, where, backlog, flags);
    return;
  }
  const isPath = where.path !== undefined;
  const isFd = where.fd !== undefined;
  const address = where.path ?? where.address ?? null;
  let port = isFd ? null : where.port;
  let addressType = isFd ? null : where.family ?? 4;
  if (isPath) port = addressType = -1;
  const listeningId = server._listeningId;
  const query = { address, port, addressType, fd: where.fd, flags, backlog, ...extra };
  getServer(server, query, (errno, handle, onListener) => {
    if (errno) {
      server.emit('error', new ExceptionWithHostPort(errno, 'bind', address, port));
    } else if (listeningId !== server._listeningId) {
      handle.close(); // Closed, or listening to something else, before the answer came.
    } else {
      takeClusterHandle(server, where, backlog, flags, handle, onListener);
    }
  });
}

function closeOnAbort(server, signal) {
  validateAbortSignal(signal, 'options.signal');
  const onAborted = () => server.close();
  if (signal.aborted) {
    process.nextTick(onAborted);
    return;
  }
  const { addAbortListener } = require('internal/events/abort_listener');
  const disposable = addAbortListener(signal, onAborted);
  server.once('close', disposable[SymbolDispose]);
}

function isLinkLocal(address) {
  const groups = parseIPv6(address);
  return groups !== null && (groups[0] & 0xffc0) === 0xfe80;
}

function listenOnHost(server, port, host, backlog, flags) {
  const listeningId = server._listeningId;
  require('dns').lookup(host, { all: true }, (error, addresses) => {
    if (listeningId !== server._listeningId) return;
    if (error) {
      server.emit('error', error);
      return;
    }
    const best = addresses.find((entry) => !isLinkLocal(entry.address)) ?? addresses[0];
    listenHereOrInCluster(
      server, { address: best.address, family: best.family || 4, port }, backlog, flags);
  });
}

function listenOnPath(server, options, backlog, flags) {
  const { path } = options;
  if (path[0] === '\0' && (options.readableAll || options.writableAll)) {
    throw new ERR_INVALID_ARG_VALUE(
      'options', options,
      'can not set readableAll or writableAllt to true when path is abstract unix socket');
  }
  server._pipeName = path;
  const { readableAll, writableAll } = options;
  listenHereOrInCluster(server, { path }, backlog, flags, { readableAll, writableAll });
  const mode = (options.readableAll === true ? 1 : 0) | (options.writableAll === true ? 2 : 0);
  if (mode === 0 || !server._handle) return;
  const error = server._handle.fchmod(mode);
  if (error < 0) {
    server._handle.close();
    server._handle = null;
    throw new ErrnoException(error, 'uv_pipe_chmod');
  }
}

/** Listens on what was bound by hand. */
function listenBound(server, { fd, path }, backlog) {
  startListening(server, { fd, isPipe: path !== undefined }, backlog, 0);
  if (path === undefined) return;
  server._pipeName = path;
  const { removePath } = require('internal/net/bound_socket');
  server.once('close', () => removePath(path));
}

Server.prototype.listen = function(...args) {
  let { 0: options, 1: callback } = normalizeArguments(args);
  if (this._handle) throw new ERR_SERVER_ALREADY_LISTEN();
  if (callback !== null) this.once('listening', callback);
  const backlogArgument = toNumber(args.length > 1 && args[1]) ||
    toNumber(args.length > 2 && args[2]);
  options = options._handle || options.handle || options;
  this._listeningId++;
  const { serverListen } = openChannels();
  if (serverListen.hasSubscribers) serverListen.asyncStart.publish({ server: this, options });
  if (options instanceof Listener) {
    this._handle = options;
    startListening(this, {}, backlogArgument, 0);
    return this;
  }
  if (options[kAdopt] !== undefined) {
    listenBound(this, options[kAdopt](), backlogArgument);
    return this;
  }
  if (options.isShared === true) {
    startListening(this, { fd: options.take() }, backlogArgument, 0);
    return this;
  }
  if (options.signal !== undefined) closeOnAbort(this, options.signal);
  if (typeof options.fd === 'number' && options.fd >= 0) {
    listenHereOrInCluster(this, { fd: options.fd }, backlogArgument, 0);
    return this;
  }
  if (args.length === 0 || typeof args[0] === 'function' ||
      (options.port === undefined && 'port' in options) || options.port === null) {
    options.port = 0;
  }
  const backlog = options.backlog || backlogArgument;
  if (typeof options.port === 'number' || typeof options.port === 'string') {
    validatePort(options.port, 'options.port');
    if (options.reusePort === true) options.exclusive = true;
    const flags = listenFlags(options);
    const port = options.port | 0;
    if (options.host) {
      listenOnHost(this, port, options.host, backlog, flags);
    } else {
      listenHereOrInCluster(this, { port }, backlog, flags);
    }
    return this;
  }
  if (options.path && isPath(options.path)) {
    listenOnPath(this, options, backlog, listenFlags(options));
    return this;
  }
  if (!('port' in options) && !('path' in options)) {
    throw new ERR_INVALID_ARG_VALUE(
      'options', options, 'must have the property "port" or "path"');
  }
  throw new ERR_INVALID_ARG_VALUE('options', options);
};

ObjectDefineProperty(Server.prototype, 'listening', {
  __proto__: null,
  get() { return !!this._handle; },
  configurable: true,
  enumerable: true,
});

Server.prototype.address = function() {
  const handle = this._handle;
  if (handle && !handle.isPipe) {
    const name = {};
    const error = handle.getsockname(name);
    if (error < 0) throw new ErrnoException(error, 'address');
    return name;
  }
  return this._pipeName || null;
};

/** A server that listens by TCP can go on in another thread. */
Server.prototype[kTransferList] = function() {
  return require('internal/net/transfer').transferListOf(this);
};

Server.prototype[kTransfer] = function() {
  return require('internal/net/transfer').packServer(this);
};

Server.prototype[kDeserialize] = function(data, goods) {
  require('internal/net/transfer').unpackServer(this, data, goods);
};

// --- Accepting

/** What the 'drop' event says about a connection that is refused. */
function dropInfo(handle) {
  const local = {};
  const remote = {};
  handle.getsockname(local);
  handle.getpeername(remote);
  return {
    __proto__: null,
    localAddress: local.address,
    localPort: local.port,
    localFamily: local.family,
    remoteAddress: remote.address,
    remotePort: remote.port,
    remoteFamily: remote.family,
  };
}

/** True if the server does not want this connection (maxConnections, blockList). */
function isRefused(server, handle, isPipe) {
  if (server.maxConnections != null && server._connections >= server.maxConnections) {
    server.emit('drop', isPipe ? undefined : dropInfo(handle));
    return true;
  }
  if (!server.blockList || isPipe) return false;
  const remote = {};
  handle.getpeername(remote);
  const family = isIP(remote.address);
  return family !== 0 && server.blockList.check(remote.address, `ipv${family}`);
}

/** The net.Socket of an accepted connection; `isManual`: it does not begin to read. */
function acceptedSocket(server, handle, isManual = handle.isLane === true) {
  const socket = new Socket({
    handle,
    allowHalfOpen: server.allowHalfOpen,
    pauseOnCreate: server.pauseOnConnect,
    manualStart: isManual,
    readable: true,
    writable: true,
    readableHighWaterMark: server.highWaterMark,
    writableHighWaterMark: server.highWaterMark,
  });
  if (server.noDelay) {
    socket[kNoDelay] = true;
    if (!handle.isLane) handle.setNoDelay(true);
  }
  if (server.keepAlive) {
    socket[kKeepAlive] = true;
    socket[kKeepAliveDelay] = server.keepAliveInitialDelay;
    if (!handle.isLane) handle.setKeepAlive(true, server.keepAliveInitialDelay);
  }
  socket.server = server;
  socket._server = server;
  return socket;
}

Server.prototype._onaccept = function(listener, number) {
  if (number < 0) {
    listener.onconnection(number, undefined);
    return;
  }
  const handle = watch.isOn ?
    triggeredBy(listener, () => new StreamHandle(number, listener.isPipe)) :
    new StreamHandle(number, listener.isPipe);
  handle.frame = listener.frame;
  listener.onconnection(0, handle);
};

Server.prototype._onconnection = function(listener, status, handle) {
  if (status !== 0) {
    this.emit('error', new ErrnoException(status, 'accept'));
    return;
  }
  if (isRefused(this, handle, listener.isPipe)) {
    handle.close();
    return;
  }
  const socket = acceptedSocket(this, handle);
  this._connections++;
  this.emit('connection', socket);
  const { serverSocket } = openChannels();
  if (serverSocket.hasSubscribers) serverSocket.publish({ socket });
};

/** Connections that were sent to other processes are counted there. */
Server.prototype._setupWorker = function(list) {
  this._usingWorkers = true;
  this._workers.push(list);
  list.once('exit', (gone) => {
    this._workers.splice(this._workers.indexOf(gone), 1);
  });
};

Server.prototype.getConnections = function(callback) {
  if (!this._usingWorkers) {
    process.nextTick(callback, null, this._connections);
    return this;
  }
  let left = this._workers.length;
  let total = this._connections;
  const onCount = (error, count) => {
    if (left <= 0) return;
    left = error ? 0 : left - 1;
    if (error) process.nextTick(callback, error);
    else if (total += count, left === 0) process.nextTick(callback, null, total);
  };
  if (left === 0) process.nextTick(callback, null, total);
  for (const list of [...this._workers]) list.getConnections(onCount);
  return this;
};

// --- Closing

Server.prototype.close = function(callback) {
  this._listeningId++;
  if (typeof callback === 'function') {
    if (this._handle) {
      this.once('close', callback);
    } else {
      this.once('close', function close() {
        callback(new ERR_SERVER_NOT_RUNNING());
      });
    }
  }
  if (this._handle) {
    this._handle.close();
    this._handle = null;
  }
  if (this._usingWorkers) closeWorkers(this);
  else this._emitCloseIfDrained();
  return this;
};

/** 'close' comes when the other processes have closed their connections, too. */
function closeWorkers(server) {
  let left = server._workers.length;
  // One more than there are: 'close' comes once, at the end.
  server._connections++;
  const onClosed = () => {
    if (--left > 0) return;
    server._connections--;
    server._emitCloseIfDrained();
  };
  if (left === 0) onClosed();
  for (const list of [...server._workers]) list.close(onClosed);
}

function emitCloseNT(server) {
  server.emit('close');
}

Server.prototype._emitCloseIfDrained = function() {
  if (this._handle || this._connections) return;
  process.nextTick(emitCloseNT, this);
};

Server.prototype[SymbolAsyncDispose] = async function() {
  if (!this._handle) return;
  await new Promise((resolve, reject) => {
    this.close((error) => (error ? reject(error) : resolve()));
  });
};

Server.prototype[EventEmitter.captureRejectionSymbol] = function(error, event, socket) {
  if (event === 'connection') socket.destroy(error);
  else this.emit('error', error);
};

Server.prototype.ref = function() {
  this._unref = false;
  if (this._handle) this._handle.ref();
  return this;
};

Server.prototype.unref = function() {
  this._unref = true;
  if (this._handle) this._handle.unref();
  return this;
};

/** A descriptor with the address, of which nobody accepts yet; or -errno. */
function bindDescriptor(address, port, family, flags) {
  if (port === -1 && family === -1) return unixError(native.bind(1, address, 0, flags));
  if (address) return native.bind(family === 6 ? 6 : 4, address, port, flags);
  const fd = native.bind(6, '::', port, flags);
  return fd >= 0 ? fd : native.bind(4, '0.0.0.0', port, flags & ~IPV6_ONLY);
}

/** Node's name for making a handle to listen on without a server. */
function createServerHandle(address, port, family, fd, flags) {
  const { SharedListener } = require('internal/net/shared_listener');
  if (typeof fd === 'number' && fd >= 0) return new SharedListener(fd);
  const bound = bindDescriptor(address, port, family, flags | 0);
  if (bound < 0) return bound;
  return new SharedListener(bound, port === -1 && family === -1 ? address : undefined);
}

module.exports = {
  Server,
  acceptedSocket,
  adoptListener,
  createServerHandle,
  isRefused,
  joinCluster,
  kLaneFlag,
  kOnListener,
  serverOfCluster,
};
