'use strict';
// What Node's own files on moved sockets and servers do not show: connections of a busy listener are
// not lost, options go along, and whatever is not fresh stays where it is.

const assert = require('assert');
const net = require('net');
const { test } = require('node:test');
const { once } = require('events');
const { MessageChannel, Worker, receiveMessageOnPort } = require('worker_threads');

const code = 'ERR_WORKER_HANDLE_NOT_TRANSFERABLE';
const COUNT = 20;

function readAll(port) {
  return new Promise((resolve, reject) => {
    let text = '';
    const client = net.connect(port, '127.0.0.1');
    client.setEncoding('latin1');
    client.on('data', (chunk) => { text += chunk; });
    client.on('end', () => resolve(text));
    client.on('error', reject);
  });
}

async function listening(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

test('no connection is lost when a busy listener moves', async () => {
  const worker = new Worker(`
    const { parentPort } = require('worker_threads');
    parentPort.on('message', ({ server }) => {
      server.on('connection', (socket) => socket.end('worker'));
      parentPort.postMessage(server.address());
    });
  `, { eval: true });
  await once(worker, 'online');
  const server = net.createServer((socket) => socket.end('parent'));
  const port = await listening(server);
  const address = server.address();
  const answers = [];
  for (let i = 0; i < 40; i++) {
    answers.push(readAll(port));
    if (i !== 20) continue;
    // Some are accepted, some wait in the kernel, some are still to come.
    await new Promise(setImmediate);
    worker.postMessage({ server }, [server]);
    assert.strictEqual(server.listening, false);
  }
  const { 0: there } = await once(worker, 'message');
  assert.deepStrictEqual(there, address);
  const texts = await Promise.all(answers);
  assert.ok(texts.every((text) => text === 'parent' || text === 'worker'), `${texts}`);
  assert.ok(texts.slice(21).every((text) => text === 'worker'), `${texts}`);
  await worker.terminate();
});

test('those that were accepted and not told of go along', async () => {
  const taker = new Worker(`
    const { parentPort } = require('worker_threads');
    parentPort.on('message', ({ server }) => {
      server.on('connection', (socket) => socket.end('taker'));
    });
  `, { eval: true });
  const workerData = new Int32Array(new SharedArrayBuffer(4));
  const asker = new Worker(`
    const { parentPort, workerData } = require('worker_threads');
    parentPort.on('message', (port) => {
      const texts = [];
      let waiting = ${COUNT};
      const connected = () => {
        if (--waiting > 0) return;
        Atomics.store(workerData, 0, 1);
        Atomics.notify(workerData, 0);
      };
      for (let i = 0; i < ${COUNT}; i++) {
        let text = '';
        require('net').connect(port, '127.0.0.1', connected)
          .on('data', (chunk) => { text += chunk; })
          .on('error', (error) => { text += error.code; })
          .on('close', () => {
            if (texts.push(text) === ${COUNT}) parentPort.postMessage(texts);
          });
      }
    });
  `, { eval: true, workerData });
  await Promise.all([once(taker, 'online'), once(asker, 'online')]);
  const server = net.createServer((socket) => socket.end('parent'));
  asker.postMessage(await listening(server));
  // All of them come while this thread looks at nothing.
  Atomics.wait(workerData, 0, 0);
  taker.postMessage({ server }, [server]);
  const { 0: texts } = await once(asker, 'message');
  assert.deepStrictEqual(texts, Array(COUNT).fill('taker'));
  await Promise.all([taker.terminate(), asker.terminate()]);
});

test('a socket keeps its options, and what waits in the kernel', async () => {
  const { port1, port2 } = new MessageChannel();
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const port = await listening(server);
  const client = net.connect(port, '127.0.0.1');
  client.end('early');
  const { 0: socket } = await once(server, 'connection');
  const closed = once(socket, 'close');
  port1.postMessage(socket, [socket]);
  assert.strictEqual(socket.destroyed, true);
  await closed;
  const { message: moved } = receiveMessageOnPort(port2);
  assert.strictEqual(Object.getPrototypeOf(moved), net.Socket.prototype);
  assert.strictEqual(moved.allowHalfOpen, true);
  assert.strictEqual(moved.remotePort, client.localPort);
  moved.setEncoding('latin1');
  assert.deepStrictEqual(await moved.toArray(), ['early']);
  moved.end('late');
  assert.deepStrictEqual((await client.toArray()).map(String), ['late']);
  server.close();
  port1.close();
});

test('what was written to, is of a unix socket, or is closed does not move', async () => {
  const { port1 } = new MessageChannel();
  const server = net.createServer();
  const port = await listening(server);
  const client = net.connect(port, '127.0.0.1');
  const { 0: socket } = await once(server, 'connection');
  socket.write('a');
  assert.throws(() => port1.postMessage(socket, [socket]), { code });
  assert.strictEqual(socket.destroyed, false);
  const { 0: byte } = await once(client, 'data');
  assert.strictEqual(`${byte}`, 'a');
  socket.destroy();
  assert.throws(() => port1.postMessage(socket, [socket]), { code });
  assert.throws(() => port1.postMessage(socket), { name: 'DataCloneError' });
  client.destroy();
  server.close();
  assert.throws(() => port1.postMessage(server, [server]), { code });
  const unix = net.createServer().listen(`\0coring-transfer-test-${process.pid}`);
  await once(unix, 'listening');
  assert.throws(() => port1.postMessage(unix, [unix]), { code });
  unix.close();
  port1.close();
});

test('a message that nobody reads closes what it brings', async () => {
  const { port1, port2 } = new MessageChannel();
  const server = net.createServer();
  const port = await listening(server);
  const client = net.connect(port, '127.0.0.1');
  const { 0: socket } = await once(server, 'connection');
  port1.postMessage(socket, [socket]);
  port2.close();
  client.resume();
  await once(client, 'end');
  server.close();
});
