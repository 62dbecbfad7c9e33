'use strict';

// Aim: a server's bounds hold: timeouts, sizes, counts, and the ways to close it. Method: small
// bounds, clients that break them, and events to wait for; both lanes.

const assert = require('assert');
const { once } = require('events');
const http = require('http');
const net = require('net');
const { next, row } = require('../../fixtures/rows.test.cjs');
const { Wire, exchange, laneRow, parse, parseAll, withServer } =
  require('./fixtures/wire.test.cjs');

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const LAST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const TIMEOUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';
const TOO_LARGE = 'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n';

const pong = (req, res) => res.end('.');

/** Time that `run` takes. */
async function timed(run) {
  const begin = performance.now();
  const result = await run();
  return { result, ms: performance.now() - begin };
}

// --- Timeouts. No upper bounds: a loaded machine is late, never early.

/** Name, options, what the client sends, what it gets, and the least time until then. */
const TIMEOUTS = [
  ['half a head', { headersTimeout: 100, requestTimeout: 200 }, 'GET / HTTP/1.1\r\nHos', TIMEOUT],
  ['nothing at all', { headersTimeout: 100, requestTimeout: 200 }, '', TIMEOUT],
  ['half a body', { headersTimeout: 100, requestTimeout: 100 },
    'POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab', TIMEOUT],
  ['requestTimeout alone', { headersTimeout: 0, requestTimeout: 100 },
    'POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab', TIMEOUT],
];

for (const [name, options, text, expect] of TIMEOUTS) {
  laneRow(`timeout: ${name}`, async () => {
    const handler = (req, res) => {
      if (req.url !== '/wait') pong(req, res);
      req.on('error', () => {});
    };
    await withServer({ connectionsCheckingInterval: 10, ...options }, handler, async (port) => {
      const { result, ms } = await timed(() => exchange(port, text));
      assert.strictEqual(result, expect);
      assert.ok(ms >= 90, `after ${ms} ms`);
    });
  });
}

laneRow('timeout: a finished request is not late', async () => {
  const options = { headersTimeout: 60, requestTimeout: 60, connectionsCheckingInterval: 10 };
  const handler = (req, res) => req.resume().on('end', () => setTimeout(() => res.end('.'), 200));
  await withServer(options, handler, async (port) => {
    assert.strictEqual(parse(await exchange(port, LAST)).body, '.');
  });
});

laneRow('timeout: clientError learns of it', async () => {
  const options = { headersTimeout: 60, requestTimeout: 60, connectionsCheckingInterval: 10 };
  await withServer(options, pong, async (port, server) => {
    const wire = new Wire(port).send('GET');
    const [error, socket] = await next(server, 'clientError');
    assert.strictEqual(error.code, 'ERR_HTTP_REQUEST_TIMEOUT');
    socket.destroy();
    await wire.closed();
  });
});

laneRow('keepAliveTimeout closes idle connections', async () => {
  const options = { keepAliveTimeout: 100, keepAliveTimeoutBuffer: 0 };
  await withServer(options, pong, async (port) => {
    const { result, ms } = await timed(() => exchange(port, GET));
    assert.match(result, /\r\n\r\n\.$/);
    assert.ok(ms >= 90, `after ${ms} ms`);
  });
});

laneRow('times that no clock gets to', async () => {
  await withServer({}, pong, async (port, server) => {
    server.timeout = 1e300;
    server.keepAliveTimeout = 1e300;
    server.keepAliveTimeoutBuffer = 1e300;
    assert.strictEqual(parse(await exchange(port, LAST)).body, '.');
  });
});

laneRow('server.timeout: the event, or the end of the connection', async () => {
  await withServer({}, () => {}, async (port, server) => {
    server.setTimeout(60);
    assert.strictEqual(await exchange(port, GET), '');
    server.setTimeout(60, (socket) => socket.end('told'));
    assert.strictEqual(await exchange(port, GET), 'told');
  });
});

laneRow('res.setTimeout and req.setTimeout', async () => {
  let act;
  await withServer({}, (req, res) => act(req, res), async (port) => {
    act = (req, res) => res.setTimeout(40, () => res.end('res'));
    assert.strictEqual(parse(await exchange(port, LAST)).body, 'res');
    act = (req, res) => req.setTimeout(40, () => res.end('req'));
    const wire = new Wire(port).send(
      'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n');
    await wire.until('req');
    wire.destroy();
  });
});

// --- Sizes and counts

laneRow('heads at the limit pass, larger ones are 431', async () => {
  await withServer({ maxHeaderSize: 1024 }, pong, async (port) => {
    const ask = (bytes) => exchange(
      port, `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ${'a'.repeat(bytes)}\r\n\r\n`);
    assert.strictEqual(parse(await ask(900)).body, '.');
    for (const bytes of [1024, 1025, 100_000]) {
      assert.strictEqual(await ask(bytes), TOO_LARGE, `${bytes}`);
    }
    const url = await exchange(port, `GET /${'u'.repeat(2000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    assert.strictEqual(url, TOO_LARGE);
    // Many small fields are one large head, and so is one that never ends.
    assert.strictEqual(
      await exchange(port, `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(2000)}`), TOO_LARGE);
  });
});

// Fewer than the request has is 431 in Node; today the list is cut instead.
laneRow('maxHeadersCount', async () => {
  const fields = Array.from({ length: 20 }, (_, i) => `X-${i}: ${i}\r\n`).join('');
  const text = `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}\r\n`;
  for (const [max, expect] of [[null, 22], [0, 22], [22, 22], [30, 22]]) {
    let count;
    const handler = (req, res) => {
      count = Object.keys(req.headers).length;
      res.end();
    };
    await withServer({}, handler, async (port, server) => {
      server.maxHeadersCount = max;
      await exchange(port, text);
      assert.strictEqual(count, expect, `${max}`);
    });
  }
});

row("a request's maxHeadersCount", async () => {
  // Lines, maxHeadersCount; names of headers and pairs of rawHeaders, as Node has them.
  for (const [lines, max, names, pairs] of
    [[5, 1, 1, 5], [5, 0, 5, 5], [31, 30, 30, 31], [32, 31, 31, 31], [40, 1, 1, 1], [40, 40, 40, 40]]) {
    const head = Array.from({ length: lines }, (_, i) => `x-${i}: ${i}\r\n`).join('');
    const server = net.createServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n`));
    });
    await next(server.listen(0), 'listening');
    const req = http.get({ port: server.address().port, agent: false });
    req.maxHeadersCount = max;
    const [res] = await once(req, 'response');
    assert.strictEqual(Object.keys(res.headers).length, names, `${lines}, ${max}`);
    assert.strictEqual(res.rawHeaders.length, 2 * pairs, `${lines}, ${max}`);
    res.resume();
    server.close();
  }
});

laneRow('maxRequestsPerSocket', async () => {
  // Node does not close behind the refused request by itself: the keep-alive timeout does.
  const options = { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 };
  await withServer(options, pong, async (port, server) => {
    server.maxRequestsPerSocket = 2;
    let drops = 0;
    server.on('dropRequest', () => { drops++; });
    const all = parseAll(await exchange(port, GET + GET + GET));
    const summary = all.map(({ status, headers }) => `${status} ${headers.connection}`);
    assert.deepStrictEqual(summary, ['200 keep-alive', '200 close', '503 close']);
    assert.strictEqual(drops, 1);
    assert.match(all[0].headers['keep-alive'], /, max=2$/);
  });
});

laneRow('a Host header is required of HTTP/1.1 unless the server says otherwise', async () => {
  const text = 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n';
  await withServer({}, pong, async (port) => {
    assert.strictEqual(parse(await exchange(port, text)).status, 400);
    assert.strictEqual(parse(await exchange(port, text.replace('1.1', '1.0'))).status, 200);
  });
  await withServer({ requireHostHeader: false }, pong, async (port) => {
    assert.strictEqual(parse(await exchange(port, text)).status, 200);
  });
});

// --- Closing

laneRow('close() waits for the open request and closes idle connections', async () => {
  let release;
  const handler = (req, res) => {
    if (req.url === '/') pong(req, res);
    else release = () => res.end('slow');
  };
  await withServer({}, handler, async (port, server) => {
    const idle = new Wire(port).send(GET);
    await idle.until('\r\n\r\n.');
    const busy = new Wire(port).send(GET.replace('/ ', '/slow '));
    while (release === undefined) await new Promise(setImmediate);
    let isClosed = false;
    const closed = new Promise((resolve) => server.close(resolve)).then((error) => {
      isClosed = true;
      return error;
    });
    await idle.closed();
    assert.strictEqual(isClosed, false);
    assert.strictEqual(server.listening, false);
    const late = new Wire(port);
    await late.closed();
    assert.strictEqual(late.error.code, 'ECONNREFUSED');
    release();
    await busy.until('slow');
    busy.destroy();
    assert.strictEqual(await closed, undefined);
  });
});

laneRow('closeIdleConnections and closeAllConnections', async () => {
  const handler = (req, res) => {
    if (req.url === '/') pong(req, res);
    else res.write('open');
  };
  await withServer({}, handler, async (port, server) => {
    const idle = new Wire(port).send(GET);
    const busy = new Wire(port).send(GET.replace('/ ', '/busy '));
    await idle.until('\r\n\r\n.');
    await busy.until('open');
    server.closeIdleConnections();
    await idle.closed();
    assert.strictEqual(busy.isClosed, false);
    const count = await new Promise((resolve) => {
      server.getConnections((error, found) => resolve(found));
    });
    assert.ok(count >= 1 && count <= 2, `${count}`);
    server.closeAllConnections();
    await busy.closed();
    assert.strictEqual(server.listening, true);
    assert.strictEqual(parse(await exchange(port, LAST)).body, '.');
  });
});

laneRow('connections that come and go are all forgotten', async () => {
  await withServer({}, (req, res) => req.pipe(res), async (port, server) => {
    const post = 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab';
    let left = 400;
    const one = async () => {
      while (left-- > 0) {
        assert.strictEqual(parse(await exchange(port, post)).body.length, 2);
      }
    };
    await Promise.all(Array.from({ length: 8 }, one));
    const closed = next(server, 'close');
    server.close();
    await closed;
    assert.strictEqual(server._connections, 0);
  });
});

laneRow('maxConnections drops', async () => {
  await withServer({}, pong, async (port, server) => {
    server.maxConnections = 1;
    const dropped = next(server, 'drop');
    const first = new Wire(port).send(GET);
    await first.until('\r\n\r\n.');
    const second = new Wire(port);
    await second.closed();
    assert.strictEqual(second.text, '');
    const [facts] = await dropped;
    assert.strictEqual(facts.localPort, port);
    first.destroy();
  });
});

laneRow('a second listen, and options that are out of range', async () => {
  await withServer({}, pong, async (port, server) => {
    assert.throws(() => server.listen(0), { code: 'ERR_SERVER_ALREADY_LISTEN' });
    assert.throws(() => http.createServer({ headersTimeout: 2, requestTimeout: 1 }),
                  { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => http.createServer({ maxHeaderSize: -1 }), { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => http.createServer({ keepAliveTimeout: 'x' }),
                  { code: 'ERR_INVALID_ARG_TYPE' });
  });
});
