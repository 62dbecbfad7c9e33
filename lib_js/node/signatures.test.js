'use strict';

// Names, numbers of parameters and kinds of properties that programs can see, as in Node.

const assert = require('assert');
const crypto = require('crypto');
const dns = require('dns');
const fs = require('fs');
const http = require('http');
const http2 = require('http2');
const os = require('os');
const { types } = require('util');
const vm = require('vm');
const zlib = require('zlib');

const QUERIES = ['A', 'Aaaa', 'Any', 'Caa', 'Cname', 'Mx', 'Naptr', 'Ns', 'Ptr', 'Soa', 'Srv',
                 'Tlsa', 'Txt'];
const KEYS = ['4', '6', ...QUERIES.slice(2)];

/** A function's name and the number of its parameters. */
function signature(value) {
  return `${value.name}/${value.length}`;
}

for (const target of [dns, dns.promises]) {
  KEYS.forEach((key, i) => {
    assert.strictEqual(signature(target[`resolve${key}`]), `bound query${QUERIES[i]}/2`);
    assert.strictEqual(
      signature(target.Resolver.prototype[`resolve${key}`]), `query${QUERIES[i]}/2`);
  });
  assert.strictEqual(signature(target.reverse), 'bound getHostByAddr/2');
  assert.strictEqual(signature(target.Resolver.prototype.reverse), 'getHostByAddr/2');
  assert.strictEqual(signature(target.setServers), 'defaultResolverSetServers/1');
  assert.deepStrictEqual(
    Object.keys(target).filter((name) => /^resolve/.test(name)),
    ['resolve', ...KEYS.map((key) => `resolve${key}`)]);
}
assert.strictEqual(signature(dns.resolve), 'bound resolve/3');
assert.strictEqual(signature(dns.promises.resolve), 'bound resolve/2');
// The options may stand between.
assert.throws(() => dns.reverse('no address', {}, () => {}), { code: 'EINVAL' });

for (const method of ['dir', 'assert', 'table', 'dirxml', 'groupCollapsed', 'log']) {
  assert.strictEqual(signature(console[method]), `${method}/0`);
}
assert.strictEqual(signature(vm.Script.prototype.runInThisContext), 'runInThisContext/1');
assert.strictEqual(signature(vm.Script.prototype.runInContext), 'runInContext/2');
assert.strictEqual(signature(vm.Script.prototype.runInNewContext), 'runInNewContext/2');
assert.strictEqual(signature(process.hrtime.bigint), 'hrtimeBigInt/0');
assert.strictEqual(signature(process.cwd), 'wrappedCwd/0');
assert.strictEqual(signature(os.release), 'getOSRelease/0');
assert.strictEqual(signature(http.request({ port: 1 }).on('error', () => {}).destroy),
                   'destroy/1');

assert.deepStrictEqual(
  Object.keys(types).slice(0, 3), ['isArgumentsObject', 'isArrayBuffer', 'isAsyncFunction']);

// Constants cannot be changed, but added to.
for (const [constants, name] of [[fs.constants, 'O_CREAT'], [crypto.constants, 'TLS1_VERSION'],
                                 [http2.constants, 'NGHTTP2_NO_ERROR'],
                                 [zlib, 'Z_FINISH'], [zlib.constants, 'Z_FINISH']]) {
  const { writable, configurable } = Object.getOwnPropertyDescriptor(constants, name);
  assert.deepStrictEqual({ writable, configurable }, { writable: false, configurable: false });
  assert.strictEqual(Object.isExtensible(constants), true);
}
assert.strictEqual(zlib.Z_BEST_COMPRESSION, 9);
assert.strictEqual(Object.keys(zlib).includes('Z_FINISH'), false);
assert.strictEqual('BROTLI_DECODE' in zlib, false);

for (const object of [process.versions, process.release]) {
  for (const name of Object.keys(object)) {
    const { writable, configurable } = Object.getOwnPropertyDescriptor(object, name);
    assert.deepStrictEqual({ writable, configurable }, { writable: false, configurable: true });
  }
}
// Programs look for these to know what node:zlib can do.
for (const name of ['brotli', 'zstd']) assert.match(process.versions[name], /^\d+\.\d+\.\d+/);
assert.deepStrictEqual(process._preload_modules, []);
