'use strict';

// Aim: who is told what, and in which order, when a connection ends before its response does: by
// the program, by the client, by a reset. Method: servers whose messages and sockets are all
// listened to. Node 24 passes the same rows.

const assert = require('assert');
const { spawn } = require('child_process');
const http = require('http');
const net = require('net');
const { deferred, next, row, rows } = require('../../fixtures/rows.test.cjs');

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const UNFINISHED = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc';

/** What is said until the request is closed, or the client has seen the end. */
async function listen({ handler, client: use, clientError, watchesSocket, untilClient }) {
  const said = [];
  const over = deferred();
  const server = http.createServer((req, res) => {
    for (const event of ['aborted', 'error', 'close']) {
      req.on(event, (error) => said.push(`req ${event}${error ? ` ${error.message}` : ''}`));
    }
    for (const event of ['finish', 'close']) res.on(event, () => said.push(`res ${event}`));
    if (watchesSocket) {
      req.socket.on('error', (error) => said.push(`socket ${error.code}`));
      req.socket.on('close', (hadError) => said.push(`socket closed ${hadError}`));
    }
    if (!untilClient) req.on('close', () => setImmediate(over.resolve));
    handler(req, res, { server, tell: (what) => said.push(what), client });
  });
  if (clientError) {
    server.on('clientError', (error, socket) => {
      said.push(`clientError ${error.code ?? error.message}`);
      socket.destroy();
    });
  }
  await next(server.listen(0, '127.0.0.1'), 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('error', () => {}).on('close', () => untilClient && setTimeout(over.resolve, 20));
  client.resume();
  use(client);
  await over.promise;
  client.destroy();
  server.close();
  server.closeAllConnections();
  return said;
}

const sendRequest = (client) => client.write(REQUEST);
const CUT = ['req aborted', 'res close'];
const CLOSED = ['req error aborted', 'req close'];

const ends = [
  ['socket.destroy(), end()', (req, res) => { req.socket.destroy(); res.end('a'); }],
  ['socket.destroy(), write()', (req, res) => {
    req.socket.destroy();
    assert.strictEqual(res.write('a', () => assert.fail('not called')), false);
    res.end('b', () => assert.fail('not called'));
  }],
  ['socket.end(), end()', (req, res) => { req.socket.end(); res.end('a'); }],
  ['closeAllConnections(), end()',
    (req, res, { server }) => { server.closeAllConnections(); res.end('a'); }],
  ['socket.destroySoon(), end()', (req, res) => { req.socket.destroySoon(); res.end('a'); }],
  ['socket.resetAndDestroy(), end()', (req, res) => { req.socket.resetAndDestroy(); res.end(); }],
];

for (const watchesSocket of [false, true]) {
  const name = `an answer to a socket that is gone is none${watchesSocket ? ', watched' : ''}`;
  rows(name, ends, async (_, handler) => {
    const said = await listen({ handler, client: sendRequest, watchesSocket, clientError: true });
    const end = watchesSocket ? ['socket closed false'] : [];
    assert.deepStrictEqual(said, [...CUT, ...end, ...CLOSED]);
  });
}

rows('an error of the connection comes first, its end last', [
  [REQUEST, ['clientError ECONNRESET', 'socket ECONNRESET', ...CUT, 'socket closed true',
    ...CLOSED]],
  [UNFINISHED, ['clientError ECONNRESET', 'socket ECONNRESET', ...CUT, 'socket closed true',
    ...CLOSED]],
], async (text, expected) => {
  const said = await listen({
    handler: (req, res, { client }) => client.resetAndDestroy(),
    client: (client) => client.write(text),
    clientError: true,
    watchesSocket: true,
  });
  assert.deepStrictEqual(said, expected);
});

rows('a request that was answered is not aborted', [
  ['the client ends', (client) => client.end(UNFINISHED)],
  ['the client goes', (client) => {
    client.write(UNFINISHED);
    client.once('data', () => client.destroy());
  }],
], async (_, use) => {
  const said = await listen({
    handler: (req, res) => res.end('early'),
    client: use,
    untilClient: true,
  });
  assert.deepStrictEqual(said, ['res finish', 'res close']);
});

rows('an end in the middle of a message is an error without bytes', [
  ['GET / HT'], [UNFINISHED],
], async (text) => {
  const server = http.createServer(() => {}).listen(0, '127.0.0.1');
  await next(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1').on('error', () => {});
  client.end(text);
  const { 0: error, 1: socket } = await next(server, 'clientError');
  socket.destroy();
  server.close();
  const { code, message, reason, bytesParsed, rawPacket } = error;
  assert.deepStrictEqual([code, message, reason, bytesParsed, rawPacket], [
    'HPE_INVALID_EOF_STATE', 'Parse Error', 'Invalid EOF state', 0, undefined,
  ]);
});

/** Asks for an upgrade, and is gone before the server looks. */
const HASTY = `
  const socket = require('net').connect(+process.argv[1], '127.0.0.1', () => {
    socket.write('GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: upgrade\\r\\nUpgrade: x\\r\\n\\r\\n',
                 () => socket.resetAndDestroy());
  });
  socket.on('error', () => {});
`;

row('an upgrade that was reset before it was seen does no harm', async () => {
  const server = http.createServer((req, res) => res.end('well'));
  server.on('upgrade', (req, socket) => socket.on('error', () => {}).destroy());
  let isHeld = true;
  server.on('connection', () => {
    // What the client does meanwhile comes in one turn.
    if (isHeld) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  });
  await next(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  for (let i = 0; i < 3; i++) {
    await next(spawn(process.execPath, ['-e', HASTY, port]), 'close');
  }
  isHeld = false;
  const { 0: res } = await next(http.get({ port, host: '127.0.0.1', agent: false }), 'response');
  res.resume();
  await next(res, 'end');
  server.close();
});
