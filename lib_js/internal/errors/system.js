'use strict';

// Errors that tell what the kernel (or a resolver) answered.

const {
  Error, ObjectDefineProperty, ObjectKeys, SymbolFor,
} = primordials;

const { UV_EAI_NODATA, UV_EAI_NONAME, errname, lookUp } = require('internal/errno');
const { inspect } = require('internal/errors/describe');
const { kIsNodeError } = require('internal/errors/stack');

const unmapped = ['UNKNOWN', 'unknown error'];

/** @returns {[name: string, message: string] | undefined} for a negative errno */
const uvErrmapGet = lookUp;

/** The name for an errno that a user may have given us: checks it first. */
function checkedName(number) {
  return require('util').getSystemErrorName(number);
}

function hostPort(address, port) {
  if (port && port > 0) return ` ${address}:${port}`;
  return address ? ` ${address}` : '';
}

/** Makes users see a plain Error. */
function plain(ErrorClass) {
  ObjectDefineProperty(ErrorClass.prototype, 'constructor', {
    __proto__: null, get: () => Error, enumerable: false, configurable: true,
  });
  return ErrorClass;
}

/** `ENOENT: no such file or directory, open 'x'`. Other fields of `ctx` go to the error. */
class UVException extends Error {
  /** @param {{errno: number, syscall: string, path?: any, dest?: any, message?: string}} ctx */
  constructor(ctx) {
    const { 0: code, 1: reason } = lookUp(ctx.errno) ?? unmapped;
    const path = ctx.path ? ctx.path.toString() : undefined;
    const dest = ctx.dest ? ctx.dest.toString() : undefined;
    const files = `${path ? ` '${path}'` : ''}${dest ? ` -> '${dest}'` : ''}`;
    super(`${code}: ${ctx.message || reason}, ${ctx.syscall}${files}`);

    const keys = ObjectKeys(ctx);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key !== 'message' && key !== 'path' && key !== 'dest') this[key] = ctx[key];
    }
    this.code = code;
    if (path) this.path = path;
    if (dest) this.dest = dest;
  }
}
plain(UVException);

/** `listen EADDRINUSE: address already in use :::80` */
class UVExceptionWithHostPort extends Error {
  constructor(errno, syscall, address, port) {
    const { 0: code, 1: reason } = lookUp(errno) ?? unmapped;
    super(`${syscall} ${code}: ${reason}${hostPort(address, port)}`);
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
    this.address = address;
    if (port) this.port = port;
  }
}
plain(UVExceptionWithHostPort);

/** `read ECONNRESET` */
class ErrnoException extends Error {
  constructor(errno, syscall, original) {
    const code = checkedName(errno);
    super(original ? `${syscall} ${code} ${original}` : `${syscall} ${code}`);
    this.errno = errno;
    this.code = code;
    this.syscall = syscall;
  }
}
plain(ErrnoException);

/** `connect ECONNREFUSED 127.0.0.1:80 - Local (...)` */
class ExceptionWithHostPort extends Error {
  constructor(errno, syscall, address, port, additional) {
    const code = checkedName(errno);
    const local = additional ? ` - Local (${additional})` : '';
    super(`${syscall} ${code}${hostPort(address, port)}${local}`);
    this.errno = errno;
    this.code = code;
    this.syscall = syscall;
    this.address = address;
    if (port) this.port = port;
  }
}
plain(ExceptionWithHostPort);

/** `getaddrinfo ENOTFOUND host`. Strings are the resolver's own codes and have no errno. */
class DNSException extends Error {
  constructor(code, syscall, hostname) {
    let errno;
    if (typeof code === 'number') {
      errno = code;
      // ENOTFOUND is Node's own word for both.
      const isMissing = code === UV_EAI_NODATA || code === UV_EAI_NONAME;
      code = isMissing ? 'ENOTFOUND' : errname(code);
    }
    super(`${syscall} ${code}${hostname ? ` ${hostname}` : ''}`);
    this.errno = errno;
    this.code = code;
    this.syscall = syscall;
    if (hostname) this.hostname = hostname;
  }
}
plain(DNSException);

class ConnResetException extends Error {
  constructor(message) {
    super(message);
    this.code = 'ECONNRESET';
  }
}
plain(ConnResetException);

/** Makes `key` of the error read and write the same field of its `info`. */
function mirror(error, info, key, toInfo) {
  ObjectDefineProperty(error, key, {
    __proto__: null,
    get() {
      const value = info[key];
      return toInfo === undefined || value == null ? value : value.toString();
    },
    set(value) {
      info[key] = toInfo === undefined ? value : toInfo(value);
    },
    enumerable: true,
    configurable: true,
  });
}

function hidden(error, key, value, writable) {
  ObjectDefineProperty(error, key, {
    __proto__: null, value, writable, enumerable: false, configurable: true,
  });
}

const toBytes = (value) => (value ? require('buffer').Buffer.from(value.toString()) : undefined);

/** A code of ours with what the kernel answered under `info`. */
class SystemError extends Error {
  constructor(code, prefix, info) {
    super();
    const path = info.path !== undefined ? ` ${info.path}` : '';
    const dest = info.dest !== undefined ? ` => ${info.dest}` : '';
    this.code = code;
    hidden(this, kIsNodeError, true, false);
    hidden(this, 'name', 'SystemError', true);
    const answer = `${info.syscall} returned ${info.code} (${info.message})`;
    hidden(this, 'message', `${prefix}: ${answer}${path}${dest}`, true);
    ObjectDefineProperty(this, 'info', {
      __proto__: null, value: info, writable: false, enumerable: true, configurable: true,
    });
    mirror(this, info, 'errno');
    mirror(this, info, 'syscall');
    if (info.path !== undefined) mirror(this, info, 'path', toBytes);
    if (info.dest !== undefined) mirror(this, info, 'dest', toBytes);
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [SymbolFor('nodejs.util.inspect.custom')](recurseTimes, ctx) {
    return inspect(this, { ...ctx, getters: true, customInspect: false });
  }
}

module.exports = {
  ConnResetException,
  DNSException,
  ErrnoException,
  ExceptionWithHostPort,
  SystemError,
  UVException,
  UVExceptionWithHostPort,
  uvErrmapGet,
};
