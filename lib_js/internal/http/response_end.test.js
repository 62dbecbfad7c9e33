'use strict';
// What programs see of the end of a response, in Node's order; expected values are Node 24's.

const { test } = require('node:test');
const assert = require('node:assert');
const http = require('node:http');
const net = require('node:net');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const LARGE_BYTES = 50_000_000;

/**
 * What the handler says, events of its response included, what came to the client, and whether it
 * was still connected so long after the response.
 */
async function answer(handler, { request = REQUEST, reads = true, ms = 0 } = {}) {
  const said = [];
  const server = http.createServer();
  const over = new Promise((resolve) => server.on('request', (req, res) => {
    for (const event of ['prefinish', 'finish', 'close', 'drain']) {
      res.on(event, () => said.push(event));
    }
    res.on('error', (error) => said.push(`error ${error.code}`)).on('close', resolve);
    res.sendDate = false;
    handler(res, (what) => (error) => said.push(`${what} ${error?.code ?? 'done'}`), req);
  }));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const received = [];
  client.on('error', () => {});
  if (reads) client.on('data', (data) => received.push(data));
  client.write(request);
  const closed = once(client, 'close');
  await over;
  const isOpen = await Promise.race([closed.then(() => false), sleep(ms, true, { ref: false })]);
  // What is still on its way comes before the server's end.
  if (reads) client.end();
  else client.destroy();
  await closed;
  server.close();
  await once(server, 'close');
  return { said, isOpen, received: Buffer.concat(received).toString('latin1') };
}

test('end() of a destroyed response ends it, and calls nobody back', async () => {
  const { said } = await answer((res, tell) => {
    res.destroy();
    res.end('late', tell('end'));
    assert.ok(res.writableEnded && res.finished);
  });
  assert.deepStrictEqual(said, ['prefinish', 'close']);
});

test('what was not sent before the connection was destroyed is no success', async () => {
  const { said } = await answer((res, tell, req) => {
    res.end(Buffer.alloc(LARGE_BYTES), tell('end'));
    req.socket.destroy();
  }, { reads: false });
  assert.deepStrictEqual(said, ['prefinish', 'end ECANCELED', 'close']);
  const later = await answer((res, tell) => {
    res.end(Buffer.alloc(LARGE_BYTES), tell('end'));
    setTimeout(() => res.destroy(), 10);
  }, { reads: false });
  assert.deepStrictEqual(later.said, ['prefinish', 'end ECANCELED', 'close']);
});

test('writes are told of one after the other, before the end', async () => {
  const { said } = await answer((res, tell) => {
    res.write(Buffer.alloc(70_000), tell('large'));
    res.write('small', tell('small'));
    res.end(tell('end'));
  });
  assert.deepStrictEqual(
    said, ['prefinish', 'large done', 'small done', 'end done', 'finish', 'close']);
});

test('write() says no until the response has drained', async () => {
  const { said } = await answer((res, tell) => {
    assert.strictEqual(res.write(Buffer.alloc(70_000), tell('large')), false);
    assert.strictEqual(res.write('small'), false);
    res.once('drain', () => setImmediate(() => {
      assert.strictEqual(res.write('small'), true);
      res.end();
    }));
  });
  assert.deepStrictEqual(said, ['drain', 'large done', 'prefinish', 'finish', 'close']);
});

test('an end too many is told of behind the first', async () => {
  const { said } = await answer((res, tell) => {
    res.end('first', tell('first'));
    res.end('second', tell('second'));
  });
  const code = 'ERR_STREAM_WRITE_AFTER_END';
  assert.deepStrictEqual(
    said, ['prefinish', 'first done', 'finish', `second ${code}`, `error ${code}`, 'close']);
});

test('a head that goes out alone, or with text, is UTF-8', async () => {
  const heads = {
    flushed: (res) => { res.flushHeaders(); res.end('a'); },
    withText: (res) => { res.setHeader('Content-Length', 1); res.write('a'); res.end(); },
    withNothing: (res) => { res.write(''); res.end('a'); },
  };
  for (const [name, send] of Object.entries(heads)) {
    const { received } = await answer((res) => {
      res.setHeader('X-H', 'é');
      send(res);
    });
    assert.match(received, /X-H: \xc3\xa9\r\n/, name);
  }
  const { received } = await answer((res) => {
    res.setHeader('X-H', 'é');
    res.write('a');
    res.end();
  });
  assert.match(received, /X-H: \xe9\r\n/);
});

test('flushHeaders() of a response that is over is nothing', async () => {
  for (const end of [(res) => res.end('a'), (res) => res.destroy()]) {
    const { promise, resolve } = Promise.withResolvers();
    await answer((res) => {
      res.on('close', () => setImmediate(() => resolve(res.flushHeaders())));
      end(res);
    });
    assert.strictEqual(await promise, undefined);
  }
});

test('strictContentLength counts bytes of text that end() is given alone', async () => {
  for (const [encoding, body] of [[undefined, '\xc3\xa9'], ['latin1', '\xe9']]) {
    const { received } = await answer((res) => {
      res.strictContentLength = true;
      res.end('é', encoding);
    });
    assert.ok(received.endsWith(`\r\nContent-Length: ${body.length}\r\n\r\n${body}`), received);
  }
});

test('who answers keep-alive to a close waits for the peer to close', async () => {
  const request = REQUEST.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
  const kept = await answer((res) => {
    res.setHeader('Connection', 'keep-alive');
    res.end('a');
  }, { request, ms: 100 });
  assert.match(kept.received, /Connection: keep-alive\r\n/);
  assert.ok(kept.isOpen);
  const ended = await answer((res) => res.end('a'), { request, ms: 10_000 });
  assert.ok(!ended.isOpen);
});
