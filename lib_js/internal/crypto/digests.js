'use strict';

// Digests by name, as native numbers them.

const { SafeMap } = primordials;

const { nativeError } = require('internal/crypto/failure');

const binding = internalBinding('crypto');

/** name -> Digest, or null where there is none. */
const known = new SafeMap();

/** As many spellings as are remembered; a program may ask for any text. */
const KNOWN_MAX = 256;

class Digest {
  constructor({ 0: number, 1: bytes, 2: isXof, 3: name }) {
    this.number = number;
    this.bytes = bytes;
    this.isXof = isXof === 1;
    this.name = name;
  }
}

let lastName;
let lastDigest;

/** @returns {Digest | null} */
function findDigest(name) {
  if (name === lastName) return lastDigest;
  let digest = known.get(name);
  if (digest === undefined) {
    const row = binding.digestOf(name);
    digest = row === undefined ? null : new Digest(row);
    if (known.size < KNOWN_MAX) known.set(name, digest);
  }
  lastName = name;
  lastDigest = digest;
  return digest;
}

function refuse(message, code = 'ERR_CRYPTO_INVALID_DIGEST') {
  throw nativeError(code, message);
}

/** @returns {Digest} of a name that must be known */
function digestOrThrow(name, message, code) {
  return findDigest(name) ?? refuse(message ?? `Invalid digest: ${name}`, code);
}

/** The same where a digest of any length is of no use. */
function fixedDigestOrThrow(name, message) {
  const digest = digestOrThrow(name, message);
  return digest.isXof ? refuse(message ?? `Invalid digest: ${name}`) : digest;
}

module.exports = { digestOrThrow, findDigest, fixedDigestOrThrow };
