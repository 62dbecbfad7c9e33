'use strict';

// globalThis.crypto: the classes of WebCrypto. Each method looks at its arguments here and leaves
// the rest to web/.

const {
  ArrayPrototypePush,
  ObjectCreate,
  ObjectDefineProperties,
  ReflectApply,
  SymbolToStringTag,
} = primordials;

const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS } } = require('internal/errors');
const { emitExperimentalWarning, kEnumerableProperty, lazyDOMException } = require('internal/util');
const {
  CryptoKey,
  getCryptoKeyAlgorithm,
  getCryptoKeyHandle,
  getCryptoKeyType,
  hasCryptoKeyUsage,
} = require('internal/crypto/crypto_key');
const random = require('internal/crypto/random');
const { after, answer, laneWork } = require('internal/crypto/web/answer');
const asymmetric = require('internal/crypto/web/asymmetric');
const { bytesOf, toArrayBuffer } = require('internal/crypto/web/bytes');
const { cipher } = require('internal/crypto/web/ciphers');
const { derive, getKeyLength } = require('internal/crypto/web/derivation');
const { digest } = require('internal/crypto/web/digest');
const { checkType } = require('internal/crypto/web/key_checks');
const { normalizeAlgorithm } = require('internal/crypto/web/registry');
const secret = require('internal/crypto/web/secret');
const { sign, verify } = require('internal/crypto/web/signing');
const { isOperation, isSupported, takesAlgorithm } = require('internal/crypto/web/support');
const { exportKey, importKey, unwrapKey, wrapKey } = require('internal/crypto/web/transport');
const { kHandle } = require('internal/crypto/handles');
const { hidden } = require('internal/crypto/util');
const { checkMax, converters, requiredArguments } = require('internal/crypto/webidl');

const binding = internalBinding('crypto');

const ordinals = ['1st', '2nd', '3rd', '4th', '5th', '6th', '7th'];

const ALGORITHM = 'AlgorithmIdentifier';
const BYTES = 'BufferSource';
const USAGES = 'sequence<KeyUsage>';
/** A JWK or bytes, as the first argument says. */
const KEY_DATA = 'KeyData';

/** The arguments of a method of `subtle`, converted. */
function converted(self, name, args, types) {
  if (self !== subtle) throw new ERR_INVALID_THIS('SubtleCrypto');
  const prefix = `Failed to execute '${name}' on 'SubtleCrypto'`;
  requiredArguments(args.length, types.length, { __proto__: null, prefix });
  const values = [];
  for (let i = 0; i < types.length; i++) {
    let type = types[i];
    if (type === KEY_DATA) type = values[0] === 'jwk' ? 'JsonWebKey' : BYTES;
    ArrayPrototypePush(values, converters[type](
      args[i], { __proto__: null, prefix, context: `${ordinals[i]} argument` }));
  }
  return values;
}

function invalidAccess(message) {
  return lazyDOMException(message, 'InvalidAccessError');
}

function checkKey(key, algorithm, usage, mismatch = 'Key algorithm mismatch',
                  refusal = `Unable to use this key to ${usage}`) {
  if (algorithm.name !== getCryptoKeyAlgorithm(key).name) throw invalidAccess(mismatch);
  if (!hasCryptoKeyUsage(key, usage)) throw invalidAccess(refusal);
}

/** Of derivations the usage is looked at first. */
function checkBaseKey(key, algorithm, usage) {
  if (!hasCryptoKeyUsage(key, usage)) throw invalidAccess(`baseKey does not have ${usage} usage`);
  if (algorithm.name !== getCryptoKeyAlgorithm(key).name) {
    throw invalidAccess('Key algorithm mismatch');
  }
}

const methods = {
  __proto__: null,

  encrypt(...args) {
    const { 0: name, 1: key, 2: data } =
      converted(this, 'encrypt', args, [ALGORITHM, 'CryptoKey', BYTES]);
    const algorithm = normalizeAlgorithm(name, 'encrypt');
    checkKey(key, algorithm, 'encrypt');
    checkMax(data, 'data');
    return cipher(true, algorithm, key, data);
  },

  decrypt(...args) {
    const { 0: name, 1: key, 2: data } =
      converted(this, 'decrypt', args, [ALGORITHM, 'CryptoKey', BYTES]);
    const algorithm = normalizeAlgorithm(name, 'decrypt');
    checkKey(key, algorithm, 'decrypt');
    checkMax(data, 'data');
    return cipher(false, algorithm, key, data);
  },

  sign(...args) {
    const { 0: name, 1: key, 2: data } =
      converted(this, 'sign', args, [ALGORITHM, 'CryptoKey', BYTES]);
    const algorithm = normalizeAlgorithm(name, 'sign');
    checkKey(key, algorithm, 'sign');
    return sign(algorithm, key, data);
  },

  verify(...args) {
    const { 0: name, 1: key, 2: signature, 3: data } =
      converted(this, 'verify', args, [ALGORITHM, 'CryptoKey', BYTES, BYTES]);
    const algorithm = normalizeAlgorithm(name, 'verify');
    checkKey(key, algorithm, 'verify');
    return verify(algorithm, key, signature, data);
  },

  digest(...args) {
    const { 0: name, 1: data } = converted(this, 'digest', args, [ALGORITHM, BYTES]);
    const algorithm = normalizeAlgorithm(name, 'digest');
    checkMax(data, 'data');
    return digest(algorithm, data);
  },

  generateKey(...args) {
    const { 0: name, 1: isExtractable, 2: usages } =
      converted(this, 'generateKey', args, [ALGORITHM, 'boolean', USAGES]);
    const algorithm = normalizeAlgorithm(name, 'generateKey');
    const { generate } = asymmetric.isAsymmetric(algorithm.name) ? asymmetric : secret;
    return generate(algorithm, isExtractable, usages);
  },

  deriveKey(...args) {
    const { 0: name, 1: key, 2: derived, 3: isExtractable, 4: usages } = converted(
      this, 'deriveKey', args, [ALGORITHM, 'CryptoKey', ALGORITHM, 'boolean', USAGES]);
    const algorithm = normalizeAlgorithm(name, 'deriveBits');
    const target = normalizeAlgorithm(derived, 'importKey');
    const measure = normalizeAlgorithm(derived, 'get key length');
    checkBaseKey(key, algorithm, 'deriveKey');
    return after(derive(algorithm, key, getKeyLength(measure)), (bytes) =>
      importKey('raw-secret', bytes, target, isExtractable, usages));
  },

  deriveBits(...args) {
    const { 0: name, 1: key } = converted(this, 'deriveBits', args, [ALGORITHM, 'CryptoKey']);
    let length = args[2] ?? null;
    if (args[2] !== undefined && args[2] !== null) {
      length = converters['unsigned long'](args[2], {
        __proto__: null,
        prefix: "Failed to execute 'deriveBits' on 'SubtleCrypto'",
        context: '3rd argument',
        enforceRange: true,
      });
    }
    const algorithm = normalizeAlgorithm(name, 'deriveBits');
    checkBaseKey(key, algorithm, 'deriveBits');
    return derive(algorithm, key, length);
  },

  importKey(...args) {
    const { 0: format, 1: data, 2: name, 3: isExtractable, 4: usages } = converted(
      this, 'importKey', args, ['KeyFormat', KEY_DATA, ALGORITHM, 'boolean', USAGES]);
    const algorithm = normalizeAlgorithm(name, 'importKey');
    return importKey(format, data, algorithm, isExtractable, usages);
  },

  exportKey(...args) {
    const { 0: format, 1: key } = converted(this, 'exportKey', args, ['KeyFormat', 'CryptoKey']);
    return exportKey(format, key);
  },

  wrapKey(...args) {
    const { 0: format, 1: key, 2: wrappingKey, 3: name } = converted(
      this, 'wrapKey', args, ['KeyFormat', 'CryptoKey', 'CryptoKey', ALGORITHM]);
    const algorithm = wrapping(name, 'wrapKey', 'encrypt');
    checkKey(wrappingKey, algorithm, 'wrapKey');
    return wrapKey(format, key, wrappingKey, algorithm);
  },

  unwrapKey(...args) {
    const {
      0: format, 1: wrapped, 2: key, 3: name, 4: unwrapped, 5: isExtractable, 6: usages,
    } = converted(
      this, 'unwrapKey', args,
      ['KeyFormat', BYTES, 'CryptoKey', ALGORITHM, ALGORITHM, 'boolean', USAGES]);
    const algorithm = wrapping(name, 'unwrapKey', 'decrypt');
    const target = normalizeAlgorithm(unwrapped, 'importKey');
    checkKey(key, algorithm, 'unwrapKey');
    return unwrapKey(format, wrapped, key, algorithm, target, isExtractable, usages);
  },

  getPublicKey(...args) {
    emitExperimentalWarning('The getPublicKey Web Crypto API method');
    const { 0: key, 1: usages } = converted(this, 'getPublicKey', args, ['CryptoKey', USAGES]);
    const type = getCryptoKeyType(key);
    if (type !== 'private') {
      throw lazyDOMException('key must be a private key',
                             type === 'secret' ? 'NotSupportedError' : 'InvalidAccessError');
    }
    return importKey('native', getCryptoKeyHandle(key).toPublic(), getCryptoKeyAlgorithm(key),
                     true, usages);
  },

  encapsulateBits(...args) {
    emitExperimentalWarning('The encapsulateBits Web Crypto API method');
    const { 0: name, 1: key } = converted(this, 'encapsulateBits', args, [ALGORITHM, 'CryptoKey']);
    checkEncapsulating(name, key, 'encapsulate', 'Bits');
    return encapsulate(key);
  },

  encapsulateKey(...args) {
    emitExperimentalWarning('The encapsulateKey Web Crypto API method');
    const { 0: name, 1: key, 2: shared, 3: isExtractable, 4: usages } = converted(
      this, 'encapsulateKey', args, [ALGORITHM, 'CryptoKey', ALGORITHM, 'boolean', USAGES]);
    const target = checkEncapsulating(name, key, 'encapsulate', 'Key', shared);
    return after(encapsulate(key), ({ sharedKey, ciphertext }) => ({
      ciphertext,
      sharedKey: importKey('raw-secret', sharedKey, target, isExtractable, usages),
    }));
  },

  decapsulateBits(...args) {
    emitExperimentalWarning('The decapsulateBits Web Crypto API method');
    const { 0: name, 1: key, 2: ciphertext } =
      converted(this, 'decapsulateBits', args, [ALGORITHM, 'CryptoKey', BYTES]);
    checkEncapsulating(name, key, 'decapsulate', 'Bits');
    return decapsulate(key, ciphertext);
  },

  decapsulateKey(...args) {
    emitExperimentalWarning('The decapsulateKey Web Crypto API method');
    const { 0: name, 1: key, 2: ciphertext, 3: shared, 4: isExtractable, 5: usages } = converted(
      this, 'decapsulateKey', args, [ALGORITHM, 'CryptoKey', BYTES, ALGORITHM, 'boolean', USAGES]);
    const target = checkEncapsulating(name, key, 'decapsulate', 'Key', shared);
    return after(decapsulate(key, ciphertext), (bytes) =>
      importKey('raw-secret', bytes, target, isExtractable, usages));
  },
};

/** A key is wrapped by an algorithm of its own for that, or by one that encrypts. */
function wrapping(name, operation, other) {
  try {
    return normalizeAlgorithm(name, operation);
  } catch {
    return normalizeAlgorithm(name, other);
  }
}

/** The algorithm of the key that is shared, if one is asked for. */
function checkEncapsulating(name, key, operation, what, shared) {
  const algorithm = normalizeAlgorithm(name, operation);
  const target = shared === undefined ? undefined : normalizeAlgorithm(shared, 'importKey');
  const usage = `${operation}${what}`;
  checkKey(key, algorithm, usage, 'key algorithm mismatch',
           `${operation.slice(0, 2)}capsulationKey does not have ${usage} usage`);
  return target;
}

function encapsulate(key) {
  checkType(key, 'public');
  const start = (ticket) => binding.keyEncapsulate(getCryptoKeyHandle(key)[kHandle], ticket);
  return after(laneWork('ENCAPSULATEREQUEST', start), ({ 0: shared, 1: ciphertext }) =>
    ({ sharedKey: toArrayBuffer(shared), ciphertext: toArrayBuffer(ciphertext) }));
}

function decapsulate(key, ciphertext) {
  checkType(key, 'private');
  const bytes = bytesOf(ciphertext);
  const start = (ticket) =>
    binding.keyDecapsulate(getCryptoKeyHandle(key)[kHandle], bytes, ticket);
  return after(laneWork('DECAPSULATEREQUEST', start), toArrayBuffer);
}

class SubtleCrypto {
  constructor() {
    throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  static supports(operation, algorithm, lengthOrAdditionalAlgorithm = null) {
    emitExperimentalWarning('The supports Web Crypto API method');
    if (this !== SubtleCrypto) throw new ERR_INVALID_THIS('SubtleCrypto constructor');
    const prefix = "Failed to execute 'supports' on 'SubtleCrypto'";
    requiredArguments(arguments.length, 2, { __proto__: null, prefix });
    const context = (index) => ({
      __proto__: null, prefix, context: `${ordinals[index]} argument`, enforceRange: index === 2,
    });
    operation = converters.DOMString(operation, context(0));
    algorithm = converters.AlgorithmIdentifier(algorithm, context(1));
    if (!isOperation(operation)) return false;
    let extra = lengthOrAdditionalAlgorithm;
    if (takesAlgorithm(operation)) {
      extra = converters.AlgorithmIdentifier(extra, context(2));
    } else if (operation === 'deriveBits' && extra !== null) {
      extra = converters['unsigned long'](extra, context(2));
    }
    return isSupported(operation, algorithm, extra);
  }

  encrypt(algorithm, key, data) {
    return answer(methods.encrypt, this, arguments);
  }

  decrypt(algorithm, key, data) {
    return answer(methods.decrypt, this, arguments);
  }

  sign(algorithm, key, data) {
    return answer(methods.sign, this, arguments);
  }

  verify(algorithm, key, signature, data) {
    return answer(methods.verify, this, arguments);
  }

  digest(algorithm, data) {
    return answer(methods.digest, this, arguments);
  }

  generateKey(algorithm, extractable, keyUsages) {
    return answer(methods.generateKey, this, arguments);
  }

  deriveKey(algorithm, baseKey, derivedKeyType, extractable, keyUsages) {
    return answer(methods.deriveKey, this, arguments);
  }

  deriveBits(algorithm, baseKey, length = null) {
    return answer(methods.deriveBits, this, arguments);
  }

  importKey(format, keyData, algorithm, extractable, keyUsages) {
    return answer(methods.importKey, this, arguments);
  }

  exportKey(format, key) {
    return answer(methods.exportKey, this, arguments);
  }

  wrapKey(format, key, wrappingKey, wrapAlgorithm) {
    return answer(methods.wrapKey, this, arguments);
  }

  unwrapKey(format, wrappedKey, unwrappingKey, unwrapAlgorithm, unwrappedKeyAlgorithm, extractable,
            keyUsages) {
    return answer(methods.unwrapKey, this, arguments);
  }

  getPublicKey(key, keyUsages) {
    return answer(methods.getPublicKey, this, arguments);
  }

  encapsulateBits(encapsulationAlgorithm, encapsulationKey) {
    return answer(methods.encapsulateBits, this, arguments);
  }

  encapsulateKey(encapsulationAlgorithm, encapsulationKey, sharedKeyAlgorithm, extractable,
                 keyUsages) {
    return answer(methods.encapsulateKey, this, arguments);
  }

  decapsulateBits(decapsulationAlgorithm, decapsulationKey, ciphertext) {
    return answer(methods.decapsulateBits, this, arguments);
  }

  decapsulateKey(decapsulationAlgorithm, decapsulationKey, ciphertext, sharedKeyAlgorithm,
                 extractable, keyUsages) {
    return answer(methods.decapsulateKey, this, arguments);
  }
}

const subtle = ObjectCreate(SubtleCrypto.prototype);

class Crypto {
  constructor() {
    throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  get subtle() {
    if (this !== crypto) throw new ERR_INVALID_THIS('Crypto');
    return subtle;
  }

  getRandomValues(array) {
    if (this !== crypto) throw new ERR_INVALID_THIS('Crypto');
    const prefix = "Failed to execute 'getRandomValues' on 'Crypto'";
    requiredArguments(arguments.length, 1, { __proto__: null, prefix });
    return ReflectApply(random.getRandomValues, this, arguments);
  }

  randomUUID() {
    if (this !== crypto) throw new ERR_INVALID_THIS('Crypto');
    return random.randomUUID();
  }
}

const crypto = ObjectCreate(Crypto.prototype);

ObjectDefineProperties(Crypto.prototype, {
  [SymbolToStringTag]: hidden('Crypto'),
  subtle: kEnumerableProperty,
  getRandomValues: kEnumerableProperty,
  randomUUID: kEnumerableProperty,
});

ObjectDefineProperties(SubtleCrypto.prototype, {
  [SymbolToStringTag]: hidden('SubtleCrypto'),
  encrypt: kEnumerableProperty,
  decrypt: kEnumerableProperty,
  sign: kEnumerableProperty,
  verify: kEnumerableProperty,
  digest: kEnumerableProperty,
  generateKey: kEnumerableProperty,
  deriveKey: kEnumerableProperty,
  deriveBits: kEnumerableProperty,
  importKey: kEnumerableProperty,
  exportKey: kEnumerableProperty,
  wrapKey: kEnumerableProperty,
  unwrapKey: kEnumerableProperty,
  getPublicKey: kEnumerableProperty,
  encapsulateBits: kEnumerableProperty,
  encapsulateKey: kEnumerableProperty,
  decapsulateBits: kEnumerableProperty,
  decapsulateKey: kEnumerableProperty,
});
ObjectDefineProperties(SubtleCrypto, { supports: kEnumerableProperty });

module.exports = { Crypto, CryptoKey, SubtleCrypto, crypto };
