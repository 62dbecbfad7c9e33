'use strict';
// The net.Socket beneath a server's TLSSocket is made when somebody asks for it: nobody is to notice.

const test = require('node:test');
const assert = require('node:assert');
const { once } = require('node:events');
const https = require('node:https');
const net = require('node:net');
const tls = require('node:tls');
const { CA, serverA } = require('./fixtures/keys.test.cjs');

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: server.address().port, ca: CA, servername: 'a.test' };
}

const count = (server) => new Promise((resolve, reject) => {
  server.getConnections((error, connections) => (error ? reject(error) : resolve(connections)));
});

/** A server, and both ends of a connection to it. */
async function pair(prepare = () => {}) {
  const server = tls.createServer(serverA);
  prepare(server);
  const near = tls.connect(await listen(server));
  const [[far]] = await Promise.all([once(server, 'secureConnection'), once(near, 'secureConnect')]);
  return { server, near, far };
}

async function end({ server, near, far }) {
  const closed = [once(server, 'close'), once(far, 'close')];
  server.close();
  near.end();
  near.resume();
  far.resume();
  await Promise.all(closed);
  assert.strictEqual(await count(server), 0);
}

for (const isAsked of [false, true]) {
  test(`a connection counts while it is open, ${isAsked ? '' : 'not '}asked for`, async () => {
    const all = await pair();
    if (isAsked) assert.ok(all.far._parent instanceof net.Socket);
    assert.strictEqual(await count(all.server), 1);
    await end(all);
  });
}

test('the one beneath has the same ends, and bytes still come', async () => {
  const all = await pair();
  const { near, far } = all;
  const below = far._parent;
  assert.strictEqual(far._parent, below);
  assert.ok(!(below instanceof tls.TLSSocket));
  assert.strictEqual(below.remotePort, far.remotePort);
  assert.strictEqual(below.server, all.server);
  near.write('up');
  assert.strictEqual(String((await once(far, 'data'))[0]), 'up');
  far.write('down');
  assert.strictEqual(String((await once(near, 'data'))[0]), 'down');
  await end(all);
});

test('who ends the one beneath ends both', async () => {
  const { server, near, far } = await pair();
  near.on('error', () => {}).resume();
  const closed = [once(far, 'close'), once(near, 'close')];
  far._parent.destroy();
  await Promise.all(closed);
  assert.ok(far.destroyed);
  assert.strictEqual(await count(server), 0);
  server.close();
});

test("who listens to 'connection' sees it before", async () => {
  let seen;
  const all = await pair((server) => server.on('connection', (socket) => { seen = socket; }));
  assert.ok(seen instanceof net.Socket);
  assert.strictEqual(all.far._parent, seen);
  await end(all);
});

for (const isAsked of [false, true]) {
  test(`https counts, too, ${isAsked ? '' : 'not '}asked for`, async () => {
    const server = https.createServer(serverA, async (req, res) => {
      if (isAsked) assert.ok(req.socket._parent instanceof net.Socket);
      res.end(String(await count(server)));
    });
    const options = await listen(server);
    const [res] = await once(https.get({ ...options, agent: false }), 'response');
    assert.strictEqual(String((await once(res, 'data'))[0]), '1');
    server.close();
    await once(server, 'close');
    assert.strictEqual(await count(server), 0);
  });
}
