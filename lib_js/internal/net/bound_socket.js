'use strict';

// net.BoundSocket: a socket that has its address and waits to become a server or a client.

const fs = require('fs');
const { isIP } = require('internal/net');
const { kEmptyObject } = require('internal/util');
const { StreamHandle, UNOPENED, fillName, kAdopt, unixError } = require('internal/net/handle');
const {
  ErrnoException,
  ExceptionWithHostPort,
  codes: { ERR_INVALID_ARG_VALUE, ERR_SOCKET_HANDLE_ADOPTED },
} = require('internal/errors');
const {
  validateBoolean,
  validateObject,
  validatePort,
  validateString,
} = require('internal/validators');

const native = internalBinding('tcp_wrap');

const EACCES = -13;
const ENOENT = -2;
const REUSE_PORT = 1;
const IPV6_ONLY = 2;
const FAMILY_UNIX = 1;

/** The path of a unix socket goes with it; abstract names go by themselves. */
function removePath(path) {
  if (path === undefined || path[0] === '\0') return;
  try {
    fs.unlinkSync(path);
  } catch {
    // Somebody else was there first, and nobody waits for an answer: as libuv.
  }
}

function bindPath(options) {
  const { path, host, port, ipv6Only, reusePort } = options;
  validateString(path, 'options.path');
  if ([host, port, ipv6Only, reusePort].some((value) => value !== undefined)) {
    throw new ERR_INVALID_ARG_VALUE(
      'options', options, 'path is mutually exclusive with host, port, ipv6Only, and reusePort');
  }
  const fd = unixError(native.bind(FAMILY_UNIX, path, 0, 0));
  // As libuv tells of a folder that is not there.
  if (fd < 0) throw new ErrnoException(fd === ENOENT ? EACCES : fd, 'bind');
  return fd;
}

function bindAddress(options) {
  const { port = 0, ipv6Only = false, reusePort = false } = options;
  const { host = ipv6Only === true ? '::' : '0.0.0.0' } = options;
  validateString(host, 'options.host');
  validatePort(port, 'options.port');
  validateBoolean(ipv6Only, 'options.ipv6Only');
  validateBoolean(reusePort, 'options.reusePort');
  const family = isIP(host);
  if (family === 0) {
    throw new ERR_INVALID_ARG_VALUE(
      'options.host', host,
      'must be a numeric IP address; net.BoundSocket does not perform DNS resolution');
  }
  const flags = (reusePort ? REUSE_PORT : 0) | (ipv6Only ? IPV6_ONLY : 0);
  const fd = native.bind(family, host, port | 0, flags);
  if (fd < 0) throw new ExceptionWithHostPort(fd, 'bind', host, port);
  return fd;
}

class BoundSocket {
  #fd = -1;
  #path;

  constructor(options = kEmptyObject) {
    validateObject(options, 'options');
    this.#path = options.path;
    this.#fd = options.path !== undefined ? bindPath(options) : bindAddress(options);
  }

  #open() {
    if (this.#fd === -1) throw new ERR_SOCKET_HANDLE_ADOPTED();
    return this.#fd;
  }

  address() {
    const fd = this.#open();
    if (this.isPipe) return this.#path;
    const name = {};
    fillName(name, native.fdName(fd));
    return name;
  }

  fd() {
    return this.#open();
  }

  close() {
    fs.closeSync(this.#open());
    this.#fd = -1;
    removePath(this.#path);
  }

  get isPipe() {
    return this.#path !== undefined;
  }

  /** The descriptor now belongs to whoever asked. */
  [kAdopt]() {
    const fd = this.#open();
    this.#fd = -1;
    return { fd, path: this.#path };
  }
}

/** The handle of a client that was bound by hand. */
class BoundHandle extends StreamHandle {
  constructor(bound) {
    const { fd, path } = bound[kAdopt]();
    super(UNOPENED, path !== undefined);
    this.boundFd = fd;
    this.path = path;
  }

  connect(family, address, port) {
    const fd = this.boundFd;
    this.boundFd = -1;
    return native.connectFd(fd, family, address, port);
  }

  getsockname(out) {
    if (this.path !== undefined) {
      out.address = this.path;
      return 0;
    }
    return this.number === UNOPENED ? fillName(out, native.fdName(this.boundFd)) :
      super.getsockname(out);
  }

  close(callback) {
    if (this.boundFd !== -1) fs.closeSync(this.boundFd);
    this.boundFd = -1;
    removePath(this.path);
    super.close(callback);
  }
}

module.exports = { BoundHandle, BoundSocket, removePath };
