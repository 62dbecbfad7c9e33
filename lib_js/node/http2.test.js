'use strict';
// What Node's own suite does not look at closely: bodies of every size both ways, windows that hold
// a fast writer back, many streams at once, peers that end in the middle, bytes that are no HTTP/2.

const test = require('node:test');
const assert = require('node:assert');
const http2 = require('node:http2');
const net = require('node:net');
const { AsyncLocalStorage, createHook } = require('node:async_hooks');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { duplexPair } = require('node:stream');

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

test('a file is read as it goes out, however small the steps are', async () => {
  let most = 0;
  let sent;
  const onStream = (stream) => {
    sent = stream.on('error', () => {});
    stream.respondWithFile(process.execPath);
  };
  await withServer(onStream, (port) => withClient(port, async (client) => {
    const request = client.request();
    let got = 0;
    request.on('data', (chunk) => {
      got += chunk.length;
      most = Math.max(most, sent.bufferSize);
    });
    while (got < 50) await once(request, 'data');
    request.close();
    await once(request, 'close');
  }, { settings: { initialWindowSize: 1 } }));
  assert.ok(most > 0 && most <= 2 * 64 * 1024, `${most}`);
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

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const [DATA, HEADERS, RST_STREAM, SETTINGS] = [0, 1, 3, 4];
const [WINDOW_UPDATE, CONTINUATION] = [8, 9];
const END_STREAM = 1;
const END_HEADERS = 4;
/** In HPACK: POST / http, and an authority. */
const POST = Buffer.from([0x83, 0x84, 0x86, 0x41, 1, 0x61]);

function frame(type, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const post = (stream) => frame(HEADERS, END_HEADERS, stream, POST);

test('a listener that throws costs nobody else what came', async () => {
  const uncaught = [];
  process.setUncaughtExceptionCaptureCallback((error) => uncaught.push(error.message));
  try {
    const server = http2.createServer();
    const body = new Promise((resolve) => {
      server.on('stream', (stream) => {
        stream.on('error', () => {});
        if (stream.id === 1) throw new Error('of the program');
        resolve(bodyOf(stream));
      });
    });
    const [near, far] = duplexPair();
    server.emit('connection', far);
    near.resume();
    near.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), post(1), post(3),
                              frame(DATA, 0, 3, Buffer.from('one '))]));
    near.write(frame(DATA, END_STREAM, 3, Buffer.from('two')));
    assert.strictEqual(String(await body), 'one two');
    near.destroy();
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
  assert.deepStrictEqual(uncaught, ['of the program']);
});

/** What servers do with a stream that its peer has reset in the packet that opened it. */
const ANSWERS = {
  'respond': (stream) => {
    stream.respond();
    stream.end('x');
  },
  'write at once': (stream) => stream.write('x', () => stream.end('y')),
  'a descriptor': (stream) => {
    const fd = fs.openSync(__filename);
    stream.on('close', () => fs.closeSync(fd)).respondWithFD(fd);
  },
  'information': (stream) => {
    stream.additionalHeaders({ ':status': 103 });
    stream.respond({}, { endStream: true });
  },
  'trailers': (stream) => {
    stream.respond({}, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ a: 'b' })).end('x');
  },
  'a promise': (stream) => {
    stream.pushStream({ ':path': '/' }, (error) => assert.ok(error));
    stream.respond({}, { endStream: true });
  },
};

test('opened and reset in one packet: no error, whatever is done with it', async () => {
  for (const [name, answer] of Object.entries(ANSWERS)) {
    for (const code of [0, 8]) {
      const server = http2.createServer();
      const closed = new Promise((resolve, reject) => {
        server.on('stream', (stream) => {
          stream.on('error', reject).on('close', () => resolve(stream.rstCode));
          answer(stream);
        });
      });
      const [near, far] = duplexPair();
      server.emit('connection', far);
      near.resume();
      near.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), post(1),
                                frame(RST_STREAM, 0, 1, Buffer.from([0, 0, 0, code]))]));
      assert.strictEqual(await closed, code, name);
      near.destroy();
    }
  }
});

/** Frames behind a response and four bytes of it, which end the session. */
const FAULTS = {
  'a frame that is too long': frame(DATA, END_STREAM, 1, Buffer.alloc(20000)),
  'data of no stream': frame(DATA, 0, 9, Buffer.from('x')),
  'no increment': frame(WINDOW_UPDATE, 0, 0, Buffer.alloc(4)),
};

test('an answer that a fault of the server cuts off is no whole one', async () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    const [near, far] = duplexPair();
    far.resume();
    const client = http2.connect('http://a.test', { createConnection: () => near });
    const failed = once(client, 'error');
    const request = client.request();
    request.on('end', () => assert.fail(name)).resume();
    far.write(frame(SETTINGS, 0, 0));
    await new Promise(setImmediate);
    far.write(Buffer.concat([frame(HEADERS, END_HEADERS, 1, Buffer.from([0x88])),
                             frame(DATA, 0, 1, Buffer.from('half')), fault]));
    const [error] = await once(request, 'error');
    assert.strictEqual(error.code, 'ERR_HTTP2_ERROR', name);
    assert.strictEqual((await failed)[0].code, 'ERR_HTTP2_ERROR', name);
  }
});

test('a server hears why its session was ended, and of no streams behind that', async () => {
  const server = http2.createServer();
  let streams = 0;
  server.on('stream', (stream) => {
    streams++;
    stream.on('error', () => {}).respond({}, { endStream: true });
  });
  const told = once(server, 'sessionError');
  const [near, far] = duplexPair();
  server.emit('connection', far);
  near.resume();
  near.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0)]));
  // Each write is a chunk; the limit of resets is 1000.
  for (let stream = 1; stream < 10_000;) {
    const frames = [];
    for (const last = stream + 4000; stream < last; stream += 2) {
      frames.push(post(stream), frame(RST_STREAM, 0, stream, Buffer.from([0, 0, 0, 8])));
    }
    near.write(Buffer.concat(frames));
  }
  assert.strictEqual((await told)[0].code, 'ERR_HTTP2_ERROR');
  assert.ok(streams <= 2000, `${streams}`);
});

test('a stream that came before what ended its session is told of while it lives', async () => {
  const server = http2.createServer().on('sessionError', () => {});
  const told = new Promise((resolve) => {
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      resolve(stream.destroyed);
    });
  });
  const [near, far] = duplexPair();
  server.emit('connection', far);
  near.resume();
  near.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), post(1), frame(HEADERS, 0, 3, POST),
                            ...Array(20).fill(frame(CONTINUATION, 0, 3))]));
  const first = await Promise.race([told, once(server, 'sessionError').then(() => 'none')]);
  assert.strictEqual(first, false);
});

test('a byte of a body does not keep all that came with it', async () => {
  const server = http2.createServer();
  const chunk = new Promise((resolve) => {
    server.on('stream', (stream) => stream.once('data', resolve));
  });
  const [near, far] = duplexPair();
  server.emit('connection', far);
  near.resume();
  const update = frame(WINDOW_UPDATE, 0, 0, Buffer.from([0, 0, 0, 1]));
  near.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), post(1),
                            frame(DATA, 0, 1, Buffer.from('x')), ...Array(8000).fill(update)]));
  const bytes = await chunk;
  assert.strictEqual(String(bytes), 'x');
  assert.ok(bytes.buffer.byteLength <= Buffer.poolSize, `${bytes.buffer.byteLength}`);
  near.destroy();
});

test('a peer that does not read holds up a destroyed session, but not for ever', async () => {
  const pump = (stream) => {
    stream.on('error', () => {}).respond();
    const more = () => {
      while (!stream.destroyed && stream.write(Buffer.alloc(65536)));
      stream.once('drain', more);
    };
    more();
  };
  await withServer(pump, async (port, sessions) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.pause();
    const [window, more] = [Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]), Buffer.alloc(4)];
    more.writeUInt32BE(2 ** 30);
    socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, window),
                                frame(WINDOW_UPDATE, 0, 0, more), post(1)]));
    while (sessions.size === 0) await new Promise(setImmediate);
    const { 0: session } = [...sessions];
    // The kernel's buffers take a few megabytes before it stands still.
    for (let sent = -1; sent !== socket.bytesRead + session.socket.bytesWritten;) {
      sent = socket.bytesRead + session.socket.bytesWritten;
      await new Promise((resolve) => { setTimeout(resolve, 200); });
    }
    session.destroy();
    await once(session, 'close');
    socket.destroy();
  });
});

test('a request that is refused by a throw leaves no stream behind', async () => {
  await withServer(echo, async (port) => {
    const client = http2.connect(`http://127.0.0.1:${port}`);
    await once(client, 'connect');
    assert.throws(() => client.request({}, { signal: 5 }), { code: 'ERR_INVALID_ARG_TYPE' });
    client.close();
    await once(client, 'close');
  });
});

test('files beyond 2 GiB are read where it was asked', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'http2-'));
  const name = path.join(folder, 'large');
  const offset = 2 ** 32 + 5;
  try {
    const file = fs.openSync(name, 'w+');
    fs.writeSync(file, 'the end', offset); // The rest is a hole.
    const answer = (stream, headers) => {
      if (headers[':path'] === '/name') stream.respondWithFile(name, {}, { offset });
      else stream.respondWithFD(file, {}, { offset: 0, statCheck: (s, h, range) => {
        range.offset = offset;
      } });
    };
    await withServer(answer, (port) => withClient(port, async (client) => {
      for (const target of ['/name', '/descriptor']) {
        const body = await bodyOf(client.request({ ':path': target }));
        assert.strictEqual(String(body), 'the end', target);
      }
    }));
    fs.closeSync(file);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('a request that no peer may take fails alone', async () => {
  await withServer(echo, (port) => withClient(port, async (client) => {
    const bad = [
      { ':path': '/a b' }, { ':path': '/a\0b' }, { 'x': 'a\0b' }, { 'content-length': 1 },
      { ':authority': 'a b' },
    ];
    const good = client.request({ ':method': 'POST' });
    await Promise.all(bad.map(async (fields) => {
      const request = client.request(fields);
      const { 0: error } = await once(request, 'error');
      assert.strictEqual(error.code, 'ERR_HTTP2_STREAM_ERROR');
      assert.match(error.message, /NGHTTP2_PROTOCOL_ERROR/);
      assert.strictEqual(request.rstCode, http2.constants.NGHTTP2_PROTOCOL_ERROR);
    }));
    good.end('still here');
    assert.strictEqual(`${await bodyOf(good)}`, 'still here');
  }));
});

test('sessions, streams, pings and settings are async resources', async () => {
  const counts = {};
  const types = new Map();
  const count = (what, id) => {
    const type = types.get(id);
    if (type === undefined) return;
    const key = `${type} ${what}`;
    counts[key] = (counts[key] ?? 0) + 1;
  };
  const hook = createHook({
    init(id, type) {
      if (type.startsWith('HTTP2')) types.set(id, type);
      count('init', id);
    },
    before(id) { count('before', id); },
    after(id) { count('after', id); },
    destroy(id) { count('destroy', id); },
  }).enable();
  await withServer(echo, (port) => withClient(port, async (client) => {
    const request = client.request({ ':method': 'POST' });
    request.end('x');
    await bodyOf(request);
    await new Promise((resolve) => client.ping(resolve));
    client.close();
    await once(client, 'close');
  }));
  await new Promise(setImmediate);
  hook.disable();
  for (const type of ['HTTP2SESSION', 'HTTP2STREAM', 'HTTP2PING', 'HTTP2SETTINGS']) {
    const { [`${type} init`]: made, [`${type} destroy`]: ended } = counts;
    assert.strictEqual(made, type === 'HTTP2PING' ? 1 : 2, type);
    assert.strictEqual(ended, made, type);
    assert.ok(counts[`${type} before`] >= made, type);
    assert.strictEqual(counts[`${type} after`], counts[`${type} before`], type);
  }
});

test('values that a peer repeats are told as often', async () => {
  const values = ['a'.repeat(700), 'b'.repeat(700), 'c'];
  const many = Array.from({ length: 30 }, (_, at) => values[at % 3]);
  const heard = [];
  const listen = (stream, headers) => {
    heard.push(headers['x-many']);
    stream.respond({ 'x-many': many }, { endStream: true });
  };
  await withServer(listen, (port) => withClient(port, async (client) => {
    const request = client.request({ 'x-many': many });
    const { 0: headers } = await once(request.resume(), 'response');
    heard.push(headers['x-many']);
  }));
  assert.deepStrictEqual(heard, [many.join(', '), many.join(', ')]);
});

test('what a few bytes of a peer stand for counts as memory of its session', async () => {
  // RFC 7541: the first request puts 3900 bytes into the table, which index 62 stands for then.
  const length = Buffer.from([0x40, 3, 0x78, 0x2d, 0x62, 0x7f, 0xbd, 0x1d]);
  const again = Buffer.concat([Buffer.from([0x83, 0x84, 0x86, 0xbf]), Buffer.alloc(120, 0xbe)]);
  const whole = END_STREAM | END_HEADERS;
  const first = Buffer.concat([POST, length, Buffer.alloc(3900, 'v')]);
  const bytes = [PREFACE, frame(SETTINGS, 0, 0), frame(HEADERS, whole, 1, first)];
  for (let id = 3; id < 803; id += 2) bytes.push(frame(HEADERS, whole, id, again));
  let heard = 0;
  const listen = (stream, headers) => {
    assert.ok(heard === 0 || headers['x-b'].length > 400_000);
    heard++;
    stream.on('error', () => {});
    if (!stream.destroyed) stream.respond(undefined, { endStream: true });
  };
  await withServer(listen, async (port) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.write(Buffer.concat(bytes));
    await once(socket, 'close');
  });
  assert.ok(heard > 10 && heard < 30, `${heard}`);
});
