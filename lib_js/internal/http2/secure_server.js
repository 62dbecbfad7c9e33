'use strict';
// http2.createSecureServer(): HTTP/2 over TLS, and HTTP/1 for clients that do not speak it, if the
// program allows it.

const { serverOptions, tlsOptions } = require('internal/http2/options');
const {
  closeSessions,
  methods,
  prepareServer,
  serveSocket,
} = require('internal/http2/serve');
const { kOptions } = require('internal/http2/symbols');
const http = require('internal/http/server');
const { Server } = require('tls');

class Http2SecureServer extends Server {
  constructor(options, requestListener) {
    options = tlsOptions(serverOptions(options), undefined);
    super(options, serveSocket);
    if (options.allowHTTP1 === true) {
      http.becomeServer(this, { ...options, ...options.http1Options });
      this.shouldUpgradeCallback = hasUpgradeListener;
      this.on('listening', http.trackConnections);
    }
    prepareServer(this, options, requestListener);
    this.on('tlsClientError', onTlsClientError);
  }

  close() {
    Server.prototype.close.apply(this, arguments);
    if (this[kOptions].allowHTTP1 === true) http.preClose(this);
    closeSessions(this);
  }

  closeIdleConnections() {
    if (this[kOptions].allowHTTP1 === true) http.Server.prototype.closeIdleConnections.call(this);
  }
}

Http2SecureServer.prototype.setTimeout = methods.setTimeout;
Http2SecureServer.prototype.updateSettings = methods.updateSettings;

function hasUpgradeListener() {
  return this.listenerCount('upgrade') > 0;
}

function onTlsClientError(error, socket) {
  if (!this.emit('clientError', error, socket)) socket.destroy(error);
}

function createSecureServer(options, handler) {
  return new Http2SecureServer(options, handler);
}

module.exports = { createSecureServer };
