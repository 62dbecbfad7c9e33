'use strict';

// Aim: what the networking modules say to arguments that they cannot take, word for word. Method:
// one call a row; what it throws, or that it does not. Node 24 passes the same rows.

const assert = require('assert');
const childProcess = require('child_process');
const dgram = require('dgram');
const dns = require('dns');
const net = require('net');
const tls = require('tls');
const { Worker } = require('worker_threads');
const { next, row, rows } = require('../fixtures/rows.test.cjs');

const nop = () => {};

/** `code message` of what is thrown; undefined: nothing is. */
async function refusal(call) {
  try {
    await call();
    return undefined;
  } catch (error) {
    return `${error.code} ${error.message}`;
  }
}

const resolver = () => new dns.Resolver();
const IP = 'ERR_INVALID_ARG_VALUE Invalid IP address.';

rows('dns', [
  ['reverse of no address', () => dns.reverse('x', nop), 'EINVAL getHostByAddr EINVAL x'],
  ['its promise', () => dns.promises.reverse('x'), 'EINVAL getHostByAddr EINVAL x'],
  ['no type', () => dns.resolve('a.invalid', undefined, nop),
    'ERR_INVALID_ARG_TYPE The "rrtype" argument must be of type string. Received undefined'],
  ['port of a server', () => resolver().setServers(['1.1.1.1:65536']),
    'ERR_SOCKET_BAD_PORT Port should be >= 0 and < 65536. Received type number (65536).'],
  ['local address', () => resolver().setLocalAddress('x'), IP],
  ['second local address', () => resolver().setLocalAddress('1.1.1.1', 'x'), IP],
  ['two of one kind', () => resolver().setLocalAddress('1.1.1.1', '2.2.2.2'),
    'ERR_INVALID_ARG_VALUE Cannot specify two IPv4 addresses.'],
], async (name, call, expected) => {
  assert.strictEqual(await refusal(call), expected);
});

row('a server without a port has the usual one', () => {
  const asked = resolver();
  asked.setServers(['1.1.1.1:0', '[::1]:', '1.1.1.1:54']);
  assert.deepStrictEqual(asked.getServers(), ['1.1.1.1', '::1', '1.1.1.1:54']);
});

rows('dgram, bound or not', [
  ['hops, too few', (socket) => socket.setTTL(0), 'EINVAL setTTL EINVAL'],
  ['hops, negative', (socket) => socket.setTTL(-1), 'EINVAL setTTL EINVAL'],
  ['hops, too many', (socket) => socket.setTTL(256), 'EINVAL setTTL EINVAL'],
  ['hops to many', (socket) => socket.setMulticastTTL(-1), 'EINVAL setMulticastTTL EINVAL'],
  ['group', (socket) => socket.addMembership('x'), 'EINVAL addMembership EINVAL'],
  ['group to leave', (socket) => socket.dropMembership('x'), 'EINVAL dropMembership EINVAL'],
  ['interface', (socket) => socket.setMulticastInterface('x'),
    'EINVAL setMulticastInterface EINVAL'],
], async (name, call, expected) => {
  const socket = dgram.createSocket('udp4');
  assert.strictEqual(await refusal(() => call(socket)), expected);
  socket.bind(0, '127.0.0.1');
  await next(socket, 'listening');
  assert.strictEqual(await refusal(() => call(socket)), expected);
  socket.close();
  assert.strictEqual(await refusal(() => socket.addMembership()),
                     'ERR_SOCKET_DGRAM_NOT_RUNNING Not running');
});

rows('what is empty is not there', [
  ['arguments of a worker', () => next(new Worker('', { eval: true, argv: '', execArgv: 0 }),
                                       'exit')],
  ['lists of blocked addresses',
    () => dgram.createSocket({ type: 'udp4', receiveBlockList: null, sendBlockList: '' }).close()],
  ['local address', async () => {
    const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await next(server, 'listening');
    const { port } = server.address();
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: '' });
    await next(socket.resume(), 'close');
    server.close();
  }],
], async (name, call) => {
  assert.strictEqual(await refusal(call), undefined);
});

rows('others', [
  ['address', () => new net.BlockList().addAddress('x'),
    'ERR_INVALID_ADDRESS Invalid socket address'],
  ['stdio', () => childProcess.spawn('true', { stdio: ['x'] }),
    'ERR_INVALID_SYNC_FORK_INPUT Asynchronous forks do not support Buffer, TypedArray, DataView ' +
    "or string input: 'x'"],
  ['name of a context', () => tls.createServer().addContext({}, {}),
    'undefined servername.replace is not a function'],
], async (name, call, expected) => {
  assert.strictEqual(await refusal(call), expected);
});
