'use strict';

// Keys in and out of WebCrypto, whatever their algorithm, and wrapped by another key.

const {
  ArrayIsArray,
  JSONParse,
  JSONStringify,
  ObjectKeys,
  ObjectPrototypeHasOwnProperty,
  ObjectSetPrototypeOf,
  SafeArrayIterator,
  StringPrototypeRepeat,
  SymbolIterator,
} = primordials;

const { lazyDOMException, setOwnProperty } = require('internal/util');
const {
  getCryptoKeyAlgorithm,
  getCryptoKeyExtractable,
  getCryptoKeyHandle,
  getCryptoKeyType,
  getCryptoKeyUsages,
  getCryptoKeyUsagesMask,
} = require('internal/crypto/crypto_key');
const { exportJwk } = require('internal/crypto/jwk');
const asymmetric = require('internal/crypto/web/asymmetric');
const { after } = require('internal/crypto/web/answer');
const { cipher } = require('internal/crypto/web/ciphers');
const { normalizeAlgorithm } = require('internal/crypto/web/registry');
const secret = require('internal/crypto/web/secret');

function importerOf(name) {
  if (asymmetric.isAsymmetric(name)) return asymmetric.importKey;
  return secret.isSecret(name) ? secret.importKey : secret.importMaterial;
}

/** @param {any} data  bytes, a JWK, or (format 'native') a native key */
function importKey(format, data, algorithm, isExtractable, usages) {
  const key = importerOf(algorithm.name)(format, data, algorithm, isExtractable, usages);
  if (key === undefined) {
    throw lazyDOMException(
      `Unable to import ${algorithm.name} using ${format} format`, 'NotSupportedError');
  }
  const type = getCryptoKeyType(key);
  if (type !== 'public' && getCryptoKeyUsagesMask(key) === 0) {
    throw lazyDOMException(
      `Usages cannot be empty when importing a ${type} key.`, 'SyntaxError');
  }
  return key;
}

function toJwk(key) {
  const algorithm = getCryptoKeyAlgorithm(key);
  const { name } = algorithm;
  const alg = (asymmetric.isAsymmetric(name) ? asymmetric : secret).jwkAlg(algorithm);
  // All members are its own from the start: a program's setters see nothing.
  const jwk = { key_ops: getCryptoKeyUsages(key), ext: getCryptoKeyExtractable(key), alg };
  if (alg === undefined) delete jwk.alg;
  return exportJwk(getCryptoKeyHandle(key), jwk);
}

function exportKey(format, key) {
  const algorithm = getCryptoKeyAlgorithm(key);
  const { name } = algorithm;
  const isPair = asymmetric.isAsymmetric(name);
  if (!isPair && !secret.isSecret(name)) {
    throw lazyDOMException(`${name} key export is not supported`, 'NotSupportedError');
  }
  // Warns of what is experimental.
  normalizeAlgorithm(name, 'exportKey');
  if (!getCryptoKeyExtractable(key)) {
    throw lazyDOMException('key is not extractable', 'InvalidAccessError');
  }
  const exported = format === 'jwk' ?
    toJwk(key) : (isPair ? asymmetric : secret).exportKey(format, key);
  if (exported === undefined) {
    throw lazyDOMException(
      `Unable to export ${name} ${getCryptoKeyType(key)} key using ${format} format`,
      'NotSupportedError');
  }
  return exported;
}

function ownIterator() {
  return new SafeArrayIterator(this);
}

/** JSON that a program's prototypes have no part in, as if it were of another realm. */
function detach(value) {
  if (value === null || typeof value !== 'object') return;
  ObjectSetPrototypeOf(value, null);
  if (ArrayIsArray(value)) {
    setOwnProperty(value, SymbolIterator, ownIterator);
    for (let i = 0; i < value.length; i++) detach(value[i]);
    return;
  }
  const keys = ObjectKeys(value);
  for (let i = 0; i < keys.length; i++) detach(value[keys[i]]);
}

function parseJwk(bytes) {
  const { converters } = require('internal/crypto/webidl');
  const { decodeUTF8 } = internalBinding('encoding_binding');
  let jwk;
  try {
    const parsed = JSONParse(decodeUTF8(bytes, false, true));
    detach(parsed);
    jwk = converters.JsonWebKey(parsed);
  } catch (cause) {
    throw lazyDOMException('Invalid wrapped JWK key', { name: 'DataError', cause });
  }
  if (!ObjectPrototypeHasOwnProperty(jwk, 'kty')) {
    throw lazyDOMException('Invalid wrapped JWK key', 'DataError');
  }
  return jwk;
}

/** AES-KW takes whole blocks of 8 bytes: a JWK is filled up with spaces. */
function jwkBytes(jwk, algorithm) {
  detach(jwk);
  let json = JSONStringify(jwk);
  if (algorithm.name === 'AES-KW' && json.length % 8 !== 0) {
    json += StringPrototypeRepeat(' ', 8 - json.length % 8);
  }
  const { encodeUtf8String } = internalBinding('encoding_binding');
  return encodeUtf8String(json);
}

function wrapKey(format, key, wrappingKey, algorithm) {
  const exported = exportKey(format, key);
  const bytes = format === 'jwk' ? jwkBytes(exported, algorithm) : exported;
  return cipher(true, algorithm, wrappingKey, bytes);
}

function unwrapKey(format, wrapped, key, algorithm, target, isExtractable, usages) {
  return after(cipher(false, algorithm, key, wrapped), (bytes) => importKey(
    format, format === 'jwk' ? parseJwk(bytes) : bytes, target, isExtractable, usages));
}

module.exports = { exportKey, importKey, unwrapKey, wrapKey };
