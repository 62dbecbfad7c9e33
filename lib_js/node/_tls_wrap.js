'use strict';

// Legacy public name of a part of `tls`: sockets and servers. They are classes that programs may
// derive from and ask `instanceof`, but there is no TLS, so none can be made.

const { ObjectSetPrototypeOf } = primordials;

const net = require('net');
const { ERR_MISSING_ARGS } = require('internal/errors').codes;
const { normalizeArguments } = require('internal/net/arguments');
const { noTls } = require('internal/unbuilt');
const { validateFunction, validateNumber, validateObject } = require('internal/validators');

// eslint-disable-next-line no-unused-vars
function TLSSocket(socket, opts) {
  throw noTls('tls.TLSSocket', TLSSocket);
}
ObjectSetPrototypeOf(TLSSocket.prototype, net.Socket.prototype);
ObjectSetPrototypeOf(TLSSocket, net.Socket);

// eslint-disable-next-line no-unused-vars
function Server(options, listener) {
  if (options && typeof options !== 'function') validateObject(options, 'options');
  throw noTls('tls.Server', Server);
}
ObjectSetPrototypeOf(Server.prototype, net.Server.prototype);
ObjectSetPrototypeOf(Server, net.Server);

function createServer(options, listener) {
  return new Server(options, listener);
}

/** Where to, from the many ways to say it: (port, host, options, cb), (options, cb), ... */
function readArguments(args) {
  const { 0: where } = normalizeArguments(args);
  const extra = typeof args[1] === 'object' ? args[1] : args[2];
  return typeof extra === 'object' ? { ...where, ...extra } : { ...where };
}

function connect(...args) {
  const options = readArguments(args);
  const { checkServerIdentity, minDHSize } = options;
  if ('checkServerIdentity' in options) {
    validateFunction(checkServerIdentity, 'options.checkServerIdentity');
  }
  if ('minDHSize' in options) validateNumber(minDHSize, 'options.minDHSize', 1);
  if (!options.socket && options.path === undefined && options.port === undefined) {
    throw new ERR_MISSING_ARGS(['options', 'port', 'path']);
  }
  throw noTls('tls.connect()', connect);
}

module.exports = { TLSSocket, Server, createServer, connect };
