'use strict';
// What the kernel gives in pieces is joined, nothing is lost, doubled or shared, and chunks of a
// body stay apart.

const assert = require('assert');
const http = require('http');
const net = require('net');
const { test } = require('node:test');

const PIECE_BYTES_MAX = 65536;

/** Bytes that say where they are. */
function numbered(count) {
  const bytes = Buffer.alloc(count);
  for (let at = 0; at + 4 <= count; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
}

/** A server's listener that collects; resolves to the pieces. */
function collect(stream) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    stream.on('data', (piece) => pieces.push(piece));
    stream.on('end', () => resolve(pieces)).on('error', reject);
  });
}

function checkPieces(pieces, sent) {
  assert.ok(Buffer.concat(pieces).equals(sent));
  for (const piece of pieces) {
    assert.ok(piece.length > 0 && piece.length <= PIECE_BYTES_MAX, `${piece.length}`);
    assert.ok(Buffer.isBuffer(piece));
    assert.strictEqual(piece.byteOffset, 0);
    assert.strictEqual(piece.buffer.byteLength, piece.length);
  }
}

for (const count of [1, 4096, 4097, 65536, 65537, 1 << 20]) {
  test(`${count} bytes to a socket and to a request`, async () => {
    const sent = numbered(count);
    const server = net.createServer({ allowHalfOpen: true });
    const { promise, resolve } = Promise.withResolvers();
    server.on('connection', (socket) => resolve(collect(socket).finally(() => socket.end())));
    await new Promise((resolve) => server.listen(0, resolve));
    net.connect(server.address().port).end(sent);
    checkPieces(await promise, sent);
    server.close();

    const httpServer = http.createServer(async (req, res) => {
      const pieces = await collect(req);
      checkPieces(pieces, sent);
      res.end('good');
    });
    await new Promise((resolve) => httpServer.listen(0, resolve));
    const req = http.request({ port: httpServer.address().port, method: 'POST' });
    req.setHeader('Content-Length', count);
    req.end(sent);
    const [answer] = await collect(await new Promise((resolve) => req.on('response', resolve)));
    assert.strictEqual(`${answer}`, 'good');
    httpServer.close();
  });
}

test('chunks that come together', async () => {
  const server = http.createServer(async (req, res) => {
    const pieces = await collect(req);
    res.end(JSON.stringify(pieces.map(String)));
  });
  await new Promise((resolve) => server.listen(0, resolve));
  const socket = net.connect(server.address().port);
  socket.end('POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n' +
    'Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n');
  const answer = Buffer.concat(await collect(socket)).toString();
  assert.ok(answer.endsWith('["a","bc","def"]'), answer);
  server.close();
});
