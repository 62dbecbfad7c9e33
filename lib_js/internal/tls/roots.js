'use strict';

// Certificates of authorities that are trusted when a program names none: bundled ones, the
// system's, those of NODE_EXTRA_CA_CERTS, or what tls.setDefaultCACertificates() was given.

const {
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ObjectFreeze,
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeTrimEnd,
} = primordials;

const { Buffer } = require('buffer');
const { isArrayBufferView } = require('internal/util/types');
const { getOptionValue } = require('internal/options');
const { nativeError, orThrow, toError } = require('internal/crypto/failure');
const {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
} = require('internal/errors').codes;
const { validateArray, validateString } = require('internal/validators');

const binding = internalBinding('tls');

/** Lists by kind, as soon as somebody asked. */
const known = { __proto__: null };
/** Has a program set the default ones? */
let isOwn = false;
let trustedText;

function isExtraTold() {
  return Boolean(process.env.NODE_EXTRA_CA_CERTS);
}

/** Those of NODE_EXTRA_CA_CERTS; what of the file cannot be read is told of once. */
function readExtra() {
  if (!isExtraTold()) return [];
  const path = process.env.NODE_EXTRA_CA_CERTS;
  const { 0: list, 1: failure } = orThrow(binding.extraCertificates(path));
  if (failure === undefined) return list;
  // Node says so before its library is there, so without a process's warning.
  const { message } = toError(failure);
  internalBinding('process_ops').writeSync(
    2, `Warning: Ignoring extra certs from \`${path}\`, load failed: ${message}\n`);
  return list;
}

function readSystem() {
  const { SSL_CERT_FILE, SSL_CERT_DIR } = process.env;
  return orThrow(binding.systemCertificates(SSL_CERT_FILE || undefined, SSL_CERT_DIR || undefined));
}

function gatherDefault() {
  const all = [];
  const add = (kind) => ArrayPrototypePush(all, ...listOf(kind));
  if (!getOptionValue('--use-openssl-ca')) {
    add('bundled');
    if (getOptionValue('--use-system-ca')) add('system');
  }
  if (isExtraTold()) add('extra');
  return all;
}

const READERS = {
  __proto__: null,
  default: gatherDefault,
  system: readSystem,
  bundled: () => ArrayPrototypeMap(
    orThrow(binding.rootCertificates()), (pem) => StringPrototypeTrimEnd(pem)),
  extra: readExtra,
};

function listOf(kind) {
  return known[kind] ??= ObjectFreeze(READERS[kind]());
}

function getCACertificates(type = 'default') {
  validateString(type, 'type');
  if (READERS[type] === undefined) throw new ERR_INVALID_ARG_VALUE('type', type);
  return listOf(type);
}

/** Every certificate in a text of PEM. */
const EVERY_PEM = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^]*?-----END [A-Z0-9 ]+-----/g;

/** The certificates of what a program gave, each once. */
function readAll(certs) {
  const found = new SafeSet();
  for (let i = 0; i < certs.length; i++) {
    const text = typeof certs[i] === 'string' ? certs[i] : Buffer.from(
      certs[i].buffer, certs[i].byteOffset, certs[i].byteLength).latin1Slice();
    EVERY_PEM.lastIndex = 0;
    for (let match; (match = RegExpPrototypeExec(EVERY_PEM, text)) !== null;) {
      const { X509Certificate } = require('internal/crypto/x509');
      found.add(new X509Certificate(match[0]).toString());
    }
  }
  if (found.size === 0 && certs.length > 0) {
    throw nativeError('ERR_CRYPTO_OPERATION_FAILED',
                      'No valid certificates found in the provided array');
  }
  return [...found];
}

function setDefaultCACertificates(certs) {
  validateArray(certs, 'certs');
  for (let i = 0; i < certs.length; i++) {
    if (typeof certs[i] !== 'string' && !isArrayBufferView(certs[i])) {
      throw new ERR_INVALID_ARG_TYPE(`certs[${i}]`, ['string', 'ArrayBufferView'], certs[i]);
    }
  }
  known.default = ObjectFreeze(readAll(certs));
  isOwn = true;
  trustedText = undefined;
}

function isBundleTrusted() {
  return !isOwn && !isExtraTold() && !getOptionValue('--use-openssl-ca') &&
    !getOptionValue('--use-system-ca');
}

/** What contexts trust that name nobody, as one text of PEM. */
function readTrusted() {
  const list = !isOwn && getOptionValue('--use-openssl-ca') ?
    [...listOf('system'), ...listOf('extra')] : listOf('default');
  return Buffer.from(ArrayPrototypeJoin(list, '\n'), 'latin1');
}

/** Lets a native context trust them. */
function addRoots(context) {
  if (isBundleTrusted()) orThrow(binding.addRoots(context));
  else orThrow(binding.addRoots(context, [trustedText ??= readTrusted()]));
}

module.exports = { addRoots, getCACertificates, setDefaultCACertificates };
