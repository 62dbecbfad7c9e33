'use strict';

// Aim: what is an IP literal and what is none, as inet_pton and Node say; and that block lists
// count by addresses, not by their spelling. Method: rows; Node 24 passes the same ones.

const assert = require('assert');
const net = require('net');
const { row, rows } = require('../../fixtures/rows.test.cjs');

rows('isIP', [
  ['127.0.0.1', 4], ['255.255.255.255', 4], ['0.0.0.0', 4], ['1.2.3', 0], ['1.2.3.4.5', 0],
  ['01.2.3.4', 0], ['1.2.3.256', 0], ['1.2.3.', 0], ['.1.2.3', 0], ['1..2.3', 0], ['1.2.3.4 ', 0],
  ['1.2.3.-4', 0], ['0x1.2.3.4', 0], ['', 0],
  ['::', 6], ['::1', 6], ['1::', 6], ['1:2:3:4:5:6:7:8', 6], ['1:2:3:4:5:6:7::', 6],
  ['::2:3:4:5:6:7:8', 6], ['1::8', 6], ['fe80::1%eth0', 6], ['fe80::1%', 0], ['::ffff:1.2.3.4', 6],
  ['1:2:3:4:5:6:1.2.3.4', 6], ['1:2:3:4:5:6:7:1.2.3.4', 0], ['::1.2.3', 0], ['1:2:3:4:5:6:7', 0],
  ['1:2:3:4:5:6:7:8:9', 0], ['1::2::3', 0], [':1', 0], ['1:', 0], [':::', 0], ['12345::', 0],
  ['g::', 0], ['::1.2.3.4:5', 0], ['1:2:3:4::5:6:7:8', 0], ['[::1]', 0],
], (text, family) => {
  assert.strictEqual(net.isIP(text), family);
  assert.strictEqual(net.isIPv4(text), family === 4);
  assert.strictEqual(net.isIPv6(text), family === 6);
});

rows('SocketAddress writes an address the short way', [
  ['0:0:0:0:0:0:0:1', '::1'], ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'], ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['0:0:0:0:0:ffff:0102:0304', '::ffff:1.2.3.4'], ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
], (long, short) => {
  const address = new net.SocketAddress({ address: long, family: 'ipv6' });
  assert.strictEqual(address.address, short);
});

/** Rule (method and arguments), address, family, is it in? */
rows('BlockList', [
  [['addAddress', '1.2.3.4'], '1.2.3.4', 'ipv4', true],
  [['addAddress', '1.2.3.4'], '::ffff:102:304', 'ipv6', true],
  [['addAddress', '::1', 'ipv6'], '0:0:0:0:0:0:0:1', 'ipv6', true],
  [['addAddress', '1.2.3.4'], '1.2.3.5', 'ipv4', false],
  [['addRange', '1.2.3.0', '1.2.3.9'], '1.2.3.9', 'ipv4', true],
  [['addRange', '1.2.3.0', '1.2.3.9'], '1.2.3.10', 'ipv4', false],
  [['addSubnet', '10.0.0.0', 8], '10.255.255.255', 'ipv4', true],
  [['addSubnet', '10.0.0.0', 8], '11.0.0.0', 'ipv4', false],
  [['addSubnet', '10.0.0.0', 8], '::ffff:10.1.1.1', 'ipv6', true],
  [['addSubnet', '2001:db8::', 32, 'ipv6'], '2001:db8:ffff::1', 'ipv6', true],
  [['addSubnet', '0.0.0.0', 0], '255.255.255.255', 'ipv4', true],
  [['addCIDR', '192.168.1.7/24'], '192.168.1.200', 'ipv4', true],
  [['addAddress', '1.2.3.4'], 'no address', 'ipv4', false],
], ({ 0: method, ...args }, address, family, isIn) => {
  const list = new net.BlockList();
  list[method](...Object.values(args));
  assert.strictEqual(list.check(address, family), isIn);
  assert.strictEqual(list.size, 1);
  const copy = new net.BlockList();
  copy.fromJSON(list.toJSON());
  assert.strictEqual(copy.check(address, family), isIn);
});

row('a range must not end before it begins', () => {
  const list = new net.BlockList();
  assert.throws(() => list.addRange('1.1.1.2', '1.1.1.1'), { code: 'ERR_INVALID_ARG_VALUE' });
});
