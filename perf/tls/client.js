'use strict';

// What keeps a server of shapes.js busy until it is killed: client.js WAY PORT.

const tls = require('node:tls');
const { BODY_BYTES, cert } = require('./asked.js');

const [way, port] = process.argv.slice(2);
const CONNECTIONS = 32;
const HANDSHAKES = 8;
const END = Buffer.from('\r\n\r\n');

const options = {
  host: '127.0.0.1', port: Number(port), ca: cert, servername: 'localhost',
};

const requests = {
  hello: 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  download: 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  upload: Buffer.concat([
    Buffer.from(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`),
    Buffer.alloc(BODY_BYTES, 'b')]),
};
const bodies = { hello: 11, download: BODY_BYTES, upload: 5 };

/** One request after the other, on a connection that stays. */
function ask() {
  const request = requests[way];
  const socket = tls.connect(options, () => socket.write(request));
  let left = 0;
  socket.on('data', (chunk) => {
    if (left === 0) {
      const end = chunk.indexOf(END);
      if (end === -1 || !chunk.toString('latin1', 0, 12).endsWith('200')) {
        throw new Error(`an answer: ${chunk}`);
      }
      left = end + END.length + bodies[way];
    }
    left -= chunk.length;
    if (left < 0) throw new Error('more than was asked for');
    if (left === 0) socket.write(request);
  });
}

/** One connection after the other, which ends when the handshake does. */
function shake(session) {
  const [kind, version] = way.split('-');
  const socket = tls.connect({ ...options, session, maxVersion: `TLSv${version}` }, () => {
    const isReused = socket.isSessionReused();
    if (socket.getProtocol() !== `TLSv${version}` || isReused !== (kind !== 'full')) {
      throw new Error('another handshake than was asked for');
    }
    socket.end();
  });
  socket.resume();
  socket.on('close', () => shake(session));
}

/** Of the server: in TLS 1.3 tickets come behind the handshake, or with the first answer. */
function withSession(callback) {
  const version = way.split('-')[1];
  const socket = tls.connect({ ...options, maxVersion: `TLSv${version}` });
  socket.resume().write('x');
  socket.once('session', (session) => {
    socket.destroy();
    callback(session);
  });
}

if (way in requests) {
  for (let i = 0; i < CONNECTIONS; i++) ask();
} else if (way.startsWith('full')) {
  for (let i = 0; i < HANDSHAKES; i++) shake();
} else {
  withSession((session) => {
    for (let i = 0; i < HANDSHAKES; i++) shake(session);
  });
}
