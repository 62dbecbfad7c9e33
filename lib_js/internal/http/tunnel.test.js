'use strict';
// Requests of https through a proxy: what is kept of their connections, and proxies that fail late.

const assert = require('node:assert');
const { once } = require('node:events');
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { text } = require('node:stream/consumers');
const test = require('node:test');
const { listen } = require('../../fixtures/listen.test.cjs');
const { CA, serverA } = require('../tls/fixtures/keys.test.cjs');

/** An agent whose proxy does `onTunnel` with each connection. */
async function agentVia(t, onTunnel, options) {
  const proxy = http.createServer();
  proxy.on('connect', (req, socket) => {
    socket.on('error', () => {});
    t.after(() => socket.destroy());
    onTunnel(req, socket);
  });
  const port = await listen(t, proxy);
  const agent = new https.Agent({
    ca: CA, proxyEnv: { https_proxy: `http://127.0.0.1:${port}` }, ...options });
  t.after(() => agent.destroy());
  return agent;
}

function forward({ url }, socket) {
  const [host, port] = url.split(':');
  const far = net.connect(port, host, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(far).pipe(socket);
  });
  far.on('error', () => socket.destroy());
  socket.on('close', () => far.destroy());
}

test('an origin is met again with the session of the connection before', async (t) => {
  let reused;
  const port = await listen(t, https.createServer(serverA, (req, res) => {
    reused.push(req.socket.isSessionReused());
    res.setHeader('connection', 'close');
    res.end('ok');
  }));
  for (const agent of [new https.Agent({ ca: CA }), await agentVia(t, forward)]) {
    reused = [];
    for (let i = 0; i < 3; i++) {
      const req = https.get({ host: '127.0.0.1', port, agent, servername: 'a.test' });
      const [res] = await once(req, 'response');
      assert.strictEqual(await text(res), 'ok');
      await once(req, 'close');
    }
    assert.deepStrictEqual(reused, [false, true, true]);
  }
});

test('a connection that one request has looked at in its own way is not kept', async (t) => {
  const port = await listen(t, https.createServer(serverA, (req, res) => res.end('ok')));
  const agent = await agentVia(t, forward, { keepAlive: true });
  for (const options of [{}, { checkServerIdentity: () => undefined }]) {
    const req = https.get({ host: '127.0.0.1', port, agent, ...options });
    const closed = new Promise((resolve) => { req.on('close', resolve); });
    const [res] = await once(req, 'response');
    assert.strictEqual(await text(res), 'ok');
    await closed;
    const kept = Object.values(agent.freeSockets).flat();
    assert.strictEqual(kept.length, options.checkServerIdentity === undefined ? 1 : 0);
    agent.destroy();
  }
});

test('options that TLS does not take fail the request', async (t) => {
  const agent = await agentVia(t, forward);
  const port = await listen(t, net.createServer());
  const req = https.get({ host: '127.0.0.1', port, agent, minDHSize: 'x' });
  const [error] = await once(req, 'error');
  assert.strictEqual(error.code, 'ERR_INVALID_ARG_TYPE');
});

/** What proxies do behind their 200, the error that a request gets of it, and its timeout. */
const FAILURES = {
  'says nothing': [() => {}, 'ERR_PROXY_TUNNEL', 200],
  'ends': [(socket) => socket.end(), 'ECONNRESET'],
  'resets': [(socket) => socket.resetAndDestroy(), 'ECONNRESET'],
  'sends no TLS': [(socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), /^ERR_SSL_/],
};

for (const [name, [act, code, timeout]] of Object.entries(FAILURES)) {
  test(`a proxy that says yes and then ${name}`, async (t) => {
    const agent = await agentVia(t, (req, socket) => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      // The client's hello is on its way.
      socket.once('data', () => act(socket));
    });
    const req = https.get({ host: 'a.test', agent, timeout });
    const closed = new Promise((resolve) => { req.on('close', resolve); });
    const [error] = await once(req, 'error');
    if (typeof code === 'string') assert.strictEqual(error.code, code);
    else assert.match(error.code, code);
    await closed;
  });
}

test('what is no URL of http names no proxy', () => {
  const isProxied = (proxyEnv) => {
    const agent = new https.Agent({ proxyEnv });
    const socket = agent.createConnection({ host: '127.0.0.1', port: 1 });
    socket.on('error', () => {}).destroy();
    return !socket.encrypted;
  };
  assert.strictEqual(isProxied({ https_proxy: 'http://127.0.0.1:1' }), true);
  for (const https_proxy of ['proxy', 'socks5://127.0.0.1:1', 'HTTP://127.0.0.1:1']) {
    assert.strictEqual(isProxied({ https_proxy }), false, https_proxy);
  }
  assert.throws(() => isProxied({ https_proxy: 'http://' }), { code: 'ERR_PROXY_INVALID_CONFIG' });
  assert.throws(() => isProxied({ https_proxy: 'a\nb' }), { code: 'ERR_PROXY_INVALID_CONFIG' });
  for (const [no_proxy, expect] of [
    ['127.0.0.0-127.0.0.9', false], ['127.0.0.0 - 127.0.0.1', false], ['127.0.0.2-127.0.0.9', true],
    ['127.0.0.9-127.0.0.0', true], ['10.0.0.0-10.0.0.1', true],
  ]) {
    assert.strictEqual(
      isProxied({ https_proxy: 'http://127.0.0.1:1', no_proxy }), expect, no_proxy);
  }
});
