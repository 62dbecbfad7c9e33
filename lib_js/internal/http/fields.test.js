'use strict';
// req.headers of heads that are looked at by places, and of those that are not: all must say the
// same as rawHeaders.

const assert = require('assert');
const http = require('http');
const net = require('net');
const { test } = require('node:test');

/** What a server sees of these lines. */
function seen(lines, options) {
  return new Promise((resolve, reject) => {
    const server = http.createServer(options, (req, res) => {
      const { headers } = req; // Before rawHeaders, which would take another way.
      res.end();
      resolve({ headers, raw: req.rawHeaders, again: req.headers });
    });
    server.on('clientError', reject);
    server.listen(0, () => {
      const socket = net.connect(server.address().port);
      socket.end(`GET / HTTP/1.1\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
      socket.resume().on('close', () => server.close());
    });
  });
}

async function check(lines, expect, options = {}) {
  for (let round = 0; round < 2; round++) { // Names are new, then known.
    const { headers, raw, again } = await seen(lines, options);
    assert.deepStrictEqual({ ...headers }, { connection: 'close', ...expect });
    assert.deepStrictEqual(Object.keys(headers), ['connection', ...Object.keys(expect)]);
    assert.strictEqual(again, headers);
    assert.strictEqual(raw.length, 2 * (lines.length + 1));
  }
}

test('lines that come once and twice', async () => {
  await check(
    ['Host: a', 'COOKIE: a=1', 'X-A: 1', 'cookie:b=2', 'x-a:\t2 ', 'host: b', 'Set-Cookie: c',
     'X-Empty:', 'Constructor: f', 'set-cookie: d', 'X-Latin: \xe4'],
    { 'host': 'a', 'cookie': 'a=1; b=2', 'x-a': '1, 2', 'set-cookie': ['c', 'd'], 'x-empty': '',
      'constructor': 'f', 'x-latin': '\xe4' });
  await check(['Host: a', 'Age: 1', 'Age: 2'], { host: 'a', age: '1, 2' },
              { joinDuplicateHeaders: true });
});

test('more lines than are looked at by places', async () => {
  for (const count of [61, 62, 63, 64, 200]) {
    const names = Array.from({ length: count }, (_, index) => `x-${count}-${index}`);
    const expect = Object.fromEntries(names.map((name, index) => [name, `${index}`]));
    await check(['Host: a', ...names.map((name, index) => `${name.toUpperCase()}: ${index}`)],
                { host: 'a', ...expect });
  }
});

test('names that native does not number', async () => {
  const long = 'x'.repeat(100);
  await check(['Host: a', `${long}: 1`, `${long}: 2`], { host: 'a', [long]: '1, 2' });
  for (let batch = 0; batch < 20; batch++) {
    const names = Array.from({ length: 40 }, (_, index) => `y-${batch}-${index}`);
    await check(['Host: a', ...names.map((name) => `${name}: z`)],
                { host: 'a', ...Object.fromEntries(names.map((name) => [name, 'z'])) });
  }
});

test('a large head', async () => {
  const value = 'v'.repeat(6000);
  await check(['Host: a', `X-Large: ${value}`], { 'host': 'a', 'x-large': value });
});

test('folded values', async () => {
  const { headers } = await seen(['Host: a', 'X-Folded: b', '  c', 'X-Next: d'],
                                 { insecureHTTPParser: true });
  assert.deepStrictEqual({ ...headers }, {
    'connection': 'close', 'host': 'a', 'x-folded': 'b  c', 'x-next': 'd',
  });
});
