'use strict';

// A file system that never answers keeps no local file waiting: 64 stats and 64 reads are in flight
// there while local files are read and asked for. Prints what was measured as JSON.
//
//   stuck.js FOLDER STUCK_FOLDER MILLISECONDS

const fs = require('node:fs');
const { readFile, stat, writeFile } = require('node:fs/promises');
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const [folder, stuck, ms] = process.argv.slice(2);
const COUNT = 64;
const file = path.join(folder, 'file');
fs.writeFileSync(file, Buffer.alloc(4096, 7));

let answers = 0;
const answered = () => answers++;
for (let index = 0; index < COUNT; index++) {
  fs.stat(path.join(stuck, `a-${index}`), answered);
  fs.readFile(path.join(stuck, `b-${index}`), answered);
}

const times = [];

async function main() {
  const end = performance.now() + Number(ms);
  while (performance.now() < end) {
    const start = performance.now();
    if ((await readFile(file)).length !== 4096) throw new Error('a wrong file');
    if ((await stat(file)).size !== 4096) throw new Error('wrong facts');
    await writeFile(path.join(folder, 'written'), 'text');
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  times.sort((one, other) => one - other);
  fs.writeSync(1, JSON.stringify({
    rounds: times.length, p99Ms: times[Math.floor(times.length * 0.99)], answers,
  }));
  // What waits there cannot be called off.
  process.kill(process.pid, 'SIGKILL');
}

setTimeout(main, 200);
