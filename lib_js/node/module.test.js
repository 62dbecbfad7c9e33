'use strict';

// Aim: the thread of loader hooks, the cache of compiled code and source maps, in programs of their
// own. Node 24 passes the same rows.

const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'module-test-')));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));

const FILES = {
  'hooks.mjs': `
    export async function initialize({ answer }) { globalThis.answer = answer; }
    export async function resolve(specifier, context, next) {
      if (specifier === 'virtual:answer') return { url: specifier, shortCircuit: true };
      return next(specifier, context);
    }
    export async function load(url, context, next) {
      if (url !== 'virtual:answer') return next(url, context);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { format: 'module', source: 'export default ' + answer, shortCircuit: true };
    }`,
  'uses-hooks.mjs': `
    import { register } from 'module';
    register('./hooks.mjs', import.meta.url, { data: { answer: 42 } });
    const { default: answer } = await import('virtual:answer');
    console.log(answer, typeof globalThis.answer, import.meta.resolve('virtual:answer'));`,
  'throws.mjs': `
    import { register } from 'module';
    try {
      register('data:text/javascript,export function initialize() { throw new RangeError("no") }');
    } catch (error) { console.log(error instanceof RangeError, error.message); }`,
  'ends.mjs': `
    import { register } from 'module';
    register('data:text/javascript,export function resolve() { process.reallyExit(3); }');
    await import('anything');`,
  'cached.cjs': 'module.exports = function twice(x) { return x * 2; };',
  'uses-cache.cjs': `
    const { enableCompileCache, getCompileCacheDir, flushCompileCache } = require('module');
    const { status } = enableCompileCache(process.argv[2]);
    console.log(status, getCompileCacheDir().startsWith(process.argv[2]), require('./cached.cjs')(2));
    flushCompileCache();`,
  'mapped.js': 'function thrower() {\n  throw new Error("mapped");\n}\nthrower();\n' +
    `//# sourceMappingURL=data:application/json;base64,${btoa(JSON.stringify({
      version: 3, sources: ['original.ts'], names: [], sourcesContent: ['a\nb\nc\nd\ne\nthrow;'],
      mappings: 'AAAA;EAKE;;AAAA',
    }))}\n`,
};

for (const name of Object.keys(FILES)) fs.writeFileSync(path.join(root, name), FILES[name]);

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root, encoding: 'utf8', env: { ...process.env, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
  });
  return { status, stdout, stderr };
}

{
  const { status, stdout } = run('uses-hooks.mjs');
  assert.deepStrictEqual([status, stdout], [0, '42 undefined virtual:answer\n']);
}
{
  const { status, stdout } = run('throws.mjs');
  assert.deepStrictEqual([status, stdout], [0, 'true no\n']);
}
// A thread that ends without an answer ends the program; Node waits for ever.
if (process.versions.coring !== undefined) {
  assert.strictEqual(run('ends.mjs').status, 3);
}
{
  const cache = path.join(root, 'cache');
  const first = run('uses-cache.cjs', cache);
  assert.deepStrictEqual([first.status, first.stdout], [0, '1 true 4\n']);
  assert.match(first.stderr, /cached\.cjs was not initialized/);
  const second = run('uses-cache.cjs', cache);
  assert.match(second.stderr, /cached\.cjs was accepted/);
  // A file that was cut off is read as none.
  const [folder] = fs.readdirSync(cache);
  for (const name of fs.readdirSync(path.join(cache, folder))) {
    const file = path.join(cache, folder, name);
    fs.truncateSync(file, fs.statSync(file).size - 3);
  }
  const third = run('uses-cache.cjs', cache);
  assert.deepStrictEqual([third.status, third.stdout], [0, '1 true 4\n']);
  assert.match(third.stderr, /mismatch/);
  assert.match(third.stderr, /cached\.cjs was not initialized/);
}
{
  const { status, stderr } = run('--enable-source-maps', 'mapped.js');
  assert.strictEqual(status, 1);
  assert.match(stderr, /original\.ts:6\n/);
  assert.match(stderr, /at thrower \(.*original\.ts:6:\d+\)/);
  assert.match(run('mapped.js').stderr, /mapped\.js:2:/);
}
