'use strict';

// http.Server: options, and which of the two lanes a connection takes. Listeners ask native for
// the fast lane; connections that programs bring along (server.emit('connection', stream)), and all
// of them if CORING_HTTP_LANE=slow, take the slow one.

const {
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Symbol,
  SymbolAsyncDispose,
  SymbolFor,
} = primordials;

const EventEmitter = require('events');
const { IncomingMessage } = require('internal/http/incoming');
const { ServerResponse } = require('internal/http/response');
const { parseUniqueHeadersOption } = require('internal/http/outgoing');
const { kUniqueHeaders } = require('internal/http/head');
const { leaveLane } = require('internal/http/lane_socket');
require('internal/http/lane_entries'); // Registers itself for native's entries.
const { headersCountMax, lenientFlags } = require('internal/http/lenience');
const { serveDuplex } = require('internal/http/duplex_server');
const { forgetSocket, isLimit } = require('internal/http/routing');
const { STATUS_CODES } = require('internal/http/status');
const { kIncomingMessage, kServerResponse, kSettings } = require('internal/http/symbols');
const { openChannels } = require('internal/http/channels');
const { itemsOf, newList } = require('internal/linkedlist');
const { Server: NetServer, isRefused, kLaneFlag, kOnListener } = require('internal/net/server');
const {
  codes: { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE },
} = require('internal/errors');
const {
  validateBoolean,
  validateFunction,
  validateInteger,
  validateObject,
  validateOneOf,
} = require('internal/validators');

const native = internalBinding('http');

const LANE_FLAG = 4;
const HEADER_BYTES_MAX = 16384;

const kOptimizeEmptyRequests = Symbol('OptimizeEmptyRequestsOption');
const kDuplexes = Symbol('http.server.connections');
const kLastListener = Symbol('kLastListener');
const kConnectionsCheckingInterval = Symbol('http.server.connectionsCheckingInterval');

/**
 * What Node has a timer for: slow clients are found by native's clock, and by timers of the slow
 * lane's connections, as long as the server listens.
 */
class ConnectionsChecking {
  constructor() {
    this._destroyed = false;
  }
}

/** What lanes look up for each request, kept in one object that user code does not see. */
class Settings {
  constructor() {
    this.timeout = 0;
    this.keepAliveTimeout = 0;
    this.keepAliveTimeoutBuffer = 0;
    this.headersTimeout = 0;
    this.requestTimeout = 0;
    this.maxHeadersCount = null;
    this.maxRequestsPerSocket = 0;
    this.httpAllowHalfOpen = false;
    this.isLenient = false;
    this.isWatchful = false;
    this.hasPlainRequest = true;
    this.hasPlainResponse = true;
    this.isPlain = false;
    this.answering = -1; // Number of the lane whose request's handler is on the stack.
  }
}

function optional(options, name, validate, fallback, label = name) {
  const value = options[name];
  if (value === undefined) return fallback;
  validate(value, label);
  return value;
}

function notNegative(value, name) {
  validateInteger(value, name, 0);
}

/** Native and the lanes follow these at once when a program sets them. */
const followed = { __proto__: null };

for (const name of ['timeout', 'keepAliveTimeout', 'keepAliveTimeoutBuffer', 'headersTimeout',
                    'requestTimeout', 'maxHeadersCount', 'maxRequestsPerSocket',
                    'httpAllowHalfOpen']) {
  followed[name] = {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() { return this[kSettings][name]; },
    set(value) {
      this[kSettings][name] = value;
      if (this._handle) configure(this);
    },
  };
}

/** A field of the server's own, as in Node, though it is kept among the settings. */
function own(server, name, value) {
  const settings = server[kSettings];
  if (settings === undefined) { // Options that a program has stored on what is no server.
    server[name] = value;
    return;
  }
  settings[name] = value;
  ObjectDefineProperty(server, name, followed[name]);
}

function storeHTTPOptions(options) {
  this[kIncomingMessage] = options.IncomingMessage || IncomingMessage;
  this[kServerResponse] = options.ServerResponse || ServerResponse;
  this.maxHeaderSize = optional(options, 'maxHeaderSize', notNegative, undefined);
  this[kOptimizeEmptyRequests] = optional(
    options, 'optimizeEmptyRequests', validateBoolean, false, 'options.optimizeEmptyRequests');
  this.insecureHTTPParser = optional(
    options, 'insecureHTTPParser', validateBoolean, undefined, 'options.insecureHTTPParser');
  const { httpValidation } = options;
  if (httpValidation !== undefined) {
    validateOneOf(httpValidation, 'options.httpValidation', ['strict', 'relaxed', 'insecure']);
    if (this.insecureHTTPParser !== undefined) {
      throw new ERR_INVALID_ARG_VALUE(
        'options.httpValidation', httpValidation,
        'cannot be used together with options.insecureHTTPParser');
    }
  }
  this.httpValidation = httpValidation;
  own(this, 'requestTimeout', optional(options, 'requestTimeout', notNegative, 300_000));
  own(this, 'headersTimeout', optional(
    options, 'headersTimeout', notNegative, Math.min(60_000, this.requestTimeout)));
  if (this.requestTimeout > 0 && this.headersTimeout > this.requestTimeout) {
    throw new ERR_OUT_OF_RANGE('headersTimeout', '<= requestTimeout', options.headersTimeout);
  }
  own(this, 'keepAliveTimeout', optional(options, 'keepAliveTimeout', notNegative, 5000));
  own(this, 'keepAliveTimeoutBuffer',
      optional(options, 'keepAliveTimeoutBuffer', notNegative, 1000));
  // Accepted and shown; native's clocks need no interval.
  this.connectionsCheckingInterval = optional(
    options, 'connectionsCheckingInterval', notNegative, 30_000);
  this.requireHostHeader = optional(
    options, 'requireHostHeader', validateBoolean, true, 'options.requireHostHeader');
  this.joinDuplicateHeaders = optional(
    options, 'joinDuplicateHeaders', validateBoolean, undefined, 'options.joinDuplicateHeaders');
  this.rejectNonStandardBodyWrites = optional(
    options, 'rejectNonStandardBodyWrites', validateBoolean, false,
    'options.rejectNonStandardBodyWrites');
  this.shouldUpgradeCallback = optional(
    options, 'shouldUpgradeCallback', validateFunction, hasUpgradeListener,
    'options.shouldUpgradeCallback');
}

function hasUpgradeListener() {
  return this.listenerCount('upgrade') > 0;
}

function Server(options, requestListener) {
  if (!(this instanceof Server)) return new Server(options, requestListener);
  if (typeof options === 'function') {
    requestListener = options;
    options = {};
  } else if (options == null) {
    options = {};
  } else {
    validateObject(options, 'options');
  }
  this[kSettings] = new Settings();
  storeHTTPOptions.call(this, options);
  NetServer.call(this, {
    allowHalfOpen: true,
    noDelay: options.noDelay ?? true,
    keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
    highWaterMark: options.highWaterMark,
  });
  if (requestListener) this.on('request', requestListener);
  own(this, 'httpAllowHalfOpen', false);
  this.on('connection', connectionListener);
  own(this, 'timeout', 0);
  own(this, 'maxHeadersCount', null);
  own(this, 'maxRequestsPerSocket', 0);
  this[kUniqueHeaders] = parseUniqueHeadersOption(options.uniqueHeaders);
  this[kDuplexes] = newList();
  this[kLastListener] = null; // Connections may outlive it.
}
ObjectSetPrototypeOf(Server.prototype, NetServer.prototype);
ObjectSetPrototypeOf(Server, NetServer);

function milliseconds(value) {
  return Number.isFinite(value) && value > 0 ? value : 0;
}

/** A head must not take longer than its whole request may. */
function headTimeout(settings) {
  const head = milliseconds(settings.headersTimeout);
  const request = milliseconds(settings.requestTimeout);
  return head === 0 || (request !== 0 && request < head) ? request : head;
}

function headerBytesMax(server) {
  if (server.maxHeaderSize) return server.maxHeaderSize;
  const { getOptionValue } = require('internal/options');
  return getOptionValue('--max-http-header-size') || HEADER_BYTES_MAX;
}

/** Connections of a listener are in the fast lane from the start, or come into it later. */
function hasLane(listener) {
  return listener.isHttpLane === true || listener.isLaneAdopting === true;
}

/** Tells native how to treat the connections of our listener. */
function configure(server) {
  openChannels();
  const settings = server[kSettings];
  const lenient = lenientFlags(server.httpValidation, server.insecureHTTPParser);
  settings.isLenient = lenient !== 0;
  settings.isWatchful = isLimit(settings.maxRequestsPerSocket) || server[kOptimizeEmptyRequests];
  settings.hasPlainRequest = server[kIncomingMessage] === IncomingMessage;
  settings.hasPlainResponse = server[kServerResponse] === ServerResponse;
  settings.isPlain = settings.hasPlainRequest && settings.hasPlainResponse &&
    !settings.isWatchful && !server.joinDuplicateHeaders &&
    server[kUniqueHeaders] === null && !server.rejectNonStandardBodyWrites &&
    server.highWaterMark === 65536;
  const listener = server._handle;
  if (!listener || !hasLane(listener)) return;
  native.configure(listener.number, new Float64Array([
    headerBytesMax(server),
    headTimeout(settings),
    milliseconds(settings.requestTimeout),
    milliseconds(settings.keepAliveTimeout),
    Number.isFinite(settings.keepAliveTimeoutBuffer) && settings.keepAliveTimeoutBuffer >= 0 ?
      settings.keepAliveTimeoutBuffer : 1000,
    isLimit(settings.maxRequestsPerSocket) ? settings.maxRequestsPerSocket : 0,
    milliseconds(settings.timeout),
    lenient,
    1, // Entries for new connections.
    0, // The Host header is looked at here.
    headersCountMax(settings.maxHeadersCount),
    server.noDelay ? 1 : 0,
    server.keepAlive ? 1 : 0,
    server.keepAliveInitialDelay,
    settings.httpAllowHalfOpen ? 1 : 0,
  ]));
}

function isSlowLaneForced() {
  return process.env.CORING_HTTP_LANE === 'slow';
}

/** util.inspect() shows what a server keeps among its settings as fields, which Node's are. */
function showFields(prototype) {
  ObjectDefineProperty(prototype, SymbolFor('nodejs.util.inspect.custom'), {
    __proto__: null,
    configurable: true,
    writable: true,
    value() {
      return require('internal/http/inspect').shownServer(this);
    },
  });
}
showFields(Server.prototype);

Server.prototype[kLaneFlag] = function() {
  return isSlowLaneForced() ? 0 : LANE_FLAG;
};

Server.prototype[kOnListener] = function(listener) {
  listener.isHttpLane = !isSlowLaneForced();
  this[kLastListener] = listener;
  this[kConnectionsCheckingInterval] = new ConnectionsChecking();
  configure(this);
};

// --- Connections

function connectionListener(socket) {
  // Sockets of the fast lane are served by native.
  if (socket._handle && socket._handle.isLane) return;
  // A server that does not listen. Those of https have no settings for native.
  if (!this._handle && this[kSettings] !== undefined) configure(this);
  serveDuplex(this, socket, this[kDuplexes] ??= newList());
}

/** What a server of https needs for http's methods: it is no http.Server. */
function becomeServer(server, options) {
  server[kSettings] = new Settings();
  storeHTTPOptions.call(server, options);
  server[kUniqueHeaders] = parseUniqueHeadersOption(options.uniqueHeaders);
  server[kDuplexes] = newList();
  server[kLastListener] = null;
}

function trackConnections() {
  this[kConnectionsCheckingInterval] = new ConnectionsChecking();
  const listener = this._handle;
  // Listeners that other processes share have no number of their own here.
  if (!(listener?.number >= 0) || isSlowLaneForced()) return;
  listener.isLaneAdopting = true;
  this[kLastListener] = listener;
  configure(this);
}

/** The part of close() that comes before the listener's. */
function preClose(server) {
  server.closeIdleConnections();
  if (server[kConnectionsCheckingInterval]) server[kConnectionsCheckingInterval]._destroyed = true;
}

/** Called for each new connection of the fast lane, before its first request. */
Server.prototype._onlane = function(lane) {
  if (this.maxConnections != null || this.blockList) {
    const { socket } = lane;
    const isUnwanted = isRefused(this, socket._handle, false);
    this._connections++;
    if (isUnwanted) socket.destroy();
    if (isUnwanted) return;
  } else {
    this._connections++;
  }
  const listeners = this._events.connection;
  if (listeners === connectionListener) return;
  if (Array.isArray(listeners) && listeners.includes(connectionListener)) {
    this.emit('connection', lane.socket);
    return;
  }
  // The program serves connections by itself.
  const socket = leaveLane(lane);
  forgetSocket(socket);
  this.emit('connection', socket);
  if (!socket.destroyed && !socket.isPaused()) socket.read(0);
};

/** A socket that has left the fast lane. */
Server.prototype._onslowlane = function(socket) {
  serveDuplex(this, socket, this[kDuplexes]);
  if (!socket.destroyed && !socket.isPaused()) socket.read(0);
};

// --- Closing

Server.prototype.close = function close() {
  preClose(this);
  Reflect.apply(NetServer.prototype.close, this, arguments);
  return this;
};

Server.prototype.closeIdleConnections = function closeIdleConnections() {
  const listener = this[kLastListener];
  if (listener !== null && hasLane(listener)) {
    native.closeIdle(listener.number, this[kSettings].answering);
  }
  for (const connection of itemsOf(this[kDuplexes])) {
    if (connection.isIdle()) connection.socket.destroy();
  }
};

Server.prototype.closeAllConnections = function closeAllConnections() {
  const listener = this[kLastListener];
  if (listener !== null && hasLane(listener)) native.closeAll(listener.number);
  for (const connection of itemsOf(this[kDuplexes])) connection.socket.destroy();
};

Server.prototype[SymbolAsyncDispose] = async function() {
  await new Promise((resolve, reject) => {
    this.close((error) => (error ? reject(error) : resolve()));
  });
};

Server.prototype.setTimeout = function setTimeout(msecs, callback) {
  this.timeout = msecs;
  if (callback) this.on('timeout', callback);
  return this;
};

Server.prototype[EventEmitter.captureRejectionSymbol] = function(error, event, ...args) {
  if (event !== 'request') {
    Reflect.apply(NetServer.prototype[EventEmitter.captureRejectionSymbol], this, arguments);
    return;
  }
  const res = args[1];
  if (res.headersSent || res.writableEnded) {
    res.destroy();
    return;
  }
  for (const name of res.getHeaderNames()) res.removeHeader(name); // They may tell too much.
  res.statusCode = 500;
  res.end(STATUS_CODES[500]);
};

module.exports = {
  Server,
  becomeServer,
  connectionListener,
  kConnectionsCheckingInterval,
  own,
  preClose,
  showFields,
  storeHTTPOptions,
  trackConnections,
};
