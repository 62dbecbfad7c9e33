'use strict';
const fastify = require('./packages.js')('fastify')();

fastify.get('/', (request, reply) => reply.send('Hello World'));
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
