'use strict';

// Keys that travel in messages, from thread to thread: as bytes, since a native handle belongs to
// its thread.

const { DEFAULT, formats } = require('internal/crypto/key_encoding');
const { keyOf, secretOf } = require('internal/crypto/native_key');

const binding = internalBinding('crypto');

function packKey(key) {
  const { type } = key;
  const bytes = type === 'secret' ? key.export() : key.encode(formats.der, DEFAULT);
  return { type, bytes };
}

function unpackKey({ type, bytes }) {
  switch (type) {
    case 'secret': return secretOf(bytes);
    case 'public':
      return keyOf(binding.keyOfPublic(bytes, formats.der, DEFAULT, undefined), type);
    default:
      return keyOf(binding.keyOfPrivate(bytes, formats.der, DEFAULT, undefined), type);
  }
}

module.exports = { packKey, unpackKey };
