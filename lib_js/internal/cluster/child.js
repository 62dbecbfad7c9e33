'use strict';

// `cluster` in a worker: asks the primary for what it listens on.

const {
  ArrayPrototypeJoin,
  FunctionPrototypeCall,
  ObjectAssign,
  ReflectApply,
  SafeMap,
  SafeSet,
} = primordials;

const EventEmitter = require('events');
const path = require('path');
const Worker = require('internal/cluster/worker');
const { internal, sendHelper } = require('internal/cluster/utils');

const native = internalBinding('tcp_wrap');

const cluster = new EventEmitter();
/** What this worker listens on, by the primary's name for it. */
const handles = new SafeMap();
/** Numbers of the servers that listen at one address, and the next of them. */
const indexes = new SafeMap();

module.exports = cluster;

cluster.isWorker = true;
cluster.isMaster = false; // Deprecated alias. Must be same as isPrimary.
cluster.isPrimary = false;
cluster.worker = null;
cluster.Worker = Worker;

function send(message, callback) {
  return sendHelper(process, message, null, callback);
}

cluster._setupWorker = function() {
  const worker = new Worker({
    id: +process.env.NODE_UNIQUE_ID | 0,
    process,
    state: 'online',
  });
  cluster.worker = worker;
  process.once('disconnect', () => {
    process.channel = null;
    worker.emit('disconnect');
    // The primary is gone and nobody told us to go, too.
    if (!worker.exitedAfterDisconnect) process.exit(0);
  });
  process.on('internalMessage', internal(worker, onMessage));
  // Looked up each time: programs may replace it.
  const ask = (server, options, callback) => cluster._getServer(server, options, callback);
  require('internal/net/server').joinCluster(ask);
  send({ act: 'online' });
};

function onMessage(message, handle) {
  if (message.act === 'newconn') onConnection(message, handle);
  else if (message.act === 'disconnect') FunctionPrototypeCall(disconnectWorker, this, true);
}

function nextIndex(key) {
  let entry = indexes.get(key);
  if (entry === undefined) indexes.set(key, entry = { next: 0, used: new SafeSet() });
  const index = entry.next++;
  entry.used.add(index);
  return index;
}

function giveBackIndex(key, index) {
  const entry = indexes.get(key);
  if (entry === undefined) return;
  entry.used.delete(index);
  if (entry.used.size === 0) indexes.delete(key);
}

/**
 * Has the primary open what `server` listens on: `callback(errno, handle)`.
 * @param {{address, port, addressType, fd, flags, backlog}} options
 */
cluster._getServer = function(server, options, callback) {
  let { address } = options;
  // The primary may stand in another directory.
  if (options.port < 0 && typeof address === 'string' && address[0] !== '\0') {
    address = path.resolve(address);
  }
  const indexKey = ArrayPrototypeJoin(
    [address, options.port, options.addressType, options.fd], ':');
  const index = nextIndex(indexKey);
  const message = { act: 'queryServer', index, data: null, ...options, address };
  if (server._getServerData) message.data = server._getServerData();
  send(message, (reply, handle) => {
    if (typeof server._setServerData === 'function') server._setServerData(reply.data);
    // A server that could not listen is none of this worker's: the next one takes its place.
    if (reply.errno) giveBackIndex(indexKey, index);
    const place = { key: reply.key, indexKey, index };
    if (handle) useShared(reply, handle, place, callback);
    else useRoundRobin(server, reply, place, callback);
  });
  server.once('listening', () => {
    // A server may be closed again by now.
    if (!indexes.has(indexKey)) return;
    cluster.worker.state = 'listening';
    const bound = server.address();
    send({
      ...message, act: 'listening', port: bound?.port || options.port,
    });
  });
};

/** Tells the primary when the handle is closed. */
function trackClose(handle, { key, indexKey, index }) {
  const { close } = handle;
  let isOpen = true;
  handle.close = function() {
    if (isOpen) {
      isOpen = false;
      send({ act: 'close', key });
      handles.delete(key);
      giveBackIndex(indexKey, index);
    }
    return ReflectApply(close, handle, arguments);
  };
  handles.set(key, handle);
}

/** A socket that all workers listen on. */
function useShared(reply, handle, place, callback) {
  callback(reply.errno, handle, (listener) => trackClose(listener, place));
}

/** The primary accepts: here stands a listener that gets what is sent. */
function useRoundRobin(server, reply, place, callback) {
  if (reply.errno) {
    callback(reply.errno, null);
    return;
  }
  const { Listener } = require('internal/net/handle');
  const { kLaneFlag } = require('internal/net/server');
  const isPipe = reply.sockname === undefined;
  const listener = new Listener(native.listenIdle(server[kLaneFlag]?.() ?? 0), isPipe);
  listener.getsockname = (out) => {
    ObjectAssign(out, reply.sockname);
    return 0;
  };
  trackClose(listener, place);
  callback(0, listener);
}

/** The primary has accepted a connection for us. */
function onConnection(message, handle) {
  const listener = handles.get(message.key);
  const server = listener?.owner;
  let accepted = listener !== undefined && Boolean(handle);
  // Another worker may have room, unless this one shall refuse it.
  if (accepted && server && server.maxConnections != null && !server.dropMaxConnection &&
      server._connections >= server.maxConnections) {
    accepted = false;
  }
  send({ ack: message.seq, accepted });
  if (!accepted) {
    handle?.close();
    return;
  }
  const number = native.acceptFd(listener.number, handle.take());
  if (number < 0) return; // It is closed: the listener was, too.
  if (listener.isHttpLane) {
    require('internal/http/lane_entries').acceptLane(number, listener.number);
  } else {
    listener.handleAccept(number);
  }
}

/** Closes what listens, then the channel. */
function disconnectWorker(primaryInitiated) {
  this.exitedAfterDisconnect = true;
  let left = 1;
  const onClosed = () => {
    if (--left > 0) return;
    // The primary must know that we want to go before it sees us gone.
    if (primaryInitiated) process.disconnect();
    else send({ act: 'exitedAfterDisconnect' }, () => process.disconnect());
  };
  for (const handle of handles.values()) {
    left++;
    if (handle.owner) handle.owner.close(onClosed);
    else handle.close(onClosed);
  }
  handles.clear();
  onClosed();
}

Worker.prototype.disconnect = function() {
  if (this.state !== 'disconnecting' && this.state !== 'destroying') {
    this.state = 'disconnecting';
    FunctionPrototypeCall(disconnectWorker, this, false);
  }
  return this;
};

Worker.prototype.destroy = function() {
  if (this.state === 'destroying') return;
  this.exitedAfterDisconnect = true;
  if (!this.isConnected()) {
    process.exit(0);
  } else {
    this.state = 'destroying';
    send({ act: 'exitedAfterDisconnect' }, () => process.disconnect());
    process.once('disconnect', () => process.exit(0));
  }
};
