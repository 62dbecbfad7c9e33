'use strict';

// Aim: a client that pipelines requests and reads no answer must not make the server keep them all.
// Method: 20 000 requests for 20 KB each (400 MB of answers) against a paused reader; memory must
// stay far below, and once the client reads every answer must come.

const assert = require('assert');
const http = require('http');
const net = require('net');

const REQUESTS = 20_000;
const BODY = 'x'.repeat(20_000);
const RSS_GROWTH_MAX = 100 << 20;

const server = http.createServer((req, res) => res.end(BODY));
server.listen(0, '127.0.0.1', () => {
  const before = process.memoryUsage.rss();
  const client = net.connect(server.address().port, '127.0.0.1').pause();
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(REQUESTS));
  let bytes = 0;
  setTimeout(() => {
    const growth = process.memoryUsage.rss() - before;
    assert.ok(growth < RSS_GROWTH_MAX, `memory grew by ${growth >> 20} MiB`);
    client.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes < REQUESTS * BODY.length) return;
      client.destroy();
      server.close();
    }).resume();
  }, 500);
});

let isClosed = false;
server.on('close', () => { isClosed = true; });
process.on('exit', () => assert.ok(isClosed, 'some answers never came'));
