// mqtt to aedes; nodemailer to smtp-server; redis and ioredis to a small server of their protocol.
// packages: mqtt aedes nodemailer smtp-server redis ioredis
'use strict';

const mqtt = require('mqtt');
const { Aedes } = require('aedes');
const nodemailer = require('nodemailer');
const { SMTPServer } = require('smtp-server');
const redis = require('redis');
const IORedis = require('ioredis');
const net = require('node:net');

const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.server ?? server).address().port;
};

async function messages() {
  const broker = await Aedes.createBroker();
  const server = net.createServer(broker.handle);
  const port = await listen(server);
  const one = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: 'one',
    will: { topic: 'will', payload: 'gone' },
  });
  const two = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'two' });
  const seen = [];
  two.on('message', (topic, payload, { qos, retain }) =>
    seen.push([topic, String(payload).slice(0, 10), payload.length, qos, retain]),
  );
  console.log(await two.subscribeAsync(['a/+', 'will'], { qos: 2 }));
  for (const qos of [0, 1, 2]) await one.publishAsync(`a/${qos}`, `qos ${qos}`, { qos });
  await one.publishAsync('a/big', Buffer.alloc(300000, 'b'), { qos: 1 });
  await one.publishAsync('b/none', 'not subscribed');
  while (seen.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  one.stream.destroy();
  one.end(true);
  while (seen.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  console.log(seen.sort());
  await two.endAsync();
  await new Promise((resolve) => broker.close(resolve));
  server.close();
}

async function mail() {
  const received = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    size: 100000,
    onAuth: ({ username, password }, session, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('no')),
    onRcptTo: ({ address }, session, done) =>
      done(
        address.startsWith('bad')
          ? Object.assign(new Error('unknown'), { responseCode: 550 })
          : null,
      ),
    onData(stream, session, done) {
      let text = '';
      stream
        .setEncoding('utf8')
        .on('data', (part) => {
          text += part;
        })
        .on('end', () => {
          received.push([
            session.envelope.rcptTo.map(({ address }) => address),
            session.user,
            text,
          ]);
          done(null, 'taken');
        });
    },
  });
  const port = await listen(server);
  const options = { host: '127.0.0.1', port, ignoreTLS: true, name: 'client.test' };
  const transport = nodemailer.createTransport({
    ...options,
    pool: true,
    auth: { user: 'me', pass: 'right' },
  });
  const letter = {
    from: 'Me <me@a.test>',
    to: ['you@b.test', 'two@b.test'],
    subject: 'Sübject',
    text: 'plain\n.dot',
    html: '<b>html</b>',
    date: new Date(0),
    messageId: '<id@a.test>',
    attachments: [
      { filename: 'a.txt', content: 'attached' },
      { filename: 'b.bin', content: Buffer.alloc(1000, 1) },
    ],
  };
  const info = await transport.sendMail(letter);
  console.log(info.response, info.accepted, await transport.verify());
  console.log(
    received.map(([to, user, text]) => [
      to,
      user,
      text.replace(/--_NmP-[\w-]+/g, '--BOUNDARY').length > 1500,
      /Subject: .*/.exec(text)[0],
      text.includes('\n.dot'),
    ]),
  );
  await transport
    .sendMail({ ...letter, to: 'bad@b.test' })
    .catch((error) => console.log(error.code, error.responseCode, error.rejected));
  transport.close();
  await nodemailer
    .createTransport({ ...options, auth: { user: 'me', pass: 'wrong' } })
    .sendMail(letter)
    .catch((error) => console.log(error.code, error.responseCode));
  const test = await nodemailer
    .createTransport({ streamTransport: true, newline: 'unix', buffer: true })
    .sendMail({ ...letter, attachments: [], html: undefined });
  console.log(test.message.toString());
  await new Promise((resolve) => server.close(resolve));
}

/** Enough of RESP2 for strings, lists and pub/sub; it parses what the clients send. */
function fakeRedis() {
  const store = new Map();
  const subscribers = new Map();
  const bulk = (text) =>
    text === null || text === undefined ? '$-1\r\n' : `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  const list = (items) => `*${items.length}\r\n${items.join('')}`;
  const answer = (socket, [name, ...args]) => {
    switch (name.toUpperCase()) {
      case 'PING':
        return '+PONG\r\n';
      case 'GET':
        return bulk(store.get(args[0]));
      case 'SET':
        store.set(args[0], args[1]);
        return '+OK\r\n';
      case 'INCR':
        store.set(args[0], `${Number(store.get(args[0]) || 0) + 1}`);
        return `:${store.get(args[0])}\r\n`;
      case 'MGET':
        return list(args.map((key) => bulk(store.get(key))));
      case 'MULTI':
        socket.queue = [];
        return '+OK\r\n';
      case 'SUBSCRIBE':
        subscribers.set(socket, args[0]);
        return list([bulk('subscribe'), bulk(args[0]), ':1\r\n']);
      case 'UNSUBSCRIBE':
        subscribers.delete(socket);
        return list([bulk('unsubscribe'), bulk(args[0] ?? null), ':0\r\n']);
      case 'PUBLISH':
        for (const [other, channel] of subscribers)
          if (channel === args[0])
            other.write(list([bulk('message'), bulk(args[0]), bulk(args[1])]));
        return `:${subscribers.size}\r\n`;
      case 'INFO':
        return bulk('redis_version:7.0.0\r\nloading:0\r\n');
      case 'CLIENT':
      case 'SELECT':
      case 'QUIT':
        return '+OK\r\n';
      default:
        return `-ERR unknown command '${name}'\r\n`;
    }
  };
  return net.createServer((socket) => {
    let text = '';
    socket.on('error', () => {}).on('close', () => subscribers.delete(socket));
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
      for (;;) {
        const count = /^\*(\d+)\r\n/.exec(text);
        if (!count) return;
        let at = count[0].length;
        const words = [];
        for (let index = 0; index < Number(count[1]); index++) {
          const head = /^\$(\d+)\r\n/.exec(text.slice(at, at + 20));
          if (!head || text.length < at + head[0].length + Number(head[1]) + 2) return;
          at += head[0].length;
          words.push(text.slice(at, at + Number(head[1])));
          at += Number(head[1]) + 2;
        }
        text = text.slice(at);
        if (socket.queue && !['EXEC', 'MULTI'].includes(words[0].toUpperCase())) {
          socket.queue.push(words);
          socket.write('+QUEUED\r\n');
          continue;
        }
        if (words[0].toUpperCase() === 'EXEC') {
          const queue = socket.queue;
          socket.queue = undefined;
          socket.write(list(queue.map((one) => answer(socket, one))));
          continue;
        }
        socket.write(answer(socket, words));
      }
    });
  });
}

async function keys() {
  const server = fakeRedis();
  const port = await listen(server);
  const client = redis.createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2 });
  client.on('error', (error) => console.log('client', error.message));
  await client.connect();
  console.log(
    await client.set('a', 'x'.repeat(50000)),
    (await client.get('a')).length,
    await client.get('none'),
  );
  console.log(
    await Promise.all(Array.from({ length: 100 }, () => client.incr('n'))).then((all) =>
      all.at(-1),
    ),
    await client.mGet(['n', 'none']),
  );
  console.log(await client.multi().set('m', '1').incr('m').get('m').exec());
  await client.sendCommand(['NOSUCH']).catch((error) => console.log(error.message));
  const listener = client.duplicate();
  await listener.connect();
  const message = new Promise((resolve) => {
    listener.subscribe('c', resolve).then(() => client.publish('c', 'published'));
  });
  console.log(await message);
  listener.destroy();
  await client.close();
  const io = new IORedis.default({ port, host: '127.0.0.1', lazyConnect: true, protocol: 2 });
  await io.connect();
  console.log(
    await io.set('i', 'o'),
    await io.get('i'),
    (await io.pipeline().incr('p').incr('p').nosuch?.().exec?.()) ??
      (await io.pipeline().incr('p').get('p').exec()),
  );
  await io.call('NOSUCH').catch((error) => console.log(error.name, error.message));
  io.disconnect();
  server.close();
}

messages().then(mail).then(keys);
