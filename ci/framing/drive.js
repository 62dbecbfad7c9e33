'use strict';

// Sends the same damaged streams to Node, to coring, and to coring without its fast lane (all run
// server.js), and compares what they read.
//   coring drive.js NODE [COUNT [SEED]]
// Prints each kind of difference once, with the shortest stream that shows it, and ends with 1 if
// there is any. CORING_FRAMING_VERBOSE=1 prints all that was read as well.

const { spawn } = require('child_process');
const { once } = require('events');
const path = require('path');
const net = require('net');
const { isDeepStrictEqual } = require('util');
const {
  damagedStream,
  randomFrom,
} = require('../../lib_js/internal/http/fixtures/streams.test.cjs');

const PARALLEL = 64;
/** A server that says nothing for so long has lost the connection. */
const SILENCE_MS = 20_000;

/** A server, and the questions about connections of it that are not answered yet. */
class Peer {
  constructor(name, program, environment) {
    this.name = name;
    this.waiting = [];
    this.child = spawn(program, [path.join(__dirname, 'server.js')], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  async start() {
    const [line] = await once(this.child.stdout.setEncoding('latin1'), 'data');
    const [port, memoryPort] = line.split(':').map(Number);
    this.port = port;
    this.memory = net.connect(memoryPort, '127.0.0.1').setEncoding('latin1');
    let text = '';
    this.memory.on('data', (piece) => {
      const lines = (text + piece).split('\n');
      text = lines.pop();
      for (const answer of lines) this.waiting.shift()(answer);
    });
  }

  stop() {
    this.memory.destroy();
    this.child.kill();
  }

  /** What the server read of a stream, as text. */
  async read(bytes) {
    const { clientPort, silent } = await send(this.port, bytes);
    const { promise, resolve } = Promise.withResolvers();
    this.waiting.push(resolve);
    this.memory.write(`${clientPort}\n`);
    return silent ? `silent after ${await promise}` : promise;
  }
}

/** Resolves when the server has closed the connection. */
function send(port, bytes) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let clientPort;
    let silent = false;
    socket.on('connect', () => {
      clientPort = socket.localPort;
    });
    socket.setTimeout(SILENCE_MS, () => {
      silent = true;
      socket.destroy();
    });
    socket.on('error', () => {}); // A reset: how the connection ended is not compared.
    socket.on('close', () => resolve({ clientPort, silent }));
    socket.resume().end(bytes);
  });
}

/** The same requests; bodies count where both servers have come to their end. */
function isSame(right, other) {
  if (right === other) return true;
  if (right.startsWith('silent') || other.startsWith('silent')) return false;
  const rights = JSON.parse(right);
  const others = JSON.parse(other);
  return rights.length === others.length && rights.every((one, i) => {
    const both = one.body !== undefined && others[i].body !== undefined;
    const [mine, theirs] = both ? [one, others[i]] : [one, others[i]].map(withoutBody);
    return isDeepStrictEqual(mine, theirs);
  });
}

function withoutBody({ body, rawTrailers, ...rest }) {
  return rest;
}

/**
 * The known difference: behind a request that it has refused (no Host) coring's fast lane reads
 * nothing; Node still hands the connection out if a CONNECT or an upgrade follows.
 */
function isRefusedEarlier(right, other) {
  if (right.startsWith('silent') || other.startsWith('silent')) return false;
  const rights = JSON.parse(right);
  const others = JSON.parse(other);
  return others.length === rights.length - 1 && rights.at(-1).kind !== 'request' &&
    isDeepStrictEqual(rights.slice(0, -1).map(withoutBody), others.map(withoutBody));
}

/** Requests in a row, a few letters each: to sort differences by. */
function outline(text) {
  if (text.startsWith('silent')) return 'silent';
  const requests = JSON.parse(text).map(({ kind, method, httpVersion, complete }) =>
    `${kind} ${method} ${httpVersion}${complete ? '' : ' cut'}`);
  return requests.join(', ') || 'nothing';
}

const [node, count = '100000', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
const peers = [
  new Peer('node', node),
  new Peer('fast', process.execPath),
  new Peer('slow', process.execPath, { CORING_HTTP_LANE: 'slow' }),
];
const differences = new Map();
let requestsCount = 0;
let refusedEarlier = 0;

async function compare(bytes) {
  const [right, ...others] = await Promise.all(peers.map((peer) => peer.read(bytes)));
  if (right !== '[]') requestsCount++;
  for (const [i, other] of others.entries()) {
    if (isSame(right, other)) continue;
    if (isRefusedEarlier(right, other)) {
      refusedEarlier++;
      continue;
    }
    const key = `${peers[i + 1].name}: ${outline(other)}\n   ${peers[0].name}: ${outline(right)}`;
    const known = differences.get(key);
    const times = (known?.times ?? 0) + 1;
    const shortest = known !== undefined && known.bytes.length <= bytes.length;
    differences.set(key, shortest ? { ...known, times } : { times, bytes, other, right });
  }
}

async function main() {
  for (const peer of peers) await peer.start();
  const random = randomFrom(Number(seed));
  let left = Number(count);
  const worker = async () => {
    while (left > 0) {
      left--;
      if (left % 10_000 === 0) console.error(`${left} left, ${differences.size} differences`);
      await compare(Buffer.from(damagedStream(random), 'latin1'));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  for (const peer of peers) peer.stop();
  const found = [...differences].sort(([, one], [, other]) => other.times - one.times);
  for (const [key, { times, bytes, other, right }] of found) {
    console.log(`${times} x ${key}\n   of ${JSON.stringify(bytes.toString('latin1'))}`);
    if (process.env.CORING_FRAMING_VERBOSE) console.log(`   ${other}\n   ${right}`);
  }
  console.log(`seed ${seed}: ${count} streams, ${requestsCount} with a request in them, ` +
    `${refusedEarlier} refused earlier than by Node, ` +
    `${found.length} kinds of difference`);
  process.exitCode = found.length > 0 || requestsCount === 0 ? 1 : 0;
}

main();
