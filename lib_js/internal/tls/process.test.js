'use strict';
// What belongs to the whole process: tickets that all its cores take, authorities that it is told
// of by flags and environment, and a server's keys that change while it serves.

const test = require('node:test');
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const tls = require('node:tls');
const { CA, serverA, serverB } = require('./fixtures/keys.test.cjs');

const KEYS = require.resolve('./fixtures/keys.test.cjs');

/** Another process of ours; its first line, and the process, which ends with the test. */
async function start(t, args, code, env) {
  const child = spawn(process.execPath, [...args, '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env },
  });
  t.after(() => child.kill('SIGKILL'));
  const { 0: line } = await once(child.stdout.setEncoding('latin1'), 'data');
  return line;
}

/** The whole conversation: what the server said first, and whether it knew the session. */
function ask(port, options) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host: '127.0.0.1', port, ca: CA, servername: 'a.test', ...options });
    const answer = { session: undefined, text: '' };
    socket.on('session', (session) => { answer.session = session; });
    socket.setEncoding('latin1').on('data', (text) => { answer.text += text; });
    socket.on('end', () => resolve({ ...answer, isReused: socket.isSessionReused() }));
    socket.on('error', reject);
  });
}

test('the tickets of one core are taken by the others', { timeout: 20_000 }, async (t) => {
  const line = await start(t, ['-j', '2'], `
    const { serverA } = require(${JSON.stringify(KEYS)});
    const name = String(Math.random());
    require('tls').createServer(serverA, (socket) => socket.end(name).on('error', () => {}))
      .listen(0, '127.0.0.1', function() { console.log(this.address().port); });`);
  const port = parseInt(line, 10);
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const first = await ask(port, { maxVersion });
    assert.strictEqual(first.isReused, false);
    const cores = new Set();
    // The kernel chooses a core for each connection.
    for (let i = 0; i < 200 && cores.size < 2; i++) {
      const next = await ask(port, { maxVersion, session: first.session });
      assert.strictEqual(next.isReused, true, `${maxVersion}, connection ${i}`);
      cores.add(next.text);
    }
    assert.strictEqual(cores.size, 2, 'both cores were asked');
  }
});

/** What a process finds of one that trusts only what it was told of. */
const CLIENT = `
  const tls = require('tls');
  const { CA, serverA } = require(${JSON.stringify(KEYS)});
  const server = tls.createServer(serverA, (socket) => socket.on('error', () => {}).end());
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    const socket = tls.connect({ host: '127.0.0.1', port, servername: 'a.test' });
    const end = (what) => {
      const has = (kind) => tls.getCACertificates(kind).some((pem) => pem.trim() === CA.trim());
      console.log(JSON.stringify([what, has('default'), has('extra'), has('bundled')]));
      process.exit();
    };
    socket.on('error', ({ code }) => end(code)).on('secureConnect', () => end('trusted'));
  });`;
const REFUSED = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';

test('authorities come from files that a process is told of', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ca-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'ca.pem');
  fs.writeFileSync(file, `text before\n${CA}text behind\n`);
  const empty = path.join(folder, 'empty');
  fs.mkdirSync(empty);
  const none = { NODE_EXTRA_CA_CERTS: '', SSL_CERT_FILE: path.join(empty, 'none'),
    SSL_CERT_DIR: empty };
  const rows = [
    [[], none, [REFUSED, false, false, false]],
    [[], { ...none, NODE_EXTRA_CA_CERTS: file }, ['trusted', true, true, false]],
    [[], { ...none, NODE_EXTRA_CA_CERTS: `${file}.none` }, [REFUSED, false, false, false]],
    [[], { ...none, SSL_CERT_FILE: file }, [REFUSED, false, false, false]],
    [['--use-system-ca'], { ...none, SSL_CERT_FILE: file }, ['trusted', true, false, false]],
    [['--use-system-ca'], none, [REFUSED, false, false, false]],
    [['--use-system-ca'], { ...none, SSL_CERT_DIR: folder }, ['trusted', true, false, false]],
    [[], { ...none, NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: file },
     ['trusted', true, false, false]],
    [['--use-openssl-ca'], { ...none, SSL_CERT_FILE: file }, ['trusted', false, false, false]],
  ];
  for (const [args, env, expect] of rows) {
    const line = await start(t, args, CLIENT, env);
    assert.deepStrictEqual(JSON.parse(line), expect, `${args} ${JSON.stringify(env)}`);
  }
});

test('a server changes its keys while it serves', async (t) => {
  const server = tls.createServer(serverA, (socket) => {
    socket.on('error', () => {}).on('data', (bytes) => socket.write(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const connect = async (servername) => {
    const { port } = server.address();
    const socket = tls.connect({ host: '127.0.0.1', port, ca: CA, servername });
    sockets.push(socket);
    await once(socket, 'secureConnect');
    return socket;
  };
  const before = await connect('a.test');
  server.setSecureContext(serverB);
  const behind = await connect('b.test');
  assert.strictEqual(behind.getPeerCertificate().subject.CN, 'b.test');
  await assert.rejects(connect('a.test'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  for (const socket of [before, behind]) {
    socket.write('still here');
    assert.strictEqual(String((await once(socket, 'data'))[0]), 'still here');
  }
  // What cannot be taken changes nothing.
  assert.throws(() => server.setSecureContext({ ...serverA, key: 'none' }));
  assert.throws(() => server.setSecureContext({ key: serverA.key, cert: serverB.cert }));
  assert.strictEqual((await connect('b.test')).getPeerCertificate().subject.CN, 'b.test');
});
