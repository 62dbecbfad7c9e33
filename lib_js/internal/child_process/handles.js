'use strict';

// Servers and sockets that travel with a message: what is sent of them, and what they become on
// the other side.

const { ErrnoException, codes: { ERR_INVALID_HANDLE_TYPE } } = require('internal/errors');

const native = internalBinding('tcp_wrap');

/** The list of sockets that a server has sent to, or got from, the other process. */
function getSocketList(kind, target, key) {
  const { kChannelHandle } = require('internal/child_process/channel');
  const { sockets } = target[kChannelHandle];
  const { SocketListSend, SocketListReceive } = require('internal/socket_list');
  const List = kind === 'send' ? SocketListSend : SocketListReceive;
  return sockets[kind][key] ??= new List(target, key);
}

/** A stream over a descriptor that has come. */
function streamOfDescriptor(fd) {
  const { StreamHandle } = require('internal/net/handle');
  const number = native.openFd(fd);
  if (number < 0) throw new ErrnoException(number, 'open');
  return new StreamHandle(number, native.sockName(number)?.[0] === 1);
}

/** What waits for its use: the program, or the cluster, knows what it is. */
function waitingHandle(fd) {
  const { SharedListener } = require('internal/net/shared_listener');
  return new SharedListener(fd);
}

/** A datagram socket over what has come. */
function udpOf(handle) {
  const { UDP } = require('internal/dgram/handle');
  const udp = new UDP(4);
  const error = udp.open(handle.take());
  if (error < 0) throw new ErrnoException(error, 'open');
  return udp;
}

/** From now on, closing it here leaves it open elsewhere. */
function shareListener(handle) {
  const { Listener } = require('internal/net/handle');
  if (handle instanceof Listener) native.share(handle.number);
  return handle;
}

/** Takes a socket's handle away from it, to be sent. */
function detachSocket(target, message, socket, options) {
  if (!socket._handle) return undefined;
  if (socket._handle.isLane && !options.keepOpen) {
    const { forgetSocket } = require('internal/http/routing');
    const { leaveLane } = require('internal/http/lane_socket');
    const { lane } = socket._handle;
    forgetSocket(socket);
    socket.parser = null;
    if (leaveLane(lane) === null) return undefined;
    socket._httpMessage = null; // Its response has no connection any more.
  }
  const handle = socket._handle;
  const { server } = socket;
  if (server) {
    // The server goes on counting it, by asking the other process.
    message.key = server._connectionKey;
    const { kChannelHandle } = require('internal/child_process/channel');
    const isFirst = !target[kChannelHandle].sockets.send[message.key];
    const list = getSocketList('send', target, message.key);
    if (isFirst) server._setupWorker(list);
    if (!options.keepOpen) server._connections--;
  }
  if (!options.keepOpen) {
    handle.owner = null;
    handle.readStop();
    handle.reading = false;
    socket._handle = null;
    socket.setTimeout(0);
  }
  return handle;
}

/** The net.Socket that has come; one of a server's is counted there. */
function attachSocket(target, message, handle, emit) {
  const { Socket } = require('net');
  const socket = new Socket({
    handle: streamOfDescriptor(handle.take()), readable: true, writable: true,
  });
  if (message.key) getSocketList('got', target, message.key).add({ socket });
  emit(socket);
}

const conversions = {
  '__proto__': null,

  'net.Native': {
    isMoved: false,
    send: (target, message, handle) => shareListener(handle),
    got: (target, message, handle, emit) => emit(handle),
  },

  'net.Server': {
    isMoved: false,
    send: (target, message, server) => server._handle && shareListener(server._handle),
    got(target, message, handle, emit) {
      const { Server } = require('net');
      const server = new Server();
      server.listen(handle, () => emit(server));
    },
  },

  'net.Socket': { isMoved: true, send: detachSocket, got: attachSocket },

  'dgram.Native': {
    isMoved: false,
    send: (target, message, handle) => handle,
    got: (target, message, handle, emit) => emit(udpOf(handle)),
  },

  'dgram.Socket': {
    isMoved: false,
    send(target, message, socket) {
      message.dgramType = socket.type;
      return socket[require('internal/dgram').kStateSymbol].handle;
    },
    got(target, message, handle, emit) {
      const { Socket } = require('dgram');
      const socket = new Socket(message.dgramType);
      socket.bind(udpOf(handle), () => emit(socket));
    },
  },
};

function conversionOf(type) {
  return conversions[type];
}

/** The name of the way in which `handle` is sent. */
function typeOfHandle(handle) {
  const { Server, Socket } = require('net');
  if (handle instanceof Socket) return 'net.Socket';
  if (handle instanceof Server) return 'net.Server';
  const { Listener, StreamHandle } = require('internal/net/handle');
  if (handle instanceof StreamHandle || handle instanceof Listener) return 'net.Native';
  const { SharedListener } = require('internal/net/shared_listener');
  if (handle instanceof SharedListener) return 'net.Native';
  const { UDP } = require('internal/dgram/handle');
  if (handle instanceof UDP) return 'dgram.Native';
  const { Socket: DatagramSocket } = require('dgram');
  if (handle instanceof DatagramSocket) return 'dgram.Socket';
  throw new ERR_INVALID_HANDLE_TYPE();
}

/** A handle has come with `message`: emit(object) gets what it is to the program. */
function receiveHandle(target, message, handle, emit) {
  conversions[message.type].got(target, message, handle, emit);
}

module.exports = {
  conversionOf,
  getSocketList,
  receiveHandle,
  typeOfHandle,
  udpOf,
  waitingHandle,
};
