'use strict';

// Legacy public name of a part of `http`.

const { STATUS_CODES } = require('internal/http/status');
const {
  Server,
  connectionListener,
  kConnectionsCheckingInterval,
  preClose,
  storeHTTPOptions,
  trackConnections,
} = require('internal/http/server');
const { ServerResponse } = require('internal/http/response');
const { kServerResponse } = require('internal/http/symbols');

module.exports = {
  STATUS_CODES,
  Server,
  ServerResponse,
  setupConnectionsTracking: trackConnections,
  kServerResponse,
  httpServerPreClose: preClose,
  kConnectionsCheckingInterval,
  storeHTTPOptions,
  _connectionListener: connectionListener,
};
