'use strict';
// http2.createServer(): HTTP/2 over plain sockets.

const { captureRejectionSymbol } = require('events');
const { serverOptions } = require('internal/http2/options');
const {
  answerRejection,
  closeSessions,
  methods,
  prepareServer,
  serveSocket,
} = require('internal/http2/serve');
const { kEmptyObject, promisify } = require('internal/util');
const { Server } = require('net');

class Http2Server extends Server {
  constructor(options, requestListener) {
    options = serverOptions(options);
    super(options, serveSocket);
    prepareServer(this, options, requestListener);
  }

  close() {
    Server.prototype.close.apply(this, arguments);
    closeSessions(this);
  }

  async [Symbol.asyncDispose]() {
    await promisify(super.close).call(this);
  }
}

Http2Server.prototype.setTimeout = methods.setTimeout;
Http2Server.prototype.updateSettings = methods.updateSettings;
Http2Server.prototype[captureRejectionSymbol] = answerRejection;

function createServer(options, handler) {
  if (typeof options === 'function') {
    handler = options;
    options = kEmptyObject;
  }
  return new Http2Server(options, handler);
}

module.exports = { createServer };
