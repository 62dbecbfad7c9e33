'use strict';

// Hash and Hmac. What comes as text is kept as it is until somebody wants the digest: most
// programs hash one string, which then takes one call of native.

const { ObjectSetPrototypeOf, StringPrototypeCharCodeAt } = primordials;

const {
  codes: {
    ERR_CRYPTO_HASH_FINALIZED,
    ERR_CRYPTO_HASH_UPDATE_FAILED,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
  },
} = require('internal/errors');
const { Buffer } = require('buffer');
const LazyTransform = require('internal/streams/lazy_transform');
const { getDeprecationWarningEmitter, normalizeEncoding } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const {
  validateEncoding,
  validateObject,
  validateString,
  validateUint32,
} = require('internal/validators');
const { findDigest, fixedDigestOrThrow } = require('internal/crypto/digests');
const { HEX, UTF8, decode, finishOutput, inputOf, outputOf } = require('internal/crypto/encodings');
const { nativeError, orThrow } = require('internal/crypto/failure');
const { Handles, kHandle, kListed } = require('internal/crypto/handles');
const { getKeyObjectHandle, prepareSecretKey } = require('internal/crypto/keys');
const { kHandle: kState } = require('internal/crypto/util');

const binding = internalBinding('crypto');

const NO_KEY = -1;
const NO_LENGTH = -1;

/** Text that waits, in characters. */
const WAITING_MAX = 65536;

const hashHandles = new Handles(binding.hashClose);
const hmacHandles = new Handles(binding.hmacClose);

/** Bytes to be digested, wherever they are: in `text`, or behind a native handle. */
class HashState {
  constructor(algorithm, count) {
    this.algorithm = algorithm;
    this.count = count;
    this.text = undefined;
    this.encoding = 0;
    this.isFinal = false;
    /** What was asked for, before it was written in an encoding that native does not know. */
    this.result = undefined;
    this.resultEncoding = undefined;
    this[kHandle] = undefined;
    this[kListed] = false;
  }

  update(data, encoding) {
    if (typeof data === 'string') {
      const number = inputOf(encoding);
      if (number !== 0) return this.#updateText(data, number);
      data = decode(data, encoding);
    }
    return this.#updateNative(data, 0);
  }

  #updateText(text, encoding) {
    if (this[kHandle] !== undefined) return binding.hashUpdate(this[kHandle], text, encoding);
    if (this.text === undefined) {
      this.text = text;
      this.encoding = encoding;
      return true;
    }
    if (this.encoding === encoding && this.text.length + text.length <= WAITING_MAX &&
        !endsInHalf(this.text)) {
      this.text += text;
      return true;
    }
    return this.#updateNative(text, encoding);
  }

  #updateNative(data, encoding) {
    if (this[kHandle] === undefined) {
      if (this.text === undefined) {
        this.#open(data, encoding);
        return true;
      }
      this.#open(this.text, this.encoding);
      this.text = undefined;
    }
    return binding.hashUpdate(this[kHandle], data, encoding);
  }

  #open(data, encoding) {
    hashHandles.add(this, orThrow(binding.hashOpen(this.algorithm.number, data, encoding)));
  }

  copy(count) {
    const copy = new HashState(this.algorithm, count);
    if (this[kHandle] === undefined) {
      copy.text = this.text;
      copy.encoding = this.encoding;
    } else {
      hashHandles.add(copy, orThrow(binding.hashCopy(this[kHandle])));
    }
    return copy;
  }

  digest(out) {
    const handle = this[kHandle];
    if (handle === undefined) {
      const { text, encoding } = this;
      this.text = undefined;
      if (out === HEX && encoding === UTF8 && !this.algorithm.isXof) {
        return orThrow(binding.hashHex(this.algorithm.number, text));
      }
      return orThrow(binding.hash(this.algorithm.number, text, encoding, out, this.count));
    }
    hashHandles.end(this);
    return orThrow(binding.hashDigest(handle, out, this.count));
  }
}

/** The other half of its last character may come with the next piece, and they are not joined. */
function endsInHalf(text) {
  const last = StringPrototypeCharCodeAt(text, text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}

const warnOfDefaultLength = getDeprecationWarningEmitter(
  'DEP0198',
  'Creating SHAKE128/256 digests without an explicit options.outputLength is deprecated.',
  undefined, false, (digest) => digest.isXof);

/** The length of an extendable digest, -1 of others. */
function lengthFor(digest, wanted) {
  if (digest.isXof) {
    if (wanted !== undefined) return wanted;
    if (!process.noDeprecation) warnOfDefaultLength(digest);
    return digest.bytes;
  }
  if (wanted === undefined || wanted === digest.bytes) return NO_LENGTH;
  const error = nativeError(
    undefined, 'error:030000B2:digital envelope routines::not XOF or invalid length');
  error.library = 'digital envelope routines';
  error.reason = 'not XOF or invalid length';
  error.code = 'ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH';
  throw error;
}

function wantedLength(options) {
  const wanted = typeof options === 'object' && options !== null ?
    options.outputLength : undefined;
  if (wanted !== undefined) validateUint32(wanted, 'options.outputLength');
  return wanted;
}

function Hash(algorithm, options) {
  if (!new.target) return new Hash(algorithm, options);
  let state;
  if (algorithm instanceof HashState) {
    const wanted = wantedLength(options);
    state = algorithm.copy(
      wanted === undefined ? algorithm.count : lengthFor(algorithm.algorithm, wanted));
  } else {
    validateString(algorithm, 'algorithm');
    const wanted = wantedLength(options);
    const digest = findDigest(algorithm);
    if (digest === null) throw nativeError(undefined, 'Digest method not supported');
    state = new HashState(digest, lengthFor(digest, wanted));
  }
  this._options = options;
  this[kState] = state;
}
ObjectSetPrototypeOf(Hash.prototype, LazyTransform.prototype);
ObjectSetPrototypeOf(Hash, LazyTransform);

Hash.prototype.copy = function copy(options) {
  const state = this[kState];
  if (state.isFinal) throw new ERR_CRYPTO_HASH_FINALIZED();
  return new Hash(state, options);
};

Hash.prototype._transform = function _transform(chunk, encoding, callback) {
  const state = this[kState];
  if (!state.isFinal && state.update(chunk, encoding)) callback();
  else callback(new ERR_CRYPTO_HASH_UPDATE_FAILED());
};

/** The digest may have been asked for, and may still be. */
Hash.prototype._flush = function _flush(callback) {
  const state = this[kState];
  if (state.result === undefined) state.result = state.digest(0);
  this.push(Buffer.from(state.result, state.resultEncoding));
  callback();
};

function checkData(data, encoding) {
  if (typeof data === 'string') {
    if (encoding !== undefined) validateEncoding(data, encoding);
  } else if (!isArrayBufferView(data)) {
    throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
}

Hash.prototype.update = function update(data, encoding) {
  const state = this[kState];
  if (state.isFinal) throw new ERR_CRYPTO_HASH_FINALIZED();
  checkData(data, encoding);
  if (!state.update(data, encoding)) throw new ERR_CRYPTO_HASH_UPDATE_FAILED();
  return this;
};

/** Node takes whatever has a toString. */
function outputName(encoding) {
  if (encoding === '') return undefined;
  return encoding === undefined || typeof encoding === 'string' ? encoding : `${encoding}`;
}

Hash.prototype.digest = function digest(outputEncoding) {
  const state = this[kState];
  if (state.isFinal) throw new ERR_CRYPTO_HASH_FINALIZED();
  const name = outputName(outputEncoding);
  state.isFinal = true;
  if (state.result === undefined) {
    state.result = state.digest(outputOf(name));
    state.resultEncoding = name;
  }
  return finishOutput(state.result, name);
};

/** What is to be keyed, wherever it is. The key is text, a copy of bytes, or behind a handle. */
class HmacState {
  constructor(algorithm, key, keyHandle) {
    this.algorithm = algorithm;
    this.key = key;
    this.keyHandle = keyHandle;
    this.text = undefined;
    this.encoding = 0;
    this.isFinal = false;
    this[kHandle] = undefined;
    this[kListed] = false;
    // Bytes may change before the digest is asked for.
    if (typeof key === 'object') this.#open();
  }

  update(data, encoding) {
    let number = 0;
    if (typeof data === 'string') {
      number = inputOf(encoding);
      if (number === 0) {
        data = decode(data, encoding);
      } else if (this[kHandle] === undefined && this.text === undefined) {
        this.text = data;
        this.encoding = number;
        return true;
      }
    }
    if (this[kHandle] === undefined) this.#open();
    return binding.hmacUpdate(this[kHandle], data, number);
  }

  #open() {
    const { algorithm, key, keyHandle, text } = this;
    const keyNumber = keyHandle === undefined ? NO_KEY : keyHandle[kHandle];
    const handle = orThrow(binding.hmacOpen(algorithm.number, key, keyNumber));
    hmacHandles.add(this, handle);
    this.key = this.keyHandle = this.text = undefined;
    if (text !== undefined) binding.hmacUpdate(handle, text, this.encoding);
  }

  digest(out) {
    const handle = this[kHandle];
    if (handle === undefined) {
      const { algorithm, key, keyHandle, text, encoding } = this;
      this.key = this.keyHandle = this.text = undefined;
      const keyNumber = keyHandle === undefined ? NO_KEY : keyHandle[kHandle];
      return orThrow(binding.hmac(algorithm.number, key, keyNumber, text, encoding, out));
    }
    hmacHandles.end(this);
    return orThrow(binding.hmacDigest(handle, out));
  }
}

function Hmac(hmac, key, options) {
  if (!new.target) return new Hmac(hmac, key, options);
  validateString(hmac, 'hmac');
  const encoding = options?.encoding;
  const secret = prepareSecretKey(key, encoding);
  const keyHandle = getKeyObjectHandle(secret);
  const digest = fixedDigestOrThrow(hmac);
  this._options = options;
  this[kState] = keyHandle === undefined ?
    new HmacState(digest, secret, undefined) :
    new HmacState(digest, undefined, keyHandle);
}
ObjectSetPrototypeOf(Hmac.prototype, LazyTransform.prototype);
ObjectSetPrototypeOf(Hmac, LazyTransform);

Hmac.prototype.update = Hash.prototype.update;

Hmac.prototype.digest = function digest(outputEncoding) {
  const state = this[kState];
  const name = outputName(outputEncoding);
  if (state.isFinal) {
    // Unlike a hash, an HMAC that was read is empty.
    return finishOutput(
      outputOf(name) === 0 ? Buffer.from('') : '', name);
  }
  const result = state.digest(outputOf(name));
  state.isFinal = true;
  return finishOutput(result, name);
};

Hmac.prototype._flush = function _flush(callback) {
  this.push(this.digest());
  callback();
};
Hmac.prototype._transform = Hash.prototype._transform;

/** The digest of `input` at once: `options` is the encoding of the result, or an object. */
function hash(algorithm, input, options) {
  validateString(algorithm, 'algorithm');
  const isText = typeof input === 'string';
  if (!isText && !isArrayBufferView(input)) {
    throw new ERR_INVALID_ARG_TYPE(
      'input', ['Buffer', 'TypedArray', 'DataView', 'string'], input);
  }
  let outputEncoding = 'hex';
  let wanted;
  if (typeof options === 'string') {
    outputEncoding = options;
  } else if (options !== undefined) {
    const { outputEncoding: encoding, outputLength } = checkedOptions(options);
    if (encoding !== undefined) outputEncoding = encoding;
    wanted = outputLength;
  }
  let name = outputEncoding;
  if (name !== 'hex' && name !== 'buffer') {
    name = normalizeEncoding(outputEncoding);
    if (name === undefined) {
      if (`${outputEncoding}`.toLowerCase() !== 'buffer') {
        throw new ERR_INVALID_ARG_VALUE('outputEncoding', outputEncoding);
      }
      name = 'buffer';
    }
  }
  const digest = findDigest(algorithm);
  if (digest === null) {
    throw nativeError(undefined, `Digest method ${algorithm} is not supported`);
  }
  if (wanted !== undefined && !digest.isXof && wanted !== digest.bytes) {
    throw nativeError(undefined, `Output length ${wanted} is invalid for ${algorithm}, which ` +
      'does not support XOF');
  }
  if (name === 'hex' && !digest.isXof) return orThrow(binding.hashHex(digest.number, input));
  const count = lengthFor(digest, wanted);
  const result = orThrow(
    binding.hash(digest.number, input, isText ? UTF8 : 0, outputOf(name), count));
  return typeof result === 'string' || name === 'buffer' ? result : result.toString(name);
}

function checkedOptions(options) {
  validateObject(options, 'options');
  const { outputEncoding, outputLength } = options;
  if (outputEncoding !== undefined) validateString(outputEncoding, 'outputEncoding');
  if (outputLength !== undefined) validateUint32(outputLength, 'outputLength');
  return { outputEncoding, outputLength };
}

module.exports = { Hash, Hmac, hash };
