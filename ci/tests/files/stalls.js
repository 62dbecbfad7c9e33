'use strict';

// Nothing that never answers keeps anybody else waiting: 64 questions to a silent name server, 64
// reads and 64 opens of a fifo that nobody writes to, while another file is read and a timer runs.
// Prints what was measured, and the threads of this process, as JSON.
//
//   stalls.js FOLDER PORT MILLISECONDS

const { execFileSync } = require('node:child_process');
const dns = require('node:dns');
const fs = require('node:fs');
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const [folder, port, ms] = process.argv.slice(2);
const COUNT = 64;
const TIMER_MS = 10;

const file = path.join(folder, 'file');
const fifo = path.join(folder, 'fifo');
fs.writeFileSync(file, Buffer.alloc(4096, 7));
execFileSync('mkfifo', [fifo]);

let answers = 0;
const answered = () => answers++;

const resolver = new dns.Resolver({ timeout: 120_000, tries: 1 });
resolver.setServers([`127.0.0.1:${port}`]);
for (let index = 0; index < COUNT; index++) {
  resolver.resolve4(`host-${index}.example`, answered);
  // A reader and writer of its own: the open does not wait, the read does.
  fs.read(fs.openSync(fifo, 'r+'), Buffer.alloc(64), 0, 64, null, answered);
}
// These wait in open itself; as long as nobody reads, so would a writer.
const lonely = path.join(folder, 'lonely');
execFileSync('mkfifo', [lonely]);
for (let index = 0; index < COUNT; index++) fs.open(lonely, 'r', answered);

const reads = [];
const drifts = [];

function percentile(values, part) {
  const sorted = values.slice().sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

let due = performance.now() + TIMER_MS;
const timer = setInterval(() => {
  const now = performance.now();
  drifts.push(Math.max(0, now - due));
  due = now + TIMER_MS;
}, TIMER_MS);

function threads() {
  return fs.readdirSync('/proc/self/task').map((task) =>
    fs.readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim());
}

async function main() {
  const end = performance.now() + Number(ms);
  while (performance.now() < end) {
    const start = performance.now();
    const bytes = await fs.promises.readFile(file);
    reads.push(performance.now() - start);
    if (bytes.length !== 4096) throw new Error('a wrong file');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  clearInterval(timer);
  console.log(JSON.stringify({
    reads: reads.length,
    readP50Ms: percentile(reads, 0.5),
    readP99Ms: percentile(reads, 0.99),
    readMaxMs: percentile(reads, 1),
    driftP99Ms: percentile(drifts, 0.99),
    driftMaxMs: percentile(drifts, 1),
    answers,
    threads: threads(),
  }));
  process.exit();
}

// Not before all of it is in flight.
setTimeout(main, 200);
