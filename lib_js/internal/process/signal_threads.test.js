'use strict';
// A signal that a program listens to reaches it, whatever threads there are that do not: workers and
// V8's own, made before it began to listen or after.
const assert = require('assert');
const { spawn } = require('child_process');

const LISTEN = "process.on('SIGINT', () => process.exit(7)); console.log('ready');";
const LIVE = 'setInterval(() => {}, 1000);';
const WORKER = `new (require('worker_threads').Worker)(${JSON.stringify(LIVE)}, { eval: true })
  .on('online', () => { NEXT });`;
const PROGRAMS = [
  WORKER.replace('NEXT', LISTEN),
  LISTEN + WORKER.replace('NEXT', ''),
  `require('v8').startCpuProfile(); ${LIVE} ${LISTEN}`,
  // A child of a worker is not deaf.
  `new (require('worker_threads').Worker)(${JSON.stringify(
    `require('child_process').spawn('sleep', ['60'])
      .on('spawn', function() { this.kill('SIGINT'); })
      .on('exit', (code, signal) => process.exit(signal === 'SIGINT' ? 7 : 1));`)}, { eval: true })
    .on('exit', (code) => process.exit(code));
  console.log('silent');`,
];

for (const source of PROGRAMS) {
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  let seen = '';
  child.stdout.on('data', (text) => {
    seen += text;
    if (/ready\n$/.test(seen)) child.kill('SIGINT');
  });
  child.on('exit', (code, signal) => assert.deepStrictEqual([code, signal], [7, null], source));
}
