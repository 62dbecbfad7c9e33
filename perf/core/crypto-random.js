'use strict';
// Random things: `uuid`, `uuid-read` (some runtimes put a text together when it is first read), or
// that many bytes.
const { randomBytes, randomUUID } = require('crypto');
const { done, operations, variant } = require('./asked.js');

const bytes = Number(variant);
let sum = 0;
if (variant === 'uuid') {
  for (let i = 0; i < operations; i++) sum += randomUUID().length;
} else if (variant === 'uuid-read') {
  for (let i = 0; i < operations; i++) sum += randomUUID().charCodeAt(8) === 45 ? 36 : 0;
} else {
  for (let i = 0; i < operations; i++) sum += randomBytes(bytes).length;
}
done(sum === operations * (variant.startsWith('uuid') ? 36 : bytes));
