'use strict';

// Aim: text that waits for its digest, states behind handles, and the compute lane. Method: rows,
// which Node 24 passes too.

const assert = require('assert');
const crypto = require('crypto');
const { AsyncLocalStorage } = require('async_hooks');
const { row } = require('../../fixtures/rows.test.cjs');

const digest = (...pieces) => {
  const hash = crypto.createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
};

row('pieces of text are digested one by one', () => {
  // Joined, the halves would be one character.
  assert.strictEqual(digest('a\ud83d', '\ude00'), digest(Buffer.from('a\ufffd\ufffd')));
  assert.strictEqual(digest('a', 'é', 'b'), digest('aéb'));
  assert.strictEqual(digest('x'.repeat(70_000), 'y'), digest(`${'x'.repeat(70_000)}y`));
  assert.strictEqual(digest('a', Buffer.from('b'), 'c'), digest('abc'));
  const mixed = crypto.createHash('sha256').update('é', 'latin1').update('é').update('6162', 'hex');
  assert.strictEqual(mixed.digest('hex'), digest(Buffer.from('e9c3a96162', 'hex')));
});

row('bytes count as they were when they were given', () => {
  const bytes = Buffer.from('abc');
  const hash = crypto.createHash('sha256').update(bytes);
  const hmac = crypto.createHmac('sha256', bytes);
  bytes.fill(0);
  assert.strictEqual(hash.digest('hex'), digest('abc'));
  const expect = crypto.createHmac('sha256', 'abc').update('x').digest('hex');
  assert.strictEqual(hmac.update('x').digest('hex'), expect);
});

row('a copy goes its own way', () => {
  for (const first of ['a', Buffer.from('a')]) {
    const hash = crypto.createHash('sha256').update(first);
    const copy = hash.copy();
    assert.strictEqual(hash.update('b').digest('hex'), digest('ab'));
    assert.strictEqual(copy.update('c').digest('hex'), digest('ac'));
    assert.throws(() => hash.copy(), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
  }
});

row('a stream gives what was asked for before it ended, and takes nothing behind it', async () => {
  for (const encoding of [undefined, 'hex', 'base64url', 'latin1', 'utf8']) {
    const hash = crypto.createHash('sha256').update('a');
    const asked = hash.digest(encoding);
    hash.end();
    assert.strictEqual(hash.read().toString('hex'), digest('a'), encoding);
    const other = crypto.createHash('sha256').end('a');
    other.read();
    assert.deepStrictEqual(other.digest(encoding), asked);
  }
  for (const state of [crypto.createHash('sha256'), crypto.createHmac('sha256', 'key')]) {
    state.digest();
    const failed = new Promise((resolve) => state.once('error', resolve));
    state.write('a');
    assert.strictEqual((await failed).code, 'ERR_CRYPTO_HASH_UPDATE_FAILED');
  }
});

row('many states may be open at once', () => {
  const hashes = [];
  for (let i = 0; i < 500; i++) hashes.push(crypto.createHash('sha1').update(Buffer.from(`${i}`)));
  for (let i = 499; i >= 0; i--) {
    assert.strictEqual(hashes[i].digest('hex'), crypto.hash('sha1', `${i}`));
  }
});

row('HMACs of digests that libcrypto does not key', () => {
  // RFC 2286, section 2, test case 2.
  const hmac = crypto.createHmac('ripemd160', 'Jefe').update('what do ya want for nothing?');
  assert.strictEqual(hmac.digest('hex'), 'dda6c0213a485a9e24f4742064a7f033b43c4069');
});

row('timers go on while keys are derived, each in its context', async () => {
  const storage = new AsyncLocalStorage();
  let ticks = 0;
  const timer = setInterval(() => { ticks++; }, 1);
  const derived = [];
  for (let i = 0; i < 8; i++) {
    derived.push(new Promise((resolve, reject) => {
      storage.run(i, () => crypto.scrypt('pass', 'salt', 16, { N: 32768, maxmem: 64 << 20 },
                                         (error, key) => {
                                           if (error) reject(error);
                                           else resolve([storage.getStore(), key.length]);
                                         }));
    }));
  }
  assert.strictEqual(ticks, 0);
  const all = await Promise.all(derived);
  clearInterval(timer);
  assert.deepStrictEqual(all, all.map((_, i) => [i, 16]));
  assert.ok(ticks > 5, `${ticks} ticks`);
});

row('keys of no bytes are refused, and so is more memory than there is', async () => {
  const refused = { name: 'Error', message: 'Deriving bits failed' };
  assert.throws(() => crypto.pbkdf2Sync('a', 'b', 1, 0, 'sha256'), refused);
  assert.throws(() => crypto.hkdfSync('sha256', 'a', 'b', 'c', 0), refused);
  const error = await new Promise((resolve) => {
    crypto.hkdf('sha256', 'a', 'b', 'c', 0, resolve);
  });
  assert.strictEqual(error.message, refused.message);
  assert.throws(() => crypto.argon2Sync('argon2id', {
    message: 'a', nonce: '12345678', parallelism: 1, tagLength: 32, memory: 2 ** 32 - 1, passes: 1,
  }), /malloc failure/);
});
