'use strict';

// Public module `tls`. Its parts are in internal/tls; libssl is native's (bindings/src/tls).

const { ObjectDefineProperty, SafeSet } = primordials;

const { convertALPNProtocols } = require('internal/tls/alpn');
const { getOptionValue } = require('internal/options');
const roots = require('internal/tls/roots');
const { checkServerIdentity } = require('internal/tls/server_identity');
const { SecureContext, createSecureContext } = require('internal/tls/secure_context');

let ciphers;

function getCiphers() {
  ciphers ??= [...new SafeSet(internalBinding('tls').ciphers())].sort();
  return [...ciphers];
}

/** AWS-LC compresses none. */
function getCertificateCompressionAlgorithms() {
  return [];
}

function lowestVersion() {
  const versions = [['--tls-min-v1.0', 'TLSv1'], ['--tls-min-v1.1', 'TLSv1.1'],
                    ['--tls-min-v1.2', 'TLSv1.2'], ['--tls-min-v1.3', 'TLSv1.3']];
  for (const { 0: flag, 1: version } of versions) if (getOptionValue(flag)) return version;
  return 'TLSv1.2';
}

function highestVersion() {
  if (getOptionValue('--tls-max-v1.3')) return 'TLSv1.3';
  return getOptionValue('--tls-max-v1.2') ? 'TLSv1.2' : 'TLSv1.3';
}

// What the modules below read of this one can be changed by programs, so it comes before them.
module.exports = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS: getOptionValue('--tls-cipher-list') ||
    require('internal/crypto/constants').defaultCipherList,
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MIN_VERSION: lowestVersion(),
  DEFAULT_MAX_VERSION: highestVersion(),
  getCiphers,
  getCertificateCompressionAlgorithms,
  get rootCertificates() { return roots.getCACertificates('bundled'); },
  getCACertificates: roots.getCACertificates,
  setDefaultCACertificates: roots.setDefaultCACertificates,
  convertALPNProtocols,
  checkServerIdentity,
  createSecureContext,
  SecureContext,
  ...require('_tls_wrap'),
};

ObjectDefineProperty(
  module.exports, 'rootCertificates', { __proto__: null, configurable: false });
