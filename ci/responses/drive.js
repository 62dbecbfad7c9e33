'use strict';

// Runs calls.js on Node, on coring, and on coring without its fast lane, and compares what it says.
//   coring drive.js NODE [COUNT [SEED]]
// Prints the sequences that differ, and ends with 1 if there are any.

const { spawn } = require('child_process');
const { createInterface } = require('readline');
const { once } = require('events');
const path = require('path');
const { inspect } = require('util');

const [node, count = '1000', seed = '1'] = process.argv.slice(2);
const SHOWN_MAX = 10;

const PEERS = [
  { name: 'node', program: node },
  { name: 'coring', program: process.execPath },
  { name: 'slow lane', program: process.execPath, environment: { CORING_HTTP_LANE: 'slow' } },
];

/** What the sequences gave: lines of calls.js by index. */
async function run({ name, program, environment }) {
  const child = spawn(program, [path.join(__dirname, 'calls.js'), count, seed], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const results = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const result = JSON.parse(line);
    results[result.index] = result;
  }
  const [code, signal] = await ended;
  if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}`);
  return results;
}

async function twice(peer) {
  process.stderr.write(`${peer.name} ...\n`);
  return [await run(peer), await run(peer)];
}

async function main() {
  const [reference, ...others] = PEERS;
  const expected = await twice(reference);
  let differences = 0;
  for (const peer of others) {
    const given = await twice(peer);
    for (let index = 0; index < Number(count); index++) {
      const rows = (runs) => runs.map((results) => JSON.stringify(results[index]));
      const right = rows(expected);
      if (rows(given).some((row) => right.includes(row))) continue;
      differences++;
      if (differences > SHOWN_MAX) continue;
      const show = (results) => inspect(results[index], { maxStringLength: 400, breakLength: 100 });
      console.log(`${reference.name}: ${show(expected[0])}`);
      console.log(`${peer.name}: ${show(given[0])}\n`);
    }
  }
  console.log(`${count} sequences, seed ${seed}: ${differences} differ`);
  process.exitCode = differences === 0 ? 0 : 1;
}

main();
