// HTTP and TLS through proxies, by agents of packages, and request's own idea of a good socket.
// packages: request tunnel agentkeepalive https-proxy-agent http-proxy-agent socks-proxy-agent
'use strict';

const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const KeepAlive = require('agentkeepalive');
const request = require('request');
const tunnel = require('tunnel');
const { HttpProxyAgent } = require('http-proxy-agent');
const { HttpsProxyAgent } = require('https-proxy-agent');
const { SocksProxyAgent } = require('socks-proxy-agent');
const { key, cert } = require('./lib/keys.js');

const ca = cert;
const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
};
const answer = (req, res) => {
  const parts = [];
  req.on('data', (part) => parts.push(part));
  req.on('end', () => {
    const { authorization, 'x-via': via } = req.headers;
    res.setHeader('x-length', Buffer.concat(parts).length);
    res.end(`${req.method} ${req.url} ${authorization} ${via} ${req.socket.encrypted === true}`);
  });
};
const plain = http.createServer(answer);
const secure = https.createServer({ key, cert }, answer);

/** A proxy that forwards requests and makes tunnels. */
const proxy = http.createServer((req, res) => {
  const { hostname, port, pathname } = new URL(req.url);
  const headers = { ...req.headers, 'x-via': 'proxy' };
  const onward = http.request({ hostname, port, path: pathname, method: req.method, headers });
  onward.on('response', (response) => {
    res.writeHead(response.statusCode, response.headers);
    response.pipe(res);
  });
  onward.on('error', () => res.writeHead(502).end('no way'));
  req.pipe(onward);
});
proxy.on('connect', (req, socket, head) => {
  const [host, port] = req.url.split(':');
  const onward = net.connect(port, host, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  onward.on('error', () => socket.end('HTTP/1.1 502 No Way\r\n\r\n'));
  socket.on('error', () => onward.destroy());
});

/** SOCKS 5 without authentication, to IPv4 addresses. */
const socks = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write(Buffer.from([5, 0]));
    socket.once('data', (asked) => {
      const onward = net.connect(asked.readUInt16BE(asked.length - 2), '127.0.0.1', () => {
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
    });
  });
});

const get = (protocol, url, options) =>
  new Promise((resolve) => {
    protocol
      .get(url, options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (more) => (text += more));
        response.on('end', () => resolve(`${response.statusCode} ${text}`));
      })
      .on('error', (error) => resolve(`${error.code} ${error.message}`));
  });
const ask = (options) =>
  new Promise((resolve) => {
    request(options, (error, response, body) => {
      const length = response?.headers['x-length'];
      resolve([error?.code ?? error?.message, response?.statusCode, length, body].join(' | '));
    });
  });

async function main() {
  const [one, two, three, four] = await Promise.all([plain, secure, proxy, socks].map(listen));
  const [http1, https1] = [`http://127.0.0.1:${one}`, `https://127.0.0.1:${two}`];
  const via = `http://127.0.0.1:${three}`;
  console.log(await get(http, `${http1}/a`, { agent: new HttpProxyAgent(via) }));
  console.log(await get(https, `${https1}/b`, { agent: new HttpsProxyAgent(via), ca }));
  console.log(await get(https, `${https1}/c`, { agent: new HttpsProxyAgent(via) }));
  const refused = new HttpsProxyAgent(via);
  console.log(await get(https, 'https://127.0.0.1:1/d', { agent: refused }));
  const over = tunnel.httpsOverHttp({ proxy: { host: '127.0.0.1', port: three } });
  console.log(await get(https, `${https1}/e`, { agent: over, ca }));
  const socksAgent = new SocksProxyAgent(`socks5://127.0.0.1:${four}`);
  console.log(await get(https, `${https1}/f`, { agent: socksAgent, ca }));
  const kept = new KeepAlive({ maxSockets: 1 });
  for (let i = 0; i < 3; i++) console.log(await get(http, `${http1}/${i}`, { agent: kept }));
  console.log(kept.getCurrentStatus().createSocketCount, kept.getCurrentStatus().requestCount);
  kept.destroy();

  const strict = { strictSSL: true, ca };
  console.log(await ask({ url: `${https1}/strict`, ...strict, auth: { user: 'u', pass: 'p' } }));
  console.log(await ask({ url: `${https1}/stranger`, strictSSL: true }));
  console.log(await ask({ url: `${https1}/tunnelled`, ...strict, proxy: via }));
  console.log(await ask({ url: `${http1}/proxied`, proxy: via }));
  console.log(await ask({ url: `${http1}/form`, method: 'POST', form: { a: 'b c' } }));
  const formData = { field: 'x', file: { value: Buffer.alloc(1000), options: { filename: 'f' } } };
  const multipart = await ask({ url: `${http1}/multipart`, method: 'POST', formData });
  console.log(multipart.replace(/\d{4}/, 'LENGTH'));
  console.log(await ask({ url: 'http://127.0.0.1:1/' }));
  for (const server of [plain, secure, proxy]) {
    server.close();
    server.closeAllConnections();
  }
  socks.close();
}

main();
