'use strict';
// What of tls and https needs no connection.

const test = require('node:test');
const assert = require('node:assert');
const https = require('node:https');
const tls = require('node:tls');
const { inspect } = require('node:util');

test('arguments are looked at first', () => {
  assert.throws(() => https.get('h'), { code: 'ERR_INVALID_URL' });
  assert.throws(() => https.get({ protocol: 'http:' }), { code: 'ERR_INVALID_PROTOCOL' });
  assert.throws(() => https.get({ path: '/ ' }), { code: 'ERR_UNESCAPED_CHARACTERS' });
  assert.throws(() => tls.connect(), { code: 'ERR_MISSING_ARGS' });
});

test('programs may derive, ask, copy and import', async () => {
  class Derived extends tls.TLSSocket {}
  assert.ok(new Derived() instanceof tls.TLSSocket);
  assert.strictEqual(Object.keys({ ...tls }).length, 19);
  assert.strictEqual((await import('node:tls')).checkServerIdentity, tls.checkServerIdentity);
});

test('a socket that was closed does not connect anew without TLS', async () => {
  const socket = tls.connect({ port: 1, host: '127.0.0.1' });
  await new Promise((resolve) => {
    socket.on('error', () => {}).on('close', resolve);
  });
  assert.throws(() => socket.connect(1), { code: 'ERR_SOCKET_CLOSED' });
});

/** Host, alternative names, common name; is the certificate the host's? */
const IDENTITIES = [
  ['a.com', 'DNS:a.com', undefined, true],
  ['A.com.', 'DNS:a.COM', undefined, true],
  ['x.a.com', 'DNS:*.a.com', undefined, true],
  ['a.com', 'DNS:*.a.com', undefined, false],
  ['x.y.a.com', 'DNS:*.a.com', undefined, false],
  ['a.com', 'DNS:*.com', undefined, false],
  ['foo.a.com', 'DNS:f*o.a.com', undefined, true],
  ['fo.a.com', 'DNS:fo*o.a.com', undefined, false],
  ['foo.a.com', 'DNS:*o*.a.com', undefined, false],
  ['xn--x.a.com', 'DNS:xn--*.a.com', undefined, false],
  ['a.com', 'DNS:b.com', 'a.com', false],
  ['a.com', 'URI:http://a.com/', 'a.com', true],
  ['a.com', undefined, ['b.com', 'a.com'], true],
  ['1.2.3.4', 'DNS:1.2.3.4', '1.2.3.4', false],
  ['1.2.3.4', 'IP Address:1.2.3.4', undefined, true],
  ['fe80::1', 'IP Address:FE80:0:0:0:0:0:0:1', undefined, true],
  ['fe80::1', 'IP Address:none', undefined, false],
  ['evil.com', 'DNS:"a.com, DNS:evil.com"', undefined, false],
  ['b.com', 'DNS:"a\\u0000.com", DNS:b.com', undefined, true],
  ['ä.com', 'DNS:xn--4ca.com', undefined, true],
  ['a.com', undefined, undefined, false],
];

test('a certificate is its hosts\' only', () => {
  for (const [host, subjectaltname, CN, isOurs] of IDENTITIES) {
    const cert = { subjectaltname, subject: { CN } };
    const error = tls.checkServerIdentity(host, cert);
    assert.strictEqual(error === undefined, isOurs, inspect([host, subjectaltname, CN]));
    if (!isOurs) assert.strictEqual(error.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
  }
  assert.throws(() => tls.checkServerIdentity('a.com', { subjectaltname: 'DNS:"a' }),
                { code: 'ERR_TLS_CERT_ALTNAME_FORMAT' });
});

test('sessions of an agent are forgotten when there are too many', () => {
  const agent = new https.Agent({ maxCachedSessions: 2 });
  for (const key of ['a', 'b', 'a', 'c']) agent._cacheSession(key, `of ${key}`);
  assert.deepStrictEqual(agent._sessionCache, { map: { b: 'of b', c: 'of c' }, list: ['b', 'c'] });
  agent._evictSession('b');
  assert.strictEqual(agent._getSession('b'), undefined);
  assert.strictEqual(agent._getSession('c'), 'of c');
});
