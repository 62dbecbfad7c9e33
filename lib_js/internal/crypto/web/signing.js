'use strict';

// WebCrypto's signatures.

const { MathCeil, TypedArrayPrototypeGetByteLength } = primordials;

const { isEqual, keySign, keyVerify, hmac } = internalBinding('crypto');
const {
  getCryptoKeyAlgorithm,
  getCryptoKeyHandle,
} = require('internal/crypto/crypto_key');
const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = require('internal/crypto/constants');
const { kHandle } = require('internal/crypto/handles');
const { nativeError, orThrow } = require('internal/crypto/failure');
const { after, laneWork, operationError, shortWork } = require('internal/crypto/web/answer');
const { bytesOf, copyOf, toArrayBuffer } = require('internal/crypto/web/bytes');
const { digestOf } = require('internal/crypto/web/hash_names');
const { checkType } = require('internal/crypto/web/key_checks');

const NO_DIGEST = -1;

/** What native is told beside key and data. */
function settings(algorithm, keyAlgorithm) {
  switch (algorithm.name) {
    case 'RSASSA-PKCS1-v1_5':
      return { digest: digestOf(keyAlgorithm.hash.name).number, padding: RSA_PKCS1_PADDING };
    case 'RSA-PSS': {
      const digest = digestOf(keyAlgorithm.hash.name);
      const { saltLength } = algorithm;
      const most = MathCeil((keyAlgorithm.modulusLength - 1) / 8) - digest.bytes - 2;
      if (saltLength > most) {
        const { ERR_OUT_OF_RANGE } = require('internal/errors').codes;
        throw operationError(
          new ERR_OUT_OF_RANGE('algorithm.saltLength', `>= 0 && <= ${most}`, saltLength));
      }
      return { digest: digest.number, padding: RSA_PKCS1_PSS_PADDING, salt: saltLength };
    }
    case 'ECDSA': return { digest: digestOf(algorithm.hash.name).number, isPlain: true };
    default:
      checkContext(algorithm.context);
      return { digest: NO_DIGEST, context: algorithm.context };
  }
}

function checkContext(context) {
  if (context !== undefined && TypedArrayPrototypeGetByteLength(context) > 255) {
    throw operationError(
      nativeError('ERR_OUT_OF_RANGE', 'context string must be at most 255 bytes'));
  }
}

function hmacOf(key, data) {
  const { hash } = getCryptoKeyAlgorithm(key);
  return orThrow(hmac(digestOf(hash.name).number, undefined, getCryptoKeyHandle(key)[kHandle], data,
                      0, 0));
}

function sign(algorithm, key, data) {
  if (algorithm.name === 'HMAC') {
    const copy = copyOf(data);
    return after(shortWork(() => hmacOf(key, copy)), toArrayBuffer);
  }
  checkType(key, 'private');
  const { digest, padding, salt, isPlain, context } =
    settings(algorithm, getCryptoKeyAlgorithm(key));
  const bytes = bytesOf(data);
  return after(laneWork('SIGNREQUEST', (ticket) => keySign(
    getCryptoKeyHandle(key)[kHandle], digest, bytes, false, padding, salt, isPlain, context,
    ticket)), toArrayBuffer);
}

function verify(algorithm, key, signature, data) {
  const given = bytesOf(signature);
  if (algorithm.name === 'HMAC') {
    const copy = copyOf(data);
    const expected = copyOf(given);
    return shortWork(() => {
      const made = hmacOf(key, copy);
      return made.length === expected.length && isEqual(made, expected);
    });
  }
  checkType(key, 'public');
  const { digest, padding, salt, isPlain, context } =
    settings(algorithm, getCryptoKeyAlgorithm(key));
  const bytes = bytesOf(data);
  return laneWork('SIGNREQUEST', (ticket) => keyVerify(
    getCryptoKeyHandle(key)[kHandle], digest, bytes, false, padding, salt, isPlain, context, given,
    ticket));
}

module.exports = { sign, verify };
