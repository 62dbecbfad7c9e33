'use strict';

// Aim: every callback runs in the scope and in the async context of whatever asked for it, also
// over native's http lane and sockets that serve several requests.
// Method: hooks log what they are told; servers and clients in this process.

const assert = require('assert');
const { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId, executionAsyncResource,
        triggerAsyncId } = require('async_hooks');
const http = require('http');
const { deferred, row, rows } = require('../fixtures/rows.test.cjs');

/** What hooks are told while run() runs and its promise is pending. */
async function logging(run) {
  const types = new Map();
  const log = [];
  const told = (event) => (id) => log.push(`${event} ${types.get(id)}`);
  const hook = createHook({
    init(id, type) {
      types.set(id, type);
      log.push(`init ${type}`);
    },
    before: told('before'), after: told('after'), destroy: told('destroy'),
    trackPromises: false,
  }).enable();
  try {
    await run();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  } finally {
    hook.disable();
  }
  return log;
}

rows('one resource is told of once', [
  ['Timeout', (done) => setTimeout(done, 1)],
  ['Immediate', (done) => setImmediate(done)],
  ['TickObject', (done) => process.nextTick(done)],
  ['FSREQCALLBACK', (done) => require('fs').stat('.', done)],
  ['GETADDRINFOREQWRAP', (done) => require('dns').lookup('localhost', done)],
], async (type, start) => {
  const log = await logging(() => new Promise((resolve) => start(resolve)));
  const own = log.filter((line) => line.endsWith(` ${type}`)).map((line) => line.split(' ')[0]);
  assert.deepStrictEqual(own.slice(0, 3), ['init', 'before', 'after']);
  assert.ok(own.includes('destroy'), log.join());
});

row('a timer that was cleared is destroyed without being entered', async () => {
  const log = await logging(async () => clearTimeout(setTimeout(() => {}, 1000)));
  assert.deepStrictEqual(log.filter((line) => line.endsWith('Timeout')),
                         ['init Timeout', 'destroy Timeout']);
});

rows('a datagram socket is destroyed once', [
  ['bound', (socket) => socket.bind(0, () => socket.close())],
  ['not bound', (socket) => socket.close()],
], async (name, end) => {
  const log = await logging(() => new Promise((resolve) => {
    end(require('dgram').createSocket('udp4').on('close', () => setTimeout(resolve, 10)));
  }));
  assert.deepStrictEqual(log.filter((line) => /^(init|destroy) UDPWRAP/.test(line)),
                         ['init UDPWRAP', 'destroy UDPWRAP']);
});

row('what a compressor tells is told in the context that it was made in', async () => {
  const storage = new AsyncLocalStorage();
  const gzip = storage.run('make', () => require('zlib').createGzip());
  const seen = new Set();
  const see = () => seen.add(storage.getStore());
  gzip.on('data', see);
  storage.run('write', () => gzip.write(Buffer.alloc(100_000), see));
  await new Promise((resolve) => {
    gzip.on('end', () => { see(); resolve(); });
    storage.run('end', () => gzip.end(see));
  });
  assert.deepStrictEqual([...seen], ['make']);
  const log = await logging(() => new Promise((resolve) => {
    require('zlib').gzip('a', () => setImmediate(resolve));
  }));
  const own = log.filter((line) => line.endsWith(' ZLIB')).map((line) => line.split(' ')[0]);
  assert.deepStrictEqual(own.slice(0, 3), ['init', 'before', 'after']);
});

row('nothing is told once no hook is enabled', async () => {
  let count = 0;
  const hook = createHook({ init() { count++; } }).enable();
  hook.disable();
  await new Promise((resolve) => setImmediate(resolve));
  const before = count;
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert.strictEqual(count, before);
});

row('scopes nest, and an exception leaves none behind', async () => {
  const outer = new AsyncResource('OUTER');
  const inner = new AsyncResource('INNER');
  const here = executionAsyncId();
  outer.runInAsyncScope(() => {
    assert.strictEqual(executionAsyncId(), outer.asyncId());
    assert.strictEqual(executionAsyncResource(), outer);
    assert.throws(() => inner.runInAsyncScope(() => { throw new Error('x'); }), /x/);
    assert.strictEqual(executionAsyncId(), outer.asyncId());
    assert.strictEqual(triggerAsyncId(), outer.triggerAsyncId());
  });
  assert.strictEqual(executionAsyncId(), here);
});

/** A server whose requests are answered by `answer`, and its port. */
async function serving(answer, use) {
  const server = http.createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(server.address().port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function get(options) {
  const { promise, resolve, reject } = deferred();
  http.get(options, (res) => {
    res.resume();
    res.on('end', () => resolve(res));
  }).on('error', reject);
  return promise;
}

row('requests run in the scope of their connection, hooks or not', async () => {
  for (const isHooked of [false, true]) {
    const hook = createHook({ init() {} });
    if (isHooked) hook.enable();
    const names = [];
    await serving((req, res) => {
      names.push(executionAsyncResource().constructor.name);
      res.end('x');
    }, (port) => get({ host: '127.0.0.1', port, agent: false }));
    hook.disable();
    assert.deepStrictEqual(names, ['HTTPServerAsyncResource']);
  }
});

row('a socket that is used again answers in the context of each request', async () => {
  const storage = new AsyncLocalStorage();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await serving((req, res) => res.end('x'), async (port) => {
    const seen = [];
    const ask = (name) => storage.run(name, () => {
      const { promise, resolve } = deferred();
      http.get({ host: '127.0.0.1', port, agent }, (res) => {
        seen.push([name, storage.getStore()]);
        res.on('data', () => seen.push([name, storage.getStore()]));
        res.on('end', () => {
          seen.push([name, storage.getStore()]);
          resolve();
        });
      });
      return promise;
    });
    await Promise.all([ask('a'), ask('b'), ask('c')]);
    assert.strictEqual(seen.length, 9);
    for (const [name, store] of seen) assert.strictEqual(store, name);
  });
  agent.destroy();
});

row('ticks that an exception left behind run after the next callback', async () => {
  const log = [];
  const { promise, resolve } = deferred();
  process.setUncaughtExceptionCaptureCallback(() => log.push('caught'));
  setImmediate(() => {
    process.nextTick(() => log.push('tick'));
    throw new Error('x');
  });
  setImmediate(() => {
    log.push('second');
    setImmediate(resolve);
  });
  await promise;
  process.setUncaughtExceptionCaptureCallback(null);
  assert.deepStrictEqual(log, ['caught', 'second', 'tick']);
});

row('what is collected is destroyed in the next turn, whatever else is told of then', async () => {
  require('v8').setFlagsFromString('--expose-gc');
  const gc = require('vm').runInNewContext('gc');
  const destroyed = [];
  const hook = createHook({ destroy: (id) => destroyed.push(id) }).enable();
  const cleaned = [];
  const registries = [];
  for (let i = 0; i < 8; i++) {
    registries.push(new FinalizationRegistry((held) => cleaned.push(held)));
    registries[i].register({ i }, i);
  }
  const id = new AsyncResource('FORGOTTEN').asyncId();
  await new Promise((resolve) => setImmediate(() => {
    gc();
    setImmediate(resolve);
  }));
  hook.disable();
  assert.ok(destroyed.includes(id));
  assert.strictEqual(cleaned.length, registries.length);
});
