'use strict';
// Digests in hex: WAY-ALGORITHM-BYTES, WAY `once` (crypto.hash) or `made` (createHash).
const { createHash, hash } = require('crypto');
const { done, operations, variant } = require('./asked.js');

const [way, algorithm, bytes] = variant.split('-');
const input = Buffer.alloc(Number(bytes), 'x');
const expect = createHash(algorithm).update(input).digest('hex').length;

let sum = 0;
if (way === 'once') {
  for (let i = 0; i < operations; i++) sum += hash(algorithm, input).length;
} else {
  for (let i = 0; i < operations; i++) {
    sum += createHash(algorithm).update(input).digest('hex').length;
  }
}
done(sum === operations * expect);
