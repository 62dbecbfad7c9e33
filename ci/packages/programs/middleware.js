// compression, cookies, sessions, passport, helmet, cors, morgan, body-parser, serve-static.
// packages: compression cookie-session cookie-parser express-session passport helmet cors morgan
'use strict';

const express = require('express');
const http = require('node:http');
const zlib = require('node:zlib');
const passport = require('passport');
const { Strategy } = require('passport-local');

const log = [];
const app = express();
app.use(
  require('morgan')(':method :url :status :res[content-length]', {
    stream: { write: (line) => log.push(line.trim()) },
  }),
);
app.use(require('helmet')());
app.use(require('cors')({ origin: 'http://a.test', credentials: true, exposedHeaders: ['X-A'] }));
app.use(require('compression')({ threshold: 100 }));
app.use(require('cookie-parser')('secret'));
app.use('/plain', require('cookie-session')({ name: 'plain', keys: ['k1'] }));
app.use(
  '/in',
  require('express-session')({ secret: 's', resave: false, saveUninitialized: false }),
);
app.use('/in', passport.initialize(), passport.session());
passport.use(
  new Strategy((user, password, done) => done(null, password === 'right' ? { user } : false)),
);
passport.serializeUser((user, done) => done(null, user.user));
passport.deserializeUser((user, done) => done(null, { user }));
app.use(require('body-parser').urlencoded({ extended: false }));
app.get('/long', (req, res) => res.type('text').send('compress me '.repeat(200)));
app.get('/stream', (req, res) => {
  res.type('text');
  res.write('a'.repeat(500));
  res.flush();
  setTimeout(() => res.end('b'.repeat(500)), 10);
});
app.get('/plain/count', (req, res) => {
  req.session.count = (req.session.count || 0) + 1;
  res.json(req.session);
});
app.get('/cookies', (req, res) =>
  res.cookie('signed', 'value', { signed: true }).json([req.cookies, req.signedCookies]),
);
app.post('/in/login', passport.authenticate('local'), (req, res) => res.json(req.user));
app.get('/in/me', (req, res) => res.json({ user: req.user, authenticated: req.isAuthenticated() }));

const server = app.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const jar = new Map();
  const ask = (method, path, headers = {}, body) =>
    new Promise((resolve, reject) => {
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      const request = http.request(
        { port, method, path, headers: { ...headers, ...(cookie && { cookie }) } },
        (response) => {
          const parts = [];
          response
            .on('data', (part) => parts.push(part))
            .on('end', () => {
              for (const line of response.headers['set-cookie'] || []) {
                const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
                jar.set(name, value);
              }
              let data = Buffer.concat(parts);
              const coding = response.headers['content-encoding'];
              if (coding === 'gzip') data = zlib.gunzipSync(data);
              if (coding === 'br') data = zlib.brotliDecompressSync(data);
              if (coding === 'deflate') data = zlib.inflateSync(data);
              const names = Object.keys(response.headers)
                .filter((name) => name !== 'date')
                .sort();
              console.log(method, path, response.statusCode, coding, data.length, names.join());
              resolve(data.toString());
            });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  for (const coding of ['gzip', 'br', 'deflate', 'identity']) {
    console.log((await ask('GET', '/long', { 'accept-encoding': coding })).length);
  }
  console.log((await ask('GET', '/stream', { 'accept-encoding': 'gzip' })).length);
  await ask('OPTIONS', '/long', {
    origin: 'http://a.test',
    'access-control-request-method': 'PUT',
  });
  console.log(await ask('GET', '/plain/count'), await ask('GET', '/plain/count'));
  await ask('GET', '/cookies');
  console.log((await ask('GET', '/cookies')).replace(/"plain[^}]*/, ''));
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  console.log(await ask('POST', '/in/login', form, 'username=me&password=wrong'));
  console.log(await ask('GET', '/in/me'));
  console.log(await ask('POST', '/in/login', form, 'username=me&password=right'));
  console.log(await ask('GET', '/in/me'));
  console.log(jar.get('signed'), jar.get('plain'), jar.get('plain.sig'));
  console.log(log);
  server.close();
});
