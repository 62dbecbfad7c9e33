'use strict';
// http2.connect()

const { ERR_HTTP2_UNSUPPORTED_PROTOCOL } = require('internal/errors').codes;
const { ClientHttp2Session } = require('internal/http2/client_session');
const { clientOptions, tlsOptions } = require('internal/http2/options');
const { validateOptionalObject } = require('internal/http2/settings');
const { kState } = require('internal/http2/symbols');
const { URL } = require('internal/url');
const { assignFunctionName, promisify } = require('internal/util');
const net = require('net');

function hostOf(authority) {
  const { host, hostname } = authority;
  if (hostname) return hostname[0] === '[' ? hostname.slice(1, -1) : hostname;
  return host || 'localhost';
}

function openSocket(authority, protocol, port, host, options) {
  if (typeof options.createConnection === 'function') {
    return options.createConnection(authority, options);
  }
  if (protocol === 'http:') return net.connect({ port, host, ...options });
  if (protocol !== 'https:') throw new ERR_HTTP2_UNSUPPORTED_PROTOCOL(protocol);
  const servername = net.isIP(host) ? undefined : host;
  return require('tls').connect(port, host, tlsOptions(options, servername));
}

function connect(authority, options, listener) {
  if (typeof options === 'function') {
    listener = options;
    options = undefined;
  }
  options = clientOptions(options);
  if (typeof authority === 'string') authority = new URL(authority);
  validateOptionalObject(authority, 'authority', ['string', 'Object', 'URL']);
  const protocol = authority.protocol || options.protocol || 'https:';
  const port = String(
    authority.port !== '' ? authority.port : authority.protocol === 'http:' ? 80 : 443);
  const host = hostOf(authority);
  const socket = openSocket(authority, protocol, port, host, options);
  const session = new ClientHttp2Session(options, socket);
  const state = session[kState];
  state.authority = `${options.servername || host}:${port}`;
  state.protocol = protocol;
  state.originsMax = options.maxOriginSetSize;
  if (typeof listener === 'function') session.once('connect', listener);
  return session;
}

function connectAsync(authority, options) {
  return new Promise((resolve, reject) => {
    const session = connect(authority, options, () => {
      session.removeListener('error', reject);
      resolve(session);
    });
    session.once('error', reject);
  });
}

Object.defineProperty(connect, promisify.custom, {
  __proto__: null,
  value: assignFunctionName('connect', connectAsync),
});

module.exports = { connect };
