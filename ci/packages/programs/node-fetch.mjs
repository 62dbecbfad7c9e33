// Bodies, headers, redirects, streams, aborts, compression.
import fetch, { Headers, FormData, File, Response, AbortError } from 'node-fetch';
import http from 'node:http';
import zlib from 'node:zlib';

const server = http.createServer(async (req, res) => {
  if (req.url === '/br')
    return res.writeHead(200, { 'content-encoding': 'br' }).end(zlib.brotliCompressSync('brotli'));
  if (req.url === '/redirect') return res.writeHead(301, { location: '/echo' }).end();
  if (req.url === '/slow') return undefined;
  if (req.url === '/cut') {
    res.writeHead(200, { 'content-length': '10' });
    res.write('abc');
    return setTimeout(() => res.destroy(), 10);
  }
  const parts = [];
  for await (const part of req) parts.push(part);
  const body = Buffer.concat(parts)
    .toString()
    .replace(/-{4,}\w+/g, 'BOUNDARY');
  return res.end(`${req.method} ${body}`);
});
server.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  console.log(await (await fetch(`${base}/echo`, { method: 'POST', body: 'text' })).text());
  console.log(await (await fetch(`${base}/br`)).text());
  const redirected = await fetch(`${base}/redirect`);
  console.log(redirected.redirected, redirected.status, await redirected.text());
  const form = new FormData();
  form.set('a', 'b');
  form.set('f', new File(['file'], 'f.txt', { type: 'text/plain' }));
  console.log(await (await fetch(`${base}/echo`, { method: 'PUT', body: form })).text());
  const control = new AbortController();
  setTimeout(() => control.abort(), 20);
  await fetch(`${base}/slow`, { signal: control.signal }).catch((error) =>
    console.log(error instanceof AbortError, error.message),
  );
  await (
    await fetch(`${base}/cut`)
  )
    .text()
    .catch((error) => console.log(error.code, error.message.replace(/:\d+/, ':port')));
  await fetch('http://127.0.0.1:1/').catch((error) =>
    console.log(error.code, error.errno, error.type),
  );
  console.log([...new Headers({ B: '1', a: '2' })], await new Response('{"x":1}').json());
  let length = 0;
  for await (const part of (
    await fetch(`${base}/echo`, { method: 'POST', body: 'y'.repeat(200000) })
  ).body)
    length += part.length;
  console.log(length);
  server.close();
  server.closeAllConnections();
});
