'use strict';

// Aim: the library needs none of the globals that tests put their own in place of (Sinon, Jest,
// lolex): a server and its client go on while time stands still.
// Method: every such global, and every function of node:timers, throws while they talk.

const assert = require('assert');
const { once } = require('events');
const fs = require('fs');
const http = require('http');
const http2 = require('http2');
const net = require('net');
const timers = require('timers');
const { row } = require('../fixtures/rows.test.cjs');

const NAMES = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate',
               'clearImmediate', 'queueMicrotask', 'URL', 'AbortController'];

function refuse() {
  throw new Error('the library called a global');
}

function faked(name, run) {
  row(name, async () => {
    const globals = NAMES.map((key) => [globalThis, key, globalThis[key]]);
    const own = Object.keys(timers).filter((key) => typeof timers[key] === 'function')
      .map((key) => [timers, key, timers[key]]);
    const all = [...globals, ...own];
    for (const [owner, key] of all) owner[key] = refuse;
    try {
      await run();
    } finally {
      for (const [owner, key, value] of all) owner[key] = value;
    }
  });
}

faked('http by a name, with a time limit and a signal', async () => {
  const server = http.createServer((req, res) => {
    assert.strictEqual(req.signal?.aborted ?? false, false);
    res.setTimeout(1000);
    res.end('whole');
  });
  await once(server.listen(0), 'listening');
  const req = http.get({ host: 'localhost', port: server.address().port, timeout: 1000 });
  const [res] = await once(req, 'response');
  const parts = await res.toArray();
  assert.strictEqual(Buffer.concat(parts).toString(), 'whole');
  req.destroy();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

faked('a socket that ends, and one that never was', async () => {
  const server = net.createServer((socket) => socket.end('end'));
  await once(server.listen(0), 'listening');
  const socket = net.connect({ host: 'localhost', port: server.address().port });
  assert.strictEqual(Buffer.concat(await socket.toArray()).toString(), 'end');
  const unborn = new net.Socket();
  unborn.destroy();
  await once(unborn, 'close');
  server.close();
  await once(server, 'close');
});

faked('HTTP/2', async () => {
  const server = http2.createServer((req, res) => res.end('two'));
  await once(server.listen(0), 'listening');
  const session = http2.connect(`http://localhost:${server.address().port}`);
  const stream = session.request({ ':path': '/' });
  assert.strictEqual(Buffer.concat(await stream.toArray()).toString(), 'two');
  session.close();
  await once(session, 'close');
  server.close();
  await once(server, 'close');
});

faked('files', async () => {
  const folder = await fs.promises.mkdtemp(`${require('os').tmpdir()}/faked-`);
  await fs.promises.writeFile(`${folder}/a`, 'text');
  assert.strictEqual(await fs.promises.readFile(`${folder}/a`, 'utf8'), 'text');
  await fs.promises.rm(folder, { recursive: true });
});
