'use strict';

// Aim: messages of an http server are framed as HTTP and Node say. Method: a client that sees
// bytes, against both lanes of the server; Node 24 passes the same rows.

const assert = require('assert');
const { deferred } = require('../../fixtures/rows.test.cjs');
const { Wire, exchange, laneRow, parse, parseAll, withServer } =
  require('./fixtures/wire.test.cjs');

const HOST = 'Host: x\r\n';
const CLOSE = 'Connection: close\r\n';

function get(path, more = '') {
  return `GET ${path} HTTP/1.1\r\n${HOST}${more}\r\n`;
}

function collect(req) {
  return new Promise((resolve, reject) => {
    let body = '';
    req.setEncoding('latin1').on('data', (text) => { body += text; });
    req.on('end', () => resolve(body)).on('error', reject);
  });
}

// --- Connections that live on

/** Request head, does the connection stay, `Connection` header of the response. */
const KEEP_ALIVE = [
  ['GET / HTTP/1.1', '', true, 'keep-alive'],
  ['GET / HTTP/1.1', 'Connection: keep-alive\r\n', true, 'keep-alive'],
  ['GET / HTTP/1.1', 'Connection: close\r\n', false, 'close'],
  ['GET / HTTP/1.1', 'Connection: CLOSE\r\n', false, 'close'],
  ['GET / HTTP/1.1', 'Connection: foo, close\r\n', false, 'close'],
  ['GET / HTTP/1.0', '', false, 'close'],
  ['GET / HTTP/1.0', 'Connection: keep-alive\r\n', false, 'close'],
];

laneRow('keep-alive as asked for', async () => {
  await withServer({}, (req, res) => res.end(req.url), async (port) => {
    for (const [line, header, stays, expect] of KEEP_ALIVE) {
      const head = `${line}\r\n${HOST}${header}\r\n`;
      const wire = new Wire(port).send(head);
      const first = parse(await wire.until('\r\n\r\n/'));
      assert.strictEqual(first.headers.connection, expect, head);
      assert.strictEqual(first.headers['keep-alive'], stays ? 'timeout=5' : undefined, head);
      if (stays) {
        wire.send(get('/again', CLOSE));
        assert.match(await wire.closed(), /\/again$/, head);
      } else {
        await wire.closed();
      }
      assert.strictEqual(wire.error, null);
      assert.ok(wire.hasEnded);
    }
  });
});

laneRow('a response may end the connection', async () => {
  const handler = (req, res) => {
    res.setHeader('Connection', 'close');
    res.end('bye');
  };
  await withServer({}, handler, async (port) => {
    const text = await exchange(port, get('/') + get('/never'));
    assert.strictEqual(parseAll(text).length, 1);
  });
});

// --- Pipelines

laneRow('answers keep the order of requests', async () => {
  const seen = [];
  const slow = deferred();
  const handler = async (req, res) => {
    seen.push(req.url);
    if (req.url === '/0') {
      // It answers last, after everything has been read.
      setTimeout(slow.resolve, 20);
      await slow.promise;
    }
    res.end(req.url);
  };
  await withServer({}, handler, async (port) => {
    const requests = Array.from({ length: 20 }, (_, i) => get(`/${i}`));
    const text = await exchange(port, requests.join('') + get('/last', CLOSE));
    const expect = [...requests.keys()].map((i) => `/${i}`).concat('/last');
    assert.deepStrictEqual(parseAll(text).map((response) => response.body), expect);
    assert.deepStrictEqual(seen, expect);
  });
});

laneRow('a request may come byte by byte, with the next one behind it', async () => {
  const handler = async (req, res) => res.end(`${req.url} ${await collect(req)}`);
  await withServer({}, handler, async (port) => {
    const wire = new Wire(port);
    const text = `POST /a HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc` +
      `POST /b HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n0\r\n\r\n` +
      get('/c', CLOSE);
    for (const byte of text) {
      wire.send(byte);
      await new Promise(setImmediate);
    }
    const bodies = parseAll(await wire.closed()).map((response) => response.body);
    assert.deepStrictEqual(bodies, ['/a abc', '/b xy', '/c ']);
  });
});

laneRow('bodies that nobody reads do not become requests', async () => {
  await withServer({}, (req, res) => res.end(req.url), async (port) => {
    const inner = get('/smuggled');
    const text = await exchange(
      port, `POST /a HTTP/1.1\r\n${HOST}Content-Length: ${inner.length}\r\n\r\n${inner}` +
        get('/b', CLOSE));
    assert.deepStrictEqual(parseAll(text).map((response) => response.body), ['/a', '/b']);
  });
});

// --- Chunks

laneRow('chunked both ways, with extensions and trailers', async () => {
  const handler = async (req, res) => {
    const body = await collect(req);
    assert.deepStrictEqual(req.trailers, { 'x-sum': '7', 'x-two': 'a, b' });
    assert.deepStrictEqual(req.rawTrailers, ['X-Sum', '7', 'x-two', 'a', 'X-Two', 'b']);
    assert.ok(req.complete);
    res.writeHead(200, { Trailer: 'X-Out' });
    res.write('one,');
    res.write('');
    res.write(body);
    res.addTrailers({ 'X-Out': 'yes' });
    res.end();
  };
  await withServer({}, handler, async (port) => {
    const text = await exchange(
      port, `POST / HTTP/1.1\r\n${HOST}${CLOSE}Transfer-Encoding: chunked\r\n\r\n` +
        '5;a=b;c="d"\r\nhello\r\n00A\r\n0123456789\r\n' +
        '0\r\nX-Sum: 7\r\nx-two: a\r\nX-Two: b\r\n\r\n');
    const response = parse(text);
    assert.strictEqual(response.body, 'one,hello0123456789');
    assert.deepStrictEqual(response.trailers, ['X-Out: yes']);
    assert.strictEqual(response.headers.trailer, 'X-Out');
  });
});

/** What the handler does, and the framing that follows from it. */
const FRAMING = [
  ['end(text)', (res) => res.end('abc'), { 'content-length': '3' }, 'abc'],
  ['end(utf8)', (res) => res.end('é€'), { 'content-length': '5' }, '\xc3\xa9\xe2\x82\xac'],
  ['end(latin1)', (res) => res.end('é', 'latin1'), { 'content-length': '1' }, '\xe9'],
  ['end(bytes)', (res) => res.end(Buffer.from([1, 255])), { 'content-length': '2' }, '\x01\xff'],
  ['end()', (res) => res.end(), { 'content-length': '0' }, ''],
  ['write, end', (res) => { res.write('a'); res.end('b'); },
    { 'transfer-encoding': 'chunked' }, 'ab'],
  ['own length', (res) => { res.setHeader('Content-Length', 2); res.write('a'); res.end('b'); },
    { 'content-length': '2' }, 'ab'],
  ['writeHead with length', (res) => res.writeHead(201, { 'Content-Length': '2' }).end('ab'),
    { 'content-length': '2' }, 'ab'],
  ['flushHeaders', (res) => { res.flushHeaders(); res.end('x'); },
    { 'transfer-encoding': 'chunked' }, 'x'],
];

laneRow('framing follows from the calls', async () => {
  let act;
  await withServer({}, (req, res) => act(res), async (port) => {
    for (const [name, run, framing, body] of FRAMING) {
      act = run;
      const response = parse(await exchange(port, get('/', CLOSE)));
      const { 'content-length': length, 'transfer-encoding': coding } = response.headers;
      assert.deepStrictEqual(
        { length, coding },
        { length: framing['content-length'], coding: framing['transfer-encoding'] }, name);
      assert.strictEqual(response.body, body, name);
      assert.strictEqual(response.rest, '', name);
    }
  });
});

laneRow('writes after a chunked body was ended are refused', async () => {
  const errors = [];
  const handler = (req, res) => {
    res.on('error', (error) => errors.push(error.code));
    res.end('a');
    res.write('b', (error) => errors.push(error.code));
    res.end('c');
  };
  await withServer({}, handler, async (port) => {
    assert.strictEqual(parse(await exchange(port, get('/', CLOSE))).body, 'a');
    assert.ok(errors.length >= 2, `${errors}`);
    assert.ok(errors.every((code) => code === 'ERR_STREAM_WRITE_AFTER_END'), `${errors}`);
  });
});

// --- Responses without a body

const BARE = [
  ['HEAD', 200, {}],
  ['GET', 204, {}],
  ['GET', 304, {}],
];

laneRow('HEAD, 204 and 304 have no body', async () => {
  const handler = (req, res) => {
    res.statusCode = Number(req.url.slice(1));
    res.end('body');
  };
  await withServer({}, handler, async (port) => {
    for (const [method, status, expect] of BARE) {
      const text = await exchange(
        port, `${method} /${status} HTTP/1.1\r\n${HOST}\r\n` + get('/200', CLOSE));
      const first = parse(text, method);
      assert.strictEqual(first.status, status);
      for (const name of ['content-length', 'transfer-encoding']) {
        assert.strictEqual(first.headers[name], expect[name], `${method} ${status} ${name}`);
      }
      // What follows at once is the next response.
      assert.strictEqual(parse(first.rest).body, 'body', `${method} ${status}`);
    }
  });
});

// --- 1xx

laneRow('Expect: 100-continue', async () => {
  const handler = async (req, res) => res.end(await collect(req));
  await withServer({}, handler, async (port, server) => {
    const head = `POST / HTTP/1.1\r\n${HOST}${CLOSE}Content-Length: 3\r\n`;
    const wire = new Wire(port).send(`${head}Expect: 100-continue\r\n\r\n`);
    assert.strictEqual(await wire.until('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n');
    wire.send('abc');
    assert.match(await wire.closed(), /100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n.*\r\n\r\nabc$/s);

    assert.strictEqual(
      parse(await exchange(port, `${head}Expect: more\r\n\r\nabc`)).status, 417);

    server.on('checkContinue', (req, res) => res.writeHead(403).end('no'));
    const refused = parse(await exchange(port, `${head}Expect: 100-continue\r\n\r\n`));
    assert.strictEqual(refused.status, 403);
    assert.strictEqual(refused.headers.connection, 'close');

    server.on('checkExpectation', (req, res) => res.end(req.headers.expect));
    assert.strictEqual(
      parse(await exchange(port, `${head}Expect: more\r\n\r\nabc`)).body, 'more');
  });
});

laneRow('informational responses stand before the response', async () => {
  const handler = (req, res) => {
    res.writeProcessing();
    res.writeEarlyHints({ 'link': '</a.css>; rel=preload', 'x-id': '1' });
    res.end('ok');
  };
  await withServer({}, handler, async (port) => {
    const all = parseAll(await exchange(port, get('/', CLOSE)));
    assert.deepStrictEqual(all.map((response) => response.line), [
      'HTTP/1.1 102 Processing', 'HTTP/1.1 103 Early Hints', 'HTTP/1.1 200 OK']);
    assert.deepStrictEqual(all[1].headers, { 'link': '</a.css>; rel=preload', 'x-id': '1' });
    assert.strictEqual(all[2].body, 'ok');
  });
});

// --- Heads

laneRow('headers come in wire order, doubled ones joined by their rules', async () => {
  let seen;
  const handler = (req, res) => {
    seen = { url: req.url, headers: req.headers, raw: req.rawHeaders, all: req.headersDistinct };
    res.end();
  };
  await withServer({}, handler, async (port) => {
    await exchange(port, 'GET http://h/p?q#f HTTP/1.1\r\nHost:x\r\nX-A:  1 \t\r\nx-a: 2\r\n' +
      `Cookie: a=1\r\nCookie: b=2\r\nSet-Cookie: c\r\nSet-Cookie: d\r\nAge: 1\r\nAge: 2\r\n` +
      `X-Empty:\r\nX-L: \xe9\r\n${CLOSE}\r\n`);
    assert.strictEqual(seen.url, 'http://h/p?q#f');
    assert.deepStrictEqual({ ...seen.headers }, {
      'host': 'x', 'x-a': '1, 2', 'cookie': 'a=1; b=2', 'set-cookie': ['c', 'd'], 'age': '1',
      'x-empty': '', 'x-l': '\xe9', 'connection': 'close' });
    assert.deepStrictEqual(seen.raw, [
      'Host', 'x', 'X-A', '1', 'x-a', '2', 'Cookie', 'a=1', 'Cookie', 'b=2', 'Set-Cookie', 'c',
      'Set-Cookie', 'd', 'Age', '1', 'Age', '2', 'X-Empty', '', 'X-L', '\xe9',
      'Connection', 'close']);
    assert.deepStrictEqual(seen.all['x-a'], ['1', '2']);
  });
});

/** Calls that must throw, and their codes. */
const REFUSED = [
  ['name', (res) => res.setHeader('a b', '1'), 'ERR_INVALID_HTTP_TOKEN'],
  ['value', (res) => res.setHeader('a', 'x\r\ny: z'), 'ERR_INVALID_CHAR'],
  ['undefined', (res) => res.setHeader('a', undefined), 'ERR_HTTP_INVALID_HEADER_VALUE'],
  ['status', (res) => res.writeHead(99), 'ERR_HTTP_INVALID_STATUS_CODE'],
  ['status text', (res) => res.writeHead(200, 'a\nb'), 'ERR_INVALID_CHAR'],
  ['chunk', (res) => res.write(1), 'ERR_INVALID_ARG_TYPE'],
  ['null', (res) => res.write(null), 'ERR_STREAM_NULL_VALUES'],
  ['trailer', (res) => res.addTrailers({ 'a': '\n' }), 'ERR_INVALID_CHAR'],
];

laneRow('bad heads are thrown at the program, not sent', async () => {
  const codes = [];
  const handler = (req, res) => {
    for (const [, run] of REFUSED) {
      try {
        run(res);
        codes.push('none');
      } catch (error) {
        codes.push(error.code);
      }
    }
    res.statusMessage = undefined; // The refused one is still there.
    res.end('fine');
  };
  await withServer({}, handler, async (port) => {
    assert.strictEqual(parse(await exchange(port, get('/', CLOSE))).body, 'fine');
    assert.deepStrictEqual(codes, REFUSED.map(([, , code]) => code));
  });
});
