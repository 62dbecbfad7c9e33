// Flags: --expose-internals
'use strict';
const assert = require('node:assert');
const test = require('node:test');
const { NumberMap } = require('internal/number_map');

test('is a map, whatever comes and goes', () => {
  const map = new NumberMap();
  const wanted = new Map();
  let seed = 1;
  const next = (below) => {
    seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff;
    return (seed >>> 8) % below;
  };
  for (let step = 0; step < 20_000; step++) {
    // Numbers that want the same slots, of a small table and of a large one.
    const key = next(8) * 16 + next(4) + next(3) * 2 ** 20;
    if (next(5) < 3) {
      const object = { key, step };
      map.set(key, object);
      wanted.set(key, object);
    } else {
      map.delete(key);
      wanted.delete(key);
    }
    assert.strictEqual(map.size, wanted.size);
    assert.strictEqual(map.get(key), wanted.get(key));
  }
  const keys = [...wanted.keys()].sort((a, b) => a - b);
  assert.deepStrictEqual(map.values(), keys.map((key) => wanted.get(key)));
  for (const key of keys) assert.strictEqual(map.get(key), wanted.get(key));
});

test('knows nothing of what it never held', () => {
  const map = new NumberMap();
  assert.strictEqual(map.get(0), undefined);
  map.delete(7);
  assert.strictEqual(map.size, 0);
  map.set(0, 'first');
  assert.strictEqual(map.get(16), undefined);
  assert.strictEqual(map.get(0x7fffffff), undefined);
  map.set(0x7fffffff, 'last');
  assert.deepStrictEqual(map.values(), ['first', 'last']);
});
