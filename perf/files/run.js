'use strict';

// One measurement: does one of shapes.js for a while and prints, as JSON, how many operations that
// were, how long they took, and the processor time of all threads of this process meanwhile.
//
//   run.js SHAPE FOLDER SECONDS WARM_UP_SECONDS

const { performance } = require('node:perf_hooks');
const shapes = require('./shapes.js');

const [name, folder, seconds, warmUp] = process.argv.slice(2);

/** Keeps `concurrency` operations going until the time is over; how many were done. */
async function keepGoing(shape, state, ms) {
  const end = performance.now() + ms;
  let done = 0;
  async function line() {
    do {
      await shape.operation(state, done++);
    } while (performance.now() < end);
  }
  await Promise.all(Array.from({ length: shape.concurrency }, line));
  return done;
}

async function main() {
  const shape = shapes[name];
  const state = await shape.prepare(folder);
  if (!shape.once) await keepGoing(shape, state, Number(warmUp) * 1000);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const operations = shape.once ?
    await shape.operation(state, 0) : await keepGoing(shape, state, Number(seconds) * 1000);
  const wallUs = (performance.now() - start) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  await shape.check(state);
  console.log(JSON.stringify({ operations, wallUs, userUs: user, systemUs: system }));
}

main();
