// superagent over an express app: assertions, cookies, uploads, redirects, failures.
// packages: supertest superagent
'use strict';

const supertest = require('supertest');
const superagent = require('superagent');
const express = require('express');

const app = express();
app.use(express.json());
app.get('/', (req, res) => res.set('x-a', 'b').send('home'));
app.post('/json', (req, res) => res.json({ got: req.body }));
app.get('/login', (req, res) => res.cookie('session', 'abc').redirect('/me'));
app.get('/me', (req, res) => res.send(req.headers.cookie || 'no cookie'));
app.post('/upload', (req, res) => {
  let bytes = 0;
  req
    .on('data', (part) => {
      bytes += part.length;
    })
    .on('end', () =>
      res.json({
        type: req.headers['content-type'].split(';')[0],
        much: bytes > 100,
      }),
    );
});
app.get('/500', (req, res) => res.status(500).json({ error: 'bad' }));

async function main() {
  await supertest(app).get('/').expect(200, 'home').expect('x-a', /b/);
  const { body, type } = await supertest(app)
    .post('/json')
    .send({ a: 1 })
    .expect('content-type', /json/);
  console.log(body, type);
  const agent = supertest.agent(app);
  console.log((await agent.get('/login').redirects(1)).text, (await agent.get('/me')).text);
  console.log(
    (
      await supertest(app)
        .post('/upload')
        .attach('file', Buffer.from('content'), 'a.txt')
        .field('x', 'y')
    ).body,
  );
  await supertest(app)
    .get('/500')
    .expect(200)
    .catch((error) => console.log(error.message));
  await supertest(app)
    .get('/')
    .expect('x-a', 'c')
    .catch((error) => console.log(error.message));
  await new Promise((resolve) =>
    supertest(app)
      .get('/none')
      .expect(404)
      .end((error, res) => {
        console.log(error, res.status, res.text.length > 0);
        resolve();
      }),
  );
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  console.log((await superagent.get(`${url}/me`).set('Cookie', 'x=y').query({ a: 1 })).text);
  await superagent
    .get(`${url}/500`)
    .catch((error) => console.log(error.status, error.response.body, error.message));
  console.log(
    (
      await superagent
        .get(`${url}/500`)
        .retry(1)
        .ok(() => true)
    ).status,
  );
  server.close();
}

main();
