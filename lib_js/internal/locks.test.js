'use strict';

// Aim: locks between threads, and the end of a thread that has one. Method: rows, which Node 24
// passes too, but for the second: there such a lock is lost.

const assert = require('assert');
const { once } = require('events');
const { Worker } = require('worker_threads');
const { row } = require('../fixtures/rows.test.cjs');

const holder = `
  const { parentPort } = require('worker_threads');
  navigator.locks.request('shared by threads', () => {
    parentPort.postMessage('has it');
    return new Promise((resolve) => parentPort.once('message', resolve));
  });
  setInterval(() => {}, 1000);
`;

async function startHolder() {
  const worker = new Worker(holder, { eval: true });
  await once(worker, 'message');
  return worker;
}

row('a lock of another thread is waited for', async () => {
  const worker = await startHolder();
  const { locks } = navigator;
  const isNull = await locks.request('shared by threads', { ifAvailable: true }, (lock) => lock);
  assert.strictEqual(isNull, null);
  let isGranted = false;
  const request = locks.request('shared by threads', () => { isGranted = true; });
  await new Promise(setImmediate);
  assert.strictEqual(isGranted, false);
  worker.postMessage('let go');
  await request;
  assert.strictEqual(isGranted, true);
  await worker.terminate();
});

row('a thread that ends gives its locks back', async () => {
  const worker = await startHolder();
  const request = navigator.locks.request('shared by threads', (lock) => lock.mode);
  await worker.terminate();
  assert.strictEqual(await request, 'exclusive');
});

row('names are told apart by their halves of characters too', async () => {
  const first = navigator.locks.request('\ud800', () => new Promise(setImmediate));
  const name = await navigator.locks.request('\ud801', { ifAvailable: true }, (lock) => lock?.name);
  assert.strictEqual(name, '\ud801');
  await first;
});
