'use strict';

// What is attacked. Standard output: its port, once. Then each line of its standard input is
// answered by a line: connections now, resident bytes, open descriptors.

const fs = require('fs');
const http = require('http');

/** Whoever only holds connections wants them to be left alone. */
const isPatient = process.env.CORING_ATTACK_PATIENT === '1';
const HEADERS_MS = isPatient ? 0 : 10_000;
const REQUEST_MS = isPatient ? 0 : 15_000;
/** Larger than what the kernel takes for a peer that reads nothing. */
const LARGE = Buffer.alloc(8 << 20, 'x');

const server = http.createServer({
  headersTimeout: HEADERS_MS,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: HEADERS_MS,
  connectionsCheckingInterval: 500,
}, (request, response) => {
  request.on('error', () => {});
  response.on('error', () => {});
  if (request.url === '/large') response.end(LARGE);
  else request.resume().on('end', () => response.end(request.url));
});
// Whoever does not read either.
server.setTimeout(REQUEST_MS);

process.stdin.setEncoding('latin1').on('data', () => {
  server.getConnections((error, connections) => {
    const resident = process.memoryUsage.rss();
    const descriptors = fs.readdirSync('/proc/self/fd').length;
    console.log(JSON.stringify({ connections, resident, descriptors }));
  });
}).on('end', () => process.exit());

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
