'use strict';

// Aim: who prints a message sees what it is about, though most of that is made when it is asked
// for. Method: the names that util.inspect() shows, in their order. Node 24 passes the same rows.

const assert = require('assert');
const http = require('http');
const { inspect } = require('util');
const { next, row } = require('../../fixtures/rows.test.cjs');

const REQUEST = [
  '_readableState', 'socket', 'httpVersion', 'complete', 'rawHeaders', 'rawTrailers', 'aborted',
  'upgrade', 'url', 'method', 'statusCode', 'client', 'user',
];
const RESPONSE = [
  'outputData', 'writable', 'destroyed', 'chunkedEncoding', 'shouldKeepAlive', 'sendDate',
  'finished', '_headerSent', '_header', 'req', 'user',
];

/** Of the names that are shown those that are wanted, as they come. */
function shown(message, wanted) {
  const names = inspect(message, { depth: 0 }).match(/^ {2}\w+(?=:)/gm) ?? [];
  return names.map((name) => name.trim()).filter((name) => wanted.includes(name));
}

row('requests, responses, and the answer that a client gets', async () => {
  const server = http.createServer((req, res) => {
    req.user = res.user = 'somebody';
    req.res = res;
    assert.deepStrictEqual(shown(req, REQUEST), REQUEST);
    assert.deepStrictEqual(shown(res, RESPONSE), RESPONSE);
    assert.match(inspect(req, { depth: 0 }), /^IncomingMessage \{\n.* url: '\/path',/s);
    assert.match(inspect({ req, res }, { depth: 0 }),
                 /^\{ req: \[IncomingMessage\], res: \[ServerResponse\] \}$/);
    assert.match(inspect(req, { depth: null }), /\[Circular \*1\]/);
    res.sendDate = false;
    res.write('text');
    const [, head] = inspect(res, { depth: 0 }).match(/_header: ([^]*?),\n {2}_keep/);
    assert.match(head, /Connection: close.*Transfer-Encoding: chunked/s);
    res.end();
  });
  await next(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const req = http.get({ port, host: '127.0.0.1', path: '/path', agent: false });
  const { 0: res } = await next(req, 'response');
  res.user = 'somebody';
  assert.deepStrictEqual(shown(res, REQUEST), REQUEST);
  await next(res.resume(), 'end');
  server.close();
});
