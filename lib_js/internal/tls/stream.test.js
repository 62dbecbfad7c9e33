'use strict';
// Bytes through TLS: over sockets, over any Duplex, over TLS itself; ends, limits, back-pressure.

const test = require('node:test');
const assert = require('node:assert');
const { once } = require('node:events');
const https = require('node:https');
const net = require('node:net');
const { duplexPair } = require('node:stream');
const { buffer, text } = require('node:stream/consumers');
const tls = require('node:tls');
const { createHash, randomBytes } = require('node:crypto');
const { listen } = require('../../fixtures/listen.test.cjs');
const { CA, client, serverA, serverB } = require('./fixtures/keys.test.cjs');

const VERSIONS = ['TLSv1.2', 'TLSv1.3'];
const MEGABYTE = 1 << 20;

/** Both ends of a connection, secure. */
async function pair(t, options = {}, serverOptions = {}) {
  const server = tls.createServer({ ...serverA, ...serverOptions });
  const port = await listen(t, server);
  const near = tls.connect({ host: '127.0.0.1', port, ca: CA, servername: 'a.test', ...options });
  const [[far]] = await Promise.all(
    [once(server, 'secureConnection'), once(near, 'secureConnect')]);
  t.after(() => near.destroy());
  return { near, far, server };
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The next bytes of a stream, as many as `count`. */
async function take(stream, count) {
  const pieces = [];
  for (let left = count; left > 0;) {
    const bytes = stream.read(Math.min(left, stream.readableLength) || undefined);
    if (bytes === null) {
      await once(stream, 'readable');
    } else {
      pieces.push(bytes);
      left -= bytes.length;
    }
  }
  return Buffer.concat(pieces);
}

test('large writes arrive as they were, both ways at once', async (t) => {
  for (const version of VERSIONS) {
    const { near, far } = await pair(t, { minVersion: version, maxVersion: version });
    assert.strictEqual(near.getProtocol(), version);
    const up = randomBytes(5 * MEGABYTE + 13);
    const down = randomBytes(3 * MEGABYTE + 7);
    near.write(up);
    far.write(down);
    const [gotUp, gotDown] = await Promise.all([take(far, up.length), take(near, down.length)]);
    assert.strictEqual(digest(gotUp), digest(up));
    assert.strictEqual(digest(gotDown), digest(down));
    assert.strictEqual(near.bytesWritten, up.length);
    assert.strictEqual(far.bytesRead, up.length);
    near.end();
  }
});

test('many small writes keep their order and encodings', async (t) => {
  const { near, far } = await pair(t);
  let expected = '';
  for (let i = 0; i < 2000; i++) {
    const piece = `${i}ä;`;
    expected += piece;
    if (i % 3 === 0) near.write(piece);
    else if (i % 3 === 1) near.write(Buffer.from(piece));
    else near.write(Buffer.from(piece).toString('hex'), 'hex');
  }
  near.end();
  assert.strictEqual(await text(far), expected);
  far.end();
});

test('what is written before the handshake waits for it', async (t) => {
  const server = tls.createServer(serverA, (socket) => socket.pipe(socket));
  const port = await listen(t, server);
  const socket = tls.connect({ host: '127.0.0.1', port, ca: CA });
  const order = [];
  socket.on('secureConnect', () => order.push('secure'));
  socket.write('one ', () => order.push('written'));
  socket.end('two');
  assert.strictEqual(await text(socket), 'one two');
  assert.deepStrictEqual(order, ['secure', 'written']);
});

test('a reader that does not read holds up the writer', async (t) => {
  const { near, far } = await pair(t);
  near.pause();
  const piece = Buffer.alloc(MEGABYTE, 1);
  let written = 0;
  const write = () => far.write(piece, (error) => {
    if (error) return;
    written++;
    if (written < 500) write();
  });
  write();
  let before;
  do {
    before = written;
    await new Promise((resolve) => { setTimeout(resolve, 300); });
  } while (written > before);
  assert.ok(written < 100, `${written} MiB`);
  let got = 0;
  await new Promise((resolve) => {
    near.on('data', (bytes) => {
      got += bytes.length;
      if (got > (before + 30) * MEGABYTE) resolve();
    }).resume();
  });
  far.destroy();
});

test('half-open: each side ends for itself', async (t) => {
  const server = tls.createServer({ ...serverA, allowHalfOpen: true });
  const port = await listen(t, server);
  const near = tls.connect({ host: '127.0.0.1', port, ca: CA, allowHalfOpen: true });
  const [far] = await once(server, 'secureConnection');
  near.end('question');
  assert.strictEqual(await text(far), 'question');
  assert.strictEqual(far.writable, true);
  far.end('answer');
  assert.strictEqual(await text(near), 'answer');
});

test('an end without close_notify is an end', async (t) => {
  const raw = net.createServer();
  const port = await listen(t, raw);
  const near = tls.connect({ host: '127.0.0.1', port, ca: CA });
  const [socket] = await once(raw, 'connection');
  const far = new tls.TLSSocket(socket, { isServer: true, ...serverA });
  await Promise.all([once(far, 'secure'), once(near, 'secureConnect')]);
  far.write('last words', () => socket.destroy());
  const got = await text(near).catch((error) => error.code);
  assert.match(got, /^(last words|ECONNRESET)$/);
});

test('over any Duplex, and over TLS itself', async (t) => {
  const [clientSide, serverSide] = duplexPair();
  const far = new tls.TLSSocket(serverSide, { isServer: true, ...serverA });
  const near = tls.connect({ socket: clientSide, ca: CA, servername: 'a.test' });
  await Promise.all([once(far, 'secure'), once(near, 'secureConnect')]);
  // The same again inside.
  const innerFar = new tls.TLSSocket(far, { isServer: true, ...serverB });
  const innerNear = tls.connect({ socket: near, ca: CA, servername: 'b.test' });
  await Promise.all([once(innerFar, 'secure'), once(innerNear, 'secureConnect')]);
  const bytes = randomBytes(MEGABYTE);
  innerNear.end(bytes);
  assert.strictEqual(digest(await buffer(innerFar)), digest(bytes));
  innerFar.end('done');
  assert.strictEqual(await text(innerNear), 'done');
});

test('over a socket that tries one address after the other', async (t) => {
  const port = await listen(t, tls.createServer(serverA, (socket) => socket.end('hello')));
  const addresses = ['127.0.0.2', '::1', '127.0.0.1'].map((address) => (
    { address, family: net.isIP(address) }));
  const raw = net.connect({
    host: 'a.test', port, autoSelectFamily: true,
    lookup: (name, options, callback) => callback(null, addresses),
  });
  const socket = tls.connect({ socket: raw, ca: CA, servername: 'a.test' });
  assert.strictEqual(await text(socket), 'hello');
});

test('junk instead of TLS is the server\'s tlsClientError, and the client\'s error', async (t) => {
  const server = tls.createServer(serverA, () => assert.fail('secure'));
  const port = await listen(t, server);
  for (const junk of ['GET / HTTP/1.1\r\n\r\n', Buffer.alloc(20, 0x16), Buffer.alloc(9999, 0xff)]) {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {}).resume().write(junk);
    const [error, secure] = await once(server, 'tlsClientError');
    assert.match(error.code, /^ERR_SSL_/);
    assert.ok(secure instanceof tls.TLSSocket);
  }
  const plain = net.createServer((socket) => socket.end('hello, I am no TLS\r\n'));
  const near = tls.connect({ host: '127.0.0.1', port: await listen(t, plain) });
  assert.match((await once(near, 'error'))[0].code, /^ERR_SSL_/);
  // In Node the write fails that waited for the handshake.
  const writing = tls.connect({ host: '127.0.0.1', port: plain.address().port });
  writing.write('x');
  const [{ code, syscall, message }] = await once(writing, 'error');
  assert.deepStrictEqual([code, syscall], ['EPROTO', 'write']);
  assert.match(message, /^write EPROTO .*WRONG_VERSION_NUMBER/);
});

test('who does not know the authority is told what may help', async (t) => {
  const port = await listen(t, tls.createServer(serverA));
  const near = tls.connect({ host: '127.0.0.1', port });
  const [{ code, message }] = await once(near, 'error');
  assert.strictEqual(code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  assert.match(message, /^unable to verify the first certificate; .* --use-system-ca$/);
});

test('a client that says nothing is given up', async (t) => {
  const server = tls.createServer({ ...serverA, handshakeTimeout: 50 });
  const socket = net.connect(await listen(t, server), '127.0.0.1');
  const [error] = await once(server, 'tlsClientError');
  assert.strictEqual(error.code, 'ERR_TLS_HANDSHAKE_TIMEOUT');
  socket.destroy();
});

test('destroyed in every state, nothing is left', async (t) => {
  // Sessions of TLS 1.3 come with the server's first bytes.
  const server = tls.createServer(serverA, (socket) => {
    socket.on('error', () => {}).resume().write('hello');
  });
  server.on('tlsClientError', () => {});
  const port = await listen(t, server);
  const make = () => tls.connect({ host: '127.0.0.1', port, ca: CA })
    .on('error', () => {}).resume();
  const STATES = [
    (socket) => socket.destroy(),
    (socket) => socket.once('connect', () => socket.destroy()),
    (socket) => socket.once('secureConnect', () => socket.destroy()),
    (socket) => socket.once('session', () => socket.destroy()),
    (socket) => socket.once('keylog', () => socket.destroy()),
    (socket) => socket.write('x', () => socket.destroy()),
    (socket) => socket.once('secureConnect', () => socket.end('x', () => socket.destroy())),
  ];
  for (const act of STATES) {
    const socket = make();
    act(socket);
    await once(socket, 'close');
  }
  // The server closes behind the client; if it does not, this goes on until the test is ended.
  const count = () => new Promise((resolve) => { server.getConnections((e, n) => resolve(n)); });
  while (await count() > 0) await new Promise(setImmediate);
});

test('a client shows its certificate, and the server knows it', async (t) => {
  const options = { ca: CA, requestCert: true };
  for (const version of VERSIONS) {
    const { far } = await pair(t, { ...client, maxVersion: version }, options);
    assert.strictEqual(far.authorized, true);
    assert.strictEqual(far.getPeerCertificate().subject.CN, 'client');
    const chain = far.getPeerCertificate(true);
    assert.strictEqual(chain.issuerCertificate.subject.CN, 'coring test CA');
    assert.strictEqual(chain.issuerCertificate.issuerCertificate, chain.issuerCertificate);
  }
  const server = tls.createServer({ ...serverA, ...options }, () => assert.fail('secure'));
  const near = tls.connect({ host: '127.0.0.1', port: await listen(t, server), ca: CA });
  near.on('error', () => {});
  await once(server, 'tlsClientError');
});

test('bodies of all sizes over https, on one connection', async (t) => {
  const server = https.createServer(serverA, async (req, res) => res.end(await buffer(req)));
  const port = await listen(t, server);
  const agent = new https.Agent({ ca: CA, keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  for (const size of [0, 1, 16384, 16385, 65536, MEGABYTE]) {
    const body = randomBytes(size);
    const req = https.request({ host: '127.0.0.1', port, agent, method: 'POST' });
    req.end(body);
    const [res] = await once(req, 'response');
    assert.strictEqual(digest(await buffer(res)), digest(body));
  }
});

test('what is written when the peer is known is sent, though the socket is destroyed at once',
     async (t) => {
  for (const version of VERSIONS) {
    const server = tls.createServer({ ...serverA, maxVersion: version });
    const port = await listen(t, server);
    const near = tls.connect({ host: '127.0.0.1', port, ca: CA, servername: 'a.test' });
    const told = new Promise((resolve) => {
      near.on('secureConnect', () => {
        near.write('hello', resolve);
        near.destroy();
      });
    });
    const [far] = await once(server, 'secureConnection');
    far.on('error', () => {});
    assert.strictEqual(await text(far), 'hello');
    assert.ok(!(await told));
  }
});
