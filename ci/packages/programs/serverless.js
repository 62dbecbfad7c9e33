// An express application without a server: requests that packages make themselves.
// packages: serverless-http light-my-request express
'use strict';

const express = require('express');
const inject = require('light-my-request');
const serverless = require('serverless-http');

const app = express();
app.use(express.json());
app.post('/json', (req, res) => res.status(202).json({ body: req.body, a: req.headers['x-a'] }));
app.get('/query', (req, res) => res.send(req.query));
app.get('/binary', (req, res) => res.type('png').send(Buffer.from([1, 2, 3])));
app.get('/pieces', (req, res) => {
  res.write('one ');
  setImmediate(() => res.end('two'));
});
app.get('/throws', () => {
  throw Object.assign(new Error('teapot'), { status: 418 });
});
app.use((error, req, res, next) => res.status(error.status).json({ error: error.message }));

const handler = serverless(app, { binary: ['image/png'] });
const json = { 'content-type': 'application/json' };
const show = ({ statusCode, headers, body, payload, isBase64Encoded }) => {
  const { date, ...others } = headers;
  console.log(statusCode, others, body ?? payload, isBase64Encoded);
};

async function main() {
  const ask = async (httpMethod, path, more) =>
    show(await handler({ httpMethod, path, headers: {}, requestContext: {}, ...more }, {}));
  await ask('POST', '/json', { headers: { ...json, 'x-a': '1' }, body: '{"a":[1,2]}' });
  await ask('POST', '/json', { headers: json, body: '{"a":' });
  await ask('POST', '/json', {
    headers: json,
    body: Buffer.from('{"b":"ä"}').toString('base64'),
    isBase64Encoded: true,
  });
  await ask('GET', '/query', { multiValueQueryStringParameters: { a: ['1', '2'] } });
  await ask('GET', '/binary');
  await ask('GET', '/pieces');
  await ask('GET', '/throws');
  show(await inject(app, { method: 'POST', url: '/json', payload: { injected: true } }));
  show(await inject(app, { url: '/query', query: { c: 'd' } }));
  show(await inject(app, '/pieces'));
}

main();
