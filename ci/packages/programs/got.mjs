// JSON, retries, hooks, streams, errors, pagination, cache of options.
import got from 'got';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';

let failures = 2;
const server = http.createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname === '/flaky' && failures-- > 0) return res.writeHead(503).end();
  if (url.pathname === '/slow') return undefined;
  if (url.pathname === '/page') {
    const page = Number(url.searchParams.get('page') || 1);
    if (page < 3)
      res.setHeader('link', `<http://${req.headers.host}/page?page=${page + 1}>; rel="next"`);
    return res.end(JSON.stringify([page * 10, page * 10 + 1]));
  }
  if (url.pathname === '/redirect') return res.writeHead(303, { location: '/echo' }).end();
  let body = '';
  for await (const part of req) body += part;
  res.end(
    JSON.stringify({ method: req.method, url: req.url, type: req.headers['content-type'], body }),
  );
});
server.listen(0, '127.0.0.1', async () => {
  const client = got.extend({
    prefixUrl: `http://127.0.0.1:${server.address().port}`,
    retry: { limit: 2, calculateDelay: ({ computedValue }) => computedValue && 10 },
    hooks: {
      beforeRequest: [
        (options) => {
          options.headers['x-hook'] = '1';
        },
      ],
    },
  });
  console.log(await client('echo?a=b').json());
  console.log(await client.post('echo', { json: { a: [1] } }).json());
  console.log(await client.post('echo', { form: { a: 'b', c: 'd e' } }).json());
  console.log(await client.put('redirect', { body: 'text' }).json());
  const flaky = await client('flaky');
  console.log(flaky.statusCode, flaky.retryCount);
  const parts = [];
  await pipeline(
    client.stream.post('echo', { body: 'streamed' }),
    new Writable({
      write(part, encoding, done) {
        parts.push(part);
        done();
      },
    }),
  );
  console.log(Buffer.concat(parts).toString());
  const pages = [];
  for await (const item of client.paginate('page')) pages.push(item);
  console.log(pages);
  for (const [path, options] of [
    ['slow', { timeout: { request: 60 }, retry: { limit: 0 } }],
    ['echo', { responseType: 'json', method: 'HEAD' }],
  ]) {
    await client(path, options).then(
      (r) => console.log(r.statusCode),
      (error) => console.log(error.name, error.code, error.message),
    );
  }
  await got('http://127.0.0.1:1/', { retry: { limit: 0 } }).catch((error) =>
    console.log(error.name, error.code),
  );
  server.close();
  server.closeAllConnections();
});
