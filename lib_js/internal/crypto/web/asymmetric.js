'use strict';

// WebCrypto's keys that come in pairs: RSA, curves, Edwards and Montgomery curves, lattices. They
// differ in a few answers (`families`), and are made, read and written in the same way.

const {
  ArrayPrototypeConcat,
  ArrayPrototypeIncludes,
  ArrayPrototypeUnshift,
  BigInt,
  Number,
  ObjectPrototypeHasOwnProperty,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSet,
  Uint8Array,
} = primordials;

const { lazyDOMException } = require('internal/util');
const {
  InternalCryptoKey,
  getCryptoKeyAlgorithm,
  getCryptoKeyHandle,
  getCryptoKeyType,
} = require('internal/crypto/crypto_key');
const { DEFAULT, formats } = require('internal/crypto/key_encoding');
const { generation, recipe } = require('internal/crypto/keygen');
const { NativeKey } = require('internal/crypto/native_key');
const { maskOfUsages } = require('internal/crypto/usages');
const { after, laneWork, operationError } = require('internal/crypto/web/answer');
const { bytesOf, toArrayBuffer } = require('internal/crypto/web/bytes');
const { jwkName } = require('internal/crypto/web/hash_names');
const {
  checkJwk,
  checkNotEmpty,
  checkUsages,
  dataError,
  fromDer,
  fromJwk,
  fromRaw,
  usagesAmong,
} = require('internal/crypto/web/key_checks');

const mismatch = 'JWK "alg" does not match the requested algorithm';

/** Of an exponent: any number of zeros in front; undefined if it has more than 32 bits. */
function bigIntArrayToUnsignedInt(bytes) {
  let number = 0;
  const count = TypedArrayPrototypeGetByteLength(bytes);
  for (let i = 0; i < count; i++) {
    number = number * 256 + bytes[i];
    if (number > 0xffffffff) return undefined;
  }
  return number;
}

function bigIntArrayToUnsignedBigInt(bytes) {
  let number = 0n;
  const count = TypedArrayPrototypeGetByteLength(bytes);
  for (let i = 0; i < count; i++) number = number << 8n | BigInt(bytes[i]);
  return number;
}

function exponentBytes(number) {
  const digits = [];
  for (let rest = number; rest > 0n; rest >>= 8n) {
    ArrayPrototypeUnshift(digits, Number(rest & 255n));
  }
  return new Uint8Array(digits);
}

const signs = { publicUsages: ['verify'], privateUsages: ['sign'], use: 'sig' };
const derives = { publicUsages: [], privateUsages: ['deriveKey', 'deriveBits'], use: 'enc' };

const rsaFamily = {
  kty: 'RSA',
  secretMember: 'd',
  recipe({ modulusLength, publicExponent }) {
    const exponent = bigIntArrayToUnsignedInt(publicExponent);
    if (exponent === undefined) {
      throw lazyDOMException(
        'The publicExponent must be equivalent to an unsigned 32-bit value', 'OperationError');
    }
    return recipe('rsa', [modulusLength, exponent]);
  },
  checkRecipe({ numbers }) {
    if (numbers[1] < 3 || numbers[1] % 2 === 0) throw operationError();
  },
  keyAlgorithm: ({ name, modulusLength, publicExponent, hash }) =>
    ({ name, modulusLength, publicExponent, hash }),
  checkJwk(jwk, { name, hash }) {
    const expected = jwkName(name, hash.name);
    if (jwk.alg !== undefined && expected !== undefined && jwk.alg !== expected) {
      throw dataError(mismatch);
    }
  },
  imported(key, { name, hash }) {
    if (key.kind !== 'rsa') throw dataError('Invalid key type');
    const { modulusLength, publicExponent } = key.details;
    return { name, modulusLength, publicExponent: exponentBytes(publicExponent), hash };
  },
  jwkAlg: ({ name, hash }) => jwkName(name, hash.name),
};

const curveNames = {
  '__proto__': null, 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1',
};
const curveAlgs = { '__proto__': null, 'ES256': 'P-256', 'ES384': 'P-384', 'ES512': 'P-521' };

const curveFamily = {
  kty: 'EC',
  secretMember: 'd',
  raw: ['raw', 'raw-public'],
  recipe: ({ namedCurve }) => recipe('ec', [], namedCurve),
  keyAlgorithm: ({ name, namedCurve }) => ({ name, namedCurve }),
  checkJwk(jwk, { name, namedCurve }) {
    if (jwk.crv !== namedCurve) {
      throw dataError('JWK "crv" does not match the requested algorithm');
    }
    if (name === 'ECDSA' && jwk.alg !== undefined && curveAlgs[jwk.alg] !== namedCurve) {
      throw dataError(mismatch);
    }
  },
  fromRaw: (bytes, { namedCurve }) => fromRaw('raw-public', bytes, 'ec', namedCurve),
  imported(key, { name, namedCurve }) {
    if (key.kind !== 'ec') throw dataError('Invalid key type');
    if (key.details.namedCurve !== curveNames[namedCurve]) {
      throw dataError('Named curve mismatch');
    }
    return { name, namedCurve };
  },
  jwkAlg: () => undefined,
};

const kindOf = ({ name }) => StringPrototypeToLowerCase(name);

function checkedKind(key, algorithm) {
  if (key.kind !== kindOf(algorithm)) throw dataError('Invalid key type');
  return { name: algorithm.name };
}

const okpFamily = {
  kty: 'OKP',
  secretMember: 'd',
  raw: ['raw', 'raw-public'],
  recipe: (algorithm) => recipe(kindOf(algorithm), []),
  keyAlgorithm: ({ name }) => ({ name }),
  checkJwk(jwk, { name }) {
    if (jwk.crv !== name) throw dataError('JWK "crv" Parameter and algorithm name mismatch');
    if (name === 'Ed25519' && jwk.alg !== undefined && jwk.alg !== name && jwk.alg !== 'EdDSA') {
      throw dataError(mismatch);
    }
  },
  fromRaw: (bytes, algorithm) => fromRaw('raw-public', bytes, kindOf(algorithm)),
  imported: checkedKind,
  jwkAlg: ({ name }) => (name === 'Ed25519' ? name : undefined),
};

/** Lengths of PKCS#8 without the seed, from which Node makes no keys. */
const seedless = {
  '__proto__': null,
  'ML-DSA-44': 2588,
  'ML-DSA-65': 4060,
  'ML-DSA-87': 4924,
  'ML-KEM-768': 2428,
  'ML-KEM-1024': 3196,
};
/** Last bytes of the algorithms' object identifiers. */
const latticeIds = {
  '__proto__': null,
  'ML-DSA-44': [3, 17],
  'ML-DSA-65': [3, 18],
  'ML-DSA-87': [3, 19],
  'ML-KEM-768': [4, 2],
  'ML-KEM-1024': [4, 3],
};

const latticeFamily = {
  kty: 'AKP',
  secretMember: 'priv',
  raw: ['raw-public'],
  recipe: okpFamily.recipe,
  keyAlgorithm: okpFamily.keyAlgorithm,
  checkJwk(jwk, { name }) {
    if (jwk.alg !== name) throw dataError('JWK "alg" Parameter and algorithm name mismatch');
  },
  checkPkcs8(bytes, { name }) {
    if (TypedArrayPrototypeGetByteLength(bytesOf(bytes)) === seedless[name]) {
      const what = StringPrototypeStartsWith(name, 'ML-DSA') ? 'ML-DSA' : 'ML-KEM';
      throw lazyDOMException(
        `Importing an ${what} PKCS#8 key without a seed is not supported`, 'NotSupportedError');
    }
  },
  fromRaw: okpFamily.fromRaw,
  imported: checkedKind,
  jwkAlg: ({ name }) => name,
};

const family = (base, uses) => ({ __proto__: null, ...base, ...uses });
const dsa = family(latticeFamily, signs);
const kem = family(latticeFamily, {
  publicUsages: ['encapsulateKey', 'encapsulateBits'],
  privateUsages: ['decapsulateKey', 'decapsulateBits'],
  use: 'enc',
});

const families = {
  '__proto__': null,
  'RSASSA-PKCS1-v1_5': family(rsaFamily, signs),
  'RSA-PSS': family(rsaFamily, signs),
  'RSA-OAEP': family(rsaFamily, {
    publicUsages: ['encrypt', 'wrapKey'], privateUsages: ['decrypt', 'unwrapKey'], use: 'enc',
  }),
  'ECDSA': family(curveFamily, signs),
  'ECDH': family(curveFamily, derives),
  'Ed25519': family(okpFamily, signs),
  'X25519': family(okpFamily, derives),
  'ML-DSA-44': dsa,
  'ML-DSA-65': dsa,
  'ML-DSA-87': dsa,
  'ML-KEM-768': kem,
  'ML-KEM-1024': kem,
};

function generate(algorithm, isExtractable, usages) {
  const own = families[algorithm.name];
  checkPublicExponent(own, algorithm);
  checkUsages(usages, ArrayPrototypeConcat(own.publicUsages, own.privateUsages), algorithm.name);
  const order = own.recipe(algorithm);
  own.checkRecipe?.(order);
  const publicUsages = maskOfUsages(usagesAmong(usages, own.publicUsages));
  const privateUsages = usagesAmong(usages, own.privateUsages);
  checkNotEmpty(privateUsages);
  const keyAlgorithm = own.keyAlgorithm(algorithm);
  return after(laneWork('KEYPAIRGENREQUEST', generation(order)), (handle) => {
    const key = new NativeKey(handle, 'private');
    return {
      publicKey: new InternalCryptoKey(key.toPublic(), keyAlgorithm, publicUsages, true),
      privateKey: new InternalCryptoKey(
        key, keyAlgorithm, maskOfUsages(privateUsages), isExtractable),
    };
  });
}

/** Is looked at before the usages. */
function checkPublicExponent(own, algorithm) {
  if (own.kty === 'RSA') own.recipe(algorithm);
}

function importKey(format, data, algorithm, isExtractable, usages) {
  const own = families[algorithm.name];
  const { name } = algorithm;
  const checkFor = (isPublic) =>
    checkUsages(usages, isPublic ? own.publicUsages : own.privateUsages, name);
  let key;
  switch (format) {
    case 'native':
      checkFor(data.type === 'public');
      key = data;
      break;
    case 'spki':
      checkFor(true);
      key = fromDer(data, true);
      break;
    case 'pkcs8':
      checkFor(false);
      own.checkPkcs8?.(data, algorithm);
      key = fromDer(data, false);
      break;
    case 'jwk': {
      checkJwk(data, own.kty, isExtractable, usages, own.use);
      own.checkJwk(data, algorithm);
      const isPublic = data[own.secretMember] === undefined;
      checkFor(isPublic);
      key = fromJwk(data, isPublic);
      break;
    }
    case 'raw':
    case 'raw-public':
      if (own.raw === undefined || !ArrayPrototypeIncludes(own.raw, format)) return undefined;
      checkFor(true);
      key = own.fromRaw(data, algorithm);
      break;
    case 'raw-seed':
      if (own.kty !== 'AKP') return undefined;
      checkFor(false);
      key = fromRaw(format, data, kindOf(algorithm));
      break;
    default:
      return undefined;
  }
  const keyAlgorithm = own.imported(key, algorithm);
  return new InternalCryptoKey(key, keyAlgorithm, maskOfUsages(usages), isExtractable);
}

/** PKCS#8 of a lattice key has its seed only. */
function seedPkcs8(key, { name }) {
  const seed = key.rawSeed();
  const inner = seed.length + 2;
  const bytes = new Uint8Array(inner + 20);
  const { 0: arc, 1: number } = latticeIds[name];
  TypedArrayPrototypeSet(bytes, [
    0x30, inner + 18, 2, 1, 0, 0x30, 0x0b, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, arc, number,
    4, inner, 0x80, seed.length,
  ]);
  TypedArrayPrototypeSet(bytes, seed, 22);
  return bytes;
}

function encodeDer(key, algorithm) {
  const own = families[algorithm.name];
  if (key.type === 'private' && own.kty === 'AKP') return seedPkcs8(key, algorithm);
  return key.encode(formats.der, DEFAULT);
}

/** @returns {ArrayBuffer | undefined} */
function exportKey(format, cryptoKey) {
  const algorithm = getCryptoKeyAlgorithm(cryptoKey);
  const own = families[algorithm.name];
  const { raw = [] } = own;
  const key = getCryptoKeyHandle(cryptoKey);
  const isPublic = getCryptoKeyType(cryptoKey) === 'public';
  const act = {
    '__proto__': null,
    'spki': isPublic && (() => encodeDer(key, algorithm)),
    'pkcs8': !isPublic && (() => encodeDer(key, algorithm)),
    'raw': isPublic && ArrayPrototypeIncludes(raw, format) && (() => key.rawPublic()),
    'raw-public': isPublic && ArrayPrototypeIncludes(raw, format) && (() => key.rawPublic()),
    'raw-seed': !isPublic && own.kty === 'AKP' && (() => key.rawSeed()),
  }[format];
  if (!act) return undefined;
  try {
    return toArrayBuffer(act());
  } catch (cause) {
    throw operationError(cause);
  }
}

function isAsymmetric(name) {
  return ObjectPrototypeHasOwnProperty(families, name);
}

module.exports = {
  bigIntArrayToUnsignedBigInt,
  bigIntArrayToUnsignedInt,
  exportKey,
  generate,
  importKey,
  isAsymmetric,
  jwkAlg: (algorithm) => families[algorithm.name].jwkAlg(algorithm),
};
