'use strict';

// What `secureContext.context` is: one native context (SSL_CTX) behind a handle, with the methods
// that Node's has, since programs call some of them (addCACert).

const {
  ArrayPrototypeFilter,
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  Error,
  RegExpPrototypeExec,
  StringPrototypeIncludes,
  StringPrototypeSplit,
  TypeError,
} = primordials;

const { Buffer } = require('buffer');
const {
  codes: { ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { nativeError, orThrow } = require('internal/crypto/failure');
const { Handles, kHandle } = require('internal/crypto/handles');

const binding = internalBinding('tls');

const handles = new Handles((number) => binding.closeContext(number));

const TLS1 = 0x301;
const TLS1_1 = 0x302;
const TLS1_2 = 0x303;
const TLS1_3 = 0x304;

const DH_BITS_MIN = 1024;
const DH_BITS_SAFE = 2048;

/** Bounds that a method has; undefined: those that were asked for. */
const METHODS = {
  __proto__: null,
  SSLv23: [undefined, TLS1_2],
  TLS: [0, TLS1_3],
  TLSv1: [TLS1, TLS1],
  TLSv1_1: [TLS1_1, TLS1_1],
  TLSv1_2: [TLS1_2, TLS1_2],
};

function methodError(message) {
  const error = new TypeError(message);
  error.code = 'ERR_TLS_INVALID_PROTOCOL_METHOD';
  return error;
}

/** The bounds of OpenSSL's old names: 'TLSv1_2_server_method'. */
function boundsOf(method) {
  const found = /^(.+?)(?:_server|_client)?_method$/.exec(method);
  const family = found?.[1];
  if (family === 'SSLv2' || family === 'SSLv3') throw methodError(`${family} methods disabled`);
  const bounds = family === undefined ? undefined : METHODS[family];
  if (bounds === undefined) throw methodError(`Unknown method: ${method}`);
  return bounds;
}

/** Texts of PEM come as strings or as bytes. */
function bytesOf(value) {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

/**
 * AWS-LC takes HIGH for ALL, where nothing weak is left, but only at the beginning of a list: the
 * same is said here with words that it knows everywhere.
 */
function withoutHigh(list) {
  if (!StringPrototypeIncludes(list, 'HIGH')) return list;
  const rules = ArrayPrototypeMap(StringPrototypeSplit(list, ':'), (rule) => {
    const { 1: sign, 2: words } = RegExpPrototypeExec(/^([!+-]?)(.*)$/s, rule);
    const rest = ArrayPrototypeFilter(
      StringPrototypeSplit(words, '+'), (word) => word !== 'HIGH');
    return sign + (rest.length === 0 ? 'ALL' : ArrayPrototypeJoin(rest, '+'));
  });
  return ArrayPrototypeJoin(rules, ':');
}

/** Methods may be called of something else. */
function numberOf(context) {
  if (!(context instanceof SecureContext)) throw new TypeError('Illegal invocation');
  const number = context[kHandle];
  if (number === undefined) throw new Error('The context is closed');
  return number;
}

class SecureContext {
  constructor() {
    this[kHandle] = undefined;
  }

  /** The handle, for connections. */
  get number() {
    return numberOf(this);
  }

  init(secureProtocol, minVersion = 0, maxVersion = 0) {
    let bounds = [minVersion, maxVersion];
    if (typeof secureProtocol === 'string') {
      const { 0: min, 1: max } = boundsOf(secureProtocol);
      bounds = [min ?? minVersion, max];
    }
    handles.add(this, orThrow(binding.newContext(bounds[0], bounds[1])));
  }

  close() {
    const number = this[kHandle];
    if (number === undefined) return;
    handles.end(this);
    binding.closeContext(number);
  }

  setKey(key, passphrase) {
    const secret = passphrase == null ? undefined : bytesOf(passphrase);
    orThrow(binding.setKey(numberOf(this), bytesOf(key), secret));
  }

  setCert(cert) {
    orThrow(binding.setCert(numberOf(this), bytesOf(cert)));
  }

  /** What is no certificate is passed over, as in Node. */
  addCACert(cert) {
    if (binding.addCa(numberOf(this), bytesOf(cert)) === null) {
      internalBinding('crypto').takeFailure();
    }
  }

  addCRL(crl) {
    orThrow(binding.addCrl(numberOf(this), bytesOf(crl)));
  }

  addRootCerts() {
    const { addRoots } = require('internal/tls/roots');
    addRoots(numberOf(this));
  }

  loadPKCS12(pfx, passphrase) {
    orThrow(binding.loadPfx(
      numberOf(this), bytesOf(pfx), passphrase == null ? undefined : bytesOf(passphrase)));
  }

  setAllowPartialTrustChain() {
    orThrow(binding.allowPartialTrustChain(numberOf(this)));
  }

  setCipherSuites(list) {
    orThrow(binding.setCipherSuites(numberOf(this), list));
  }

  setCiphers(list) {
    orThrow(binding.setCiphers(numberOf(this), withoutHigh(list)));
  }

  setSigalgs(list) {
    orThrow(binding.setSigalgs(numberOf(this), list));
  }

  setECDHCurve(list) {
    if (list === 'auto') return;
    if (binding.setGroups(numberOf(this), list) !== null) return;
    internalBinding('crypto').takeFailure();
    throw nativeError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to set ECDH curve');
  }

  /** Gives a warning, if any. `true`: those that fit the key, of which AWS-LC knows nothing. */
  setDHParam(dhparam) {
    if (dhparam === true) {
      throw nativeError(
        'ERR_CRYPTO_UNSUPPORTED_OPERATION', 'Automatic DH parameter selection is not supported');
    }
    const bits = binding.setDhParam(numberOf(this), bytesOf(dhparam));
    if (bits === null) {
      internalBinding('crypto').takeFailure();
      return undefined; // Node ignores what is no parameter.
    }
    if (bits < DH_BITS_MIN) {
      throw nativeError('ERR_INVALID_ARG_VALUE', 'DH parameter is less than 1024 bits');
    }
    return bits < DH_BITS_SAFE ? 'DH parameter is less than 2048 bits' : undefined;
  }

  setMinProto(version) {
    return binding.setMinProto(numberOf(this), version) !== null;
  }

  setMaxProto(version) {
    return binding.setMaxProto(numberOf(this), version) !== null;
  }

  getMinProto() {
    return binding.getMinProto(numberOf(this));
  }

  getMaxProto() {
    return binding.getMaxProto(numberOf(this));
  }

  setOptions(options) {
    binding.setOptions(numberOf(this), options);
  }

  setSessionIdContext(text) {
    orThrow(binding.setSessionIdContext(numberOf(this), text));
  }

  setSessionTimeout(seconds) {
    orThrow(binding.setSessionTimeout(numberOf(this), seconds));
  }

  setTicketKeys(keys) {
    if (keys.byteLength !== 48) {
      throw new ERR_INVALID_ARG_VALUE('keys', keys.byteLength, 'must be exactly 48 bytes');
    }
    orThrow(binding.setTicketKeys(numberOf(this), keys));
    return true;
  }

  getTicketKeys() {
    return orThrow(binding.getTicketKeys(numberOf(this)));
  }

  getCertificate() {
    return binding.certificate(numberOf(this)) ?? null;
  }

  getIssuer() {
    return binding.issuer(numberOf(this)) ?? null;
  }
}

module.exports = { SecureContext };
