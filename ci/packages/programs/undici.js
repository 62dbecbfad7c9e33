// request, stream, pipeline, pools, keep-alive, aborts, time-outs, mocks, redirects, forms.
'use strict';

const undici = require('undici');
const http = require('node:http');
const { once } = require('node:events');
const { Writable } = require('node:stream');

async function main() {
  const sockets = new Set();
  const server = http.createServer((req, res) => {
    sockets.add(req.socket);
    const { pathname } = new URL(req.url, 'http://x');
    if (pathname === '/json')
      return res.setHeader('content-type', 'application/json').end('{"a":[1]}');
    if (pathname === '/echo') {
      res.writeHead(200, { 'x-method': req.method });
      return req.pipe(res);
    }
    if (pathname === '/redirect') return res.writeHead(302, { location: '/json' }).end();
    if (pathname === '/slow') return undefined;
    if (pathname === '/cut') {
      res.writeHead(200, { 'content-length': 100 });
      res.write('part');
      setTimeout(() => res.destroy(), 20);
      return undefined;
    }
    if (pathname === '/big') return res.end(Buffer.alloc(1 << 20, 'z'));
    if (pathname === '/trailers') {
      res.writeHead(200, { trailer: 'x-sum' });
      res.write('body');
      res.addTrailers({ 'x-sum': '42' });
      return res.end();
    }
    if (pathname === '/hints') {
      res.writeEarlyHints({ link: '</a.css>; rel=preload' });
      return res.end('late');
    }
    return res.writeHead(404).end('none');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;

  const json = await undici.request(`${origin}/json`);
  console.log(json.statusCode, json.headers['content-type'], await json.body.json());
  const echo = await undici.request(`${origin}/echo`, { method: 'POST', body: 'x'.repeat(70000) });
  console.log(echo.headers['x-method'], (await echo.body.text()).length);
  let bytes = 0;
  await undici.stream(
    `${origin}/big`,
    { method: 'GET' },
    () =>
      new Writable({
        write(part, encoding, done) {
          bytes += part.length;
          done();
        },
      }),
  );
  console.log('streamed', bytes);
  const trailers = await undici.request(`${origin}/trailers`);
  console.log(await trailers.body.text(), trailers.trailers);
  console.log(
    await (
      await undici.request(`${origin}/hints`, {
        onInfo: (info) => console.log(info.statusCode, info.headers),
      })
    ).body.text(),
  );

  const client = new undici.Client(origin, { pipelining: 4 });
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const { body } = await client.request({ path: '/echo', method: 'PUT', body: `n${index}` });
      return body.text();
    }),
  );
  console.log(answers.join(), client.stats);
  const before = sockets.size;
  const pool = new undici.Pool(origin, { connections: 3 });
  await Promise.all(
    Array.from({ length: 12 }, async () =>
      (await pool.request({ path: '/json', method: 'GET' })).body.dump(),
    ),
  );
  console.log('sockets of the pool', sockets.size - before);
  const cut = await pool.request({ path: '/cut', method: 'GET' });
  await cut.body.text().catch((error) => console.log(error.code, error.message));
  const control = new AbortController();
  setTimeout(() => control.abort(), 20);
  await pool
    .request({ path: '/slow', method: 'GET', signal: control.signal })
    .catch((error) => console.log(error.name, error.code));
  await undici
    .request(`${origin}/slow`, { headersTimeout: 50 })
    .catch((error) => console.log(error.code));
  await undici.request('http://127.0.0.1:1/').catch((error) => console.log(error.code));

  const following = new undici.Agent().compose(
    undici.interceptors.redirect({ maxRedirections: 2 }),
  );
  const followed = await undici.request(`${origin}/redirect`, { dispatcher: following });
  console.log(followed.statusCode, await followed.body.text());
  const response = await undici.fetch(`${origin}/redirect`);
  console.log(response.redirected, new URL(response.url).pathname, await response.json());
  const form = new undici.FormData();
  form.append('field', 'välue');
  form.append('file', new Blob(['of a blob'], { type: 'text/plain' }), 'a.txt');
  const posted = await undici.fetch(`${origin}/echo`, { method: 'POST', body: form });
  console.log((await posted.text()).replace(/-+formdata-undici-\d+/g, 'BOUNDARY'));

  const mock = new undici.MockAgent();
  mock.disableNetConnect();
  mock.get('http://mocked.test').intercept({ path: '/a' }).reply(200, { mocked: true });
  console.log(
    await (await undici.request('http://mocked.test/a', { dispatcher: mock })).body.json(),
  );
  await undici
    .request('http://other.test/', { dispatcher: mock })
    .catch((error) => console.log(error.code));

  await client.close();
  await pool.destroy();
  await following.close();
  await undici.getGlobalDispatcher().close();
  server.close();
  server.closeAllConnections();
}

main();
