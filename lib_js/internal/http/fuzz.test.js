'use strict';

// Aim: no bytes make the server crash, hang, or keep a connection. Method: 20 000 messages, each a
// good request (or two) with random damage, cut into random pieces, over many connections at once
// against one live server of each lane; a good request must be answered before, during and after.
// The seed is printed; `coring fuzz.test.js '' SEED` replays it.

const assert = require('assert');
const net = require('net');
const { next, print } = require('../../fixtures/rows.test.cjs');
const { exchange, laneRow, parse, withServer } = require('./fixtures/wire.test.cjs');

const MESSAGES = 10_000; // For each lane.
const PARALLEL = 32;
const SEED = Number(process.argv[3]) || (Date.now() & 0x7fffffff);

/** xorshift32. */
function randomFrom(seed) {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const H = 'Host: x\r\n';
const TE = 'Transfer-Encoding: chunked\r\n';
const GOOD = [
  `GET / HTTP/1.1\r\n${H}\r\n`,
  `GET /a?b=c#d HTTP/1.1\r\n${H}Accept: */*\r\nCookie: a=b\r\nConnection: keep-alive\r\n\r\n`,
  `HEAD /h HTTP/1.1\r\n${H}\r\n`,
  `POST /p HTTP/1.1\r\n${H}Content-Length: 11\r\n\r\nhello world`,
  `POST /c HTTP/1.1\r\n${H}${TE}\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n`,
  `PUT /t HTTP/1.1\r\n${H}${TE}Trailer: X\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n`,
  `POST /e HTTP/1.1\r\n${H}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok`,
  `GET /old HTTP/1.0\r\n\r\n`,
  `GET /up HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: x\r\n\r\nraw`,
  `CONNECT a:1 HTTP/1.1\r\n${H}\r\nraw`,
  `OPTIONS * HTTP/1.1\r\n${H}Connection: close\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
];
const TOKENS = [
  '\r\n', '\n', '\r', '\0', ' ', '\t', ':', ';', ',', '"', '\xff', '\x80', '\x7f', 'HTTP/1.1',
  'Content-Length: 5\r\n', 'Content-Length: 99999999999999999999\r\n', 'Content-Length: -1\r\n',
  'Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: gzip\r\n', 'Connection: close\r\n',
  'Connection: upgrade\r\nUpgrade: h2c\r\n', 'Expect: 100-continue\r\n', 'Expect: x\r\n',
  'ffffffff\r\n', 'fffffffffffffffff\r\n', '0\r\n\r\n', '5\r\n', 'A: '.repeat(50),
  `X: ${'y'.repeat(3000)}\r\n`, 'z'.repeat(17_000), '\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n',
];

function mutate(text, random) {
  for (let changes = random(4); changes > 0; changes--) {
    const at = random(text.length + 1);
    switch (random(6)) {
      case 0: // Another byte.
        text = text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
        break;
      case 1: // A piece is lost.
        text = text.slice(0, at) + text.slice(at + 1 + random(8));
        break;
      case 2: // A piece comes twice.
        text = text.slice(0, at) + text.slice(Math.max(0, at - random(40)));
        break;
      case 3: // The end is lost.
        text = text.slice(0, at);
        break;
      default: // A piece too many.
        text = text.slice(0, at) + TOKENS[random(TOKENS.length)] + text.slice(at);
    }
  }
  return text;
}

/** One connection: sends its text in pieces, ends it as the dice say. */
function attack(port, random) {
  return new Promise((resolve) => {
    let text = mutate(GOOD[random(GOOD.length)], random);
    if (random(3) === 0) text += mutate(GOOD[random(GOOD.length)], random);
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
  const text = `POST /well HTTP/1.1\r\n${H}Connection: close\r\nContent-Length: 2\r\n\r\nab`;
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
