'use strict';

// Arguments at the edge of what functions take, as in Node.

const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const net = require('net');
const { createHistogram } = require('perf_hooks');

// An empty encoding is none.
assert.ok(Buffer.isBuffer(crypto.createHash('sha1').update('a').digest('')));
assert.ok(Buffer.isBuffer(crypto.createHmac('sha1', 'a').update('a').digest('')));
for (const encoding of ['', null, false, 0, NaN]) {
  const cipher = crypto.createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16));
  assert.ok(Buffer.isBuffer(cipher.update('a', 'utf8', encoding)));
  assert.ok(Buffer.isBuffer(cipher.final(encoding)));
}

// The callback is looked at first.
assert.throws(() => fs.close(undefined, 1), /"cb" argument/);
assert.throws(() => fs.close('1'), /"fd" argument/);

const histogram = createHistogram();
for (const [value, interval, name] of [[1, 10n, 'number'], [10n, 1, 'bigint']]) {
  assert.throws(() => histogram.recordCorrected(value, interval), {
    code: 'ERR_INVALID_ARG_TYPE',
    message: new RegExp(`"expectedInterval" argument must be of type ${name}`),
  });
}
assert.throws(() => histogram.recordCorrected('1', 10n), /"val" argument/);

for (const [value, name] of [[Symbol('a'), 'Symbol'], [1n, 'BigInt']]) {
  assert.throws(() => performance.setResourceTimingBufferSize(value), {
    code: 'ERR_INVALID_ARG_TYPE',
    message: `maxSize is a ${name} and cannot be converted to a number.`,
  });
}

// libuv says so where a folder is missing.
net.createServer().listen('/none/socket').on('error', ({ code, message }) => {
  assert.strictEqual(code, 'EACCES');
  assert.strictEqual(message, 'listen EACCES: permission denied /none/socket');
});

for (const host of [undefined, '0.0.0.0']) {
  const first = net.createServer().listen(0, host, () => {
    const { port } = first.address();
    net.createServer().listen(port).on('error', ({ message }) => {
      assert.strictEqual(message, `listen EADDRINUSE: address already in use :::${port}`);
      first.close();
    });
  });
}

assert.throws(() => process.chdir('/none'), (error) => {
  assert.deepStrictEqual(Object.keys(error), ['errno', 'code', 'syscall', 'path', 'dest']);
  return true;
});
assert.throws(() => process.setSourceMapsEnabled(1), /"enabled" argument/);
