'use strict';

// Secrets that two key pairs share: diffieHellman(), and what is encapsulated for a public key.

const {
  codes: { ERR_CRYPTO_INCOMPATIBLE_KEY, ERR_CRYPTO_KEM_NOT_SUPPORTED, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { validateFunction, validateObject } = require('internal/validators');
const { bytesOf } = require('internal/crypto/encodings');
const { kHandle } = require('internal/crypto/handles');
const { run } = require('internal/crypto/job');
const {
  openAny,
  openPrivate,
  preparePrivateKey,
  preparePublicOrPrivateKey,
} = require('internal/crypto/key_input');
const { getArrayBufferOrView } = require('internal/crypto/util');

const binding = internalBinding('crypto');

const agreeing = { __proto__: null, dh: true, ec: true, x25519: true };

function checkKinds(privateKey, publicKey) {
  const { kind } = privateKey;
  if (kind === publicKey.kind && agreeing[kind]) return;
  throw new ERR_CRYPTO_INCOMPATIBLE_KEY(
    'key types for Diffie-Hellman', `${kind} and ${publicKey.kind}`);
}

function diffieHellman(options, callback) {
  validateObject(options, 'options');
  if (callback !== undefined) validateFunction(callback, 'callback');
  const { privateKey, publicKey } = options;
  if (privateKey === undefined) throw new ERR_INVALID_ARG_VALUE('options.privateKey', privateKey);
  if (publicKey === undefined) throw new ERR_INVALID_ARG_VALUE('options.publicKey', publicKey);
  const publicInput = preparePublicOrPrivateKey(publicKey, 'options.publicKey');
  const privateInput = preparePrivateKey(privateKey, 'options.privateKey');
  const other = openAny(publicInput);
  const own = openPrivate(privateInput);
  checkKinds(own, other);
  return run('DERIVEBITSREQUEST',
             (ticket) => binding.keyDerive(own[kHandle], other[kHandle], ticket), callback);
}

const encapsulating = { '__proto__': null, 'ml-kem-768': true, 'ml-kem-1024': true };

function checkKem(key) {
  if (!encapsulating[key.kind]) throw new ERR_CRYPTO_KEM_NOT_SUPPORTED();
}

function encapsulate(key, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  const opened = openAny(preparePublicOrPrivateKey(key));
  checkKem(opened);
  return run('ENCAPSULATEREQUEST', (ticket) => binding.keyEncapsulate(opened[kHandle], ticket),
             callback, ({ 0: sharedKey, 1: ciphertext }) => ({ sharedKey, ciphertext }));
}

function decapsulate(key, ciphertext, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  const input = preparePrivateKey(key);
  ciphertext = bytesOf(getArrayBufferOrView(ciphertext, 'ciphertext'));
  const opened = openPrivate(input);
  checkKem(opened);
  return run('DECAPSULATEREQUEST',
             (ticket) => binding.keyDecapsulate(opened[kHandle], ciphertext, ticket), callback);
}

module.exports = { decapsulate, diffieHellman, encapsulate };
