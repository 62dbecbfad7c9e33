'use strict';

// Options of compressors, checked, as native wants them.

const {
  MathMax, NumberIsNaN, NumberIsSafeInteger, ObjectKeys, StringPrototypeStartsWith,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE },
  hideStackFrames,
} = require('internal/errors');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');
const { validateFiniteNumber } = require('internal/validators');
const { constants } = require('internal/zlib/constants');
const { noSettings } = require('internal/zlib/handle');
const { Buffer } = require('buffer');

const { Z_MIN_CHUNK } = constants;

/** -> a view of bytes, or undefined. */
const checkedDictionary = hideStackFrames((dictionary) => {
  if (dictionary === undefined || isArrayBufferView(dictionary)) return dictionary;
  if (isAnyArrayBuffer(dictionary)) return Buffer.from(dictionary);
  throw new ERR_INVALID_ARG_TYPE.HideStackFramesError(
    'options.dictionary', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], dictionary);
});

/** The room for output of one step. */
function checkedChunkSize(chunkSize, defaultSize) {
  if (!validateFiniteNumber(chunkSize, 'options.chunkSize')) return defaultSize;
  if (chunkSize < Z_MIN_CHUNK) {
    throw new ERR_OUT_OF_RANGE('options.chunkSize', `>= ${Z_MIN_CHUNK}`, chunkSize);
  }
  return chunkSize;
}

/** opts.pledgedSrcSize of zstd. */
function checkedSize(size) {
  if (size === undefined) return undefined;
  if (typeof size !== 'number') {
    throw new ERR_INVALID_ARG_TYPE('options.pledgedSrcSize', 'number', size);
  }
  if (!NumberIsSafeInteger(size)) {
    throw new ERR_OUT_OF_RANGE('options.pledgedSrcSize', 'a safe integer', size);
  }
  if (size < 0) throw new ERR_OUT_OF_RANGE('options.pledgedSrcSize', '>= 0', size);
  return size;
}

/** The highest number of the constants that start with `prefix`. */
function highestOf(prefix) {
  let highest = 0;
  for (const name of ObjectKeys(constants)) {
    if (StringPrototypeStartsWith(name, prefix)) highest = MathMax(highest, constants[name]);
  }
  return highest;
}

const BROTLI_PARAM_MAX = highestOf('BROTLI_PARAM_');
const ZSTD_C_MAX = highestOf('ZSTD_c_');
const ZSTD_D_MAX = highestOf('ZSTD_d_');

/** opts.params as native wants them. */
function settingsOf(opts, highest, InvalidParam) {
  const settings = noSettings(highest);
  if (!opts?.params) return settings;
  for (const name of ObjectKeys(opts.params)) {
    const number = +name;
    // Two names can mean one number: '0' and '00'.
    if (NumberIsNaN(number) || number < 0 || number > highest || (settings[number] | 0) !== -1) {
      throw new InvalidParam(name);
    }
    const value = opts.params[name];
    if (typeof value !== 'number' && typeof value !== 'boolean') {
      throw new ERR_INVALID_ARG_TYPE('options.params[key]', 'number', value);
    }
    settings[number] = value;
  }
  return settings;
}

module.exports = {
  BROTLI_PARAM_MAX, ZSTD_C_MAX, ZSTD_D_MAX, checkedChunkSize, checkedDictionary, checkedSize,
  settingsOf,
};
