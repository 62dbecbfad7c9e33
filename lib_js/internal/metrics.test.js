'use strict';
// --metrics=PATH
const assert = require('assert');
const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-metrics-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

/** Starts a program that says `ready` on each of its cores. */
async function start(words, source, cores) {
  const file = path.join(folder, 'program.js');
  fs.writeFileSync(file, source);
  const child = spawn(process.execPath, [...words, file], { cwd: folder });
  child.stderr.pipe(process.stderr);
  let seen = '';
  for await (const chunk of child.stdout) {
    seen += chunk;
    if (seen.split('ready').length > cores) break;
  }
  return child;
}

function ask(socketPath) {
  return new Promise((resolve, reject) => {
    http.get({ socketPath: path.join(folder, socketPath), path: '/metrics' }, (res) => {
      assert.strictEqual(res.headers['content-type'], 'text/plain; version=0.0.4');
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
      res.on('end', () => resolve(text));
    }).on('error', (error) => {
      // The socket of one that was killed is first seen to be dead.
      if (error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT') reject(error);
      else setImmediate(() => ask(socketPath).then(resolve, reject));
    });
  });
}

/** The value of a figure on a core. */
function value(text, name, core = 0) {
  const found = new RegExp(`^coring_${name}\\{core="${core}"\\} (\\S+)$`, 'm').exec(text);
  return found === null ? undefined : Number(found[1]);
}

const SERVER = `require('http').createServer((req, res) => res.end('x'))
  .listen(0, '127.0.0.1', () => { gc(); console.log('ready'); });`;

async function ended(child) {
  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('close', resolve));
}

async function testOneCore() {
  const child = await start(['--expose-gc', '--metrics=one.sock'], SERVER, 1);
  assert.strictEqual(fs.statSync(path.join(folder, 'one.sock')).mode & 0o777, 0o600);
  const first = await ask('one.sock');
  for (const line of first.trimEnd().split('\n')) {
    assert.match(line, /^(# (HELP|TYPE) coring_\w+ .+|coring_\w+\{core="0"\} \d+(\.\d+)?(e-\d+)?)$/);
  }
  const second = await ask('one.sock');
  for (const name of ['turns_total', 'ring_enters_total', 'ring_completions_total']) {
    assert(value(second, name) > value(first, name), name);
  }
  assert.strictEqual(value(first, 'core_up'), 1);
  assert(value(second, 'gc_total') >= 1);
  assert(value(second, 'sockets_open') >= 2);
  // Nobody else takes the socket, and goes on without it.
  const other = spawnSync(process.execPath, ['--metrics=one.sock', '-e', 'setTimeout(() => {}, 200)'], {
    cwd: folder, encoding: 'utf8',
  });
  assert.strictEqual(other.status, 0);
  assert.match(other.stderr, /^coring: --metrics=.*one\.sock: listen EADDRINUSE/);
  await ended(child);
}

async function testCores() {
  // The socket that the killed one left is taken over. A core that is stuck is told of.
  const stuck = `${SERVER} const fs = require('fs');
    if (fs.readFileSync('/proc/thread-self/comm', 'latin1') === 'core 1\\n') {
      const look = () => { if (fs.existsSync('stick')) for (;;); };
      setInterval(look, 5);
    }`;
  const child = await start(['--expose-gc', '-j', '2', '--metrics=one.sock'], stuck, 2);
  const both = await ask('one.sock');
  assert.strictEqual(value(both, 'core_up', 0) + value(both, 'core_up', 1), 2);
  assert(value(both, 'turns_total', 1) > 0);
  fs.writeFileSync(path.join(folder, 'stick'), '');
  let alone;
  do alone = await ask('one.sock'); while (value(alone, 'core_up', 1) === 1);
  assert.strictEqual(value(alone, 'core_up', 0), 1);
  assert.strictEqual(value(alone, 'turns_total', 1), undefined);
  await ended(child);
}

testOneCore().then(testCores);
