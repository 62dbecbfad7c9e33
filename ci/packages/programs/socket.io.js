// Events, acknowledgements, rooms, namespaces, middleware, binary, both transports.
// packages: socket.io socket.io-client
'use strict';

const { Server } = require('socket.io');
const { io } = require('socket.io-client');
const http = require('node:http');
const { once } = require('node:events');

async function main() {
  const server = http.createServer();
  const hub = new Server(server, { cors: { origin: '*' } });
  hub.on('connection', (socket) => {
    socket.on('sum', (a, b, answer) => answer(a + b));
    socket.on('join', async (room) => {
      await socket.join(room);
      hub.to(room).emit('joined', room);
    });
    socket.on('bytes', (bytes, answer) => answer(Buffer.from(bytes).reverse()));
    socket.on('disconnect', (reason) => console.log('server:', reason));
  });
  hub
    .of('/guarded')
    .use((socket, next) => {
      next(socket.handshake.auth.token === 'yes' ? undefined : new Error('not you'));
    })
    .on('connection', (socket) => socket.emit('welcome', { data: [1, null, 'x'] }));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const when = (socket, event) => new Promise((resolve) => socket.once(event, resolve));

  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    const socket = io(url, { transports, forceNew: true, reconnection: false });
    await when(socket, 'connect');
    while (transports.length === 2 && socket.io.engine.transport.name === 'polling') {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    console.log('connected by', socket.io.engine.transport.name);
    console.log('sum', await socket.timeout(5000).emitWithAck('sum', 20, 22));
    console.log(
      'bytes',
      Buffer.from(await socket.emitWithAck('bytes', Buffer.from('abc'))).toString(),
    );
    const long = Buffer.alloc(200000, 'xyz');
    console.log('long', (await socket.emitWithAck('bytes', long)).length);
    const joined = when(socket, 'joined');
    socket.emit('join', 'red');
    console.log('joined', await joined);
    const left = once(hub.sockets.sockets.values().next().value, 'disconnect');
    socket.disconnect();
    await left;
  }
  const bad = io(`${url}/guarded`, { auth: { token: 'no' }, reconnection: false, forceNew: true });
  console.log('refused:', (await when(bad, 'connect_error')).message);
  bad.disconnect();
  const good = io(`${url}/guarded`, {
    auth: { token: 'yes' },
    reconnection: false,
    forceNew: true,
  });
  console.log('welcome', JSON.stringify(await when(good, 'welcome')));
  good.disconnect();
  await new Promise((resolve) => hub.close(resolve));
  console.log('closed');
}

main();
