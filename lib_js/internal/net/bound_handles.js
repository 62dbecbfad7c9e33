'use strict';

// Node's handles TCP and Pipe, as far as they are bound by hand and given to server.listen().

const { SharedListener } = require('internal/net/shared_listener');

const native = internalBinding('tcp_wrap');

const FAMILY_UNIX = 1;
const FAMILY_V4 = 4;
const FAMILY_V6 = 6;
const UNOPENED = -1;

function take(handle, fd) {
  if (fd < 0) return fd;
  handle.fd = fd;
  return 0;
}

class TCP extends SharedListener {
  constructor() {
    super(UNOPENED);
  }

  bind(address, port) {
    return take(this, native.bind(FAMILY_V4, address, port, 0));
  }

  bind6(address, port, flags) {
    // UV_TCP_IPV6ONLY is 1, native's flag 2.
    return take(this, native.bind(FAMILY_V6, address, port, (flags & 1) << 1));
  }
}

class Pipe extends SharedListener {
  constructor() {
    super(UNOPENED);
  }

  bind(path) {
    const error = take(this, native.bind(FAMILY_UNIX, path, 0, 0));
    if (error === 0) this.path = path;
    return error;
  }
}

module.exports = {
  Pipe,
  TCP,
  pipeConstants: { SOCKET: 0, SERVER: 1, IPC: 2, UV_READABLE: 1, UV_WRITABLE: 2 },
  tcpConstants: { SOCKET: 0, SERVER: 1, UV_TCP_IPV6ONLY: 1, UV_TCP_REUSEPORT: 2 },
};
