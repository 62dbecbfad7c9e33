'use strict';

// Aim: what a response writes is on its way from the next tick on, or from uncork() on; until then
// it is forgotten with the connection. Method: handlers that write and destroy, and handlers that
// cork, in all orders; what comes to the client, and what the program is told. Node 24 passes the
// same rows but those named 'whole', in which it sends corked chunks behind the last one.

const assert = require('assert');
const http = require('http');
const net = require('net');
const { deferred, next, row, rows } = require('../../fixtures/rows.test.cjs');

const HEAD = 'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const MARK = '|';
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** What the handler says, and what the client has got by the end of the connection. */
async function answer(handler) {
  const said = [];
  let received = '';
  const closed = deferred();
  const server = http.createServer((req, res) => {
    res.sendDate = false;
    req.on('aborted', () => said.push('aborted')).on('error', () => {});
    res.on('finish', () => said.push('finish')).on('close', () => said.push('close'));
    req.socket.on('close', () => { said.push('closed'); closed.resolve(); });
    process.nextTick(() => said.push('tick'));
    handler(res, {
      req,
      server,
      tell: (name) => (error) => said.push(`${name} ${error?.code ?? 'done'}`),
      arrived: (callback) => client.once('data', callback),
      // In the text that the client gets: what comes behind it was sent later.
      mark: () => { received += MARK; },
    });
  });
  await next(server.listen(0, '127.0.0.1'), 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('error', () => {});
  client.on('data', (data) => { received += data.toString('latin1'); });
  client.write(REQUEST);
  await next(client, 'close');
  await closed.promise;
  server.close();
  return { said, received };
}

const LOST = 'ERR_STREAM_DESTROYED';
const CUT = ['tick', 'aborted', 'close', 'closed'];

rows('what was written in the tick that destroys the connection is forgotten', [
  ['write()', (res) => res.write('abc') && res.destroy(), ''],
  ['a head and write()', (res) => { res.writeHead(200).write('a'); res.destroy(); }, ''],
  ['a large write()', (res) => { res.write(Buffer.alloc(1 << 20)); res.destroy(); }, ''],
  ['the socket is destroyed', (res) => { res.write('abc'); res.socket.destroy(); }, ''],
  ['all connections are closed',
    (res, { server }) => { res.write('abc'); server.closeAllConnections(); }, ''],
  ['flushHeaders() does not wait',
    (res) => { res.flushHeaders(); res.write('abc'); res.destroy(); }, CHUNKED],
  ['nor does writeContinue()', (res) => { res.writeContinue(); res.write('abc'); res.destroy(); },
    'HTTP/1.1 100 Continue\r\n\r\n'],
  ['a tick queued before', (res) => {
    process.nextTick(() => res.destroy());
    res.write('abc');
  }, ''],
  ['a tick queued behind', (res) => {
    res.write('abc');
    process.nextTick(() => res.destroy());
  }, `${CHUNKED}3\r\nabc\r\n`],
  ['a second write()', (res) => {
    res.write('abc');
    setImmediate(() => { res.write('def'); res.destroy(); });
  }, `${CHUNKED}3\r\nabc\r\n`],
  ['a microtask', (res) => {
    res.write('abc');
    Promise.resolve().then(() => res.destroy());
  }, `${CHUNKED}3\r\nabc\r\n`],
], async (name, handler, expected) => {
  const { received, said } = await answer(handler);
  assert.strictEqual(received, expected);
  assert.deepStrictEqual(said, CUT);
});

row('the request is destroyed', async () => {
  const { received, said } = await answer((res, { req }) => { res.write('abc'); req.destroy(); });
  assert.strictEqual(received, '');
  assert.deepStrictEqual(said, ['aborted', 'tick', 'close', 'closed']);
});

row('flushHeaders() behind write() is forgotten, too', async () => {
  const { received, said } = await answer((res) => {
    res.write('a');
    res.flushHeaders();
    res.destroy();
  });
  assert.strictEqual(received, '');
  assert.deepStrictEqual(said, CUT);
});

row('callbacks of forgotten writes are told', async () => {
  const { said } = await answer((res, { tell }) => {
    res.write('a', tell('first'));
    res.write('b', tell('second'));
    res.destroy();
  });
  assert.deepStrictEqual(said, ['tick', `first ${LOST}`, `second ${LOST}`, ...CUT.slice(1)]);
});

rows('what was ended in the tick that destroys the connection is sent', [
  ['end(text)', (res) => res.end('abc'), `${HEAD}Content-Length: 3\r\n\r\nabc`],
  ['end()', (res) => res.end(), `${HEAD}Content-Length: 0\r\n\r\n`],
  ['write(), end(text)', (res) => { res.write('a'); res.end('b'); },
    `${CHUNKED}1\r\na\r\n1\r\nb\r\n0\r\n\r\n`],
  ['write(), end()', (res) => { res.write('a'); res.end(); }, `${CHUNKED}1\r\na\r\n0\r\n\r\n`],
], async (name, handler, expected) => {
  const { received, said } = await answer((res) => { handler(res); res.destroy(); });
  assert.strictEqual(received, expected);
  assert.deepStrictEqual(said, ['tick', 'finish', 'close', 'closed']);
});

row('many large writes in a tick: the writer waits once, then for nobody', async () => {
  let drains = 0;
  const { received } = await answer((res) => {
    res.on('drain', () => { drains++; res.end(); res.socket.end(); });
    assert.strictEqual(res.write(Buffer.alloc(40_000, 'a')), true);
    assert.strictEqual(res.write(Buffer.alloc(40_000, 'b')), false);
    assert.strictEqual(res.writableNeedDrain, true);
  });
  assert.strictEqual(drains, 1);
  const chunks = `9c40\r\n${'a'.repeat(40_000)}\r\n9c40\r\n${'b'.repeat(40_000)}\r\n`;
  assert.ok(received === `${CHUNKED}${chunks}0\r\n\r\n`);
});

row('what waits for the tick counts', async () => {
  await answer((res) => {
    res.write('abc');
    const head = CHUNKED.length;
    assert.strictEqual(res.writableLength, head + '3\r\nabc\r\n'.length);
    assert.strictEqual(res.socket.bytesWritten, head + '3\r\nabc\r\n'.length);
    process.nextTick(() => {
      assert.strictEqual(res.socket.bytesWritten, head + '3\r\nabc\r\n'.length);
      res.destroy();
    });
  });
});

/** Later than whatever the kernel and both ends do with what was sent. */
function later(callback) {
  setTimeout(callback, 30);
}

function endSoon(res) {
  later(() => { res.end('z'); res.socket.end(); });
}

const LAST = '1\r\nz\r\n0\r\n\r\n';

rows('cork() holds back until uncork()', [
  ['before the head', (res, { mark }) => {
    res.cork();
    res.write('a');
    res.write('b');
    later(() => { mark(); res.uncork(); endSoon(res); });
  }, `|${CHUNKED}1\r\na\r\n1\r\nb\r\n${LAST}`],
  ['one chunk of many', (res, { arrived, mark }) => {
    res.write('0');
    arrived(() => {
      res.cork();
      res.write('a');
      res.write(Buffer.from('b'));
      later(() => { mark(); res.uncork(); endSoon(res); });
    });
  }, `${CHUNKED}1\r\n0\r\n|2\r\nab\r\n${LAST}`],
  ['nested', (res, { mark }) => {
    res.cork();
    res.cork();
    assert.strictEqual(res.writableCorked, 2);
    res.write('a');
    res.uncork();
    later(() => {
      mark();
      assert.strictEqual(res.writableCorked, 1);
      res.uncork();
      assert.strictEqual(res.writableCorked, 0);
      endSoon(res);
    });
  }, `|${CHUNKED}1\r\na\r\n${LAST}`],
  ['of a known length', (res, { mark }) => {
    res.setHeader('Content-Length', 3);
    res.cork();
    res.write('a');
    res.write('b');
    later(() => { mark(); res.uncork(); endSoon(res); });
  }, `|HTTP/1.1 200 OK\r\nContent-Length: 3\r\n${HEAD.slice(17)}\r\nabz`],
  ['flushHeaders()', (res, { mark }) => {
    res.cork();
    res.flushHeaders();
    later(() => { mark(); res.uncork(); endSoon(res); });
  }, `|${CHUNKED}${LAST}`],
  ['of the socket', (res, { mark }) => {
    res.socket.cork();
    res.write('a');
    later(() => {
      assert.strictEqual(res.socket.writableCorked, 1);
      mark();
      res.socket.uncork();
      endSoon(res);
    });
  }, `|${CHUNKED}1\r\na\r\n${LAST}`],
  ['end() undoes it', (res) => {
    res.cork();
    res.cork();
    res.end('z');
    assert.strictEqual(res.writableCorked, 0);
    res.socket.end();
  }, `${HEAD}Content-Length: 1\r\n\r\nz`],
  ['and that of the socket', (res, { mark, req }) => {
    res.socket.cork();
    res.write('a');
    later(() => { mark(); res.end(); req.socket.end(); });
  }, `|${CHUNKED}1\r\na\r\n0\r\n\r\n`],
  ['whole: end() behind corked chunks', (res) => {
    res.cork();
    res.write('a');
    res.write('b');
    res.end('z');
    res.socket.end();
  }, `${CHUNKED}1\r\na\r\n2\r\nbz\r\n0\r\n\r\n`],
  ['whole: with trailers', (res, { arrived }) => {
    res.write('0');
    arrived(() => {
      res.cork();
      res.write('b');
      res.addTrailers({ t: '1' });
      res.end();
      res.socket.end();
    });
  }, `${CHUNKED}1\r\n0\r\n1\r\nb\r\n0\r\nt: 1\r\n\r\n`],
], async (name, handler, expected) => {
  const { received } = await answer(handler);
  assert.strictEqual(received, expected);
});

row('destroy() forgets what is corked', async () => {
  const { received, said } = await answer((res, { tell }) => {
    res.cork();
    res.write('a', tell('first'));
    later(() => res.destroy());
  });
  assert.strictEqual(received, '');
  assert.deepStrictEqual(said, ['tick', `first ${LOST}`, 'aborted', 'close', 'closed']);
});

row('a response that streams ends after its client has left', async () => {
  const ended = deferred();
  const { said } = await answer((res, { req, tell }) => {
    res.write('a');
    req.socket.on('close', () => setImmediate(() => {
      res.write('b', tell('second'));
      res.end('c');
      assert.ok(res.writableEnded);
      process.nextTick(ended.resolve);
    }));
    setImmediate(() => req.socket.destroy());
  });
  await ended.promise;
  assert.deepStrictEqual(said, [...CUT, `second ${LOST}`]);
});
