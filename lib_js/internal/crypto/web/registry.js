'use strict';

// WebCrypto's algorithms: which operation takes which parameters, and how a program's way to name
// an algorithm becomes ours.

const {
  ArrayPrototypeIncludes,
  ObjectDefineProperty,
  ObjectKeys,
  SafeMap,
  StringPrototypeToUpperCase,
} = primordials;

const { emitExperimentalWarning, lazyDOMException } = require('internal/util');
const { copyOf } = require('internal/crypto/web/bytes');

const cipher = (params, length) => ({
  generateKey: 'AesKeyGenParams',
  exportKey: null,
  importKey: null,
  encrypt: params,
  decrypt: params,
  'get key length': length,
});
const aes = (params) => cipher(params, 'AesDerivedKeyParams');
const rsa = (operations) => ({
  generateKey: 'RsaHashedKeyGenParams',
  exportKey: null,
  importKey: 'RsaHashedImportParams',
  ...operations,
});
const curve = (operations) => ({
  generateKey: 'EcKeyGenParams',
  exportKey: null,
  importKey: 'EcKeyImportParams',
  ...operations,
});
const plain = (operations) => ({
  generateKey: null, exportKey: null, importKey: null, ...operations,
});
const derivation = (params) => ({
  'importKey': null, 'deriveBits': params, 'get key length': null,
});
const signing = (params) => ({ sign: params, verify: params });
const encapsulation = { encapsulate: null, decapsulate: null };
const digest = (params = null) => ({ digest: params });

/** What AWS-LC has no code for is absent: Ed448, X448, AES-OCB, KMAC, ML-KEM-512. */
const definitions = {
  '__proto__': null,
  'AES-CBC': aes('AesCbcParams'),
  'AES-CTR': aes('AesCtrParams'),
  'AES-GCM': aes('AeadParams'),
  'AES-KW': {
    'generateKey': 'AesKeyGenParams',
    'exportKey': null,
    'importKey': null,
    'get key length': 'AesDerivedKeyParams',
    'wrapKey': null,
    'unwrapKey': null,
  },
  'Argon2d': derivation('Argon2Params'),
  'Argon2i': derivation('Argon2Params'),
  'Argon2id': derivation('Argon2Params'),
  'ChaCha20-Poly1305': { ...cipher('AeadParams', null), generateKey: null },
  'cSHAKE128': digest('CShakeParams'),
  'cSHAKE256': digest('CShakeParams'),
  'KT128': digest('KangarooTwelveParams'),
  'KT256': digest('KangarooTwelveParams'),
  'TurboSHAKE128': digest('TurboShakeParams'),
  'TurboSHAKE256': digest('TurboShakeParams'),
  'ECDH': curve({ deriveBits: 'EcdhKeyDeriveParams' }),
  'ECDSA': curve(signing('EcdsaParams')),
  'Ed25519': plain(signing(null)),
  'HKDF': derivation('HkdfParams'),
  'HMAC': {
    'generateKey': 'HmacKeyGenParams',
    'exportKey': null,
    'importKey': 'HmacImportParams',
    ...signing(null),
    'get key length': 'HmacImportParams',
  },
  'ML-DSA-44': plain(signing('ContextParams')),
  'ML-DSA-65': plain(signing('ContextParams')),
  'ML-DSA-87': plain(signing('ContextParams')),
  'ML-KEM-768': plain(encapsulation),
  'ML-KEM-1024': plain(encapsulation),
  'PBKDF2': derivation('Pbkdf2Params'),
  'RSA-OAEP': rsa({ encrypt: 'RsaOaepParams', decrypt: 'RsaOaepParams' }),
  'RSA-PSS': rsa(signing('RsaPssParams')),
  'RSASSA-PKCS1-v1_5': rsa(signing(null)),
  'SHA-1': digest(),
  'SHA-256': digest(),
  'SHA-384': digest(),
  'SHA-512': digest(),
  'SHA3-256': digest(),
  'SHA3-384': digest(),
  'SHA3-512': digest(),
  'X25519': plain({ deriveBits: 'EcdhKeyDeriveParams' }),
};

const experimental = [
  'Argon2d', 'Argon2i', 'Argon2id', 'ChaCha20-Poly1305', 'cSHAKE128', 'cSHAKE256', 'KT128', 'KT256',
  'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87', 'ML-KEM-768', 'ML-KEM-1024', 'SHA3-256', 'SHA3-384',
  'SHA3-512', 'TurboSHAKE128', 'TurboSHAKE256',
];

/** operation -> name -> parameters; reading one of an experimental algorithm warns. */
const kSupportedAlgorithms = { __proto__: null };
/** operation -> name in capitals -> name */
const names = { __proto__: null };

function register(operation, name, params) {
  const table = kSupportedAlgorithms[operation] ??= { __proto__: null };
  (names[operation] ??= new SafeMap()).set(StringPrototypeToUpperCase(name), name);
  if (!ArrayPrototypeIncludes(experimental, name)) {
    table[name] = params;
    return;
  }
  ObjectDefineProperty(table, name, {
    __proto__: null,
    enumerable: true,
    get() {
      emitExperimentalWarning(`The ${name} Web Crypto API algorithm`);
      return params;
    },
  });
}

// By numbers: this may run when a program has changed how arrays are iterated.
const algorithms = ObjectKeys(definitions);
for (let i = 0; i < algorithms.length; i++) {
  const own = definitions[algorithms[i]];
  const operations = ObjectKeys(own);
  for (let k = 0; k < operations.length; k++) {
    register(operations[k], algorithms[i], own[operations[k]]);
  }
}

/** Members that are bytes, which are copied, and those that name a digest. */
const BYTES = ['iv', 'counter', 'additionalData', 'publicExponent', 'salt', 'info', 'context',
               'label', 'functionName', 'customization', 'associatedData', 'nonce', 'secretValue'];

const CONTEXT = {
  __proto__: null, prefix: 'Failed to normalize algorithm', context: 'passed algorithm',
};

/** https://w3c.github.io/webcrypto/#algorithm-normalization-normalize-an-algorithm */
function normalizeAlgorithm(algorithm, operation) {
  const { converters } = require('internal/crypto/webidl');
  if (typeof algorithm === 'string') algorithm = { __proto__: null, name: algorithm };
  const { name: given } = converters.Algorithm(algorithm, CONTEXT);
  const name = names[operation]?.get(StringPrototypeToUpperCase(given));
  if (name === undefined) {
    throw lazyDOMException('Unrecognized algorithm name', 'NotSupportedError');
  }
  const params = kSupportedAlgorithms[operation][name];
  if (params === null) return { __proto__: null, name };
  // The program's getter for the name is read once.
  const normalized = converters[params]({ __proto__: algorithm, name }, CONTEXT);
  normalized.name = name;
  if (normalized.hash !== undefined) {
    normalized.hash = normalizeAlgorithm(normalized.hash, 'digest');
  }
  for (let i = 0; i < BYTES.length; i++) {
    const bytes = normalized[BYTES[i]];
    if (bytes !== undefined) normalized[BYTES[i]] = copyOf(bytes);
  }
  return normalized;
}

module.exports = { kSupportedAlgorithms, normalizeAlgorithm };
