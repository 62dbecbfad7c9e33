'use strict';

// http.Agent: sockets by origin, in use or free, and the requests that wait for one.

const {
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Symbol,
} = primordials;

const EventEmitter = require('events');
const { current: currentFrame, exchange: exchangeFrame, set: setFrame } =
  require('internal/async_context_frame');
const { Socket, guard } = require('internal/net/socket');
const { isIP } = require('internal/net');
const { once } = require('internal/util');
const { validateNumber, validateOneOf, validateString } = require('internal/validators');
const { keepAliveOf } = require('internal/http/incoming');
const { kProxy, kWaitForProxyTunnel } = require('internal/http/symbols');

const kOnKeylog = Symbol('onkeylog');
const kRequestOptions = Symbol('requestOptions');
/** The async context that a waiting request was made in. */
const kRequestFrame = Symbol('requestAsyncResource');

const MAX_FREE_SOCKETS = 256;
const KEEP_ALIVE_MS = 1000;
const TIMEOUT_BUFFER_MS = 1000;

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  EventEmitter.call(this);
  this.options = { __proto__: null, ...options };
  this.defaultPort = this.options.defaultPort || 80;
  this.protocol = this.options.protocol || 'http:';
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  this.options.path = null; // Not a unix socket.
  this.requests = { __proto__: null };
  this.sockets = { __proto__: null };
  this.freeSockets = { __proto__: null };
  this.keepAliveMsecs = this.options.keepAliveMsecs || KEEP_ALIVE_MS;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
  this.maxFreeSockets = this.options.maxFreeSockets || MAX_FREE_SOCKETS;
  this.scheduling = this.options.scheduling || 'lifo';
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  const buffer = this.options.agentKeepAliveTimeoutBuffer;
  this.agentKeepAliveTimeoutBuffer =
    Number.isFinite(buffer) && buffer >= 0 ? buffer : TIMEOUT_BUFFER_MS;
  validateOneOf(this.scheduling, 'scheduling', ['fifo', 'lifo']);
  if (this.maxTotalSockets !== undefined) {
    validateNumber(this.maxTotalSockets, 'maxTotalSockets', 1);
  } else {
    this.maxTotalSockets = Infinity;
  }
  const { proxyEnv } = this.options;
  if (typeof proxyEnv === 'object' && proxyEnv !== null) {
    const { findProxy } = require('internal/http/proxy');
    const value = findProxy(proxyEnv, this.protocol);
    ObjectDefineProperty(this, kProxy, { __proto__: null, value });
  }
  this.on('free', onFree);
  this.on('newListener', enableKeylog);
}
ObjectSetPrototypeOf(Agent.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Agent, EventEmitter);

Agent.defaultMaxSockets = Infinity;
/** The http proxy of some requests; agents made with `proxyEnv` may have their own. */
Agent.prototype[kProxy] = null;

// TLS keys are told only to agents that somebody asked.
function enableKeylog(eventName) {
  if (eventName !== 'keylog') return;
  this.removeListener('newListener', enableKeylog);
  const agent = this;
  this[kOnKeylog] = function onkeylog(line) {
    agent.emit('keylog', line, this);
  };
  for (const set of [this.freeSockets, this.sockets]) {
    for (const sockets of Object.values(set)) {
      for (const socket of sockets) socket.on('keylog', this[kOnKeylog]);
    }
  }
}

/** A socket has nothing to do: the next request gets it, or it waits, or it goes. */
function onFree(socket, options) {
  const name = nameOfSocket(this, options);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const waiting = this.requests[name];
  if (waiting?.length) {
    const req = waiting.shift();
    const prior = exchangeFrame(req[kRequestFrame]);
    socket._handle?.asyncReset?.();
    setRequestSocket(this, req, socket);
    setFrame(prior);
    if (waiting.length === 0) delete this.requests[name];
    return;
  }
  const req = socket._httpMessage;
  if (!req || !req.shouldKeepAlive || !this.keepAlive) {
    socket.destroy();
    return;
  }
  const free = this.freeSockets[name] || [];
  const count = free.length + (this.sockets[name]?.length ?? 0);
  if (this.totalSocketCount > this.maxTotalSockets || count > this.maxSockets ||
      free.length >= this.maxFreeSockets || !this.keepSocketAlive(socket)) {
    socket.destroy();
    return;
  }
  this.freeSockets[name] = free;
  socket._httpMessage = null;
  this.removeSocket(socket, options);
  if (socket._handle) socket._handle.isIdle = true;
  socket.once('error', onFreeSocketError);
  guardFree(socket);
  free.push(socket);
}

function onFreeSocketError() {
  this.destroy();
  this.emit('agentRemove');
}

// Bytes that nobody asked for would be taken for the response to the next request.
function guardFree(socket) {
  if (socket.readableLength > 0) socket.destroy();
  else if (socket instanceof Socket) guard(socket, true);
}

Agent.prototype.createConnection = function createConnection(...args) {
  const proxy = this[kProxy];
  if (proxy !== null) {
    const { 0: options, 1: callback } = require('net')._normalizeArgs(args);
    if (proxy.serves(options)) return proxy.connect(callback);
  }
  return require('net').createConnection(...args);
};

Agent.prototype.getName = function getName(options = {}) {
  const { host, port, localAddress, family, socketPath } = options;
  return nameOf(host, port, localAddress, family, socketPath);
};

const { getName } = Agent.prototype;

/** The last name and what it was made of: most programs ask the same server again and again. */
const last = {
  host: undefined, port: undefined, localAddress: undefined, family: undefined,
  socketPath: undefined, name: 'localhost::',
};

function nameOf(host, port, localAddress, family, socketPath) {
  if (host !== last.host || port !== last.port || localAddress !== last.localAddress ||
      family !== last.family || socketPath !== last.socketPath) {
    let name = host || 'localhost';
    name += `:${port || ''}`;
    name += `:${localAddress || ''}`;
    if (family === 4 || family === 6) name += `:${family}`;
    if (socketPath) name += `:${socketPath}`;
    last.host = host;
    last.port = port;
    last.localAddress = localAddress;
    last.family = family;
    last.socketPath = socketPath;
    last.name = name;
  }
  return last.name;
}

/** What mergeOptions() would say of `key`. */
function pick(agent, options, key) {
  return key in agent.options ? agent.options[key] : options[key];
}

/** getName() of options with the agent's own on top; undefined: they are to be merged first. */
function nameOfMerged(agent, options, req) {
  if (agent.getName !== getName) return undefined;
  const host = req.getHeader('host');
  if (host && typeof host !== 'string') return undefined; // Merging refuses it.
  return nameOf(
    pick(agent, options, 'host'), pick(agent, options, 'port'),
    pick(agent, options, 'localAddress'), pick(agent, options, 'family'),
    pick(agent, options, 'socketPath'));
}

/** getName() of the options that a socket was made with. */
function nameOfSocket(agent, options) {
  const { _agentKey: key } = options;
  return key !== undefined && agent.getName === getName ? key : agent.getName(options);
}

/**
 * Options of a request with the agent's own on top. V8 copies to an object whose prototype is taken
 * away at the end in half the time that it needs for one that begins without.
 */
function mergeOptions(agent, options, req) {
  const merged = { ...options, ...agent.options, __proto__: null };
  if (merged.socketPath) merged.path = merged.socketPath;
  if (!merged.servername && merged.servername !== '') {
    merged.servername = serverName(merged, req);
  }
  return merged;
}

function serverName(options, req) {
  let name = options.host;
  const host = req.getHeader('host');
  if (host) {
    validateString(host, 'options.headers.host');
    if (host[0] === '[') {
      const end = host.indexOf(']');
      name = end === -1 ? host : host.substring(1, end);
    } else {
      name = host.split(':', 1)[0];
    }
  }
  return isIP(name) ? '' : name;
}

/** Takes a live socket from the pool of `name`. */
function takeFree(agent, name) {
  const free = agent.freeSockets[name];
  if (!free) return undefined;
  while (free.length && free[0].destroyed) free.shift();
  const socket = agent.scheduling === 'fifo' ? free.shift() : free.pop();
  if (free.length === 0) delete agent.freeSockets[name];
  return socket;
}

Agent.prototype.addRequest = function addRequest(req, options, port, localAddress) {
  if (typeof options === 'string') {
    options = { __proto__: null, host: options, port, localAddress };
  }
  // A socket that waits is found without merging the options, which costs more than all the rest.
  let name = nameOfMerged(this, options, req);
  let socket = name === undefined ? undefined : takeFree(this, name);
  if (!socket) {
    options = mergeOptions(this, options, req);
    name = this.getName(options);
    socket = takeFree(this, name);
  }
  this.sockets[name] ||= [];
  const count = (this.freeSockets[name]?.length ?? 0) + this.sockets[name].length;
  if (socket) {
    const highWaterMark = pick(this, options, 'highWaterMark');
    if (highWaterMark != null && socket._writableState &&
        socket.writableHighWaterMark !== highWaterMark) {
      socket._writableState.highWaterMark = highWaterMark;
    }
    socket._handle?.asyncReset?.();
    this.reuseSocket(socket, req);
    setRequestSocket(this, req, socket);
    this.sockets[name].push(socket);
  } else if (count < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
    this.createSocket(req, options, (error, created) => {
      if (error) failRequest(req, error);
      else setRequestSocket(this, req, created);
    });
  } else {
    this.requests[name] ||= [];
    req[kRequestOptions] = options;
    req[kRequestFrame] = currentFrame();
    this.requests[name].push(req);
  }
};

Agent.prototype.createSocket = function createSocket(req, options, cb) {
  options = mergeOptions(this, options, req);
  const timeout = req.timeout || this.options.timeout || undefined;
  if (timeout) options.timeout = timeout;
  const name = this.getName(options);
  options._agentKey = name;
  options.encoding = null;
  const onCreated = once((error, socket) => {
    if (error) {
      cb(error);
      return;
    }
    this.sockets[name] ||= [];
    this.sockets[name].push(socket);
    this.totalSocketCount++;
    watchSocket(this, socket, options);
    cb(null, socket);
  });
  if (this.keepAlive) {
    options.keepAlive = this.keepAlive;
    options.keepAliveInitialDelay = this.keepAliveMsecs;
  }
  const socket = this.createConnection(options, onCreated);
  // One through a tunnel is the request's as soon as the tunnel stands.
  if (socket && !socket[kWaitForProxyTunnel]) onCreated(null, socket);
};

function watchSocket(agent, socket, options) {
  function onSocketFree() {
    agent.emit('free', socket, options);
  }
  function onClose() {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
  }
  function onTimeout() {
    const sets = Object.values(agent.freeSockets);
    if (sets.some((sockets) => sockets.includes(socket))) socket.destroy();
  }
  function onRemove() {
    // Upgraded: the socket is no more ours.
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
    socket.removeListener('close', onClose);
    socket.removeListener('free', onSocketFree);
    socket.removeListener('timeout', onTimeout);
    socket.removeListener('agentRemove', onRemove);
  }
  socket.on('free', onSocketFree);
  socket.on('close', onClose);
  socket.on('timeout', onTimeout);
  socket.on('agentRemove', onRemove);
  if (agent[kOnKeylog]) socket.on('keylog', agent[kOnKeylog]);
}

function removeFrom(set, name, socket) {
  const sockets = set[name];
  const index = sockets ? sockets.indexOf(socket) : -1;
  if (index === -1) return;
  sockets.splice(index, 1);
  if (sockets.length === 0) delete set[name];
}

Agent.prototype.removeSocket = function removeSocket(socket, options) {
  const name = nameOfSocket(this, options);
  removeFrom(this.sockets, name, socket);
  if (!socket.writable) removeFrom(this.freeSockets, name, socket);
  let req;
  if (this.requests[name]?.length) {
    req = this.requests[name][0];
  } else {
    // maxTotalSockets may have held back requests to another origin.
    for (const other of Object.keys(this.requests)) {
      if (this.sockets[other]?.length) break;
      req = this.requests[other][0];
      options = req[kRequestOptions];
      break;
    }
  }
  if (!req || !options) return;
  req[kRequestOptions] = undefined;
  this.createSocket(req, options, (error, created) => {
    if (error) failRequest(req, error);
    else created.emit('free');
  });
};

function failRequest(req, error) {
  if (error.code === 'ERR_PROXY_TUNNEL') {
    if (error.proxyTunnelTimeout) req.emit('timeout');
    req.emit('error', error);
  }
  req.onSocket(null, error);
}

Agent.prototype.keepSocketAlive = function keepSocketAlive(socket) {
  socket.setKeepAlive(true, this.keepAliveMsecs);
  socket.unref();
  let timeout = this.options.timeout || 0;
  const { res } = socket._httpMessage ?? NO_MESSAGE;
  const told = res ? keepAliveOf(res) : undefined;
  const seconds = told ? /^timeout=(\d+)/.exec(told)?.[1] : undefined;
  if (seconds) {
    // Be earlier than the server.
    const limit = Number.parseInt(seconds, 10) * 1000 - this.agentKeepAliveTimeoutBuffer;
    if (limit <= 0) return false;
    if (limit < timeout) timeout = limit;
  }
  if (socket.timeout !== timeout) socket.setTimeout(timeout);
  return true;
};

Agent.prototype.reuseSocket = function reuseSocket(socket, req) {
  socket.removeListener('error', onFreeSocketError);
  if (socket instanceof Socket) guard(socket, false);
  req.reusedSocket = true;
  socket.ref();
};

Agent.prototype.destroy = function destroy() {
  for (const set of [this.freeSockets, this.sockets]) {
    for (const sockets of Object.values(set)) {
      for (const socket of [...sockets]) socket.destroy();
    }
  }
};

function setRequestSocket(agent, req, socket) {
  req.onSocket(socket);
  const timeout = agent.options.timeout || 0;
  if (req.timeout === undefined || req.timeout === timeout) return;
  socket.setTimeout(req.timeout);
}

const NO_MESSAGE = { res: null };

const GLOBAL_OPTIONS = { keepAlive: true, scheduling: 'lifo', timeout: 5000 };

let globalAgent;

/** The agent of a program whose proxies are named by its environment. */
function makeProxiedAgent() {
  const { env } = process;
  const { URL } = require('internal/url');
  for (const name of ['http_proxy', 'https_proxy']) {
    const text = env[name] || env[name.toUpperCase()];
    if (text) new URL(text); // Node's program does not begin with a wrong one.
  }
  return new Agent({ ...GLOBAL_OPTIONS, proxyEnv: env });
}

function getGlobalAgent() {
  if (globalAgent === undefined) {
    const { getOptionValue } = require('internal/options');
    globalAgent = getOptionValue('--use-env-proxy') ?
      makeProxiedAgent() : new Agent({ ...GLOBAL_OPTIONS, proxyEnv: undefined });
  }
  return globalAgent;
}

function setGlobalAgent(agent) {
  globalAgent = agent;
}

module.exports = { Agent, GLOBAL_OPTIONS, getGlobalAgent, setGlobalAgent };
