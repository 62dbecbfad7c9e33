'use strict';

// Making connections: names to addresses, one address or several in turn (autoSelectFamily).

const { ObjectHasOwn, ReflectApply, Symbol, SymbolDispose } = primordials;

const { isIP } = require('internal/net');
const { StreamHandle, UNOPENED, unixError } = require('internal/net/handle');
const { applyOptions } = require('internal/net/socket');
const {
  ExceptionWithHostPort,
  NodeAggregateError,
  codes: {
    ERR_INVALID_ADDRESS_FAMILY,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_IP_ADDRESS,
    ERR_IP_BLOCKED,
    ERR_SOCKET_CONNECTION_TIMEOUT,
  },
} = require('internal/errors');
const {
  validateAbortSignal,
  validateBoolean,
  validateFunction,
  validateInt32,
  validateNumber,
  validatePort,
  validateString,
} = require('internal/validators');
const { clearTimeout, setTimeout } = require('internal/timers');

const { watch, defaultTriggerAsyncIdScope } = require('internal/async_hooks');

const native = internalBinding('tcp_wrap');

const ECANCELED = -125;
const ETIMEDOUT = -110;
const ATTEMPT_TIMEOUT_MIN_MS = 10;
const ANY_ADDRESS = { __proto__: null, 4: '0.0.0.0', 6: '::' };

let selectFamily;
let attemptTimeoutMs;

const { observerCounts, constants: { NODE_PERFORMANCE_ENTRY_TYPE_NET: NET } } =
  internalBinding('performance');

/** Of a connect that somebody observes. */
const kStatistics = Symbol('kPerfHooksNetConnectContext');

function optionOr(name, fallback) {
  const { getOptionValue } = require('internal/options');
  const value = getOptionValue(name);
  return value === undefined ? fallback : value;
}

function getDefaultAutoSelectFamily() {
  selectFamily ??= optionOr('--network-family-autoselection', true);
  return selectFamily;
}

function setDefaultAutoSelectFamily(value) {
  validateBoolean(value, 'value');
  selectFamily = value;
}

function getDefaultAutoSelectFamilyAttemptTimeout() {
  attemptTimeoutMs ??= optionOr('--network-family-autoselection-attempt-timeout', 250);
  return attemptTimeoutMs;
}

function setDefaultAutoSelectFamilyAttemptTimeout(value) {
  validateInt32(value, 'value', 1);
  attemptTimeoutMs = Math.max(value, ATTEMPT_TIMEOUT_MIN_MS);
}

function connectSocket(socket, options) {
  const { path } = options;
  if (path) {
    validateString(path, 'options.path');
    connectTo(socket, path);
  } else {
    connectToHost(socket, options);
  }
}

function endpointError(syscall, status, target) {
  const { localAddress, localPort } = target;
  const hasLocal = localAddress && localPort;
  const error = new ExceptionWithHostPort(
    status, syscall, target.address, target.port,
    hasLocal ? `${localAddress}:${localPort}` : undefined);
  if (hasLocal) {
    error.localAddress = localAddress;
    error.localPort = localPort;
  }
  return error;
}

/** Starts one attempt; the result is a handle, or the error that came at once. */
function startAttempt(socket, target) {
  const { address, port, family } = target;
  if (target.localAddress || target.localPort) target.localAddress ||= ANY_ADDRESS[family];
  socket.emit('connectionAttempt', address, port, family);
  if (!socket.connecting) return null; // A listener has destroyed it.
  if (family !== undefined && socket.blockList?.check(address, `ipv${family}`)) {
    return new ERR_IP_BLOCKED(address);
  }
  const handle = socket._handle;
  if (ObjectHasOwn(handle, 'connect')) return connectByProgram(handle, target);
  const number = unixError(handle.boundFd >= 0 ?
    handle.connect(family ?? 1, address, port | 0) :
    native.connect(family ?? 1, address, port | 0, target.localAddress || undefined,
                   target.localPort | 0));
  if (number >= 0) {
    handle.open(number);
    if (observerCounts[NET] > 0 && family !== undefined) {
      const { startPerf } = require('internal/perf/observe');
      startPerf(socket, kStatistics, {
        type: 'net', name: 'connect', detail: { host: address, port },
      });
    }
    if (watch.isOn) {
      handle.watchRequest('connect', handle.isPipe ? 'PIPECONNECTWRAP' : 'TCPCONNECTWRAP');
    }
    return handle;
  }
  if (target.localAddress) {
    return new ExceptionWithHostPort(number, 'bind', target.localAddress, target.localPort);
  }
  return endpointError('connect', number, target);
}

/** A program put a `connect` on the handle, in Node's form, as those do that mock connections. */
function connectByProgram(handle, target) {
  const { address, port, localAddress, localPort, family } = target;
  const request = {
    oncomplete(status) { handle.handleConnect(status); },
    address, port, localAddress, localPort, addressType: family,
  };
  const connect = family === 6 ? handle.connect6 : handle.connect;
  const status = ReflectApply(connect, handle, [request, address, port]);
  return status < 0 ? endpointError('connect', status, target) : handle;
}

function connectTo(socket, address, port, family, localAddress, localPort) {
  const target = { address, port, family, localAddress, localPort };
  const result = startAttempt(socket, target);
  if (result === null) return;
  if (result instanceof Error) {
    socket.destroy(result);
    return;
  }
  result.onconnect = (status) => {
    if (socket.destroyed) return;
    if (status < 0) {
      const error = endpointError('connect', unixError(status), target);
      socket.emit('connectionAttemptFailed', address, port, family, error);
      socket.destroy(error);
    } else {
      connected(socket);
    }
  };
}

function connected(socket) {
  if (observerCounts[NET] > 0) require('internal/perf/observe').stopPerf(socket, kStatistics);
  socket.connecting = false;
  socket._sockname = null;
  socket._unrefTimer();
  applyOptions(socket);
  socket.emit('connect');
  socket.emit('ready');
  // Begin to read, or learn of an early end.
  if (!socket.isPaused() && !socket.destroyed) socket.read(0);
}

// --- Several addresses, one after the other

/** State of a connect over many addresses. */
class Attempts {
  constructor(socket, addresses, port, localPort, timeoutMs) {
    this.socket = socket;
    this.addresses = addresses;
    this.port = port;
    this.localPort = localPort;
    this.timeoutMs = timeoutMs;
    this.index = 0;
    this.timer = null;
    this.errors = [];
  }

  next(canceled) {
    clearTimeout(this.timer);
    const { socket } = this;
    if (socket._aborted) return;
    if (canceled || this.index === this.addresses.length) {
      socket.destroy(this.errors.length === 0 ?
        new ERR_SOCKET_CONNECTION_TIMEOUT() : new NodeAggregateError(this.errors));
      return;
    }
    const index = this.index++;
    const { address, family } = this.addresses[index];
    const target = {
      address, port: this.port, family,
      localAddress: this.localPort ? ANY_ADDRESS[family] : undefined,
      localPort: this.localPort,
    };
    if (index > 0) replaceHandle(socket);
    const blocked = socket.blockList?.check(address, `ipv${family}`);
    if (!blocked) socket.autoSelectFamilyAttemptedAddresses.push(`${address}:${this.port}`);
    const result = startAttempt(socket, target);
    if (result === null) return;
    if (result instanceof Error) {
      this.failed(target, result, false);
      return;
    }
    result.onconnect = (status) => {
      clearTimeout(this.timer);
      if (socket.destroyed || socket._handle !== result) return;
      if (status < 0) {
        this.failed(target, endpointError('connect', status, target), status === ECANCELED);
      } else {
        connected(socket);
      }
    };
    if (index < this.addresses.length - 1) {
      this.timer = setTimeout(() => this.timedOut(target, result), this.timeoutMs);
    }
  }

  failed(target, error, canceled) {
    this.errors.push(error);
    const { socket } = this;
    socket.emit('connectionAttemptFailed', target.address, target.port, target.family, error);
    if (socket.connecting) this.next(canceled);
  }

  timedOut(target, handle) {
    const { socket } = this;
    socket.emit('connectionAttemptTimeout', target.address, target.port, target.family);
    this.errors.push(endpointError('connect', ETIMEDOUT, target));
    handle.onconnect = null;
    if (socket.connecting) this.next(false);
  }
}

/** The next attempt needs a handle of its own. */
function replaceHandle(socket) {
  const last = socket._handle;
  const next = new StreamHandle(UNOPENED, false);
  next.frame = last.frame;
  next.isUnreffed = last.isUnreffed;
  if (last.replaceTransport !== undefined) {
    last.replaceTransport(next); // What TLS goes over.
    return;
  }
  socket._handle = next;
  if (last.owner !== socket && last.owner?.replaceTransport !== undefined) {
    last.owner.replaceTransport(next); // Another socket has TLS over this one.
    return;
  }
  next.owner = socket;
  last.close();
}

/** The addresses of a lookup in the order of attempts: families alternate, the first one leads. */
function alternateFamilies(socket, addresses, host) {
  const groups = [[], []];
  let first;
  for (let i = 0; i < addresses.length; i++) {
    const { address, family } = addresses[i];
    socket.emit('lookup', null, address, family, host);
    if (!socket.connecting) return null;
    if (!isIP(address) || (family !== 4 && family !== 6)) continue;
    first ??= family;
    const group = groups[family === first ? 0 : 1];
    if (!group.some((other) => other.address === address)) group.push(addresses[i]);
  }
  const ordered = [];
  for (let i = 0; i < groups[0].length || i < groups[1].length; i++) {
    if (i < groups[0].length) ordered.push(groups[0][i]);
    if (i < groups[1].length) ordered.push(groups[1][i]);
  }
  return ordered;
}

// --- Hosts

/** The async id of the socket's handle, while somebody asks for ids. */
function idOf(socket) {
  return watch.isOn ? socket._handle.getAsyncId() : undefined;
}

function destroyNT(socket, error) {
  socket.destroy(error);
}

function familyNumber(family) {
  if (family === 'IPv4') return 4;
  if (family === 'IPv6') return 6;
  return family;
}

function validateHost(host) {
  validateString(host, 'options.host');
  if (host.includes('\u0000')) {
    const { ERR_INVALID_ARG_VALUE } = require('internal/errors').codes;
    throw new ERR_INVALID_ARG_VALUE(
      'options.host', host, 'must be a string without null bytes');
  }
}

function connectToHost(socket, options) {
  const { localAddress, localPort } = options;
  const host = options.host || 'localhost';
  let { port, autoSelectFamily, autoSelectFamilyAttemptTimeout } = options;
  validateHost(host);
  if (localAddress && !isIP(localAddress)) throw new ERR_INVALID_IP_ADDRESS(localAddress);
  if (localPort) validateNumber(localPort, 'options.localPort');
  if (port !== undefined) {
    if (typeof port !== 'number' && typeof port !== 'string') {
      throw new ERR_INVALID_ARG_TYPE('options.port', ['number', 'string'], port);
    }
    validatePort(port);
  }
  port |= 0;
  if (autoSelectFamily != null) validateBoolean(autoSelectFamily, 'options.autoSelectFamily');
  else autoSelectFamily = getDefaultAutoSelectFamily();
  if (autoSelectFamilyAttemptTimeout != null) {
    validateInt32(autoSelectFamilyAttemptTimeout, 'options.autoSelectFamilyAttemptTimeout', 1);
    autoSelectFamilyAttemptTimeout =
      Math.max(autoSelectFamilyAttemptTimeout, ATTEMPT_TIMEOUT_MIN_MS);
  } else {
    autoSelectFamilyAttemptTimeout = getDefaultAutoSelectFamilyAttemptTimeout();
  }

  const literal = isIP(host);
  if (literal) {
    defaultTriggerAsyncIdScope(idOf(socket), process.nextTick, () => {
      if (socket.connecting) connectTo(socket, host, port, literal, localAddress, localPort);
    });
    return;
  }

  if (options.lookup != null) validateFunction(options.lookup, 'options.lookup');
  const dns = require('dns');
  const lookup = options.lookup || dns.lookup;
  const family = familyNumber(options.family);
  const query = { family, hints: options.hints || 0 };
  const anyFamily = family !== 4 && family !== 6;
  if (anyFamily && query.hints === 0) query.hints = dns.ADDRCONFIG;
  socket._host = host;
  if (anyFamily && !localAddress && autoSelectFamily) {
    query.all = true;
    defaultTriggerAsyncIdScope(idOf(socket), lookup, host, query, (error, addresses) => {
      if (!socket.connecting) return;
      if (error) {
        socket.emit('lookup', error, undefined, undefined, host);
        process.nextTick(destroyNT, socket, error);
        return;
      }
      connectToAddresses(socket, addresses, host, options, port, localAddress, localPort,
                         autoSelectFamilyAttemptTimeout);
    });
    return;
  }
  defaultTriggerAsyncIdScope(idOf(socket), lookup, host, query, (error, address, addressFamily) => {
    socket.emit('lookup', error, address, addressFamily, host);
    if (!socket.connecting) return;
    error ||= checkAddress(address, addressFamily, options);
    if (error) {
      // Nobody listens to 'error' yet when the lookup answered at once.
      process.nextTick(destroyNT, socket, error);
      return;
    }
    socket._unrefTimer();
    connectTo(socket, address, port, addressFamily, localAddress, localPort);
  });
}

function checkAddress(address, family, options) {
  if (typeof address !== 'string' || !isIP(address)) return new ERR_INVALID_IP_ADDRESS(address);
  if (family !== 4 && family !== 6) {
    return new ERR_INVALID_ADDRESS_FAMILY(family, options.host, options.port);
  }
  return null;
}

function connectToAddresses(socket, addresses, host, options, port, localAddress, localPort,
                            timeoutMs) {
  const ordered = alternateFamilies(socket, addresses, host);
  if (ordered === null) return;
  if (ordered.length === 0) {
    const error = checkAddress(addresses[0].address, addresses[0].family, options);
    if (error) process.nextTick(destroyNT, socket, error);
    return;
  }
  socket._unrefTimer();
  if (ordered.length === 1) {
    const { address, family } = ordered[0];
    connectTo(socket, address, port, family, localAddress, localPort);
    return;
  }
  socket.autoSelectFamilyAttemptedAddresses = [];
  new Attempts(socket, ordered, port, localPort, timeoutMs).next(false);
}

/** The `signal` option of a client socket: the stream destroys it, this ends further attempts. */
function abortConnectingOn(socket, signal) {
  validateAbortSignal(signal, 'options.signal');
  let disposable;
  const onAbort = () => {
    disposable?.[SymbolDispose]();
    socket._aborted = true;
  };
  if (signal.aborted) {
    process.nextTick(onAbort);
  } else {
    process.nextTick(() => {
      const { addAbortListener } = require('internal/events/abort_listener');
      disposable = addAbortListener(signal, onAbort);
    });
  }
}

module.exports = {
  abortConnectingOn,
  connectSocket,
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
};
