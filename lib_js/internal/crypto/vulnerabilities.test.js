'use strict';

// Aim: the vulnerabilities of crypto, webcrypto and zlib that Node 24 has mended since 24.0, each by
// its number. Those of tls, https and http stand with their modules. Method: what each report says
// that a program could do, and what it must see instead.

const assert = require('assert');
const { spawnSync } = require('child_process');
const crypto = require('crypto');
const os = require('os');
const v8 = require('v8');
const vm = require('vm');
const zlib = require('zlib');
const { row, rows } = require('../../fixtures/rows.test.cjs');
const LONG_SUBJECT = require('./certificate.test.cjs');

const { subtle } = crypto.webcrypto;

/** Keys that cannot do what is asked, for 24.0.2. */
function refusals() {
  const pair = (...options) => crypto.generateKeyPairSync(...options);
  const x25519 = pair('x25519');
  const ed25519 = pair('ed25519');
  const dh = pair('dh', { group: 'modp14' });
  const rsa = pair('rsa', { modulusLength: 512 });
  const data = Buffer.alloc(32);
  const pss = {
    key: rsa.privateKey, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 };
  const zeroPoint = crypto.createPublicKey({ format: 'der', type: 'spki', key: Buffer.concat([
    Buffer.from('302a300506032b656e032100', 'hex'), Buffer.alloc(32)]) });
  return [
    ['verify, X25519', (done) => crypto.verify(
      undefined, data, x25519.publicKey, Buffer.alloc(16), done)],
    ['sign, X25519', (done) => crypto.sign(undefined, data, x25519.privateKey, done)],
    ['sign, Diffie-Hellman', (done) => crypto.sign('sha256', data, dh.privateKey, done)],
    ['sign, a salt larger than the key', (done) => crypto.sign('sha512', data, pss, done)],
    ['sign, Ed25519 with a digest', (done) => crypto.sign(
      'sha256', data, ed25519.privateKey, done)],
    ['verify, Ed25519 with a digest', (done) => crypto.verify(
      'sha256', data, ed25519.publicKey, Buffer.alloc(64), done)],
    ['diffieHellman, a point of small order', (done) => crypto.diffieHellman(
      { privateKey: x25519.privateKey, publicKey: zeroPoint }, done)],
  ];
}

rows('CVE-2025-23166: what fails in another thread comes as an error', refusals(), async (
  name, start) => {
  const [error, result] = await new Promise((resolve) => {
    start((...answer) => resolve(answer));
  });
  assert.ok(error instanceof Error);
  assert.strictEqual(result, undefined);
});

row('CVE-2025-59464: names of a certificate are freed', () => {
  const rounds = 10_000;
  const memory = () => {
    v8.setFlagsFromString('--expose-gc');
    vm.runInNewContext('gc')();
    return process.memoryUsage.rss();
  };
  const certificate = new crypto.X509Certificate(Buffer.from(LONG_SUBJECT, 'base64'));
  const ask = (count) => {
    for (let i = 0; i < count; i++) {
      assert.strictEqual(certificate.toLegacyObject().subject.OU.length, 6);
    }
  };
  ask(rounds / 4);
  const before = memory();
  ask(rounds);
  // Its names alone would be 9 MB.
  const grown = memory() - before;
  assert.ok(grown < rounds * 450, `${grown} bytes more`);
});

row('CVE-2026-21713: MACs are compared in constant time', async () => {
  const program = `
    const { internalBinding } = require('internal/test/binding');
    const binding = internalBinding('crypto');
    const { isEqual } = binding;
    const seen = [];
    binding.isEqual = (one, other) => {
      seen.push(one.length);
      return isEqual(one, other);
    };
    const { subtle } = require('crypto').webcrypto;
    const algorithm = { name: 'HMAC', hash: 'SHA-384' };
    subtle.generateKey(algorithm, true, ['sign', 'verify']).then(async (key) => {
      const mac = await subtle.sign(algorithm, key, Buffer.from('a'));
      const answers = [await subtle.verify(algorithm, key, mac, Buffer.from('a'))];
      new Uint8Array(mac)[0] ^= 1;
      answers.push(await subtle.verify(algorithm, key, mac, Buffer.from('a')));
      console.log(JSON.stringify([answers, seen]));
    });`;
  const child = spawnSync(process.execPath, ['--expose-internals', '-e', program]);
  assert.deepStrictEqual(JSON.parse(child.stdout), [[true, false], [48, 48]]);
});

const GIB = 2 ** 30;

row('CVE-2026-48933: lengths of ciphers do not overflow', async () => {
  // Memory that nobody writes to costs nothing.
  const most = new Uint8Array(2 * GIB - 1);
  const cipher = crypto.createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16));
  assert.throws(() => cipher.update(most), Error);
  const algorithm = { name: 'AES-CBC', iv: new Uint8Array(16), length: 128 };
  const key = await subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
  const refused = { name: 'OperationError' };
  await assert.rejects(subtle.encrypt(algorithm, key, new Uint8Array(2 * GIB)), refused);
  await assert.rejects(subtle.decrypt(algorithm, key, new Uint8Array(2 * GIB)), refused);
  // WebCrypto copies what it is given.
  if (os.freemem() < 6 * GIB) return;
  await assert.rejects(subtle.encrypt(algorithm, key, most), refused);
}, 60_000);

rows('CVE-2026-58045: zlib does not believe a made-up byteLength', [
  ['deflateSync'], ['deflateRawSync'], ['gzipSync'], ['inflateSync'], ['inflateRawSync'],
  ['gunzipSync'], ['unzipSync'], ['brotliCompressSync'], ['brotliDecompressSync'],
  ['zstdCompressSync'], ['zstdDecompressSync'],
], (name) => {
  for (const Type of [Uint8Array, Float64Array, DataView]) {
    const view = new Type(new ArrayBuffer(64));
    Object.defineProperty(view, 'byteLength', { value: GIB });
    assert.throws(() => zlib[name](view), {
      name: 'RangeError', code: 'ERR_OUT_OF_RANGE', message: 'input buffer is out of bounds' });
  }
});

row('CVE-2026-58045: checksums are of the bytes that are there', () => {
  const bytes = Buffer.from('some bytes');
  const expect = zlib.crc32('some bytes');
  Object.defineProperty(bytes, 'byteLength', { value: GIB });
  Object.defineProperty(bytes, 'length', { value: GIB });
  assert.strictEqual(zlib.crc32(bytes), expect);
});
