'use strict';

// Public module `http`.

const { ObjectDefineProperty } = primordials;

const agents = require('internal/http/agent');
const { ClientRequest } = require('internal/http/client');
const { IncomingMessage } = require('internal/http/incoming');
const { OutgoingMessage } = require('internal/http/outgoing');
const { parsers } = require('internal/http/parser');
const { ServerResponse } = require('internal/http/response');
const { Server, connectionListener } = require('internal/http/server');
const { STATUS_CODES } = require('internal/http/status');
const { validateHeaderName, validateHeaderValue } = require('internal/http/tokens');
const { validateInteger } = require('internal/validators');
const { defineLazyProperties } = internalBinding('util');

const { methods } = require('internal/http/methods');

function createServer(opts, requestListener) {
  return new Server(opts, requestListener);
}

function request(url, options, cb) {
  return new ClientRequest(url, options, cb);
}

function get(url, options, cb) {
  const req = request(url, options, cb);
  req.end();
  return req;
}

module.exports = {
  _connectionListener: connectionListener,
  METHODS: methods.toSorted(),
  STATUS_CODES,
  Agent: agents.Agent,
  ClientRequest,
  IncomingMessage,
  OutgoingMessage,
  Server,
  ServerResponse,
  createServer,
  validateHeaderName,
  validateHeaderValue,
  get,
  request,
  setMaxIdleHTTPParsers(max) {
    validateInteger(max, 'max', 1);
    parsers.max = max;
  },
  setGlobalProxyFromEnv(env = process.env) {
    return require('internal/http/proxy').setGlobalProxyFromEnv(env);
  },
};

ObjectDefineProperty(module.exports, 'maxHeaderSize', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    const { getOptionValue } = require('internal/options');
    return getOptionValue('--max-http-header-size');
  },
});

ObjectDefineProperty(module.exports, 'globalAgent', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return agents.getGlobalAgent(); },
  set(value) { agents.setGlobalAgent(value); },
});

defineLazyProperties(module.exports, 'npm/undici/index-fetch', ['WebSocket']);
defineLazyProperties(
  module.exports, 'npm/undici/lib/web/websocket/events', ['CloseEvent', 'MessageEvent']);
