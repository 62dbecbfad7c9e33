'use strict';

// RSA as a cipher: publicEncrypt and its kin.

const { validateString } = require('internal/validators');
const { RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING } = require('internal/crypto/constants');
const { digestOrThrow } = require('internal/crypto/digests');
const { bytesOf } = require('internal/crypto/encodings');
const { kHandle } = require('internal/crypto/handles');
const { runNow } = require('internal/crypto/job');
const {
  openAny,
  openPrivate,
  preparePrivateKey,
  preparePublicOrPrivateKey,
} = require('internal/crypto/key_input');
const { rsaDirections } = require('internal/crypto/native_key');
const { getArrayBufferOrView } = require('internal/crypto/util');

const binding = internalBinding('crypto');

const NO_DIGEST = -1;

function rsaFunction(direction, defaultPadding, isPrivate) {
  return (key, buffer) => {
    const input = isPrivate ?
      preparePrivateKey(key, 'privateKey') : preparePublicOrPrivateKey(key);
    const padding = key.padding || defaultPadding;
    const { oaepHash, encoding } = key;
    let { oaepLabel } = key;
    if (oaepHash !== undefined) validateString(oaepHash, 'key.oaepHash');
    if (oaepLabel !== undefined) {
      oaepLabel = bytesOf(getArrayBufferOrView(oaepLabel, 'key.oaepLabel', encoding));
    }
    buffer = bytesOf(getArrayBufferOrView(buffer, 'buffer', encoding));
    const digest = oaepHash === undefined ? NO_DIGEST : digestOrThrow(
      oaepHash, 'Invalid digest used', 'ERR_OSSL_EVP_INVALID_DIGEST').number;
    const opened = isPrivate ? openPrivate(input) : openAny(input);
    return runNow((ticket) => binding.keyRsa(
      opened[kHandle], direction, padding, digest, oaepLabel, buffer, ticket));
  };
}

module.exports = {
  privateDecrypt: rsaFunction(rsaDirections.privateDecrypt, RSA_PKCS1_OAEP_PADDING, true),
  privateEncrypt: rsaFunction(rsaDirections.privateEncrypt, RSA_PKCS1_PADDING, true),
  publicDecrypt: rsaFunction(rsaDirections.publicDecrypt, RSA_PKCS1_PADDING, false),
  publicEncrypt: rsaFunction(rsaDirections.publicEncrypt, RSA_PKCS1_OAEP_PADDING, false),
};
