'use strict';
// What Node's own suite does not show of worker_threads: that nothing is left of workers that have
// ended, however they ended, and that their ends hurt nobody else.

const assert = require('assert');
const { readdirSync } = require('fs');
const { spawnSync } = require('child_process');
const { test } = require('node:test');
const { MessageChannel, Worker, parentPort, workerData } = require('worker_threads');

const count = (what) => readdirSync(`/proc/self/${what}`).length;

const ended = (worker) => new Promise((resolve) => {
  worker.on('error', () => {});
  worker.on('exit', resolve);
});

// Each way to live, with the exit code of its end.
const lives = [
  { source: 'for (;;);', terminate: true, code: 1 },
  { source: 'require("worker_threads").parentPort.postMessage(1)', code: 0 },
  { source: 'setInterval(() => {}, 1000)', terminate: true, code: 1 },
  { source: 'throw new Error("of the worker")', code: 1 },
  { source: 'process.exit(7)', code: 7 },
  { source: '(function f() { Promise.resolve().then(f); })()', terminate: true, code: 1 },
  { source: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
    terminate: true, code: 1 },
  { source: 'new (require("worker_threads").Worker)("for (;;);", { eval: true })',
    terminate: true, code: 1 },
];

async function live(i) {
  const { source, terminate, code } = lives[i % lives.length];
  const worker = new Worker(source, { eval: true, stdout: true, stderr: true });
  const end = ended(worker);
  if (terminate && i % 2 === 0) worker.terminate();
  else if (terminate) worker.once('online', () => setTimeout(() => worker.terminate(), i % 7));
  assert.strictEqual(await end, code, source);
}

test('a thousand workers leave no thread and no descriptor', async () => {
  await live(1);
  const before = { fds: count('fd'), threads: count('task') };
  const WORKERS = 1000;
  const LANES = 8;
  let next = 0;
  await Promise.all(Array.from({ length: LANES }, async () => {
    while (next < WORKERS) await live(next++);
  }));
  assert.deepStrictEqual({ fds: count('fd'), threads: count('task') }, before);
});

test('the process leaves with live workers, whatever they do', () => {
  const script = `
    const { Worker } = require('worker_threads');
    let online = 0;
    for (const source of ['for (;;);', 'setInterval(() => {}, 1)']) {
      new Worker(source, { eval: true }).on('online', () => { if (++online === 2) process.exit(3); });
    }`;
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', script], { timeout: 20000 });
  assert.deepStrictEqual([status, signal, `${stderr}`], [3, null, '']);
});

test('a range for code that is no whole number of pages', async () => {
  for (const codeRangeSizeMb of [0.1, 70.3, 1e6]) {
    const worker = new Worker('', { eval: true, resourceLimits: { codeRangeSizeMb } });
    assert.strictEqual(worker.resourceLimits.codeRangeSizeMb, codeRangeSizeMb);
    assert.strictEqual(await new Promise((resolve) => worker.on('exit', resolve)), 0);
  }
});

test('a worker that has no memory left hurts nobody else', async () => {
  const greedy = new Worker('const a = []; for (;;) a.push({ a });', {
    eval: true, resourceLimits: { maxOldGenerationSizeMb: 24 },
  });
  const other = new Worker(
    'const { parentPort: p } = require("worker_threads"); p.on("message", (m) => p.postMessage(m))',
    { eval: true });
  const errors = [];
  greedy.on('error', (error) => errors.push(error.code));
  assert.strictEqual(await new Promise((resolve) => greedy.on('exit', resolve)), 1);
  assert.deepStrictEqual(errors, ['ERR_WORKER_OUT_OF_MEMORY']);
  const answer = new Promise((resolve) => other.once('message', resolve));
  other.postMessage('still here');
  assert.strictEqual(await answer, 'still here');
  assert.strictEqual(await other.terminate(), 1);
});

test('messages that nobody reads free what moved into them', async () => {
  const before = count('fd');
  const { port1, port2 } = new MessageChannel();
  const inner = new MessageChannel();
  const handle = await require('fs').promises.open(__filename);
  port1.postMessage([inner.port1, handle], [inner.port1, handle]);
  const closed = new Promise((resolve) => inner.port2.on('close', resolve));
  port2.close();
  await closed;
  assert.strictEqual(count('fd'), before);
});

test('a message keeps its order and its cycles through many hosts', async () => {
  const { port1, port2 } = new MessageChannel();
  const error = new DOMException('of the first', 'AbortError');
  const value = { errors: [error, error, new DOMException('another')] };
  value.self = value;
  const got = new Promise((resolve) => port2.once('message', resolve));
  port1.postMessage(value);
  const copy = await got;
  assert.strictEqual(copy.self, copy);
  assert.strictEqual(copy.errors[0], copy.errors[1]);
  assert.strictEqual(copy.errors[0].name, 'AbortError');
  assert.strictEqual(copy.errors[2].message, 'another');
  assert(copy.errors[2] instanceof DOMException);
  port1.close();
});

test('a listener that throws loses no message', () => {
  // In a process of its own: this one's uncaught exceptions are the test runner's.
  const script = `
    const { port1, port2 } = new MessageChannel();
    const log = [];
    process.on('uncaughtException', (error) => log.push('!' + error));
    port2.on('message', (message) => {
      log.push(message);
      if (message === 9) port1.close(() => console.log(log.join()));
      if (message % 3 === 0) throw message;
    });
    for (let i = 0; i < 10; i++) port1.postMessage(i);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { timeout: 20000 });
  assert.strictEqual(`${stdout}${stderr}`, '0,!0,1,2,3,!3,4,5,6,!6,7,8,9,!9\n');
});

assert.strictEqual(parentPort, null);
assert.strictEqual(workerData, null);
