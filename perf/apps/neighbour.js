'use strict';
// Two processes, or two cores of coring. On the first, one request in a hundred computes for 20 ms;
// the other never does, and says so by a longer answer. Who is asked next to such a request waits,
// unless its connection is another's. At /calm nobody computes: what the same load takes then is
// what the rest is held against.
const cluster = require('cluster');
const fs = require('fs');
const http = require('http');

const SPIN_EVERY = 100;
const SPIN_MS = 20;

function serve(spins) {
  let seen = 0;
  http.createServer((req, res) => {
    seen += req.url === '/';
    if (spins && req.url === '/' && seen % SPIN_EVERY === 0) {
      const end = performance.now() + SPIN_MS;
      while (performance.now() < end);
    }
    res.end(spins ? 'Hello World' : 'Hello, World');
  }).listen(Number(process.env.PORT), '127.0.0.1');
}

if (process.argv[2] !== 'cluster') {
  // The thread's name is that of its core.
  serve(fs.readFileSync('/proc/thread-self/comm', 'latin1').trim() === 'core 0');
} else if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  serve(cluster.worker.id === 1);
}
