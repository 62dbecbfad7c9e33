'use strict';
// Reads ten headers of the request and builds about 1 KB of JSON for it, anew each time.
const http = require('http');

const READ = [
  'user-agent', 'accept', 'accept-language', 'accept-encoding', 'referer',
  'cookie', 'x-request-id', 'x-forwarded-for', 'authorization', 'cache-control',
];

let served = 0;

function item(index, page) {
  const id = page * 100 + index;
  return {
    id,
    name: `item ${id}`,
    price: (id * 37 % 1000) / 100,
    tags: ['new', index % 2 === 0 ? 'even' : 'odd'],
    stock: { here: id % 7, ordered: id % 3 },
  };
}

const server = http.createServer((req, res) => {
  served += 1;
  const query = new URLSearchParams(req.url.slice(req.url.indexOf('?') + 1));
  const page = Number(query.get('page'));
  const size = Number(query.get('size')) || 1;
  const seen = {};
  for (const name of READ) {
    const value = req.headers[name];
    seen[name] = value === undefined ? 0 : value.length;
  }
  const items = [];
  for (let index = 0; index < size; index += 1) items.push(item(index, page));
  const body = JSON.stringify({ served, page, size, seen, items });
  res.setHeader('Content-Type', 'application/json');
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.end(body);
});

server.listen(Number(process.env.PORT), '127.0.0.1');
