// Interception of http and fetch.
'use strict';

const { default: nock } = require('nock');
const http = require('node:http');

const get = (url, options = {}) =>
  new Promise((resolve, reject) => {
    const request = http.request(url, options, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve([response.statusCode, response.headers, text]));
    });
    request.on('error', reject).end(options.body);
  });

async function main() {
  nock.disableNetConnect();
  const scope = nock('http://example.test')
    .get('/a')
    .query({ x: '1' })
    .reply(200, { ok: true }, { 'X-Mock': 'yes' })
    .post('/b', 'body')
    .reply(201, (uri, body) => `${uri} ${body}`)
    .get('/delay')
    .delay(20)
    .reply(200, 'late')
    .get('/error')
    .replyWithError('broken');
  console.log(await get('http://example.test/a?x=1'));
  console.log(await get('http://example.test/b', { method: 'POST', body: 'body' }));
  console.log(await get('http://example.test/delay'));
  await get('http://example.test/error').catch((error) => console.log(error.message));
  console.log(scope.isDone());
  await get('http://example.test/none').catch((error) => console.log(error.code));
  nock('http://fetched.test').get('/').reply(200, 'by fetch');
  console.log(await (await fetch('http://fetched.test/')).text());
  nock.restore();
}

main();
