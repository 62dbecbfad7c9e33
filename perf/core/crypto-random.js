'use strict';
// Random things: `uuid`, or that many bytes.
const { randomBytes, randomUUID } = require('crypto');
const { done, operations, variant } = require('./asked.js');

const bytes = Number(variant);
let sum = 0;
if (variant === 'uuid') {
  for (let i = 0; i < operations; i++) sum += randomUUID().length;
} else {
  for (let i = 0; i < operations; i++) sum += randomBytes(bytes).length;
}
done(sum === operations * (variant === 'uuid' ? 36 : bytes));
