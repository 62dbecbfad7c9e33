'use strict';

// Aim: datagrams keep their bytes and their senders, whatever way they take through native. Method:
// sockets of one program, sizes around those that V8 keeps in its own heap, and more datagrams in
// one turn than native tells at once. Node 24 passes the same rows.

const assert = require('assert');
const dgram = require('dgram');
const { once } = require('events');
const { row, rows } = require('../fixtures/rows.test.cjs');

async function bound(type, address) {
  const socket = dgram.createSocket(type);
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}

/** What `count` datagrams brought: [bytes, sender] each. */
function take(socket, count) {
  return new Promise((resolve) => {
    const taken = [];
    socket.on('message', (bytes, sender) => {
      taken.push([bytes, sender]);
      if (taken.length === count) resolve(taken);
    });
  });
}

const SIZES = [0, 1, 3, 4, 63, 64, 65, 1000];

rows('sizes', [
  ['udp4', '127.0.0.1', 'IPv4'],
  ['udp6', '::1', 'IPv6'],
], async (type, address, family) => {
  const receiver = await bound(type, address);
  const sender = await bound(type, address);
  const taken = take(receiver, SIZES.length);
  for (const size of SIZES) {
    sender.send(Buffer.alloc(size, `${size}.`), receiver.address().port, address);
  }
  const all = await taken;
  assert.deepStrictEqual(all.map(([bytes]) => bytes.length), SIZES);
  for (const [bytes, from] of all) {
    assert.ok(Buffer.isBuffer(bytes));
    assert.ok(bytes.equals(Buffer.alloc(bytes.length, `${bytes.length}.`)));
    assert.strictEqual(bytes.toString(), `${bytes.length}.`.repeat(1000).slice(0, bytes.length));
    assert.deepStrictEqual(
      { ...from }, { address, family, port: sender.address().port, size: bytes.length });
    assert.deepStrictEqual(Object.keys(from), ['address', 'family', 'port', 'size']);
  }
  receiver.close();
  sender.close();
});

row('senders in turns', async () => {
  const receiver = await bound('udp4', '0.0.0.0');
  const addresses = ['127.0.0.1', '127.0.0.2', '127.255.255.254', '127.0.0.1'];
  const senders = await Promise.all(addresses.map((address) => bound('udp4', address)));
  const { port } = receiver.address();
  for (const sender of senders) {
    const taken = take(receiver, 1);
    sender.send('a', port, '127.0.0.1');
    const [[, from]] = await taken;
    const { address, port: own } = sender.address();
    assert.deepStrictEqual([from.address, from.port], [address, own]);
    sender.close();
  }
  receiver.close();
});

row('more datagrams in a turn than a page has entries', async () => {
  const EACH = 64;
  const receivers = await Promise.all(Array.from({ length: 20 }, () => bound('udp4', '127.0.0.1')));
  const sender = await bound('udp4', '127.0.0.1');
  const taken = receivers.map((receiver) => take(receiver, EACH));
  for (let i = 0; i < EACH; i++) {
    receivers.forEach((receiver, nth) => {
      sender.send(`${nth} ${i}`, receiver.address().port, '127.0.0.1');
    });
  }
  (await Promise.all(taken)).forEach((all, nth) => {
    const expected = Array.from({ length: EACH }, (_, i) => `${nth} ${i}`);
    assert.deepStrictEqual(all.map(([bytes]) => bytes.latin1Slice()), expected);
  });
  for (const socket of [...receivers, sender]) socket.close();
});

row('a callback comes on a later tick, and nothing waits then', async () => {
  const receiver = await bound('udp4', '127.0.0.1');
  const sender = await bound('udp4', '127.0.0.1');
  const order = [];
  const sent = new Promise((resolve) => {
    sender.send('abc', receiver.address().port, '127.0.0.1', (error, bytes) => {
      order.push('sent', error, bytes, sender.getSendQueueSize(), sender.getSendQueueCount());
      resolve();
    });
  });
  order.push('returned');
  process.nextTick(() => order.push('tick'));
  await sent;
  assert.deepStrictEqual(order, ['returned', 'tick', 'sent', null, 3, 0, 0]);
  receiver.close();
  sender.close();
});

row('too long a datagram', async () => {
  const sender = await bound('udp4', '127.0.0.1');
  const error = await new Promise((resolve) => {
    sender.send(Buffer.alloc(70_000), 9, '127.0.0.1', resolve);
  });
  assert.deepStrictEqual([error.code, error.syscall, error.address, error.port],
                         ['EMSGSIZE', 'send', '127.0.0.1', 9]);
  sender.close();
});
