'use strict';

// SubtleCrypto.supports(): can an operation be done with an algorithm?

const { ArrayPrototypeIncludes, StringPrototypeStartsWith } = primordials;

const { bytesFor } = require('internal/crypto/web/bytes');
const { canDerive, getKeyLength } = require('internal/crypto/web/derivation');
const { isPlainShake } = require('internal/crypto/web/digest');
const { isAsymmetric } = require('internal/crypto/web/asymmetric');
const { normalizeAlgorithm } = require('internal/crypto/web/registry');

const operations = [
  'decapsulateBits', 'decapsulateKey', 'decrypt', 'deriveBits', 'deriveKey', 'digest',
  'encapsulateBits', 'encapsulateKey', 'encrypt', 'exportKey', 'generateKey', 'getPublicKey',
  'importKey', 'sign', 'unwrapKey', 'verify', 'wrapKey',
];

function isOperation(name) {
  return ArrayPrototypeIncludes(operations, name);
}

/** Is there a third argument that names an algorithm? */
function takesAlgorithm(operation) {
  return operation === 'deriveKey' || operation === 'wrapKey' || operation === 'unwrapKey' ||
    operation === 'encapsulateKey' || operation === 'decapsulateKey';
}

function normalized(algorithm, operation) {
  try {
    return normalizeAlgorithm(algorithm, operation);
  } catch {
    return undefined;
  }
}

/** An encapsulated secret has 32 bytes: can it become a key of this algorithm? */
function fitsSecret(algorithm) {
  const target = normalized(algorithm, 'importKey');
  if (target === undefined || isAsymmetric(target.name)) return false;
  return target.name !== 'HMAC' || target.length === undefined || bytesFor(target.length) === 32;
}

function lacksLength({ name, length, hash }) {
  return name === 'HMAC' && length === undefined && StringPrototypeStartsWith(hash.name, 'SHA3-');
}

function can(operation, algorithm, length) {
  const target = normalized(algorithm, operation);
  switch (operation) {
    case 'wrapKey': return target !== undefined || can('encrypt', algorithm);
    case 'unwrapKey': return target !== undefined || can('decrypt', algorithm);
  }
  if (target === undefined) return false;
  switch (operation) {
    case 'digest':
      return !StringPrototypeStartsWith(target.name, 'cSHAKE') || isPlainShake(target);
    case 'deriveBits': return canDerive(target, length);
    case 'generateKey': return !lacksLength(target);
    default: return true;
  }
}

/** @param {number | null | string | object} extra  a length, or another algorithm */
function isSupported(operation, algorithm, extra) {
  try {
    switch (operation) {
      case 'deriveKey':
        return can('importKey', extra) && can(
          'deriveBits', algorithm, getKeyLength(normalizeAlgorithm(extra, 'get key length')));
      case 'wrapKey': return can('exportKey', extra) && can(operation, algorithm);
      case 'unwrapKey': return can('importKey', extra) && can(operation, algorithm);
      case 'getPublicKey': {
        const target = normalized(algorithm, 'exportKey');
        return target !== undefined && isAsymmetric(target.name);
      }
      case 'encapsulateKey': return fitsSecret(extra) && can('encapsulate', algorithm);
      case 'decapsulateKey': return fitsSecret(extra) && can('decapsulate', algorithm);
      case 'encapsulateBits': return can('encapsulate', algorithm);
      case 'decapsulateBits': return can('decapsulate', algorithm);
      default: return can(operation, algorithm, extra);
    }
  } catch {
    return false;
  }
}

module.exports = { isOperation, isSupported, takesAlgorithm };
