// Requests of every kind against a local server: JSON, forms, interceptors, time-outs, streams.
'use strict';

const axios = require('axios');
const FormData = require('form-data');
const http = require('node:http');
const zlib = require('node:zlib');
const { Readable } = require('node:stream');

const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname === '/gzip') {
    res.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
    return res.end(zlib.gzipSync('{"packed":true}'));
  }
  if (url.pathname === '/redirect')
    return res.writeHead(302, { location: '/show?from=redirect' }).end();
  if (url.pathname === '/loop') return res.writeHead(302, { location: '/loop' }).end();
  if (url.pathname === '/slow') return undefined;
  if (url.pathname === '/status')
    return res.writeHead(Number(url.searchParams.get('code'))).end('status');
  const parts = [];
  req
    .on('data', (part) => parts.push(part))
    .on('end', () => {
      const type = (req.headers['content-type'] || '').replace(/boundary=.*/, 'boundary');
      const body = Buffer.concat(parts)
        .toString()
        .replace(/-{4,}[\w-]+/g, 'BOUNDARY');
      res.setHeader('content-type', 'application/json');
      res.end(
        JSON.stringify({
          method: req.method,
          query: url.search,
          type,
          body,
          auth: req.headers.authorization,
          custom: req.headers['x-custom'],
        }),
      );
    });
  return undefined;
});

server.listen(0, '127.0.0.1', async () => {
  const api = axios.create({
    baseURL: `http://127.0.0.1:${server.address().port}`,
    timeout: 2000,
    proxy: false,
  });
  api.interceptors.request.use((config) => {
    config.headers.set('X-Custom', 'intercepted');
    return config;
  });
  api.interceptors.response.use((response) => {
    response.data.seen = true;
    return response;
  });
  const show = async (promise) => {
    try {
      const { status, data } = await promise;
      console.log(status, JSON.stringify(data));
    } catch (error) {
      console.log(error.name, error.code, error.message, error.response?.status);
    }
  };
  await show(api.get('/show', { params: { a: 1, list: [1, 2], deep: { x: 'ä' } } }));
  await show(api.post('/show', { json: true, when: new Date(0) }));
  await show(api.put('/show', new URLSearchParams({ a: 'b c' })));
  await show(api.postForm('/show', { field: 'value', list: [1, 2] }));
  const form = new FormData();
  form.append('text', 'value');
  form.append('file', Buffer.from('content'), { filename: 'name.txt', contentType: 'text/plain' });
  await show(api.post('/show', form));
  await show(api.post('/show', Readable.from(['streamed ', 'body'])));
  await show(api.delete('/show', { auth: { username: 'me', password: 'secret' } }));
  await show(api.get('/gzip'));
  await show(api.get('/redirect'));
  await show(api.get('/loop', { maxRedirects: 3 }));
  await show(api.get('/status?code=404'));
  await show(api.get('/status?code=500', { validateStatus: () => true }));
  await show(api.get('/slow', { timeout: 50 }));
  const control = new AbortController();
  setTimeout(() => control.abort(), 20);
  await show(api.get('/slow', { signal: control.signal }));
  await show(api.get('/show', { maxContentLength: 10 }));
  await show(axios.get('http://127.0.0.1:1/', { proxy: false }));
  const stream = await axios.get(`${api.defaults.baseURL}/show`, {
    responseType: 'stream',
    proxy: false,
  });
  let bytes = 0;
  for await (const part of stream.data) bytes += part.length;
  console.log('streamed', bytes);
  const array = await axios.get(`${api.defaults.baseURL}/show`, {
    responseType: 'arraybuffer',
    proxy: false,
  });
  console.log(Buffer.isBuffer(array.data), array.data.length);
  console.log((await axios.get(`${api.defaults.baseURL}/show`, { adapter: 'fetch' })).data.method);
  server.close();
  server.closeAllConnections();
});
