'use strict';
// internal/http2/core: all of node:http2, and classes of it that programs meet but cannot name.

const { Http2ServerRequest, Http2ServerResponse } = require('internal/http2/compat');
const { connect } = require('internal/http2/connect');
const { constants } = require('internal/http2/constants');
const { serverOptions } = require('internal/http2/options');
const { createServer } = require('internal/http2/server');
const { ServerHttp2Session } = require('internal/http2/server_session');
const { Http2Session } = require('internal/http2/session');
const {
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
} = require('internal/http2/settings');
const { Http2Stream } = require('internal/http2/stream');
const { kSensitiveHeaders } = require('internal/http2/symbols');

function createSecureServer(options, handler) {
  return require('internal/http2/secure_server').createSecureServer(options, handler);
}

function performServerHandshake(socket, options = {}) {
  return new ServerHttp2Session(serverOptions(options), socket, undefined);
}

module.exports = {
  connect,
  constants,
  createServer,
  createSecureServer,
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
  performServerHandshake,
  sensitiveHeaders: kSensitiveHeaders,
  Http2Session,
  Http2Stream,
  ServerHttp2Session,
  Http2ServerRequest,
  Http2ServerResponse,
};
