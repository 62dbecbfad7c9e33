'use strict';

// Aim: sockets and servers of net as Node has them. Method: pairs of real sockets on ports of the
// kernel's choice, and events to wait for. Node 24 passes the same rows.

const assert = require('assert');
const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');
const { deferred, next, row, rows } = require('../fixtures/rows.test.cjs');

/** Runs `use(server, connect)`; the server must close by itself afterwards. */
async function withServer(options, onSocket, use) {
  const server = net.createServer(options, onSocket).listen(0, '127.0.0.1');
  await next(server, 'listening');
  const { port } = server.address();
  await use(server, (more) => net.connect({ port, host: '127.0.0.1', ...more }));
  const closed = next(server, 'close');
  server.close();
  await closed;
}

function collect(socket) {
  return new Promise((resolve) => {
    const chunks = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

row('echo of 4 MiB in pieces of all sizes', async () => {
  const sent = Buffer.alloc(4 << 20, 'coring');
  await withServer({}, (socket) => socket.pipe(socket), async (server, connect) => {
    const socket = connect();
    const all = collect(socket);
    for (let at = 0, bytes = 1; at < sent.length; bytes = bytes * 2 % 99_991) {
      if (!socket.write(sent.subarray(at, at + bytes))) await next(socket, 'drain');
      at += bytes;
    }
    socket.end();
    assert.ok(sent.equals(await all));
    assert.strictEqual(socket.bytesWritten, sent.length);
    assert.strictEqual(socket.bytesRead, sent.length);
  });
});

/** When write() and end() are called must not matter. */
rows('write and end', [
  ['before connect', (socket) => { socket.write('a'); socket.end('b'); }],
  ['end alone before connect', (socket) => socket.end('ab')],
  ['in connect', (socket) => socket.on('connect', () => { socket.write('a'); socket.end('b'); })],
  ['a turn later', (socket) => socket.on('connect', () => setImmediate(() => socket.end('ab')))],
  ['corked', (socket) => { socket.cork(); socket.write('a'); socket.write('b'); socket.end(); }],
  ['encodings', (socket) => { socket.write('61', 'hex'); socket.end('Yg==', 'base64'); }],
], async (name, act) => {
  const received = deferred();
  await withServer({}, (socket) => collect(socket).then(received.resolve), async (s, connect) => {
    const socket = connect();
    const finished = next(socket, 'finish');
    act(socket);
    socket.resume();
    await finished;
    assert.strictEqual(`${await received.promise}`, 'ab');
  });
});

row('half-open: the answer may come after the end', async () => {
  const onSocket = (socket) => {
    let asked = '';
    socket.on('data', (chunk) => { asked += chunk; });
    socket.on('end', () => setImmediate(() => socket.end(`${asked}?`)));
  };
  await withServer({ allowHalfOpen: true }, onSocket, async (server, connect) => {
    const socket = connect({ allowHalfOpen: true });
    const all = collect(socket);
    socket.end('why');
    socket.on('end', () => assert.strictEqual(socket.writableFinished, true));
    assert.strictEqual(`${await all}`, 'why?');
  });
});

row('pause really stops', async () => {
  let sent = 0;
  const onSocket = (socket) => {
    const piece = Buffer.alloc(65536);
    const fill = () => {
      do { sent += piece.length; } while (socket.write(piece) && sent < 64 << 20);
      if (sent >= 64 << 20) socket.end();
    };
    socket.on('drain', fill).on('error', () => {});
    fill();
  };
  await withServer({}, onSocket, async (server, connect) => {
    const socket = connect();
    await next(socket, 'data');
    socket.pause();
    let events = 0;
    socket.on('data', () => { events++; });
    for (let before = -1; before !== sent;) {
      before = sent;
      for (let i = 0; i < 50; i++) await new Promise(setImmediate);
    }
    assert.strictEqual(events, 0);
    assert.ok(sent < 32 << 20, `${sent} bytes were taken`);
    assert.ok(socket.readableLength < 1 << 20, `${socket.readableLength} bytes held`);
    socket.resume();
    await next(socket, 'close');
    assert.strictEqual(socket.bytesRead, sent);
  });
});

row('destroy: close without error; with an error: error, then close(true)', async () => {
  await withServer({}, (socket) => socket.on('error', () => {}).resume(), async (s, connect) => {
    for (const error of [undefined, new Error('mine')]) {
      const socket = connect();
      await next(socket, 'connect');
      const events = [];
      socket.on('error', (found) => events.push(found));
      const closed = next(socket, 'close');
      assert.strictEqual(socket.destroy(error), socket);
      assert.strictEqual(socket.destroyed, true);
      assert.deepStrictEqual(await closed, [error !== undefined]);
      assert.deepStrictEqual(events, error ? [error] : []);
      assert.strictEqual(socket.write('x', (found) => assert.ok(found)), false);
    }
  });
});

row('a reset is ECONNRESET for the other side', async () => {
  const failed = deferred();
  const onSocket = (socket) => socket.on('error', failed.resolve).resume();
  await withServer({}, onSocket, async (server, connect) => {
    const socket = connect();
    await next(socket, 'connect');
    while (server._connections === 0) await new Promise(setImmediate);
    socket.resetAndDestroy();
    const error = await failed.promise;
    assert.strictEqual(error.code, 'ECONNRESET');
    assert.strictEqual(error.errno, -os.constants.errno.ECONNRESET);
    assert.strictEqual(error.syscall, 'read');
  });
});

row('unix sockets', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'net-test-'));
  const name = path.join(folder, 's');
  const server = net.createServer((socket) => socket.pipe(socket)).listen(name);
  await next(server, 'listening');
  assert.strictEqual(server.address(), name);
  assert.ok(fs.statSync(name).isSocket());
  const other = net.createServer().listen(name);
  const [busy] = await next(other, 'error');
  assert.strictEqual(busy.code, 'EADDRINUSE');
  assert.strictEqual(busy.address, name);
  const socket = net.connect(name);
  const all = collect(socket);
  socket.end('by path');
  assert.strictEqual(`${await all}`, 'by path');
  server.close();
  await next(server, 'close');
  assert.strictEqual(fs.existsSync(name), false);
  const [missing] = await next(net.connect(name), 'error');
  assert.strictEqual(missing.code, 'ENOENT');
  assert.strictEqual(missing.message, `connect ENOENT ${name}`);
  fs.rmdirSync(folder);
});

row('EADDRINUSE tells address and port', async () => {
  await withServer({}, () => {}, async (server) => {
    const { port } = server.address();
    const [error] = await next(net.createServer().listen(port, '127.0.0.1'), 'error');
    const { code, syscall, address, message } = error;
    assert.deepStrictEqual({ code, syscall, address, port: error.port, message }, {
      code: 'EADDRINUSE', syscall: 'listen', address: '127.0.0.1', port,
      message: `listen EADDRINUSE: address already in use 127.0.0.1:${port}` });
  });
});

row('ECONNREFUSED tells address and port', async () => {
  let port;
  await withServer({}, () => {}, async (server) => { ({ port } = server.address()); });
  const socket = net.connect(port, '127.0.0.1');
  const [error] = await next(socket, 'error');
  const { code, syscall, address, message } = error;
  assert.deepStrictEqual({ code, syscall, address, port: error.port, message }, {
    code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port,
    message: `connect ECONNREFUSED 127.0.0.1:${port}` });
  assert.deepStrictEqual(await next(socket, 'close'), [true]);
});

rows('thrown at once', [
  ['port', () => net.connect(65536), 'ERR_SOCKET_BAD_PORT'],
  ['no port', () => net.connect({}), 'ERR_MISSING_ARGS'],
  ['listen port', () => net.createServer().listen(-1), 'ERR_SOCKET_BAD_PORT'],
  ['write null', () => new net.Socket().write(null), 'ERR_STREAM_NULL_VALUES'],
  ['timeout', () => new net.Socket().setTimeout('x'), 'ERR_INVALID_ARG_TYPE'],
], (name, run, code) => assert.throws(run, { code }));

row('maxConnections drops the rest', async () => {
  await withServer({}, (socket) => socket.resume(), async (server, connect) => {
    server.maxConnections = 1;
    const first = connect();
    await next(first, 'connect');
    while (server._connections === 0) await new Promise(setImmediate);
    const dropped = next(server, 'drop');
    const second = connect();
    second.on('error', () => {});
    const [facts] = await dropped;
    assert.strictEqual(facts.remoteAddress, '127.0.0.1');
    if (!second.closed) await next(second, 'close');
    first.end();
    await next(first, 'close');
  });
});

row('timeout comes when nothing moves, and not while something does', async () => {
  await withServer({}, (socket) => socket.pipe(socket), async (server, connect) => {
    const socket = connect();
    let timeouts = 0;
    socket.setTimeout(150, () => { timeouts++; });
    assert.strictEqual(socket.timeout, 150);
    for (let i = 0; i < 8; i++) {
      socket.write('.');
      await next(socket, 'data');
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const active = timeouts;
    await next(socket, 'timeout');
    assert.ok(active <= 1 && timeouts === active + 1, `${active} ${timeouts}`);
    assert.strictEqual(socket.destroyed, false);
    socket.destroy();
    await next(socket, 'close');
  });
});

row('addresses, states and reference', async () => {
  await withServer({}, (socket) => socket.resume(), async (server, connect) => {
    const socket = connect();
    assert.strictEqual(socket.connecting, true);
    assert.strictEqual(socket.readyState, 'opening');
    assert.strictEqual(socket.pending, true);
    await next(socket, 'connect');
    assert.strictEqual(socket.readyState, 'open');
    assert.deepStrictEqual(
      [socket.remoteAddress, socket.remoteFamily, socket.remotePort, socket.localAddress],
      ['127.0.0.1', 'IPv4', server.address().port, '127.0.0.1']);
    assert.deepStrictEqual(socket.address(), {
      address: '127.0.0.1', family: 'IPv4', port: socket.localPort });
    socket.unref();
    socket.ref();
    socket.end();
    await next(socket, 'close');
    assert.strictEqual(socket.readyState, 'closed');
  });
});

row('many connections come and go', async () => {
  await withServer({}, (socket) => socket.pipe(socket), async (server, connect) => {
    let left = 300;
    const one = async () => {
      while (left-- > 0) {
        const socket = connect();
        const all = collect(socket);
        socket.on('connect', () => socket.end(`${left}`));
        await all;
      }
    };
    await Promise.all(Array.from({ length: 8 }, one));
  });
});

row('isIP and BlockList', () => {
  const list = [['127.0.0.1', 4], ['::1', 6], ['::ffff:1.2.3.4', 6], ['1.2.3', 0],
                ['fe80::1%lo', 6], ['256.1.1.1', 0], ['', 0], ['1.2.3.4.5', 0], [':::', 0]];
  for (const [text, version] of list) assert.strictEqual(net.isIP(text), version, text);
  const block = new net.BlockList();
  block.addSubnet('10.0.0.0', 8);
  assert.strictEqual(block.check('10.1.2.3'), true);
  assert.strictEqual(block.check('11.1.2.3'), false);
});

row('a path that cannot be removed does not stop a bound server from closing', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bound-'));
  const name = path.join(folder, 'socket');
  const server = net.createServer().listen(new net.BoundSocket({ path: name }));
  await next(server, 'listening');
  fs.unlinkSync(name);
  fs.mkdirSync(name);
  const closed = next(server, 'close');
  server.close();
  await closed;
  assert.ok(fs.existsSync(name));
  fs.rmSync(folder, { recursive: true });
});
