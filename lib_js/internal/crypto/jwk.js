'use strict';

// Keys as JSON Web Keys (RFC 7517, 7518, 8037).

const {
  ArrayPrototypePush,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  StringPrototypeToUpperCase,
  Uint8Array,
} = primordials;

const {
  codes: {
    ERR_CRYPTO_INVALID_CURVE,
    ERR_CRYPTO_INVALID_JWK,
    ERR_CRYPTO_JWK_UNSUPPORTED_CURVE,
    ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE,
  },
} = require('internal/errors');
const { findEncoding } = require('internal/buffer/encodings');
const { fromText } = require('internal/buffer/pool');
const { orThrow } = require('internal/crypto/failure');
const { kHandle } = require('internal/crypto/handles');
const { keyOfRaw, keyOr } = require('internal/crypto/native_key');
const { joined } = require('internal/crypto/web/bytes');

const binding = internalBinding('crypto');

const text = (bytes) => bytes.base64urlSlice(0, bytes.length);

function invalid(message) {
  const error = new ERR_CRYPTO_INVALID_JWK();
  if (message !== undefined) error.message = message;
  return error;
}

/**
 * The members of a native key, in Node's order, behind those of `first`; no setter of the program's
 * sees them.
 */
function exportJwk(key, first) {
  return { ...first, ...membersOf(key, { __proto__: null }) };
}

function membersOf(key, target) {
  if (key.type === 'secret') {
    target.kty = 'oct';
    target.k = text(key.export());
    return target;
  }
  switch (key.kind) {
    case 'rsa': return exportRsa(key, target);
    case 'ec': return exportCurve(key, target);
    case 'ed25519':
    case 'x25519':
      target.crv = key.kind === 'ed25519' ? 'Ed25519' : 'X25519';
      if (key.type === 'private') target.d = text(key.rawPrivate());
      target.x = text(key.rawPublic());
      target.kty = 'OKP';
      return target;
  }
  if (StringPrototypeStartsWith(key.kind, 'ml-')) {
    if (key.type === 'private') target.priv = text(key.rawSeed());
    target.kty = 'AKP';
    target.alg = StringPrototypeToUpperCase(key.kind);
    target.pub = text(key.rawPublic());
    return target;
  }
  throw new ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE();
}

function exportRsa(key, target) {
  const parts = orThrow(binding.keyRsaParts(key[kHandle]));
  target.kty = 'RSA';
  target.n = text(parts[0]);
  target.e = text(parts[1]);
  if (key.type === 'private') {
    target.d = text(parts[2]);
    target.p = text(parts[3]);
    target.q = text(parts[4]);
    target.dp = text(parts[5]);
    target.dq = text(parts[6]);
    target.qi = text(parts[7]);
  }
  return target;
}

function exportCurve(key, target) {
  const { namedCurve } = key.details;
  const curve = binding.curveOf(namedCurve);
  if (curve === undefined || curve[1] === '') {
    throw new ERR_CRYPTO_JWK_UNSUPPORTED_CURVE(namedCurve);
  }
  const point = key.point(false);
  const end = 1 + curve[2];
  target.kty = 'EC';
  target.x = text(point.subarray(1, end));
  target.y = text(point.subarray(end));
  target.crv = curve[1];
  if (key.type === 'private') target.d = text(key.rawPrivate());
  return target;
}

function fromBase64url(value) {
  return fromText(value, findEncoding('base64url'));
}

/** The bytes of a member. */
function member(value, message) {
  if (typeof value !== 'string') throw invalid(message);
  return fromBase64url(value);
}

/**
 * An asymmetric key; private if it says a private half and `wanted` is not 'public'.
 * @param {'public' | 'private' | undefined} wanted
 */
function importJwk(jwk, wanted) {
  const { kty } = jwk;
  if (typeof kty !== 'string') throw invalid('Invalid JWK format');
  switch (kty) {
    case 'RSA': return importRsa(jwk, wanted);
    case 'EC': return importCurve(jwk, wanted);
    case 'OKP': return importOkp(jwk, wanted);
    case 'AKP': return importAkp(jwk, wanted);
    default: throw invalid(`${kty} is not a supported JWK key type`);
  }
}

function isPrivate(value, wanted, message) {
  if (value !== undefined) {
    if (typeof value !== 'string') throw invalid(message);
    return wanted !== 'public';
  }
  if (wanted === 'private') throw invalid(message);
  return false;
}

function importRsa(jwk, wanted) {
  const message = 'Invalid JWK RSA key';
  const { n, e, d } = jwk;
  const parts = [member(n, message), member(e, message)];
  const secret = isPrivate(d, wanted, message);
  if (secret) {
    const { p, q, dp, dq, qi } = jwk;
    const names = [d, p, q, dp, dq, qi];
    for (let i = 0; i < names.length; i++) ArrayPrototypePush(parts, member(names[i], message));
  }
  return keyOr(
    binding.keyOfRsaParts(parts), secret ? 'private' : 'public', () => invalid(message));
}

/** To as many bytes as the curve has; a longer one is none of it. */
function padded(bytes, count) {
  if (bytes.length >= count) return bytes;
  return joined([new Uint8Array(count - bytes.length), bytes]);
}

function importCurve(jwk, wanted) {
  const message = 'Invalid JWK EC key';
  const { crv, x, y, d } = jwk;
  if (typeof crv !== 'string') throw invalid(message);
  const secret = isPrivate(d, wanted, message);
  const curve = binding.curveOf(crv);
  if (curve === undefined || curve[1] === '') throw new ERR_CRYPTO_INVALID_CURVE();
  const count = curve[2];
  const point = joined([
    new Uint8Array([4]), padded(member(x, message), count), padded(member(y, message), count),
  ]);
  const refuse = () => invalid(message);
  if (!secret) return keyOr(binding.keyOfPoint(crv, point), 'public', refuse);
  const number = padded(member(d, message), count);
  return keyOr(binding.keyOfScalar(crv, number, point), 'private', refuse);
}

const okpKinds = { __proto__: null, Ed25519: 'ed25519', X25519: 'x25519' };

function importOkp(jwk, wanted) {
  const message = 'Invalid JWK OKP key';
  const { crv, x, d } = jwk;
  const kind = okpKinds[crv];
  if (kind === undefined) throw invalid(message);
  const secret = isPrivate(d, wanted, message);
  if (!secret) return importRaw('raw-public', member(x, message), kind, message);
  const key = importRaw('raw-private', member(d, message), kind, message);
  if (x !== undefined && !binding.isEqual(key.rawPublic(), member(x, message))) {
    throw invalid(message);
  }
  return key;
}

function importAkp(jwk, wanted) {
  const message = 'Invalid JWK AKP key';
  const { alg, pub, priv } = jwk;
  if (typeof alg !== 'string' || !StringPrototypeStartsWith(alg, 'ML-')) {
    throw invalid('Unsupported JWK AKP "alg"');
  }
  const kind = StringPrototypeToLowerCase(alg);
  const secret = isPrivate(priv, wanted, message);
  const publicBytes = member(pub, message);
  if (!secret) return importRaw('raw-public', publicBytes, kind, message);
  const key = importRaw('raw-seed', member(priv, message), kind, message);
  if (!binding.isEqual(key.rawPublic(), publicBytes)) throw invalid(message);
  return key;
}

function importRaw(format, bytes, kind, message) {
  try {
    return keyOfRaw(format, bytes, kind);
  } catch {
    throw invalid(message);
  }
}

module.exports = { exportJwk, fromBase64url, importJwk };
