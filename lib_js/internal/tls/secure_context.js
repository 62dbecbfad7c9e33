'use strict';

// tls.SecureContext and tls.createSecureContext(): what connections of one kind share.

const {
  ERR_TLS_INVALID_PROTOCOL_VERSION,
  ERR_TLS_PROTOCOL_VERSION_CONFLICT,
} = require('internal/errors').codes;
const { kEmptyObject } = require('internal/util');
const { configSecureContext } = require('internal/tls/context_options');
const { SecureContext: NativeContext } = require('internal/tls/native_context');
const { validateInteger } = require('internal/validators');

const { SSL_OP_CIPHER_SERVER_PREFERENCE } = require('internal/crypto/constants');

const VERSIONS = {
  '__proto__': null,
  'TLSv1': 0x301,
  'TLSv1.1': 0x302,
  'TLSv1.2': 0x303,
  'TLSv1.3': 0x304,
};

function numberOf(version, usual, end) {
  version ??= usual;
  const number = typeof version === 'string' ? VERSIONS[version] : undefined;
  if (number === undefined) throw new ERR_TLS_INVALID_PROTOCOL_VERSION(version, end);
  return number;
}

function SecureContext(secureProtocol, secureOptions, minVersion, maxVersion) {
  if (!(this instanceof SecureContext)) {
    return new SecureContext(secureProtocol, secureOptions, minVersion, maxVersion);
  }
  if (secureProtocol) {
    const version = minVersion ?? maxVersion;
    if (version != null) throw new ERR_TLS_PROTOCOL_VERSION_CONFLICT(version, secureProtocol);
  }
  const tls = require('tls');
  this.context = new NativeContext();
  this.context.init(secureProtocol,
                    numberOf(minVersion, tls.DEFAULT_MIN_VERSION, 'minimum'),
                    numberOf(maxVersion, tls.DEFAULT_MAX_VERSION, 'maximum'));
  if (secureOptions) {
    validateInteger(secureOptions, 'secureOptions');
    this.context.setOptions(secureOptions);
  }
}

function createSecureContext(options) {
  options ||= kEmptyObject;
  const { honorCipherOrder, maxVersion, minVersion, secureProtocol } = options;
  let { secureOptions } = options;
  if (honorCipherOrder) secureOptions |= SSL_OP_CIPHER_SERVER_PREFERENCE;
  const made = new SecureContext(secureProtocol, secureOptions, minVersion, maxVersion);
  configSecureContext(made.context, options);
  return made;
}

module.exports = { SecureContext, createSecureContext };
