'use strict';

// Aim: what Node's own tests do not show where the library is of BoringSSL's family: RSA-PSS and
// private Diffie-Hellman keys, which this library writes itself, decryption that tells nothing of a
// wrong padding, keys in other threads, and keys that are made while the loop turns. Method:
// figures taken from Node 24, and round trips.

const assert = require('assert');
const crypto = require('crypto');
const { Worker } = require('worker_threads');
const { row, rows } = require('../../fixtures/rows.test.cjs');

const SMALL_RSA = Buffer.from(
  'MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEAwR8vjXJDPAeFraXQK79LYpWDJxFxWy5J7gCB/99cjZjk' +
  'W7BM5EzVSJC+Bnv4cMOoR+cemHdXHSKH7BfPeyL+vwIDAQABAkApH/78XAy9R8zLwbem2UGwaK5ZL3m4NQ9BQ5JrbqFC' +
  '9aDlY3DeeKOpETETSOwroP6tIkDEmSQuxdKiBpA9UPMBAiEA9Re+ONdl6y6k9YjXWaQRS14a0S89dlNVNvo6EraLjl8C' +
  'IQDJt1sbkqJYNBmHZljV5JhYsSL+s8/Wz6KWSRXTlturoQIhAOnnQ+oZXzIIrPOLKgJpuvuTjsJOdDjFpNC4E84iGqO/' +
  'AiEAu3AXxt1Q4ak396tQ7SCHuBKRtB+eB7vVFtU+5OiPo0ECIQDnFz0ln0r5L+IGegLQbBgQSqRxDTGWVHSHQtufLEpZ' +
  '+Q==', 'base64');

rows('a wrong padding gives what Node gives', [
  [1, '46e422592611eb82827899ae06a54b8da4c5ceec42578e0f099a5cb7028f6d08a005de8756db3f9e38ce5adb46'],
  [2, 'da4c61578e9c9453ac93f71cae4d'],
  [3, '51276ef7c6fb88125f5526bd361a8cdc9e8080330d29c2fe'],
  [7, '1b2aef367c7ab800295765de275da0357345d3cd6c1dc3d725ae1c77d52300bf8bcc60c9a58f4513d7a74ccb8a'],
  [33, '1d587845b4a65c8fb6f7fda977'],
], (byte, expect) => {
  const key = crypto.createPrivateKey({ key: SMALL_RSA, format: 'der', type: 'pkcs8' });
  const ciphertext = Buffer.alloc(64, byte);
  ciphertext[0] = 0;
  const padding = crypto.constants.RSA_PKCS1_PADDING;
  assert.strictEqual(
    crypto.privateDecrypt({ key, padding }, ciphertext).toString('hex'), expect);
  const sealed = crypto.publicEncrypt({ key, padding }, Buffer.from('right'));
  assert.strictEqual(crypto.privateDecrypt({ key, padding }, sealed).toString(), 'right');
});

row('keys of RSA-PSS keep what restricts them', () => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa-pss', {
    modulusLength: 1024, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha1', saltLength: 17,
  });
  const details = {
    modulusLength: 1024, publicExponent: 65537n, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha1',
    saltLength: 17,
  };
  const spki = publicKey.export({ format: 'pem', type: 'spki' });
  const pkcs8 = privateKey.export({ format: 'pem', type: 'pkcs8' });
  assert.deepStrictEqual(crypto.createPublicKey(spki).asymmetricKeyDetails, details);
  assert.deepStrictEqual(crypto.createPrivateKey(pkcs8).asymmetricKeyDetails, details);
  assert.strictEqual(crypto.createPrivateKey(pkcs8).asymmetricKeyType, 'rsa-pss');
});

row('keys of Diffie-Hellman agree, and are read as they were written', () => {
  const one = crypto.generateKeyPairSync('dh', { group: 'modp14' });
  const two = crypto.generateKeyPairSync('dh', { group: 'modp14' });
  const secret = crypto.diffieHellman({ privateKey: one.privateKey, publicKey: two.publicKey });
  const read = crypto.createPrivateKey(two.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  assert.deepStrictEqual(
    crypto.diffieHellman({ privateKey: read, publicKey: one.publicKey }), secret);
  assert.strictEqual(secret.length, 256);
});

rows('all that a key of a curve is written as', [
  [{ format: 'pem', type: 'sec1' }],
  [{ format: 'der', type: 'sec1' }],
  [{ format: 'pem', type: 'pkcs8' }],
  [{ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' }],
  [{ format: 'pem', type: 'sec1', cipher: 'aes-256-cbc', passphrase: 'secret' }],
  [{ format: 'jwk' }],
], (encoding) => {
  const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const key = privateKey.export(encoding);
  assert.ok(crypto.createPrivateKey({ ...encoding, key }).equals(privateKey));
});

row('keys arrive in another thread', async () => {
  const secret = crypto.createSecretKey(Buffer.from('secret'));
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const hidden =
    await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const worker = new Worker(`
    const { parentPort, workerData } = require('worker_threads');
    const crypto = require('crypto');
    const { secret, privateKey, publicKey, hidden } = workerData;
    const signature = crypto.sign(null, Buffer.from('data'), privateKey);
    crypto.subtle.sign('HMAC', hidden, Buffer.from('data')).then((mac) => parentPort.postMessage([
      secret.export().toString(), crypto.verify(null, Buffer.from('data'), publicKey, signature),
      hidden.extractable, Buffer.from(mac).toString('hex'), signature,
    ]));
  `, { eval: true, workerData: { secret, privateKey, publicKey, hidden } });
  const answer = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const mac = await crypto.subtle.sign('HMAC', hidden, Buffer.from('data'));
  assert.deepStrictEqual(
    answer.slice(0, 4), ['secret', true, false, Buffer.from(mac).toString('hex')]);
  assert.ok(crypto.verify(null, Buffer.from('data'), publicKey, answer[4]));
  await worker.terminate();
});

row('a key is made while the loop turns', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await new Promise((resolve, reject) => {
    crypto.generateKeyPair('rsa', { modulusLength: 4096 }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  clearInterval(timer);
  assert.ok(turns > 10, `${turns} turns`);
});

rows('members of JWKs stand in the order of Node', [
  ['ec', 'kty,x,y,crv,d', { namedCurve: 'P-256' }],
  ['ed25519', 'crv,d,x,kty'],
  ['x25519', 'crv,d,x,kty'],
  ['rsa', 'kty,n,e,d,p,q,dp,dq,qi', { modulusLength: 512 }],
  ['ml-dsa-44', 'priv,kty,alg,pub'],
], (type, expect, options) => {
  const { privateKey, publicKey } = crypto.generateKeyPairSync(type, options);
  assert.strictEqual(Object.keys(privateKey.export({ format: 'jwk' })).join(), expect);
  const half = expect.split(',').filter((name) => !/^(d|p|q|dp|dq|qi|priv)$/.test(name));
  assert.deepStrictEqual(Object.keys(publicKey.export({ format: 'jwk' })), half);
});

row('keys of RSA below 512 bits are not made', async () => {
  for (const type of ['rsa', 'rsa-pss']) {
    for (const modulusLength of [256, 511]) {
      assert.throws(() => crypto.generateKeyPairSync(type, { modulusLength }),
                    /key.size.too.small/i);
    }
  }
  assert.strictEqual(crypto.generateKeyPairSync('rsa', {
    modulusLength: 512 }).publicKey.asymmetricKeyDetails.modulusLength, 512);
});
