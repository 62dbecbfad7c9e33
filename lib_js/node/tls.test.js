'use strict';
// What works without TLS and HTTP/2, and what everything else of these modules says.

const test = require('node:test');
const assert = require('node:assert');
const { once } = require('node:events');
const http2 = require('node:http2');
const https = require('node:https');
const tls = require('node:tls');
const { inspect, promisify } = require('node:util');

const missing = (technique) => ({
  name: 'TypeError',
  code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
  message: new RegExp(` needs ${technique}, which coring does not have yet$`),
});

test('every use of TLS says that there is none', async () => {
  const uses = [
    () => new tls.TLSSocket(), () => new tls.Server(), () => tls.createServer(),
    () => tls.connect(443, 'h'), () => tls.connect({ path: '/x' }), () => tls.createSecureContext(),
    () => new tls.SecureContext(), () => tls.getCiphers(), () => tls.rootCertificates,
    () => https.createServer(), () => new https.Server(),
  ];
  for (const use of uses) assert.throws(use, missing('TLS'), inspect(use));
  const requests = [
    https.get('https://h/'), https.request({ host: 'h' }),
    https.request('https://h', { agent: false }),
  ];
  for (const [error] of await Promise.all(requests.map((request) => once(request, 'error')))) {
    assert.throws(() => { throw error; }, missing('TLS'));
  }
});

test('every use of HTTP/2 says that there is none', async () => {
  const uses = [
    () => http2.createServer(), () => http2.createSecureServer(), () => http2.connect('http://h'),
    () => new http2.Http2ServerRequest(), () => new http2.Http2ServerResponse(),
  ];
  for (const use of uses) assert.throws(use, missing('HTTP/2'), inspect(use));
  await assert.rejects(promisify(http2.connect)('https://h'), missing('HTTP/2'));
});

test('arguments are looked at first', () => {
  assert.throws(() => https.get('h'), { code: 'ERR_INVALID_URL' });
  assert.throws(() => https.get({ protocol: 'http:' }), { code: 'ERR_INVALID_PROTOCOL' });
  assert.throws(() => https.get({ path: '/ ' }), { code: 'ERR_UNESCAPED_CHARACTERS' });
  assert.throws(() => tls.connect(), { code: 'ERR_MISSING_ARGS' });
  assert.throws(() => http2.connect('ftp://h'), { code: 'ERR_HTTP2_UNSUPPORTED_PROTOCOL' });
});

test('fetch rejects with the reason as the cause', async () => {
  await assert.rejects(fetch('https://localhost:8443/'), (error) => {
    assert.strictEqual(error.message, 'fetch failed');
    assert.strictEqual(error.cause.code, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
    return true;
  });
});

test('programs may derive, ask, copy and import', async () => {
  class Derived extends tls.TLSSocket {}
  assert.throws(() => new Derived(), missing('TLS'));
  assert.strictEqual({} instanceof http2.Http2ServerRequest, false);
  assert.strictEqual(Object.keys({ ...tls }).length, 18);
  assert.strictEqual((await import('node:tls')).checkServerIdentity, tls.checkServerIdentity);
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
