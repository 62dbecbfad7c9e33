'use strict';

// Aim: what programs do with the connection itself works on both lanes: upgrade, CONNECT, the
// socket's properties, errors of clients, and errors of handlers. Method: a client that sees bytes.

const assert = require('assert');
const events = require('events');
const http = require('http');
const net = require('net');
const { deferred, next } = require('../../fixtures/rows.test.cjs');
const { Wire, exchange, laneRow, parse, withServer } = require('./fixtures/wire.test.cjs');

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const LAST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const UPGRADE = 'GET /up HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';

// --- Other protocols

laneRow('upgrade hands over the connection and what came with the head', async () => {
  await withServer({}, (req, res) => res.end('plain'), async (port, server) => {
    const closed = deferred();
    server.on('upgrade', (req, socket, head) => {
      assert.strictEqual(req.url, '/up');
      assert.strictEqual(req.headers.upgrade, 'echo');
      assert.ok(socket instanceof net.Socket);
      assert.ok(Buffer.isBuffer(head));
      socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.write(head);
      socket.pipe(socket);
      socket.on('close', closed.resolve);
    });
    for (const before of ['', GET]) {
      const wire = new Wire(port).send(`${before}${UPGRADE}with head `);
      await wire.until('with head ');
      // No parser looks at this any more.
      wire.send('GET / HTTP/1.1\r\nbad\0\r\n\r\n');
      await wire.until(/bad\0\r\n\r\n$/);
      wire.socket.end('end');
      assert.match(await wire.closed(), /end$/);
      assert.strictEqual(wire.text.includes('plain'), before !== '');
      await closed.promise;
    }
  });
});

laneRow('upgrade is a plain request without a listener, or if the server says so', async () => {
  await withServer({}, (req, res) => res.end('plain'), async (port) => {
    const text = await exchange(port, UPGRADE.replace('Upgrade\r\n', 'Upgrade, close\r\n'));
    assert.strictEqual(parse(text).body, 'plain');
  });
  const options = { shouldUpgradeCallback: (req) => req.headers.upgrade === 'other' };
  await withServer(options, (req, res) => res.end('plain'), async (port, server) => {
    server.on('upgrade', (req, socket) => socket.end('taken'));
    const wire = new Wire(port).send(UPGRADE);
    await wire.until('plain');
    wire.send(UPGRADE.replace('echo', 'other'));
    assert.match(await wire.closed(), /taken$/);
  });
});

laneRow('CONNECT makes a tunnel', async () => {
  const far = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await next(far, 'listening');
  await withServer({}, () => assert.fail('no request'), async (port, server) => {
    server.on('connect', (req, socket, head) => {
      assert.strictEqual(req.method, 'CONNECT');
      const [host, farPort] = req.url.split(':');
      const tunnel = net.connect(farPort, host, () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        tunnel.write(head);
        tunnel.pipe(socket).pipe(tunnel);
      });
    });
    const req = http.request({
      port, host: '127.0.0.1', method: 'CONNECT', path: `127.0.0.1:${far.address().port}`,
    });
    req.end();
    const [res, socket] = await next(req, 'connect');
    assert.strictEqual(res.statusCode, 200);
    socket.write('through');
    assert.strictEqual(`${(await next(socket, 'data'))[0]}`, 'through');
    socket.end();
    await next(socket, 'close');
  });
  far.close();
});

laneRow('CONNECT without a listener closes', async () => {
  await withServer({}, () => assert.fail('no request'), async (port) => {
    assert.strictEqual(
      await exchange(port, 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'), '');
  });
});

// --- The socket of a request

laneRow('req.socket is a net.Socket', async () => {
  const seen = {};
  const handler = (req, res) => {
    const { socket } = req;
    Object.assign(seen, {
      isSocket: socket instanceof net.Socket,
      same: req.connection === socket && res.socket === socket && res.connection === socket,
      remote: `${socket.remoteFamily} ${socket.remoteAddress}`,
      remotePort: socket.remotePort,
      local: `${socket.localFamily} ${socket.localAddress}`,
      localPort: socket.localPort,
      address: socket.address(),
      read: socket.bytesRead,
      flags: [socket.readable, socket.writable, socket.destroyed, socket.connecting,
              socket.pending, socket.encrypted, socket.allowHalfOpen],
      server: socket.server === server,
      parser: socket.parser.incoming === req,
      calls: socket.setNoDelay() === socket && socket.setKeepAlive(true, 1000) === socket &&
        socket.setTimeout(0) === socket && socket.ref() === socket,
    });
    res.end();
    seen.written = socket.bytesWritten >= 0;
  };
  let server;
  await withServer({}, handler, async (port, it) => {
    server = it;
    const wire = new Wire(port);
    await next(wire.socket, 'connect');
    const { localPort } = wire.socket;
    wire.send(LAST);
    await wire.closed();
    assert.deepStrictEqual(seen, {
      isSocket: true, same: true, remote: 'IPv4 127.0.0.1', remotePort: localPort,
      local: 'IPv4 127.0.0.1', localPort: port,
      address: { address: '127.0.0.1', family: 'IPv4', port }, read: LAST.length,
      flags: [true, true, false, false, false, undefined, true], server: true, parser: true,
      calls: true, written: true });
  });
});

laneRow('how much came and went is known at the close, whoever closes', async () => {
  const counts = [];
  const handler = (req, res) => {
    const { socket } = req;
    socket.on('error', () => {}).on('close', () => {
      counts.push([socket.bytesRead, socket.bytesWritten]);
    });
    res.end('hello');
  };
  await withServer({}, handler, async (port) => {
    for (const leave of ['end', 'resetAndDestroy']) {
      const wire = new Wire(port).send(GET);
      await wire.until('hello');
      wire.socket[leave]();
      while (counts.length === 0) await new Promise(setImmediate);
      assert.deepStrictEqual(counts.pop(), [GET.length, wire.text.length], leave);
    }
  });
});

laneRow('"connection" comes once, with the socket of all its requests', async () => {
  const sockets = [];
  await withServer({}, (req, res) => {
    sockets.push(req.socket);
    res.end('.');
  }, async (port, server) => {
    server.on('connection', (socket) => sockets.push(socket));
    await exchange(port, GET + LAST);
    assert.strictEqual(sockets.length, 3);
    assert.ok(sockets.every((socket) => socket === sockets[0]));
  });
});

laneRow('socket.destroy() and socket.end() in a handler', async () => {
  let act;
  await withServer({}, (req, res) => act(req, res), async (port) => {
    act = (req) => req.socket.destroy();
    assert.strictEqual(await exchange(port, GET), '');
    act = (req) => req.socket.end('raw');
    assert.strictEqual(await exchange(port, GET), 'raw');
    act = (req, res) => {
      res.write('a');
      req.socket.destroySoon();
    };
    assert.match(await exchange(port, GET), /\r\n1\r\na\r\n$/);
  });
});

// --- Errors of clients

laneRow('clientError gives error, socket and packet; its listener owns the socket', async () => {
  const handler = () => assert.fail('no request');
  await withServer({}, handler, async (port, server) => {
    const seen = [];
    server.on('clientError', (error, socket) => {
      seen.push(error);
      assert.ok(socket.writable);
      socket.end('HTTP/1.1 400 Mine\r\n\r\n');
    });
    const text = 'BAD\0 / HTTP/1.1\r\n\r\n';
    assert.strictEqual(await exchange(port, text), 'HTTP/1.1 400 Mine\r\n\r\n');
    const [error] = seen;
    assert.match(error.code, /^HPE_INVALID_/);
    assert.match(error.message, /^Parse Error: /);
    assert.strictEqual(error.message, `Parse Error: ${error.reason}`);
    assert.strictEqual(error.rawPacket.toString('latin1'), text);
    assert.strictEqual(typeof error.bytesParsed, 'number');
    assert.strictEqual(seen.length, 1);
  });
});

laneRow('an end in the middle of a head is an error, between heads is none', async () => {
  const codes = [];
  await withServer({}, (req, res) => res.end('.'), async (port, server) => {
    server.on('clientError', (error, socket) => {
      codes.push(error.code);
      socket.destroy();
    });
    const rows = [['GET / HT', ['HPE_INVALID_EOF_STATE']], [GET, []], ['', []]];
    for (const [text, expect] of rows) {
      codes.length = 0;
      const wire = new Wire(port).send(text);
      wire.socket.end();
      await wire.closed();
      assert.deepStrictEqual(codes, expect, JSON.stringify(text));
    }
  });
});

laneRow('garbage behind a request does not take back its answer', async () => {
  await withServer({}, (req, res) => res.end('good'), async (port) => {
    const text = await exchange(port, `${GET}garbage\r\n\r\n`);
    const { body, rest } = parse(text);
    assert.strictEqual(body, 'good');
    // Node closes without a word when both came in one packet, and answers 400 when they did not.
    assert.ok(['', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'].includes(rest), rest);
  });
});

// --- Errors of handlers

laneRow('a server outlives errors of its handlers if the program takes them', async (lane) => {
  const seen = [];
  const catcher = (error, origin) => seen.push(`${error.message} ${origin}`);
  const handler = (req, res) => {
    if (req.url === '/throw') throw new Error('thrown');
    if (req.url === '/reject') return Promise.reject(new Error('rejected'));
    if (req.url === '/late') {
      req.on('end', () => { throw new Error('late'); }).resume();
      return undefined;
    }
    return res.end('alive');
  };
  process.on('uncaughtException', catcher);
  await withServer({}, handler, async (port) => {
    const rows = [['/throw', 'thrown uncaughtException'],
                  ['/reject', 'rejected unhandledRejection'],
                  ['/late', 'late uncaughtException']];
    for (const [path, expect] of rows) {
      const wire = new Wire(port).send(GET.replace('/ ', `${path} `));
      while (seen.length === 0) await new Promise(setImmediate);
      assert.strictEqual(seen.shift(), expect);
      assert.strictEqual(parse(await exchange(port, LAST)).body, 'alive', `${lane} ${path}`);
      wire.destroy();
    }
  });
  process.removeListener('uncaughtException', catcher);
});

laneRow('captureRejections answers 500', async () => {
  const handler = async (req, res) => {
    res.setHeader('X-Secret', '1');
    throw new Error('no');
  };
  events.captureRejections = true;
  await withServer({}, handler, async (port) => {
    const text = await exchange(port, LAST);
    assert.match(text, /^HTTP\/1.1 500 Internal Server Error\r\n/);
    assert.doesNotMatch(text, /secret/i);
  });
  events.captureRejections = false;
});
