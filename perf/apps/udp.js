'use strict';
// Sends each datagram back. HTTP on the same port says that it is there.
const dgram = require('dgram');
const http = require('http');

const port = Number(process.env.PORT);
const socket = dgram.createSocket('udp4');
socket.on('message', (bytes, from) => socket.send(bytes, from.port, from.address));
socket.bind(port, '127.0.0.1', () => {
  http.createServer((req, res) => res.end('ready')).listen(port, '127.0.0.1');
});
