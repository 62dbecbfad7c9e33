'use strict';

// WebCrypto's names of digests.

const { findDigest } = require('internal/crypto/digests');
const { lazyDOMException } = require('internal/util');

/** name -> native's name, bits of a block, JWK's number */
const hashes = {
  '__proto__': null,
  'SHA-1': { native: 'sha1', block: 512, jwk: '1' },
  'SHA-256': { native: 'sha256', block: 512, jwk: '256' },
  'SHA-384': { native: 'sha384', block: 1024, jwk: '384' },
  'SHA-512': { native: 'sha512', block: 1024, jwk: '512' },
  'SHA3-256': { native: 'sha3-256' },
  'SHA3-384': { native: 'sha3-384' },
  'SHA3-512': { native: 'sha3-512' },
};

/** Native's digest. */
function digestOf(name) {
  return findDigest(hashes[name].native);
}

/** Bits of a block, for keys whose length is not told. */
function blockBits(name) {
  const { block } = hashes[name];
  if (block === undefined) {
    throw lazyDOMException('Explicit algorithm length member is required', 'NotSupportedError');
  }
  return block;
}

/** "alg" of a JWK; undefined where there is none. */
function jwkName(algorithm, hash) {
  const { jwk } = hashes[hash];
  if (jwk === undefined) return undefined;
  switch (algorithm) {
    case 'RSASSA-PKCS1-v1_5': return `RS${jwk}`;
    case 'RSA-PSS': return `PS${jwk}`;
    case 'RSA-OAEP': return jwk === '1' ? 'RSA-OAEP' : `RSA-OAEP-${jwk}`;
    default: return `HS${jwk}`;
  }
}

module.exports = { blockBits, digestOf, jwkName };
