// Pools of threads and of processes: piscina, workerpool, jest-worker.
// packages: piscina workerpool jest-worker
'use strict';

const path = require('node:path');
const { Worker } = require('jest-worker');
const { Piscina } = require('piscina');
const workerpool = require('workerpool');
const { project } = require('./lib/run.js');

const filename = path.join(
  project({
    'work.js': `module.exports = async ({ number, bad, wait }) => {
  if (bad) throw new TypeError('bad work');
  if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
  return number * 2;
};
module.exports.add = (one, other) => one + other;
module.exports.bytes = () => Buffer.alloc(5, 'x');
`,
  }),
  'work.js',
);

async function main() {
  const piscina = new Piscina({ filename, maxThreads: 2, idleTimeout: 1000 });
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  console.log(await Promise.all(numbers.map((number) => piscina.run({ number }))));
  await piscina.run({ bad: true }).catch((error) => console.log(error.name, error.message));
  console.log(await piscina.run([1, 2], { name: 'add' }).catch((error) => error.message));
  const slow = [1, 2, 3].map((number) => piscina.run({ number, wait: 30000 }));
  const ended = Promise.allSettled(slow);
  await piscina.destroy();
  console.log((await ended).map(({ status }) => status));

  for (const workerType of ['thread', 'process']) {
    const pool = workerpool.pool({ workerType, maxWorkers: 2 });
    console.log(await pool.exec((one, other) => one * other, [6, 7]));
    await pool
      .exec(() => {
        throw new RangeError('thrown there');
      })
      .catch((error) => console.log(error.name, error.message));
    const endless = pool.exec(() => {
      for (;;);
    });
    await endless.timeout(500).catch((error) => console.log(error.name));
    console.log(await pool.exec(() => typeof process.version), pool.stats().busyWorkers);
    await pool.terminate();
  }

  for (const enableWorkerThreads of [true, false]) {
    const exposedMethods = ['add', 'bytes', 'default'];
    const worker = new Worker(filename, { numWorkers: 2, enableWorkerThreads, exposedMethods });
    console.log(await Promise.all([worker.add(1, 2), worker.add('a', 'b')]));
    console.log(Buffer.from(await worker.bytes()).toString());
    console.log((await worker.end()).forceExited);
  }
}

main();
