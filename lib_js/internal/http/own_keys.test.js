'use strict';

// The fields that a server has of its own, in Node's order, and that they are followed.

const assert = require('assert');
const http = require('http');
const https = require('https');
const tls = require('tls');
const { inspect } = require('util');

const OPTIONS = [
  'maxHeaderSize', 'insecureHTTPParser', 'httpValidation', 'requestTimeout', 'headersTimeout',
  'keepAliveTimeout', 'keepAliveTimeoutBuffer', 'connectionsCheckingInterval',
  'requireHostHeader', 'joinDuplicateHeaders', 'rejectNonStandardBodyWrites',
  'shouldUpgradeCallback',
];
const SECURE = [
  '_contexts', 'requestCert', 'rejectUnauthorized', 'ALPNCallback', 'pfx', 'key', 'passphrase',
  'cert', 'clientCertEngine', 'ca', 'minVersion', 'maxVersion', 'secureProtocol', 'crl', 'sigalgs',
  'ciphers', 'ecdhCurve', 'dhparam', 'honorCipherOrder', 'secureOptions', 'sessionIdContext',
  'privateKeyIdentifier', 'privateKeyEngine', 'certificateCompression', '_sharedCreds',
];
const NET = [
  '_events', '_eventsCount', '_maxListeners', '_connections', '_handle', '_usingWorkers',
  '_workers', '_unref', '_listeningId', 'allowHalfOpen', 'pauseOnConnect', 'noDelay', 'keepAlive',
  'keepAliveInitialDelay', 'highWaterMark',
];
const HTTP = ['httpAllowHalfOpen', 'timeout', 'maxHeadersCount', 'maxRequestsPerSocket'];

assert.deepStrictEqual(Object.keys(http.createServer()), [...OPTIONS, ...NET, ...HTTP]);
assert.deepStrictEqual(Object.keys(tls.createServer()), [...SECURE, ...NET]);
const secure = https.createServer();
assert.deepStrictEqual(
  Object.keys(secure),
  [...OPTIONS, ...SECURE.toSpliced(4, 0, 'ALPNProtocols'), ...NET, ...HTTP.slice(0, 3)]);
assert.strictEqual(secure.maxRequestsPerSocket, undefined);
secure.maxRequestsPerSocket = 3;
assert.strictEqual(secure.maxRequestsPerSocket, 3);
assert.strictEqual(Object.keys(secure).at(-1), 'maxRequestsPerSocket');

const server = http.createServer();
server.timeout = 7;
assert.strictEqual({ ...server }.timeout, 7);
assert.ok(Object.hasOwn(server, 'keepAliveTimeout'));
assert.ok(!('timeout' in http.Server.prototype));
assert.match(inspect(server), /\n {2}timeout: 7,\n/);
assert.match(inspect(secure), /\n {2}headersTimeout: 60000,\n/);
