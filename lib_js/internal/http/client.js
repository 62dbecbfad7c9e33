'use strict';

// http.ClientRequest: one request over a socket of an agent (or of its own), and its response.

const {
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Symbol,
} = primordials;

const { addAbortSignal, finished } = require('stream');
const { Buffer } = require('buffer');
const { URL, isURL } = require('internal/url');
const { once } = require('internal/util');
const { getGlobalAgent } = require('internal/http/agent');
const { attachParser, emitErrorEvent, onSocketError } = require('internal/http/client_socket');
const { OutgoingMessage, kHighWaterMark, parseUniqueHeadersOption } =
  require('internal/http/outgoing');
const { kUniqueHeaders } = require('internal/http/head');
const { mergedOptions } = require('internal/http/request_options');
const { checkIsHttpToken } = require('internal/http/tokens');
const { kOutHeaders, kProxy } = require('internal/http/symbols');
const { openChannels } = require('internal/http/channels');
const {
  ConnResetException,
  codes: {
    ERR_HTTP_HEADERS_SENT,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_HTTP_TOKEN,
    ERR_INVALID_PROTOCOL,
    ERR_UNESCAPED_CHARACTERS,
  },
} = require('internal/errors');
const {
  validateBoolean,
  validateInteger,
  validateOneOf,
  validateString,
} = require('internal/validators');
const { getTimerDuration } = require('internal/timers');

const kError = Symbol('kError');
const kPath = Symbol('kPath');

const INVALID_PATH = /[^\u0021-\u00ff]/;
const METHODS_WITHOUT_BODY = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

function readArguments(input, options, cb) {
  let url = null;
  if (typeof input === 'string') {
    url = new URL(input);
  } else if (isURL(input)) {
    url = input;
  } else {
    cb = options;
    options = input;
  }
  if (typeof options === 'function') {
    cb = options;
    options = null;
  }
  return { options: mergedOptions(url, options), cb };
}

function chooseAgent(options, defaultAgent) {
  const { agent } = options;
  if (agent === false) return new defaultAgent.constructor();
  if (agent === null || agent === undefined) {
    return typeof options.createConnection === 'function' ? agent : defaultAgent;
  }
  if (typeof agent.addRequest !== 'function') {
    throw new ERR_INVALID_ARG_TYPE(
      'options.agent', ['Agent-like Object', 'undefined', 'false'], agent);
  }
  return agent;
}

function validateHost(host, name) {
  if (host !== null && host !== undefined && typeof host !== 'string') {
    throw new ERR_INVALID_ARG_TYPE(`options.${name}`, ['string', 'undefined', 'null'], host);
  }
  return host;
}

function checkPath(path) {
  if (INVALID_PATH.test(path)) throw new ERR_UNESCAPED_CHARACTERS('Request path');
}

function readMethod(method) {
  if (method != null) validateString(method, 'options.method');
  if (!method) return 'GET';
  if (!checkIsHttpToken(method)) throw new ERR_INVALID_HTTP_TOKEN('Method', method);
  return method.toUpperCase();
}

/** Options of the response parser. */
function storeParserOptions(req, options) {
  const { maxHeaderSize, insecureHTTPParser, httpValidation, joinDuplicateHeaders } = options;
  if (maxHeaderSize !== undefined) validateInteger(maxHeaderSize, 'maxHeaderSize', 0);
  req.maxHeaderSize = maxHeaderSize;
  if (insecureHTTPParser !== undefined) {
    validateBoolean(insecureHTTPParser, 'options.insecureHTTPParser');
  }
  req.insecureHTTPParser = insecureHTTPParser;
  if (httpValidation !== undefined) {
    validateOneOf(httpValidation, 'options.httpValidation', ['strict', 'relaxed', 'insecure']);
    if (insecureHTTPParser !== undefined) {
      throw new ERR_INVALID_ARG_VALUE(
        'options.httpValidation', httpValidation,
        'cannot be used together with options.insecureHTTPParser');
    }
  }
  req.httpValidation = httpValidation;
  if (joinDuplicateHeaders !== undefined) {
    validateBoolean(joinDuplicateHeaders, 'options.joinDuplicateHeaders');
  }
  req.joinDuplicateHeaders = joinDuplicateHeaders;
}

/** The value of the Host header. */
function hostHeader(host, port, defaultPort) {
  let value = host;
  const colon = host.indexOf(':');
  const isBareIPv6 = colon !== -1 && host.includes(':', colon + 1) && host[0] !== '[';
  if (isBareIPv6) value = `[${host}]`;
  return port && +port !== defaultPort ? `${value}:${port}` : value;
}

function ClientRequest(input, options, cb) {
  OutgoingMessage.call(this);
  ({ options, cb } = readArguments(input, options, cb));
  if (options.highWaterMark != null) this[kHighWaterMark] = options.highWaterMark;
  const defaultAgent = options._defaultAgent || getGlobalAgent();
  this.agent = chooseAgent(options, defaultAgent);
  const protocol = options.protocol || defaultAgent.protocol;
  const expectedProtocol = this.agent?.protocol || defaultAgent.protocol;
  if (options.path) checkPath(String(options.path));
  if (protocol !== expectedProtocol) throw new ERR_INVALID_PROTOCOL(protocol, expectedProtocol);

  const defaultPort = options.defaultPort || this.agent?.defaultPort;
  const port = options.port = options.port || defaultPort || 80;
  const host = options.host = validateHost(options.hostname, 'hostname') ||
    validateHost(options.host, 'host') || 'localhost';
  const hasDefaults = options.setDefaultHeaders !== false;
  const setHost = options.setHost !== undefined ? Boolean(options.setHost) : hasDefaults;
  this._removedConnection = !hasDefaults;
  this._removedContLen = !hasDefaults;
  this._removedTE = !hasDefaults;
  this.socketPath = options.socketPath;
  if (options.timeout !== undefined) this.timeout = getTimerDuration(options.timeout, 'timeout');
  let connectOptions = options;
  if (options.signal) {
    addAbortSignal(options.signal, this);
    connectOptions = mergedOptions(null, options);
    delete connectOptions.signal;
  }
  const method = this.method = readMethod(options.method);
  storeParserOptions(this, options);
  this[kPath] = options.path || '/';
  if (cb) this.once('response', cb);
  this.useChunkedEncodingByDefault = !METHODS_WITHOUT_BODY.includes(method);

  this._ended = false;
  this.res = null;
  this.aborted = false;
  this.timeoutCb = null;
  this.upgradeOrConnect = false;
  this.parser = null;
  this.maxHeadersCount = null;
  this.reusedSocket = false;
  this.host = host;
  this.protocol = protocol;
  if (this.agent) {
    // A socket that will never be used again need not be kept.
    const isReused = this.agent.keepAlive || Number.isFinite(this.agent.maxSockets);
    this._last = !isReused;
    this.shouldKeepAlive = Boolean(isReused);
  }
  let authority = hostHeader(host, port, defaultPort);
  const proxy = this.agent?.[kProxy] || null;
  // Those of https go through a tunnel, as if there were no proxy.
  const isProxied = proxy !== null && method !== 'CONNECT' && protocol === 'http:' &&
    proxy.serves(connectOptions);
  if (isProxied) {
    authority = hostHeader(host, port, 80); // As the proxy will understand it.
    const { pathForProxy } = require('internal/http/proxy');
    this.path = pathForProxy(authority, port, String(this[kPath]), options);
  }
  storeHeaders(this, options, setHost ? authority : '', isProxied ? proxy : null);
  this[kUniqueHeaders] = parseUniqueHeadersOption(options.uniqueHeaders);
  if (this.agent) {
    this.agent.addRequest(this, connectOptions);
  } else {
    this._last = true;
    this.shouldKeepAlive = false;
    connectWithoutAgent(this, connectOptions);
  }
  const { clientCreated } = openChannels();
  if (clientCreated.hasSubscribers) clientCreated.publish({ request: this });
}
ObjectSetPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
ObjectSetPrototypeOf(ClientRequest, OutgoingMessage);

function storeHeaders(req, options, host, proxy) {
  const { headers } = options;
  if (Array.isArray(headers)) {
    req._storeHeader(`${req.method} ${req.path} HTTP/1.1\r\n`, headers);
    return;
  }
  if (headers) for (const name of Object.keys(headers)) req.setHeader(name, headers[name]);
  if (host && !req.getHeader('host')) req.setHeader('Host', host);
  if (options.auth && !req.getHeader('Authorization')) {
    req.setHeader('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`);
  }
  if (proxy !== null) proxy.addHeaders(req);
  if (req.getHeader('expect')) {
    if (req._header) throw new ERR_HTTP_HEADERS_SENT('render');
    req._storeHeader(`${req.method} ${req.path} HTTP/1.1\r\n`, req[kOutHeaders]);
  }
}

function connectWithoutAgent(req, options) {
  if (options.socketPath) options = { ...options, path: options.socketPath };
  else if (options.path) options = { ...options, path: undefined };
  if (typeof options.createConnection !== 'function') {
    req.onSocket(require('net').createConnection(options));
    return;
  }
  const onCreated = once((error, socket) => {
    if (error) process.nextTick(() => emitErrorEvent(req, error));
    else req.onSocket(socket);
  });
  try {
    const socket = options.createConnection(options, onCreated);
    if (socket) onCreated(null, socket);
  } catch (error) {
    onCreated(error);
  }
}

ObjectDefineProperty(ClientRequest.prototype, 'path', {
  __proto__: null,
  get() { return this[kPath]; },
  set(value) {
    const path = String(value);
    checkPath(path);
    this[kPath] = path;
  },
  configurable: true,
  enumerable: true,
});

ClientRequest.prototype._finish = function _finish() {
  OutgoingMessage.prototype._finish.call(this);
  const { clientStart } = openChannels();
  if (clientStart.hasSubscribers) clientStart.publish({ request: this });
};

ClientRequest.prototype._implicitHeader = function _implicitHeader() {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('render');
  this._storeHeader(`${this.method} ${this.path} HTTP/1.1\r\n`, this[kOutHeaders]);
};

// --- Ending early

function emitAbortNT(req) {
  req.emit('abort');
}

ClientRequest.prototype.abort = function abort() {
  if (this.aborted) return;
  this.aborted = true;
  process.nextTick(emitAbortNT, this);
  this.destroy();
};

ClientRequest.prototype.destroy = function destroy(err) {
  if (this.destroyed) return this;
  this.destroyed = true;
  if (this.res) this.res._dump();
  this[kError] = err;
  this.socket?.destroy(err);
  return this;
};

// --- Getting a socket

ClientRequest.prototype.onSocket = function onSocket(socket, err) {
  if (socket && !err) {
    // Errors may come before the next tick.
    socket._httpMessage = this;
    socket.on('error', onSocketError);
  }
  process.nextTick(onSocketNT, this, socket, err);
};

function onSocketNT(req, socket, error) {
  if (!req.destroyed && !error) {
    attachParser(req, socket);
    if (req.timeout !== undefined || req.agent?.options?.timeout) watchTimeout(req);
    req.emit('socket', socket);
    req._flush();
    return;
  }
  req.destroyed = true;
  if (!socket) {
    failWithoutSocket(req, null, error || req[kError]);
  } else if (!error && req.agent && !socket.destroyed) {
    socket.emit('free'); // Another request can have it.
    socket.removeListener('error', onSocketError);
    failWithoutSocket(req, socket, req[kError]);
  } else {
    finished(socket.destroy(error || req[kError]), (reason) => {
      if (reason?.code === 'ERR_STREAM_PREMATURE_CLOSE') reason = null;
      failWithoutSocket(req, socket, reason || error);
    });
  }
}

function failWithoutSocket(req, socket, error) {
  if (!req.aborted && !error) error = new ConnResetException('socket hang up');
  // Of a tunnel that failed the request has heard.
  const isTold = error?.code === 'ERR_PROXY_TUNNEL' || socket?._hadError;
  if (error && !isTold) emitErrorEvent(req, error);
  req._closed = true;
  req.emit('close');
}

/** Calls a method of the socket as soon as it is connected. */
function onceConnected(req, method, args) {
  function call() {
    req.socket[method](...args);
  }
  function onSocket() {
    if (req.socket.writable) call();
    else req.socket.once('connect', call);
  }
  if (req.socket) onSocket();
  else req.once('socket', onSocket);
}

ClientRequest.prototype._deferToConnect = function _deferToConnect(method, args) {
  onceConnected(this, method, args);
};

ClientRequest.prototype.setNoDelay = function setNoDelay(noDelay) {
  onceConnected(this, 'setNoDelay', [noDelay]);
};

ClientRequest.prototype.setSocketKeepAlive = function setSocketKeepAlive(enable, initialDelay) {
  onceConnected(this, 'setKeepAlive', [enable, initialDelay]);
};

// --- Timeouts

function emitRequestTimeout() {
  this._httpMessage?.emit('timeout');
}

function watchTimeout(req) {
  if (req.timeoutCb) return;
  req.timeoutCb = emitRequestTimeout; // Taken off when the request is over.
  if (req.socket) req.socket.once('timeout', emitRequestTimeout);
  else req.on('socket', (socket) => socket.once('timeout', emitRequestTimeout));
}

function setSocketTimeout(socket, msecs) {
  if (socket.connecting) socket.once('connect', () => socket.setTimeout(msecs));
  else socket.setTimeout(msecs);
}

ClientRequest.prototype.setTimeout = function setTimeout(msecs, callback) {
  if (this._ended) return this;
  watchTimeout(this);
  msecs = getTimerDuration(msecs, 'msecs');
  if (callback) this.once('timeout', callback);
  if (this.socket) setSocketTimeout(this.socket, msecs);
  else this.once('socket', (socket) => setSocketTimeout(socket, msecs));
  return this;
};

ClientRequest.prototype.clearTimeout = function clearTimeout(cb) {
  this.setTimeout(0, cb);
};

module.exports = { ClientRequest };
