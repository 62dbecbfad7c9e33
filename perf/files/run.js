'use strict';

// One measurement: does one of a shapes.js for a while and prints, as JSON, how many operations
// that were, how long they took, and the processor time of all threads of this process meanwhile.
//
//   run.js SHAPES_JS SHAPE PLACE SECONDS WARM_UP_SECONDS

const { performance } = require('node:perf_hooks');

const [file, name, place, seconds, warmUp] = process.argv.slice(2);
const shapes = require(file);

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
  const state = await shape.prepare(place);
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

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
