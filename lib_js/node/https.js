'use strict';

// Public module `https`. There is no TLS yet: arguments are read as in Node, agents keep their
// books, and the first connection or server fails with an error that says so (internal/unbuilt).

const {
  JSONStringify,
  ObjectSetPrototypeOf,
} = primordials;

const { URL, isURL, urlToHttpOptions } = require('internal/url');
const { Agent: HttpAgent, GLOBAL_OPTIONS } = require('internal/http/agent');
const { ClientRequest } = require('internal/http/client');
const { kEmptyObject } = require('internal/util');
const { noTls } = require('internal/unbuilt');
const { validateObject } = require('internal/validators');
const { Server: TLSServer } = require('_tls_wrap');

const MAX_CACHED_SESSIONS = 100;

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

Agent.prototype.createConnection = function createConnection(...args) {
  const error = noTls('A connection of https:', createConnection);
  const callback = args.at(-1);
  if (typeof callback !== 'function') throw error;
  // Programs expect of a request that cannot be made an 'error', as of a host that refuses.
  process.nextTick(callback, error);
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

// eslint-disable-next-line no-unused-vars
function Server(opts, requestListener) {
  if (opts && typeof opts !== 'function') validateObject(opts, 'options');
  throw noTls('https.Server', Server);
}
ObjectSetPrototypeOf(Server.prototype, TLSServer.prototype);
ObjectSetPrototypeOf(Server, TLSServer);

function createServer(opts, requestListener) {
  return new Server(opts, requestListener);
}

function request(...args) {
  let options = {};
  if (typeof args[0] === 'string') options = urlToHttpOptions(new URL(args.shift()));
  else if (isURL(args[0])) options = urlToHttpOptions(args.shift());
  if (args[0] && typeof args[0] !== 'function') Object.assign(options, args.shift());
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
