'use strict';
// What most servers do in their first moments. The build runs it, so that V8's code for it is
// part of the program (see rehearsal.rs).

const fs = require('node:fs');
const http = require('node:http');
require('node:net');
require('node:stream');
require('node:events');
require('node:util').inspect({ a: [1, 'b', new Map([[1, { c: new Date(0) }]])] });

fs.readFileSync(__filename, 'utf8');
fs.existsSync(__dirname);

const server = http.createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.end(`${request.method} ${request.url} ${Object.keys(request.headers).length}`);
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  http.get({ port, host: '127.0.0.1', agent: false }, (response) => {
    response.setEncoding('utf8');
    response.on('data', () => {});
    response.on('end', () => server.close());
  });
});
setTimeout(() => {}, 1).unref();
setImmediate(() => {});
process.nextTick(() => {});
Promise.resolve().then(() => {});
