'use strict';
// Sends each datagram back to its sender.
const dgram = require('dgram');

const socket = dgram.createSocket('udp4');
socket.on('message', (message, from) => socket.send(message, from.port, from.address));
socket.bind(Number(process.env.PORT), '127.0.0.1');
