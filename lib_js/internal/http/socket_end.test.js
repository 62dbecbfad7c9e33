'use strict';

// What the socket of a connection tells of its end, and when: on both lanes as in Node.

const assert = require('assert');
const http = require('http');
const net = require('net');
const { once } = require('events');

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Of a socket: what has ended, finished, been destroyed. */
function stateOf(socket) {
  return (socket.readableEnded ? 'E' : '-') + (socket.writableEnded ? 'W' : '-') +
    (socket.writableFinished ? 'F' : '-') + (socket.destroyed ? 'D' : '-');
}

const EXCHANGE = 'res prefinish, res finish, res close, req close';
const ENDED_BY_PEER = 'end EW--, prefinish EW--, finish EWF-';
const ENDED_HERE = 'prefinish -W--, finish -WF-';

// Name: what the client sends, what the handler does, what is told.
const cases = {
  'the peer ends an idle connection': [GET, (req, res, client) => {
    res.end('a');
    client.on('data', () => client.end());
  }, `${EXCHANGE}, ${ENDED_BY_PEER}, close EWFD`],
  'the peer ends within a response': [GET, (req, res, client) => {
    res.write('a');
    client.end();
  }, `${ENDED_BY_PEER}, res close, close EWFD, req close`],
  'the peer ends within a response that may go on': [GET, (req, res, client) => {
    req.socket.server.httpAllowHalfOpen = true;
    req.socket.on('end', () => setImmediate(() => res.end('b')));
    res.write('a');
    client.end();
  }, `end E---, ${EXCHANGE}, prefinish EW--, finish EWF-, close EWFD`],
  'the peer ends within a request': [
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab', (req, res, client) => {
      req.on('error', () => {});
      client.end();
    },
    'end E--D, error HPE_INVALID_EOF_STATE E--D, res close, close E--D, req close'],
  'Connection: close': [GET, (req, res) => {
    res.setHeader('Connection', 'close');
    res.end('a');
  }, `${EXCHANGE}, ${ENDED_HERE}, close -WFD`],
  'socket.end() between requests': [GET, (req, res, client) => {
    res.end('a');
    client.on('data', () => req.socket.end());
  }, `${EXCHANGE}, ${ENDED_HERE}, end EWF-, close EWFD`],
  'socket.end() instead of a response': [GET, (req, res) => {
    req.socket.end('HTTP/1.1 204 No Content\r\n\r\n');
  }, `${ENDED_HERE}, end EWF-, res close, close EWFD, req close`],
  'socket.destroySoon()': [GET, (req, res) => {
    res.flushHeaders();
    setImmediate(() => req.socket.destroySoon());
  }, `${ENDED_HERE}, res close, close -WFD, req close`],
  'socket.destroy()': [GET, (req, res) => {
    req.socket.destroy();
  }, 'res close, close ---D, req close'],
  'a reset': [GET, (req, res, client) => {
    res.write('a');
    client.on('data', () => client.resetAndDestroy());
  }, 'error ECONNRESET ---D, res close, close ---D, req close'],
  'a timeout': [GET, (req, res) => {
    req.socket.setTimeout(1);
  }, 'timeout ---D, res close, close ---D, req close'],
};

async function run(send, handler) {
  const log = [];
  let client;
  const { promise, resolve } = Promise.withResolvers();
  const server = http.createServer((req, res) => {
    const { socket } = req;
    for (const name of ['end', 'prefinish', 'finish', 'error', 'timeout', 'close']) {
      socket.on(name, (error) => {
        log.push(`${name} ${name === 'error' ? `${error.code} ` : ''}${stateOf(socket)}`);
      });
    }
    for (const name of ['prefinish', 'finish', 'close']) {
      res.on(name, () => log.push(`res ${name}`));
    }
    req.on('close', () => log.push('req close'));
    socket.on('close', () => setImmediate(setImmediate, resolve));
    handler(req, res, client);
  });
  await once(server.listen(0), 'listening');
  client = net.connect(server.address().port);
  client.on('error', () => {});
  client.resume();
  client.write(send);
  await promise;
  client.destroy();
  server.close();
  return log.join(', ');
}

/** A half that was ended here leaves the other open: the peer ends it when it likes. */
async function testHalfOpen() {
  const server = http.createServer((req) => {
    const { socket } = req;
    socket.end('bye');
    socket.on('finish', () => setImmediate(() => {
      assert.strictEqual(socket.destroyed, false);
      client.end();
    }));
  });
  await once(server.listen(0), 'listening');
  const client = net.connect({ port: server.address().port, allowHalfOpen: true });
  client.resume();
  client.write(GET);
  await once(client, 'close');
  server.close();
}

/** A response that was cut off knows its socket, and that it is ended later. */
async function testCutOff() {
  const { promise, resolve } = Promise.withResolvers();
  const server = http.createServer((req, res) => {
    const told = [];
    res.on('prefinish', () => told.push('prefinish'));
    res.on('finish', () => told.push('finish'));
    res.on('close', () => setImmediate(() => {
      assert.strictEqual(res.socket, req.socket);
      assert.strictEqual(res.socket.destroyed, true);
      assert.strictEqual(res.socket.remoteAddress, undefined);
      res.end('a');
      assert.strictEqual(res.writableEnded, true);
      setImmediate(() => {
        assert.deepStrictEqual(told, ['prefinish']);
        resolve();
      });
    }));
    client.destroy();
  });
  await once(server.listen(0), 'listening');
  const client = net.connect(server.address().port);
  client.write(GET);
  await promise;
  server.close();
}

async function main() {
  for (const name of Object.keys(cases)) {
    const { 0: send, 1: handler, 2: expected } = cases[name];
    assert.strictEqual(await run(send, handler), expected, name);
  }
  await testHalfOpen();
  await testCutOff();
}

main();
