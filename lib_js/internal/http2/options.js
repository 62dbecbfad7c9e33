'use strict';
// Options of servers and clients, checked in Node's order.

const { ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS } = require('internal/errors').codes;
const {
  MAX_CUSTOM,
  validateOptionalArray,
  validateOptionalObject,
} = require('internal/http2/settings');
const { validateBoolean, validateNumber, validateUint32 } = require('internal/validators');

const UNKNOWN_PROTOCOL_MS = 10000;
const ORIGINS_MAX = 128;

function takeCustomSettings(options) {
  const list = options.remoteCustomSettings;
  validateOptionalArray(list, 'options.remoteCustomSettings');
  if (list === undefined) return;
  if (list.length > MAX_CUSTOM) throw new ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS();
  options.remoteCustomSettings = [...list];
}

function takeStrictness(options) {
  if (options.strictSingleValueFields === undefined) options.strictSingleValueFields = true;
  else validateBoolean(options.strictSingleValueFields, 'options.strictSingleValueFields');
}

/** @returns {object} a copy of a server's options with the defaults */
function serverOptions(given) {
  validateOptionalObject(given, 'options');
  const options = { ...given };
  validateOptionalObject(options.settings, 'options.settings');
  options.settings = { ...options.settings };
  takeCustomSettings(options);
  for (const name of ['maxSessionInvalidFrames', 'maxSessionRejectedStreams']) {
    if (options[name] !== undefined) validateUint32(options[name], `options.${name}`);
  }
  options.unknownProtocolTimeout ??= UNKNOWN_PROTOCOL_MS;
  validateUint32(options.unknownProtocolTimeout, 'options.unknownProtocolTimeout');
  takeStrictness(options);
  options.http1Options = { ...options.http1Options };
  // DEP0201: they stood here once.
  options.http1Options.IncomingMessage ??= options.Http1IncomingMessage;
  options.http1Options.ServerResponse ??= options.Http1ServerResponse;
  options.Http2ServerRequest ||= require('internal/http2/compat_request').Http2ServerRequest;
  options.Http2ServerResponse ||= require('internal/http2/compat_response').Http2ServerResponse;
  return options;
}

/** @returns {object} a copy of the options of connect() with the defaults */
function clientOptions(given) {
  validateOptionalObject(given, 'options');
  const options = { ...given };
  if (options.maxOriginSetSize == null) options.maxOriginSetSize = ORIGINS_MAX;
  else validateNumber(options.maxOriginSetSize, 'options.maxOriginSetSize', 0);
  takeCustomSettings(options);
  takeStrictness(options);
  return options;
}

/** What TLS has to say before HTTP/2 can be spoken over it. */
function tlsOptions(options, servername) {
  if (!options.ALPNCallback) {
    options.ALPNProtocols = options.allowHTTP1 === true ? ['h2', 'http/1.1'] : ['h2'];
  }
  if (servername !== undefined && !options.servername) options.servername = servername;
  return options;
}

module.exports = { clientOptions, serverOptions, tlsOptions };
