'use strict';
// What an attacker may try with names, sessions and callbacks, and must not reach.

const test = require('node:test');
const assert = require('node:assert');
const { createHook } = require('node:async_hooks');
const { once } = require('node:events');
const https = require('node:https');
const net = require('node:net');
const tls = require('node:tls');
const { A_PFX, CA, CLIENT_PFX, PASSPHRASE, client, serverA, serverB } =
  require('./fixtures/keys.test.cjs');

/** Sessions of TLS 1.3 come with the server's first bytes. */
function greet(socket) {
  socket.on('error', () => {}).resume().write('hello');
}

async function listen(t, options, onConnection = greet) {
  const server = tls.createServer(options, onConnection);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return server;
}

function connect(t, server, options) {
  const socket = tls.connect({
    host: '127.0.0.1', port: server.address().port, ca: CA, servername: 'a.test', ...options,
  });
  t.after(() => socket.destroy());
  socket.resume();
  return socket;
}

/** 'secureConnect', or the error that came instead. */
function outcome(socket) {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(error.code));
    socket.once('secureConnect', () => resolve('secureConnect'));
  });
}

test('CVE-2021-22939: rejectUnauthorized that is undefined rejects', async (t) => {
  const server = await listen(t, serverA);
  for (const rejectUnauthorized of [undefined, true, null, 0, '']) {
    const socket = connect(t, server, { ca: [], rejectUnauthorized });
    assert.notStrictEqual(await outcome(socket), 'secureConnect', `${rejectUnauthorized}`);
  }
  const socket = connect(t, server, { ca: [], rejectUnauthorized: false });
  assert.strictEqual(await outcome(socket), 'secureConnect');
  assert.strictEqual(socket.authorized, false);
});

test('CVE-2020-8172: no session is told of before the peer is known', async (t) => {
  const server = await listen(t, serverA);
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const socket = connect(t, server, { servername: 'b.test', maxVersion });
    socket.on('session', () => assert.fail('a session of a peer that is refused'));
    assert.strictEqual(await outcome(socket), 'ERR_TLS_CERT_ALTNAME_INVALID');
  }
});

test('nothing is written to a peer that is not the right one', async (t) => {
  const seen = [];
  const server = await listen(t, serverA, (socket) => {
    socket.on('data', (bytes) => seen.push(bytes)).on('error', () => {});
  });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const socket = connect(t, server, { servername: 'b.test', maxVersion });
    socket.cork();
    socket.write('a ');
    socket.write(Buffer.from('secret'));
    socket.uncork();
    assert.strictEqual(await outcome(socket), 'ERR_TLS_CERT_ALTNAME_INVALID');
    await once(socket, 'close');
  }
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  assert.deepStrictEqual(seen, []);
});

/** Runs `act` while what nobody catches is noted. */
async function withUncaught(act) {
  const uncaught = [];
  process.setUncaughtExceptionCaptureCallback((error) => uncaught.push(error.message));
  try {
    await act();
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
  return uncaught;
}

test('checkServerIdentity() that throws has not said yes', async (t) => {
  const seen = [];
  const server = await listen(t, serverA, (socket) => {
    socket.on('data', (bytes) => seen.push(bytes)).on('error', () => {});
  });
  const uncaught = await withUncaught(async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
      const socket = connect(t, server, {
        maxVersion, checkServerIdentity() { throw new Error('of the program'); },
      });
      socket.on('secureConnect', () => assert.fail('secure'));
      socket.write('secret');
      await once(socket, 'close');
    }
  });
  assert.deepStrictEqual(uncaught, ['of the program', 'of the program']);
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  assert.deepStrictEqual(seen, []);
});

test('a listener that throws holds nothing back', async (t) => {
  const server = await listen(t, serverA, (socket) => {
    socket.on('error', () => {}).pipe(socket);
  });
  const uncaught = await withUncaught(async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
      const socket = connect(t, server, { maxVersion });
      socket.on('secureConnect', () => { throw new Error('of the program'); });
      socket.write('early');
      const [bytes] = await once(socket, 'data');
      assert.strictEqual(String(bytes), 'early');
    }
  });
  assert.deepStrictEqual(uncaught, ['of the program', 'of the program']);
});

test('a listener that throws leaves the scopes of async_hooks in order', async (t) => {
  const hook = createHook({ init() {}, before() {}, after() {} }).enable();
  t.after(() => hook.disable());
  const server = await listen(t, serverA);
  const uncaught = await withUncaught(async () => {
    const socket = connect(t, server);
    socket.on('secureConnect', () => { throw new Error('of the program'); });
    await once(socket, 'data');
  });
  assert.deepStrictEqual(uncaught, ['of the program']);
});

test('a handshake that takes too long is over, whoever was told of it', async (t) => {
  const server = await listen(t, { ...serverA, handshakeTimeout: 50 });
  server.on('tlsClientError', () => {});
  const socket = net.connect(server.address().port, '127.0.0.1');
  await once(socket.resume(), 'close');
});

test('bytes that are no session are not offered', async (t) => {
  const server = await listen(t, serverA);
  for (const session of [new Uint8Array(40), 'junk']) {
    const socket = connect(t, server, { session, rejectUnauthorized: false });
    assert.strictEqual(await outcome(socket), 'secureConnect');
    assert.strictEqual(socket.isSessionReused(), false);
  }
  assert.throws(() => connect(t, server, { session: 5 }),
                { code: 'ERR_INVALID_ARG_TYPE', message: 'Session must be a buffer' });
  assert.throws(() => connect(t, server, { ALPNProtocols: 'h2' }),
                { name: 'TypeError', message: 'Must give a Buffer as first argument' });
});

/** A session of the server for one name. */
async function sessionOf(t, server, options) {
  const socket = connect(t, server, options);
  const { 0: session } = await once(socket, 'session');
  socket.destroy();
  return session;
}

test('a session goes on with the server that it began with', async (t) => {
  const server = await listen(t, serverA);
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const session = await sessionOf(t, server, { maxVersion });
    const same = connect(t, server, { maxVersion, session });
    assert.strictEqual(await outcome(same), 'secureConnect');
    assert.strictEqual(same.isSessionReused(), true);
    // Under another name it is not offered, so the certificate is looked at.
    const other = connect(t, server, { maxVersion, session, servername: 'b.test' });
    assert.strictEqual(await outcome(other), 'ERR_TLS_CERT_ALTNAME_INVALID');
    // A program may have taken off the name.
    const bare = session.subarray(session.indexOf('a.test') + 6);
    const stripped = connect(t, server, { maxVersion, session: bare, servername: 'b.test' });
    assert.strictEqual(await outcome(stripped), 'ERR_TLS_CERT_ALTNAME_INVALID');
  }
});

test('a session made without a client certificate authorizes nobody', async (t) => {
  const outcomes = [];
  const server = await listen(t, {
    ...serverA, ca: CA, requestCert: true, rejectUnauthorized: false,
  }, (socket) => {
    outcomes.push([socket.authorized, socket.authorizationError]);
    greet(socket);
  });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const session = await sessionOf(t, server, { maxVersion });
    const socket = connect(t, server, { maxVersion, session });
    await once(socket, 'data');
  }
  assert.ok(outcomes.length >= 4);
  for (const found of outcomes) assert.deepStrictEqual(found, [false, 'UNABLE_TO_GET_ISSUER_CERT']);
});

test('names of hosts have no case for the choice of a context', async (t) => {
  const server = await listen(t, serverA);
  server.addContext('B.Test', serverB);
  for (const servername of ['b.test', 'B.TEST', 'b.TeSt']) {
    const socket = connect(t, server, { servername, checkServerIdentity: () => undefined });
    assert.strictEqual(await outcome(socket), 'secureConnect');
    assert.strictEqual(socket.getPeerCertificate().subject.CN, 'b.test', servername);
  }
  const socket = connect(
    t, server, { servername: 'xb.test', checkServerIdentity: () => undefined });
  await outcome(socket);
  assert.strictEqual(socket.getPeerCertificate().subject.CN, 'a.test');
});

test('an empty servername asks for no name, and the host is checked', async (t) => {
  const server = await listen(t, serverA);
  const socket = connect(t, server, { servername: '' });
  assert.strictEqual(await outcome(socket), 'secureConnect'); // 127.0.0.1 is in the certificate.
  const other = tls.connect({ host: '127.0.0.2', port: 1, servername: '', ca: CA });
  assert.strictEqual((await once(other, 'error'))[0].code, 'ECONNREFUSED');
  assert.ok(tls.checkServerIdentity('', new (require('node:crypto').X509Certificate)(
    serverA.cert).toLegacyObject()) instanceof Error);
});

test('a name with NUL in it is no name', async (t) => {
  const server = await listen(t, serverA);
  assert.throws(() => connect(t, server, { servername: 'a.test\0.evil' }),
                { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => new tls.TLSSocket().setServername('a.test\0.evil'),
                { code: 'ERR_INVALID_ARG_VALUE' });
  const cert = { subject: { CN: 'x' }, subjectaltname: 'DNS:"a.test\\u0000.evil"' };
  assert.ok(tls.checkServerIdentity('a.test', cert) instanceof Error);
});

test('CVE-2021-44531, CVE-2021-44532: only names of the right kind, as they were meant', () => {
  const isFor = (host, subjectaltname, subject = {}) =>
    tls.checkServerIdentity(host, { subject, subjectaltname }) === undefined;
  assert.strictEqual(isFor('a.test', 'URI:http://a.test/'), false);
  assert.strictEqual(isFor('1.2.3.4', 'URI:http://1.2.3.4/'), false);
  assert.strictEqual(isFor('evil.test', 'DNS:"a.test, DNS:evil.test"'), false);
  assert.strictEqual(isFor('a.test', 'DNS:"a.test\\u0000, x"'), false);
  assert.throws(() => isFor('a.test', 'DNS:"a.test'), { code: 'ERR_TLS_CERT_ALTNAME_FORMAT' });
});

const CALLBACKS = {
  SNICallback() { throw new Error('of the program'); },
  ALPNCallback() { throw new Error('of the program'); },
};

test('CVE-2026-21637: what a callback throws ends its connection only', async (t) => {
  for (const [name, callback] of Object.entries(CALLBACKS)) {
    const server = await listen(t, { ...serverA, [name]: callback });
    const socket = connect(t, server, { ALPNProtocols: ['x'] });
    const [[error]] = await Promise.all([once(server, 'tlsClientError'), outcome(socket)]);
    assert.strictEqual(error.message, 'of the program', name);
    const [count] = await new Promise((resolve) => {
      server.getConnections((...found) => resolve(found.slice(1)));
    });
    assert.ok(count <= 1);
  }
});

test('a callback that answers twice ends its connection only', async (t) => {
  const server = await listen(t, {
    ...serverA,
    SNICallback(name, answer) {
      answer(null, undefined);
      answer(null, undefined);
    },
  });
  const socket = connect(t, server);
  socket.on('error', () => {});
  const error = await new Promise((resolve) => {
    server.once('tlsClientError', resolve);
    server.once('secureConnection', (secure) => secure.once('error', resolve));
  });
  assert.strictEqual(error.code, 'ERR_MULTIPLE_CALLBACK');
});

test('no protocol in common: no connection', async (t) => {
  const server = await listen(t, { ...serverA, ALPNProtocols: ['x', 'y'] });
  server.on('tlsClientError', () => {});
  assert.match(await outcome(connect(t, server, { ALPNProtocols: ['z'] })),
               /NO_APPLICATION_PROTOCOL|ECONNRESET/);
  const socket = connect(t, server, { ALPNProtocols: ['z', 'y'] });
  assert.strictEqual(await outcome(socket), 'secureConnect');
  assert.strictEqual(socket.alpnProtocol, 'y');
  const bare = connect(t, server);
  assert.strictEqual(await outcome(bare), 'secureConnect');
  assert.strictEqual(bare.alpnProtocol, false);
});

test('connections of an agent are shared by what is the same client', () => {
  const agent = new https.Agent();
  const base = { host: 'a.test', port: 443 };
  const names = new Set();
  const rows = [
    {}, { servername: 'b.test' }, { ca: CA }, { cert: client.cert }, { key: client.key },
    { pfx: CLIENT_PFX }, { pfx: A_PFX }, { pfx: [{ buf: A_PFX }] },
    { pfx: [{ buf: A_PFX, passphrase: PASSPHRASE }] }, { pfx: [{ buf: CLIENT_PFX }] },
    { rejectUnauthorized: false }, { rejectUnauthorized: true }, { minVersion: 'TLSv1.3' },
    { maxVersion: 'TLSv1.2' }, { secureProtocol: 'TLS_method' }, { ciphers: 'x' },
    { sigalgs: 'x' }, { crl: 'x' }, { ecdhCurve: 'x' }, { dhparam: 'x' }, { secureOptions: 1 },
    { sessionIdContext: 'x' }, { localAddress: '127.0.0.1' }, { family: 4 },
  ];
  for (const options of rows) names.add(agent.getName({ ...base, ...options }));
  assert.strictEqual(names.size, rows.length);
});

test('a reason that a local authority may be behind reminds of --use-system-ca', async (t) => {
  const hint = '; if the root CA is installed locally, try running Node.js with --use-system-ca';
  for (const [cert, message] of [
    [serverA.cert, `unable to verify the first certificate${hint}`],
    [serverA.cert + CA, 'self-signed certificate in certificate chain'],
  ]) {
    const server = await listen(t, { ...serverA, cert });
    const socket = connect(t, server, { ca: [] });
    const { 0: error } = await once(socket, 'error');
    assert.strictEqual(error.message, message);
  }
});
