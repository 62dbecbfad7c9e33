'use strict';

// tls.TLSSocket: a net.Socket whose handle is a TLSWrap. Programs and Node's own tests know its
// underscored fields and methods, so those are Node's.

const {
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  StringPrototypeIncludes,
  Symbol,
} = primordials;

const net = require('net');
const { StreamHandle, UNOPENED } = require('internal/net/handle');
const { kParent } = require('internal/net/socket');
const { Accepted } = require('internal/tls/accepted');
const { convertALPNProtocols } = require('internal/tls/alpn');
const {
  kCallbacks,
  kConnectOptions,
  kIsVerified,
  kPendingSession,
  listeners,
} = require('internal/tls/events');
const { sealSession, sessionFor } = require('internal/tls/session');
const { chooseContext } = require('internal/tls/sni');
const { SecureContext } = require('internal/tls/secure_context');
const { SecureContext: NativeContext } = require('internal/tls/native_context');
const { TLSWrap } = require('internal/tls/wrap_handle');
const {
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_HANDLE_TYPE,
  ERR_SOCKET_CLOSED,
  ERR_TLS_HANDSHAKE_TIMEOUT,
  ERR_TLS_INVALID_CONTEXT,
  ERR_TLS_INVALID_STATE,
  ERR_TLS_SNI_FROM_SERVER,
} = require('internal/errors').codes;
const {
  validateBoolean,
  validateBuffer,
  validateFunction,
  validateInt32,
  validateObject,
  validateString,
  validateUint32,
} = require('internal/validators');

/** What stands for the net.Socket beneath, while there is none. */
const kAccepted = Symbol('kAccepted');

/** `socket` may be Accepted, whose options are nobody else's. */
function TLSSocket(socket, opts) {
  const accepted = socket instanceof Accepted ? socket : null;
  const options = accepted === null ? { ...opts } : opts;
  const traces = wantsTrace(options.enableTrace);
  if (options.ALPNProtocols) convertALPNProtocols(options.ALPNProtocols, options);

  this._tlsOptions = options;
  this._secureEstablished = false;
  this._securePending = false;
  this._newSessionPending = false;
  this._controlReleased = false;
  this.secureConnecting = true;
  this._SNICallback = null;
  this.servername = null;
  this.alpnProtocol = null;
  this.authorized = false;
  this.authorizationError = null;
  this[kCallbacks] = { __proto__: null, alpn: null, psk: null, sni: null };
  this[kConnectOptions] = null;
  this[kIsVerified] = false;
  this[kPendingSession] = null;
  this.encrypted = true;

  this[kAccepted] = accepted;
  const parent = socket && accepted === null ? parentOf(socket) : null;
  const isParentWriting = parent !== null && parent.writableLength > 0;
  net.Socket.call(this, {
    handle: this._wrapHandle(parent, accepted === null ? parent?._handle : accepted.handle),
    allowHalfOpen: socket ? socket.allowHalfOpen : options.allowHalfOpen,
    pauseOnCreate: options.pauseOnConnect,
    manualStart: true,
    highWaterMark: options.highWaterMark,
    onread: socket ? null : options.onread,
    signal: options.signal,
    noDelay: options.noDelay,
    keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
  });
  this.ssl = this._handle;
  this.on('error', this._tlsError);
  if (this._handle === null) return; // Its signal was aborted before.
  this._init(socket, parent);
  if (traces) this.enableTrace();
  if (accepted !== null) {
    this.read(0);
    return;
  }
  if (isParentWriting) waitForParent(this, parent);
  // Not before the caller had time to listen.
  process.nextTick(initRead, this, socket);
}
ObjectSetPrototypeOf(TLSSocket.prototype, net.Socket.prototype);
ObjectSetPrototypeOf(TLSSocket, net.Socket);

let isTracingTold = false;

function wantsTrace(enableTrace) {
  if (enableTrace !== undefined && enableTrace !== null) {
    validateBoolean(enableTrace, 'options.enableTrace');
    return enableTrace;
  }
  const { getOptionValue } = require('internal/options');
  const isOn = getOptionValue('--trace-tls') === true;
  if (isOn && !isTracingTold) {
    isTracingTold = true;
    process.emitWarning('Enabling --trace-tls can expose sensitive data in the resulting log.');
  }
  return isOn;
}

/** The net.Socket below; a stream that has no handle gets one of JavaScript. */
function parentOf(socket) {
  if (socket instanceof net.Socket && socket._handle) return socket;
  const JSStreamSocket = require('internal/js_stream_socket');
  return new JSStreamSocket(socket);
}

/** What the parent's own writer has queued goes first. */
function waitForParent(socket, parent) {
  const handle = socket._handle;
  handle.block();
  parent.write('', (error) => {
    if (error) socket.destroy(error);
    else handle.unblock();
  });
}

function initRead(tlsSocket, socket) {
  if (!tlsSocket._handle) return;
  if (socket?.readableLength) {
    for (let bytes; (bytes = socket.read()) !== null;) tlsSocket._handle.receive(bytes);
  }
  tlsSocket.read(0);
}

// ---- making it

TLSSocket.prototype._wrapHandle = function(parent, transport) {
  const options = this._tlsOptions;
  transport ||= new StreamHandle(UNOPENED, Boolean(options.pipe));
  const context = options.secureContext || options.credentials ||
    require('tls').createSecureContext(options);
  if (!(context.context instanceof NativeContext)) throw new ERR_TLS_INVALID_CONTEXT('context');
  const handle = new TLSWrap(transport, parent, context, Boolean(options.isServer), this);
  handle.events = listeners;
  handle.accepted = this[kAccepted];
  if (parent) parent.on('close', () => this.destroy());
  return handle;
};

ObjectDefineProperty(TLSSocket.prototype, '_parent', {
  __proto__: null,
  configurable: true,
  get() {
    if (this[kParent] === null && this[kAccepted]?.handle.owner?.accepted) openParent(this);
    return this[kParent];
  },
  set(socket) { this[kParent] = socket; },
});

/** The program asks for the net.Socket of an accepted connection. */
function openParent(socket) {
  const parent = socket[kAccepted].open();
  socket[kParent] = parent;
  parent.on('close', () => socket.destroy());
  parent.on('error', (error) => socket._emitTLSError(error));
}

TLSSocket.prototype._init = function(socket, parent) {
  const options = this._tlsOptions;
  const handle = this._handle;
  const { isServer } = handle;
  this.server = options.server;
  // Clients always want to see a certificate, servers when they are told to.
  this._requestCert = Boolean(options.requestCert) || !isServer;
  this._rejectUnauthorized = Boolean(options.rejectUnauthorized);
  if (this._requestCert || this._rejectUnauthorized) {
    handle.setVerifyMode(this._requestCert, this._rejectUnauthorized);
  }
  if (this[kAccepted] === null) this.on('newListener', enableOnListener);
  if (isServer) initServer(this, options, handle);
  else if (options.session) handle.setSession(options.session);
  logKeys(this);
  if (options.ALPNProtocols) handle.setALPNProtocols(options.ALPNProtocols);
  if (options.pskCallback) initPsk(this, options, handle);
  if (options.handshakeTimeout > 0) this.setTimeout(options.handshakeTimeout, this._handleTimeout);
  if (parent === null) {
    this.connecting = this[kAccepted] === null;
    return;
  }
  if (socket instanceof net.Socket) {
    this._parent = socket;
    this.connecting = socket.connecting || !socket._handle;
    if (this.connecting) {
      socket.once('connect', () => {
        this.connecting = false;
        this.emit('connect');
      });
    }
  }
  parent.on('error', (error) => this._emitTLSError(error));
};

/** Keys and sessions are gathered only for who listens. */
function enableOnListener(event) {
  if (event !== 'keylog' && event !== 'session') return;
  if (event === 'keylog') this._handle?.enableKeylogCallback();
  else if (!this._tlsOptions.isServer) this._handle?.enableSessionCallbacks();
}

function initServer(socket, options, handle) {
  const callbacks = socket[kCallbacks];
  const { server, ALPNCallback, SNICallback } = options;
  let pauses = false;
  if (ALPNCallback) {
    validateFunction(ALPNCallback, 'options.ALPNCallback');
    callbacks.alpn = ALPNCallback;
    pauses = true;
  }
  if (server) {
    if (server.listenerCount('resumeSession') > 0 || server.listenerCount('newSession') > 0) {
      handle.enableSessionCallbacks();
      pauses = true;
    }
    if (server.listenerCount('OCSPRequest') > 0) pauses = true;
  }
  if (SNICallback && (SNICallback !== chooseContext || server?._contexts.length > 0)) {
    validateFunction(SNICallback, 'options.SNICallback');
    socket._SNICallback = callbacks.sni = SNICallback;
    pauses = true;
  }
  if (pauses) handle.pauseOnHello();
}

function initPsk(socket, options, handle) {
  validateFunction(options.pskCallback, 'pskCallback');
  socket[kCallbacks].psk = options.pskCallback;
  const { pskIdentityHint } = options;
  if (pskIdentityHint) validateString(pskIdentityHint, 'options.pskIdentityHint');
  handle.enablePskCallback(pskIdentityHint || undefined);
}

let isKeylogTold = false;
let isKeylogErrorTold = false;

/** --tls-keylog=FILE. */
function logKeys(socket) {
  const { getOptionValue } = require('internal/options');
  const path = getOptionValue('--tls-keylog');
  if (!path) return;
  if (!isKeylogTold) {
    isKeylogTold = true;
    process.emitWarning(
      `Using --tls-keylog makes TLS connections insecure by writing secret key material to file ${
        path}`);
  }
  const { appendFile } = require('fs');
  socket._handle?.enableKeylogCallback();
  socket.on('keylog', (line) => appendFile(path, line, { mode: 0o600 }, (error) => {
    if (!error || isKeylogErrorTold) return;
    isKeylogErrorTold = true;
    process.emitWarning(`Failed to write TLS keylog (this warning will not be repeated): ${error}`);
  }));
}

/** The client's hello goes out, as soon as there is somebody to send it to. */
TLSSocket.prototype._start = function() {
  if (this.connecting) {
    this.once('connect', this._start);
    return;
  }
  if (!this._handle) return;
  if (this._tlsOptions.requestOCSP) this._handle.requestOCSP();
  this._handle.start();
};

TLSSocket.prototype._finishInit = function() {
  const handle = this._handle;
  if (!handle) return;
  this.alpnProtocol = handle.getALPNNegotiatedProtocol();
  this.servername ??= handle.getServername();
  this._secureEstablished = true;
  if (this._tlsOptions.handshakeTimeout > 0) this.setTimeout(0, this._handleTimeout);
  this.emit('secure');
};

// ---- errors: until control is released, they are for who made the socket, by '_tlsError'

TLSSocket.prototype._handleTimeout = function() {
  this._emitTLSError(new ERR_TLS_HANDSHAKE_TIMEOUT());
  this.destroy(); // Who was told may have forgotten to.
};

TLSSocket.prototype._emitTLSError = function(error) {
  const told = this._tlsError(error);
  if (told) this.emit('error', told);
};

TLSSocket.prototype._tlsError = function(error) {
  this.emit('_tlsError', error);
  return this._controlReleased ? error : null;
};

TLSSocket.prototype._releaseControl = function() {
  if (this._controlReleased) return false;
  this._controlReleased = true;
  this.removeListener('error', this._tlsError);
  return true;
};

TLSSocket.prototype._destroySSL = function _destroySSL() {
  this.ssl?.destroySSL();
  this.ssl = null;
  this[kPendingSession] = null;
  this[kIsVerified] = false;
};

TLSSocket.prototype.connect = function(...args) {
  if (!this.destroyed) return net.Socket.prototype.connect.apply(this, args);
  if (this._tlsOptions.signal?.aborted) return this;
  // A net.Socket would connect anew, and without TLS.
  throw new ERR_SOCKET_CLOSED();
};

TLSSocket.prototype.resetAndDestroy = function() {
  // Node refuses it for everything that is not a TCP socket itself.
  if (this._handle) throw new ERR_INVALID_HANDLE_TYPE();
  return net.Socket.prototype.resetAndDestroy.call(this);
};

// ---- what programs ask and set

TLSSocket.prototype.disableRenegotiation = function disableRenegotiation() {
  this._handle?.disableRenegotiation();
};

TLSSocket.prototype.renegotiate = function(options, callback) {
  validateObject(options, 'options');
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (this.destroyed) return undefined;
  this._requestCert = Boolean(options.requestCert ?? this._requestCert);
  this._rejectUnauthorized = Boolean(options.rejectUnauthorized ?? this._rejectUnauthorized);
  this._handle.setVerifyMode(this._requestCert, this._rejectUnauthorized);
  try {
    this._handle.renegotiate();
  } catch (error) {
    if (callback) process.nextTick(callback, error);
    return false;
  }
  if (callback) this.once('secure', () => callback(null));
  return true;
};

TLSSocket.prototype.exportKeyingMaterial = function(length, label, context) {
  validateUint32(length, 'length', true);
  validateString(label, 'label');
  if (context !== undefined) validateBuffer(context, 'context');
  if (!this._secureEstablished) throw new ERR_TLS_INVALID_STATE();
  return this._handle.exportKeyingMaterial(length, label, context);
};

TLSSocket.prototype.setMaxSendFragment = function setMaxSendFragment(size) {
  validateInt32(size, 'size');
  return this._handle.setMaxSendFragment(size);
};

/** A zero would end the name for libssl, and it would be another one than we check. */
function validateServername(value, name) {
  validateString(value, name);
  if (StringPrototypeIncludes(value, '\0')) {
    throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a string without null bytes');
  }
}

TLSSocket.prototype.setServername = function(name) {
  validateServername(name, 'name');
  if (this._tlsOptions.isServer) throw new ERR_TLS_SNI_FROM_SERVER();
  this._handle?.setServername(name);
};

TLSSocket.prototype.setSession = function(session) {
  const own = sessionFor(session, this[kConnectOptions] || this._tlsOptions);
  if (own !== undefined) this._handle?.setSession(own);
};

TLSSocket.prototype.getSession = function() {
  if (!this._handle) return null;
  return sealSession(this._handle.getSession(), this[kConnectOptions] || this._tlsOptions);
};

TLSSocket.prototype.getPeerCertificate = function(detailed) {
  return this._handle ? this._handle.getPeerCertificate(detailed) : null;
};

TLSSocket.prototype.getCertificate = function() {
  return this._handle ? this._handle.getCertificate() : null;
};

TLSSocket.prototype.getPeerX509Certificate = function(detailed) {
  return this._handle?.getPeerX509Certificate();
};

TLSSocket.prototype.getX509Certificate = function() {
  return this._handle?.getX509Certificate();
};

TLSSocket.prototype.setKeyCert = function(context) {
  if (!this._handle) return;
  const secure = context instanceof SecureContext ?
    context : require('tls').createSecureContext(context);
  this._handle.setKeyCert(secure.context);
};

for (const name of ['getCipher', 'getSharedSigalgs', 'getEphemeralKeyInfo', 'getFinished',
                    'getPeerFinished', 'getProtocol', 'getTLSTicket', 'isSessionReused',
                    'enableTrace']) {
  TLSSocket.prototype[name] = function socketMethodProxy(...args) {
    return this._handle ? this._handle[name](...args) : null;
  };
}

module.exports = { TLSSocket, enableOnListener, validateServername };
