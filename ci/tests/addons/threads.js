'use strict';

// argv: the addon, and what to do.
const assert = require('node:assert');
const { Worker, parentPort, workerData } = require('node:worker_threads');

const file = workerData?.file ?? process.argv[2];
const what = workerData?.what ?? process.argv[3];
const addon = require(file);

function inWorker(own, then) {
  const worker = new Worker(__filename, { workerData: { file, what: own } });
  worker.once('message', () => then(worker));
  worker.once('exit', () => console.log('ended'));
}

const actions = {
  works() {
    let done = 0;
    for (let i = 0; i < 3; i++) {
      assert.strictEqual(addon.work((status) => {
        assert.strictEqual(status, 0);
        process.nextTick(() => console.log('tick', ++done));
        if (i === 1) throw new Error('of a callback');
      }), 0);
    }
    process.on('uncaughtException', (error) => assert.strictEqual(error.message, 'of a callback'));
  },
  calls() {
    let next = 0;
    addon.callOften((number) => {
      assert.strictEqual(number, next++);
      Promise.resolve(next).then((seen) => assert.strictEqual(seen, next));
    });
    process.on('exit', () => console.log('calls', next));
  },
  terminated() {
    inWorker('queue', (worker) => worker.terminate());
  },
  queue() {
    for (let i = 0; i < 8; i++) addon.work(() => console.log('never'));
    parentPort.postMessage('queued');
    for (;;);
  },
  closing() {
    inWorker('call', (worker) => worker.terminate());
  },
  call() {
    let told = false;
    addon.callUntilClosing(() => {
      if (!told) parentPort.postMessage('called');
      told = true;
    });
  },
};
actions[what]();
