// Routes, middleware, JSON, streams and errors over @hono/node-server.
// packages: hono @hono/node-server
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { streamText } from 'hono/streaming';
import { serve } from '@hono/node-server';

const app = new Hono();
app.use('/api/*', cors(), etag());
app.get('/', (c) => c.text('hello'));
app.get('/api/users/:id', (c) => c.json({ id: c.req.param('id'), query: c.req.query() }));
app.post('/json', async (c) => c.json(await c.req.json(), 201));
app.post('/form', async (c) => {
  const form = await c.req.parseBody();
  return c.json({ name: form.name, file: form.file?.name, size: form.file?.size });
});
app.get('/stream', (c) =>
  streamText(c, async (stream) => {
    for (let index = 0; index < 3; index++) await stream.writeln(`line ${index}`);
  }),
);
app.get('/throws', () => {
  throw new Error('inside');
});
app.get('/redirect', (c) => c.redirect('/'));
app.onError((error, c) => c.json({ error: error.message }, 500));
app.notFound((c) => c.text('nothing here', 404));

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, async ({ port }) => {
  const ask = async (path, options) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: 'manual',
      ...options,
    });
    const headers = Object.fromEntries(response.headers);
    delete headers.date;
    console.log(path, response.status, JSON.stringify(headers), await response.text());
    return response;
  };
  await ask('/');
  const { headers } = await ask('/api/users/3?a=b', { headers: { origin: 'http://x.test' } });
  await ask('/api/users/3?a=b', { headers: { 'if-none-match': headers.get('etag') } });
  await ask('/json', { method: 'POST', body: '{"a":"b"}' });
  const form = new FormData();
  form.set('name', 'value');
  form.set('file', new File(['content'], 'file.txt'));
  await ask('/form', { method: 'POST', body: form });
  for (const path of ['/stream', '/throws', '/redirect', '/none']) await ask(path);
  await ask('/', { method: 'HEAD' });
  server.close();
});
