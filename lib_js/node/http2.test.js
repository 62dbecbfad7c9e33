'use strict';
// What http2 says, of which nothing is built but constants and packed settings.

const test = require('node:test');
const assert = require('node:assert');
const http2 = require('node:http2');
const { inspect, promisify } = require('node:util');

const missing = {
  name: 'TypeError',
  code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
  message: / needs HTTP\/2, which coring does not have yet$/,
};

test('every use of HTTP/2 says that there is none', async () => {
  const uses = [
    () => http2.createServer(), () => http2.createSecureServer(), () => http2.connect('http://h'),
    () => new http2.Http2ServerRequest(), () => new http2.Http2ServerResponse(),
  ];
  for (const use of uses) assert.throws(use, missing, inspect(use));
  await assert.rejects(promisify(http2.connect)('https://h'), missing);
  assert.throws(() => http2.connect('ftp://h'), { code: 'ERR_HTTP2_UNSUPPORTED_PROTOCOL' });
  assert.strictEqual({} instanceof http2.Http2ServerRequest, false);
});
