'use strict';

// The functions of fs that take a callback. What cannot be waited for (an argument that is wrong)
// is thrown; what the kernel says goes to the callback.

const {
  ArrayPrototypeMap, ObjectDefineProperty, Promise, SymbolFor,
} = primordials;

const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { bareError } = require('internal/fs/error');
const { checkTreeRoot, entriesOf, operationOf, treeEntries } = require('internal/fs/listing');
const { KEEP_POSITION, later, runLater } = require('internal/fs/ops');
const { bigStatsOf, statsOf } = require('internal/fs/stats');
const tree = require('internal/fs/tree');
const {
  bytesOf, coercedPath, constants, copyObject, decode, emitRecursiveRmdirWarning, encodedText,
  encodeName, getOptions, getValidatedFd, getValidatedPath, isFd, isUtf8, mkdirOptions, positionOr,
  stringToFlags, toUnixTimestamp, validAccessMode, validateBufferArray, validateOffsetLengthRead,
  validateOffsetLengthWrite, validatePosition, validateRmdirOptions, validateRmOptions,
  validateStringAfterArrayBufferView, validCopyMode, warnOfPlaceholders, templateOf, wantsBytes,
} = require('internal/fs/utils');
const whole = require('internal/fs/whole');
const { customPromisifyArgs, kEmptyObject } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const {
  kValidateObjectAllowNullable, parseFileMode, validateBoolean,
  validateBuffer, validateEncoding, validateFunction, validateInteger, validateObject,
  validateOneOf,
} = require('internal/validators');

const EINVAL = -22;

const { F_OK } = constants;
const DEFAULT_READ_BYTES = 16384;

function checkCallback(callback) {
  validateFunction(callback, 'cb');
  return callback;
}

/** Takes an answer without a value to the callback. */
function reply(callback, syscall, path, dest) {
  return (answer) => {
    if (answer < 0) callback(bareError(answer, syscall, path, dest));
    else callback(null);
  };
}

/** Takes an answer to the callback as `convert` makes it. */
function replyWith(convert, callback, syscall, path) {
  return (answer) => {
    if (typeof answer === 'number' && answer < 0) callback(bareError(answer, syscall, path));
    else callback(null, convert(answer));
  };
}

const itself = (answer) => answer;

function access(path, mode, callback) {
  if (typeof mode === 'function') {
    callback = mode;
    mode = F_OK;
  }
  path = getValidatedPath(path);
  callback = checkCallback(callback);
  later.access(path, validAccessMode(mode), reply(callback, 'access', path));
}

function exists(path, callback) {
  callback = checkCallback(callback);
  try {
    path = getValidatedPath(path);
  } catch {
    callback(false);
    return;
  }
  later.access(path, F_OK, (answer) => callback(answer >= 0));
}

ObjectDefineProperty(exists, SymbolFor('nodejs.util.promisify.custom'), {
  __proto__: null,
  value: function exists(path) {
    return new Promise((resolve) => module.exports.exists(path, resolve));
  },
});

// ---- descriptors -------------------------------------------------------------------------------

function open(path, flags, mode, callback) {
  path = getValidatedPath(path);
  if (arguments.length < 3) {
    callback = flags;
    flags = 'r';
    mode = 0o666;
  } else if (typeof mode === 'function') {
    callback = mode;
    mode = 0o666;
  } else {
    mode = parseFileMode(mode, 'mode', 0o666);
  }
  const flagsNumber = stringToFlags(flags);
  callback = checkCallback(callback);
  later.open(path, flagsNumber, mode, replyWith(itself, callback, 'open', path));
}

function ignoreSuccess(error) {
  if (error != null) throw error;
}

function close(fd, callback = ignoreSuccess) {
  if (callback !== ignoreSuccess) callback = checkCallback(callback);
  fd = getValidatedFd(fd);
  later.close(fd, reply(callback, 'close'));
}

/** read(fd[, buffer][, options], callback) or all of them one by one. */
function read(fd, buffer, offsetOrOptions, length, position, callback) {
  fd = getValidatedFd(fd);
  let offset = offsetOrOptions;
  let params = null;
  if (arguments.length <= 4) {
    if (arguments.length === 4) {
      validateObject(offsetOrOptions, 'options', kValidateObjectAllowNullable);
      callback = length;
      params = offsetOrOptions;
    } else if (arguments.length === 3) {
      if (!isArrayBufferView(buffer)) {
        params = buffer;
        ({ buffer = Buffer.alloc(DEFAULT_READ_BYTES) } = params ?? kEmptyObject);
      }
      callback = offsetOrOptions;
    } else {
      callback = buffer;
      buffer = Buffer.alloc(DEFAULT_READ_BYTES);
    }
    if (params !== undefined) validateObject(params, 'options', kValidateObjectAllowNullable);
    ({ offset = 0, length = buffer?.byteLength - offset, position = null } =
      params ?? kEmptyObject);
  }
  validateBuffer(buffer);
  validateFunction(callback, 'cb');
  if (offset == null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length |= 0;
  if (position == null) position = KEEP_POSITION;
  else validatePosition(position, 'position', length);
  if (length === 0) {
    process.nextTick(callback, null, 0, buffer);
    return;
  }
  if (buffer.byteLength === 0) {
    throw new ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  }
  validateOffsetLengthRead(offset, length, buffer.byteLength);
  later.readInto(fd, buffer, offset, length, position, (answer) => {
    if (answer < 0) callback(bareError(answer, 'read'), 0, buffer);
    else callback(null, answer, buffer);
  });
}
nameValues(read, ['bytesRead', 'buffer']);

/** What promisify resolves with when the callback gets more than one value. */
function nameValues(fn, names) {
  ObjectDefineProperty(fn, customPromisifyArgs, {
    __proto__: null, value: names, enumerable: false,
  });
}

/** Shares out what was read at once. @returns {number} */
function scatter(bytes, buffers) {
  let taken = 0;
  for (let i = 0; i < buffers.length && taken < bytes.length; i++) {
    const part = bytes.subarray(taken, taken + buffers[i].byteLength);
    bytesOf(buffers[i]).set(part);
    taken += part.length;
  }
  return taken;
}

function totalLength(buffers) {
  let total = 0;
  for (let i = 0; i < buffers.length; i++) total += buffers[i].byteLength;
  return total;
}

function readv(fd, buffers, position, callback) {
  fd = getValidatedFd(fd);
  validateBufferArray(buffers);
  callback = checkCallback(callback || position);
  if (buffers.length === 0) {
    process.nextTick(callback, bareError(EINVAL, 'read'), 0, buffers);
    return;
  }
  later.read(fd, totalLength(buffers), positionOr(position), (answer) => {
    if (typeof answer === 'number') callback(bareError(answer, 'read'), 0, buffers);
    else callback(null, scatter(answer, buffers), buffers);
  });
}
nameValues(readv, ['bytesRead', 'buffers']);

/** write(fd, buffer[, offset[, length[, position]]], callback), or with options, or a string. */
function write(fd, buffer, offsetOrOptions, length, position, callback) {
  fd = getValidatedFd(fd);
  let offset = offsetOrOptions;
  if (!isArrayBufferView(buffer)) {
    writeText(fd, buffer, offset, length, position);
    return;
  }
  callback = checkCallback(callback || position || length || offset);
  if (typeof offset === 'object') {
    ({ offset = 0, length = buffer.byteLength - offset, position = null } =
      offsetOrOptions ?? kEmptyObject);
  }
  if (offset == null || typeof offset === 'function') offset = 0;
  else validateInteger(offset, 'offset', 0);
  if (typeof length !== 'number') length = buffer.byteLength - offset;
  validateOffsetLengthWrite(offset, length, buffer.byteLength);
  const bytes = Buffer.from(buffer.buffer, buffer.byteOffset + offset, length);
  const at = positionOr(position);
  later.write(fd, bytes, at, afterWrite(callback, buffer));
}
nameValues(write, ['bytesWritten', 'buffer']);

function afterWrite(callback, written) {
  return (answer) => {
    if (answer < 0) callback(bareError(answer, 'write'), 0, written);
    else callback(null, answer, written);
  };
}

/** write(fd, string[, position[, encoding]], callback) */
function writeText(fd, text, offset, length, position) {
  validateStringAfterArrayBufferView(text, 'buffer');
  if (typeof position !== 'function') {
    if (typeof offset === 'function') {
      position = offset;
      offset = null;
    } else {
      position = length;
    }
    length = 'utf8';
  }
  validateEncoding(text, length);
  const callback = checkCallback(position);
  const bytes = encodedText(text, length);
  later.write(fd, bytes, positionOr(offset), afterWrite(callback, text));
}

function writev(fd, buffers, position, callback) {
  fd = getValidatedFd(fd);
  validateBufferArray(buffers);
  callback = checkCallback(callback || position);
  if (buffers.length === 0) {
    process.nextTick(callback, null, 0, buffers);
    return;
  }
  const bytes = Buffer.concat(ArrayPrototypeMap(buffers, bytesOf));
  later.write(fd, bytes, positionOr(position), afterWrite(callback, buffers));
}
nameValues(writev, ['bytesWritten', 'buffers']);

function fsync(fd, callback) {
  callback = checkCallback(callback);
  later.fsync(getValidatedFd(fd), false, reply(callback, 'fsync'));
}

function fdatasync(fd, callback) {
  callback = checkCallback(callback);
  later.fsync(getValidatedFd(fd), true, reply(callback, 'fdatasync'));
}

function ftruncate(fd, len = 0, callback) {
  if (typeof len === 'function') {
    callback = len;
    len = 0;
  }
  validateInteger(len, 'len');
  callback = checkCallback(callback);
  later.ftruncate(getValidatedFd(fd), len < 0 ? 0 : len, reply(callback, 'ftruncate'));
}

function truncate(path, len, callback) {
  if (typeof len === 'function') {
    callback = len;
    len = 0;
  } else if (len === undefined) {
    len = 0;
  }
  validateInteger(len, 'len');
  len = len < 0 ? 0 : len;
  validateFunction(callback, 'cb');
  path = getValidatedPath(path);
  later.open(path, constants.O_RDWR, 0o666, (fd) => {
    if (fd < 0) {
      callback(bareError(fd, 'open', path));
      return;
    }
    later.ftruncate(fd, len, (answer) => {
      const error = answer < 0 ? bareError(answer, 'ftruncate') : null;
      whole.closeThen(fd, error, undefined, (both) => callback(both));
    });
  });
}

// ---- whole files -------------------------------------------------------------------------------

/** Whether the callback was told that the work is called off already. */
function isCalledOff(signal, callback) {
  if (!signal?.aborted) return false;
  callback(whole.abortError(signal));
  return true;
}

function readFile(path, options, callback) {
  callback ||= options;
  validateFunction(callback, 'cb');
  options = getOptions(options, { flag: 'r' });
  const { buffer, encoding, signal } = options;
  if (buffer !== undefined) require('internal/fs/given_buffer').validateGiven(buffer);
  if (isCalledOff(signal, callback)) return;
  const done = (error, bytes) => {
    if (error) {
      callback(error);
      return;
    }
    let data;
    try {
      data = typeof bytes === 'string' ? bytes : decode(bytes, encoding);
    } catch (tooLong) {
      callback(tooLong);
      return;
    }
    callback(null, data);
  };
  if (isFd(path)) {
    process.nextTick(whole.readDescriptor, path, signal, done, buffer);
    return;
  }
  const flags = stringToFlags(options.flag, 'options.flag');
  whole.readPath(getValidatedPath(path), flags, signal, isUtf8(encoding), done, buffer);
}

function writeFile(path, data, options, callback) {
  callback ||= options;
  validateFunction(callback, 'cb');
  options = getOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'w', flush: false });
  const flag = options.flag || 'w';
  const flush = options.flush ?? false;
  validateBoolean(flush, 'options.flush');
  if (!isArrayBufferView(data)) {
    validateStringAfterArrayBufferView(data, 'data');
    data = Buffer.from(data, options.encoding || 'utf8');
  }
  const { signal } = options;
  if (isFd(path)) {
    whole.writeDescriptor(path, data, signal, flush, callback);
    return;
  }
  if (isCalledOff(signal, callback)) return;
  path = getValidatedPath(path);
  const flags = stringToFlags(flag);
  const mode = parseFileMode(options.mode, 'mode', 0o666);
  whole.writePath(path, flags, mode, data, signal, flush, (error) => callback(error));
}

function appendFile(path, data, options, callback) {
  callback ||= options;
  validateFunction(callback, 'cb');
  options = getOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'a' });
  options = copyObject(options);
  if (!options.flag || isFd(path)) options.flag = 'a';
  writeFile(path, data, options, callback);
}

function copyFile(src, dest, mode, callback) {
  if (typeof mode === 'function') {
    callback = mode;
    mode = 0;
  }
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  callback = checkCallback(callback);
  later.copyFile(src, dest, validCopyMode(mode), reply(callback, 'copyfile', src, dest));
}

// ---- facts -------------------------------------------------------------------------------------

function fstat(fd, options = { bigint: false }, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = kEmptyObject;
  }
  callback = checkCallback(callback);
  const convert = statsAs(options);
  later.fstatAs(getValidatedFd(fd), convert, replyWith(itself, callback, 'fstat'));
}

function statsAs(options) {
  return options.bigint === true ? bigStatsOf : statsOf;
}

function lstat(path, options = { bigint: false }, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = kEmptyObject;
  }
  callback = checkCallback(callback);
  path = getValidatedPath(path);
  later.lstatAs(path, statsAs(options), replyWith(itself, callback, 'lstat', path));
}

function stat(path, options = { bigint: false, throwIfNoEntry: true }, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = kEmptyObject;
  }
  // Only an object can ask for anything; what else it is does not matter.
  options = typeof options === 'object' ? getOptions(options) : kEmptyObject;
  callback = checkCallback(callback);
  path = getValidatedPath(path);
  const { signal, throwIfNoEntry = true } = options;
  if (isCalledOff(signal, callback)) return;
  const tell = replyWith(itself, callback, 'stat', path);
  later.statAs(path, statsAs(options), (answer) => {
    if (answer === -2 && !throwIfNoEntry) callback(null, undefined);
    else tell(answer);
  });
}

function chmod(path, mode, callback) {
  path = getValidatedPath(path);
  mode = parseFileMode(mode, 'mode');
  callback = checkCallback(callback);
  later.chmod(path, mode, reply(callback, 'chmod', path));
}

function fchmod(fd, mode, callback) {
  mode = parseFileMode(mode, 'mode');
  callback = checkCallback(callback);
  later.fchmod(getValidatedFd(fd), mode, reply(callback, 'fchmod'));
}

function utimes(path, atime, mtime, callback) {
  callback = checkCallback(callback);
  path = getValidatedPath(path);
  const accessed = toUnixTimestamp(atime);
  const modified = toUnixTimestamp(mtime);
  later.utimes(path, accessed, modified, reply(callback, 'utime', path));
}

// ---- names -------------------------------------------------------------------------------------

function rename(oldPath, newPath, callback) {
  callback = checkCallback(callback);
  oldPath = getValidatedPath(oldPath, 'oldPath');
  newPath = getValidatedPath(newPath, 'newPath');
  later.rename(oldPath, newPath, reply(callback, 'rename', oldPath, newPath));
}

function link(existingPath, newPath, callback) {
  callback = checkCallback(callback);
  existingPath = getValidatedPath(existingPath, 'existingPath');
  newPath = getValidatedPath(newPath, 'newPath');
  later.link(existingPath, newPath, reply(callback, 'link', existingPath, newPath));
}

function symlink(target, path, type, callback) {
  if (callback === undefined) {
    callback = checkCallback(type);
    type = undefined;
  } else {
    validateOneOf(type, 'type', ['dir', 'file', 'junction', null, undefined]);
    callback = checkCallback(callback);
  }
  target = getValidatedPath(target, 'target');
  path = getValidatedPath(path);
  later.symlink(target, path, reply(callback, 'symlink', target, path));
}

/** Takes a name to the callback in the encoding that was asked for. */
function replyName({ encoding }, callback, syscall, path) {
  return replyWith((name) => encodeName(name, encoding), callback, syscall, path);
}

function readlink(path, options, callback) {
  callback = checkCallback(typeof options === 'function' ? options : callback);
  options = getOptions(options);
  path = getValidatedPath(path);
  later.readlink(path, wantsBytes(options.encoding),
                 replyName(options, callback, 'readlink', path));
}

function realpath(path, options, callback) {
  callback = checkCallback(typeof options === 'function' ? options : callback);
  options = getOptions(options);
  path = coercedPath(path);
  runLater(tree.resolveLinks(path), (error, resolved) => {
    if (error) callback(error);
    else callback(null, encodeName(resolved, options.encoding));
  });
}

realpath.native = (path, options, callback) => {
  callback = checkCallback(callback || options);
  options = getOptions(options);
  path = getValidatedPath(path);
  later.realpath(path, wantsBytes(options.encoding),
                 replyName(options, callback, 'realpath', path));
};

function unlink(path, callback) {
  callback = checkCallback(callback);
  path = getValidatedPath(path);
  later.unlink(path, reply(callback, 'unlink', path));
}

// ---- directories -------------------------------------------------------------------------------

function mkdir(path, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  const { mode, recursive } = mkdirOptions(options);
  callback = checkCallback(callback);
  path = getValidatedPath(path);
  if (!recursive) {
    later.mkdir(path, mode, reply(callback, 'mkdir', path));
    return;
  }
  runLater(tree.makeDirectories(path, mode), (error, first) => {
    if (error) callback(error);
    else if (first === undefined) callback(null);
    else callback(null, first);
  });
}

function readdir(path, options, callback) {
  callback = checkCallback(typeof options === 'function' ? options : callback);
  options = getOptions(options);
  path = getValidatedPath(path);
  const { recursive, withFileTypes, encoding } = options;
  if (recursive != null) validateBoolean(recursive, 'options.recursive');
  if (recursive) {
    checkTreeRoot(path);
    runLater(tree.listTree(path, true, false), (error, found) => {
      if (error) callback(error);
      else callback(null, treeEntries(path, found, withFileTypes, encoding));
    });
    return;
  }
  const convert = (entries) => entriesOf(path, entries, withFileTypes, encoding);
  later[operationOf(withFileTypes)](path, wantsBytes(encoding),
                                    replyWith(convert, callback, 'scandir', path));
}

function rmdir(path, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  callback = checkCallback(callback);
  path = getValidatedPath(path);
  if (!options?.recursive) {
    validateRmdirOptions(options);
    later.rmdir(path, reply(callback, 'rmdir', path));
    return;
  }
  emitRecursiveRmdirWarning();
  validateRmOptions(path, { ...options, force: false }, true, (error, checked) => {
    if (error === false) later.rmdir(path, reply(callback, 'rmdir', path));
    else if (error) callback(error);
    else runLater(tree.removeTree(path, checked), (refusal) => callback(refusal));
  });
}

function rm(path, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  path = getValidatedPath(path);
  validateRmOptions(path, options, false, (error, checked) => {
    if (error) callback(error);
    else runLater(tree.removeTree(path, checked), (refusal) => callback(refusal));
  });
}

function mkdtemp(prefix, options, callback) {
  callback = checkCallback(typeof options === 'function' ? options : callback);
  options = getOptions(options);
  prefix = getValidatedPath(prefix, 'prefix');
  warnOfPlaceholders(prefix);
  later.mkdtemp(prefix, wantsBytes(options.encoding),
                replyName(options, callback, 'mkdtemp', templateOf(prefix)));
}

module.exports = {
  access,
  appendFile,
  chmod,
  close,
  copyFile,
  exists,
  fchmod,
  fdatasync,
  fstat,
  fsync,
  ftruncate,
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  read,
  readFile,
  readdir,
  readlink,
  readv,
  realpath,
  rename,
  rm,
  rmdir,
  scatter,
  stat,
  symlink,
  totalLength,
  truncate,
  unlink,
  utimes,
  write,
  writeFile,
  writev,
};
