'use strict';

// tls.connect(): the options of a client, and what it looks at before it trusts the other side.

const { ObjectAssign } = primordials;

const net = require('net');
const { kConnectOptions, kIsVerified, kPendingSession } = require('internal/tls/events');
const { checkServerIdentity } = require('internal/tls/server_identity');
const { identityOf, sessionFor } = require('internal/tls/session');
const { TLSSocket, validateServername } = require('internal/tls/socket');
const {
  ConnResetException,
  codes: { ERR_TLS_DH_PARAM_SIZE },
} = require('internal/errors');
const { normalizeArguments } = require('internal/net/arguments');
const { validateFunction, validateNumber } = require('internal/validators');

let isUnauthorizedTold = false;
let isAddressTold = false;

/** NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not looked at. */
function allowsUnauthorized() {
  const isAllowed = process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0';
  if (isAllowed && !isUnauthorizedTold) {
    isUnauthorizedTold = true;
    process.emitWarning(
      "Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS " +
      'connections and HTTPS requests insecure by disabling certificate verification.');
  }
  return isAllowed;
}

/** Where to, from the many ways to say it: (port, host, options, cb), (options, cb), ... */
function readArguments(args) {
  const { 0: options, 1: callback } = normalizeArguments(args);
  const extra = args[1] !== null && typeof args[1] === 'object' ? args[1] : args[2];
  return { options: ObjectAssign(options, extra), callback };
}

/** Why the peer is not whom we wanted; undefined: it is. */
function findFault(socket, options) {
  const handle = socket._handle;
  const error = handle.verifyError();
  // A session that goes on was looked at when it began.
  if (error || handle.isSessionReused()) return error;
  const name = identityOf(options);
  if (options.checkServerIdentity === checkServerIdentity &&
      checkServerIdentity(name, handle.getPeerIdentity()) === undefined) {
    return undefined;
  }
  return options.checkServerIdentity(name, socket.getPeerCertificate(true));
}

function onConnectSecure() {
  const options = this[kConnectOptions];
  const key = this.getEphemeralKeyInfo();
  if (key.type === 'DH' && key.size < options.minDHSize) {
    this.emit('error', new ERR_TLS_DH_PARAM_SIZE(key.size));
    this.destroy();
    return;
  }
  let fault;
  try {
    fault = findFault(this, options);
  } catch (error) {
    this.destroy(); // Nobody has said that this is the right peer.
    throw error;
  }
  if (fault) {
    this.authorized = false;
    this.authorizationError = fault.code || fault.message;
    if (options.rejectUnauthorized !== false) {
      this.destroy(fault);
      return;
    }
  } else {
    this.authorized = true;
  }
  this.secureConnecting = false;
  this.emit('secureConnect');
  this[kIsVerified] = true;
  const session = this[kPendingSession];
  this[kPendingSession] = null;
  if (session) this.emit('session', session);
  this.removeListener('end', onConnectEnd);
}

function onConnectEnd() {
  if (this._hadError) return;
  this._hadError = true;
  const { path, host, port, localAddress } = this[kConnectOptions];
  const error = new ConnResetException(
    'Client network socket disconnected before secure TLS connection was established');
  error.path = path;
  error.host = host;
  error.port = port;
  error.localAddress = localAddress;
  this.destroy(error);
}

function setServername(socket, name) {
  if (!isAddressTold && net.isIP(name)) {
    isAddressTold = true;
    process.emitWarning(
      'Setting the TLS ServerName to an IP address is not permitted by RFC 6066. ' +
      'This will be ignored in a future version.', 'DeprecationWarning', 'DEP0123');
  }
  socket.setServername(name);
}

function start(socket) {
  socket._start();
}

function connect(...args) {
  const { options: told, callback } = readArguments(args);
  const tls = require('tls'); // Its functions and defaults can be changed by programs.
  const options = {
    rejectUnauthorized: !allowsUnauthorized(),
    ciphers: tls.DEFAULT_CIPHERS,
    checkServerIdentity: tls.checkServerIdentity,
    minDHSize: 1024,
    ...told,
  };
  validateFunction(options.checkServerIdentity, 'options.checkServerIdentity');
  validateNumber(options.minDHSize, 'options.minDHSize', 1);
  if (options.servername) validateServername(options.servername, 'name');
  const context = options.secureContext || tls.createSecureContext(options);
  options.session = sessionFor(options.session, options);
  // Told as `undefined` it is as strict as not told.
  const rejectUnauthorized = options.rejectUnauthorized !== false;
  const socket = new TLSSocket(options.socket, {
    allowHalfOpen: options.allowHalfOpen,
    pipe: Boolean(options.path),
    secureContext: context,
    isServer: false,
    requestCert: true,
    rejectUnauthorized,
    session: options.session,
    ALPNProtocols: options.ALPNProtocols,
    requestOCSP: options.requestOCSP,
    enableTrace: options.enableTrace,
    pskCallback: options.pskCallback,
    highWaterMark: options.highWaterMark,
    onread: options.onread,
    signal: options.signal,
    noDelay: options.noDelay,
    keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
  });
  options.rejectUnauthorized = rejectUnauthorized;
  socket[kConnectOptions] = options;
  if (callback) socket.once('secureConnect', callback);
  if (!options.socket) {
    if (options.timeout) socket.setTimeout(options.timeout);
    socket.connect(options, socket._start);
  }
  socket._releaseControl();
  if (options.servername) setServername(socket, options.servername);
  socket.on('secure', onConnectSecure);
  socket.prependListener('end', onConnectEnd);
  // A stream of JavaScript may bring the whole handshake at once, before anybody listens.
  if (options.socket) process.nextTick(start, socket);
  return socket;
}

module.exports = { connect };
