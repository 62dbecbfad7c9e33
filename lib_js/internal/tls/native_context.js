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

class SecureContext {
  constructor() {
    this[kHandle] = undefined;
  }

  /** The handle, for connections. */
  get number() {
    const number = this[kHandle];
    if (number === undefined) throw new Error('The context is closed');
    return number;
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
    orThrow(binding.setKey(this.number, bytesOf(key), secret));
  }

  setCert(cert) {
    orThrow(binding.setCert(this.number, bytesOf(cert)));
  }

  addCACert(cert) {
    orThrow(binding.addCa(this.number, bytesOf(cert)));
  }

  addCRL(crl) {
    orThrow(binding.addCrl(this.number, bytesOf(crl)));
  }

  addRootCerts() {
    const { addRoots } = require('internal/tls/roots');
    addRoots(this.number);
  }

  loadPKCS12(pfx, passphrase) {
    orThrow(binding.loadPfx(
      this.number, bytesOf(pfx), passphrase == null ? undefined : bytesOf(passphrase)));
  }

  setAllowPartialTrustChain() {
    orThrow(binding.allowPartialTrustChain(this.number));
  }

  setCipherSuites(list) {
    orThrow(binding.setCipherSuites(this.number, list));
  }

  setCiphers(list) {
    orThrow(binding.setCiphers(this.number, withoutHigh(list)));
  }

  setSigalgs(list) {
    orThrow(binding.setSigalgs(this.number, list));
  }

  setECDHCurve(list) {
    if (list === 'auto') return;
    if (binding.setGroups(this.number, list) !== null) return;
    internalBinding('crypto').takeFailure();
    throw nativeError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to set ECDH curve');
  }

  /** Gives a warning, if any. `true`: parameters that fit the key, of which AWS-LC knows nothing. */
  setDHParam(dhparam) {
    if (dhparam === true) {
      throw nativeError(
        'ERR_CRYPTO_UNSUPPORTED_OPERATION', 'Automatic DH parameter selection is not supported');
    }
    const bits = binding.setDhParam(this.number, bytesOf(dhparam));
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
    return binding.setMinProto(this.number, version) !== null;
  }

  setMaxProto(version) {
    return binding.setMaxProto(this.number, version) !== null;
  }

  getMinProto() {
    return binding.getMinProto(this.number);
  }

  getMaxProto() {
    return binding.getMaxProto(this.number);
  }

  setOptions(options) {
    binding.setOptions(this.number, options);
  }

  setSessionIdContext(text) {
    orThrow(binding.setSessionIdContext(this.number, text));
  }

  setSessionTimeout(seconds) {
    orThrow(binding.setSessionTimeout(this.number, seconds));
  }

  setTicketKeys(keys) {
    if (keys.byteLength !== 48) {
      throw new ERR_INVALID_ARG_VALUE('keys', keys.byteLength, 'must be exactly 48 bytes');
    }
    orThrow(binding.setTicketKeys(this.number, keys));
    return true;
  }

  getTicketKeys() {
    return orThrow(binding.getTicketKeys(this.number));
  }

  getCertificate() {
    return binding.certificate(this.number) ?? null;
  }

  getIssuer() {
    return binding.issuer(this.number) ?? null;
  }
}

module.exports = { SecureContext };
