'use strict';
// Sends back what comes over a connection.
const net = require('net');

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => socket.write(chunk));
});

server.listen(Number(process.env.PORT), '127.0.0.1');
