'use strict';
// Sends back what comes. A request of HTTP, as from who waits for the start, is none of its own.
const net = require('net');

const server = net.createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('data', (bytes) => {
    if (bytes.length > 4 && bytes.latin1Slice(0, 4) === 'GET ') {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready');
    } else {
      socket.write(bytes);
    }
  });
  socket.on('error', () => {});
});

server.listen(Number(process.env.PORT), '127.0.0.1');
