'use strict';

// Aim: what a program is told of bytes that it wrote and that went with the socket. Method: more
// than the kernel takes, to a peer that does not read; then the end, in all ways. Node 24 passes
// the same rows.

const assert = require('assert');
const net = require('net');
const { tmpdir } = require('os');
const { join } = require('path');
const { next, row, rows } = require('../../fixtures/rows.test.cjs');

const MORE_THAN_FITS = 16 << 20;

/** What happens to a client's two writes when it is destroyed by `end`, in order. */
async function told(path, end) {
  const server = net.createServer((socket) => socket.on('error', () => {}).pause());
  server.listen(path ?? { port: 0, host: '127.0.0.1' });
  await next(server, 'listening');
  const said = [];
  const accepted = next(server, 'connection');
  const client = path ? net.connect(path) : net.connect(server.address().port, '127.0.0.1');
  await next(client, 'connect');
  const { 0: peer } = await accepted;
  const tell = (name) => (error) => said.push(`${name} ${error ? error.message : 'done'}`);
  client.on('error', tell('error'));
  client.write(Buffer.alloc(MORE_THAN_FITS), tell('first'));
  client.write('behind it', tell('second'));
  const closed = next(client, 'close').then((hadError) => said.push(`close ${hadError}`));
  process.nextTick(() => said.push('tick'));
  setImmediate(() => said.push('immediate'));
  end(client, tell);
  await closed;
  peer.destroy();
  server.close();
  await next(server, 'close');
  return said;
}

const GIVEN_UP = ['first write ECANCELED', 'second write ECANCELED'];

for (const kind of ['TCP', 'unix']) {
  const path = () => (kind === 'TCP' ? undefined :
    join(tmpdir(), `given-up-${process.pid}-${Math.random()}.sock`));
  rows(`a write that was given up fails at the end, ${kind}`, [
    ['destroy()', (client) => client.destroy(),
      ['tick', 'immediate', ...GIVEN_UP, 'close false']],
    ['destroy(error)', (client) => client.destroy(new Error('boo')),
      ['tick', 'error boo', 'immediate', GIVEN_UP[0], 'second boo', 'close true']],
    ['end(), destroy()', (client, tell) => client.end(tell('end')).destroy(),
      ['tick', 'immediate', ...GIVEN_UP, 'end write ECANCELED', 'close false']],
    ['destroy() in a later turn', (client) => setImmediate(() => client.destroy()),
      ['tick', 'immediate', ...GIVEN_UP, 'close false']],
  ], async (name, end, expected) => {
    assert.deepStrictEqual(await told(path(), end), expected);
  });
}

row('resetAndDestroy() gives up what was written, too', async () => {
  assert.deepStrictEqual(await told(undefined, (client) => client.resetAndDestroy()),
                         ['tick', 'immediate', ...GIVEN_UP, 'close false']);
});
