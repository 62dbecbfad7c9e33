'use strict';

// Legacy public name of a part of `tls`: contexts, which need TLS, and what a certificate says.

const {
  JSONParse,
  RegExpPrototypeExec,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const { ERR_TLS_INVALID_PROTOCOL_VERSION } = require('internal/errors').codes;
const { noTls } = require('internal/unbuilt');
const { validateObject } = require('internal/validators');

const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

function validateVersion(version, end) {
  if (version != null && !VERSIONS.includes(version)) {
    throw new ERR_TLS_INVALID_PROTOCOL_VERSION(version, end);
  }
}

// eslint-disable-next-line no-unused-vars
function SecureContext(secureProtocol, secureOptions, minVersion, maxVersion) {
  throw noTls('tls.SecureContext', SecureContext);
}

function createSecureContext(options) {
  if (options) {
    validateObject(options, 'options');
    validateVersion(options.minVersion, 'minimum');
    validateVersion(options.maxVersion, 'maximum');
  }
  throw noTls('tls.createSecureContext()', createSecureContext);
}

/** Lines `key:value` of where to ask about a certificate; a strange value is written as JSON. */
function readInfoAccess(text) {
  const info = { __proto__: null };
  for (const line of StringPrototypeSplit(text, '\n')) {
    const found = RegExpPrototypeExec(/^([^:]*):(.*)$/s, line);
    if (found === null) continue;
    const { 1: key, 2: value } = found;
    (info[key] ??= []).push(StringPrototypeStartsWith(value, '"') ? JSONParse(value) : value);
  }
  return info;
}

function translatePeerCertificate(c) {
  if (!c) return null;
  if (c.issuerCertificate != null && c.issuerCertificate !== c) {
    c.issuerCertificate = translatePeerCertificate(c.issuerCertificate);
  }
  if (c.infoAccess != null) c.infoAccess = readInfoAccess(c.infoAccess);
  return c;
}

module.exports = { SecureContext, createSecureContext, translatePeerCertificate };
