'use strict';

// Servers of TLS. The client is another process on the generator's processor, the same program for
// all (client.js), and its time is not counted. The place is `PROGRAM PROCESSOR PART`: the client's
// and which part of what is asked is enough for a short run; see files/shapes.js for the form.

const { spawn } = require('node:child_process');
const https = require('node:https');
const path = require('node:path');
const tls = require('node:tls');
const { BODY_BYTES, cert, key } = require('./asked.js');

/** What is asked before anything is counted, and then. */
const WARM_UP = { requests: 5_000, bodies: 500, handshakes: 500 };
const COUNTED = { requests: 40_000, bodies: 3_000, handshakes: 2_000 };

/** Calls back at each so-many-eth event. */
class Count {
  #seen = 0;
  #target = Infinity;
  #done;

  event() {
    if (++this.#seen >= this.#target) {
      this.#target = Infinity;
      this.#done();
    }
  }

  /** So many more. */
  wait(events) {
    this.#target = this.#seen + events;
    return new Promise((resolve) => { this.#done = resolve; });
  }
}

function startClient(place, way, port, count) {
  const [program, processor, part] = place.split(' ');
  const client = spawn('taskset', [
    '-c', processor, program, path.join(__dirname, 'client.js'), way, String(port)],
                       { stdio: ['ignore', 'ignore', 'inherit'] });
  client.on('exit', (code) => {
    if (code !== null) throw new Error(`the client ended: ${code}`);
  });
  return { client, count, part: Number(part) };
}

function shape(way, unit, makeServer) {
  return {
    once: true,
    async prepare(place) {
      const count = new Count();
      const server = makeServer(count);
      await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
      const state = startClient(place, way, server.address().port, count);
      await count.wait(WARM_UP[unit]);
      return state;
    },
    async operation({ count, part }) {
      const asked = Math.round(COUNTED[unit] * part);
      await count.wait(asked);
      return asked;
    },
    check: async ({ client }) => { client.kill('SIGKILL'); },
  };
}

const body = Buffer.alloc(BODY_BYTES, 'b');

const hello = (count) => https.createServer({ key, cert }, (req, res) => {
  res.setHeader('Content-Type', 'text/plain');
  res.end('Hello World');
  count.event();
});

const download = (count) => https.createServer({ key, cert }, (req, res) => {
  res.setHeader('Content-Length', BODY_BYTES);
  res.end(body);
  count.event();
});

const upload = (count) => https.createServer({ key, cert }, (req, res) => {
  let bytes = 0;
  req.on('data', (chunk) => { bytes += chunk.length; });
  req.on('end', () => {
    res.end(String(bytes));
    count.event();
  });
});

const handshakes = (version) => (count) => {
  const options = { key, cert, minVersion: version, maxVersion: version };
  return tls.createServer(options, (socket) => {
    // Only who wants a session says something: AWS-LC sends tickets with the first answer.
    socket.on('error', () => {}).on('data', (bytes) => socket.write(bytes));
    count.event();
  });
};

module.exports = {
  'hello': shape('hello', 'requests', hello),
  'download': shape('download', 'bodies', download),
  'upload': shape('upload', 'bodies', upload),
  'full-1.3': shape('full-1.3', 'handshakes', handshakes('TLSv1.3')),
  'resumed-1.3': shape('resumed-1.3', 'handshakes', handshakes('TLSv1.3')),
  'full-1.2': shape('full-1.2', 'handshakes', handshakes('TLSv1.2')),
  'resumed-1.2': shape('resumed-1.2', 'handshakes', handshakes('TLSv1.2')),
};
