'use strict';

// Aim: an error that nobody catches fails the test whose code caused it, and no other, however it
// came about and however many tests run at the same time.
// Method: a program with one test for each way to fail, all at once, beside tests that only wait.

const assert = require('assert');
const { spawnSync } = require('child_process');
const { rows } = require('../../fixtures/rows.test.cjs');

const ways = {
  timer: 'setTimeout(boom, 5)',
  immediate: 'setImmediate(boom)',
  tick: 'process.nextTick(boom)',
  microtask: 'queueMicrotask(boom)',
  'rejected promise': 'setTimeout(() => Promise.reject(new Error(t.name)), 3)',
  'async function': 'setTimeout(async () => { await 1; boom(); }, 3)',
  'event of a stream': 'require("stream").Readable.from(["x"]).on("data", boom)',
  'file callback': 'require("fs").stat(".", boom)',
  'file promise': 'require("fs/promises").stat(".").then(boom)',
  'connection': `
    const server = require("net").createServer((socket) => socket.end());
    server.listen(0, () => {
      require("net").connect(server.address().port).on("close", () => {
        server.close();
        boom();
      }).resume();
    })`,
  'interval in a promise': `
    new Promise((resolve) => setTimeout(resolve, 2)).then(() => {
      const timer = setInterval(() => { clearInterval(timer); boom(); }, 2);
    })`,
};

function programOf(concurrency) {
  let program = `
    const { describe, it } = require('node:test');
    describe('all', { concurrency: ${concurrency} }, () => {`;
  for (const [way, code] of Object.entries(ways)) {
    program += `
      it(${JSON.stringify(way)}, async (t) => {
        const boom = () => { throw new Error(t.name); };
        ${code};
        await new Promise((resolve) => setTimeout(resolve, 150));
      });
      it(${JSON.stringify(`beside ${way}`)}, async () => {
        await new Promise((resolve) => setTimeout(resolve, 150));
      });`;
  }
  return `${program}\n});`;
}

/** name -> the error's message of a test that failed; '' of one that passed */
function resultsOf(tap) {
  const results = {};
  const pattern = /^ {4}(not )?ok \d+ - (.*)\n {6}---\n([^]*?)^ {6}\.\.\./gm;
  for (const [, isFailure, name, details] of tap.matchAll(pattern)) {
    results[name] = isFailure ? /error: '(.*)'/.exec(details)?.[1] ?? 'no message' : '';
  }
  return results;
}

rows('stray errors', [['one at a time', 1], ['all at once', true]], (name, concurrency) => {
  const { status, stdout } = spawnSync(
    process.execPath, ['--test-reporter=tap', '-e', programOf(concurrency)], { encoding: 'utf8' });
  const expected = {};
  for (const way in ways) {
    expected[way] = way;
    expected[`beside ${way}`] = '';
  }
  assert.deepStrictEqual(resultsOf(stdout), expected);
  assert.strictEqual(status, 1);
});
