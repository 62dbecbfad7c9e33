// http-proxy and http-proxy-middleware: requests, bodies, rewriting, websockets, dead targets.
// packages: http-proxy http-proxy-middleware
'use strict';

const httpProxy = require('http-proxy');
const { createProxyMiddleware } = require('http-proxy-middleware');
const express = require('express');
const http = require('node:http');
const { WebSocket, WebSocketServer } = require('ws');

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

async function main() {
  const backend = http.createServer((req, res) => {
    res.setHeader(
      'x-seen',
      `${req.method} ${req.url} ${req.headers['x-forwarded-for'] ? 'forwarded' : ''}`,
    );
    req.pipe(res);
  });
  new WebSocketServer({ server: backend }).on('connection', (peer) =>
    peer.on('message', (data) => peer.send(`ws ${data}`)),
  );
  const target = `http://127.0.0.1:${await listen(backend)}`;
  const proxy = httpProxy.createProxyServer({ target, xfwd: true, ws: true });
  proxy.on('error', (error, req, res) => res.writeHead(502).end(error.code));
  const front = http.createServer((req, res) =>
    proxy.web(req, res, req.url === '/dead' ? { target: 'http://127.0.0.1:1' } : {}),
  );
  front.on('upgrade', (req, socket, head) => proxy.ws(req, socket, head));
  const port = await listen(front);
  const ask = async (url, options) => {
    const response = await fetch(url, options);
    console.log(
      response.status,
      response.headers.get('x-seen'),
      (await response.text()).slice(0, 60),
    );
  };
  const base = `http://127.0.0.1:${port}`;
  await ask(`${base}/get`);
  await ask(`${base}/post`, { method: 'POST', body: 'x'.repeat(100000) });
  await ask(`${base}/dead`);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send('hello');
  console.log(String(await new Promise((resolve) => socket.on('message', resolve))));
  socket.close();
  await new Promise((resolve) => socket.on('close', resolve));

  const app = express();
  app.use(
    '/api',
    createProxyMiddleware({
      target,
      changeOrigin: true,
      pathRewrite: { '^/v1': '/v2' },
      on: {
        proxyReq: (request) => request.setHeader('x-added', '1'),
        proxyRes: (response) => {
          response.headers['x-after'] = '1';
        },
      },
    }),
  );
  const outer = http.createServer(app);
  await ask(`http://127.0.0.1:${await listen(outer)}/api/v1/x?y=z`, { method: 'PUT', body: 'put' });
  for (const server of [backend, front, outer]) {
    server.close();
    server.closeAllConnections();
  }
}

main();
