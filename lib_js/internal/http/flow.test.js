'use strict';

// Aim: bodies flow no faster than the other side takes them, and both sides learn of a cut.
// Method: readers and writers that stop, against both lanes of the server.

const assert = require('assert');
const http = require('http');
const net = require('net');
const { deferred, next, row } = require('../../fixtures/rows.test.cjs');
const { Wire, laneRow, withServer } = require('./fixtures/wire.test.cjs');

const MIB = 1 << 20;
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

/** Bytes whose value tells their place. */
function pattern(bytes) {
  const made = Buffer.allocUnsafe(bytes);
  for (let i = 0; i < bytes; i++) made[i] = (i * 31 + (i >>> 8)) & 255;
  return made;
}

/** Sends a request by the client; gives status, headers and body. */
function ask(port, options, body) {
  return new Promise((resolve, reject) => {
    const req = http.request({ port, host: '127.0.0.1', agent: false, ...options }, (res) => {
      const chunks = [];
      res.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
      res.on('end', () => resolve({ res, body: Buffer.concat(chunks) }));
    });
    req.on('error', reject);
    req.end(body);
  });
}

laneRow('req.pipe(res) gives 10 MiB back', async () => {
  const sent = pattern(10 * MIB);
  await withServer({}, (req, res) => req.pipe(res), async (port) => {
    const framings = [{}, { headers: { 'Content-Length': sent.length } }];
    for (const options of framings) {
      const { body } = await ask(port, { method: 'POST', ...options }, sent);
      assert.ok(sent.equals(body));
    }
  });
});

laneRow('the same through a pipe in small pieces on a connection kept alive', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const sent = pattern(100_000);
  await withServer({}, (req, res) => req.pipe(res), async (port, server) => {
    let connections = 0;
    server.on('connection', () => { connections++; });
    for (let i = 0; i < 10; i++) {
      const { body } = await ask(port, { method: 'POST', agent }, sent.subarray(0, i * 7777));
      assert.ok(sent.subarray(0, i * 7777).equals(body));
    }
    assert.strictEqual(connections, 1);
    agent.destroy();
  });
});

laneRow('write() is false when the reader stops, and "drain" comes when it goes on', async () => {
  const full = deferred();
  const ended = deferred();
  const piece = pattern(64 << 10);
  let written = 0;
  let drains = 0;
  const handler = (req, res) => {
    const fill = () => {
      while (written < 64 * MIB) {
        written += piece.length;
        if (!res.write(piece)) {
          full.resolve();
          return;
        }
      }
      res.end();
      ended.resolve();
    };
    res.on('drain', () => {
      drains++;
      fill();
    });
    res.setHeader('Content-Length', 64 * MIB);
    fill();
  };
  await withServer({}, handler, async (port) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.pause();
    socket.write(GET);
    await full.promise;
    // What the kernel and we hold does not depend on the length of the body.
    const isWriting = async () => {
      const before = written;
      for (let i = 0; i < 50; i++) await new Promise(setImmediate);
      return written > before;
    };
    while (await isWriting());
    assert.ok(written < 24 * MIB, `${written} bytes written to nobody`);
    const rss = process.memoryUsage.rss();
    let received = 0;
    socket.on('data', (chunk) => { received += chunk.length; });
    socket.resume();
    await ended.promise;
    while (received < 64 * MIB) await next(socket, 'data');
    assert.ok(drains > 0);
    const growth = process.memoryUsage.rss() - rss;
    assert.ok(growth < 48 * MIB, `grew by ${growth} bytes`);
    socket.destroy();
  });
});

laneRow('a request that is not read does not grow', async () => {
  const arrived = deferred();
  const handler = (req, res) => {
    req.on('end', () => res.end('read'));
    arrived.resolve(req);
  };
  await withServer({}, handler, async (port) => {
    const piece = pattern(64 << 10);
    const socket = net.connect(port, '127.0.0.1');
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
      `Content-Length: ${64 * MIB}\r\n\r\n`);
    let sent = 0;
    const fill = () => {
      while (sent < 64 * MIB) {
        sent += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on('drain', fill);
    fill();
    const req = await arrived.promise;
    const isSending = async () => {
      const before = sent;
      for (let i = 0; i < 50; i++) await new Promise(setImmediate);
      return sent > before;
    };
    while (await isSending());
    assert.ok(sent < 24 * MIB, `${sent} bytes taken from the client`);
    // What one turn brings is bounded by the ring's receive buffers.
    assert.ok(req.readableLength <= MIB, `${req.readableLength} bytes held`);
    let received = 0;
    req.on('data', (chunk) => { received += chunk.length; });
    let answer = '';
    socket.setEncoding('latin1').on('data', (text) => { answer += text; });
    await next(socket, 'close');
    assert.strictEqual(received, 64 * MIB);
    assert.match(answer, /read$/);
  });
});

// --- Cuts

laneRow('the client leaves in the middle of its body', async () => {
  const events = [];
  const done = deferred();
  const started = deferred();
  const handler = (req, res) => {
    req.on('aborted', () => events.push('aborted'));
    req.on('error', (error) => events.push(`error ${error.code} ${error.message}`));
    req.on('end', () => events.push('end'));
    req.on('close', () => {
      events.push(`close ${req.complete} ${req.aborted} ${req.destroyed}`);
    });
    res.on('finish', () => events.push('finish'));
    res.on('close', () => {
      events.push(`res close ${res.writableFinished}`);
      setImmediate(done.resolve);
    });
    req.on('data', started.resolve);
  };
  await withServer({}, handler, async (port) => {
    const wire = new Wire(port).send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc');
    await started.promise;
    wire.destroy();
    await done.promise;
    assert.deepStrictEqual(events.sort(), [
      'aborted', 'close false true true', 'error ECONNRESET aborted', 'res close false']);
  });
});

laneRow('the client leaves before the answer', async () => {
  const events = [];
  const done = deferred();
  const handler = (req, res) => {
    req.on('close', () => events.push(`close ${req.complete} ${req.aborted}`));
    res.on('finish', () => events.push('finish'));
    res.on('close', () => {
      events.push(`res close ${res.writableFinished} ${res.destroyed}`);
      res.end('nobody is there');
      assert.strictEqual(res.write('x'), false);
      setImmediate(done.resolve);
    });
    req.resume();
    res.on('error', () => {});
    wire.destroy();
  };
  let wire;
  await withServer({}, handler, async (port) => {
    wire = new Wire(port).send(GET);
    await done.promise;
    assert.ok(events.includes('res close false true'), `${events}`);
    assert.ok(!events.includes('finish'), `${events}`);
  });
});

laneRow('the server cuts a response off', async () => {
  const handler = (req, res) => {
    res.writeHead(200, { 'Content-Length': 10 });
    res.write('abc', () => res.destroy());
  };
  await withServer({}, handler, async (port) => {
    const { promise, resolve } = deferred();
    const events = [];
    const req = http.get({ port, host: '127.0.0.1', agent: false }, (res) => {
      res.on('data', (chunk) => events.push(`${chunk}`));
      res.on('aborted', () => events.push('aborted'));
      res.on('error', (error) => events.push(`${error.code} ${error.message}`));
      res.on('close', () => resolve(res));
    });
    req.on('error', (error) => events.push(`req ${error.code}`));
    const res = await promise;
    assert.deepStrictEqual(events, ['abc', 'aborted', 'ECONNRESET aborted']);
    assert.strictEqual(res.complete, false);
  });
});

laneRow('the server cuts a request off before any answer', async () => {
  await withServer({}, (req) => req.destroy(), async (port) => {
    const req = http.get({ port, host: '127.0.0.1', agent: false });
    const [error] = await next(req, 'error');
    assert.strictEqual(error.code, 'ECONNRESET');
    assert.strictEqual(error.message, 'socket hang up');
  });
});

laneRow('events of a usual exchange, in order', async () => {
  const events = [];
  const done = deferred();
  const handler = (req, res) => {
    req.on('data', () => events.push('data')).on('end', () => {
      events.push('end');
      res.end('x', () => events.push('end callback'));
    });
    req.on('close', () => events.push('req close'));
    res.on('prefinish', () => events.push('prefinish'));
    res.on('finish', () => events.push('finish'));
    res.on('close', () => {
      events.push('res close');
      setImmediate(done.resolve);
    });
  };
  await withServer({}, handler, async (port) => {
    const { body } = await ask(port, { method: 'POST' }, 'abc');
    assert.strictEqual(`${body}`, 'x');
    await done.promise;
    assert.deepStrictEqual(events, [
      'data', 'end', 'prefinish', 'end callback', 'finish', 'res close', 'req close']);
  });
});

row('a client that aborts its own request', async () => {
  await withServer({}, () => {}, async (port) => {
    for (const cut of [(req) => req.destroy(), (req, control) => control.abort()]) {
      const control = new AbortController();
      const req = http.get({ port, host: '127.0.0.1', agent: false, signal: control.signal });
      const failed = next(req, 'error');
      await next(req, 'socket');
      cut(req, control);
      const [error] = await failed;
      assert.ok(['ECONNRESET', 'ABORT_ERR'].includes(error.code), error.code);
      assert.ok(req.destroyed);
    }
  });
});
