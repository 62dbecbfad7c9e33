'use strict';

// Signatures: Sign and Verify, which take data piece by piece, and both at once.

const { ObjectSetPrototypeOf, ReflectApply } = primordials;

const {
  codes: {
    ERR_CRYPTO_SIGN_KEY_REQUIRED,
    ERR_CRYPTO_UNSUPPORTED_OPERATION,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
  },
} = require('internal/errors');
const { Writable } = require('stream');
const { isArrayBufferView } = require('internal/util/types');
const { validateEncoding, validateFunction, validateString } = require('internal/validators');
const { RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_MAX_SIGN } = require('internal/crypto/constants');
const { digestOrThrow, fixedDigestOrThrow } = require('internal/crypto/digests');
const { bytesOf, decode, encode, inputOf } = require('internal/crypto/encodings');
const { nativeError, orThrow } = require('internal/crypto/failure');
const { Handles, kHandle, kListed } = require('internal/crypto/handles');
const { run, runNow } = require('internal/crypto/job');
const {
  openAny,
  openPrivate,
  preparePrivateKey,
  preparePublicOrPrivateKey,
} = require('internal/crypto/key_input');
const { getArrayBufferOrView, kHandle: kState } = require('internal/crypto/util');

const binding = internalBinding('crypto');

const NO_DIGEST = -1;

const handles = new Handles(binding.hashClose);

function ended() {
  return nativeError('ERR_CRYPTO_INVALID_STATE', 'Not initialised');
}

/** Data that is to be signed, digested as it comes. */
class SignState {
  constructor(name) {
    this.algorithm = fixedDigestOrThrow(name, 'Invalid digest');
    this[kHandle] = undefined;
    this[kListed] = false;
    handles.add(this, orThrow(binding.hashOpen(this.algorithm.number, undefined, 0)));
  }

  update(data, encoding) {
    if (this[kHandle] === undefined) throw ended();
    let number = 0;
    if (typeof data === 'string') {
      number = inputOf(encoding);
      if (number === 0) data = decode(data, encoding);
    }
    binding.hashUpdate(this[kHandle], data, number);
  }

  digest() {
    const handle = this[kHandle];
    if (handle === undefined) throw ended();
    handles.end(this);
    return orThrow(binding.hashDigest(handle, 0, NO_DIGEST));
  }
}

function takesDigest(kind) {
  return kind === 'rsa' || kind === 'rsa-pss' || kind === 'ec' || kind === 'dsa';
}

/** Kinds that sign data themselves, and no digest of it. */
function signsWhole(kind) {
  return kind === 'ed25519' || kind === 'ml-dsa-44' || kind === 'ml-dsa-65' || kind === 'ml-dsa-87';
}

function integerOption(options, name) {
  const value = options[name];
  if (value === undefined || value === value >> 0) return value;
  throw new ERR_INVALID_ARG_VALUE(`options.${name}`, value);
}

/** What a program said of the signature beside the key. */
function signingOptions(options, takesContext) {
  const padding = integerOption(options, 'padding');
  let salt = integerOption(options, 'saltLength');
  if (padding === RSA_PKCS1_PSS_PADDING && salt === undefined) salt = RSA_PSS_SALTLEN_MAX_SIGN;
  let isPlain = false;
  if (typeof options === 'object') {
    const { dsaEncoding = 'der' } = options;
    isPlain = dsaEncoding === 'ieee-p1363';
    if (!isPlain && dsaEncoding !== 'der') {
      throw new ERR_INVALID_ARG_VALUE('options.dsaEncoding', dsaEncoding);
    }
  }
  const context = takesContext ? options.context : undefined;
  if (context !== undefined && !isArrayBufferView(context)) {
    throw new ERR_INVALID_ARG_TYPE(
      'options.context', ['Buffer', 'TypedArray', 'DataView'], context);
  }
  if (context !== undefined && context.byteLength > 255) {
    throw nativeError('ERR_OUT_OF_RANGE', 'context string must be at most 255 bytes');
  }
  return { padding, salt, isPlain, context };
}

function Sign(algorithm, options) {
  if (!new.target && !(this instanceof Sign)) return new Sign(algorithm, options);
  validateString(algorithm, 'algorithm');
  this[kState] = new SignState(algorithm);
  ReflectApply(Writable, this, [options]);
}
ObjectSetPrototypeOf(Sign.prototype, Writable.prototype);
ObjectSetPrototypeOf(Sign, Writable);

Sign.prototype._write = function _write(chunk, encoding, callback) {
  this.update(chunk, encoding);
  callback();
};

Sign.prototype.update = function update(data, encoding) {
  if (typeof data === 'string') {
    validateEncoding(data, encoding);
  } else if (!isArrayBufferView(data)) {
    throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
  this[kState].update(data, encoding);
  return this;
};

Sign.prototype.sign = function sign(privateKey, encoding) {
  if (!privateKey) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const input = preparePrivateKey(privateKey, 'privateKey');
  const { padding, salt, isPlain } = signingOptions(privateKey, false);
  const key = openPrivate(input);
  const state = this[kState];
  if (signsWhole(key.kind)) throw new ERR_CRYPTO_UNSUPPORTED_OPERATION();
  const digest = state.digest();
  const signature = runNow((ticket) => binding.keySign(
    key[kHandle], state.algorithm.number, digest, true, padding, salt, isPlain, undefined, ticket));
  return encode(signature, encoding);
};

function Verify(algorithm, options) {
  if (!new.target && !(this instanceof Verify)) return new Verify(algorithm, options);
  validateString(algorithm, 'algorithm');
  this[kState] = new SignState(algorithm);
  ReflectApply(Writable, this, [options]);
}
ObjectSetPrototypeOf(Verify.prototype, Writable.prototype);
ObjectSetPrototypeOf(Verify, Writable);

Verify.prototype._write = Sign.prototype._write;
Verify.prototype.update = Sign.prototype.update;

/** Two numbers, each as long as the order. */
function checkPlain(key, signature) {
  const { namedCurve, divisorLength } = key.details;
  let count;
  if (key.kind === 'ec') count = binding.curveOf(namedCurve)?.[2];
  else if (key.kind === 'dsa') count = (divisorLength + 7) >> 3;
  if (count !== undefined && signature.byteLength !== 2 * count) {
    throw nativeError('ERR_CRYPTO_OPERATION_FAILED', 'Malformed signature');
  }
}

Verify.prototype.verify = function verify(key, signature, sigEncoding) {
  const input = preparePublicOrPrivateKey(key, 'key');
  const { padding, salt, isPlain } = signingOptions(key, false);
  signature = bytesOf(getArrayBufferOrView(signature, 'signature', sigEncoding));
  const opened = openAny(input);
  const state = this[kState];
  if (signsWhole(opened.kind)) throw new ERR_CRYPTO_UNSUPPORTED_OPERATION();
  if (isPlain) checkPlain(opened, signature);
  const digest = state.digest();
  return runNow((ticket) => binding.keyVerify(
    opened[kHandle], state.algorithm.number, digest, true, padding, salt, isPlain, undefined,
    signature, ticket));
};

/** Of a name that the program gave; where it gave none, what OpenSSL takes for the kind of key. */
function digestNumber(name, kind) {
  if (name == null) {
    if (!takesDigest(kind)) return NO_DIGEST;
    name = 'sha256';
  }
  return digestOrThrow(name).number;
}

function signOneShot(algorithm, data, key, callback) {
  if (algorithm != null) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  data = bytesOf(getArrayBufferOrView(data, 'data'));
  if (!key) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const { padding, salt, isPlain, context } = signingOptions(key, true);
  const opened = openPrivate(preparePrivateKey(key));
  const digest = digestNumber(algorithm, opened.kind);
  return run('SIGNREQUEST', (ticket) => binding.keySign(
    opened[kHandle], digest, data, false, padding, salt, isPlain, context, ticket), callback);
}

function verifyOneShot(algorithm, data, key, signature, callback) {
  if (algorithm != null) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  data = bytesOf(getArrayBufferOrView(data, 'data'));
  const { padding, salt, isPlain, context } = signingOptions(key, true);
  signature = bytesOf(getArrayBufferOrView(signature, 'signature'));
  const opened = openAny(preparePublicOrPrivateKey(key));
  const digest = digestNumber(algorithm, opened.kind);
  return run('SIGNREQUEST', (ticket) => binding.keyVerify(
    opened[kHandle], digest, data, false, padding, salt, isPlain, context, signature, ticket),
             callback);
}

module.exports = { Sign, Verify, signOneShot, verifyOneShot };
