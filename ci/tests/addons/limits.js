'use strict';

// argv: two copies of the addon, which are two modules, and what to do.
const assert = require('node:assert');
const { Worker, isMainThread } = require('node:worker_threads');

const [, , first, second, what] = process.argv;
const addon = require(first);

const OK = 0;
const INVALID_ARG = 1;
const GENERIC_FAILURE = 9;
const HANDLE_SCOPE_MISMATCH = 13;

function misuse() {
  assert.deepStrictEqual(addon.staleReference({}), [OK, OK, ...Array(5).fill(INVALID_ARG)]);
  assert.deepStrictEqual(addon.scopeOrder({}), [
    OK, OK, INVALID_ARG, HANDLE_SCOPE_MISMATCH, OK, OK, HANDLE_SCOPE_MISMATCH,
  ]);
  for (let i = 0; i < 1000; i++) assert.deepStrictEqual(addon.forgetsScopes(), [OK]);
  for (const value of [1, {}, [], null, process.stdout]) {
    assert.deepStrictEqual(addon.externalOf(value), [INVALID_ARG]);
  }
  assert.deepStrictEqual(addon.settlesTwice(), [OK, OK, INVALID_ARG]);
  assert.deepStrictEqual(addon.callsWithNull(() => {}), [INVALID_ARG]);
  assert.deepStrictEqual(addon.tooMuch(), [
    INVALID_ARG, GENERIC_FAILURE, GENERIC_FAILURE, INVALID_ARG,
  ]);
  assert.deepStrictEqual(addon.templateOfObject(), [INVALID_ARG]);
}

function twoModules() {
  const other = require(second);
  assert.notStrictEqual(addon, other);
  const object = {};
  assert.deepStrictEqual(addon.wrap(object), [OK]);
  assert.deepStrictEqual(other.wrap(object), [INVALID_ARG]);
  assert.deepStrictEqual(other.unwrap(object), [OK, 1]);
  assert.deepStrictEqual(addon.unwrap({}), [INVALID_ARG, 0]);
}

function depths() {
  const down = (levels) => (levels === 0 ? 'bottom' : addon.callsBack(() => down(levels - 1)));
  assert.strictEqual(down(500), 'bottom');
  const fail = (levels) => {
    if (levels === 0) throw new RangeError('bottom');
    return addon.callsBack(() => fail(levels - 1));
  };
  assert.throws(() => fail(500), { name: 'RangeError', message: 'bottom' });
  const endless = () => addon.callsBack(endless);
  assert.throws(endless, { name: 'RangeError', message: 'Maximum call stack size exceeded' });
}

function texts() {
  assert.strictEqual(addon.cutsText('abcdef'), 'abcd');
  // Whole characters only.
  assert.strictEqual(addon.cutsText('abc\u00e9'), 'abc');
  assert.strictEqual(addon.cutsText('a\u{1F600}'), 'a');
  assert.strictEqual(addon.cutsText('a\ud83d'), 'a\ufffd');
}

async function collected() {
  const registry = { count: 0 };
  const finalization = new FinalizationRegistry(() => registry.count++);
  for (let i = 0; i < 1000; i++) {
    const object = {};
    addon.wrap(object);
    finalization.register(object, 0);
  }
  for (let i = 0; i < 20 && registry.count < 900; i++) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(registry.count >= 900, `${registry.count}`);
}

const kept = [];

function end() {
  const object = {};
  kept.push(object, addon.tellsOfEnd(object));
}

const WAYS = {
  async all() {
    misuse();
    twoModules();
    depths();
    texts();
    await collected();
  },
  end,
  exit() {
    end();
    process.exit(0);
  },
  worker() {
    if (isMainThread) new Worker(__filename, { argv: process.argv.slice(2) });
    else end();
  },
  terminated() {
    if (!isMainThread) {
      end();
      for (;;);
    }
    const worker = new Worker(__filename, { argv: process.argv.slice(2) });
    setTimeout(() => worker.terminate(), 300);
  },
};

WAYS[what]();
