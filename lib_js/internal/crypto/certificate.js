'use strict';

// Signed public keys and challenges (SPKAC).

const { ERR_OUT_OF_RANGE } = require('internal/errors').codes;
const { getArrayBufferOrView } = require('internal/crypto/util');

const binding = internalBinding('crypto');

const BYTES_MAX = 2 ** 31 - 1;

function bytesFrom(spkac, encoding) {
  const bytes = getArrayBufferOrView(spkac, 'spkac', encoding);
  if (bytes.byteLength > BYTES_MAX) {
    throw new ERR_OUT_OF_RANGE('spkac', `<= ${BYTES_MAX}`, bytes.byteLength);
  }
  return bytes;
}

function verifySpkac(spkac, encoding) {
  return binding.spkacIsValid(bytesFrom(spkac, encoding));
}

function exportPublicKey(spkac, encoding) {
  return binding.spkacPublicKey(bytesFrom(spkac, encoding)) ?? '';
}

function exportChallenge(spkac, encoding) {
  return binding.spkacChallenge(bytesFrom(spkac, encoding)) ?? '';
}

function Certificate() {
  if (!(this instanceof Certificate)) return new Certificate();
}

// Each is both a method and, on the constructor, a function.
Certificate.prototype.verifySpkac = verifySpkac;
Certificate.prototype.exportPublicKey = exportPublicKey;
Certificate.prototype.exportChallenge = exportChallenge;
Certificate.exportChallenge = exportChallenge;
Certificate.exportPublicKey = exportPublicKey;
Certificate.verifySpkac = verifySpkac;

module.exports = Certificate;
