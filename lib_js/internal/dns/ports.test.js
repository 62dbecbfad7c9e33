'use strict';
// Many questions at once share ports one after the other, never at the same time, and each port
// asks a bounded number of questions; every question gets its own answer.

const assert = require('assert');
const dgram = require('dgram');
const { Resolver } = require('dns').promises;
const { test } = require('node:test');

/** Answers each question for `aN.test` with 10.0.N/256.N%256, in odd order; notes who asked. */
function answer(server, asked, open) {
  let held;
  server.on('message', (question, { port }) => {
    asked.set(port, (asked.get(port) ?? 0) + 1);
    assert.ok(!open.has(port), 'a port has one question at a time');
    open.add(port);
    const number = Number(/a(\d+)/.exec(question.latin1Slice(12))[1]);
    const reply = Buffer.concat([question, Buffer.from([
      0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, number >> 8, number & 255])]);
    reply[2] = 0x81;
    reply[7] = 1;
    const send = () => {
      open.delete(port);
      server.send(reply, port, '127.0.0.1');
    };
    if (held === undefined) {
      held = send;
      return;
    }
    const before = held;
    held = undefined;
    send();
    before();
  });
}

test('200 questions, 20 at a time', async () => {
  const server = dgram.createSocket('udp4');
  const asked = new Map();
  answer(server, asked, new Set());
  await new Promise((resolve) => server.bind(0, '127.0.0.1', resolve));
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  let next = 0;
  await Promise.all(Array.from({ length: 20 }, async () => {
    while (next < 200) {
      const number = next++;
      const found = await resolver.resolve4(`A${number}.test`);
      assert.deepStrictEqual(found, [`10.0.0.${number}`]);
    }
  }));
  server.close();
  const counts = [...asked.values()];
  assert.strictEqual(counts.reduce((a, b) => a + b), 200);
  assert.ok(Math.max(...counts) <= 16, `${counts}`);
  assert.ok(counts.length < 100, `${counts.length} ports`);
});

test('questions one after the other have ports of their own', async () => {
  const server = dgram.createSocket('udp4');
  const ports = [];
  server.on('message', (question, { port }) => {
    ports.push(port);
    const reply = Buffer.from(question);
    reply[2] = 0x81;
    reply[3] = 3;
    server.send(reply, port, '127.0.0.1');
  });
  await new Promise((resolve) => server.bind(0, '127.0.0.1', resolve));
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  for (let i = 0; i < 5; i++) {
    await assert.rejects(resolver.resolve4('none.test'), { code: 'ENOTFOUND' });
  }
  server.close();
  assert.ok(new Set(ports).size > 1);
});
