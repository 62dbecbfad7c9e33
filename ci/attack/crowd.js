'use strict';

// Many connections at once, most of them silent: all are held, all are answered in the end.
//   coring crowd.js [SILENT [ACTIVE]]       17 000 and 2 000; needs `ulimit -n` above their sum
// Ends with 1 if a connection is lost or costs more than 16 KiB.

const net = require('net');
const { Target } = require('./target.js');

const silentCount = Number(process.argv[2] ?? 17_000);
const activeCount = Number(process.argv[3] ?? 2000);
const COST_MAX = 16 << 10;
const ACTIVE_MS = 10_000;
/** Connections that are made at a time: a listen queue is no part of this. */
const OPENING = 500;
const REQUEST = 'GET /crowd HTTP/1.1\r\nHost: a\r\n\r\n';

let lost = 0;

function open(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
    socket.on('close', () => lost++);
  });
}

async function openMany(port, count) {
  const sockets = [];
  while (sockets.length < count) {
    const next = Math.min(OPENING, count - sockets.length);
    sockets.push(...await Promise.all(Array.from({ length: next }, () => open(port))));
  }
  return sockets;
}

/** Resolves when the answer is there; false if the connection went away instead. */
function ask(socket) {
  return new Promise((resolve) => {
    const done = (isAnswered) => {
      socket.off('data', onData).off('close', onClose);
      resolve(isAnswered);
    };
    const onData = (bytes) => {
      if (bytes.includes('/crowd')) done(true);
    };
    const onClose = () => done(false);
    socket.on('data', onData).on('close', onClose);
    socket.write(REQUEST);
  });
}

async function main() {
  const server = new Target({ CORING_ATTACK_PATIENT: '1' });
  const port = await server.port();
  const before = await server.state();
  const silent = await openMany(port, silentCount);
  const held = await server.state();
  const active = await openMany(port, activeCount);
  const until = performance.now() + ACTIVE_MS;
  let answered = 0;
  await Promise.all(active.map(async (socket) => {
    while (performance.now() < until && await ask(socket)) answered++;
  }));
  const full = await server.state();
  const last = await Promise.all(silent.map(ask));
  const silentAnswered = last.filter(Boolean).length;
  const cost = (held.resident - before.resident) / silentCount;
  console.log(`${full.connections} connections held, ${Math.round(cost)} bytes a silent one; ` +
    `${answered} answers to ${activeCount} active ones in ${ACTIVE_MS / 1000} s; ` +
    `then ${silentAnswered} of ${silentCount} silent ones answered; ${lost} lost`);
  process.exitCode = lost === 0 && silentAnswered === silentCount && cost <= COST_MAX &&
    full.connections === silentCount + activeCount ? 0 : 1;
  server.child.kill();
  process.exit();
}

main();
