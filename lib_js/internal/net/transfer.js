'use strict';

// net.Socket and net.Server in transfer lists: what goes with the message, and what it becomes in
// the other thread. Descriptors move, memory does not: so a socket must not have begun to read.
// Connections that a listener had accepted and not told of when it moved go after it by a port.

const {
  ObjectAssign,
  Symbol,
} = primordials;

const { adoptListener } = require('internal/net/server');
const { Listener, StreamHandle } = require('internal/net/handle');
const { Socket } = require('internal/net/socket');
const { setImmediate } = require('internal/timers');
const {
  ErrnoException,
  codes: { ERR_WORKER_HANDLE_NOT_TRANSFERABLE },
} = require('internal/errors');

const native = internalBinding('moved_fd');
const { openFd } = internalBinding('tcp_wrap');

/** What a server goes on with in the other thread. */
const SERVER_OPTIONS = [
  'allowHalfOpen', 'pauseOnConnect', 'noDelay', 'keepAlive', 'keepAliveInitialDelay',
  'highWaterMark',
];

const NO_GOODS = -1;
const kPort = Symbol('kPort');

function owned(goods) {
  const fd = native.unpack(goods);
  if (fd < 0) throw new ErrnoException(fd, 'open');
  return fd;
}

// --- Sockets

function isUntouched(socket) {
  const handle = socket._handle;
  return handle instanceof StreamHandle && !handle.isPipe && !socket.connecting &&
    !socket.destroyed && socket.bytesRead === 0 && socket.bytesWritten === 0 &&
    socket.readableLength === 0 && socket.writableLength === 0 && socket.readableEncoding === null;
}

/** The thread that asks has no more of the socket than an object that is destroyed. */
function packSocket(socket) {
  const goods = isUntouched(socket) ? native.packStream(socket._handle.number) : NO_GOODS;
  if (goods === NO_GOODS) throw new ERR_WORKER_HANDLE_NOT_TRANSFERABLE('net.Socket');
  const handle = socket._handle;
  handle.owner = null;
  handle.close();
  socket._handle = null;
  socket.destroy();
  const { allowHalfOpen } = socket;
  return { data: { allowHalfOpen }, deserializeInfo: 'net:Socket', goods };
}

function unpackSocket(socket, data, goods) {
  if (goods === undefined) throw new ERR_WORKER_HANDLE_NOT_TRANSFERABLE('net.Socket');
  const number = openFd(owned(goods));
  if (number < 0) throw new ErrnoException(number, 'open');
  socket.allowHalfOpen = data.allowHalfOpen;
  socket._handle = new StreamHandle(number, false);
  socket._handle.owner = socket;
}

// --- Servers

function checkListening(server) {
  const handle = server._handle;
  if (handle instanceof Listener && !handle.isPipe) return;
  throw new ERR_WORKER_HANDLE_NOT_TRANSFERABLE('net.Server');
}

/** What moves with a server: the port by which late connections come. */
function transferListOf(server) {
  checkListening(server);
  const { MessageChannel } = require('internal/worker/io');
  server[kPort] = new MessageChannel();
  return [server[kPort].port2];
}

/** Owns a listener that has moved, until all that it had accepted has been told of. */
class Handover {
  constructor(listener, port) {
    this.listener = listener;
    this.port = port;
  }

  _onaccept(listener, number) {
    if (number < 0) return;
    const handle = new StreamHandle(number, false);
    const socket = new Socket({ handle, pauseOnCreate: true });
    this.port.postMessage(socket, [socket]);
  }

  end() {
    this.listener.owner = null;
    this.listener.close();
    this.port.close();
  }
}

function packServer(server) {
  checkListening(server);
  const { port1, port2 } = server[kPort];
  server[kPort] = undefined;
  const listener = server._handle;
  const goods = native.packListener(listener.number);
  if (goods === NO_GOODS) throw new ERR_WORKER_HANDLE_NOT_TRANSFERABLE('net.Server');
  server._handle = null;
  const handover = new Handover(listener, port1);
  // The http lane knows its connections by the server; those that are here already stay.
  if (listener.isHttpLane !== true) listener.owner = handover;
  // The next turn brings the last of them.
  setImmediate(() => setImmediate(() => handover.end()));
  const data = { port: port2 };
  for (let i = 0; i < SERVER_OPTIONS.length; i++) {
    data[SERVER_OPTIONS[i]] = server[SERVER_OPTIONS[i]];
  }
  return { data, deserializeInfo: 'net:Server', goods };
}

function welcome(server, socket) {
  const handle = socket._handle;
  socket._handle = null;
  if (server._handle === null) handle.close();
  else server._onconnection(server._handle, 0, handle);
}

function unpackServer(server, data, goods) {
  if (goods === undefined) throw new ERR_WORKER_HANDLE_NOT_TRANSFERABLE('net.Server');
  const { port, ...options } = data;
  ObjectAssign(server, options);
  adoptListener(server, owned(goods));
  port.on('message', (socket) => welcome(server, socket));
  port.unref();
}

module.exports = { packServer, packSocket, transferListOf, unpackServer, unpackSocket };
