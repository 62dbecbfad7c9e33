'use strict';
// Sends back what it was sent, piece by piece, with the flow control of pipe().
const http = require('http');

const server = http.createServer((req, res) => {
  res.setHeader('Content-Length', req.headers['content-length'] ?? 0);
  req.pipe(res);
});

server.listen(Number(process.env.PORT), '127.0.0.1');
