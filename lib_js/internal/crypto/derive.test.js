'use strict';

// Aim: keys are derived within the memory that the machine has. Method: costs that no machine can
// pay, at once and by the compute lane; Node 24 refuses them, too.

const assert = require('assert');
const crypto = require('crypto');
const { row } = require('../../fixtures/rows.test.cjs');

const TAG_BYTES = 32;
const SALT = Buffer.alloc(16, 1);
const COST = { message: 'x', nonce: SALT, parallelism: 1, tagLength: TAG_BYTES, passes: 1 };
/** 4 TiB, and 16. */
const ARGON2 = { ...COST, memory: 2 ** 32 - 1 };
const SCRYPT = { N: 2 ** 31, r: 64, p: 1, maxmem: Number.MAX_SAFE_INTEGER };

row('memory that the machine has not got is refused', async () => {
  assert.throws(() => crypto.argon2Sync('argon2id', ARGON2), /malloc failure/);
  assert.throws(() => crypto.scryptSync('x', SALT, TAG_BYTES, SCRYPT), /malloc failure/);
  const refused = await new Promise((resolve) => crypto.argon2('argon2id', ARGON2, resolve));
  assert.match(refused.message, /malloc failure/);
  assert.strictEqual(crypto.argon2Sync('argon2id', { ...COST, memory: 64 }).length, TAG_BYTES);
});
