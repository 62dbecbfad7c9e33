'use strict';
// The address of a socket is free as soon as close() returns: the kernel has let go of it.

const assert = require('assert');
const dgram = require('dgram');
const { test } = require('node:test');

function bound(port) {
  const socket = dgram.createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.bind(port, '127.0.0.1', () => resolve(socket));
  });
}

test('a port is taken again in the tick of close(), and when it is told', async () => {
  let socket = await bound(0);
  const { port } = socket.address();
  for (let i = 0; i < 10; i++) {
    socket.close();
    socket = await bound(port);
  }
  await new Promise((resolve) => socket.close(resolve));
  socket = await bound(port);
  socket.close();
});

test('what was sent in the tick of close() arrives', async () => {
  const server = await bound(0);
  const heard = new Promise((resolve) => server.on('message', (message) => resolve(`${message}`)));
  const client = await bound(0);
  await new Promise((resolve) => client.connect(server.address().port, '127.0.0.1', resolve));
  client.send('last words');
  client.close();
  assert.strictEqual(await heard, 'last words');
  server.close();
});

test('a socket that was never bound closes, too', async () => {
  const socket = dgram.createSocket('udp4');
  await new Promise((resolve) => socket.close(resolve));
  assert.throws(() => socket.close(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});
