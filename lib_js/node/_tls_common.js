'use strict';

// Legacy public name of a part of `tls`.

const { SecureContext, createSecureContext } = require('internal/tls/secure_context');
const { translatePeerCertificate } = require('internal/tls/peer_certificate');

module.exports = { SecureContext, createSecureContext, translatePeerCertificate };
