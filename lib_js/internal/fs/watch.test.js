'use strict';

// Aim: every listener of a watch hears what happens, none hears more after it was closed or threw,
// and watchers keep the program running only while they are ref'd. Method: one directory; each
// change waits for the event that it causes.

const assert = require('assert');
const { AsyncLocalStorage } = require('async_hooks');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { row } = require('../../fixtures/rows.test.cjs');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'watch-test-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const at = (...names) => path.join(root, ...names);

/** Resolves when one of the events is about `name`. */
function heard(watcher, name) {
  return new Promise((done) => {
    watcher.on('change', function onChange(type, filename) {
      if (filename !== name) return;
      watcher.off('change', onChange);
      done(type);
    });
  });
}

row('two watches of one directory are two', async () => {
  const first = fs.watch(root);
  const second = fs.watch(root);
  const both = Promise.all([heard(first, 'a'), heard(second, 'a')]);
  fs.writeFileSync(at('a'), '');
  assert.deepStrictEqual(await both, ['rename', 'rename']);
  first.on('change', () => assert.fail('it is closed'));
  first.close();
  const last = heard(second, 'b');
  fs.writeFileSync(at('b'), '');
  await last;
  second.close();
});

row('a listener that throws takes nothing from the others', async () => {
  const bad = fs.watch(root);
  const good = fs.watch(root);
  const thrown = new Promise((done) => process.once('uncaughtException', done));
  bad.once('change', () => { throw new Error('from a listener'); });
  const all = Promise.all([heard(good, 'c'), heard(good, 'd')]);
  fs.writeFileSync(at('c'), '');
  fs.writeFileSync(at('d'), '');
  await all;
  assert.strictEqual((await thrown).message, 'from a listener');
  bad.close();
  good.close();
});

row('listeners run in the context of the watch', async () => {
  const storage = new AsyncLocalStorage();
  const watcher = storage.run('outer', () => fs.watch(root));
  const seen = new Promise((done) => watcher.once('change', () => done(storage.getStore())));
  fs.writeFileSync(at('e'), '');
  assert.strictEqual(await seen, 'outer');
  watcher.close();
});

row('a tree: directories that come are watched, with what they hold', async () => {
  const watcher = fs.watch(root, { recursive: true, ignore: '*.log' });
  watcher.on('change', (type, name) => assert.ok(!name.endsWith('.log')));
  const deep = heard(watcher, 'n/o/p');
  fs.mkdirSync(at('n/o'), { recursive: true });
  fs.writeFileSync(at('n/o/p'), '');
  await deep;
  fs.writeFileSync(at('n/o/q.log'), '');
  const gone = heard(watcher, 'n/o');
  fs.rmSync(at('n/o'), { recursive: true });
  await gone;
  const again = heard(watcher, 'n/o/r');
  fs.mkdirSync(at('n/o'));
  fs.writeFileSync(at('n/o/r'), '');
  await again;
  watcher.close();
});

row('only ref\'d watchers keep the program running', () => {
  const run = (code) => spawnSync(process.execPath, ['-e', code, root], { timeout: 2000 });
  assert.strictEqual(run('fs.watch(process.argv[1]).unref()').status, 0);
  assert.strictEqual(run('fs.watch(process.argv[1], { persistent: false })').status, 0);
  assert.strictEqual(run('fs.watchFile(process.argv[1], () => {}).unref()').status, 0);
  assert.strictEqual(run('fs.watch(process.argv[1]).unref().ref()').signal, 'SIGTERM');
});

row('watchFile tells of a file that comes and goes', async () => {
  const file = at('polled');
  const sizes = [];
  await new Promise((done) => {
    fs.watchFile(file, { interval: 5 }, (current, previous) => {
      sizes.push([previous.size, current.size]);
      if (sizes.length === 1) fs.writeFileSync(file, 'four');
      else if (sizes.length === 2) fs.rmSync(file);
      else done();
    });
  });
  fs.unwatchFile(file);
  assert.deepStrictEqual(sizes, [[0, 0], [0, 4], [4, 0]]);
});

row('what comes back is told against what was there before', async () => {
  const file = at('polled');
  fs.writeFileSync(file, 'abc');
  const seen = [];
  fs.watchFile(file, { interval: 5 }, (current, previous) => {
    seen.push([previous.size, current.size]);
  });
  const moment = () => new Promise((done) => setTimeout(done, 5));
  // It is watched once it is seen to grow, and told of in full once its size is.
  while (seen.at(-1)?.[1] !== fs.statSync(file).size) {
    if (seen.length === 0) fs.appendFileSync(file, 'd');
    await moment();
  }
  const { size } = fs.statSync(file);
  fs.unlinkSync(file);
  while (seen.at(-1)[1] !== 0) await moment();
  fs.writeFileSync(`${file}.new`, '');
  fs.truncateSync(`${file}.new`, 1000);
  fs.renameSync(`${file}.new`, file);
  while (seen.at(-1)[1] !== 1000) await moment();
  fs.unwatchFile(file);
  assert.deepStrictEqual(seen.slice(-2), [[size, 0], [size, 1000]]);
});
