'use strict';

// What users hand to fs, checked and brought into one form, under Node's names.

const {
  ArrayIsArray, BigInt, DateNow, DatePrototypeGetTime, Error, ErrorCaptureStackTrace, MathTrunc,
  NumberIsFinite, NumberIsSafeInteger, ObjectIs, RangeError,
  StringPrototypeEndsWith, StringPrototypeIncludes, TypeError, TypedArrayPrototypeIncludes,
} = primordials;

const { Buffer } = require('buffer');
const {
  codes: { ERR_FS_EISDIR, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE },
} = require('internal/errors');
const { constants } = require('internal/fs/constants');
const dirent = require('internal/fs/dirent');
const { bareError, checked } = require('internal/fs/error');
const { KEEP_POSITION, later, now } = require('internal/fs/ops');
const stats = require('internal/fs/stats');
const { kEmptyObject } = require('internal/util');
const { isArrayBufferView, isDate, isUint8Array } = require('internal/util/types');
const {
  parseFileMode, validateAbortSignal, validateBoolean, validateInt32, validateInteger,
  validateObject, validateUint32,
} = require('internal/validators');

const {
  COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE, F_OK, O_APPEND, O_CREAT, O_EXCL,
  O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY, R_OK, W_OK, X_OK,
} = constants;

const ACCESS_MODE_MAX = F_OK | R_OK | W_OK | X_OK;
const COPY_MODE_MAX = COPYFILE_EXCL | COPYFILE_FICLONE | COPYFILE_FICLONE_FORCE;

const FLAGS = {
  __proto__: null,
  'r': O_RDONLY,
  'rs': O_RDONLY | O_SYNC,
  'sr': O_RDONLY | O_SYNC,
  'r+': O_RDWR,
  'rs+': O_RDWR | O_SYNC,
  'sr+': O_RDWR | O_SYNC,
  'w': O_TRUNC | O_CREAT | O_WRONLY,
  'wx': O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  'xw': O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  'w+': O_TRUNC | O_CREAT | O_RDWR,
  'wx+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  'xw+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  'a': O_APPEND | O_CREAT | O_WRONLY,
  'ax': O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  'xa': O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  'as': O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  'sa': O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  'a+': O_APPEND | O_CREAT | O_RDWR,
  'ax+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  'xa+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  'as+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
  'sa+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
};

/** Flags that are text are called `flags` in any case. */
function stringToFlags(flags, name = 'flags') {
  if (typeof flags === 'number') {
    validateInt32(flags, name);
    return flags + 0; // Makes -0 a 0.
  }
  if (flags == null) return O_RDONLY;
  const known = typeof flags === 'string' ? FLAGS[flags] : undefined;
  if (known === undefined) throw new ERR_INVALID_ARG_VALUE('flags', flags);
  return known;
}

function stringToSymlinkType(type) {
  // Only Windows tells them apart.
  return type === 'dir' ? constants.UV_FS_SYMLINK_DIR :
    type === 'junction' ? constants.UV_FS_SYMLINK_JUNCTION : 0;
}

/** `error` with a stack that starts above `check`. */
function from(check, error) {
  if (Error.stackTraceLimit) ErrorCaptureStackTrace(error, check);
  return error;
}

// ---- modes -------------------------------------------------------------------------------------

/** Worded as Node does, where native code checks them. */
function validBits(mode, max) {
  if (mode == null) return 0;
  if (typeof mode === 'number') {
    const bits = MathTrunc(mode);
    if (bits >= 0 && bits <= max) return bits;
    const bounds = NumberIsFinite(mode) ? `: >= 0 && <= ${max}` : '';
    const error = new RangeError(`mode is out of range${bounds}`);
    error.code = 'ERR_OUT_OF_RANGE';
    throw error;
  }
  const error = new TypeError('mode must be int32 or null/undefined');
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}

function validAccessMode(mode) {
  return validBits(mode, ACCESS_MODE_MAX);
}

function validCopyMode(mode) {
  return validBits(mode, COPY_MODE_MAX);
}

// ---- options -----------------------------------------------------------------------------------

function assertEncoding(encoding) {
  if (encoding && !Buffer.isEncoding(encoding)) {
    throw new ERR_INVALID_ARG_VALUE('encoding', encoding, 'is invalid encoding');
  }
}

/** @returns {object} the options; `defaults` if there are none */
function getOptions(options, defaults = kEmptyObject) {
  if (options == null || typeof options === 'function') return defaults;
  if (typeof options === 'string') {
    defaults = { ...defaults };
    defaults.encoding = options;
    options = defaults;
  } else if (typeof options !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], options);
  }
  if (options.encoding !== 'buffer') assertEncoding(options.encoding);
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  return options;
}

/** Inherited properties become own ones. */
function copyObject(source) {
  const target = {};
  for (const key in source) target[key] = source[key];
  return target;
}

// ---- paths -------------------------------------------------------------------------------------

let toPathIfFileURL;

function validatePath(path, propName = 'path') {
  const isText = typeof path === 'string';
  if (!isText && !isUint8Array(path)) {
    throw from(validatePath, new ERR_INVALID_ARG_TYPE(
      propName, ['string', 'Buffer', 'URL'], path));
  }
  const hasNull = isText ? StringPrototypeIncludes(path, '\u0000') :
    TypedArrayPrototypeIncludes(path, 0);
  if (hasNull) {
    throw from(validatePath, new ERR_INVALID_ARG_VALUE(
      propName, path, 'must be a string, Uint8Array, or URL without null bytes'));
  }
}

/** @returns {string | Uint8Array} the path that a string, bytes or a file: URL name */
function getValidatedPath(fileURLOrPath, propName = 'path') {
  if (typeof fileURLOrPath === 'string') {
    validatePath(fileURLOrPath, propName);
    return fileURLOrPath;
  }
  toPathIfFileURL ??= require('internal/url').toPathIfFileURL;
  const path = toPathIfFileURL(fileURLOrPath);
  validatePath(path, propName);
  return path;
}

/** The path as text, for messages; bytes that are no UTF-8 cannot be told from it. */
function pathText(path) {
  if (typeof path === 'string') return path;
  return Buffer.from(path.buffer, path.byteOffset, path.byteLength).utf8Slice();
}

/** realpath alone takes anything for a path by its string. */
function coercedPath(path) {
  toPathIfFileURL ??= require('internal/url').toPathIfFileURL;
  path = toPathIfFileURL(path);
  if (typeof path !== 'string') path += '';
  validatePath(path);
  return path;
}

/** Whether names must come from native as bytes, to be given in this encoding. */
function wantsBytes(encoding) {
  return encoding !== undefined && encoding !== null && encoding !== '' &&
    encoding !== 'utf8' && encoding !== 'utf-8';
}

/** Whether text may come from native as it is. */
function isUtf8(encoding) {
  return encoding === 'utf8' || encoding === 'utf-8';
}

/** A name from the file system as the user asked for it. */
function encodeName(name, encoding) {
  if (!wantsBytes(encoding)) return name;
  const bytes = typeof name === 'string' ? Buffer.from(name) : name;
  return encoding === 'buffer' ? bytes : bytes.toString(encoding);
}

// ---- descriptors, offsets, positions -----------------------------------------------------------

function getValidatedFd(fd, propName = 'fd') {
  if (ObjectIs(fd, -0)) return 0;
  validateInt32(fd, propName, 0);
  return fd;
}

/** Whether it is meant for a descriptor; then it is checked to be a possible one. */
function isFd(path) {
  if (typeof path !== 'number' || path !== (path | 0)) return false;
  getValidatedFd(path);
  return true;
}

function validateOffsetLengthRead(offset, length, bufferLength) {
  if (offset < 0) {
    throw from(validateOffsetLengthRead, new ERR_OUT_OF_RANGE('offset', '>= 0', offset));
  }
  if (length < 0) {
    throw from(validateOffsetLengthRead, new ERR_OUT_OF_RANGE('length', '>= 0', length));
  }
  if (offset + length > bufferLength) {
    throw from(validateOffsetLengthRead, new ERR_OUT_OF_RANGE(
      'length', `<= ${bufferLength - offset}`, length));
  }
}

function validateOffsetLengthWrite(offset, length, byteLength) {
  if (offset > byteLength) {
    throw from(validateOffsetLengthWrite, new ERR_OUT_OF_RANGE(
      'offset', `<= ${byteLength}`, offset));
  }
  if (length > byteLength - offset) {
    throw from(validateOffsetLengthWrite, new ERR_OUT_OF_RANGE(
      'length', `<= ${byteLength - offset}`, length));
  }
  if (length < 0) {
    throw from(validateOffsetLengthWrite, new ERR_OUT_OF_RANGE('length', '>= 0', length));
  }
  validateInt32(length, 'length', 0);
}

function validatePosition(position, name, length) {
  if (typeof position === 'number') {
    validateInteger(position, name, -1);
    return;
  }
  if (typeof position !== 'bigint') {
    throw from(validatePosition, new ERR_INVALID_ARG_TYPE(name, ['integer', 'bigint'], position));
  }
  const max = 2n ** 63n - 1n - BigInt(length);
  if (!(position >= -1n && position <= max)) {
    throw from(validatePosition, new ERR_OUT_OF_RANGE(name, `>= -1 && <= ${max}`, position));
  }
}

function validateBufferArray(buffers, propName = 'buffers') {
  if (!ArrayIsArray(buffers)) {
    throw from(validateBufferArray, new ERR_INVALID_ARG_TYPE(
      propName, 'ArrayBufferView[]', buffers));
  }
  for (let i = 0; i < buffers.length; i++) {
    if (!isArrayBufferView(buffers[i])) {
      throw from(validateBufferArray, new ERR_INVALID_ARG_TYPE(
        propName, 'ArrayBufferView[]', buffers));
    }
  }
  return buffers;
}

function validateStringAfterArrayBufferView(buffer, name) {
  if (typeof buffer !== 'string') {
    throw from(validateStringAfterArrayBufferView, new ERR_INVALID_ARG_TYPE(
      name, ['string', 'Buffer', 'TypedArray', 'DataView'], buffer));
  }
}

// ---- bytes -------------------------------------------------------------------------------------

/** A position of the vectored calls; whatever is no integer means "where it stands". */
function positionOr(position) {
  return NumberIsSafeInteger(position) ? position : KEEP_POSITION;
}

function bytesOf(view) {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

/** Of readFile(), to which `buffer` is no encoding. */
function decode(bytes, encoding) {
  return encoding ? bytes.toString(encoding) : bytes;
}

/** Text to write; an encoding that nobody knows is UTF-8. */
function encodedText(text, encoding) {
  return Buffer.from(text, Buffer.isEncoding(encoding) ? encoding : 'utf8');
}

// ---- times -------------------------------------------------------------------------------------

/** @returns {number} seconds since 1970 */
function toUnixTimestamp(time, name = 'time') {
  // eslint-disable-next-line eqeqeq
  if (typeof time === 'string' && +time == time) return +time;
  if (NumberIsFinite(time)) return time < 0 ? DateNow() / 1000 : time;
  if (isDate(time)) return DatePrototypeGetTime(time) / 1000;
  throw new ERR_INVALID_ARG_TYPE(name, ['Date', 'Time in seconds'], time);
}

// ---- removal -----------------------------------------------------------------------------------

const RM_DEFAULTS = {
  recursive: false,
  force: false,
  retryDelay: 100,
  maxRetries: 0,
};

const RMDIR_DEFAULTS = {
  retryDelay: 100,
  maxRetries: 0,
  recursive: false,
};

function validateRmdirOptions(options, defaults = RMDIR_DEFAULTS) {
  if (options === undefined) return defaults;
  validateObject(options, 'options');
  options = { ...defaults, ...options };
  validateBoolean(options.recursive, 'options.recursive');
  validateInt32(options.retryDelay, 'options.retryDelay', 0);
  validateUint32(options.maxRetries, 'options.maxRetries');
  return options;
}

function isDirectoryError(path) {
  return new ERR_FS_EISDIR({
    code: 'EISDIR', message: 'is a directory', path: pathText(path), syscall: 'rm', errno: 21,
  });
}

function checkRmOptions(options) {
  options = validateRmdirOptions(options, RM_DEFAULTS);
  validateBoolean(options.force, 'options.force');
  return options;
}

/** callback(error, options): whether `path` may be removed with them. */
function validateRmOptions(path, options, expectDir, callback) {
  options = checkRmOptions(options);
  later.lstat(path, (answer) => {
    if (typeof answer === 'number') {
      const error = bareError(answer, 'lstat', path);
      if (options.force && error.code === 'ENOENT') callback(null, options);
      else callback(error, false);
      return;
    }
    const isDir = stats.isDirectory(answer);
    if (expectDir && !isDir) callback(false);
    else if (isDir && !options.recursive) callback(isDirectoryError(path));
    else callback(null, options);
  });
}

function validateRmOptionsSync(path, options, expectDir) {
  options = checkRmOptions(options);
  if (!options.force || expectDir || !options.recursive) {
    const answer = now.lstat(path);
    if (answer === -2 && options.force && !expectDir) return options;
    const isDir = stats.isDirectory(checked(answer, 'lstat', path));
    if (expectDir && !isDir) return false;
    if (isDir && !options.recursive) throw isDirectoryError(path);
  }
  return options;
}

let recursiveRmdirWarned = false;

function emitRecursiveRmdirWarning() {
  if (recursiveRmdirWarned) return;
  recursiveRmdirWarned = true;
  process.emitWarning(
    'In future versions of Node.js, fs.rmdir(path, { recursive: true }) will be removed. ' +
    'Use fs.rm(path, { recursive: true }) instead', 'DeprecationWarning', 'DEP0147');
}

/** What mkdtemp is told to have failed for. */
function templateOf(prefix) {
  return `${pathText(prefix)}XXXXXX`;
}

/** Of mkdir() and mkdirSync(): options, or the mode alone. */
function mkdirOptions(options) {
  let mode = 0o777;
  let recursive = false;
  if (typeof options === 'number' || typeof options === 'string') {
    mode = parseFileMode(options, 'mode');
  } else if (options) {
    if (options.recursive !== undefined) {
      recursive = options.recursive;
      validateBoolean(recursive, 'options.recursive');
    }
    if (options.mode !== undefined) mode = parseFileMode(options.mode, 'options.mode');
  }
  return { mode, recursive };
}

let placeholdersWarned = false;

/** Some systems would replace these too. */
function warnOfPlaceholders(prefix) {
  if (placeholdersWarned || !StringPrototypeEndsWith(pathText(prefix), 'X')) return;
  placeholdersWarned = true;
  process.emitWarning('mkdtemp() templates ending with X are not portable. ' +
                      'For details see: https://nodejs.org/api/fs.html');
}

module.exports = {
  ...dirent,
  BigIntStats: stats.BigIntStats,
  Stats: stats.Stats,
  assertEncoding,
  warnOfPlaceholders,
  validCopyMode,
  validAccessMode,
  positionOr,
  decode,
  bytesOf,
  constants,
  coercedPath,
  copyObject,
  emitRecursiveRmdirWarning,
  encodeName,
  encodedText,
  getOptions,
  getValidatedFd,
  getValidatedPath,
  isFd,
  isUtf8,
  mkdirOptions,
  pathText,
  stringToFlags,
  stringToSymlinkType,
  templateOf,
  toUnixTimestamp,
  validateBufferArray,
  validateOffsetLengthRead,
  validateOffsetLengthWrite,
  validatePath,
  validatePosition,
  validateRmOptions,
  validateRmOptionsSync,
  validateRmdirOptions,
  validateStringAfterArrayBufferView,
  wantsBytes,
};
