'use strict';

// Public module `https`: servers of http over TLSSockets, requests through agents whose connections
// are made by tls.connect() and begin with the session of one before.

const {
  JSONStringify,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Symbol,
  SymbolAsyncDispose,
} = primordials;

const { URL, isURL, urlToHttpOptions } = require('internal/url');
const { Agent: HttpAgent, GLOBAL_OPTIONS } = require('internal/http/agent');
const { ClientRequest } = require('internal/http/client');
const {
  Server: HttpServer,
  becomeServer,
  connectionListener,
  own,
  preClose,
  showFields,
  trackConnections,
} = require('internal/http/server');
const { kProxy } = require('internal/http/symbols');
const { kEmptyObject } = require('internal/util');
const { validateObject } = require('internal/validators');
const tls = require('tls');

const MAX_CACHED_SESSIONS = 100;

/** Set on what comes of a request that looks at certificates in its own way: none shares it. */
const kOwnCheck = Symbol('per-request checkServerIdentity');

let ownChecksCount = 0;

// ---- Agent ----------------------------------------------------------------------------------

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  options = { __proto__: null, ...options };
  options.defaultPort ??= 443;
  options.protocol ??= 'https:';
  HttpAgent.call(this, options);
  this.maxCachedSessions = this.options.maxCachedSessions;
  if (this.maxCachedSessions === undefined) this.maxCachedSessions = MAX_CACHED_SESSIONS;
  this._sessionCache = { map: {}, list: [] };
}
ObjectSetPrototypeOf(Agent.prototype, HttpAgent.prototype);
ObjectSetPrototypeOf(Agent, HttpAgent);

/** Options, from the many ways to say them: (port, host, options, callback), ... */
function readArguments(args) {
  const isObject = (value) => value !== null && typeof value === 'object';
  const { 0: first, 1: second, 2: third } = args;
  let options = first;
  if (!isObject(first)) options = isObject(second) ? { ...second } : { ...third };
  if (typeof first === 'number') options.port = first;
  if (typeof second === 'string') options.host = second;
  const callback = args.at(-1);
  return { options, callback: typeof callback === 'function' ? callback : undefined };
}

Agent.prototype.createConnection = function createConnection(...args) {
  const { options: told, callback } = readArguments(args);
  const key = told[kOwnCheck] ? undefined : told._agentKey;
  const session = key ? this._getSession(key) : undefined;
  const options = session ? { session, ...told } : told;
  const prepare = (socket) => {
    if (told[kOwnCheck]) socket[kOwnCheck] = true;
    if (!key) return;
    socket.on('session', (made) => this._cacheSession(key, made));
    socket.once('close', (hadError) => {
      if (hadError) this._evictSession(key);
    });
  };
  const proxy = this[kProxy];
  if (proxy !== null && proxy.serves(options) &&
      (options.protocol || this.protocol) === 'https:') {
    return require('internal/http/tunnel').openTunnel(this, options, prepare, callback);
  }
  const socket = tls.connect(options);
  prepare(socket);
  return socket;
};

Agent.prototype.keepSocketAlive = function keepSocketAlive(socket) {
  return !socket[kOwnCheck] && HttpAgent.prototype.keepSocketAlive.call(this, socket);
};

/** Options that count when they are true, when they are told at all, and in special ways. */
const ofTrue = (key) => (options) => options[key] || '';
const ofTold = (key) => (options) => (options[key] === undefined ? '' : options[key]);

/** Stores of keys may each have a pass phrase of their own. */
function ofStores({ pfx, passphrase }) {
  if (!pfx) return '';
  if (!Array.isArray(pfx)) return pfx;
  let name = '';
  for (const store of pfx) name += `:${store?.buf || store}:${store?.passphrase || passphrase}`;
  return name;
}

/** What a connection of one set of options is not shared over, in Node's order. */
const NAME_PARTS = [
  ofTrue('ca'), ofTrue('cert'), ofTrue('clientCertEngine'), ofTrue('ciphers'), ofTrue('key'),
  ofStores, ofTold('rejectUnauthorized'),
  ({ host, servername }) => (servername && servername !== host ? servername : ''),
  ofTrue('minVersion'), ofTrue('maxVersion'), ofTrue('secureProtocol'), ofTrue('crl'),
  ofTold('honorCipherOrder'), ofTrue('ecdhCurve'), ofTrue('dhparam'), ofTold('secureOptions'),
  ofTrue('sessionIdContext'),
  ({ sigalgs }) => (sigalgs ? JSONStringify(sigalgs) : ''),
  ofTrue('privateKeyIdentifier'), ofTrue('privateKeyEngine'),
];

Agent.prototype.getName = function getName(options = kEmptyObject) {
  let name = HttpAgent.prototype.getName.call(this, options);
  for (const part of NAME_PARTS) name += `:${part(options)}`;
  if (options[kOwnCheck]) name += `:${options[kOwnCheck]}`;
  return name;
};

Agent.prototype._getSession = function _getSession(key) {
  return this._sessionCache.map[key];
};

Agent.prototype._cacheSession = function _cacheSession(key, session) {
  if (this.maxCachedSessions === 0) return;
  const { list, map } = this._sessionCache;
  if (!map[key]) {
    if (list.length >= this.maxCachedSessions) delete map[list.shift()];
    list.push(key);
  }
  map[key] = session;
};

Agent.prototype._evictSession = function _evictSession(key) {
  const { list, map } = this._sessionCache;
  const index = list.indexOf(key);
  if (index === -1) return;
  list.splice(index, 1);
  delete map[key];
};

// ---- Servers and requests -------------------------------------------------------------------

function Server(opts, requestListener) {
  if (!(this instanceof Server)) return new Server(opts, requestListener);
  let ALPNProtocols = ['http/1.1'];
  if (typeof opts === 'function') {
    requestListener = opts;
    opts = kEmptyObject;
  } else if (opts === undefined || opts === null) {
    opts = kEmptyObject;
  } else {
    validateObject(opts, 'options');
    if (opts.ALPNProtocols || opts.ALPNCallback) ALPNProtocols = undefined;
  }
  becomeServer(this, opts);
  tls.Server.call(this, { noDelay: true, ALPNProtocols, ...opts }, onSecureConnection);
  own(this, 'httpAllowHalfOpen', false);
  if (requestListener) this.on('request', requestListener);
  this.on('tlsClientError', function(error, socket) {
    if (!this.emit('clientError', error, socket)) socket.destroy(error);
  });
  own(this, 'timeout', 0);
  own(this, 'maxHeadersCount', null);
  this.on('listening', trackConnections);
}
ObjectSetPrototypeOf(Server.prototype, tls.Server.prototype);
ObjectSetPrototypeOf(Server, tls.Server);

// As in Node a server has it from when it is set, and follows it then.
ObjectDefineProperty(Server.prototype, 'maxRequestsPerSocket', {
  __proto__: null,
  configurable: true,
  get() { return undefined; },
  set(value) {
    own(this, 'maxRequestsPerSocket', 0);
    this.maxRequestsPerSocket = value;
  },
});

showFields(Server.prototype);

/** Native speaks HTTP on what it can, JavaScript on the rest. */
function onSecureConnection(socket) {
  const { enterLane } = require('internal/tls/http_lane');
  if (!enterLane(this, socket)) Reflect.apply(connectionListener, this, [socket]);
}

for (const name of ['_onslowlane', 'closeAllConnections', 'closeIdleConnections', 'setTimeout']) {
  Server.prototype[name] = HttpServer.prototype[name];
}

Server.prototype.close = function close() {
  preClose(this);
  Reflect.apply(tls.Server.prototype.close, this, arguments);
  return this;
};

Server.prototype[SymbolAsyncDispose] = async function() {
  await new Promise((resolve, reject) => {
    this.close((error) => (error ? reject(error) : resolve()));
  });
};

function createServer(opts, requestListener) {
  return new Server(opts, requestListener);
}

/** Will the agent of a request look at certificates in a way of its own? */
function hasAgentCheck({ agent, createConnection }) {
  if (agent === false) return false;
  if (agent === null || agent === undefined) {
    if (typeof createConnection === 'function') return false;
    agent = module.exports.globalAgent;
  }
  return agent?.options?.checkServerIdentity !== undefined;
}

function request(...args) {
  let options = {};
  if (typeof args[0] === 'string') options = urlToHttpOptions(new URL(args.shift()));
  else if (isURL(args[0])) options = urlToHttpOptions(args.shift());
  if (args[0] && typeof args[0] !== 'function') Object.assign(options, args.shift());
  const { checkServerIdentity } = options;
  if (checkServerIdentity !== undefined && checkServerIdentity !== tls.checkServerIdentity &&
      !hasAgentCheck(options)) {
    options[kOwnCheck] = ++ownChecksCount;
  }
  options._defaultAgent = module.exports.globalAgent;
  return new ClientRequest(options, ...args);
}

function get(input, options, cb) {
  const req = request(input, options, cb);
  req.end();
  return req;
}

/** The agent of a program; its proxies are named by the environment, if an option says so. */
function makeGlobalAgent() {
  const { getOptionValue } = require('internal/options');
  const proxyEnv = getOptionValue('--use-env-proxy') ? process.env : undefined;
  return new Agent({ ...GLOBAL_OPTIONS, proxyEnv });
}

module.exports = {
  Agent,
  globalAgent: makeGlobalAgent(),
  Server,
  createServer,
  get,
  request,
};
