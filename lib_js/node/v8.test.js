'use strict';
// How large a heap may grow: half of the memory that this process may use, 4 GiB at most, as in Node.

const { test } = require('node:test');
const assert = require('node:assert');
const { totalmem } = require('node:os');
const v8 = require('node:v8');
const { Worker } = require('node:worker_threads');

const MEGABYTE = 2 ** 20;
const PAGE_BYTES = 256 << 10;

const oldBytes = Math.min(
  4096 * MEGABYTE, Math.min(totalmem(), process.constrainedMemory() || Infinity) / 2);

test('the heap of the main thread', () => {
  const { heap_size_limit: limit } = v8.getHeapStatistics();
  assert.ok(limit > oldBytes && limit < oldBytes + 256 * MEGABYTE, `${limit} for ${oldBytes}`);
});

test('the heap of a worker, and what it was asked for', async () => {
  const code = 'const w = require("worker_threads"); w.parentPort.postMessage(w.resourceLimits)';
  for (const resourceLimits of [{}, { maxYoungGenerationSizeMb: 24 }]) {
    const worker = new Worker(code, { eval: true, resourceLimits });
    const limits = await new Promise((resolve) => worker.once('message', resolve));
    assert.deepStrictEqual(worker.resourceLimits, limits);
    assert.ok(Math.abs(limits.maxOldGenerationSizeMb * MEGABYTE - oldBytes) <= PAGE_BYTES);
    assert.strictEqual(limits.maxYoungGenerationSizeMb,
                       resourceLimits.maxYoungGenerationSizeMb ?? limits.maxYoungGenerationSizeMb);
    await new Promise((resolve) => worker.once('exit', resolve));
  }
});

test('what is available is not more than what is allowed', () => {
  assert.ok(process.availableMemory() <= (process.constrainedMemory() || totalmem()));
});
