// nodemailer to smtp-server: STARTTLS asked for and required, TLS from the first byte, certificates
// that are not trusted, a server without STARTTLS.
// packages: nodemailer smtp-server
'use strict';

const nodemailer = require('nodemailer');
const { SMTPServer } = require('smtp-server');
const { key, cert } = require('./lib/keys.js');

async function serve(options, use) {
  const received = [];
  const server = new SMTPServer({
    key,
    cert,
    authOptional: true,
    // No name is looked up.
    disableReverseLookup: true,
    onAuth: ({ username, password, method }, { secure }, done) =>
      password === 'right'
        ? done(null, { user: `${username} ${method} ${secure}` })
        : done(new Error('no')),
    onSecure: (socket, session, done) => {
      received.push([socket.getProtocol(), socket.authorized, session.servername]);
      done();
    },
    onData(stream, session, done) {
      let bytes = 0;
      stream.on('data', (part) => {
        bytes += part.length;
      });
      stream.on('end', () => {
        received.push([session.secure, session.user, bytes > 200_000]);
        done(null, 'taken');
      });
    },
    ...options,
  });
  server.on('error', (error) => received.push(['error', error.code?.startsWith('ERR_SSL')]));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  await use(server.server.address().port);
  console.log(received);
  await new Promise((resolve) => server.close(resolve));
}

const letter = {
  from: 'Me <me@a.test>',
  to: 'you@b.test',
  subject: 'hidden',
  text: 'text',
  attachments: [{ filename: 'large.bin', content: Buffer.alloc(150_000, 7) }],
};

async function send(settings) {
  const transport = nodemailer.createTransport({
    host: 'localhost', name: 'client.test', ...settings });
  await transport.sendMail(letter).then(
    ({ response, accepted }) => console.log(response, accepted),
    ({ code, command, message }) => console.log(code, command, message.slice(0, 60)));
  transport.close();
}

async function main() {
  const auth = { user: 'me', pass: 'right' };
  const tls = { ca: cert };
  await serve({}, async (port) => {
    await send({ port, auth, tls });
    await send({ port, auth, tls, requireTLS: true, pool: true });
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      await send({ port, auth, tls: { ca: cert, minVersion: version, maxVersion: version } });
    }
    await send({ port, auth, tls: { rejectUnauthorized: false } });
    await send({ port, auth: { user: 'me', pass: 'wrong' }, tls });
    await send({ port, auth });
    await send({ port, auth, tls: { ca: cert, servername: 'other.test' } });
  });
  await serve({ secure: true }, async (port) => {
    await send({ port, secure: true, auth, tls });
    await send({ port, secure: true, auth });
  });
  await serve({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }, async (port) => {
    await send({ port, requireTLS: true, tls });
    await send({ port, ignoreTLS: true });
  });
}

main();
