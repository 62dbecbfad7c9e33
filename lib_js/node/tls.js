'use strict';

// Public module `tls`. There is no TLS yet: what needs none is here whole, and everything else
// throws an error that says so (internal/unbuilt).

const {
  ArrayIsArray,
  ObjectDefineProperty,
} = primordials;

const { Buffer } = require('buffer');
const { isArrayBufferView } = require('internal/util/types');
const {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_OUT_OF_RANGE,
} = require('internal/errors').codes;
const { checkServerIdentity } = require('internal/tls/server_identity');
const { noTls } = require('internal/unbuilt');
const { validateString } = require('internal/validators');
const { SecureContext, createSecureContext } = require('_tls_common');
const { Server, TLSSocket, connect, createServer } = require('_tls_wrap');

const DEFAULT_CIPHERS =
  'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:' +
  'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:' +
  'ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:' +
  'DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:' +
  'ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:' +
  'HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA';
const MAX_PROTOCOL_LENGTH = 255;
const CERTIFICATE_KINDS = ['default', 'system', 'bundled', 'extra'];

function getCiphers() {
  throw noTls('tls.getCiphers()', getCiphers);
}

function getCertificateCompressionAlgorithms() {
  throw noTls('tls.getCertificateCompressionAlgorithms()', getCertificateCompressionAlgorithms);
}

function getCACertificates(type = 'default') {
  validateString(type, 'type');
  if (!CERTIFICATE_KINDS.includes(type)) throw new ERR_INVALID_ARG_VALUE('type', type);
  throw noTls('tls.getCACertificates()', getCACertificates);
}

function setDefaultCACertificates(certs) {
  if (!ArrayIsArray(certs)) throw new ERR_INVALID_ARG_TYPE('certs', 'Array', certs);
  for (let i = 0; i < certs.length; i++) {
    if (typeof certs[i] !== 'string' && !isArrayBufferView(certs[i])) {
      throw new ERR_INVALID_ARG_TYPE(`certs[${i}]`, ['string', 'ArrayBufferView'], certs[i]);
    }
  }
  throw noTls('tls.setDefaultCACertificates()', setDefaultCACertificates);
}

/** Names as the wire has them: each after a byte that says how long it is. */
function encodeProtocols(names) {
  const parts = [];
  for (let i = 0; i < names.length; i++) {
    const length = Buffer.byteLength(names[i]);
    if (length > MAX_PROTOCOL_LENGTH) {
      throw new ERR_OUT_OF_RANGE(
        `The byte length of the protocol at index ${i} exceeds the maximum length.`,
        `<= ${MAX_PROTOCOL_LENGTH}`, length, true);
    }
    parts.push(Buffer.from([length]), Buffer.from(names[i]));
  }
  return Buffer.concat(parts);
}

function validateProtocols(encoded) {
  for (let at = 0; at < encoded.length;) {
    if (encoded[at] === 0) {
      throw new ERR_INVALID_ARG_VALUE(
        'ALPNProtocols', encoded, 'must not contain zero-length protocol');
    }
    at += 1 + encoded[at];
    if (at > encoded.length) {
      throw new ERR_INVALID_ARG_VALUE('ALPNProtocols', encoded, 'contains truncated protocol');
    }
  }
}

function convertALPNProtocols(protocols, out) {
  if (ArrayIsArray(protocols)) {
    out.ALPNProtocols = encodeProtocols(protocols);
  } else if (isArrayBufferView(protocols)) {
    // A copy: the program may write into its own.
    const { buffer, byteOffset, byteLength } = protocols;
    const encoded = Buffer.from(Buffer.from(buffer, byteOffset, byteLength));
    validateProtocols(encoded);
    out.ALPNProtocols = encoded;
  }
}

module.exports = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  getCiphers,
  getCertificateCompressionAlgorithms,
  getCACertificates,
  setDefaultCACertificates,
  convertALPNProtocols,
  checkServerIdentity,
  createSecureContext,
  SecureContext,
  TLSSocket,
  Server,
  createServer,
  connect,
};

// Not enumerable as in Node: who copies the module or imports names from it reads all of those.
ObjectDefineProperty(module.exports, 'rootCertificates', {
  __proto__: null,
  configurable: false,
  enumerable: false,
  get: function rootCertificates() {
    throw noTls('tls.rootCertificates', rootCertificates);
  },
});
