'use strict';

// What both lanes of a server share: which event a request becomes, errors of clients, timeouts.

const { isServerTraced, openChannels } = require('internal/http/channels');
const { codes: { ERR_HTTP_SOCKET_ENCODING } } = require('internal/errors');
const { STATUS_CODES } = require('internal/http/status');

function isLimit(value) {
  return typeof value === 'number' && value > 0;
}

/**
 * Emits what a request is for: usually 'request'.
 * @param {{socketOwner: {socket: object}, requestsCount: number, isHttp11: boolean,
 *   hasHost: boolean, hasExpect: boolean, expectsContinue: boolean}} facts
 */
function routeRequest(server, req, res, facts) {
  if (isServerTraced()) trace(server, req, res, facts);
  if (!facts.isHttp11) {
    server.emit('request', req, res);
    return;
  }
  if (server.requireHostHeader && !facts.hasHost) {
    res.writeHead(400, ['Connection', 'close']);
    res.end();
    return;
  }
  const limit = server.maxRequestsPerSocket;
  if (isLimit(limit)) {
    res.maxRequestsOnConnectionReached = limit <= facts.requestsCount;
    if (limit < facts.requestsCount) {
      server.emit('dropRequest', req, facts.socketOwner.socket);
      res.writeHead(503);
      res.end();
      return;
    }
  }
  if (!facts.hasExpect) {
    server.emit('request', req, res);
  } else if (facts.expectsContinue) {
    res._expect_continue = true;
    if (server.listenerCount('checkContinue') > 0) {
      server.emit('checkContinue', req, res);
    } else {
      res.writeContinue();
      server.emit('request', req, res);
    }
  } else if (server.listenerCount('checkExpectation') > 0) {
    server.emit('checkExpectation', req, res);
  } else {
    res.writeHead(417);
    res.end();
  }
}

function trace(server, req, res, facts) {
  const { serverRequest, serverResponse, serverFinish } = openChannels();
  const { socket } = facts.socketOwner;
  if (serverResponse.hasSubscribers) serverResponse.publish({ request: req, response: res });
  if (serverRequest.hasSubscribers) {
    serverRequest.publish({ request: req, response: res, socket, server });
  }
  if (serverFinish.hasSubscribers) {
    res.on('finish', () => serverFinish.publish({ request: req, response: res, socket, server }));
  }
}

function nop() {}

const ERROR_STATUS = {
  __proto__: null,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** An error of a client: the program's to handle, or answered and the connection closed. */
function clientError(server, error, socket) {
  socket.removeListener('error', onSocketError); // Further errors do not matter.
  if (socket.listenerCount('error', nop) === 0) socket.on('error', nop);
  if (server.emit('clientError', error, socket)) return;
  const message = socket._httpMessage;
  if (socket.writable && (!message || !message._headerSent)) {
    const status = ERROR_STATUS[error.code] ?? 400;
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`,
                 'latin1');
  }
  socket.destroy(error);
}

function onSocketError(error) {
  clientError(this.server, error, this);
}

function onSocketTimeout() {
  const req = this.parser?.incoming;
  const isRequestTold = req && !req.complete && req.emit('timeout', this);
  const res = this._httpMessage;
  const isResponseTold = res && res.emit('timeout', this);
  const isServerTold = this.server.emit('timeout', this);
  if (!isRequestTold && !isResponseTold && !isServerTold) this.destroy();
}

function refuseEncoding() {
  throw new ERR_HTTP_SOCKET_ENCODING();
}

/** Listeners that every socket of an http server has. */
function prepareSocket(server, socket) {
  socket.server = server;
  socket.setEncoding = refuseEncoding; // HTTP is bytes.
  socket.on('error', onSocketError);
  socket.on('timeout', onSocketTimeout);
}

/** The socket is the program's own from now on. */
function forgetSocket(socket) {
  socket.removeListener('error', onSocketError);
  socket.removeListener('timeout', onSocketTimeout);
}

module.exports = {
  clientError,
  forgetSocket,
  isLimit,
  onSocketError,
  prepareSocket,
  routeRequest,
};
