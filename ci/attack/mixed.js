'use strict';

// Very many requests, of which a tenth come from clients that abort, pipeline or trickle: none may
// be lost, answered twice, or answered with the answer of another.
//   coring mixed.js [REQUESTS]      (10 million; about a minute for each million)
// Ends with 1 if one was, or if the server keeps connections or descriptors afterwards.

const { once } = require('events');
const net = require('net');
const { setTimeout: sleep } = require('timers/promises');
const { Target } = require('./target.js');

const total = Number(process.argv[2] ?? 10_000_000);
const CLIENTS = 64;
/** Requests of one connection. */
const BATCH = 1000;
const PIPELINED = 16;
/** No answer for so long: lost. */
const SILENCE_MS = 30_000;

const counts = { answered: 0, aborted: 0, lost: 0, wrong: 0 };
let started = 0;

/** Reads responses of one connection in order, and says what each body was. */
class Client {
  constructor(port) {
    this.socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    this.expected = [];
    this.text = '';
    this.wake = null;
    this.isAborted = false;
    this.socket.setNoDelay(true);
    this.socket.setTimeout(SILENCE_MS, () => this.socket.destroy());
    this.socket.on('data', (piece) => this.data(piece));
    this.socket.on('error', () => {});
    this.socket.on('close', () => this.closed());
  }

  request(pieces = 1) {
    const target = `/${started++}`;
    this.expected.push(target);
    const text = `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
    if (pieces === 1) return text;
    const half = 1 + (started % (text.length - 1));
    return [text.slice(0, half), text.slice(half)];
  }

  data(piece) {
    this.text += piece;
    for (;;) {
      const head = this.text.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/\r\nContent-Length: (\d+)/.exec(this.text)[1]);
      const end = head + 4 + length;
      if (this.text.length < end) return;
      const body = this.text.slice(head + 4, end);
      this.text = this.text.slice(end);
      if (this.expected.shift() === body) counts.answered++;
      else counts.wrong++;
      if (this.expected.length === 0) this.wake?.();
    }
  }

  closed() {
    counts[this.isAborted ? 'aborted' : 'lost'] += this.expected.length;
    this.expected = [];
    this.wake?.();
  }

  /** All that was asked for is answered, or the connection is gone. */
  answered() {
    if (this.expected.length === 0) return undefined;
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

/** One connection: most of its requests one by one, every tenth in one of the bad manners. */
async function connection(port) {
  const client = new Client(port);
  for (let i = 0; i < BATCH && started < total && !client.socket.destroyed; i++) {
    if (i % 10 !== 9) {
      client.socket.write(client.request());
    } else if (i % 30 === 9) {
      client.socket.write(Array.from({ length: PIPELINED }, () => client.request()).join(''));
    } else if (i % 30 === 19) {
      const [first, second] = client.request(2);
      client.socket.write(first);
      await new Promise(setImmediate);
      client.socket.write(second);
    } else if (i % 300 === 299) {
      client.isAborted = true;
      client.socket.write(client.request());
      if (i % 600 === 599) await new Promise(setImmediate);
      client.socket.resetAndDestroy();
      break;
    }
    await client.answered();
  }
  client.socket.end();
  await once(client.socket, 'close').catch(() => {});
}

async function main() {
  const server = new Target();
  const port = await server.port();
  const before = await server.state();
  const progress = setInterval(() => {
    process.stderr.write(`${started} of ${total}\n`);
  }, 30_000);
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (started < total) await connection(port);
  }));
  clearInterval(progress);
  await sleep(1000);
  const after = await server.state();
  server.child.stdin.end();
  console.log(`${started} requests: ${JSON.stringify(counts)}`);
  console.log(`server before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
  const isGood = counts.lost === 0 && counts.wrong === 0 && counts.answered > 0 &&
    counts.aborted > 0 && after.connections === 0 && after.descriptors === before.descriptors;
  process.exitCode = isGood ? 0 : 1;
}

main();
