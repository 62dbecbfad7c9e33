'use strict';

// Cipheriv and Decipheriv: streams over one native session each.

const {
  ArrayIsArray, ObjectSetPrototypeOf, StringPrototypeToLowerCase, Symbol,
} = primordials;

const {
  codes: {
    ERR_CRYPTO_INVALID_STATE,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_UNKNOWN_ENCODING,
  },
} = require('internal/errors');
const { FastBuffer } = require('internal/buffer');
const LazyTransform = require('internal/streams/lazy_transform');
const { getDeprecationWarningEmitter, normalizeEncoding } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const {
  validateEncoding,
  validateInt32,
  validateObject,
  validateString,
} = require('internal/validators');
const { decode, inputOf } = require('internal/crypto/encodings');
const { nativeError, orThrow } = require('internal/crypto/failure');
const { Handles, kHandle, kListed } = require('internal/crypto/handles');
const { getKeyObjectHandle, prepareSecretKey } = require('internal/crypto/keys');
const { cachedList, getArrayBufferOrView } = require('internal/crypto/util');

const binding = internalBinding('crypto');

const handles = new Handles(binding.cipherClose);
const kTag = Symbol('kTag');
const NO_KEY = -1;
const NO_LENGTH = -1;

/** Most bytes that native takes at once. */
const PIECE_BYTES_MAX = 0x7fffffff;

const getCiphers = cachedList(binding.cipherNames);

function uintOption(options, name) {
  const value = options?.[name];
  if (value === undefined || value === null) return NO_LENGTH;
  const number = value >>> 0;
  if (number !== value) throw new ERR_INVALID_ARG_VALUE(`options.${name}`, value);
  return number;
}

function stringOption(options, name) {
  const value = options?.[name];
  if (value === undefined || value === null) return undefined;
  validateString(value, `options.${name}`);
  return value;
}

function open(self, encrypts, cipher, key, iv, options) {
  validateString(cipher, 'cipher');
  const secret = prepareSecretKey(key, stringOption(options, 'encoding'));
  const keyHandle = getKeyObjectHandle(secret);
  const vector = iv === null ? null : getArrayBufferOrView(iv, 'iv');
  const tagLength = uintOption(options, 'authTagLength');
  const handle = orThrow(binding.cipherOpen(
    encrypts, cipher, keyHandle === undefined ? secret : null,
    keyHandle === undefined ? NO_KEY : keyHandle[kHandle], vector, tagLength));
  self._decoder = null;
  self._options = options;
  self[kListed] = false;
  self[kTag] = undefined;
  handles.add(self, handle);
}

function Cipheriv(cipher, key, iv, options) {
  if (!new.target) return new Cipheriv(cipher, key, iv, options);
  open(this, true, cipher, key, iv, options);
}

function Decipheriv(cipher, key, iv, options) {
  if (!new.target) return new Decipheriv(cipher, key, iv, options);
  open(this, false, cipher, key, iv, options);
}

/** The decoder of a cipher's text, which has one encoding from first to last. */
function write(self, bytes, encoding, isLast) {
  if (!encoding || encoding === 'buffer') return bytes;
  if (self._decoder === null) {
    const { StringDecoder } = require('string_decoder');
    self._decoder = new StringDecoder(encoding);
  } else {
    const name = normalizeEncoding(encoding);
    if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    if (self._decoder.encoding !== name) {
      throw new ERR_INVALID_ARG_VALUE(
        'outputEncoding', encoding, `cannot be changed from '${self._decoder.encoding}'`);
    }
  }
  return isLast ? self._decoder.end(bytes) : self._decoder.write(bytes);
}

function update(data, inputEncoding, outputEncoding) {
  if (typeof data === 'string') validateEncoding(data, inputEncoding);
  else if (!isArrayBufferView(data)) {
    throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
  return write(this, updateNative(this, data, inputEncoding), outputEncoding, false);
}

function updateNative(self, data, encoding) {
  let number = 0;
  if (typeof data === 'string') {
    number = inputOf(encoding);
    if (number === 0) data = decode(data, encoding);
  }
  if (self[kHandle] === undefined || data.byteLength > PIECE_BYTES_MAX) {
    throw nativeError(undefined, 'Trying to add data in unsupported state');
  }
  return orThrow(binding.cipherUpdate(self[kHandle], data, number));
}

function finish(self) {
  const handle = self[kHandle];
  if (handle === undefined) throw nativeError('ERR_CRYPTO_INVALID_STATE', 'Invalid state');
  handles.end(self);
  const last = orThrow(binding.cipherFinal(handle));
  if (!ArrayIsArray(last)) return last;
  self[kTag] = last[1];
  return last[0];
}

function final(outputEncoding) {
  return write(this, finish(this), outputEncoding, true);
}

function setAutoPadding(ap) {
  if (this[kHandle] === undefined ||
      !binding.cipherSetPadding(this[kHandle], ap === undefined ? true : !!ap)) {
    throw new ERR_CRYPTO_INVALID_STATE('setAutoPadding');
  }
  return this;
}

function setAAD(aadbuf, options) {
  const encoding = stringOption(options, 'encoding');
  const plaintextLength = uintOption(options, 'plaintextLength');
  aadbuf = getArrayBufferOrView(aadbuf, 'aadbuf', encoding);
  if (this[kHandle] === undefined ||
      !orThrow(binding.cipherSetAad(this[kHandle], aadbuf, plaintextLength))) {
    throw new ERR_CRYPTO_INVALID_STATE('setAAD');
  }
  return this;
}

function getAuthTag() {
  if (this[kTag] === undefined) throw new ERR_CRYPTO_INVALID_STATE('getAuthTag');
  return new FastBuffer(this[kTag]);
}

const warnOfShortTags = getDeprecationWarningEmitter(
  'DEP0182',
  'Using AES-GCM authentication tags of less than 128 bits without specifying the ' +
  'authTagLength option when initializing decryption is deprecated.');

function setAuthTag(tagbuf, encoding) {
  tagbuf = getArrayBufferOrView(tagbuf, 'buffer', encoding);
  if (this[kHandle] === undefined ||
      !orThrow(binding.cipherSetTag(this[kHandle], tagbuf))) {
    throw new ERR_CRYPTO_INVALID_STATE('setAuthTag');
  }
  // Only GCM lets the length open.
  if (tagbuf.byteLength < 16 && uintOption(this._options, 'authTagLength') === NO_LENGTH &&
      !process.noDeprecation) {
    warnOfShortTags();
  }
  return this;
}

function _transform(chunk, encoding, callback) {
  this.push(updateNative(this, chunk, encoding));
  callback();
}

function _flush(callback) {
  try {
    this.push(finish(this));
  } catch (error) {
    callback(error);
    return;
  }
  callback();
}

function addMethods(Class) {
  ObjectSetPrototypeOf(Class.prototype, LazyTransform.prototype);
  ObjectSetPrototypeOf(Class, LazyTransform);
  Class.prototype._transform = _transform;
  Class.prototype._flush = _flush;
  Class.prototype.update = update;
  Class.prototype.final = final;
  Class.prototype.setAutoPadding = setAutoPadding;
  if (Class === Cipheriv) Class.prototype.getAuthTag = getAuthTag;
  else Class.prototype.setAuthTag = setAuthTag;
  Class.prototype.setAAD = setAAD;
}
addMethods(Cipheriv);
addMethods(Decipheriv);

function getCipherInfo(nameOrNid, options) {
  if (typeof nameOrNid !== 'string' && typeof nameOrNid !== 'number') {
    throw new ERR_INVALID_ARG_TYPE('nameOrNid', ['string', 'number'], nameOrNid);
  }
  if (typeof nameOrNid === 'number') validateInt32(nameOrNid, 'nameOrNid');
  let keyLength = NO_LENGTH;
  let ivLength = NO_LENGTH;
  if (options !== undefined) {
    validateObject(options, 'options');
    if (options.keyLength !== undefined) {
      keyLength = options.keyLength;
      validateInt32(keyLength, 'options.keyLength');
    }
    if (options.ivLength !== undefined) {
      ivLength = options.ivLength;
      validateInt32(ivLength, 'options.ivLength');
    }
  }
  const row = typeof nameOrNid === 'string' ?
    nameOrNid === '' ? undefined : binding.cipherOf(StringPrototypeToLowerCase(nameOrNid), 0) :
    binding.cipherOf('', nameOrNid);
  if (row === undefined) return undefined;
  const { 0: number, 1: mode, 2: name, 3: nid, 4: blockSize, 5: ownIv, 6: ownKey } = row;
  if (!binding.cipherTakes(number, keyLength, ivLength)) return undefined;
  const info = { mode, name, nid };
  if (mode !== 'stream') info.blockSize = blockSize;
  const iv = ivLength === NO_LENGTH ? ownIv : ivLength;
  if (iv !== 0) info.ivLength = iv;
  info.keyLength = keyLength === NO_LENGTH ? ownKey : keyLength;
  return info;
}

module.exports = { Cipheriv, Decipheriv, getCipherInfo, getCiphers };
