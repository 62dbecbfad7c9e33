'use strict';

// The options of tls.createSecureContext(), looked at and set in Node's order.

const {
  ArrayIsArray,
  ArrayPrototypeFilter,
  ArrayPrototypeJoin,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const {
  codes: {
    ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED,
    ERR_FEATURE_UNAVAILABLE_ON_PLATFORM,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
  },
} = require('internal/errors');
const { Buffer } = require('buffer');
const { kEmptyObject } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const {
  validateArray,
  validateBuffer,
  validateInt32,
  validateObject,
  validateString,
} = require('internal/validators');

const TLS1_2 = 0x303;
const TLS1_3 = 0x304;
const TICKET_KEYS_BYTES = 48;
const COMPRESSIONS = ['zlib', 'brotli', 'zstd'];

function validatePem(name, value) {
  if (typeof value === 'string' || isArrayBufferView(value)) return;
  throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], value);
}

/** Calls `set` with each of what may be one or a list. */
function setEach(value, name, set) {
  const list = ArrayIsArray(value) ? value : [value];
  for (let i = 0; i < list.length; i++) {
    validatePem(name, list[i]);
    set(list[i]);
  }
}

/** Node has one list of ciphers, libssl one up to TLS 1.2 and one for TLS 1.3. */
function splitCiphers(ciphers, name) {
  const all = StringPrototypeSplit(ciphers || require('tls').DEFAULT_CIPHERS, ':');
  const isSuite = (cipher) => StringPrototypeStartsWith(cipher, 'TLS_') ||
    StringPrototypeStartsWith(cipher, '!TLS_');
  const told = ArrayPrototypeFilter(all, (cipher) => cipher.length > 0);
  const suites = ArrayPrototypeJoin(ArrayPrototypeFilter(told, isSuite), ':');
  const list = ArrayPrototypeJoin(
    ArrayPrototypeFilter(told, (cipher) => !isSuite(cipher)), ':');
  if (suites === '' && list === '') throw new ERR_INVALID_ARG_VALUE(name, all);
  return { list, suites };
}

function setCiphers(context, ciphers, name) {
  if (ciphers !== undefined && ciphers !== null) validateString(ciphers, name);
  const { list, suites } = splitCiphers(ciphers, name);
  if (suites !== '') context.setCipherSuites(suites);
  if (list !== '') {
    context.setCiphers(list);
  } else if (context.getMinProto() < TLS1_3 && context.getMaxProto() > TLS1_2) {
    context.setMinProto(TLS1_3); // Nothing is left for the versions below.
  }
}

function setKey(context, key, passphrase, name) {
  validatePem(`${name}.key`, key);
  if (passphrase !== undefined && passphrase !== null) {
    validateString(passphrase, `${name}.passphrase`);
  }
  context.setKey(key, passphrase);
}

function setKeys(context, key, passphrase, name) {
  if (!ArrayIsArray(key)) {
    setKey(context, key, passphrase, name);
    return;
  }
  for (let i = 0; i < key.length; i++) {
    const own = key[i]?.passphrase;
    const pem = key[i]?.pem;
    setKey(context, pem !== undefined ? pem : key[i], own !== undefined ? own : passphrase, name);
  }
}

function checkCompressions(algorithms, name) {
  validateArray(algorithms, name);
  if (algorithms.length > COMPRESSIONS.length) {
    throw new ERR_INVALID_ARG_VALUE(name, algorithms, 'can specify at most 3 algorithms');
  }
  for (let i = 0; i < algorithms.length; i++) {
    if (!COMPRESSIONS.includes(algorithms[i])) {
      throw new ERR_INVALID_ARG_VALUE(
        `${name}[${i}]`, algorithms[i], "must be 'zlib', 'brotli', or 'zstd'");
    }
  }
  if (algorithms.length > 0) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(name);
}

function setSigalgs(context, sigalgs, name) {
  validateString(sigalgs, name);
  if (sigalgs === '') throw new ERR_INVALID_ARG_VALUE(name, sigalgs);
  context.setSigalgs(sigalgs);
}

/** Engines are modules of OpenSSL: here are none. */
function refuseEngineKey(identifier, engine, key, name) {
  if (engine === undefined || engine === null) {
    throw new ERR_INVALID_ARG_VALUE(`${name}.privateKeyEngine`, engine);
  }
  if (key) throw new ERR_INVALID_ARG_VALUE(`${name}.privateKeyIdentifier`, identifier);
  const types = ['string', 'null', 'undefined'];
  if (typeof identifier !== 'string') {
    throw new ERR_INVALID_ARG_TYPE(`${name}.privateKeyIdentifier`, types, identifier);
  }
  if (typeof engine !== 'string') {
    throw new ERR_INVALID_ARG_TYPE(`${name}.privateKeyEngine`, types, engine);
  }
  throw new ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED();
}

function refuseCertEngine(engine, name) {
  if (typeof engine === 'string') throw new ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED();
  throw new ERR_INVALID_ARG_TYPE(name, ['string', 'null', 'undefined'], engine);
}

function setDhparam(context, dhparam, name) {
  validatePem(name, dhparam);
  const warning = context.setDHParam(dhparam === 'auto' || dhparam);
  if (warning) process.emitWarning(warning, 'SecurityWarning');
}

function toBytes(value) {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

function loadStores(context, pfx, passphrase) {
  const stores = ArrayIsArray(pfx) ? pfx : [pfx];
  for (let i = 0; i < stores.length; i++) {
    const store = stores[i];
    let secret = passphrase || undefined;
    let bytes = store;
    if (ArrayIsArray(pfx)) {
      bytes = store.buf || store;
      secret = store.passphrase || passphrase;
    }
    context.loadPKCS12(toBytes(bytes), secret == null ? undefined : toBytes(secret));
  }
}

function setTicketKeys(context, keys, name) {
  validateBuffer(keys, name);
  if (keys.byteLength !== TICKET_KEYS_BYTES) {
    throw new ERR_INVALID_ARG_VALUE(name, keys.byteLength, 'must be exactly 48 bytes');
  }
  context.setTicketKeys(keys);
}

function configSecureContext(context, options = kEmptyObject, name = 'options') {
  validateObject(options, name);
  const tls = require('tls'); // Its defaults can be changed by programs.
  const {
    allowPartialTrustChain,
    ca,
    cert,
    certificateCompression,
    ciphers = tls.DEFAULT_CIPHERS,
    clientCertEngine,
    crl,
    dhparam,
    ecdhCurve = tls.DEFAULT_ECDH_CURVE || 'auto',
    key,
    passphrase,
    pfx,
    privateKeyIdentifier,
    privateKeyEngine,
    sessionIdContext,
    sessionTimeout,
    sigalgs,
    ticketKeys,
  } = options;
  const isTold = (value) => value !== undefined && value !== null;

  setCiphers(context, ciphers, `${name}.ciphers`);
  if (ca) setEach(ca, `${name}.ca`, (pem) => context.addCACert(pem));
  else context.addRootCerts();
  if (allowPartialTrustChain) context.setAllowPartialTrustChain();
  if (cert) setEach(cert, `${name}.cert`, (pem) => context.setCert(pem));
  if (key) setKeys(context, key, passphrase, name);
  if (isTold(certificateCompression)) {
    checkCompressions(certificateCompression, `${name}.certificateCompression`);
  }
  if (isTold(sigalgs)) setSigalgs(context, sigalgs, `${name}.sigalgs`);
  if (isTold(privateKeyIdentifier)) {
    refuseEngineKey(privateKeyIdentifier, privateKeyEngine, key, name);
  }
  validateString(ecdhCurve, `${name}.ecdhCurve`);
  context.setECDHCurve(ecdhCurve);
  if (isTold(dhparam)) setDhparam(context, dhparam, `${name}.dhparam`);
  if (isTold(crl)) setEach(crl, `${name}.crl`, (pem) => context.addCRL(pem));
  if (isTold(sessionIdContext)) {
    validateString(sessionIdContext, `${name}.sessionIdContext`);
    context.setSessionIdContext(sessionIdContext);
  }
  if (isTold(pfx)) loadStores(context, pfx, passphrase);
  if (isTold(clientCertEngine)) refuseCertEngine(clientCertEngine, `${name}.clientCertEngine`);
  if (isTold(ticketKeys)) setTicketKeys(context, ticketKeys, `${name}.ticketKeys`);
  if (isTold(sessionTimeout)) {
    validateInt32(sessionTimeout, `${name}.sessionTimeout`, 0);
    context.setSessionTimeout(sessionTimeout);
  }
}

module.exports = { configSecureContext };
