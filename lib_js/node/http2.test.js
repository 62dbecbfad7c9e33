'use strict';
// What Node's own suite does not look at closely: bodies of every size both ways, windows that hold
// a fast writer back, many streams at once, peers that end in the middle, bytes that are no HTTP/2.

const test = require('node:test');
const assert = require('node:assert');
const http2 = require('node:http2');
const net = require('node:net');
const { AsyncLocalStorage } = require('node:async_hooks');
const { once } = require('node:events');

async function withServer(onStream, act, options = {}) {
  const server = http2.createServer(options);
  server.on('stream', onStream);
  const sessions = new Set();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await act(server.address().port, sessions);
  } finally {
    for (const session of sessions) session.destroy();
    server.close();
    await once(server, 'close');
  }
}

async function withClient(port, act, options) {
  const client = http2.connect(`http://127.0.0.1:${port}`, options);
  try {
    await act(client);
  } finally {
    client.destroy();
  }
}

async function bodyOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function echo(stream) {
  stream.respond({ ':status': 200 });
  stream.pipe(stream);
}

test('bodies come back as they went, whatever their size', async () => {
  await withServer(echo, (port) => withClient(port, async (client) => {
    for (const size of [0, 1, 16384, 16385, 65535, 65536, 1000003]) {
      const body = Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz');
      const request = client.request({ ':method': 'POST' });
      request.end(body);
      assert.ok((await bodyOf(request)).equals(body), `${size}`);
    }
  }));
});

test('a hundred streams at once do not mix', async () => {
  await withServer(echo, (port) => withClient(port, async (client) => {
    await Promise.all(Array.from({ length: 100 }, async (_, i) => {
      const body = Buffer.alloc(5000, `${i} `);
      const request = client.request({ ':method': 'POST' });
      request.end(body);
      assert.ok((await bodyOf(request)).equals(body), `${i}`);
    }));
  }));
});

test('a writer waits for a reader that does not read', async () => {
  let written = 0;
  const pump = (stream) => {
    stream.on('error', () => {});
    stream.respond();
    const more = () => {
      while (!stream.destroyed) {
        written += 16384;
        if (!stream.write(Buffer.alloc(16384))) break;
      }
      stream.once('drain', more);
    };
    more();
  };
  await withServer(pump, (port) => withClient(port, async (client) => {
    const request = client.request();
    await once(request, 'response');
    for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate);
    // The window of a stream is 64 KiB; the rest is what Readable and Writable hold.
    assert.ok(written < 1024 * 1024, `${written}`);
    let got = 0;
    request.on('data', (chunk) => { got += chunk.length; });
    while (got < 1024 * 1024) await once(request, 'data');
    request.close();
    await once(request, 'close');
  }));
});

test('an async context lives through a request', async () => {
  const storage = new AsyncLocalStorage();
  await withServer(echo, (port) => withClient(port, async (client) => {
    for (const connected of [false, true]) {
      if (connected && client.connecting) await once(client, 'connect');
      const request = storage.run('here', () => client.request());
      const seen = await new Promise((resolve) => {
        request.on('response', () => resolve(storage.getStore()));
      });
      assert.strictEqual(seen, 'here');
      request.resume();
      await once(request, 'close');
    }
  }));
});

test('a peer that is cut off ends what was open', async () => {
  let aborted = 0;
  const wait = (stream) => {
    stream.on('error', () => {}).on('aborted', () => { aborted++; }).respond();
  };
  await withServer(wait, async (port, sessions) => {
    const client = http2.connect(`http://127.0.0.1:${port}`);
    client.on('error', () => {});
    const requests = [client.request(), client.request({ ':method': 'POST' })];
    for (const request of requests) request.on('error', () => {});
    await Promise.all(requests.map((request) => once(request, 'response')));
    const { 0: session } = [...sessions];
    client.destroy();
    await once(session, 'close');
    assert.strictEqual(aborted, 2);
  });
});

test('bytes that are no HTTP/2 end a session by an error, not a server', async () => {
  await withServer(echo, async (port) => {
    for (const text of ['GET / HTTP/1.1\r\n\r\n', '\0'.repeat(100),
                        `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'\xff'.repeat(60)}`]) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      socket.write(text, 'latin1');
      await once(socket, 'close');
    }
    await withClient(port, async (client) => {
      const request = client.request({ ':method': 'POST' });
      request.end('still here');
      assert.strictEqual(String(await bodyOf(request)), 'still here');
    });
  });
});
