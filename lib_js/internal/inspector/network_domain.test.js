'use strict';
// Flags: --experimental-network-inspection

// Domain Network: requests of http, http2 and fetch, events of programs, limits of what is kept.

const assert = require('node:assert');
const { hasSubscribers } = require('node:diagnostics_channel');
const { once } = require('node:events');
const http = require('node:http');
const http2 = require('node:http2');
const inspector = require('node:inspector');
const { Session } = require('node:inspector/promises');
const { test } = require('node:test');

const { Network } = inspector;

/** A session and the events that it hears, as [name, params]. */
async function enable(limits) {
  const session = new Session();
  session.connect();
  const events = [];
  session.on('inspectorNotification', ({ method, params }) => {
    events.push([method.slice('Network.'.length), params]);
  });
  await session.post('Network.enable', limits);
  return { session, events };
}

/** Reading the response is over, and its events were told. */
function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

async function serve(handler, use) {
  const server = http.createServer(handler).listen(0);
  await once(server, 'listening');
  await use(server.address().port);
  server.close();
  server.closeAllConnections();
}

function named(events, name) {
  return events.filter(([event]) => event === name);
}

const request = (requestId, more) => ({
  requestId, timestamp: 1, wallTime: 2, request: { url: 'u', method: 'm', headers: {} }, ...more,
});
const bytes = (requestId, text) => ({
  requestId,
  timestamp: 3,
  dataLength: text.length,
  encodedDataLength: text.length,
  data: Buffer.from(text),
});

test('a request of http', () => serve((req, res) => {
  res.setHeader('Set-Cookie', ['a=1', 'b=2']);
  res.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  res.end('gr\u00fcn');
}, async (port) => {
  const { session, events } = await enable();
  const url = `http://localhost:${port}/path?q`;
  const sent = http.get(url, { headers: { 'X-A': ['1', '2'], 'cookie': ['c=3', 'd=4'] } });
  const { 0: response } = await once(sent, 'response');
  assert.strictEqual(response.readableFlowing, null);
  const { 0: [, begun], 1: [, received] } = events;
  assert.deepStrictEqual(begun.request, {
    url,
    method: 'GET',
    headers: { 'x-a': '1, 2', 'cookie': 'c=3; d=4', 'host': `localhost:${port}` },
    hasPostData: false,
  });
  const frames = begun.initiator.stack.callFrames;
  assert.ok(frames.some(({ url: at, lineNumber }) => at === __filename && lineNumber > 0));
  assert.strictEqual(received.response.headers['set-cookie'], 'a=1\nb=2');
  assert.strictEqual(received.response.charset, 'utf-8');
  const { requestId } = begun;
  await assert.rejects(session.post('Network.getResponseBody', { requestId }), {
    message: 'Inspector error -32602: Response data is not finished yet',
  });
  response.resume();
  await once(response, 'end');
  assert.deepStrictEqual(events.map(([name]) => name), [
    'requestWillBeSent', 'responseReceived', 'loadingFinished',
  ]);
  assert.deepStrictEqual(
    await session.post('Network.getResponseBody', { requestId }),
    { body: 'gr\u00fcn', base64Encoded: false });
  await assert.rejects(session.post('Network.getResponseBody', { requestId }), {
    message: 'Inspector error -32602: Request not found',
  });
  session.disconnect();
}));

test('fetch, with its bodies', () => serve((req, res) => {
  req.pipe(res);
}, async (port) => {
  const { session, events } = await enable();
  const body = 'p\u00f6st';
  const response = await fetch(`http://localhost:${port}/x`, { method: 'POST', body });
  await response.text();
  await settled();
  const { 0: [, { requestId, request: told }], 1: [, received] } = events;
  assert.strictEqual(told.hasPostData, true);
  assert.strictEqual(received.type, 'Fetch');
  assert.deepStrictEqual(
    await session.post('Network.getRequestPostData', { requestId }), { postData: body });
  assert.deepStrictEqual(
    await session.post('Network.getResponseBody', { requestId }),
    { body: Buffer.from(body).toString('base64'), base64Encoded: true });
  session.disconnect();
}));

test('a stream of http2', async () => {
  const { session, events } = await enable();
  const server = http2.createServer((req, res) => req.pipe(res)).listen(0);
  await once(server, 'listening');
  const client = http2.connect(`http://localhost:${server.address().port}`);
  const type = 'text/plain; charset=utf-8';
  const stream = client.request({ ':method': 'POST', ':path': '/p', 'content-type': type });
  stream.write('one ');
  stream.end('two');
  stream.resume();
  await once(stream, 'close');
  const { 0: [, { requestId, request: told }] } = events;
  assert.deepStrictEqual(events.map(([name]) => name), [
    'requestWillBeSent', 'responseReceived', 'loadingFinished',
  ]);
  assert.strictEqual(told.url, `http://localhost:${server.address().port}/p`);
  assert.deepStrictEqual(
    await session.post('Network.getRequestPostData', { requestId }), { postData: 'one two' });
  const { body } = await session.post('Network.getResponseBody', { requestId });
  assert.strictEqual(Buffer.from(body, 'base64').toString(), 'one two');
  session.disconnect();
  client.close();
  server.close();
});

test('a body that the program reads as text', () => serve((req, res) => {
  res.end(Buffer.from([0x61, 0xc3, 0xbc]));
}, async (port) => {
  for (const encoding of ['utf8', 'hex', 'base64']) {
    const { session, events } = await enable();
    const { 0: response } = await once(http.get({ port }), 'response');
    response.setEncoding(encoding).resume();
    await once(response, 'end');
    const { requestId } = events[0][1];
    const { body } = await session.post('Network.getResponseBody', { requestId });
    assert.strictEqual(body, 'YcO8', encoding);
    session.disconnect();
  }
}));

test('a request that fails, by whatever', async () => {
  const { session, events } = await enable();
  for (const reason of [new Error('mine'), 'text']) {
    const failing = http.get({ host: 'localhost', port: 1, lookup: () => {} });
    const closed = new Promise((resolve) => failing.on('error', () => {}).on('close', resolve));
    failing.destroy(reason);
    await closed;
  }
  const failures = named(events, 'loadingFailed');
  assert.deepStrictEqual(failures.map(([, { errorText }]) => errorText), ['mine', 'undefined']);
  session.disconnect();
});

test('a body that is streamed is not kept', async () => {
  const { session, events } = await enable();
  Network.requestWillBeSent(request('s'));
  Network.dataReceived(bytes('s', 'one'));
  const stream = () => session.post('Network.streamResourceContent', { requestId: 's' });
  assert.deepStrictEqual(await stream(), { bufferedData: 'b25l' });
  Network.dataReceived(bytes('s', 'two'));
  const { 0: name, 1: { data, dataLength } } = events.at(-1);
  assert.deepStrictEqual([name, data, dataLength], ['dataReceived', 'dHdv', 3]);
  await assert.rejects(session.post('Network.getResponseBody', { requestId: 's' }));
  assert.deepStrictEqual(await stream(), { bufferedData: '' });
  Network.loadingFinished({ requestId: 's', timestamp: 1 });
  await assert.rejects(stream(), { message: 'Inspector error -32602: Request not found' });
  session.disconnect();
});

test('clients hear of what they asked for, and no more', async () => {
  const one = await enable();
  const other = await enable();
  Network.requestWillBeSent(request('a'));
  Network.requestWillBeSent(request('a'));
  await one.session.post('Network.disable');
  Network.loadingFinished({ requestId: 'a', timestamp: 1 });
  assert.strictEqual(one.events.length, 1);
  assert.strictEqual(other.events.length, 2);
  assert.ok(hasSubscribers('http.client.request.created'));
  other.session.disconnect();
  assert.ok(!hasSubscribers('http.client.request.created'));
  assert.ok(!hasSubscribers('undici:request:create'));
  // Nobody reads it.
  Network.requestWillBeSent({});
  one.session.disconnect();
});

test('a listener may close every session', async () => {
  const clients = [await enable(), await enable()];
  for (const { session } of clients) {
    session.once('Network.webSocketClosed', () => {
      for (const client of clients) client.session.disconnect();
    });
  }
  Network.webSocketClosed({ requestId: 'w', timestamp: 1 });
  // The first was in the midst of it.
  assert.deepStrictEqual(clients.map(({ events }) => events.length), [1, 0]);
  assert.ok(!hasSubscribers('http.client.request.created'));
});

test('the oldest requests go when bodies are too large', async () => {
  const check = async (limits, steps, expect) => {
    const { session } = await enable(limits);
    for (const { 0: id, 1: size } of steps) {
      Network.requestWillBeSent(request(id));
      Network.dataReceived(bytes(id, 'x'.repeat(size)));
    }
    const found = {};
    for (const id of 'abc') {
      Network.loadingFinished({ requestId: id, timestamp: 1 });
      try {
        const { body } = await session.post('Network.getResponseBody', { requestId: id });
        found[id] = Buffer.from(body, 'base64').length;
      } catch {
        // It is gone.
      }
    }
    assert.deepStrictEqual(found, expect);
    session.disconnect();
  };
  await check({ maxTotalBufferSize: 10 }, [['a', 5], ['b', 5]], { a: 5, b: 5 });
  await check({ maxTotalBufferSize: 10 }, [['a', 5], ['b', 5], ['c', 1]], { b: 5, c: 1 });
  await check({ maxTotalBufferSize: 10 }, [['a', 11], ['b', 10]], { b: 10 });
  await check({ maxResourceBufferSize: 4 }, [['a', 4], ['b', 5], ['b', 3]], { a: 4, b: 3 });
  await check({ maxTotalBufferSize: 3, maxResourceBufferSize: 0 }, [['a', 4]], { a: 0 });
  await check(undefined, [['a', 5 * 2 ** 20], ['b', 5 * 2 ** 20 + 1]], { a: 5 * 2 ** 20, b: 0 });
});

test('requests without bodies do not gather without end', async () => {
  const { session } = await enable();
  session.removeAllListeners();
  const max = 2 ** 14;
  for (let i = 0; i <= max; i++) Network.requestWillBeSent(request(`${i}`, { charset: 'utf-8' }));
  const ask = (requestId) => session.post('Network.getRequestPostData', { requestId });
  await assert.rejects(ask('0'), { message: 'Inspector error -32602: Request not found' });
  assert.deepStrictEqual(await ask('1'), { postData: '' });
  assert.deepStrictEqual(await ask(`${max}`), { postData: '' });
  session.disconnect();
});

test('bytes of programs are copied', async () => {
  const { session } = await enable();
  Network.requestWillBeSent(request('c'));
  const event = bytes('c', 'one');
  Network.dataReceived(event);
  event.data.fill(0);
  Network.loadingFinished({ requestId: 'c', timestamp: 1 });
  const { body } = await session.post('Network.getResponseBody', { requestId: 'c' });
  assert.strictEqual(body, 'b25l');
  session.disconnect();
});

test('events of programs are checked', async () => {
  assert.throws(() => Network.requestWillBeSent(5), { code: 'ERR_INVALID_ARG_TYPE' });
  const { session, events } = await enable();
  const response = { url: 'u', status: 200, statusText: '', headers: {} };
  const received = { requestId: 'a', timestamp: 1, type: 't', response };
  const headers = (value) => request('a', { request: { url: '', method: '', headers: value } });
  const rows = [
    ['requestWillBeSent', undefined, 'Missing requestId in event'],
    ['requestWillBeSent', request(5), 'Missing requestId in event'],
    ['requestWillBeSent', { get requestId() { throw new Error(); } }, 'Missing requestId in event'],
    ['requestWillBeSent', request('a', { request: 5 }), 'Missing request in event'],
    ['requestWillBeSent', headers(5), 'Missing request.headers in event'],
    ['requestWillBeSent', headers({ a: 1 }), 'Invalid header value in event'],
    ['requestWillBeSent', headers({ 1: 'a' }), 'Invalid header name in event'],
    ['responseReceived', { ...received, response: { ...response, status: 1.5 } },
     'Missing response.status in event'],
    ['responseReceived', { ...received, response: { ...response, status: 2 ** 31 } },
     'Missing response.status in event'],
    ['dataReceived', { ...bytes('a', ''), data: new Uint16Array() },
     'Expected data to be Uint8Array in event'],
    ['dataReceived', { ...bytes('a', ''), data: 'text' }, 'Missing data in event'],
  ];
  for (const { 0: name, 1: params, 2: message } of rows) {
    assert.throws(() => Network[name](params), { name: 'TypeError', message });
  }
  assert.deepStrictEqual(events, []);
  Network.requestWillBeSent(request('lone\ud800', { timestamp: NaN }));
  assert.strictEqual(events[0][1].requestId, 'lone\ufffd');
  assert.strictEqual(events[0][1].timestamp, null);
  session.disconnect();
});
