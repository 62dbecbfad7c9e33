'use strict';

// Conversions of WebCrypto's arguments: its dictionaries, each a chain that begins with Algorithm.

const {
  ArrayPrototypeConcat,
  ArrayPrototypeIncludes,
  ArrayPrototypeMap,
  FunctionPrototypeCall,
  ObjectKeys,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  TypedArrayPrototypeGetByteLength,
} = primordials;

const { kEmptyObject, lazyDOMException } = require('internal/util');
const {
  converters: base,
  createDictionaryConverter,
  createEnumConverter,
  createInterfaceConverter,
  createSequenceConverter,
  requiredArguments,
  type,
} = require('internal/webidl');
const {
  CryptoKey,
  getCryptoKeyAlgorithm,
  getCryptoKeyType,
} = require('internal/crypto/crypto_key');
const { bytesOf } = require('internal/crypto/web/bytes');
const { usageBits } = require('internal/crypto/usages');

const converters = { __proto__: null, ...base };

const refuse = (message, name = 'OperationError') => {
  throw lazyDOMException(message, name);
};

converters.AlgorithmIdentifier = (value, options) =>
  (type(value) === 'Object' ? value : converters.DOMString(value, options));
converters.HashAlgorithmIdentifier = converters.AlgorithmIdentifier;
converters.NamedCurve = converters.DOMString;

converters.KeyFormat = createEnumConverter('KeyFormat', [
  'raw', 'raw-public', 'raw-seed', 'raw-secret', 'raw-private', 'pkcs8', 'spki', 'jwk',
]);
converters.KeyUsage = createEnumConverter('KeyUsage', ObjectKeys(usageBits));
converters['sequence<KeyUsage>'] = createSequenceConverter(converters.KeyUsage);

// Node takes resizable memory still.
converters.BigInteger = (value, options = kEmptyObject) =>
  base.Uint8Array(
    value, { __proto__: null, ...options, allowResizable: true, allowShared: false });
converters.BufferSource = (value, options = kEmptyObject) =>
  base.BufferSource(
    value, { __proto__: null, ...options, allowResizable: options.allowResizable ?? true });

const exact = (converter) => (value, options) =>
  converter(value, { __proto__: null, ...options, enforceRange: true });
const octet = exact(base.octet);
const short = exact(base['unsigned short']);
const long = exact(base['unsigned long']);

const member = (key, converter, validator) => ({ key, converter, validator });
const required = (key, converter, validator) => ({ key, converter, validator, required: true });

const nameMember = [required('name', converters.DOMString)];

function dictionary(name, ...members) {
  converters[name] = createDictionaryConverter(
    name, members.length === 0 ? nameMember : [nameMember, members]);
}

function length(value) {
  return TypedArrayPrototypeGetByteLength(bytesOf(value));
}

const BYTES_MAX = 2 ** 31 - 1;

function checkMax(value, name, max = BYTES_MAX) {
  if (length(value) > max) refuse(`${name} must be at most ${max} bytes`);
}

const atMost = (name, max) => (value) => checkMax(value, name, max);
const exactly = (name, count) => (value) => {
  if (length(value) !== count) refuse(`${name} must contain exactly ${count} bytes`);
};

/** Only digests of the SHA families are for keys. */
function shaMember(dictionaryName) {
  return required('hash', converters.HashAlgorithmIdentifier, (value) => {
    const name = typeof value === 'string' ? value : value.name;
    if (typeof name !== 'string' ||
        !StringPrototypeStartsWith(StringPrototypeToLowerCase(name), 'sha')) {
      refuse(`Only SHA hashes are supported in ${dictionaryName}`, 'NotSupportedError');
    }
  });
}

dictionary('Algorithm');

const rsaMembers = [
  required('modulusLength', long), required('publicExponent', converters.BigInteger),
];
converters.RsaKeyGenParams =
  createDictionaryConverter('RsaKeyGenParams', [nameMember, rsaMembers]);
converters.RsaHashedKeyGenParams = createDictionaryConverter(
  'RsaHashedKeyGenParams', [nameMember, rsaMembers, [shaMember('RsaHashedKeyGenParams')]]);
dictionary('RsaHashedImportParams', shaMember('RsaHashedImportParams'));
dictionary('RsaPssParams', required('saltLength', long));
dictionary('RsaOaepParams', member('label', converters.BufferSource));

const curves = ['P-256', 'P-384', 'P-521'];
const curveMember = required('namedCurve', converters.NamedCurve, (value) => {
  if (ArrayPrototypeIncludes(curves, value)) return;
  refuse('Unrecognized namedCurve', 'NotSupportedError');
});
dictionary('EcKeyImportParams', curveMember);
dictionary('EcKeyGenParams', curveMember);
dictionary('EcdsaParams', shaMember('EcdsaParams'));

const aesLength = required('length', short, (value) => {
  if (value !== 128 && value !== 192 && value !== 256) {
    refuse('AES key length must be 128, 192, or 256 bits');
  }
});
dictionary('AesKeyGenParams', aesLength);
dictionary('AesDerivedKeyParams', aesLength);
dictionary('AesCbcParams', required('iv', converters.BufferSource, exactly('algorithm.iv', 16)));
dictionary(
  'AesCtrParams',
  required('counter', converters.BufferSource, exactly('algorithm.counter', 16)),
  required('length', octet, (value) => {
    if (value === 0 || value > 128) refuse('AES-CTR algorithm.length must be between 1 and 128');
  }));

const isNamed = (dict, name) => StringPrototypeToLowerCase(dict.name) === name;
const gcmTags = [32, 64, 96, 104, 112, 120, 128];

dictionary(
  'AeadParams',
  required('iv', converters.BufferSource, (value, dict) => {
    if (isNamed(dict, 'chacha20-poly1305')) exactly('algorithm.iv', 12)(value);
    else checkMax(value, 'algorithm.iv');
  }),
  member('additionalData', converters.BufferSource, atMost('algorithm.additionalData')),
  member('tagLength', octet, (value, dict) => {
    if (isNamed(dict, 'chacha20-poly1305')) {
      if (value !== 128) refuse(`${value} is not a valid ChaCha20-Poly1305 tag length`);
    } else if (!ArrayPrototypeIncludes(gcmTags, value)) {
      refuse(`${value} is not a valid AES-GCM tag length`);
    }
  }));

function hmacDictionary(name, zero) {
  dictionary(name, shaMember(name), member('length', long, (value) => {
    if (value === 0) refuse(`${name}.length cannot be 0`, zero);
  }));
}
hmacDictionary('HmacKeyGenParams', 'OperationError');
hmacDictionary('HmacImportParams', 'DataError');

dictionary(
  'HkdfParams',
  shaMember('HkdfParams'),
  required('salt', converters.BufferSource),
  required('info', converters.BufferSource, atMost('algorithm.info', 1024)));
dictionary(
  'Pbkdf2Params',
  required('salt', converters.BufferSource),
  required('iterations', long, (value) => {
    if (value === 0) refuse('iterations cannot be zero');
  }),
  shaMember('Pbkdf2Params'));

converters.CryptoKey = createInterfaceConverter('CryptoKey', CryptoKey.prototype);
dictionary('EcdhKeyDeriveParams', required('public', converters.CryptoKey, (value, dict) => {
  if (getCryptoKeyType(value) !== 'public') {
    refuse('algorithm.public must be a public key', 'InvalidAccessError');
  }
  if (!isNamed(dict, StringPrototypeToLowerCase(getCryptoKeyAlgorithm(value).name))) {
    refuse('key algorithm mismatch', 'InvalidAccessError');
  }
}));
dictionary('ContextParams', member('context', converters.BufferSource));

const wholeBytes = (name) => (value) => {
  if (value === 0 || value % 8) refuse(`Invalid ${name} outputLength`);
};
const functionNames = ['', 'KMAC', 'TupleHash', 'ParallelHash'];
dictionary(
  'CShakeParams',
  required('outputLength', long, (value) => {
    if (value > 2 ** 32 - 8) refuse('Invalid CShakeParams outputLength');
  }),
  member('functionName', converters.BufferSource, (value) => {
    const { latin1Slice } = require('buffer').Buffer.prototype;
    const bytes = bytesOf(value);
    const name = FunctionPrototypeCall(latin1Slice, bytes, 0, length(value));
    if (!ArrayPrototypeIncludes(functionNames, name)) {
      refuse('Unsupported CShakeParams functionName', 'NotSupportedError');
    }
  }),
  member('customization', converters.BufferSource, atMost('CShakeParams.customization', 512)));
dictionary(
  'KangarooTwelveParams',
  required('outputLength', long, wholeBytes('KangarooTwelveParams')),
  member('customization', converters.BufferSource,
         atMost('KangarooTwelveParams.customization', 512)));
dictionary(
  'TurboShakeParams',
  required('outputLength', long, wholeBytes('TurboShakeParams')),
  member('domainSeparation', octet, (value) => {
    if (value < 0x01 || value > 0x7f) {
      refuse('TurboShakeParams.domainSeparation must be in range 0x01-0x7f');
    }
  }));
dictionary('KmacKeyGenParams', member('length', long));
dictionary('KmacImportParams', member('length', long));
dictionary(
  'KmacParams', required('outputLength', long), member('customization', converters.BufferSource));

dictionary(
  'Argon2Params',
  required('nonce', converters.BufferSource, (value) => {
    if (length(value) < 8) refuse('nonce must be at least 8 bytes');
  }),
  required('parallelism', long, (value) => {
    if (value === 0 || value > 2 ** 24 - 1) refuse('parallelism must be > 0 and <= 16777215');
  }),
  required('memory', long, (value, dict) => {
    if (value < 8 * dict.parallelism) {
      refuse('memory must be at least 8 times the degree of parallelism');
    }
  }),
  required('passes', long, (value) => {
    if (value === 0) refuse('passes must be > 0');
  }),
  member('version', octet, (value) => {
    if (value !== 0x13) refuse(`${value} is not a valid Argon2 version`);
  }),
  member('secretValue', converters.BufferSource),
  member('associatedData', converters.BufferSource));

const text = (key) => member(key, converters.DOMString);
const texts = (keys) => ArrayPrototypeMap(keys, text);

converters.RsaOtherPrimesInfo =
  createDictionaryConverter('RsaOtherPrimesInfo', texts(['r', 'd', 't']));
converters['sequence<RsaOtherPrimesInfo>'] =
  createSequenceConverter(converters.RsaOtherPrimesInfo);
converters.JsonWebKey = createDictionaryConverter('JsonWebKey', ArrayPrototypeConcat(
  texts(['kty', 'use']),
  member('key_ops', converters['sequence<DOMString>']),
  text('alg'),
  member('ext', converters.boolean),
  texts(['crv', 'x', 'y', 'd', 'n', 'e', 'p', 'q', 'dp', 'dq', 'qi']),
  member('oth', converters['sequence<RsaOtherPrimesInfo>']),
  texts(['k', 'pub', 'priv']),
));

module.exports = { checkMax, converters, requiredArguments };
