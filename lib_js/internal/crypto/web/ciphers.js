'use strict';

// WebCrypto's ciphers.

const {
  ArrayIsArray,
  BigInt,
  MathCeil,
  Number,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSubarray,
  Uint8Array,
} = primordials;

const { lazyDOMException } = require('internal/util');
const {
  getCryptoKeyAlgorithm,
  getCryptoKeyHandle,
  getCryptoKeyType,
} = require('internal/crypto/crypto_key');
const { RSA_PKCS1_OAEP_PADDING } = require('internal/crypto/constants');
const { nativeError, orThrow } = require('internal/crypto/failure');
const { kHandle } = require('internal/crypto/handles');
const { rsaDirections } = require('internal/crypto/native_key');
const { after, laneWork, shortWork } = require('internal/crypto/web/answer');
const { copyOf, joined, toArrayBuffer } = require('internal/crypto/web/bytes');
const { digestOf } = require('internal/crypto/web/hash_names');

const binding = internalBinding('crypto');

const NO_LENGTH = -1;
const BLOCK = 16;

/** One session of a cipher from first to last: the bytes, and the tag if there is one. */
function runCipher(encrypts, name, key, iv, data, setUp) {
  const handle = orThrow(binding.cipherOpen(
    encrypts, name, null, key[kHandle], iv, setUp?.tagBytes ?? NO_LENGTH));
  let isOpen = true;
  try {
    setUp?.prepare(handle);
    const first = orThrow(binding.cipherUpdate(handle, data, 0));
    isOpen = false;
    const last = orThrow(binding.cipherFinal(handle));
    return ArrayIsArray(last) ? [first, last[0], last[1]] : [first, last];
  } finally {
    if (isOpen) binding.cipherClose(handle);
  }
}

/** What Node says of data that no session is begun for: shortWork() makes it a cause. */
function failed() {
  return nativeError(undefined, 'Cipher job failed');
}

function aead(encrypts, name, key, algorithm, data) {
  const { iv, additionalData, tagLength = 128 } = algorithm;
  const tagBytes = tagLength / 8;
  let tag;
  if (!encrypts) {
    const end = TypedArrayPrototypeGetByteLength(data) - tagBytes;
    if (end < 0) throw failed();
    tag = TypedArrayPrototypeSubarray(data, end);
    data = TypedArrayPrototypeSubarray(data, 0, end);
  }
  return joined(runCipher(encrypts, name, key, iv, data, {
    tagBytes: name === 'chacha20-poly1305' ? NO_LENGTH : tagBytes,
    prepare(handle) {
      if (tag !== undefined) orThrow(binding.cipherSetTag(handle, tag));
      if (additionalData !== undefined) {
        orThrow(binding.cipherSetAad(handle, additionalData, NO_LENGTH));
      }
    },
  }));
}

/** How many blocks until the counting bits are all zero again. */
function blocksLeft(counter, bits) {
  let value = 0n;
  for (let i = 0; i < BLOCK; i++) value = value << 8n | BigInt(counter[i]);
  return (1n << BigInt(bits)) - (value & ((1n << BigInt(bits)) - 1n));
}

/** The counter whose counting bits are zero. */
function wrapped(counter, bits) {
  const zeroed = new Uint8Array(counter);
  for (let bit = 0; bit < bits; bit++) zeroed[BLOCK - 1 - (bit >> 3)] &= ~(1 << (bit & 7));
  return zeroed;
}

/** Native counts with all 128 bits: where fewer count, it is begun again when they overflow. */
function counterMode(name, key, { counter, length: bits }, data) {
  const blocks = BigInt(MathCeil(TypedArrayPrototypeGetByteLength(data) / BLOCK));
  if (blocks > 1n << BigInt(bits)) throw failed();
  const left = blocksLeft(counter, bits);
  if (blocks <= left) return joined(runCipher(true, name, key, counter, data));
  const split = Number(left) * BLOCK;
  return joined([
    joined(runCipher(true, name, key, counter, TypedArrayPrototypeSubarray(data, 0, split))),
    joined(runCipher(true, name, key, wrapped(counter, bits),
                     TypedArrayPrototypeSubarray(data, split))),
  ]);
}

/** RFC 3394. */
const wrapIv = new Uint8Array([0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6]);

/** Whole blocks of 8 bytes. */
function checkWrapped(count, encrypts) {
  if (count % 8 !== 0 || count < (encrypts ? 16 : 24)) {
    throw failed();
  }
}

function aesNow(encrypts, algorithm, key, bits, data) {
  switch (algorithm.name) {
    case 'AES-CBC':
      return joined(runCipher(encrypts, `aes-${bits}-cbc`, key, algorithm.iv, data));
    case 'AES-CTR': return counterMode(`aes-${bits}-ctr`, key, algorithm, data);
    case 'AES-GCM': return aead(encrypts, `aes-${bits}-gcm`, key, algorithm, data);
    case 'AES-KW':
      checkWrapped(TypedArrayPrototypeGetByteLength(data), encrypts);
      return joined(runCipher(encrypts, `id-aes${bits}-wrap`, key, wrapIv, data));
    default: return aead(encrypts, 'chacha20-poly1305', key, algorithm, data);
  }
}

function rsaOaep(encrypts, algorithm, key, data) {
  const type = encrypts ? 'public' : 'private';
  if (getCryptoKeyType(key) !== type) {
    throw lazyDOMException(
      'The requested operation is not valid for the provided key', 'InvalidAccessError');
  }
  const direction = encrypts ? rsaDirections.publicEncrypt : rsaDirections.privateDecrypt;
  const digest = digestOf(getCryptoKeyAlgorithm(key).hash.name).number;
  return laneWork('CIPHERREQUEST', (ticket) => binding.keyRsa(
    getCryptoKeyHandle(key)[kHandle], direction, RSA_PKCS1_OAEP_PADDING, digest, algorithm.label,
    data, ticket));
}

/** Work that gives an ArrayBuffer. */
function cipher(encrypts, algorithm, key, source) {
  const data = copyOf(source);
  if (algorithm.name === 'RSA-OAEP') {
    return after(rsaOaep(encrypts, algorithm, key, data), toArrayBuffer);
  }
  const { length: bits } = getCryptoKeyAlgorithm(key);
  const native = getCryptoKeyHandle(key);
  return after(shortWork(() => aesNow(encrypts, algorithm, native, bits, data)), toArrayBuffer);
}

module.exports = { cipher };
