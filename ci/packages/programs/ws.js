// Echo, large and fragmented messages, compression, pings, close codes, limits, broadcasts.
'use strict';

const { WebSocket, WebSocketServer, createWebSocketStream } = require('ws');
const http = require('node:http');
const { once } = require('node:events');

// What the server saw of each end: which side sees it first is not said.
const closed = new Map();

async function main() {
  const server = http.createServer((req, res) => res.writeHead(426).end('upgrade'));
  const echo = new WebSocketServer({
    noServer: true,
    perMessageDeflate: { threshold: 100 },
    maxPayload: 4 << 20,
  });
  const small = new WebSocketServer({ noServer: true, maxPayload: 100 });
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/forbidden') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const target = request.url === '/small' ? small : echo;
    target.handleUpgrade(request, socket, head, (peer) => target.emit('connection', peer, request));
  });
  echo.on('connection', (peer, request) => {
    console.log('connection', request.url, peer.protocol, peer.extensions);
    peer.on('message', (data, binary) => {
      if (String(data) === 'close') peer.close(4001, 'as you wish');
      else if (String(data) === 'terminate') peer.terminate();
      else peer.send(data, { binary });
    });
    peer.on('ping', (data) => console.log('ping', String(data)));
    peer.on('close', (code, reason) => closed.set(request.url, [code, String(reason)]));
  });
  small.on('connection', (peer) => {
    peer.on('error', (error) => console.log('server error', error.code, error.message));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${server.address().port}`;

  const client = new WebSocket(`${url}/echo`, ['chat', 'other']);
  await once(client, 'open');
  console.log('open', client.protocol, client.extensions, client.readyState);
  const trip = async (message) => {
    client.send(message);
    const [data, binary] = await once(client, 'message');
    return [data.length, binary, data.equals(Buffer.from(message))];
  };
  console.log(await trip('text'), await trip('ünïcode ✓'), await trip(Buffer.alloc(0)));
  console.log(await trip(Buffer.alloc(125, 1)), await trip(Buffer.alloc(126, 2)));
  console.log(await trip(Buffer.alloc(65535, 3)), await trip(Buffer.alloc(65536, 4)));
  const big = Buffer.allocUnsafe(3 << 20);
  for (let index = 0; index < big.length; index++) big[index] = (index * 7919) >>> 5;
  console.log(await trip(big));
  client.send('frag', { fin: false });
  client.send('men', { fin: false });
  client.send('ted', { fin: true });
  console.log(String((await once(client, 'message'))[0]));
  client.ping('beat');
  console.log('pong', String((await once(client, 'pong'))[0]));
  client.send('close');
  const [code, reason] = await once(client, 'close');
  console.log('client saw close', code, String(reason));

  const many = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const one = new WebSocket(`${url}/${index % 2 ? 'odd' : 'even'}`, {
        perMessageDeflate: false,
      });
      one.on('error', () => {});
      await once(one, 'open');
      return one;
    }),
  );
  const got = Promise.all(many.map(async (one) => String((await once(one, 'message'))[0])));
  for (const peer of echo.clients) peer.send('to all');
  console.log((await got).join());
  for (const one of many) one.close(1000);
  await Promise.all(many.map((one) => once(one, 'close')));

  const limited = new WebSocket(`${url}/small`);
  await once(limited, 'open');
  limited.send('x'.repeat(1000));
  console.log('limited', (await once(limited, 'close'))[0]);

  const refused = new WebSocket(`${url}/forbidden`);
  console.log((await once(refused, 'error'))[0].message);

  const cut = new WebSocket(`${url}/cut`);
  await once(cut, 'open');
  cut.send('terminate');
  console.log('cut', (await once(cut, 'close'))[0]);

  const stream = createWebSocketStream(new WebSocket(`${url}/stream`), { encoding: 'utf8' });
  stream.write('through a stream');
  console.log((await once(stream, 'data'))[0]);
  stream.end();
  await once(stream, 'close');

  // The global class speaks to the same server.
  const web = new globalThis.WebSocket(`${url}/web`);
  await new Promise((resolve) => {
    web.onopen = resolve;
  });
  web.send('from the web');
  console.log(
    await new Promise((resolve) => {
      web.onmessage = ({ data }) => resolve(data);
    }),
  );
  web.close(1000, 'done');
  await new Promise((resolve) => {
    web.onclose = ({ code: c, wasClean }) => {
      console.log(c, wasClean);
      resolve();
    };
  });
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  console.log('end', closed.get('/echo'), closed.get('/cut'));
}

main();
