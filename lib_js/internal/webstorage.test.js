'use strict';
// Flags: --experimental-webstorage --no-warnings

// Web Storage: items as properties, what methods hide, and what two programs see of one file.

const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const util = require('node:util');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-storage-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

function run(source, file) {
  const flags = ['--experimental-webstorage', '--no-warnings'];
  if (file !== undefined) flags.push(`--localstorage-file=${file}`);
  const child = spawnSync(process.execPath, [...flags, '-p', source], { encoding: 'utf8' });
  return child.status === 0 ? child.stdout.trim() : child.stderr;
}

test('items are properties', () => {
  sessionStorage.clear();
  sessionStorage.b = 1;
  sessionStorage.setItem('a', { toString: () => 'text' });
  sessionStorage[5] = undefined;
  Object.defineProperty(sessionStorage, 'c', { value: 'd' });
  assert.deepStrictEqual({ ...sessionStorage }, { 5: 'undefined', a: 'text', b: '1', c: 'd' });
  assert.deepStrictEqual(Reflect.ownKeys(sessionStorage), ['5', 'a', 'b', 'c']);
  assert.strictEqual(sessionStorage.length, 4);
  assert.strictEqual(sessionStorage.key(1), 'a');
  assert.strictEqual(sessionStorage.key(9), null);
  assert.strictEqual('a' in sessionStorage, true);
  assert.strictEqual('z' in sessionStorage, false);
  assert.strictEqual(sessionStorage.z, undefined);
  assert.strictEqual(sessionStorage.getItem('z'), null);
  assert.strictEqual(delete sessionStorage.a, true);
  assert.deepStrictEqual(Object.getOwnPropertyDescriptor(sessionStorage, 'b'),
                         { value: '1', writable: true, enumerable: true, configurable: true });
  assert.match(util.inspect(sessionStorage), /^Storage \{ '5': 'undefined', b: '1', c: 'd' \}$/);
});

test('methods hide items of their name', () => {
  sessionStorage.clear();
  sessionStorage.getItem = 'x';
  assert.strictEqual(typeof sessionStorage.getItem, 'function');
  assert.strictEqual(sessionStorage.getItem('getItem'), 'x');
  assert.deepStrictEqual(Object.keys(sessionStorage), []);
});

test('any text is kept as it is', () => {
  for (const text of ['', '\0', '\ud800', 'é€😀', '__proto__', 'a'.repeat(100_000)]) {
    sessionStorage.clear();
    sessionStorage.setItem(text, text);
    assert.strictEqual(sessionStorage.getItem(text), text);
    assert.strictEqual(sessionStorage.key(0), text);
  }
});

test('symbols stay beside the items', () => {
  const symbol = Symbol('x');
  sessionStorage[symbol] = 5;
  assert.strictEqual(sessionStorage[symbol], 5);
  assert.strictEqual(delete sessionStorage[symbol], true);
  assert.strictEqual(sessionStorage[symbol], undefined);
});

test('wrong calls are refused', () => {
  assert.throws(() => new Storage(), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
  assert.throws(() => Storage.prototype.getItem.call({}, 'a'), TypeError);
  assert.throws(() => Storage.prototype.length, TypeError);
  assert.throws(() => sessionStorage.getItem(), { code: 'ERR_MISSING_ARGS' });
  assert.throws(() => sessionStorage.setItem('a'), { code: 'ERR_MISSING_ARGS' });
  assert.throws(() => { sessionStorage.a = Symbol('x'); }, TypeError);
  assert.throws(() => Object.freeze(sessionStorage), TypeError);
});

test('there is room for 10 MiB, and an item that is too large changes nothing', () => {
  sessionStorage.clear();
  sessionStorage.a = 'x';
  const full = { name: 'QuotaExceededError', code: 22 };
  assert.throws(() => sessionStorage.setItem('a', 'y'.repeat(6_000_000)), full);
  assert.strictEqual(sessionStorage.a, 'x');
  sessionStorage.clear();
  sessionStorage['a'.repeat(5 * 1024 * 1024)] = '';
  assert.throws(() => { sessionStorage.b = ''; }, full);
});

test('a file is made when it is used, and keeps what one program left', () => {
  const file = path.join(folder, 'store');
  assert.strictEqual(run('typeof localStorage', file), 'object');
  assert.strictEqual(fs.existsSync(file), false);
  assert.strictEqual(run('localStorage.a = "é"', file), 'é');
  assert.strictEqual(run('localStorage.a', file), 'é');
  assert.match(run('localStorage'), /ERR_INVALID_ARG_VALUE/);
  fs.writeFileSync(path.join(folder, 'other'), 'this is no database, but it is long enough to be');
  assert.match(run('localStorage.a', path.join(folder, 'other')),
               /Error: file is not a database/);
});
