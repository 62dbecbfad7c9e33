'use strict';

// Aim: streams of large pieces are read in another way than requests and messages; nobody sees
// where one way ends and the other begins. Method: bytes whose place in the stream shows, sent in
// pieces of both kinds, with pauses between, to sockets and to servers of HTTP. Node 24 passes the
// same rows.

const assert = require('assert');
const http = require('http');
const net = require('net');
const { once } = require('events');
const { next, row, rows } = require('../../fixtures/rows.test.cjs');

const MIB = 1 << 20;

function pattern(bytes, seed = 0) {
  const buffer = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i++) buffer[i] = (i * 31 + seed + (i >>> 8)) & 0xff;
  return buffer;
}

/** Two ends of a connection. */
async function withPair(options, use) {
  const server = net.createServer(options).listen(0, '127.0.0.1');
  await next(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const { 0: accepted } = await once(server, 'connection');
  try {
    await use(client, accepted);
  } finally {
    client.destroy();
    accepted.destroy();
    server.close();
    await next(server, 'close');
  }
}

function afterTurns(count) {
  return new Promise((resolve) => {
    const step = () => (count-- === 0 ? resolve() : setImmediate(step));
    step();
  });
}

rows('pieces of all sizes arrive whole and in order', [
  ['large ones', [3 * MIB, 65536, 65536, 65537, 200_000]],
  ['small ones behind large ones', [MIB, ...Array(40).fill(10), MIB, ...Array(40).fill(5000)]],
  ['as large as what is read at a time', Array(30).fill(65536)],
  ['about as large as a lease', [4095, 4096, 4097, 8192, 16384, 16385, 12288, 4096, 4096, 1]],
], async (name, sizes) => {
  const sent = pattern(sizes.reduce((sum, size) => sum + size, 0));
  await withPair({}, async (client, accepted) => {
    const chunks = [];
    accepted.on('data', (chunk) => chunks.push(chunk));
    const ended = next(accepted, 'end');
    let at = 0;
    for (const size of sizes) {
      client.write(sent.subarray(at, at += size));
      if (size < 20_000) await afterTurns(3);
    }
    client.end();
    await ended;
    assert.ok(sent.equals(Buffer.concat(chunks)));
    assert.strictEqual(accepted.bytesRead, sent.length);
    for (const chunk of chunks) assert.ok(chunk.length <= 65536, `${chunk.length}`);
  });
});

row('pieces are Buffers of their own', async () => {
  await withPair({}, async (client, accepted) => {
    client.end(pattern(MIB));
    const buffers = new Set();
    accepted.on('data', (chunk) => {
      assert.strictEqual(chunk.byteOffset, 0);
      assert.strictEqual(chunk.buffer.byteLength, chunk.length);
      buffers.add(chunk.buffer);
      chunk.fill(0);
    });
    let count = 0;
    accepted.on('data', () => { count++; });
    await next(accepted, 'end');
    assert.strictEqual(buffers.size, count);
  });
});

row('a paused stream takes nothing from the kernel', async () => {
  await withPair({}, async (client, accepted) => {
    const sent = pattern(32 * MIB);
    let received = 0;
    const isRight = (chunk) => {
      assert.ok(chunk.equals(sent.subarray(received, received + chunk.length)));
      received += chunk.length;
    };
    accepted.on('data', isRight);
    client.write(sent);
    while (received < MIB) await next(accepted, 'data');
    for (let i = 0; i < 5; i++) {
      accepted.pause();
      await new Promise((resolve) => setTimeout(resolve, 20));
      const { bytesRead } = accepted;
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.strictEqual(accepted.bytesRead, bytesRead);
      assert.ok(client.writableLength > 0, 'the kernel has not taken all');
      accepted.resume();
      const goal = received + MIB;
      while (received < goal) await next(accepted, 'data');
    }
    client.end();
    await next(accepted, 'end');
    assert.strictEqual(received, sent.length);
  });
}, 20_000);

rows('the end of a stream of large pieces', [
  ['an end', (client) => client.end(), null],
  ['a reset', (client) => client.resetAndDestroy(), 'ECONNRESET'],
], async (name, finish, code) => {
  await withPair({}, async (client, accepted) => {
    let received = 0;
    let error = null;
    accepted.on('data', (chunk) => { received += chunk.length; });
    accepted.on('error', (reason) => { error = reason; });
    const closed = next(accepted, 'close');
    client.write(pattern(MIB));
    while (received < MIB) await next(accepted, 'data');
    finish(client);
    await closed;
    assert.strictEqual(error === null ? null : error.code, code);
    assert.strictEqual(received, MIB);
  });
});

row('onread gets large pieces through its own buffer', async () => {
  const sent = pattern(2 * MIB);
  const server = net.createServer((socket) => socket.end(sent)).listen(0, '127.0.0.1');
  await next(server, 'listening');
  const chunks = [];
  const client = net.connect({
    port: server.address().port,
    onread: {
      buffer: Buffer.alloc(10_000),
      callback(count, buffer) { chunks.push(Buffer.from(buffer.subarray(0, count))); },
    },
  });
  await next(client, 'close');
  server.close();
  assert.ok(sent.equals(Buffer.concat(chunks)));
});

/** Bytes as they are, to a server of HTTP; gives what it says until it closes. */
async function talk(handler, write) {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await next(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const chunks = [];
  client.on('data', (chunk) => chunks.push(chunk));
  const closed = next(client, 'close');
  await write(client);
  await closed;
  server.close();
  return Buffer.concat(chunks).toString('latin1');
}

function head(fields, path = '/') {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n`;
}

const body = pattern(3 * MIB + 17, 5);

function answer(req, res) {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const all = Buffer.concat(chunks);
    res.end(`<${req.url} ${all.length} ${all.equals(body)}>`);
  });
}

function inChunks(size) {
  const parts = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

const FIXED = `Content-Length: ${body.length}`;
const CHUNKED = 'Transfer-Encoding: chunked';
const LAST = `GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

rows('large bodies of requests', [
  ['of known length', [head(FIXED), body]],
  ['in one chunk', [head(CHUNKED), inChunks(body.length)]],
  ['in chunks of 64 KiB', [head(CHUNKED), inChunks(65536)]],
  ['in small chunks', [head(CHUNKED), inChunks(999)]],
], async (name, parts) => {
  const said = await talk(answer, (client) => {
    // The next request stands in one piece with the end of the body.
    client.write(Buffer.concat([...parts, ...parts, Buffer.from(LAST)].map((part) =>
      (typeof part === 'string' ? Buffer.from(part) : part))));
  });
  const answers = said.match(/<.*?>/g);
  const each = `</ ${body.length} true>`;
  assert.deepStrictEqual(answers, [each, each, '</last 0 false>']);
});

row('a body that the program does not read stays with the client', async () => {
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  const twice = Buffer.concat([body, body]);
  let length = 0;
  const handler = async (req, res) => {
    await released;
    for await (const chunk of req) {
      const from = length % body.length;
      assert.ok(chunk.equals(twice.subarray(from, from + chunk.length)));
      length += chunk.length;
      if (length % 7 === 0) await afterTurns(1);
    }
    res.writeHead(200, { Connection: 'close' });
    res.end('read');
  };
  const said = await talk(handler, async (client) => {
    client.write(head(`Content-Length: ${body.length * 8}`));
    for (let i = 0; i < 8; i++) client.write(body);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(client.writableLength > 0, 'the server has not read it');
    release();
  });
  assert.match(said, /\r\nread\r\n/);
  assert.strictEqual(length, body.length * 8);
}, 20_000);

row('an answer that ends before the body drops the rest', async () => {
  const handler = (req, res) => res.end(`<${req.url}>`);
  const said = await talk(handler, (client) => {
    client.write(Buffer.concat([Buffer.from(head(FIXED, '/early')), body, Buffer.from(LAST)]));
  });
  assert.deepStrictEqual(said.match(/<.*?>/g), ['</early>', '</last>']);
});

row('drain comes with the next tick when the kernel has taken all', async () => {
  const events = [];
  const handler = (req, res) => {
    res.once('drain', () => {
      events.push('drain');
      setImmediate(() => res.end());
    });
    assert.strictEqual(res.write(Buffer.alloc(65536)), false);
    assert.ok(res.writableNeedDrain);
    setImmediate(() => events.push('immediate'));
    process.nextTick(() => process.nextTick(() => events.push('tick')));
  };
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await next(server, 'listening');
  const { 0: res } = await once(http.get({ port: server.address().port, agent: false }),
                                'response');
  let length = 0;
  for await (const chunk of res) length += chunk.length;
  assert.strictEqual(length, 65536);
  assert.deepStrictEqual(events, ['drain', 'tick', 'immediate']);
  server.close();
});
