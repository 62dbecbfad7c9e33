'use strict';

// Public module `http2`. There is no HTTP/2 yet: constants and settings are here whole, and
// everything that speaks it throws an error that says so (internal/unbuilt).

const {
  ObjectDefineProperty,
  Promise,
  Symbol,
  SymbolFor,
} = primordials;

const { Readable, Stream } = require('stream');
const {
  ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS,
  ERR_HTTP2_UNSUPPORTED_PROTOCOL,
  ERR_INVALID_ARG_TYPE,
} = require('internal/errors').codes;
const { constants } = require('internal/http2/constants');
const {
  MAX_CUSTOM,
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
  validateOptionalObject,
} = require('internal/http2/settings');
const { noHttp2 } = require('internal/unbuilt');
const { URL } = require('internal/url');
const { validateBoolean, validateNumber, validateObject } = require('internal/validators');

const sensitiveHeaders = Symbol('sensitiveHeaders');

/** Requests of servers: no object is one, but programs ask. */
class Http2ServerRequest extends Readable {
  // eslint-disable-next-line no-unused-vars
  constructor(stream, headers, options, rawHeaders) {
    throw noHttp2('http2.Http2ServerRequest', Http2ServerRequest);
  }
}

class Http2ServerResponse extends Stream {
  // eslint-disable-next-line no-unused-vars
  constructor(stream, options) {
    throw noHttp2('http2.Http2ServerResponse', Http2ServerResponse);
  }
}

// eslint-disable-next-line no-unused-vars
function createServer(options, handler) {
  if (options !== undefined && typeof options !== 'function') validateObject(options, 'options');
  throw noHttp2('http2.createServer()', createServer);
}

// eslint-disable-next-line no-unused-vars
function createSecureServer(options, handler) {
  if (options !== undefined) validateObject(options, 'options');
  throw noHttp2('http2.createSecureServer()', createSecureServer);
}

// eslint-disable-next-line no-unused-vars
function performServerHandshake(socket, options = {}) {
  throw noHttp2('http2.performServerHandshake()', performServerHandshake);
}

function validateConnectOptions(options) {
  validateOptionalObject(options, 'options');
  const { maxOriginSetSize, remoteCustomSettings, strictSingleValueFields } = options ?? {};
  if (maxOriginSetSize != null) validateNumber(maxOriginSetSize, 'options.maxOriginSetSize', 0);
  if (remoteCustomSettings !== undefined) {
    if (!Array.isArray(remoteCustomSettings)) {
      throw new ERR_INVALID_ARG_TYPE(
        'options.remoteCustomSettings', 'Array', remoteCustomSettings);
    }
    if (remoteCustomSettings.length > MAX_CUSTOM) throw new ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS();
  }
  if (strictSingleValueFields !== undefined) {
    validateBoolean(strictSingleValueFields, 'options.strictSingleValueFields');
  }
}

// eslint-disable-next-line no-unused-vars
function connect(authority, options, listener) {
  if (typeof options === 'function') options = undefined;
  validateConnectOptions(options);
  if (typeof authority === 'string') authority = new URL(authority);
  validateOptionalObject(authority, 'authority', ['string', 'Object', 'URL']);
  const protocol = authority.protocol || options?.protocol || 'https:';
  if (typeof options?.createConnection !== 'function' &&
      protocol !== 'http:' && protocol !== 'https:') {
    throw new ERR_HTTP2_UNSUPPORTED_PROTOCOL(protocol);
  }
  throw noHttp2('http2.connect()', connect);
}

/** For promisify(): as long as connect() throws, the promise is rejected with what it throws. */
function connectAsync(authority, options) {
  return new Promise(() => connect(authority, options));
}
ObjectDefineProperty(connectAsync, 'name', { __proto__: null, value: 'connect' });
ObjectDefineProperty(connect, SymbolFor('nodejs.util.promisify.custom'), {
  __proto__: null,
  value: connectAsync,
});

module.exports = {
  connect,
  constants,
  createServer,
  createSecureServer,
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
  performServerHandshake,
  sensitiveHeaders,
  Http2ServerRequest,
  Http2ServerResponse,
};
