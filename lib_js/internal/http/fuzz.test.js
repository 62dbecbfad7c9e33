'use strict';

// Aim: no bytes make the server crash, hang, or keep a connection. Method: 20 000 messages, each a
// good request (or two) with random damage, cut into random pieces, over many connections at once
// against one live server of each lane; a good request must be answered before, during and after.
// The seed is printed; `coring fuzz.test.js '' SEED` replays it.

const assert = require('assert');
const net = require('net');
const { next, print } = require('../../fixtures/rows.test.cjs');
const { damagedStream, randomFrom } = require('./fixtures/streams.test.cjs');
const { exchange, laneRow, parse, withServer } = require('./fixtures/wire.test.cjs');

const MESSAGES = 10_000; // For each lane.
const PARALLEL = 32;
const SEED = Number(process.argv[3]) || (Date.now() & 0x7fffffff);

/** One connection: sends its text in pieces, ends it as the dice say. */
function attack(port, random) {
  return new Promise((resolve) => {
    const text = damagedStream(random);
    const pieces = [];
    for (let at = 0; at < text.length;) {
      const bytes = random(4) === 0 ? 1 + random(20) : text.length;
      pieces.push(text.slice(at, at + bytes));
      at += bytes;
      if (pieces.length > 20) {
        pieces.push(text.slice(at));
        break;
      }
    }
    const ending = random(4);
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', resolve);
    socket.resume();
    const step = () => {
      if (socket.destroyed) return;
      if (pieces.length > 0) {
        socket.write(pieces.shift(), 'latin1');
        setImmediate(step);
      } else if (ending === 0) {
        socket.destroy();
      } else if (ending === 1) {
        socket.resetAndDestroy();
      } else {
        socket.end();
      }
    };
    socket.on('connect', step);
  });
}

function handler(req, res) {
  req.on('error', () => {});
  res.on('error', () => {});
  if (req.url.length % 3 === 0) {
    req.pipe(res);
  } else if (req.url.length % 3 === 1) {
    res.end(`${Object.keys(req.headers).length} ${req.url}`);
  } else {
    req.resume().on('end', () => res.end('.'));
  }
}

async function isWell(port) {
  const text = `POST /well HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab`;
  return parse(await exchange(port, text)).status === 200;
}

laneRow(`${MESSAGES} damaged messages`, async (lane) => {
  print(`${lane} lane, seed ${SEED}`);
  const random = randomFrom(SEED);
  // Whoever waits for the rest of a message is let go by these, not by the test.
  const options = {
    headersTimeout: 300, requestTimeout: 300, keepAliveTimeout: 100, keepAliveTimeoutBuffer: 0,
    connectionsCheckingInterval: 50,
  };
  await withServer(options, handler, async (port, server) => {
    server.on('upgrade', (req, socket) => socket.on('error', () => {}).resume().end('up'));
    server.on('connect', (req, socket) => socket.on('error', () => {}).resume().end('tunnel'));
    assert.ok(await isWell(port));
    let left = MESSAGES;
    const worker = async () => {
      while (left-- > 0) {
        await attack(port, random);
        if (left % 1000 === 0) assert.ok(await isWell(port));
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    assert.ok(await isWell(port));
    const closed = next(server, 'close');
    server.close();
    await closed; // That is: with no connection left, without our force.
    assert.strictEqual(server._connections, 0);
  });
}, 28_000);
