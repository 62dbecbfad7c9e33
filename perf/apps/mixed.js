'use strict';
// The hello-world, while every 10 ms 64 files of 64 KiB are read and 64 names are looked up.
const dns = require('dns');
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const AT_ONCE = 64;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-perf-mixed-'));
const files = Array.from({ length: AT_ONCE }, (_, index) => path.join(folder, `${index}`));
for (const file of files) fs.writeFileSync(file, Buffer.alloc(65536, 7));

let open = 0;
const done = (error) => {
  if (error) throw error;
  open -= 1;
};

// A round that is not through is not joined by another: the load is bounded, not queued.
setInterval(() => {
  if (open > 0) return;
  open = 2 * AT_ONCE;
  for (const file of files) {
    fs.readFile(file, done);
    dns.lookup('localhost', done);
  }
}, 10);

const server = http.createServer((req, res) => res.end('Hello World'));
server.listen(Number(process.env.PORT), '127.0.0.1');
