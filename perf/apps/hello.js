'use strict';
// examples/hello.js, at the port that it is told, so that several can be there at once.
const http = require('http');

const server = http.createServer((req, res) => {
  res.statusCode = 200;
  res.setHeader('Content-Type', 'text/plain');
  res.end('Hello World');
});

server.listen(Number(process.env.PORT), '127.0.0.1');
