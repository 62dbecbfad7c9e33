'use strict';

// Aim: datagrams keep their bytes and their senders, whatever way they take through native. Method:
// sockets of one program, sizes around those that V8 keeps in its own heap, and more datagrams in
// one turn than native tells at once. Node 24 passes the same rows.

const assert = require('assert');
const { execFile, spawn } = require('child_process');
const dgram = require('dgram');
const { once } = require('events');
const { promisify } = require('util');
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

// ---- several in one turn ------------------------------------------------------------------------

const RUNS = [
  ['equal ones', Array(150).fill(64)],
  ['one', [5]],
  ['a shorter one last', [...Array(40).fill(80), 7]],
  ['shorter and longer ones', [9, 9, 3, 9, 9, 9, 12, 12, 1, 1, 1, 500, 500, 1400, 1400, 2, 9]],
  ['empty ones between', [8, 8, 0, 8, 8, 8, 0, 0, 8, 8]],
  ['more than go into one', [20_000, 20_000, 20_000, 20_000, 30_000, 40_000, 40_000, 9, 9]],
];

/** What is in datagram `nth` of that length. */
function filled(length, nth) {
  return Buffer.alloc(length, `${nth},`);
}

const WAYS = [];
for (const [name, lengths] of RUNS) {
  for (const [type, address] of [['udp4', '127.0.0.1'], ['udp6', '::1']]) {
    for (const isConnected of [false, true]) {
      for (const told of ['none', 'all', 'some']) {
        WAYS.push([`${name}, ${type}, ${isConnected ? 'connected' : 'not'}, told of ${told}`,
                   lengths, type, address, isConnected, told]);
      }
    }
  }
}

for (const [name, lengths, type, address, isConnected, told] of WAYS) {
  row(`in one turn: ${name}`, async () => {
    const receiver = await bound(type, address);
    receiver.setRecvBufferSize(1 << 22);
    const sender = await bound(type, address);
    const { port } = receiver.address();
    if (isConnected) sender.connectSync(port, address);
    const taken = take(receiver, lengths.length * 2);
    const heard = [];
    const expected = [];
    const send = () => {
      const common = Buffer.alloc(40_000);
      lengths.forEach((length, nth) => {
        // Two pieces now and then, and one memory for all where it is sent before send() returns.
        let message = filled(length, nth);
        if (nth % 5 === 4) message = [message.subarray(0, 3), message.subarray(3)];
        else if (isConnected) message = common.subarray(0, message.copy(common));
        const where = isConnected ? [] : [port, address];
        if (told === 'none' || (told === 'some' && nth % 3 === 0)) return sender.send(message, ...where);
        expected.push([nth, null, length]);
        sender.send(message, ...where, (error, bytes) => heard.push([nth, error, bytes]));
        common.fill(0);
      });
    };
    send();
    // Once more, by a socket that knows that several come.
    setImmediate(send);
    const all = await taken;
    all.forEach(([bytes, from], nth) => {
      const length = lengths[nth % lengths.length];
      assert.strictEqual(from.size, length);
      assert.ok(bytes.equals(filled(length, nth % lengths.length)), `${nth}`);
      assert.strictEqual(from.port, sender.address().port);
    });
    assert.deepStrictEqual(heard, expected);
    receiver.close();
    sender.close();
  });
}

row('to several receivers by several sockets in turns', async () => {
  const receivers = await Promise.all([1, 2, 3].map(() => bound('udp4', '127.0.0.1')));
  const senders = await Promise.all([1, 2].map(() => bound('udp4', '127.0.0.1')));
  const taken = receivers.map((receiver) => take(receiver, 42));
  const expected = receivers.map(() => []);
  for (let nth = 0; nth < 126; nth++) {
    const to = Math.floor(nth / 3) % 3;
    const text = `${nth} ${to}`.padEnd(8);
    expected[to].push(text);
    senders[Math.floor(nth / 2) % 2].send(text, receivers[to].address().port, '127.0.0.1');
  }
  const all = await Promise.all(taken);
  assert.deepStrictEqual(all.map((each) => each.map(([bytes]) => bytes.latin1Slice())), expected);
  for (const socket of [...receivers, ...senders]) socket.close();
});

row('callbacks come between the ticks that they come between in Node', async () => {
  const receiver = await bound('udp4', '127.0.0.1');
  const sender = await bound('udp4', '127.0.0.1');
  const { port } = receiver.address();
  for (let again = 0; again < 2; again++) {
    const order = [];
    await new Promise((resolve) => {
      const tell = (name) => (error, bytes) => {
        order.push(name, error, bytes, sender.getSendQueueCount());
        Promise.resolve().then(() => order.push(`${name} microtask`));
        process.nextTick(() => order.push(`${name} tick`));
        if (name === 'c') setImmediate(resolve);
      };
      sender.send('1', port, '127.0.0.1', tell('a'));
      process.nextTick(() => order.push('tick'));
      sender.send('22', port, '127.0.0.1', tell('b'));
      sender.send('333', port, '127.0.0.1');
      sender.send('4444', port, '127.0.0.1', tell('c'));
    });
    assert.deepStrictEqual(order, [
      'tick', 'a', null, 1, 0, 'b', null, 2, 0, 'c', null, 4, 0, 'a tick', 'b tick', 'c tick',
      'a microtask', 'b microtask', 'c microtask',
    ]);
  }
  receiver.close();
  sender.close();
});

row('one that is too long among others', async () => {
  const receiver = await bound('udp4', '127.0.0.1');
  const sender = await bound('udp4', '127.0.0.1');
  const taken = take(receiver, 4);
  const told = [];
  await new Promise((resolve) => {
    [3, 3, 65_508, 3, 3].forEach((length, nth) => {
      sender.send(Buffer.alloc(length), receiver.address().port, '127.0.0.1', (error, bytes) => {
        told.push(error ? error.code : bytes);
        if (nth === 4) resolve();
      });
    });
  });
  assert.deepStrictEqual(told, [3, 3, 'EMSGSIZE', 3, 3]);
  assert.deepStrictEqual((await taken).map(([bytes]) => bytes.length), [3, 3, 3, 3]);
  receiver.close();
  sender.close();
});

row('connected to nobody: every other one hears of it', async () => {
  const nobody = await bound('udp4', '127.0.0.1');
  const { port } = nobody.address();
  const sender = await bound('udp4', '127.0.0.1');
  sender.connectSync(port, '127.0.0.1');
  await new Promise((resolve) => nobody.close(resolve));
  sender.on('error', () => {});
  const told = [];
  await new Promise((resolve) => {
    for (let nth = 0; nth < 6; nth++) {
      sender.send('abc', (error) => {
        told.push(error && error.code);
        if (nth === 5) resolve();
      });
    }
  });
  assert.deepStrictEqual(
    told, [null, 'ECONNREFUSED', null, 'ECONNREFUSED', null, 'ECONNREFUSED']);
  sender.close();
});

row('an address where nothing may be sent', async () => {
  const sender = await bound('udp4', '127.0.0.1');
  const told = [];
  await new Promise((resolve) => {
    for (let nth = 0; nth < 3; nth++) {
      sender.send('abc', 9, '255.255.255.255', (error) => {
        told.push(error.code, error.syscall, error.address, error.port);
        if (nth === 2) resolve();
      });
    }
  });
  const each = ['EACCES', 'send', '255.255.255.255', 9];
  assert.deepStrictEqual(told, [...each, ...each, ...each]);
  sender.close();
});

row('what was sent goes before the socket is connected elsewhere, or closed', async () => {
  const receivers = await Promise.all([1, 2].map(() => bound('udp4', '127.0.0.1')));
  const sender = await bound('udp4', '127.0.0.1');
  const taken = receivers.map((receiver) => take(receiver, 5));
  for (const receiver of receivers) {
    sender.connectSync(receiver.address().port, '127.0.0.1');
    for (let nth = 0; nth < 5; nth++) sender.send(`${nth}`);
    if (receiver === receivers[0]) sender.disconnect();
  }
  sender.close();
  for (const all of await Promise.all(taken)) {
    assert.deepStrictEqual(all.map(([bytes]) => `${bytes}`), ['0', '1', '2', '3', '4']);
  }
  for (const receiver of receivers) receiver.close();
});

for (const end of ['process.exit()', 'process.kill(process.pid, "SIGTERM")', 'throw new Error()',
                   'new Worker(send, { eval: true })']) {
  row(`what was sent goes before ${end}`, async () => {
    const receiver = await bound('udp4', '127.0.0.1');
    const taken = take(receiver, 5);
    const program = `
      const { Worker } = require('worker_threads');
      const socket = require('dgram').createSocket('udp4');
      const send = "const socket = require('dgram').createSocket('udp4');" +
        "socket.bindSync({ address: '127.0.0.1' });" +
        "socket.connectSync(${receiver.address().port}, '127.0.0.1');" +
        "for (let nth = 0; nth < 5; nth++) socket.send(String(nth)); process.exit()";
      socket.bindSync({ address: '127.0.0.1' });
      socket.connectSync(${receiver.address().port}, '127.0.0.1');
      if (${!end.includes('Worker')}) for (let nth = 0; nth < 5; nth++) socket.send(String(nth));
      else socket.close();
      ${end};`;
    const child = spawn(process.execPath, ['-e', program]);
    const all = await taken;
    assert.deepStrictEqual(all.map(([bytes]) => `${bytes}`), ['0', '1', '2', '3', '4']);
    receiver.close();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
}

row('those that wait in line keep their order, and a closed socket ends it', async () => {
  const program = `
    const socket = require('dgram').createSocket('udp4');
    const sizes = [3, 3, 3, 0, 70_000, 3, 500, 500, 20_000, 1];
    const told = [];
    const first = [];
    socket.on('message', (bytes) => first.push(bytes.length));
    socket.bind(0, '127.0.0.1', () => {
      sizes.forEach((size, nth) => {
        socket.send(Buffer.alloc(size), socket.address().port, (error, bytes) => {
          told.push(error ? error.code : bytes);
          if (nth === sizes.length - 1) setTimeout(() => {
            console.log(JSON.stringify([first, told, socket.getSendQueueCount(),
                                        socket.getSendQueueSize()]));
            socket.send('a', 1, '127.0.0.1', () => console.log('called'));
            process.nextTick(() => socket.close());
          }, 20);
        });
      });
    });`;
  const flags = ['--test-udp-no-try-send', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  const went = [3, 3, 3, 0, 3, 500, 500, 20_000, 1];
  const told = [3, 3, 3, 0, 'EMSGSIZE', 3, 500, 500, 20_000, 1];
  assert.strictEqual(stdout, `${JSON.stringify([went, told, 0, 0])}\ncalled\n`);
});
