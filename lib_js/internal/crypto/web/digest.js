'use strict';

// WebCrypto's digests.

const { StringPrototypeStartsWith, TypedArrayPrototypeGetByteLength } = primordials;

const { lazyDOMException } = require('internal/util');
const { findDigest } = require('internal/crypto/digests');
const { orThrow } = require('internal/crypto/failure');
const { after, laneWork, shortWork } = require('internal/crypto/web/answer');
const { bytesFor, bytesOf, copyOf, firstBits, toArrayBuffer } =
  require('internal/crypto/web/bytes');
const { digestOf } = require('internal/crypto/web/hash_names');

const binding = internalBinding('crypto');

const NO_LENGTH = -1;
/** Digests of more bytes than these are made by the lane. */
const SHORT_BYTES_MAX = 64 * 1024;

function digestWork(number, bytes, count) {
  if (TypedArrayPrototypeGetByteLength(bytes) > SHORT_BYTES_MAX) {
    return laneWork('HASHREQUEST', (ticket) => binding.hashJob(number, bytes, count, ticket));
  }
  const copy = copyOf(bytes);
  return shortWork(() => orThrow(binding.hash(number, copy, 0, 0, count)));
}

const isEmpty = (bytes) => bytes === undefined || TypedArrayPrototypeGetByteLength(bytes) === 0;

function isPlainShake({ functionName, customization }) {
  return isEmpty(functionName) && isEmpty(customization);
}

function shake(algorithm, bytes) {
  if (!isPlainShake(algorithm)) {
    throw lazyDOMException(
      'Non-empty CShakeParams functionName or customization is not supported',
      'NotSupportedError');
  }
  const { outputLength: bits } = algorithm;
  const { number } = findDigest(algorithm.name === 'cSHAKE128' ? 'shake128' : 'shake256');
  return after(digestWork(number, bytes, bytesFor(bits)),
               (made) => toArrayBuffer(firstBits(made, bits)));
}

/** Work that gives an ArrayBuffer. */
function digest(algorithm, data) {
  const { name } = algorithm;
  const bytes = bytesOf(data);
  if (StringPrototypeStartsWith(name, 'SHA')) {
    return after(digestWork(digestOf(name).number, bytes, NO_LENGTH), toArrayBuffer);
  }
  if (StringPrototypeStartsWith(name, 'cSHAKE')) return shake(algorithm, bytes);
  const { outputLength: bits, domainSeparation = 0x1f, customization } = algorithm;
  const isWide = StringPrototypeStartsWith(name, 'KT');
  return after(laneWork('HASHREQUEST', (ticket) => binding.turboShake(
    name, isWide ? customization : undefined, domainSeparation, bytes, bits / 8, ticket)),
               toArrayBuffer);
}

module.exports = { digest, isPlainShake };
