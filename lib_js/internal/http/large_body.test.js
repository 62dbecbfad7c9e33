'use strict';

// Aim: large bodies, which the kernel reads from JavaScript's own memory, arrive whole and in
// order, whatever becomes of their buffers meanwhile. Method: clients that read late, so that most
// of each body waits; buffers that are dropped, handed on, or may be resized.

const assert = require('assert');
const fs = require('fs');
const http = require('http');
const net = require('net');
const { tmpdir } = require('os');
const { next } = require('../../fixtures/rows.test.cjs');
const { laneRow, withServer } = require('./fixtures/wire.test.cjs');

const MIB = 1 << 20;

function pattern(bytes, seed, buffer = Buffer.alloc(bytes)) {
  for (let i = 0; i < bytes; i++) buffer[i] = (i * 31 + seed + (i >>> 8)) & 0xff;
  return buffer;
}

/** Asks, waits, then reads: the body. */
function fetchLate(port, path) {
  return new Promise((resolve, reject) => {
    http.get({ port, path, agent: false }, async (res) => {
      await new Promise((ready) => setTimeout(ready, 30));
      const chunks = [];
      res.on('data', (chunk) => chunks.push(chunk));
      res.on('end', () => resolve(Buffer.concat(chunks)));
      res.on('error', reject);
    }).on('error', reject);
  });
}

const bodies = {
  '/end'(res) {
    res.end(pattern(8 * MIB, 1));
    return pattern(8 * MIB, 1);
  },
  '/mixed'(res) {
    const parts = [];
    for (let i = 0; i < 24; i++) parts.push(pattern(i % 3 === 0 ? 700_000 + i : 10 + i, i));
    for (const part of parts) res.write(part);
    res.end('end');
    return Buffer.concat([...parts, Buffer.from('end')]);
  },
  '/views'(res) {
    const whole = pattern(4 * MIB, 5);
    res.setHeader('Content-Length', 2 * MIB);
    res.write(whole.subarray(MIB, 2 * MIB));
    res.end(whole.subarray(3 * MIB));
    return Buffer.concat([whole.subarray(MIB, 2 * MIB), whole.subarray(3 * MIB)]);
  },
  '/transferred'(res) {
    const body = new Uint8Array(8 * MIB);
    pattern(8 * MIB, 7, body);
    res.end(body);
    structuredClone(body, { transfer: [body.buffer] });
    return pattern(8 * MIB, 7);
  },
  '/resized'(res) {
    const body = new Uint8Array(new ArrayBuffer(8 * MIB, { maxByteLength: 8 * MIB }));
    pattern(8 * MIB, 9, body);
    res.end(body);
    body.buffer.resize(1);
    return pattern(8 * MIB, 9);
  },
  '/text'(res) {
    const text = 'aé€'.repeat(MIB);
    res.end(text);
    return Buffer.from(text);
  },
};

/** Writes one buffer again and again, each time when its write is done. */
function writeAgain(res) {
  const buffer = Buffer.alloc(200_000);
  let nth = 0;
  const next = () => {
    if (nth === 20) {
      res.end();
      return;
    }
    res.write(buffer.fill(nth++), next);
  };
  next();
  return Buffer.concat(Array.from({ length: 20 }, (_, i) => Buffer.alloc(200_000, i)));
}

bodies['/again'] = writeAgain;

bodies['/file'] = function(res) {
  const path = `${tmpdir()}/coring-large-body-${process.pid}`;
  const body = pattern(4 * MIB, 11);
  fs.writeFileSync(path, body);
  fs.createReadStream(path).pipe(res).on('close', () => fs.rmSync(path, { force: true }));
  return body;
};

laneRow('bodies that wait arrive whole', async () => {
  const expected = new Map();
  const handler = (req, res) => { expected.set(req.url, bodies[req.url](res)); };
  await withServer({}, handler, async (port) => {
    const paths = Object.keys(bodies);
    const received = await Promise.all(paths.map((path) => fetchLate(port, path)));
    for (const [i, path] of paths.entries()) {
      assert.ok(received[i].equals(expected.get(path)), path);
    }
  });
}, 20_000);

laneRow('a client that leaves lets go of what waits', async () => {
  const handler = (req, res) => res.end(pattern(32 * MIB, 3));
  await withServer({}, handler, async (port, server) => {
    for (let i = 0; i < 8; i++) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await next(socket, 'readable');
      socket.destroy();
    }
    server.closeAllConnections();
  });
}, 20_000);
