'use strict';

// A connection that a tls.Server has accepted and that nobody else has seen. The net.Socket beneath
// its TLSSocket is made when a program asks for it, as `_parent`, which few do: until then its
// handle stands for it, and this for its place among the server's connections.

const { acceptedSocket } = require('internal/net/server');

class Accepted {
  constructor(server, handle) {
    this.server = server;
    this.handle = handle;
    this.allowHalfOpen = server.allowHalfOpen;
    server._connections++;
  }

  /** The net.Socket, whose handle goes on telling the TLSWrap. From here on it counts itself. */
  open() {
    const { handle } = this;
    const wrap = handle.owner;
    const socket = acceptedSocket(this.server, handle, true);
    handle.owner = wrap;
    wrap._parentWrap = socket;
    wrap.accepted = null;
    return socket;
  }

  /** The connection closes. */
  close() {
    this.server._connections--;
    this.server._emitCloseIfDrained();
  }
}

module.exports = { Accepted };
