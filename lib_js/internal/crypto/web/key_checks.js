'use strict';

// What keys that come and go by WebCrypto have to keep to.

const { ArrayPrototypeIncludes, ArrayPrototypePush } = primordials;

const { lazyDOMException } = require('internal/util');
const { validateArray } = require('internal/validators');
const { getCryptoKeyType } = require('internal/crypto/crypto_key');
const { fromBase64url, importJwk } = require('internal/crypto/jwk');
const { encodings, formats } = require('internal/crypto/key_encoding');
const { keyOf, keyOfRaw, secretOf } = require('internal/crypto/native_key');
const { usageBits } = require('internal/crypto/usages');

const binding = internalBinding('crypto');

function dataError(message = 'Invalid keyData', cause = undefined) {
  return lazyDOMException(message, { name: 'DataError', cause });
}

/** @param {string[]} usages  none may be outside of `allowed` */
function checkUsages(usages, allowed, name) {
  for (let i = 0; i < usages.length; i++) {
    if (!ArrayPrototypeIncludes(allowed, usages[i])) {
      throw lazyDOMException(`Unsupported key usage for ${name} key`, 'SyntaxError');
    }
  }
}

/** Those usages that are among `allowed`. */
function usagesAmong(usages, allowed) {
  const among = [];
  for (let i = 0; i < usages.length; i++) {
    if (ArrayPrototypeIncludes(allowed, usages[i])) ArrayPrototypePush(among, usages[i]);
  }
  return among;
}

/** @param {'public' | 'private'} type */
function checkType(key, type) {
  if (getCryptoKeyType(key) !== type) {
    throw lazyDOMException(`Key must be a ${type} key`, 'InvalidAccessError');
  }
}

function checkNotEmpty(usages) {
  if (usages.length === 0) {
    throw lazyDOMException('Usages cannot be empty when creating a key.', 'SyntaxError');
  }
}

/** "key_ops": none twice, and all that the key shall be used for. */
function validateKeyOps(keyOps, usages) {
  if (keyOps === undefined) return;
  validateArray(keyOps, 'keyData.key_ops');
  let seen = 0;
  for (let i = 0; i < keyOps.length; i++) {
    const bit = usageBits[keyOps[i]] ?? 0;
    if ((seen & bit) !== 0) throw dataError('Duplicate key operation');
    seen |= bit;
  }
  if (usages === undefined) return;
  for (let i = 0; i < usages.length; i++) {
    if ((seen & usageBits[usages[i]]) === 0) {
      throw dataError('Key operations and usage mismatch');
    }
  }
}

/** Members that a key of a type needs, and (if their first is there) those of its other half. */
const members = {
  '__proto__': null,
  'RSA': { needs: ['n', 'e'], secret: ['d', 'p', 'q', 'dp', 'dq', 'qi'] },
  'EC': { needs: ['crv', 'x', 'y'], secret: ['d'] },
  'OKP': { needs: ['crv', 'x'], secret: ['d'] },
  'oct': { needs: ['k'], secret: [] },
  'AKP': { needs: ['alg', 'pub'], secret: ['priv'] },
};

function checkText(jwk, names) {
  for (let i = 0; i < names.length; i++) {
    if (typeof jwk[names[i]] !== 'string') throw dataError();
  }
}

function checkJwk(jwk, kty, isExtractable, usages, use) {
  if (typeof jwk.kty !== 'string') throw dataError();
  if (jwk.kty !== kty) throw dataError('Invalid JWK "kty" Parameter');
  const { needs, secret } = members[kty];
  checkText(jwk, needs);
  if (secret.length !== 0 && jwk[secret[0]] !== undefined) checkText(jwk, secret);
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) {
    throw dataError('Invalid JWK "use" Parameter');
  }
  validateKeyOps(jwk.key_ops, usages);
  if (jwk.ext === false && isExtractable) {
    throw dataError('JWK "ext" Parameter and extractable mismatch');
  }
}

/** What `act` gives; that it cannot says that the data is wrong. */
function orDataError(act) {
  try {
    return act();
  } catch (cause) {
    throw dataError('Invalid keyData', cause);
  }
}

function fromDer(bytes, isPublic) {
  return orDataError(() => (isPublic ?
    keyOf(binding.keyOfPublic(bytes, formats.der, encodings.spki, undefined), 'public') :
    keyOf(binding.keyOfPrivate(bytes, formats.der, encodings.pkcs8, undefined), 'private')));
}

function fromJwk(jwk, isPublic) {
  return orDataError(() => importJwk(jwk, isPublic ? 'public' : 'private'));
}

function fromRaw(format, bytes, kind, curve) {
  return orDataError(() => keyOfRaw(format, bytes, kind, curve));
}

function secretOfJwk(jwk) {
  return secretOf(fromBase64url(jwk.k));
}

module.exports = {
  checkJwk,
  checkNotEmpty,
  checkType,
  checkUsages,
  dataError,
  fromDer,
  fromJwk,
  fromRaw,
  secretOfJwk,
  usagesAmong,
  validateKeyOps,
};
