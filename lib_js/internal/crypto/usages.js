'use strict';

// What a CryptoKey may be used for, as bits.

const { ArrayPrototypePush, ObjectKeys } = primordials;

/** In the order in which WebCrypto lists them. */
const usageBits = {
  __proto__: null,
  encrypt: 1,
  decrypt: 2,
  sign: 4,
  verify: 8,
  deriveKey: 16,
  deriveBits: 32,
  wrapKey: 64,
  unwrapKey: 128,
  encapsulateKey: 256,
  encapsulateBits: 512,
  decapsulateKey: 1024,
  decapsulateBits: 2048,
};

const names = ObjectKeys(usageBits);

/** @param {string[]} usages */
function maskOfUsages(usages) {
  let mask = 0;
  for (let i = 0; i < usages.length; i++) mask |= usageBits[usages[i]];
  return mask;
}

function usagesOfMask(mask) {
  const usages = [];
  for (let i = 0; i < names.length; i++) {
    if ((mask & usageBits[names[i]]) !== 0) ArrayPrototypePush(usages, names[i]);
  }
  return usages;
}

module.exports = { maskOfUsages, usageBits, usagesOfMask };
