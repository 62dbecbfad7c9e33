'use strict';
// The resolver against name servers of our own: TCP when an answer is cut, the next server when one
// is silent but not when it refuses, somebody else's answers, and contexts that survive.

const assert = require('assert');
const { AsyncLocalStorage } = require('async_hooks');
const dgram = require('dgram');
const net = require('net');
const { promises: { Resolver } } = require('dns');

const RESPONSE = 0x8180;
const TRUNCATED = 0x0200;
const REFUSED = 5;

/** The question's own bytes with other flags, and one A record per address. */
function reply(question, { flags = RESPONSE, addresses = [], id } = {}) {
  const header = Buffer.from(question.subarray(0, 12));
  if (id !== undefined) header.writeUInt16BE(id, 0);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => Buffer.from([
    0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number),
  ]));
  return Buffer.concat([header, question.subarray(12), ...records]);
}

/** A UDP socket and a TCP server on one port of 127.0.0.1. */
async function bindBoth(server) {
  for (;;) {
    const socket = dgram.createSocket('udp4');
    await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    // The UDP port that was free may be somebody's TCP port: then the next one.
    const error = await new Promise((resolve) => {
      server.once('error', resolve);
      server.listen(port, '127.0.0.1', () => resolve(null));
    });
    server.removeAllListeners('error');
    if (error === null) return { socket, port };
    socket.close();
    if (error.code !== 'EADDRINUSE') throw error;
  }
}

/** A server on 127.0.0.1 that answers over UDP, and over TCP by `overTcp` (or not at all). */
async function serve(overUdp, overTcp) {
  const server = net.createServer((connection) => {
    if (!overTcp) return connection.destroy();
    connection.once('data', (chunk) => {
      const answer = overTcp(chunk.subarray(2));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      // In pieces: the length may come before the rest.
      connection.write(length.subarray(0, 1));
      setImmediate(() => connection.end(Buffer.concat([length.subarray(1), answer])));
    });
  });
  const { socket, port } = await bindBoth(server);
  let asked = 0;
  socket.on('message', (question, from) => {
    asked++;
    for (const answer of overUdp(question)) socket.send(answer, from.port, from.address);
  });
  return {
    name: `127.0.0.1:${port}`,
    get asked() { return asked; },
    close() {
      socket.close();
      server.close();
    },
  };
}

async function ask(servers, options) {
  const resolver = new Resolver({ timeout: 100, tries: 2, ...options });
  resolver.setServers(servers.map((server) => server.name));
  try {
    return await resolver.resolve4('a.example');
  } finally {
    for (const server of servers) server.close();
  }
}

/** In the order in which it was asked; what callbacks ask is a new question, and is answered. */
async function cancelEndsWhatWasAsked() {
  const server = await serve((question) => {
    // 1 letter: silence.
    return question[12] === 1 ? [] : [reply(question, { addresses: ['10.1.2.7'] })];
  });
  const resolver = new Resolver();
  resolver.setServers([server.name]);
  const ended = [];
  const outcomes = ['a', 'b', 'c'].map((name) => resolver.resolve4(name).catch((error) => {
    ended.push(`${error.code} ${error.hostname}`);
    return resolver.resolve4(`later-${name}`);
  }));
  assert.throws(() => resolver.setServers([server.name]), { code: 'ERR_DNS_SET_SERVERS_FAILED' });
  resolver.cancel();
  assert.deepStrictEqual(await Promise.all(outcomes), outcomes.map(() => ['10.1.2.7']));
  assert.deepStrictEqual(ended, ['ECANCELLED a', 'ECANCELLED b', 'ECANCELLED c']);
  resolver.setServers([server.name]);
  server.close();
}

async function main() {
  const many = Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`);
  const cut = await serve((question) => [reply(question, { flags: RESPONSE | TRUNCATED })],
                          (question) => reply(question, { addresses: many }));
  assert.deepStrictEqual(await ask([cut]), many);

  const refuses = await serve((question) => [reply(question, { flags: RESPONSE | REFUSED })]);
  const answers = await serve((question) => [reply(question, { addresses: ['10.1.2.3'] })]);
  await assert.rejects(ask([refuses, answers]), { code: 'EREFUSED' });
  assert.strictEqual(answers.asked, 0);

  const silent = await serve(() => []);
  const second = await serve((question) => [reply(question, { addresses: ['10.1.2.4'] })]);
  assert.deepStrictEqual(await ask([silent, second]), ['10.1.2.4']);

  const mute = await serve(() => []);
  const began = Date.now();
  await assert.rejects(ask([mute]), { code: 'ETIMEOUT', syscall: 'queryA', hostname: 'a.example' });
  assert(Date.now() - began >= 290, '100 ms, then 200 ms');
  assert.strictEqual(mute.asked, 2);

  // An answer with another id is none, however good it looks.
  const forged = await serve((question) => [
    reply(question, { id: question.readUInt16BE(0) ^ 1, addresses: ['6.6.6.6'] }),
    reply(question, { addresses: ['10.1.2.5'] }),
  ]);
  assert.deepStrictEqual(await ask([forged]), ['10.1.2.5']);

  const nonsense = await serve((question) => [question.subarray(0, 20)]);
  await assert.rejects(ask([nonsense]), { code: 'EBADRESP' });
  // A name whose pointer points at itself must end, too.
  const loop = await serve((question) => {
    const answer = reply(question, { addresses: ['10.0.0.1'] });
    answer.writeUInt16BE(0xc000 | (question.length), question.length);
    return [answer];
  });
  await assert.rejects(ask([loop]), { code: 'EBADRESP' });

  await cancelEndsWhatWasAsked();

  const storage = new AsyncLocalStorage();
  const server = await serve((question) => [reply(question, { addresses: ['10.1.2.6'] })]);
  const { Resolver: CallbackResolver } = require('dns');
  const resolver = new CallbackResolver();
  resolver.setServers([server.name]);
  const seen = await storage.run('kept', () => new Promise((resolve) => {
    resolver.resolve4('a.example', () => resolve(storage.getStore()));
  }));
  assert.strictEqual(seen, 'kept');
  server.close();
}

main();
