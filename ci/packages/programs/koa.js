// Middleware, router, bodies, cookies, streams, errors.
// packages: koa @koa/router koa-bodyparser
'use strict';

const Koa = require('koa');
const Router = require('@koa/router');
const bodyParser = require('koa-bodyparser');
const { Readable } = require('node:stream');
const http = require('node:http');

const app = new Koa({ keys: ['key one', 'key two'] });
const router = new Router({ prefix: '/v1' });
const order = [];
app.on('error', (error) => console.log('app error:', error.message));
app.use(async (ctx, next) => {
  order.push('down');
  await next();
  order.push('up');
  ctx.set('X-Order', order.splice(0).join());
});
app.use(bodyParser());
router.get('/', (ctx) => {
  ctx.body = 'hello';
});
router.get('named', '/users/:id', (ctx) => {
  ctx.body = { id: ctx.params.id, query: ctx.query, url: router.url('named', 5) };
});
router.post('/body', (ctx) => {
  ctx.status = 201;
  ctx.body = ctx.request.body;
});
router.get('/stream', (ctx) => {
  ctx.type = 'txt';
  ctx.body = Readable.from(['one', 'two']);
});
router.get('/buffer', (ctx) => {
  ctx.body = Buffer.from([65, 66]);
});
router.get('/null', (ctx) => {
  ctx.body = null;
});
router.get('/throw', (ctx) => ctx.throw(403, 'forbidden here'));
router.get('/error', () => {
  throw new Error('inside');
});
router.get('/cookie', (ctx) => {
  ctx.cookies.set('a', 'b');
  ctx.body = ctx.cookies.get('c') || 'none';
});
router.get('/fresh', (ctx) => {
  ctx.body = 'fresh?';
  ctx.etag = 'tag';
  if (ctx.fresh) ctx.status = 304;
});
router.get('/back', (ctx) => ctx.redirect('/v1/'));
app.use(router.routes()).use(router.allowedMethods());

function ask(port, method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response
        .on('data', (part) => {
          text += part;
        })
        .on('end', () => {
          const { date, ...rest } = response.headers;
          console.log(method, path, response.statusCode, JSON.stringify(rest), text);
          resolve();
        });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const server = app.listen(0, async () => {
  const { port } = server.address();
  await ask(port, 'GET', '/v1/');
  await ask(port, 'GET', '/v1/users/9?x=1');
  await ask(port, 'POST', '/v1/body', { 'content-type': 'application/json' }, '{"x":1}');
  await ask(port, 'POST', '/v1/body', { 'content-type': 'application/json' }, '{"x"');
  await ask(
    port,
    'POST',
    '/v1/body',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'q=r',
  );
  for (const name of ['stream', 'buffer', 'null', 'throw', 'error', 'back', 'none']) {
    await ask(port, 'GET', `/v1/${name}`);
  }
  await ask(port, 'GET', '/v1/cookie', { cookie: 'c=d' });
  await ask(port, 'GET', '/v1/fresh', { 'if-none-match': '"tag"' });
  await ask(port, 'PUT', '/v1/');
  await ask(port, 'PATCHY', '/v1/').catch((error) => console.log(error.code));
  server.close();
});
