// Schemas, hooks, plugins, decorators, serialisation, errors, streams, inject and real requests.
'use strict';

const fastify = require('fastify');
const { Readable } = require('node:stream');

async function main() {
  const lines = [];
  const app = fastify({
    logger: { level: 'info', stream: { write: (line) => lines.push(JSON.parse(line)) } },
    genReqId: (() => {
      let id = 0;
      return () => `r${++id}`;
    })(),
    bodyLimit: 1000,
  });
  app.decorate('answer', 42).decorateRequest('user', null);
  app.addHook('onRequest', async (request) => {
    request.user = request.headers['x-user'] || 'nobody';
  });
  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-hook', 'sent');
    return payload;
  });
  app.register(
    async (scope) => {
      scope.get('/', async function (request) {
        return { answer: this.answer, user: request.user };
      });
      scope.get('/late', (request, reply) =>
        setImmediate(() => reply.code(202).send({ late: true })),
      );
    },
    { prefix: '/scope' },
  );
  app.post(
    '/items/:kind',
    {
      schema: {
        params: { type: 'object', properties: { kind: { type: 'string', enum: ['a', 'b'] } } },
        querystring: { type: 'object', properties: { count: { type: 'integer', default: 3 } } },
        body: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { type: 'string', minLength: 2 },
            tags: { type: 'array', items: { type: 'string' } },
          },
        },
        response: {
          200: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              count: { type: 'integer' },
              when: { type: 'string', format: 'date-time' },
            },
          },
        },
      },
    },
    async (request) => ({
      name: request.body.name,
      count: request.query.count,
      when: new Date(0),
      secret: 'not shown',
    }),
  );
  app.get('/stream', (request, reply) =>
    reply.type('text/plain').send(Readable.from(['a', 'b', 'c'])),
  );
  app.get('/buffer', async () => Buffer.from('bytes'));
  app.get(
    '/web',
    async () => new Response('of the web', { status: 203, headers: { 'x-web': '1' } }),
  );
  app.get('/throws', async () => {
    throw Object.assign(new Error('no tea'), { statusCode: 418 });
  });
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, (request, body, done) => {
    done(null, body.split(','));
  });
  app.post('/csv', async (request) => request.body);
  app.setNotFoundHandler((request, reply) => reply.code(404).send({ missing: request.url }));

  const show = (response) => {
    const { date, ...headers } = response.headers;
    console.log(response.statusCode, JSON.stringify(headers), response.payload);
  };
  show(await app.inject('/scope'));
  show(await app.inject({ url: '/scope/late', headers: { 'x-user': 'me' } }));
  const post = (url, payload, headers) => app.inject({ method: 'POST', url, payload, headers });
  show(await post('/items/a?count=5', { name: 'some', tags: [1] }));
  show(await post('/items/a', { name: 'x' }));
  show(await post('/items/c', { name: 'some' }));
  show(await post('/items/a', '{"name":', { 'content-type': 'application/json' }));
  show(await post('/items/a', 'z'.repeat(2000), { 'content-type': 'application/json' }));
  show(await post('/csv', 'a,b,c', { 'content-type': 'text/csv' }));
  show(await post('/csv', 'a', { 'content-type': 'text/unknown' }));
  for (const url of ['/stream', '/buffer', '/web', '/throws', '/none']) show(await app.inject(url));

  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const get = async (url, options) => {
    const response = await fetch(address + url, options);
    console.log(response.status, response.headers.get('content-type'), await response.text());
  };
  await get('/scope');
  await get('/stream');
  await get('/items/b', {
    method: 'POST',
    body: '{"name":"fetched"}',
    headers: { 'content-type': 'application/json' },
  });
  await get('/throws');
  await app.close();
  for (const { level, msg, reqId, res } of lines) {
    console.log(level, msg.replace(/:\d+$/, ':port'), reqId, res?.statusCode);
  }
  console.log(app.printRoutes());
}

main();
