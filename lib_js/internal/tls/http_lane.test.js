'use strict';
// https over native's fast lane: what programs see of it is what they see without.

const test = require('node:test');
const assert = require('node:assert');
const { createHook } = require('node:async_hooks');
const { once } = require('node:events');
const https = require('node:https');
const net = require('node:net');
const tls = require('node:tls');
const { createHash } = require('node:crypto');
const { text } = require('node:stream/consumers');
const { listen } = require('../../fixtures/listen.test.cjs');
const { CA, serverA } = require('./fixtures/keys.test.cjs');

const REQUEST = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';

async function serve(t, handler) {
  const server = https.createServer(serverA, handler);
  await listen(t, server);
  return server;
}

function target(server, more) {
  return { host: '127.0.0.1', port: server.address().port, ca: CA, servername: 'a.test', ...more };
}

async function request(server, options = {}, body = undefined) {
  const req = https.request(target(server, options)).end(body);
  const [res] = await once(req, 'response');
  return text(res);
}

/** All that a server answers to bytes that come with the end of the stream. */
async function raw(server, bytes) {
  const socket = tls.connect(target(server));
  socket.end(bytes);
  return text(socket);
}

test('requests of one connection share a TLSSocket that answers for itself', async (t) => {
  const sockets = new Set();
  const server = await serve(t, (req, res) => {
    sockets.add(req.socket);
    const { socket } = req;
    res.end([socket instanceof tls.TLSSocket, socket.encrypted, socket.getProtocol(),
             socket.servername, socket.remoteAddress].join());
  });
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  for (let i = 0; i < 3; i++) {
    assert.strictEqual(await request(server, { agent }), 'true,true,TLSv1.3,a.test,127.0.0.1');
  }
  assert.strictEqual(sockets.size, 1);
});

test('bodies of any size go both ways', async (t) => {
  const server = await serve(t, (req, res) => req.pipe(res));
  for (const size of [0, 1, 16384, 65536, 3_000_001]) {
    const body = Buffer.alloc(size, 'abcdefg');
    const answer = await request(server, { method: 'POST', agent: false }, body);
    assert.ok(answer === body.toString());
  }
});

test('a request that comes with the handshake and the end is answered', async (t) => {
  const server = await serve(t, (req, res) => res.end('hello'));
  for (const filler of ['', 'x'.repeat(12_000)]) {
    const head = `GET / HTTP/1.1\r\nHost: a.test\r\nX: ${filler}\r\n\r\n`;
    assert.match(await raw(server, head), /^HTTP\/1\.1 200 OK[^]*hello$/);
  }
});

test('bytes that are no request make a clientError and an answer', async (t) => {
  const server = await serve(t, assert.fail);
  assert.match(await raw(server, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400 Bad Request/);
});

test('an upgrade takes the connection out of the lane', async (t) => {
  const server = await serve(t, (req, res) => res.end('first'));
  server.on('upgrade', (req, socket, head) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    socket.write(head);
    socket.pipe(socket);
  });
  const req = https.get(target(server, {
    agent: false, headers: { Connection: 'Upgrade', Upgrade: 'x' },
  }));
  const [, socket] = await once(req, 'upgrade');
  socket.write('over there');
  const [chunk] = await once(socket, 'data');
  assert.strictEqual(chunk.toString(), 'over there');
  socket.end('the end');
  assert.strictEqual(await text(socket), 'the end');
});

test('what a program writes itself keeps its order, text and bytes together', async (t) => {
  const server = await serve(t, ({ socket }) => {
    socket.cork();
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n');
    socket.write(Buffer.from('bytes'));
    socket.end('!');
  });
  assert.strictEqual(await request(server), 'bytes!');
});

test('answers that go by way of the socket are what they are without', async (t) => {
  const server = await serve(t, ({ socket, url }, res) => {
    if (url === '/watched') {
      const { write } = socket;
      socket.write = function(...args) { return Reflect.apply(write, this, args); };
      res.setHeader('Connection', 'close');
    }
    // Who comes first answers last, and the others wait.
    setTimeout(() => {
      res.write('text and ');
      res.end(Buffer.from(`bytes of ${url}`));
    }, url === '/first' ? 20 : 0);
  });
  const socket = tls.connect(target(server));
  const paths = ['/first', '/second', '/watched'];
  for (const path of paths) socket.write(REQUEST.replace('/', path));
  const bodies = (await text(socket)).split('HTTP/1.1 200 OK').slice(1);
  assert.strictEqual(bodies.length, 3);
  const whole = (path) => new RegExp(`text and [^]*bytes of ${path}`);
  paths.forEach((path, at) => assert.match(bodies[at], whole(path)));
});

test('sockets count plaintext, in the lane and behind it', async (t) => {
  const counts = [];
  const reply = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n';
  const server = await serve(t, ({ socket }, res) => {
    counts.push(socket.bytesRead, socket.bytesWritten);
    res.end('hello', () => counts.push(socket.bytesWritten));
  });
  let far;
  server.on('upgrade', (req, socket) => {
    far = socket;
    counts.push(socket.bytesRead);
    socket.on('data', () => socket.end());
    socket.write(reply);
  });
  const socket = tls.connect(target(server));
  socket.write(REQUEST);
  let [chunk] = await once(socket, 'data');
  const answered = chunk.length;
  const upgrade = REQUEST.replace('\r\n\r\n', '\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
  socket.write(upgrade);
  [chunk] = await once(socket, 'data');
  assert.strictEqual(String(chunk), reply);
  socket.write('over');
  await Promise.all([once(far, 'close'), once(socket.resume(), 'close')]);
  counts.push(far.bytesRead, far.bytesWritten);
  const read = REQUEST.length + upgrade.length;
  assert.deepStrictEqual(counts, [
    REQUEST.length, 0, answered, read, read + 4, answered + reply.length,
  ]);
});

test('a program that feeds the parser itself loses nothing that came', async (t) => {
  const paths = [];
  const server = await serve(t, (req, res) => {
    paths.push(req.url);
    res.setHeader('Connection', paths.length === 2 ? 'close' : 'keep-alive');
    res.end();
  });
  // The client's request comes with the end of the handshake.
  server.on('secureConnection', (socket) => {
    process.nextTick(() => socket.push(REQUEST.replace('/', '/fed')));
  });
  const socket = tls.connect(target(server));
  socket.write(REQUEST);
  await text(socket);
  assert.deepStrictEqual(paths.sort(), ['/', '/fed']);
});

test('hooks see the end of what they saw begin', async (t) => {
  const open = new Map();
  const begun = [];
  const hook = createHook({
    init(id, type) {
      if (type !== 'TCPWRAP' && type !== 'TLSWRAP') return;
      open.set(id, type);
      begun.push(type);
    },
    destroy(id) { open.delete(id); },
  }).enable();
  t.after(() => hook.disable());
  const server = await serve(t, (req, res) => {
    sockets.push(req.socket);
    res.setHeader('Connection', 'close').end('hello');
  });
  const sockets = [];
  assert.strictEqual(await request(server, { agent: false }), 'hello');
  if (!sockets[0].destroyed) await once(sockets[0], 'close');
  // Node tells when the garbage collector comes.
  for (let turns = 0; open.size > 0 && turns < 100; turns++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  assert.deepStrictEqual([...open.values()], []);
  // At both ends.
  assert.deepStrictEqual(begun.sort(), ['TCPWRAP', 'TCPWRAP', 'TLSWRAP', 'TLSWRAP']);
});

test('closing a server ends its idle connections', async (t) => {
  const server = https.createServer(serverA, (req, res) => res.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new https.Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  assert.strictEqual(await request(server, { agent }), 'hello');
  server.close();
  await once(server, 'close');
});

test('records that nobody can open are told of as such', async (t) => {
  const server = await serve(t, (req, res) => res.end('hello'));
  const told = once(server, 'clientError');
  server.on('clientError', (error, socket) => socket.destroy());
  const transport = net.connect(server.address().port, '127.0.0.1');
  const client = tls.connect({ socket: transport, ca: CA, servername: 'a.test' });
  client.on('error', () => {}).write(REQUEST);
  await once(client, 'data');
  transport.write(Buffer.from(`1703030020${'41'.repeat(32)}`, 'hex'));
  assert.match((await told)[0].code, /^ERR_(SSL|OSSL)_/);
  client.destroy();
});

test('a client that goes away aborts its request', async (t) => {
  const server = await serve(t, () => {});
  const req = https.get(target(server, { agent: false }));
  req.on('error', () => {});
  const [incoming] = await once(server, 'request');
  incoming.on('error', () => {}); // It was cut off.
  const closed = new Promise((done) => incoming.on('close', done));
  req.destroy();
  await closed;
  assert.strictEqual(incoming.aborted, true);
  const { socket } = incoming;
  assert.strictEqual(socket.destroyed, true);
  if (!socket.closed) await once(socket, 'close');
  assert.ok(socket.ssl === null);
});

test('bodies are whole, wherever records and pieces begin and end', async (t) => {
  const server = await serve(t, async (req, res) => {
    const hash = createHash('sha1');
    let count = 0;
    for await (const chunk of req) {
      count += chunk.length;
      hash.update(chunk);
      // Now and then it does not read for a while.
      if (req.url === '/slow') await new Promise(setImmediate);
    }
    res.end(`${req.url} ${count} ${hash.digest('hex')}\n`);
  });
  let sent = '';
  const expected = [];
  const bytes = Buffer.from(Array.from({ length: 200_001 }, (_, i) => i * 7 + (i >> 8)));
  let url = 0;
  for (const size of [1, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 200_001]) {
    for (const path of [`/${url++}`, '/slow']) {
      const body = bytes.subarray(0, size);
      sent += `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`;
      sent += body.toString('latin1');
      const sha = createHash('sha1').update(body).digest('hex');
      expected.push(`${path} ${size} ${sha}`);
    }
  }
  sent += 'GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const all = Buffer.from(sent, 'latin1');
  for (const piece of [1000, 16_384, 20_001, all.length]) {
    const socket = tls.connect(target(server));
    for (let at = 0; at < all.length; at += piece) socket.write(all.subarray(at, at + piece));
    const lines = (await text(socket)).match(/^\/\S+ \d+ [0-9a-f]{40}$/gm);
    assert.deepStrictEqual(lines.slice(0, -1), expected);
  }
});

// Records of one turn come to JavaScript even if the ones in front of them have put the connection
// into the lane. What libssl answers to them by itself is a record: sealed once more it would be
// taken for an answer of the server's.
for (const hasSessionEvents of [false, true]) {
  const name = `libssl's own answer is sealed once${hasSessionEvents ? ', with sessions' : ''}`;
  test(name, { skip: process.versions.coring === undefined }, async (t) => {
    const server = await serve(t, (req, res) => {
      const forged = Buffer.concat([Buffer.from([23, 3, 3, 0, 64]), Buffer.alloc(64)]);
      req.socket._handle.handleRead(forged.length, forged);
      assert.ok(req.socket.destroyed);
      assert.strictEqual(res.write('late'), false);
    });
    if (hasSessionEvents) server.on('newSession', (id, session, done) => done());
    const client = tls.connect(target(server));
    const seen = [];
    client.on('data', (bytes) => seen.push(bytes));
    client.on('error', (error) => seen.push(error.code));
    client.write(REQUEST);
    await new Promise((resolve) => { client.on('close', resolve); });
    assert.deepStrictEqual(seen, ['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC']);
  });
}
