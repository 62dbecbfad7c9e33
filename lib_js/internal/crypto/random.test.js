'use strict';

// Aim: what random bytes are drawn into, where Node's suite does not look. Method: rows, which
// Node 24 passes too.

const assert = require('assert');
const crypto = require('crypto');
const { row } = require('../../fixtures/rows.test.cjs');

row('memory that went elsewhere before it was filled is left alone', async () => {
  for (const size of [10, 100_000]) {
    const buffer = new ArrayBuffer(size);
    for (const target of [buffer, new Uint8Array(new ArrayBuffer(size))]) {
      const filled = new Promise((resolve, reject) => {
        crypto.randomFill(target, (error, given) => {
          if (error) reject(error);
          else resolve(given);
        });
      });
      const moved = target.buffer ?? target;
      structuredClone(moved, { transfer: [moved] });
      assert.strictEqual(await filled, target);
      assert.strictEqual(target.byteLength, 0);
    }
  }
});

row('a part is filled and nothing beside it', async () => {
  for (const size of [10, 100_000]) {
    const target = new Uint8Array(size + 4);
    await new Promise((resolve) => crypto.randomFill(target, 2, size, resolve));
    assert.deepStrictEqual([...target.subarray(0, 2), ...target.subarray(-2)], [0, 0, 0, 0]);
    assert.ok(target.subarray(2, -2).some((byte) => byte !== 0));
  }
});

row('UUIDs say their version and variant', () => {
  for (const options of [undefined, {}, { disableEntropyCache: true }]) {
    const four = crypto.randomUUID(options);
    assert.match(four, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const seven = crypto.randomUUIDv7(options);
    assert.match(seven, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const age = Date.now() - parseInt(seven.slice(0, 13).replace('-', ''), 16);
    assert.ok(age >= 0 && age < 10_000, `${age} ms`);
  }
});

row('UUIDs are never the same', () => {
  const seen = new Set();
  for (let i = 0; i < 1000; i++) seen.add(crypto.randomUUID()).add(crypto.randomUUID({}));
  assert.strictEqual(seen.size, 2000);
});
