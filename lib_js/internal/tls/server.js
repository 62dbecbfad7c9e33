'use strict';

// tls.Server: a net.Server whose connections are TLSSockets, told of when they are secure.

const { ObjectSetPrototypeOf, SafeSet, StringPrototypeSlice, Symbol } = primordials;

const assert = require('internal/assert');
const { Buffer } = require('buffer');
const EventEmitter = require('events');
const net = require('net');
const { StreamHandle } = require('internal/net/handle');
const { kEmptyObject } = require('internal/util');
const { convertALPNProtocols } = require('internal/tls/alpn');
const { watch } = require('internal/async_hooks');
const { openChannels } = require('internal/net/channels');
const { isRefused } = require('internal/net/server');
const { Accepted } = require('internal/tls/accepted');
const { SecureContext } = require('internal/tls/secure_context');
const { addContext, chooseContext } = require('internal/tls/sni');
const { TLSSocket, enableOnListener } = require('internal/tls/socket');
const {
  ConnResetException,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS,
    ERR_TLS_REQUIRED_SERVER_NAME,
  },
} = require('internal/errors');
const {
  validateBuffer,
  validateFunction,
  validateNumber,
  validateObject,
  validateString,
} = require('internal/validators');

const HANDSHAKE_TIMEOUT_MS = 120_000;

const kErrorEmitted = Symbol('error-emitted');
const kOptions = Symbol('options');

// ---- a connection

function authorize(socket) {
  const handle = socket._handle;
  const error = handle.verifyError();
  if (error) {
    socket.authorizationError = error.code;
  } else if (!handle.hasPeerCertificate()) {
    // A resumed session may be in order and bring no certificate: nobody is known by that.
    socket.authorizationError = 'UNABLE_TO_GET_ISSUER_CERT';
  } else {
    socket.authorized = true;
    return;
  }
  if (socket._rejectUnauthorized) socket.destroy();
}

function onSecure() {
  if (this._requestCert) authorize(this);
  if (this.destroyed || !this._releaseControl()) return;
  this.secureConnecting = false;
  this._tlsOptions.server.emit('secureConnection', this);
}

/** Errors of before the connection was the program's go to the server. */
function onError(error) {
  if (this._controlReleased || this[kErrorEmitted]) return;
  this[kErrorEmitted] = true;
  this._tlsOptions.server.emit('tlsClientError', error, this);
}

function onKeylog(line) {
  this._tlsOptions.server.emit('keylog', line, this);
}

function onClose(hadError) {
  if (hadError || this._controlReleased || this[kErrorEmitted]) return;
  onError.call(this, new ConnResetException('socket hang up'));
}

/** `below`: a net.Socket, or what stands for one. */
function secure(server, below) {
  const options = server[kOptions];
  const socket = new TLSSocket(below, {
    secureContext: server._sharedCreds,
    isServer: true,
    server,
    requestCert: server.requestCert,
    rejectUnauthorized: server.rejectUnauthorized,
    handshakeTimeout: options.handshakeTimeout,
    ALPNProtocols: server.ALPNProtocols,
    ALPNCallback: server.ALPNCallback,
    SNICallback: options.SNICallback || chooseContext,
    enableTrace: options.enableTrace,
    pauseOnConnect: server.pauseOnConnect,
    pskCallback: options.pskCallback,
    pskIdentityHint: options.pskIdentityHint,
  });
  socket.on('secure', onSecure);
  if (server.listenerCount('keylog') > 0) {
    socket._handle.enableKeylogCallback();
    socket.on('keylog', onKeylog);
  }
  socket[kErrorEmitted] = false;
  socket.on('close', onClose);
  socket.on('_tlsError', onError);
  socket.on('error', onError);
  return socket;
}

function onConnection(rawSocket) {
  secure(this, rawSocket);
}

const { emit } = EventEmitter.prototype;

/** Would nobody see the net.Socket of a new connection but we? */
function isAlone(server) {
  return server._events.connection === onConnection && server.emit === emit && !watch.isOn &&
    !server.pauseOnConnect && !openChannels().serverSocket.hasSubscribers;
}

// ---- the server

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  if (typeof options === 'function') {
    listener = options;
    options = kEmptyObject;
  } else if (options === undefined || options === null) {
    options = kEmptyObject;
  } else if (typeof options !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  this._contexts = [];
  this.requestCert = options.requestCert === true;
  this.rejectUnauthorized = options.rejectUnauthorized !== false;
  this.ALPNCallback = options.ALPNCallback;
  if (this.ALPNCallback && options.ALPNProtocols) {
    throw new ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS();
  }
  if (options.ALPNProtocols) convertALPNProtocols(options.ALPNProtocols, this);
  this.setSecureContext(options);
  this[kOptions] = connectionOptions(options);
  net.Server.call(this, options, onConnection);
  if (listener) this.on('secureConnection', listener);
}
ObjectSetPrototypeOf(Server.prototype, net.Server.prototype);
ObjectSetPrototypeOf(Server, net.Server);

Server.prototype._onconnection = function(listener, status, handle) {
  if (status !== 0 || !(handle instanceof StreamHandle) || !isAlone(this)) {
    net.Server.prototype._onconnection.call(this, listener, status, handle);
    return;
  }
  if (isRefused(this, handle, listener.isPipe)) {
    handle.close();
    return;
  }
  if (this.noDelay) handle.setNoDelay(true);
  if (this.keepAlive) handle.setKeepAlive(true, this.keepAliveInitialDelay);
  const socket = secure(this, new Accepted(this, handle));
  socket.on('newListener', enableOnListener); // Last: it hears of each that is added.
};

/** Those of each connection that the server does not show. */
function connectionOptions(options) {
  const { enableTrace, SNICallback, pskCallback, pskIdentityHint } = options;
  const handshakeTimeout = options.handshakeTimeout || HANDSHAKE_TIMEOUT_MS;
  validateNumber(handshakeTimeout, 'options.handshakeTimeout');
  if (SNICallback) validateFunction(SNICallback, 'options.SNICallback');
  if (pskCallback) validateFunction(pskCallback, 'options.pskCallback');
  if (pskIdentityHint) validateString(pskIdentityHint, 'options.pskIdentityHint');
  return { enableTrace, handshakeTimeout, SNICallback, pskCallback, pskIdentityHint };
}

/** Options that a server shows, in Node's order. */
const SHOWN = [
  'pfx', 'key', 'passphrase', 'cert', 'clientCertEngine', 'ca', 'minVersion', 'maxVersion',
  'secureProtocol', 'crl', 'sigalgs', 'ciphers', 'ecdhCurve', 'dhparam', 'honorCipherOrder',
  'secureOptions', 'sessionIdContext', 'privateKeyIdentifier', 'privateKeyEngine',
  'certificateCompression',
];
/** Of them, those that are shown as they were told even if they are empty. */
const SHOWN_EMPTY = new SafeSet([
  'sigalgs', 'ecdhCurve', 'privateKeyIdentifier', 'privateKeyEngine', 'certificateCompression',
]);
/** These stay when a new context does not tell them. */
const KEPT = ['sessionTimeout', 'ticketKeys'];

function shownOption(options, name) {
  switch (name) {
    case 'honorCipherOrder': return options[name] === undefined ? true : Boolean(options[name]);
    case 'sessionIdContext': return options[name] || programId();
    default: return SHOWN_EMPTY.has(name) ? options[name] : options[name] || undefined;
  }
}

Server.prototype.setSecureContext = function(options) {
  validateObject(options, 'options');
  for (const name of SHOWN) this[name] = shownOption(options, name);
  for (const name of KEPT) if (options[name]) this[name] = options[name];
  const told = {};
  for (const names of [SHOWN, KEPT]) for (const name of names) told[name] = this[name];
  this._sharedCreds = require('tls').createSecureContext(told);
};

/** Sessions are of one program, unless it says what else they are of. */
function programId() {
  const { hash } = require('internal/crypto/hash');
  return StringPrototypeSlice(hash('sha1', process.argv.join(' '), 'hex'), 0, 32);
}

Server.prototype._getServerData = function() {
  return { ticketKeys: this.getTicketKeys().toString('hex') };
};

Server.prototype._setServerData = function(data) {
  this.setTicketKeys(Buffer.from(data.ticketKeys, 'hex'));
};

Server.prototype.getTicketKeys = function getTicketKeys() {
  return this._sharedCreds.context.getTicketKeys();
};

Server.prototype.setTicketKeys = function setTicketKeys(keys) {
  validateBuffer(keys);
  assert(keys.byteLength === 48, 'Session ticket keys must be a 48-byte buffer');
  this._sharedCreds.context.setTicketKeys(keys);
};

Server.prototype.addContext = function(servername, context) {
  if (!servername) throw new ERR_TLS_REQUIRED_SERVER_NAME();
  const secure = context instanceof SecureContext ?
    context : require('tls').createSecureContext(context);
  addContext(this._contexts, servername, secure.context);
};

Server.prototype[EventEmitter.captureRejectionSymbol] = function(error, event, socket) {
  if (event === 'secureConnection') socket.destroy(error);
  else net.Server.prototype[EventEmitter.captureRejectionSymbol].call(this, error, event, socket);
};

function createServer(options, listener) {
  return new Server(options, listener);
}

module.exports = { Server, createServer };
