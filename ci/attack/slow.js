'use strict';

// Slow attacks by slowhttptest (Debian: apt-get install slowhttptest): what each connection costs,
// when the last is gone, and how good clients fare meanwhile.
//   coring slow.js [CONNECTIONS]        needs `ulimit -n` above CONNECTIONS, here and for it
// Ends with 1 if a connection costs more than 16 KiB, or one is left two seconds behind its limit.
// The latencies are printed, not judged: they depend on what else the machine does.

const { spawn } = require('child_process');
const { once } = require('events');
const http = require('http');
const { setTimeout: sleep } = require('timers/promises');
const { Target } = require('./target.js');

const connections = Number(process.argv[2] ?? 5000);
const COST_MAX = 16 << 10;
/**
 * Options of slowhttptest, and when the last connection must be gone: the limit of server.js and
 * two seconds. Somebody who reads slowly, but reads, may stay, as in Node: the attack ends itself.
 */
const ATTACKS = [
  { name: 'slow heads', options: ['-H', '-i', '3'], goneMs: 12_000 },
  { name: 'slow bodies', options: ['-B', '-i', '3'], goneMs: 17_000 },
  {
    name: 'slow readers', target: '/large', goneMs: 70_000,
    options: ['-X', '-w', '1', '-y', '10', '-n', '3', '-z', '1', '-k', '1'],
  },
];
const ATTACK_S = 60;
/** While good clients are watched, in windows: what stalls the whole machine is in few of them. */
const WINDOW_MS = 500;
const WINDOWS_COUNT = 8;
const WATCH_MS = WINDOW_MS * WINDOWS_COUNT;
const GOOD_CLIENTS = 16;
const PAUSE_MS = 4;

/** One request after the other until told to stop: milliseconds, by the window of each start. */
async function goodClient(agent, port, signal, windows) {
  const begin = performance.now();
  while (!signal.aborted) {
    const started = performance.now();
    await new Promise((resolve, reject) => {
      http.get({ agent, port, host: '127.0.0.1', path: '/good' }, (response) => {
        response.resume().on('end', resolve).on('error', reject);
      }).on('error', reject);
    });
    const window = windows[Math.floor((started - begin) / WINDOW_MS)];
    window?.push(performance.now() - started);
    await sleep(PAUSE_MS);
  }
}

const sorted = (numbers) => numbers.sort((one, other) => one - other);

/** The median of all windows' 99th percentiles, in milliseconds. */
async function goodClients(port) {
  const agent = new http.Agent({ keepAlive: true });
  const stop = new AbortController();
  const windows = Array.from({ length: WINDOWS_COUNT }, () => []);
  const clients = Array.from({ length: GOOD_CLIENTS }, () =>
    goodClient(agent, port, stop.signal, windows));
  await Promise.race([sleep(WATCH_MS), ...clients]);
  stop.abort();
  await Promise.all(clients);
  agent.destroy();
  const p99s = windows.map((ms) => sorted(ms)[Math.floor(ms.length * 0.99)]);
  return sorted(p99s)[WINDOWS_COUNT / 2];
}

/** Until at most `most` connections are there; answers how long that took, in milliseconds. */
async function until(server, isReached, msMax) {
  const started = performance.now();
  for (;;) {
    const state = await server.state();
    const ms = performance.now() - started;
    if (isReached(state.connections) || ms > msMax) return { ms, state };
    await sleep(250);
  }
}

async function attack(server, port, { name, options, goneMs, target = '/' }) {
  const before = await server.state();
  const calm = await goodClients(port);
  // Attackers take no processor from a server.
  const child = spawn('nice', [
    '-n', '19', 'slowhttptest', ...options, '-c', String(connections), '-r', '4000',
    '-l', String(ATTACK_S), '-p', '5', '-u', `http://127.0.0.1:${port}${target}`,
  ], { stdio: 'ignore' });
  const ended = once(child, 'close');
  const full = await until(server, (count) => count > connections * 0.95, 20_000);
  const attacked = await goodClients(port);
  const cost = (full.state.resident - before.resident) / full.state.connections;
  const { ms, state } = await until(server, (count) => count === 0, goneMs - WATCH_MS);
  child.kill();
  await ended;
  console.log(`${name}: ${full.state.connections} connections, ${Math.round(cost)} bytes each; ` +
    `the last gone ${((ms + WATCH_MS) / 1000).toFixed(1)} s after all had come; ` +
    `p99 of good clients ${calm.toFixed(2)} ms before, ${attacked.toFixed(2)} ms meanwhile: ` +
    `${(attacked / calm).toFixed(2)} times`);
  if (full.state.connections < connections / 2) throw new Error('too few connections came');
  return cost <= COST_MAX && state.connections === 0;
}

async function main() {
  const server = new Target();
  const port = await server.port();
  await goodClients(port); // Warm.
  await until(server, (count) => count === 0, WATCH_MS);
  let isGood = true;
  for (const one of ATTACKS) isGood = await attack(server, port, one) && isGood;
  console.log('left:', JSON.stringify(await server.state()));
  server.child.stdin.end();
  process.exitCode = isGood ? 0 : 1;
}

main();
