'use strict';
// Answers with 64 KiB out of a file, read anew for each request by a stream.
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const BYTES = 65536;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'file-'));
const name = path.join(folder, 'body');
fs.writeFileSync(name, Buffer.alloc(BYTES, 'x'));

const server = http.createServer((req, res) => {
  res.setHeader('Content-Type', 'application/octet-stream');
  res.setHeader('Content-Length', BYTES);
  fs.createReadStream(name).pipe(res);
});

server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  fs.rmSync(folder, { recursive: true });
  process.exit();
});
