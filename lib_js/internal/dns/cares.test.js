// Flags: --expose-internals
'use strict';
// lookup() and lookupService() ask the system's name servers, one after the other where one refuses,
// whatever setServers() says; services are the system's too; lookup() maps addresses of IPv4 where
// it was told to.

const assert = require('assert');
const dgram = require('dgram');
const dns = require('dns');
const { systemConfig } = require('internal/dns/config');
const { test } = require('node:test');

const NAME_ERROR = 3;
const REFUSED = 5;
const PTR = Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, 8, 4, 104, 111, 115, 116, 1, 116, 0]);

const A = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);

/** Knows the name of 192.0.2.1 and the address of host.t, or answers all with `rcode`. */
async function serve(rcode) {
  const server = dgram.createSocket('udp4');
  server.on('message', (question, { port, address }) => {
    let record;
    if (question.includes('\x011\x012\x010\x03192')) record = PTR;
    else if (question.includes('\x04host\x01t\x00\x00\x01')) record = A;
    const isKnown = rcode === undefined && record !== undefined;
    const reply = Buffer.concat([question, isKnown ? record : Buffer.alloc(0)]);
    reply[2] = 0x81;
    reply[3] = isKnown ? 0 : rcode ?? NAME_ERROR;
    reply[7] = isKnown ? 1 : 0;
    server.send(reply, port, address);
  });
  await new Promise((resolve) => server.bind(0, '127.0.0.1', resolve));
  return server;
}

const serverOf = (socket) => ({ address: '127.0.0.1', port: socket.address().port });

test('lookup asks the next of the system\'s servers when one refuses', async () => {
  const refusing = await serve(REFUSED);
  const knowing = await serve();
  systemConfig().servers = [serverOf(refusing), serverOf(knowing)];
  systemConfig().search = [];
  dns.setServers([`127.0.0.1:${refusing.address().port}`]);
  assert.deepStrictEqual(
    await dns.promises.lookup('host.t', { all: true }), [{ address: '192.0.2.1', family: 4 }]);
  await assert.rejects(dns.promises.resolve4('host.t'), { code: 'EREFUSED' });
  await assert.rejects(dns.promises.lookup('other.t'), { code: 'ENOTFOUND' });
  systemConfig().servers = [serverOf(refusing)];
  await assert.rejects(dns.promises.lookup('host.t'), { code: 'EAI_AGAIN' });
  refusing.close();
  knowing.close();
});

test('lookupService', async () => {
  const server = await serve();
  systemConfig().servers = [serverOf(server)];
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
