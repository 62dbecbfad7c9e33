'use strict';

// How programs say in which form a key stands, or shall stand.

const {
  codes: { ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { validateObject } = require('internal/validators');
const { bytesOf, isBytes } = require('internal/crypto/encodings');
const { getArrayBufferOrView } = require('internal/crypto/util');

/** As bindings/src/crypto/key_wire.rs numbers them. */
const formats = { __proto__: null, pem: 0, der: 1 };
const encodings = { __proto__: null, pkcs1: 0, pkcs8: 1, spki: 2, sec1: 3 };
const DEFAULT = -1;

function isRaw(format) {
  return format === 'raw-public' || format === 'raw-private' || format === 'raw-seed';
}

function isStringOrBuffer(value) {
  return typeof value === 'string' || isBytes(value);
}

/** Encodings that fit: `side` is 'public', 'private' or, when a key is read, both (undefined). */
function checkType(type, kind, side, path) {
  switch (type) {
    case 'pkcs1':
      if (kind === undefined || kind === 'rsa') return;
      throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'can only be used for RSA keys');
    case 'spki':
      if (side !== 'private') return;
      break;
    case 'pkcs8':
      if (side !== 'public') return;
      break;
    case 'sec1':
      if (side === 'public') break;
      if (kind === undefined || kind === 'ec') return;
      throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'can only be used for EC keys');
  }
  throw new ERR_INVALID_ARG_VALUE(path, type);
}

function checkRaw(format, type, side, name) {
  const isPublic = format === 'raw-public';
  if (side === (isPublic ? 'private' : 'public')) {
    throw new ERR_INVALID_ARG_VALUE(`${name}.format`, format);
  }
  const known = type === undefined ||
    (isPublic && (type === 'compressed' || type === 'uncompressed'));
  if (!known) throw new ERR_INVALID_ARG_VALUE(`${name}.type`, type);
}

/** Format and type, both as the program said them. */
function checkFormat({ format, type }, kind, side, name) {
  const isInput = kind === undefined;
  if (format === undefined && isInput) format = 'pem';
  if (isRaw(format)) {
    checkRaw(format, type, side, name);
  } else if (format === 'jwk') {
    if (type !== undefined) checkType(type, kind, side, `${name}.type`);
  } else if (format === 'pem' || format === 'der') {
    const isRequired = !isInput || format === 'der';
    if (isRequired || type !== undefined) checkType(type, kind, side, `${name}.type`);
  } else {
    throw new ERR_INVALID_ARG_VALUE(`${name}.format`, format);
  }
  return { format, type };
}

function checkLock(options, { format, type }, isInput, name) {
  const { cipher, passphrase } = options;
  if (!isInput) {
    if (cipher != null) {
      if (typeof cipher !== 'string') throw new ERR_INVALID_ARG_VALUE(`${name}.cipher`, cipher);
      if (format === 'der' && (type === 'pkcs1' || type === 'sec1')) {
        throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'does not support encryption');
      }
    } else if (passphrase !== undefined) {
      throw new ERR_INVALID_ARG_VALUE(
        `${name}.cipher`, cipher, 'is required when a passphrase is specified');
    }
  }
  const isNeeded = isInput ? passphrase !== undefined : cipher != null;
  if (isNeeded && !isStringOrBuffer(passphrase)) {
    throw new ERR_INVALID_ARG_VALUE(`${name}.passphrase`, passphrase);
  }
}

/**
 * @param {string | undefined} kind  of the key that shall be written; undefined: one is read
 * @param {'public' | 'private' | undefined} side
 * @returns {{ format, type, cipher, passphrase }}
 */
function parseEncoding(options, kind, side, name = 'options') {
  validateObject(options, 'options');
  const chosen = checkFormat(options, kind, side, name);
  if (side === 'public') return chosen;
  const { cipher, passphrase, encoding } = options;
  if (chosen.format === 'raw-private' || chosen.format === 'raw-seed') {
    if (cipher != null || passphrase !== undefined) {
      throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS('raw format', 'does not support encryption');
    }
    return chosen;
  }
  checkLock({ cipher, passphrase }, chosen, kind === undefined, name);
  chosen.cipher = cipher ?? undefined;
  chosen.passphrase = passphrase === undefined ?
    undefined : bytesOf(getArrayBufferOrView(passphrase, 'key.passphrase', encoding));
  return chosen;
}

/** Node's own name: what a public key shall be written as, or (no kind) how a key is to be read. */
function parsePublicKeyEncoding(options, kind, name) {
  return parseEncoding(options, kind, kind ? 'public' : undefined, name);
}

function parsePrivateKeyEncoding(options, kind, name) {
  return parseEncoding(options, kind, 'private', name);
}

/** The key, written as `chosen` by one of the functions above says. */
function writeKey(key, chosen) {
  const { format, type, cipher, passphrase } = chosen;
  switch (format) {
    case 'jwk': return require('internal/crypto/jwk').exportJwk(key);
    case 'raw-public': return key.rawPublic(type === 'compressed');
    case 'raw-private': return key.rawPrivate();
    case 'raw-seed': return key.rawSeed();
    default: return key.encode(formats[format], encodings[type] ?? DEFAULT, cipher, passphrase);
  }
}

module.exports = {
  DEFAULT,
  encodings,
  formats,
  isRaw,
  isStringOrBuffer,
  parseEncoding,
  parsePrivateKeyEncoding,
  parsePublicKeyEncoding,
  writeKey,
};
