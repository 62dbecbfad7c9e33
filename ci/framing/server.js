'use strict';

// Takes what comes and remembers what it read: which requests, where each ended, with which bodies.
// On its standard output, once: its port, and the port where the memory of a connection is asked
// for by the client's port number, one in a line.

const http = require('http');
const net = require('net');

/** By the client's port. */
const connections = new Map();

function remember(kind, request, socket) {
  const seen = { kind, request, pieces: [], ended: false };
  connections.get(socket.remotePort)?.push(seen);
  return seen;
}

function said({ kind, request, pieces, ended }) {
  const { method, url, httpVersion, rawHeaders, rawTrailers, complete } = request;
  return {
    kind, method, url, httpVersion, rawHeaders, complete,
    // A connection that ends by an error may keep back the rest of a body.
    body: ended ? Buffer.concat(pieces).toString('latin1') : undefined,
    rawTrailers: ended ? rawTrailers : undefined,
  };
}

const server = http.createServer((request, response) => {
  const seen = remember('request', request, request.socket);
  request.on('data', (piece) => seen.pieces.push(piece));
  request.on('end', () => {
    seen.ended = true;
    response.end();
  });
  request.on('error', () => {});
});

/** The rest of the connection is no HTTP. */
function leave(kind) {
  return (request, socket, head) => {
    const seen = remember(kind, request, socket);
    seen.pieces.push(head);
    socket.on('data', (piece) => seen.pieces.push(piece));
    socket.on('error', () => {});
    socket.on('end', () => {
      seen.ended = true;
      socket.end();
    });
  };
}

server.on('connection', (socket) => connections.set(socket.remotePort, []));
server.on('upgrade', leave('upgrade'));
server.on('connect', leave('connect'));

const memory = net.createServer((socket) => {
  let text = '';
  socket.setEncoding('latin1').on('error', () => {}).on('data', (piece) => {
    const lines = (text + piece).split('\n');
    text = lines.pop();
    for (const line of lines) {
      const seen = connections.get(Number(line)) ?? [];
      connections.delete(Number(line));
      socket.write(`${JSON.stringify(seen.map(said))}\n`);
    }
  });
});

server.listen(0, '127.0.0.1', () => memory.listen(0, '127.0.0.1', () => {
  console.log(`${server.address().port}:${memory.address().port}`);
}));
