'use strict';
// Asks the server on PORT of 127.0.0.1, COUNT times, 64 requests at a time over connections that
// are kept, and reads each answer.
const http = require('http');

const port = Number(process.env.PORT);
let left = Number(process.env.COUNT);
let open = 0;
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

function ask() {
  if (left === 0) {
    if (open === 0) agent.destroy();
    return;
  }
  left -= 1;
  open += 1;
  http.get({ host: '127.0.0.1', port, path: '/', agent }, (res) => {
    let length = 0;
    res.on('data', (chunk) => { length += chunk.length; });
    res.on('end', () => {
      if (res.statusCode !== 200 || length === 0) throw new Error('no answer');
      open -= 1;
      ask();
    });
  });
}

for (let i = 0; i < 64; i += 1) ask();
