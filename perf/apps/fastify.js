'use strict';
// Fastify with its defaults: a text, and JSON with a parameter of the path.
// PACKAGES is the folder where fastify is installed.
const path = require('path');
const { createRequire } = require('module');

const fastify = createRequire(path.join(process.env.PACKAGES, 'index.js'))('fastify');
const app = fastify();

app.get('/', (request, reply) => {
  reply.send('Hello World');
});

app.get('/items/:id', async (request) => ({
  id: request.params.id, page: request.query.page, agent: request.headers['user-agent'],
}));

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
