'use strict';
// What servers of both kinds do: a session for each connection, and its streams as requests.

const { captureRejectionSymbol } = require('events');
const { onServerStream } = require('internal/http2/compat');
const { ServerHttp2Session } = require('internal/http2/server_session');
const { validateOptionalObject, validateSettings } = require('internal/http2/settings');
const { kOptions, kSessions } = require('internal/http2/symbols');
const { itemsOf, newList } = require('internal/linkedlist');
const net = require('net');
const { validateFunction } = require('internal/validators');
const { clearTimeout, setTimeout } = require('internal/timers');

/** The listener of 'connection' and 'secureConnection'. */
function serveSocket(socket) {
  const options = this[kOptions];
  if (socket.alpnProtocol === false || socket.alpnProtocol === 'http/1.1') {
    if (options.allowHTTP1 === true) {
      require('internal/http/server').connectionListener.call(this, socket);
    } else if (!this.emit('unknownProtocol', socket)) {
      refuseProtocol(socket, options.unknownProtocolTimeout);
    }
    return;
  }
  const session = new ServerHttp2Session(options, socket, this);
  session.on('stream', onStream);
  session.on('error', onError);
  session.on('priority', onPriority);
  if (this.timeout) session.setTimeout(this.timeout, onTimeout);
  this.emit('session', session);
}

/** In words that a client of HTTP/1 may understand. */
function refuseProtocol(socket, ms) {
  const timer = setTimeout(() => socket.destroy(), ms);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end('HTTP/1.0 403 Forbidden\r\n' +
    'Content-Type: text/plain\r\n\r\n' +
    'Missing ALPN Protocol, expected `h2` to be available.\n' +
    'If this is a HTTP request: The server was not ' +
    'configured with the `allowHTTP1` option or a ' +
    'listener for the `unknownProtocol` event.\n');
}

function onStream(stream, headers, flags, list) {
  this.server?.emit('stream', stream, headers, flags, list);
}

function onPriority(id, parent, weight, isExclusive) {
  this.server?.emit('priority', id, parent, weight, isExclusive);
}

function onError(error) {
  this.server?.emit('sessionError', error, this);
}

function onTimeout() {
  if (this.destroyed || this.closed) return;
  if (!this.server.emit('timeout', this)) this.destroy();
}

/** Requests and responses are made of streams once somebody wants them. */
function onNewListener(event) {
  if (event !== 'request') return;
  this.removeListener('newListener', onNewListener);
  const { Http2ServerRequest, Http2ServerResponse } = this[kOptions];
  this.on('stream', onServerStream.bind(this, Http2ServerRequest, Http2ServerResponse));
}

/** What constructors of servers do after their base's. */
function prepareServer(server, options, requestListener) {
  server[kOptions] = options;
  server[kSessions] = newList();
  server.timeout = 0;
  server.on('newListener', onNewListener);
  if (typeof requestListener === 'function') server.on('request', requestListener);
}

function closeSessions(server) {
  for (const { session } of itemsOf(server[kSessions])) session.close();
}

/** Methods of both classes. */
const methods = {
  setTimeout(msecs, callback) {
    this.timeout = msecs;
    if (callback !== undefined) {
      validateFunction(callback, 'callback');
      this.on('timeout', callback);
    }
    return this;
  },
  updateSettings(settings) {
    validateOptionalObject(settings, 'settings');
    validateSettings(settings);
    this[kOptions].settings = { ...this[kOptions].settings, ...settings };
  },
};

/** A listener of a server was an async function, and failed. */
function answerRejection(error, event, ...args) {
  if (event === 'stream') {
    const { 0: stream } = args;
    if (stream.sentHeaders) {
      stream.destroy(error);
    } else {
      stream.respond({ ':status': 500 });
      stream.end();
    }
  } else if (event === 'request') {
    const { 1: response } = args;
    if (response.headersSent || response.finished) {
      response.destroy();
      return;
    }
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.end(require('http').STATUS_CODES[500]);
  } else {
    net.Server.prototype[captureRejectionSymbol].call(this, error, event, ...args);
  }
}

module.exports = { answerRejection, closeSessions, methods, prepareServer, serveSocket };
