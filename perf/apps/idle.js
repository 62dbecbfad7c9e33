'use strict';
// The hello-world, but a connection may be silent for as long as it likes.
const http = require('http');

const server = http.createServer((req, res) => {
  res.setHeader('Content-Type', 'text/plain');
  res.end('Hello World');
});

server.keepAliveTimeout = 0;
server.listen(Number(process.env.PORT), '127.0.0.1');
