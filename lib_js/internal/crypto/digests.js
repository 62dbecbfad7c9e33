'use strict';

// Digests by name, as native numbers them.

const { SafeMap } = primordials;

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

module.exports = { findDigest };
