'use strict';

// Legacy public name of a part of `http`.

const { STATUS_CODES } = require('internal/http/status');
const {
  Server,
  connectionListener,
  kConnectionsCheckingInterval,
  storeHTTPOptions,
} = require('internal/http/server');
const { ServerResponse } = require('internal/http/response');

module.exports = {
  STATUS_CODES,
  Server,
  ServerResponse,
  kConnectionsCheckingInterval,
  storeHTTPOptions,
  _connectionListener: connectionListener,
};
