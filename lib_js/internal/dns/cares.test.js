'use strict';
// lookupService() asks for the name of an address as reverse() does, and reads services from the
// system; lookup() maps addresses of IPv4 where it was told to.

const assert = require('assert');
const dgram = require('dgram');
const dns = require('dns');
const { test } = require('node:test');

const NAME_ERROR = 3;
const PTR = Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, 8, 4, 104, 111, 115, 116, 1, 116, 0]);

/** Knows the name of 192.0.2.1 and nothing else. */
async function serve() {
  const server = dgram.createSocket('udp4');
  server.on('message', (question, { port, address }) => {
    const isKnown = question.includes('\x011\x012\x010\x03192');
    const reply = Buffer.concat([question, isKnown ? PTR : Buffer.alloc(0)]);
    reply[2] = 0x81;
    reply[3] = isKnown ? 0 : NAME_ERROR;
    reply[7] = isKnown ? 1 : 0;
    server.send(reply, port, address);
  });
  await new Promise((resolve) => server.bind(0, '127.0.0.1', resolve));
  dns.setServers([`127.0.0.1:${server.address().port}`]);
  return server;
}

test('lookupService', async () => {
  const server = await serve();
  const { lookupService } = dns.promises;
  assert.deepStrictEqual(
    await lookupService('192.0.2.1', 65000), { hostname: 'host.t', service: '65000' });
  await assert.rejects(lookupService('192.0.2.2', 80), {
    code: 'ENOTFOUND', errno: -3008, syscall: 'getnameinfo', hostname: '192.0.2.2',
    message: 'getnameinfo ENOTFOUND 192.0.2.2',
  });
  const { hostname } = await lookupService('127.0.0.1', 80);
  assert.match(hostname, /./);
  server.close();
});

test('V4MAPPED', async () => {
  const options = { family: 6, hints: dns.V4MAPPED | dns.ALL, all: true };
  const found = await dns.promises.lookup('localhost', options);
  assert.ok(found.some(({ address }) => address === '::ffff:127.0.0.1'));
  assert.ok(found.every(({ family }) => family === 6));
});
