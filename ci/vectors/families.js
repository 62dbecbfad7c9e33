'use strict';
// What Wycheproof's vectors ask of node:crypto: one function for each type of test. Each gives what
// the runtime answered: `true` or `false` for "valid" or "invalid", or ABSENT with a reason where
// Node has no such algorithm or no way to ask for it.
const assert = require('assert');
const crypto = require('crypto');

const ABSENT = (why) => ({ why });
const bytes = (hex) => Buffer.from(hex, 'hex');

const ciphers = new Set(crypto.getCiphers());
const curves = new Set(crypto.getCurves());
const hashes = new Set(crypto.getHashes().map((name) => name.toLowerCase()));

/** Wycheproof's name of a digest as Node's, or undefined. */
function digestOf(name) {
  const match = /^SHA(3)?-(?:(\d+)\/)?(\d+)$/.exec(name);
  if (match === null) return undefined;
  const [, isThree, outer, bits] = match;
  const own = isThree ? `sha3-${bits}` : outer ? `sha${outer}-${bits}` : `sha${bits}`;
  return hashes.has(own) ? own : undefined;
}

const curveNames = { secp256r1: 'prime256v1', secp192r1: 'prime192v1' };
const curveOf = (name) => curveNames[name] ?? name;

/** What `question` gives, or false where it throws an Error. */
function tried(question) {
  try {
    return question();
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return false;
  }
}

const isSame = (one, other) => one.equals(other);

function seal(name, key, iv, aad, message, tagBytes) {
  const cipher = crypto.createCipheriv(name, key, iv, { authTagLength: tagBytes });
  cipher.setAAD(aad, { plaintextLength: message.length });
  const text = Buffer.concat([cipher.update(message), cipher.final()]);
  return [text, cipher.getAuthTag()];
}

function unseal(name, key, iv, aad, text, tag) {
  const decipher = crypto.createDecipheriv(name, key, iv, { authTagLength: tag.length });
  decipher.setAuthTag(tag);
  decipher.setAAD(aad, { plaintextLength: text.length });
  return Buffer.concat([decipher.update(text), decipher.final()]);
}

function aead(name, test) {
  if (!ciphers.has(name)) return ABSENT(`cipher ${name}`);
  const [key, iv, aad, message, text, tag] =
    [test.key, test.iv, test.aad, test.msg, test.ct, test.tag].map(bytes);
  const isOpened = tried(() => isSame(unseal(name, key, iv, aad, text, tag), message));
  // An altered text may not be made by sealing the message.
  if (test.result === 'valid') {
    assert.deepStrictEqual(seal(name, key, iv, aad, message, tag.length), [text, tag]);
  }
  return isOpened;
}

function AeadTest(file, group, test) {
  if (file === 'chacha20_poly1305') return aead('chacha20-poly1305', test);
  const match = /^aes_(gcm|ccm)$/.exec(file);
  if (match === null) return ABSENT(`cipher ${file}`);
  return aead(`aes-${group.keySize}-${match[1]}`, test);
}

/** GMAC is GCM of nothing. */
function MacWithIvTest(file, group, test) {
  if (file !== 'aes_gmac') return ABSENT(file);
  return aead(`aes-${group.keySize}-gcm`, { ...test, aad: test.msg, msg: '', ct: '' });
}

function crypt(make, name, key, iv, data) {
  const cipher = make(name, key, iv);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

/** Both ways of a cipher without a tag. */
function bothWays(name, key, iv, message, text, result) {
  if (!ciphers.has(name)) return ABSENT(`cipher ${name}`);
  if (result === 'valid') {
    assert.deepStrictEqual(crypt(crypto.createCipheriv, name, key, iv, message), text);
  }
  return tried(() => isSame(crypt(crypto.createDecipheriv, name, key, iv, text), message));
}

function IndCpaTest(file, group, test) {
  const [key, iv, message, text] = [test.key, test.iv, test.msg, test.ct].map(bytes);
  if (file === 'aes_cbc_pkcs5') {
    return bothWays(`aes-${group.keySize}-cbc`, key, iv, message, text, test.result);
  }
  if (file !== 'aes_xts') return ABSENT(`cipher ${file}`);
  const tweak = Buffer.concat([iv, Buffer.alloc(16 - iv.length)]);
  return bothWays(`aes-${group.keySize / 2}-xts`, key, tweak, message, text, test.result);
}

function KeywrapTest(file, group, test) {
  const match = /^aes_(kwp|wrap)$/.exec(file);
  if (match === null) return ABSENT(`cipher ${file}`);
  const [key, message, text] = [test.key, test.msg, test.ct].map(bytes);
  const [name, iv] = match[1] === 'wrap' ?
    [`id-aes${group.keySize}-wrap`, bytes('a6'.repeat(8))] :
    [`id-aes${group.keySize}-wrap-pad`, bytes('a65959a6')];
  return bothWays(name, key, iv, message, text, test.result);
}

function MacTest(file, group, test) {
  const match = /^hmac_(sha\d+)(?:_(\d+))?$/.exec(file);
  const name = match && (match[2] ? `${match[1]}-${match[2]}` : match[1]);
  if (name === null || !hashes.has(name)) return ABSENT(`MAC ${file}`);
  const mac = crypto.createHmac(name, bytes(test.key)).update(bytes(test.msg)).digest();
  return isSame(mac.subarray(0, group.tagSize / 8), bytes(test.tag));
}

function HkdfTest(file, group, test) {
  const digest = file.slice('hkdf_'.length);
  return tried(() => {
    const made = crypto.hkdfSync(
      digest, bytes(test.ikm), bytes(test.salt), bytes(test.info), test.size);
    return isSame(Buffer.from(made), bytes(test.okm));
  });
}

const pbkdf2 = (file, test, count) => crypto.pbkdf2Sync(
  bytes(test.password), bytes(test.salt), test.iterationCount, count,
  /hmac(sha\d+)/.exec(file)[1]);

function PbkdfTest(file, group, test) {
  return tried(() => isSame(pbkdf2(file, test, test.dkLen), bytes(test.dk)));
}

function PbeTest(file, group, test) {
  const bits = Number(/\d+$/.exec(file)[0]);
  const key = tried(() => pbkdf2(file, test, bits / 8));
  if (key === false) return false;
  return bothWays(
    `aes-${bits}-cbc`, key, bytes(test.iv), bytes(test.msg), bytes(test.ct), test.result);
}

function PrimalityTest(file, group, test) {
  const value = bytes(test.value);
  if (value[0] >= 0x80) return ABSENT('primes below zero');
  return crypto.checkPrimeSync(value);
}

/** A public key as each of the forms in which the group has it. */
function publicKeys(group) {
  const keys = [
    crypto.createPublicKey(group.publicKeyPem),
    crypto.createPublicKey({ key: bytes(group.publicKeyDer), format: 'der', type: 'spki' }),
  ];
  const jwk = group.publicKeyJwk ?? group.keyJwk;
  if (jwk !== undefined) keys.push(crypto.createPublicKey({ key: jwk, format: 'jwk' }));
  return keys;
}

/** What all forms of the key say of a signature: they must agree. */
function verify(group, digest, test, options) {
  const answers = publicKeys(group).map((key) => tried(() => crypto.verify(
    digest, bytes(test.msg), { key, ...options }, bytes(test.sig))));
  assert.ok(answers.every((answer) => answer === answers[0]), 'forms of a key disagree');
  return answers[0];
}

function verifyWith(dsaEncoding) {
  return function verifies(file, group, test) {
    const curve = group.publicKey?.curve;
    if (curve !== undefined && !curves.has(curveOf(curve))) return ABSENT(`curve ${curve}`);
    const digest = digestOf(group.sha);
    if (digest === undefined) return ABSENT(`digest ${group.sha}`);
    return verify(group, digest, test, { dsaEncoding });
  };
}

const isAbsentKey = (kind) => tried(() => crypto.generateKeyPairSync(kind)) === false;
const absentKinds = new Set(
  ['ed448', 'x448', 'ml-dsa-44', 'ml-kem-512', 'ml-kem-768'].filter(isAbsentKey));

function EddsaVerify(file, group, test) {
  if (absentKinds.has(file)) return ABSENT(`keys ${file}`);
  return verify(group, null, test, {});
}

function RsassaPkcs1Verify(file, group, test) {
  const digest = digestOf(group.sha);
  if (digest === undefined) return ABSENT(`digest ${group.sha}`);
  return verify(group, digest, test, {});
}

function RsassaPssVerify(file, group, test) {
  const digest = digestOf(group.sha);
  if (digest === undefined) return ABSENT(`digest ${group.sha}`);
  if (group.mgfSha !== group.sha) return ABSENT('PSS with two digests, of keys that name none');
  return verify(group, digest, test, {
    padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: group.sLen });
}

function RsassaPssWithParametersVerify(file, group, test) {
  const digest = digestOf(group.sha);
  if (digest === undefined || digestOf(group.mgfSha) === undefined) {
    return ABSENT(`digest ${group.sha}`);
  }
  return verify(group, digest, test, { saltLength: group.sLen });
}

function RsaesOaepDecrypt(file, group, test) {
  if (group.mgfSha !== group.sha) return ABSENT('OAEP with two digests');
  const oaepHash = digestOf(group.sha);
  if (oaepHash === undefined) return ABSENT(`digest ${group.sha}`);
  return tried(() => isSame(crypto.privateDecrypt({
    key: group.privateKeyPem, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash,
    oaepLabel: bytes(test.label) }, bytes(test.ct)), bytes(test.msg)));
}

/** Padding that is wrong gives noise instead of an error (implicit rejection). */
function RsaesPkcs1Decrypt(file, group, test) {
  const plain = tried(() => crypto.privateDecrypt({
    key: group.privateKeyPem, padding: crypto.constants.RSA_PKCS1_PADDING }, bytes(test.ct)));
  if (plain === false) return false;
  return test.result === 'invalid' && test.msg === '' ? false : isSame(plain, bytes(test.msg));
}

const element = (tag, content) => {
  const { length } = content;
  const head = length < 128 ? [tag, length] : [tag, 0x81, length];
  return Buffer.concat([Buffer.from(head), content]);
};

const curveIds = {
  secp224r1: '06052b81040021',
  secp256r1: '06082a8648ce3d030107',
  secp256k1: '06052b8104000a',
  secp384r1: '06052b81040022',
  secp521r1: '06052b81040023',
  brainpoolP224r1: '06092b2403030208010105',
  brainpoolP256r1: '06092b2403030208010107',
  brainpoolP320r1: '06092b2403030208010109',
  brainpoolP384r1: '06092b240303020801010b',
  brainpoolP512r1: '06092b240303020801010d',
};

/** SEC 1's private key of a scalar. */
function privateOf(curve, scalar) {
  const bits = Number(/\d+/.exec(curve)[0]);
  const number = BigInt(`0x${scalar}`).toString(16).padStart(Math.ceil(bits / 8) * 2, '0');
  const key = element(0x30, Buffer.concat([
    Buffer.from([2, 1, 1]), element(4, bytes(number)), element(0xa0, bytes(curveIds[curve]))]));
  return crypto.createPrivateKey({ key, format: 'der', type: 'sec1' });
}

function EcdhTest(file, group, test) {
  if (!curves.has(curveOf(group.curve))) return ABSENT(`curve ${group.curve}`);
  return tried(() => {
    const privateKey = privateOf(group.curve, test.private);
    const publicKey = crypto.createPublicKey({
      key: bytes(test.public), format: 'der', type: 'spki' });
    return isSame(crypto.diffieHellman({ privateKey, publicKey }), bytes(test.shared));
  });
}

function EcdhEcpointTest(file, group, test) {
  return tried(() => {
    const ecdh = crypto.createECDH(curveOf(group.curve));
    const scalar = BigInt(`0x${test.private}`).toString(16);
    ecdh.setPrivateKey(scalar.padStart(scalar.length + scalar.length % 2, '0'), 'hex');
    return isSame(ecdh.computeSecret(bytes(test.public)), bytes(test.shared));
  });
}

const xdh = {
  curve25519: { name: 'x25519', id: '06032b656e', bytes: 32 },
  curve448: { name: 'x448', id: '06032b656f', bytes: 56 },
};

function XdhComp(file, group, test) {
  const own = xdh[group.curve];
  if (absentKinds.has(own.name)) return ABSENT(`keys ${own.name}`);
  const id = element(0x30, bytes(own.id));
  const inner = element(4, bytes(test.private));
  const pkcs8 = element(0x30, Buffer.concat([Buffer.from([2, 1, 0]), id, element(4, inner)]));
  const point = Buffer.concat([Buffer.from([0]), bytes(test.public)]);
  const spki = element(0x30, Buffer.concat([id, element(3, point)]));
  return tried(() => isSame(crypto.diffieHellman({
    privateKey: crypto.createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
    publicKey: crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' }),
  }), bytes(test.shared)));
}

function MlDsaVerify(file, group, test) {
  if (absentKinds.has('ml-dsa-44')) return ABSENT('keys ml-dsa');
  const context = test.ctx === undefined ? undefined : bytes(test.ctx);
  return tried(() => {
    const key = crypto.createPublicKey({
      key: bytes(group.publicKeyDer), format: 'der', type: 'spki' });
    return crypto.verify(null, bytes(test.msg), { key, context }, bytes(test.sig));
  });
}

/** Signatures are random: each is held against the public key. */
function MlDsaSign(file, group, test) {
  if (absentKinds.has('ml-dsa-44')) return ABSENT('keys ml-dsa');
  if (group.privateKeyPkcs8 === undefined) return ABSENT('ML-DSA keys without their seed');
  if (test.msg === undefined) return ABSENT('signing of a hash that ML-DSA makes inside');
  const context = test.ctx === undefined ? undefined : bytes(test.ctx);
  return tried(() => {
    const key = crypto.createPrivateKey({
      key: bytes(group.privateKeyPkcs8), format: 'der', type: 'pkcs8' });
    const publicKey = crypto.createPublicKey(key);
    const message = bytes(test.msg);
    const signature = crypto.sign(null, message, { key, context });
    return crypto.verify(null, message, { key: publicKey, context }, signature) &&
      crypto.verify(null, message, { key: publicKey, context }, bytes(test.sig));
  });
}

const kemIds = { 'ML-KEM-512': 1, 'ML-KEM-768': 2, 'ML-KEM-1024': 3 };
const kemId = (set) => element(0x30, bytes(`060960864801650304040${kemIds[set]}`));

/** PKCS#8 of a seed, as RFC 9935 has it. */
function kemPrivate(set, seed) {
  const inner = element(0x80, bytes(seed));
  return crypto.createPrivateKey({ format: 'der', type: 'pkcs8', key: element(0x30, Buffer.concat([
    Buffer.from([2, 1, 0]), kemId(set), element(4, inner)])) });
}

function long(tag, content) {
  return Buffer.concat([Buffer.from([tag, 0x82, content.length >> 8, content.length & 255]),
                        content]);
}

function kemPublic(set, key) {
  const point = Buffer.concat([Buffer.from([0]), bytes(key)]);
  return crypto.createPublicKey({ format: 'der', type: 'spki', key: long(0x30, Buffer.concat([
    kemId(set), long(3, point)])) });
}

const isAbsentKem = (set) => absentKinds.has(set === 'ML-KEM-512' ? 'ml-kem-512' : 'ml-kem-768');

function MLKEMTest(file, group, test) {
  const { parameterSet: set } = group;
  if (isAbsentKem(set)) return ABSENT(`keys ${set}`);
  return tried(() => {
    const key = kemPrivate(set, test.seed);
    return isSame(Buffer.from(crypto.decapsulate(key, bytes(test.c))), bytes(test.K));
  });
}

function MLKEMKeyGen(file, group, test) {
  const { parameterSet: set } = group;
  if (isAbsentKem(set)) return ABSENT(`keys ${set}`);
  return tried(() => {
    const made = crypto.createPublicKey(kemPrivate(set, test.seed));
    return made.equals(kemPublic(set, test.ek));
  });
}

/** What is sent is random: only keys that must be refused say anything. */
function MLKEMEncapsTest(file, group, test) {
  const { parameterSet: set } = group;
  if (isAbsentKem(set)) return ABSENT(`keys ${set}`);
  if (test.result === 'valid') return ABSENT('encapsulation from given random bytes');
  return tried(() => Boolean(crypto.encapsulate(kemPublic(set, test.ek))));
}

module.exports = {
  AeadTest, DsaP1363Verify: verifyWith('ieee-p1363'), DsaVerify: verifyWith('der'),
  EcdhEcpointTest, EcdhTest, EcdsaP1363Verify: verifyWith('ieee-p1363'),
  EcdsaVerify: verifyWith('der'), EddsaVerify, HkdfTest, IndCpaTest, KeywrapTest, MLKEMEncapsTest,
  MLKEMKeyGen, MLKEMTest, MacTest, MacWithIvTest, MlDsaSign, MlDsaVerify, PbeTest, PbkdfTest,
  PrimalityTest, RsaesOaepDecrypt, RsaesPkcs1Decrypt, RsassaPkcs1Verify, RsassaPssVerify,
  RsassaPssWithParametersVerify, XdhComp,
};
