'use strict';

// Aim: whatever comes as a key is refused with an error, or is a key that can be given out and taken
// in again; and nothing of it stays behind. Method: changed good keys; see fuzz.test.cjs.

const assert = require('assert');
const crypto = require('crypto');
const { fuzz, refusedOr } = require('../../fixtures/fuzz.test.cjs');

const pairs = [
  crypto.generateKeyPairSync('rsa', { modulusLength: 512 }),
  crypto.generateKeyPairSync('rsa-pss', {
    modulusLength: 512, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 8 }),
  crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  crypto.generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  crypto.generateKeyPairSync('ed25519'),
  crypto.generateKeyPairSync('x25519'),
  crypto.generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }),
];

/** Of keys, of their options, and of the library; a failure of libcrypto need not have a code. */
const codes = /^(ERR_|$)/;

const isPrivate = (key) => key.type === 'private';
const typeOf = (key) => isPrivate(key) ? 'pkcs8' : 'spki';
const create = (key) =>
  isPrivate(key) ? crypto.createPrivateKey : crypto.createPublicKey;

/** A key that was taken in must come back the same. */
function check(key) {
  if (key === undefined) return false;
  // A private key whose halves do not fit may be taken in, and is not given out.
  const given = refusedOr(codes, () => key.export({ format: 'der', type: typeOf(key) }));
  if (given === undefined) return true;
  const back = refusedOr(codes, () => create(key)({
    key: given, format: 'der', type: typeOf(key) }));
  if (back !== undefined) {
    assert.ok(back.export({ format: 'der', type: typeOf(key) }).equals(given));
  }
  return true;
}

function forms(format) {
  const given = [];
  for (const { publicKey, privateKey } of pairs) {
    given.push(publicKey.export({ format, type: 'spki' }));
    given.push(privateKey.export({ format, type: 'pkcs8' }));
    const { asymmetricKeyType: kind } = privateKey;
    if (kind === 'rsa') {
      given.push(publicKey.export({ format, type: 'pkcs1' }));
      given.push(privateKey.export({ format, type: 'pkcs1' }));
    }
    if (kind === 'ec') given.push(privateKey.export({ format, type: 'sec1' }));
  }
  return given.map((key) => Buffer.from(key));
}

const publicTypes = ['spki', 'pkcs1'];
const privateTypes = ['pkcs8', 'pkcs1', 'sec1'];

fuzz('keys as DER', forms('der'), (key, random) => {
  const asPublic = refusedOr(codes, () => crypto.createPublicKey({
    key, format: 'der', type: random.pick(publicTypes) }));
  const asPrivate = refusedOr(codes, () => crypto.createPrivateKey({
    key, format: 'der', type: random.pick(privateTypes) }));
  const one = check(asPublic);
  return check(asPrivate) || one;
});

const locked = pairs[2].privateKey.export({
  format: 'pem', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase: 'x' });
const lockedOld = pairs[2].privateKey.export({
  format: 'pem', type: 'sec1', cipher: 'aes-128-cbc', passphrase: 'x' });

fuzz('keys as PEM', [...forms('pem'), Buffer.from(lockedOld)], (key) => {
  const asPublic = refusedOr(codes, () => crypto.createPublicKey(key));
  const asPrivate = refusedOr(codes, () => crypto.createPrivateKey({ key, passphrase: 'x' }));
  const one = check(asPublic);
  return check(asPrivate) || one;
});

fuzz('locked keys as PEM', [Buffer.from(locked)], (key) =>
  check(refusedOr(codes, () => crypto.createPrivateKey({ key, passphrase: 'x' }))));

fuzz('certificates', [Buffer.from(require('./certificate.test.cjs'), 'base64')], (bytes) => {
  const certificate = refusedOr(codes, () => new crypto.X509Certificate(bytes));
  if (certificate === undefined) return false;
  for (const name of ['subject', 'issuer', 'subjectAltName', 'infoAccess', 'validFrom', 'ca',
    'serialNumber', 'keyUsage', 'publicKey']) {
    refusedOr(codes, () => certificate[name]);
  }
  refusedOr(codes, () => certificate.toLegacyObject());
  refusedOr(codes, () => certificate.checkHost('example.org'));
  assert.ok(new crypto.X509Certificate(certificate.raw).raw.equals(certificate.raw));
  return true;
});

const jwks = pairs.filter(({ publicKey }) => !/pss|dsa/.test(publicKey.asymmetricKeyType))
  .flatMap(({ publicKey, privateKey }) => [publicKey, privateKey])
  .map((key) => key.export({ format: 'jwk' }));
jwks.push(crypto.createSecretKey(Buffer.alloc(32, 7)).export({ format: 'jwk' }));

/** Members are changed as bytes, as text, and by those of other keys. */
function changedJwk(random, changed) {
  const jwk = { ...random.pick(jwks) };
  const name = random.pick(Object.keys(jwk));
  switch (random.below(5)) {
    case 0: delete jwk[name]; break;
    case 1: jwk[name] = random.pick(Object.values(random.pick(jwks))); break;
    case 2: jwk[name] = random.pick([null, 0, {}, [], '', '=', 'A', true]); break;
    case 3: jwk[name] = changed.toString('latin1').slice(0, 100); break;
    default: {
      const bytes = Buffer.from(jwk[name], 'base64url');
      if (bytes.length > 0) bytes[random.below(bytes.length)] ^= 1 << random.below(8);
      jwk[name] = bytes.toString('base64url');
    }
  }
  return jwk;
}

fuzz('keys as JWK', [Buffer.from(JSON.stringify(jwks))], (bytes, random) => {
  const key = changedJwk(random, bytes);
  const asPublic = refusedOr(codes, () => crypto.createPublicKey({ key, format: 'jwk' }));
  const asPrivate = refusedOr(codes, () => crypto.createPrivateKey({ key, format: 'jwk' }));
  const one = check(asPublic);
  return check(asPrivate) || one;
});
