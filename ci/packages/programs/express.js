// Routes, parameters, bodies, static files, conditional requests, errors, redirects, routers.
'use strict';

const express = require('express');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'express-'));
fs.writeFileSync(path.join(folder, 'page.html'), '<h1>page</h1>\n');
fs.writeFileSync(path.join(folder, 'data.bin'), Buffer.alloc(5000, 'abcdefghij'));
fs.utimesSync(path.join(folder, 'page.html'), 1700000000, 1700000000);
fs.utimesSync(path.join(folder, 'data.bin'), 1700000000, 1700000000);

const app = express();
app.use(express.json({ limit: '10kb' }));
app.use(express.urlencoded({ extended: true }));
app.use('/files', express.static(folder, { maxAge: '1h' }));
app.get('/', (req, res) => res.send('hello'));
app.get('/users/:id', (req, res) => res.json({ id: req.params.id, query: req.query }));
app.post('/echo', (req, res) => res.status(201).json(req.body));
app.put('/text', express.text(), (req, res) => res.type('text').send(req.body.toUpperCase()));
app.post('/raw', express.raw(), (req, res) => res.send(String(req.body.length)));
app.get('/moved', (req, res) => res.redirect(301, '/'));
app.get('/cookie', (req, res) => res.cookie('a', 'b c', { httpOnly: true }).end());
app.get('/accept', (req, res) =>
  res.format({
    'text/plain': () => res.send('plain'),
    'application/json': () => res.json({ format: 'json' }),
  }),
);
app.get('/throws', () => {
  throw Object.assign(new Error('teapot'), { status: 418 });
});
app.get('/rejects', async () => {
  throw new Error('rejected');
});
app.get('/download', (req, res) => res.download(path.join(folder, 'page.html'), 'näme.html'));
app.get('/headers', (req, res) => {
  res.set('X-One', 'two').append('X-One', 'three').vary('Accept').links({ next: '/2' });
  res.json({
    host: req.hostname,
    ip: req.ip,
    xhr: req.xhr,
    secure: req.secure,
    is: req.get('x-a'),
  });
});
const router = express.Router({ mergeParams: true });
router.use((req, res, next) => {
  req.seen = ['router'];
  next();
});
router
  .route('/item')
  .get((req, res) => res.json(req.seen))
  .delete((req, res) => res.sendStatus(204));
app.use('/api/:version', router);
app.get('/stream', (req, res) => {
  let count = 0;
  const timer = setInterval(() => {
    res.write(`part ${count}\n`);
    if (++count === 3) {
      clearInterval(timer);
      res.end();
    }
  }, 2);
});
app.use((req, res) => res.status(404).json({ missing: req.path }));
app.use((error, req, res, next) => {
  if (res.headersSent) return next(error);
  res.status(error.status || 500).json({ error: error.message, type: error.type });
});

const SHOWN = [
  'content-type',
  'content-length',
  'etag',
  'location',
  'set-cookie',
  'cache-control',
  'last-modified',
  'content-range',
  'content-disposition',
  'allow',
  'x-one',
  'link',
  'vary',
  'accept-ranges',
  'transfer-encoding',
  'x-powered-by',
  'connection',
  'content-encoding',
];

function ask(port, method, url, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ port, method, path: url, headers }, (response) => {
      const parts = [];
      response
        .on('data', (part) => parts.push(part))
        .on('end', () => {
          const text = Buffer.concat(parts).toString();
          console.log(method, url, response.statusCode, response.statusMessage);
          for (const name of SHOWN) {
            if (response.headers[name]) console.log('  %s: %s', name, response.headers[name]);
          }
          console.log('  %s', text.length > 200 ? `${text.length} characters` : text);
          resolve(response);
        });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const server = app.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const json = { 'content-type': 'application/json' };
  await ask(port, 'GET', '/');
  await ask(port, 'HEAD', '/');
  const { headers } = await ask(port, 'GET', '/users/7?a=1&b=2&b=3');
  await ask(port, 'GET', '/users/7?a=1&b=2&b=3', { 'if-none-match': headers.etag });
  await ask(port, 'POST', '/echo', json, '{"a":[1,2,{"b":null}]}');
  await ask(port, 'POST', '/echo', json, '{"a":');
  await ask(port, 'POST', '/echo', json, JSON.stringify('x'.repeat(20000)));
  await ask(
    port,
    'POST',
    '/echo',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'a=1&b=%C3%A4&c=+',
  );
  await ask(
    port,
    'PUT',
    '/text',
    { 'content-type': 'text/plain; charset=latin1' },
    Buffer.from('gr\xfc\xdf', 'latin1'),
  );
  await ask(
    port,
    'POST',
    '/raw',
    { 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked' },
    Buffer.alloc(3000),
  );
  await ask(port, 'GET', '/moved');
  await ask(port, 'GET', '/cookie');
  await ask(port, 'GET', '/accept', { accept: 'application/json' });
  await ask(port, 'GET', '/accept', { accept: 'image/png' });
  await ask(port, 'GET', '/throws');
  await ask(port, 'GET', '/rejects');
  await ask(port, 'GET', '/download');
  await ask(port, 'GET', '/headers', { 'x-a': 'b', 'x-requested-with': 'XMLHttpRequest' });
  await ask(port, 'GET', '/api/v2/item');
  await ask(port, 'DELETE', '/api/v2/item');
  await ask(port, 'OPTIONS', '/api/v2/item');
  await ask(port, 'GET', '/stream');
  await ask(port, 'GET', '/files/page.html');
  await ask(port, 'GET', '/files/data.bin', { range: 'bytes=10-19' });
  await ask(port, 'GET', '/files/data.bin', { range: 'bytes=9000-' });
  await ask(port, 'GET', '/files/data.bin', {
    'if-modified-since': 'Tue, 14 Nov 2023 22:13:20 GMT',
  });
  await ask(port, 'GET', '/files/../secret');
  await ask(port, 'GET', '/files/%zz');
  await ask(port, 'GET', '/none');
  server.close(() => console.log('closed'));
  fs.rmSync(folder, { recursive: true });
});
