'use strict';
// Sends back what it is sent, by pipe; any other request is told so.
const http = require('http');

const server = http.createServer((req, res) => {
  if (req.method !== 'POST') {
    res.end('ready');
    return;
  }
  res.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': req.headers['content-length'],
  });
  req.pipe(res);
});

server.listen(Number(process.env.PORT), '127.0.0.1');
