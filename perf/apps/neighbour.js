'use strict';
// Two processes, or two cores of coring, and one request in a hundred that computes for 20 ms.
// Who is asked next to such a request waits, unless its connection is another's.
const cluster = require('cluster');
const http = require('http');

if (process.argv[2] === 'cluster' && cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  let seen = 0;
  http.createServer((req, res) => {
    seen += 1;
    if (seen % 100 === 0) {
      const end = performance.now() + 20;
      while (performance.now() < end);
    }
    res.end('Hello World');
  }).listen(Number(process.env.PORT), '127.0.0.1');
}
