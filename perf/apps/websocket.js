'use strict';
// Echoes messages by the package `ws`.
const http = require('http');
const { WebSocketServer } = require('./packages.js')('ws');

const server = http.createServer((req, res) => res.end('ready'));
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('message', (bytes, isBinary) => socket.send(bytes, { binary: isBinary }));
  socket.on('error', () => {});
});
server.listen(Number(process.env.PORT), '127.0.0.1');
