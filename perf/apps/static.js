'use strict';
// Files by createReadStream and pipe, as the many packages for it do: /1 is 1 KB, /100 is 100 KB.
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-perf-static-'));
for (const size of [1, 100]) {
  fs.writeFileSync(path.join(folder, `${size}`), Buffer.alloc(size * 1000, 'x'));
}

const server = http.createServer((req, res) => {
  if (req.url === '/') {
    res.end('ready');
    return;
  }
  const file = path.join(folder, path.basename(req.url));
  fs.stat(file, (error, stats) => {
    if (error) {
      res.writeHead(404).end();
      return;
    }
    res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': stats.size });
    fs.createReadStream(file).pipe(res);
  });
});

server.listen(Number(process.env.PORT), '127.0.0.1');
