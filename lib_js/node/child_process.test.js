'use strict';

// Aim: that children leave nothing behind, and that what goes through pipes, channels and
// descriptors arrives whole and in order. Method: real children, mostly of /bin/sh; this file is
// its own child, too. Node 24 passes the same rows.

const assert = require('assert');
const { execFileSync, fork, spawn, spawnSync } = require('child_process');
const { once } = require('events');
const fs = require('fs');
const net = require('net');
const { row, rows } = require('../fixtures/rows.test.cjs');

if (process.argv[2] === 'child') {
  process.on('message', (message, handle) => {
    if (message === 'socket') handle.end('from the child');
    else process.send(message);
  });
  return;
}

function openDescriptors() {
  return fs.readdirSync('/proc/self/fd').length;
}

/** Children of this process that have ended and that nobody has waited for. */
function zombies() {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      const { 0: state, 1: parent } = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' && +parent === process.pid;
    } catch {
      return false; // It has gone while we looked.
    }
  });
}

function runMany(count, flightsMax, start) {
  return new Promise((resolve) => {
    let [started, ended] = [0, 0];
    const next = () => {
      if (started === count) return;
      started++;
      start(started).on('close', () => {
        if (++ended === count) resolve();
        else next();
      });
    };
    for (let i = 0; i < flightsMax; i++) next();
  });
}

row('a storm of children leaves no descriptor and no zombie', async () => {
  await runMany(4, 4, () => spawn('/bin/true'));
  const before = openDescriptors();
  const codes = new Set();
  await runMany(1000, 64, (i) => {
    const child = spawn('/bin/true', { stdio: i % 2 === 0 ? 'pipe' : 'ignore' });
    child.on('exit', (code, signal) => codes.add(`${code} ${signal}`));
    return child;
  });
  assert.deepStrictEqual([...codes], ['0 null']);
  // The last pipes are closed by the ring, a turn later.
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.strictEqual(openDescriptors(), before);
  assert.deepStrictEqual(zombies(), []);
}, 60_000);

row('children that cannot start leave nothing either', async () => {
  const before = openDescriptors();
  await runMany(100, 16, () => spawn('/no/such/program').on('error', () => {}));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.strictEqual(openDescriptors(), before);
  assert.deepStrictEqual(zombies(), []);
});

row('3 MiB go through a child and come back', async () => {
  const sent = Buffer.alloc(3 << 20, 'coring');
  const child = spawn('cat');
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stdin.end(sent);
  await once(child, 'close');
  assert.ok(Buffer.concat(chunks).equals(sent));
  assert.ok(spawnSync('cat', { input: sent, maxBuffer: Infinity }).stdout.equals(sent));
});

/** Script, options; exit code, signal, output of descriptor 1. */
rows('spawnSync', [
  ['exit 7', {}, 7, null, ''],
  ['kill -9 $$', {}, null, 'SIGKILL', ''],
  ['echo $0', { argv0: 'name' }, 0, null, 'name\n'],
  ['echo $A$B', { env: { A: 1, B: undefined } }, 0, null, '1\n'],
  ['pwd', { cwd: '/' }, 0, null, '/\n'],
  ['sleep 9', { timeout: 20 }, null, 'SIGTERM', ''],
  ['echo 12345; exec sleep 9', { maxBuffer: 3, killSignal: 'SIGINT' }, null, 'SIGINT', '12345\n'],
  ['cat; cat <&4', { stdio: ['pipe', 'pipe', 'pipe', 'ignore', 0], input: 'x' }, 0, null, 'x'],
  ['ls -m /proc/self/fd', {}, 0, null, '0, 1, 2, 3\n'],
], (script, options, status, signal, stdout) => {
  const result = spawnSync('/bin/sh', ['-c', script], { stdio: 'pipe', ...options });
  assert.strictEqual(`${result.stdout}`, stdout);
  assert.strictEqual(result.status, status);
  assert.strictEqual(result.signal, signal);
});

row('input may stay unread', () => {
  const { error, status } = spawnSync('sleep', ['0.05'], { input: 'not read' });
  assert.strictEqual(error, undefined);
  assert.strictEqual(status, 0);
});

row('a shell script without #! runs', () => {
  const path = `/tmp/coring-script-${process.pid}`;
  fs.writeFileSync(path, 'echo "$1"', { mode: 0o755 });
  assert.strictEqual(`${execFileSync(path, ['said'])}`, 'said\n');
  fs.unlinkSync(path);
});

/** Every message comes back, in order, and those that do not fit the socket's buffer, too. */
rows('messages', [['json'], ['advanced']], async (serialization) => {
  const child = fork(__filename, ['child'], { serialization });
  const count = 300;
  const sent = [];
  for (let i = 0; i < count; i++) {
    const message = { i, text: 'é'.repeat(i * 40), list: [null, true, { i }] };
    sent.push(message);
    child.send(message);
  }
  const got = [];
  child.on('message', (message) => {
    got.push(message);
    if (got.length === count) child.disconnect();
  });
  const [code] = await once(child, 'exit');
  assert.strictEqual(code, 0);
  assert.deepStrictEqual(got, sent);
});

row('advanced messages keep types', async () => {
  const child = fork(__filename, ['child'], { serialization: 'advanced' });
  const value = {
    map: new Map([[1, new Set(['a'])]]),
    bytes: Buffer.from('abc'),
    floats: new Float64Array([1.5, -0]),
    half: globalThis.Float16Array ? new Float16Array([0.5]) : null,
    view: new DataView(new ArrayBuffer(3)),
    big: 10n ** 30n,
    date: new Date(5),
    empty: undefined,
  };
  child.send(value);
  const [got] = await once(child, 'message');
  child.disconnect();
  assert.deepStrictEqual(got, value);
  await once(child, 'exit');
});

row('connections handed to a child are served by it', async () => {
  const before = openDescriptors();
  const child = fork(__filename, ['child']);
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    child.send('socket', socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const texts = await Promise.all(Array.from({ length: 20 }, () => new Promise((resolve) => {
    let text = '';
    net.connect(port, '127.0.0.1')
      .on('data', (chunk) => { text += chunk; })
      .on('close', () => resolve(text));
  })));
  assert.deepStrictEqual(texts, new Array(20).fill('from the child'));
  server.close();
  child.disconnect();
  await once(child, 'exit');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.strictEqual(openDescriptors(), before);
});

row('a child that is killed tells so', async () => {
  const child = spawn('sleep', ['9']);
  child.kill('SIGUSR1');
  assert.deepStrictEqual(await once(child, 'exit'), [null, 'SIGUSR1']);
  assert.strictEqual(child.kill(), false);
});

row('an unref\'d child does not keep the program', () => {
  const script = 'require("child_process").spawn("sleep", ["9"], { stdio: "ignore" }).unref()';
  const start = Date.now();
  execFileSync(process.execPath, ['-e', script]);
  assert.ok(Date.now() - start < 8000);
});


row('who replaces spawn of the binding sees and changes what is run', () => {
  const binding = process.binding('spawn_sync');
  const { spawn: original } = binding;
  binding.spawn = function spawn(options) {
    options.envPairs.push('ADDED=yes');
    return original.call(this, options);
  };
  try {
    assert.strictEqual(String(execFileSync('sh', ['-c', 'echo $ADDED'])), 'yes\n');
  } finally {
    binding.spawn = original;
  }
});
