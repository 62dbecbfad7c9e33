'use strict';

// Diffie-Hellman over numbers (DiffieHellman, DiffieHellmanGroup) and over curves (ECDH).

const { ObjectDefineProperty } = primordials;

const { Buffer } = require('buffer');
const {
  codes: {
    ERR_CRYPTO_ECDH_INVALID_FORMAT,
    ERR_INVALID_ARG_TYPE,
  },
} = require('internal/errors');
const { deprecate } = require('internal/util');
const { validateInt32, validateString } = require('internal/validators');
const { BYTE_KINDS, decode, encode, isBytes } = require('internal/crypto/encodings');
const { nativeError, orThrow } = require('internal/crypto/failure');
const { Handles, kHandle, kListed } = require('internal/crypto/handles');
const { getArrayBufferOrView } = require('internal/crypto/util');

const binding = internalBinding('crypto');

const exchanges = new Handles(binding.dhClose);
const curveKeys = new Handles(binding.ecdhClose);

/** What dhPart gives. */
const PRIME = 0;
const GENERATOR = 1;
const PUBLIC_KEY = 2;
const PRIVATE_KEY = 3;

const DEFAULT_GENERATOR = 2;
const GENERATOR_MIN = 2;

function bytesFrom(value, encoding) {
  if (typeof value !== 'string') return value;
  return decode(value, encoding === 'buffer' || !encoding ? 'utf8' : encoding);
}

const NUMBER_KINDS = ['number', 'string', ...BYTE_KINDS];

/** A small number as big-endian bytes; what is below 2 is nobody's generator. */
function bytesOfGenerator(generator) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(generator < GENERATOR_MIN ? 0 : generator);
  return bytes;
}

function openExchange(sizeOrKey, generator) {
  if (typeof sizeOrKey !== 'number') {
    return binding.dhOf(
      sizeOrKey, typeof generator === 'number' ? bytesOfGenerator(generator) : generator);
  }
  if (typeof generator !== 'number') {
    throw nativeError('ERR_INVALID_ARG_TYPE', 'Second argument must be an int32');
  }
  return binding.dhGenerate(sizeOrKey, generator);
}

function startExchange(self, handle) {
  self[kHandle] = undefined;
  self[kListed] = false;
  exchanges.add(self, orThrow(handle));
  ObjectDefineProperty(self, 'verifyError', {
    __proto__: null, enumerable: true, value: orThrow(binding.dhCheck(self[kHandle])),
    writable: false,
  });
}

function DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  if (!new.target) return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
  if (typeof sizeOrKey !== 'number' && typeof sizeOrKey !== 'string' && !isBytes(sizeOrKey)) {
    throw new ERR_INVALID_ARG_TYPE('sizeOrKey', NUMBER_KINDS, sizeOrKey);
  }
  if (typeof sizeOrKey === 'number') validateInt32(sizeOrKey, 'sizeOrKey');
  // (key, generator), (key, generator, encoding of the generator)
  if (keyEncoding && keyEncoding !== 'buffer' && !Buffer.isEncoding(keyEncoding)) {
    genEncoding = generator;
    generator = keyEncoding;
    keyEncoding = false;
  }
  if (typeof sizeOrKey !== 'number') sizeOrKey = bytesFrom(sizeOrKey, keyEncoding);
  if (!generator) generator = DEFAULT_GENERATOR;
  else if (typeof generator === 'number') validateInt32(generator, 'generator');
  else if (typeof generator === 'string') generator = bytesFrom(generator, genEncoding);
  else if (!isBytes(generator)) {
    throw new ERR_INVALID_ARG_TYPE('generator', NUMBER_KINDS, generator);
  }
  startExchange(this, openExchange(sizeOrKey, generator));
}

function DiffieHellmanGroup(name) {
  if (!new.target) return new DiffieHellmanGroup(name);
  if (typeof name !== 'string') {
    throw nativeError('ERR_INVALID_ARG_TYPE', 'Group name must be a string');
  }
  startExchange(this, binding.dhOfGroup(name));
}

DiffieHellmanGroup.prototype.generateKeys = DiffieHellman.prototype.generateKeys =
  function dhGenerateKeys(encoding) {
    return encode(orThrow(binding.dhGenerateKeys(this[kHandle])), encoding);
  };

function exchangeSecret(self, key) {
  return binding.dhSecret(self[kHandle], key);
}

function curveSecret(self, key) {
  return binding.ecdhSecret(self[kHandle], key);
}

function dhComputeSecret(key, inEnc, outEnc) {
  const other = getArrayBufferOrView(key, 'key', inEnc);
  const compute = this instanceof ECDH ? curveSecret : exchangeSecret;
  return encode(orThrow(compute(this, other)), outEnc);
}
DiffieHellmanGroup.prototype.computeSecret = DiffieHellman.prototype.computeSecret =
  dhComputeSecret;

DiffieHellmanGroup.prototype.getPrime = DiffieHellman.prototype.getPrime =
  function dhGetPrime(encoding) {
    return encode(orThrow(binding.dhPart(this[kHandle], PRIME)), encoding);
  };

DiffieHellmanGroup.prototype.getGenerator = DiffieHellman.prototype.getGenerator =
  function dhGetGenerator(encoding) {
    return encode(orThrow(binding.dhPart(this[kHandle], GENERATOR)), encoding);
  };

function keyPart(self, part, name) {
  const bytes = orThrow(binding.dhPart(self[kHandle], part));
  if (bytes === undefined) {
    throw nativeError(
      'ERR_CRYPTO_INVALID_STATE', `No ${name} key - did you forget to generate one?`);
  }
  return bytes;
}

DiffieHellmanGroup.prototype.getPublicKey = DiffieHellman.prototype.getPublicKey =
  function dhGetPublicKey(encoding) {
    return encode(keyPart(this, PUBLIC_KEY, 'public'), encoding);
  };

DiffieHellmanGroup.prototype.getPrivateKey = DiffieHellman.prototype.getPrivateKey =
  function dhGetPrivateKey(encoding) {
    return encode(keyPart(this, PRIVATE_KEY, 'private'), encoding);
  };

DiffieHellman.prototype.setPublicKey = function setPublicKey(key, encoding) {
  orThrow(binding.dhSetPublicKey(this[kHandle], getArrayBufferOrView(key, 'key', encoding)));
  return this;
};

DiffieHellman.prototype.setPrivateKey = function setPrivateKey(key, encoding) {
  orThrow(binding.dhSetPrivateKey(this[kHandle], getArrayBufferOrView(key, 'key', encoding)));
  return this;
};

function ECDH(curve) {
  if (!new.target) return new ECDH(curve);
  validateString(curve, 'curve');
  this[kHandle] = undefined;
  this[kListed] = false;
  curveKeys.add(this, orThrow(binding.ecdhOpen(curve)));
}

/** The numbers of crypto.constants. */
function formOf(format) {
  if (!format || format === 'uncompressed') return 4;
  if (format === 'compressed') return 2;
  if (format === 'hybrid') return 6;
  throw new ERR_CRYPTO_ECDH_INVALID_FORMAT(format);
}

ECDH.prototype.computeSecret = DiffieHellman.prototype.computeSecret;

ECDH.prototype.setPrivateKey = function setPrivateKey(key, encoding) {
  orThrow(binding.ecdhSetPrivateKey(this[kHandle], getArrayBufferOrView(key, 'key', encoding)));
  return this;
};

ECDH.prototype.setPublicKey = deprecate(function setPublicKey(key, encoding) {
  orThrow(binding.ecdhSetPublicKey(this[kHandle], getArrayBufferOrView(key, 'key', encoding)));
  return this;
}, 'ecdh.setPublicKey() is deprecated.', 'DEP0031');

ECDH.prototype.getPrivateKey = function getPrivateKey(encoding) {
  return encode(orThrow(binding.ecdhPrivateKey(this[kHandle])), encoding);
};

ECDH.prototype.generateKeys = function generateKeys(encoding, format) {
  orThrow(binding.ecdhGenerateKeys(this[kHandle]));
  return this.getPublicKey(encoding, format);
};

ECDH.prototype.getPublicKey = function getPublicKey(encoding, format) {
  return encode(orThrow(binding.ecdhPublicKey(this[kHandle], formOf(format))), encoding);
};

ECDH.convertKey = function convertKey(key, curve, inEnc, outEnc, format) {
  validateString(curve, 'curve');
  key = getArrayBufferOrView(key, 'key', inEnc);
  return encode(orThrow(binding.ecdhConvert(key, curve, formOf(format))), outEnc);
};

module.exports = { DiffieHellman, DiffieHellmanGroup, ECDH };
