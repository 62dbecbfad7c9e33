'use strict';

// The functions of fs that block until the kernel has answered.

const {
  ArrayPrototypeMap, Error, ErrorCaptureStackTrace,
} = primordials;

const { Buffer } = require('buffer');
const {
  UVException, codes: { ERR_FS_FILE_TOO_LARGE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { bareError, checked } = require('internal/fs/error');
const { KEEP_POSITION, now, runNow } = require('internal/fs/ops');
const { checkTreeRoot, entriesOf, operationOf, treeEntries } = require('internal/fs/listing');
const { regularSize, statsOf } = require('internal/fs/stats');
const tree = require('internal/fs/tree');
const {
  bytesOf, coercedPath, constants, copyObject, decode, emitRecursiveRmdirWarning, encodedText,
  encodeName, getOptions, getValidatedFd, getValidatedPath, isFd, mkdirOptions, positionOr,
  stringToFlags, toUnixTimestamp, validAccessMode, validateBufferArray, validateOffsetLengthRead,
  validateOffsetLengthWrite, validatePosition, validateRmdirOptions, validateRmOptionsSync,
  validateStringAfterArrayBufferView, validCopyMode, warnOfPlaceholders, templateOf, wantsBytes,
} = require('internal/fs/utils');
const { kEmptyObject } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const {
  kValidateObjectAllowNullable, parseFileMode, validateBoolean, validateBuffer, validateEncoding,
  validateInteger, validateObject, validateOneOf,
} = require('internal/validators');

const ENOENT = -2;
const EBADF = -9;
const EINVAL = -22;
const ENOTDIR = -20;
const EFBIG = -27;

const { F_OK, O_RDONLY } = constants;

/** Runs steps; an error starts at `caller`. */
function run(steps, caller) {
  try {
    return runNow(steps);
  } catch (error) {
    ErrorCaptureStackTrace(error, caller);
    throw error;
  }
}

function accessSync(path, mode) {
  path = getValidatedPath(path);
  checked(now.access(path, validAccessMode(mode)), 'access', path);
}

let existsWarned = false;

function existsSync(path) {
  try {
    path = getValidatedPath(path);
  } catch (error) {
    if (error?.code === 'ERR_INVALID_ARG_TYPE' && !existsWarned) {
      existsWarned = true;
      process.emitWarning('Passing invalid argument types to fs.existsSync is deprecated',
                          'DeprecationWarning', 'DEP0187');
    }
    return false;
  }
  return now.access(path, F_OK) >= 0;
}

// ---- descriptors -------------------------------------------------------------------------------

function openSync(path, flags, mode) {
  path = getValidatedPath(path);
  flags = stringToFlags(flags);
  return checked(now.open(path, flags, parseFileMode(mode, 'mode', 0o666)), 'open', path);
}

function closeSync(fd) {
  fd = getValidatedFd(fd);
  checked(now.close(fd), 'close');
}

function readSync(fd, buffer, offsetOrOptions, length, position) {
  validateBuffer(buffer);
  let offset = offsetOrOptions;
  if (arguments.length <= 3 || typeof offsetOrOptions === 'object') {
    if (offsetOrOptions !== undefined) {
      validateObject(offsetOrOptions, 'options', kValidateObjectAllowNullable);
    }
    ({ offset = 0, length = buffer.byteLength - offset, position = null } =
      offsetOrOptions ?? kEmptyObject);
  }
  if (offset === undefined) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length |= 0;
  if (position == null) position = KEEP_POSITION;
  else validatePosition(position, 'position', length);
  if (length === 0) return 0;
  if (buffer.byteLength === 0) {
    throw new ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  }
  validateOffsetLengthRead(offset, length, buffer.byteLength);
  return checked(now.readInto(getValidatedFd(fd), buffer, offset, length, position), 'read');
}

function readvSync(fd, buffers, position) {
  validateBufferArray(buffers);
  fd = getValidatedFd(fd);
  if (buffers.length === 0) checked(EINVAL, 'read');
  let at = positionOr(position);
  let total = 0;
  for (let i = 0; i < buffers.length; i++) {
    const { byteLength } = buffers[i];
    // Where there is nothing to fill the descriptor is asked all the same.
    if (byteLength === 0 && i !== buffers.length - 1) continue;
    const count = now.readInto(fd, buffers[i], 0, byteLength, at);
    // What was read before a refusal is the answer; the refusal comes with the next call.
    if (count < 0 && total > 0) break;
    checked(count, 'read');
    total += count;
    if (at >= 0) at += count;
    if (count < byteLength) break;
  }
  return total;
}

function writeSync(fd, buffer, offsetOrOptions, length, position) {
  let offset = offsetOrOptions;
  if (!isArrayBufferView(buffer)) {
    validateStringAfterArrayBufferView(buffer, 'buffer');
    validateEncoding(buffer, length);
    const bytes = encodedText(buffer, length);
    fd = getValidatedFd(fd);
    return checkedWrite(now.writeFrom(fd, bytes, 0, bytes.length, positionOr(offset)));
  }
  if (typeof offset === 'object') {
    ({ offset = 0, length = buffer.byteLength - offset, position = null } =
      offsetOrOptions ?? kEmptyObject);
  }
  if (offset == null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  if (typeof length !== 'number') length = buffer.byteLength - offset;
  validateOffsetLengthWrite(offset, length, buffer.byteLength);
  const at = positionOr(position);
  return checkedWrite(now.writeFrom(getValidatedFd(fd), buffer, offset, length, at));
}

/** As `checked`, with the properties in the order that Node has for this one. */
function checkedWrite(answer) {
  if (answer >= 0) return answer;
  const error = new UVException({ errno: answer, syscall: 'write' });
  if (Error.stackTraceLimit) ErrorCaptureStackTrace(error, checkedWrite);
  throw error;
}

/** Writes all of it, however many calls that takes. */
function writeWhole(fd, bytes, check) {
  let offset = 0;
  while (offset < bytes.byteLength) {
    const length = bytes.byteLength - offset;
    offset += check(now.writeFrom(fd, bytes, offset, length, KEEP_POSITION), 'write');
  }
}

function writevSync(fd, buffers, position) {
  validateBufferArray(buffers);
  if (buffers.length === 0) return 0;
  const bytes = Buffer.concat(ArrayPrototypeMap(buffers, bytesOf));
  fd = getValidatedFd(fd);
  return checked(now.writeFrom(fd, bytes, 0, bytes.length, positionOr(position)), 'write');
}

function fsyncSync(fd) {
  fd = getValidatedFd(fd);
  checked(now.fsync(fd, false), 'fsync');
}

function fdatasyncSync(fd) {
  fd = getValidatedFd(fd);
  checked(now.fsync(fd, true), 'fdatasync');
}

function ftruncateSync(fd, len = 0) {
  validateInteger(len, 'len');
  checked(now.ftruncate(getValidatedFd(fd), len < 0 ? 0 : len), 'ftruncate');
}

function truncateSync(path, len) {
  if (len === undefined) len = 0;
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, len);
  } finally {
    closeSync(fd);
  }
}

// ---- whole files -------------------------------------------------------------------------------

function isUtf8(encoding) {
  return encoding === 'utf8' || encoding === 'utf-8';
}

function readDescriptor(fd, encoding, given) {
  if (given !== undefined) {
    return run(require('internal/fs/given_buffer').readGiven(fd, given), readFileSync);
  }
  const ops = internalBinding('fs_ops');
  const bytes = isUtf8(encoding) ? ops.readFileUtf8(undefined, fd) : ops.readFileFd(fd);
  if (bytes === EFBIG) throw new ERR_FS_FILE_TOO_LARGE(regularSize(now.fstat(fd)));
  if (isUtf8(encoding)) return checked(bytes, 'read');
  // Asking for the size comes first, and is refused only if nothing is open there.
  return checked(bytes, bytes === EBADF && now.fstat(fd) === EBADF ? 'fstat' : 'read');
}

function readFileSync(path, options) {
  options = getOptions(options, { flag: 'r' });
  const { buffer, encoding } = options;
  if (buffer !== undefined) require('internal/fs/given_buffer').validateGiven(buffer);
  if (isFd(path)) {
    const read = readDescriptor(path, encoding, buffer);
    return typeof read === 'string' ? read : decode(read, encoding);
  }
  path = getValidatedPath(path);
  const flags = stringToFlags(options.flag);
  if (flags === O_RDONLY && buffer === undefined) {
    const read = isUtf8(encoding) ? now.readFileUtf8(path) : now.readFile(path);
    if (typeof read === 'string') return read;
    if (typeof read !== 'number') return decode(read, encoding);
    // Refused: taken step by step it shows where.
  }
  const fd = checked(now.open(path, flags, 0o666), 'open', path);
  try {
    const read = readDescriptor(fd, encoding, buffer);
    return typeof read === 'string' ? read : decode(read, encoding);
  } finally {
    now.close(fd);
  }
}

function writeFileSync(path, data, options) {
  options = getOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'w', flush: false });
  const flush = options.flush ?? false;
  validateBoolean(flush, 'options.flush');
  const flag = options.flag || 'w';
  let check = checkedWrite;
  if (!isArrayBufferView(data)) {
    validateStringAfterArrayBufferView(data, 'data');
    if (options.encoding === 'utf8' || options.encoding === 'utf-8') check = checked;
    data = Buffer.from(data, options.encoding || 'utf8');
  }
  const isOpen = isFd(path);
  const fd = isOpen ? path : openSync(path, flag, options.mode);
  try {
    writeWhole(fd, data, check);
    if (flush) require('fs').fsyncSync(fd);
  } finally {
    if (!isOpen) closeSync(fd);
  }
}

function appendFileSync(path, data, options) {
  options = getOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'a' });
  options = copyObject(options);
  if (!options.flag || isFd(path)) options.flag = 'a';
  writeFileSync(path, data, options);
}

function copyFileSync(src, dest, mode) {
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  checked(now.copyFile(src, dest, validCopyMode(mode)), 'copyfile', src, dest);
}

// ---- facts -------------------------------------------------------------------------------------

function fstatSync(fd, options = { bigint: false }) {
  const isBig = options.bigint === true;
  return statsOf(checked(now.fstat(getValidatedFd(fd)), 'fstat'), isBig);
}

/** Stats, or undefined if nothing is there and that is fine. */
function statOrNothing(syscall, path, { bigint = false, throwIfNoEntry = true }, caller) {
  const figures = now[syscall](path);
  if (typeof figures !== 'number') return statsOf(figures, bigint === true);
  if (!throwIfNoEntry && (figures === ENOENT || figures === ENOTDIR)) return undefined;
  const error = bareError(figures, syscall, path);
  if (Error.stackTraceLimit) ErrorCaptureStackTrace(error, caller);
  throw error;
}

function lstatSync(path, options = { bigint: false, throwIfNoEntry: true }) {
  path = getValidatedPath(path);
  return statOrNothing('lstat', path, options, lstatSync);
}

function statSync(path, options = { bigint: false, throwIfNoEntry: true }) {
  path = getValidatedPath(path);
  return statOrNothing('stat', path, options, statSync);
}

function chmodSync(path, mode) {
  path = getValidatedPath(path);
  mode = parseFileMode(mode, 'mode');
  checked(now.chmod(path, mode), 'chmod', path);
}

function fchmodSync(fd, mode) {
  mode = parseFileMode(mode, 'mode');
  checked(now.fchmod(getValidatedFd(fd), mode), 'fchmod');
}

function utimesSync(path, atime, mtime) {
  path = getValidatedPath(path);
  const accessed = toUnixTimestamp(atime);
  const modified = toUnixTimestamp(mtime);
  checked(now.utimes(path, accessed, modified), 'utime', path);
}

// ---- names -------------------------------------------------------------------------------------

function renameSync(oldPath, newPath) {
  oldPath = getValidatedPath(oldPath, 'oldPath');
  newPath = getValidatedPath(newPath, 'newPath');
  checked(now.rename(oldPath, newPath), 'rename', oldPath, newPath);
}

function linkSync(existingPath, newPath) {
  existingPath = getValidatedPath(existingPath, 'existingPath');
  newPath = getValidatedPath(newPath, 'newPath');
  checked(now.link(existingPath, newPath), 'link', existingPath, newPath);
}

function symlinkSync(target, path, type) {
  validateOneOf(type, 'type', ['dir', 'file', 'junction', null, undefined]);
  target = getValidatedPath(target, 'target');
  path = getValidatedPath(path);
  checked(now.symlink(target, path), 'symlink', target, path);
}

/** The name that an operation gives, in the encoding that was asked for. */
function nameOf(operation, path, { encoding }, told) {
  return encodeName(checked(now[operation](path, wantsBytes(encoding)), operation, told), encoding);
}

function readlinkSync(path, options) {
  options = getOptions(options);
  path = getValidatedPath(path);
  return nameOf('readlink', path, options, path);
}

function realpathSync(path, options) {
  options = getOptions(options);
  path = coercedPath(path);
  return encodeName(run(tree.resolveLinks(path, 'resolve'), realpathSync), options.encoding);
}

realpathSync.native = (path, options) => {
  options = getOptions(options);
  path = getValidatedPath(path);
  return nameOf('realpath', path, options, path);
};

function unlinkSync(path) {
  path = getValidatedPath(path);
  checked(now.unlink(path), 'unlink', path);
}

// ---- directories -------------------------------------------------------------------------------

function mkdirSync(path, options) {
  const { mode, recursive } = mkdirOptions(options);
  path = getValidatedPath(path);
  if (recursive) return run(tree.makeDirectories(path, mode), mkdirSync);
  checked(now.mkdir(path, mode), 'mkdir', path);
  return undefined;
}

function readdirSync(path, options) {
  options = getOptions(options);
  path = getValidatedPath(path);
  if (options.recursive != null) validateBoolean(options.recursive, 'options.recursive');
  if (options.recursive) {
    checkTreeRoot(path);
    const found = run(tree.listTree(path, true, false), readdirSync);
    return treeEntries(path, found, options.withFileTypes, options.encoding);
  }
  const { encoding, withFileTypes } = options;
  const entries = checked(now[operationOf(withFileTypes)](path, wantsBytes(encoding)), 'scandir',
                          path);
  return entriesOf(path, entries, withFileTypes, encoding);
}

function rmdirSync(path, options) {
  path = getValidatedPath(path);
  if (options?.recursive) {
    emitRecursiveRmdirWarning();
    options = validateRmOptionsSync(path, { ...options, force: false }, true);
    if (options !== false) {
      run(tree.removeTree(path, options, asRm(path)), rmdirSync);
      return;
    }
  } else {
    validateRmdirOptions(options);
  }
  checked(now.rmdir(path), 'rmdir', path);
}

/** The blocking form names itself, and what was asked for, whatever was refused below. */
function asRm(path) {
  return (errno) => bareError(errno, 'rm', path);
}

function rmSync(path, options) {
  path = getValidatedPath(path);
  now.mayWrite(path);
  options = validateRmOptionsSync(path, options, false);
  run(tree.removeTree(path, options, asRm(path)), rmSync);
}

function mkdtempSync(prefix, options) {
  options = getOptions(options);
  prefix = getValidatedPath(prefix, 'prefix');
  warnOfPlaceholders(prefix);
  return nameOf('mkdtemp', prefix, options, templateOf(prefix));
}

module.exports = {
  accessSync,
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fchmodSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  readlinkSync,
  readvSync,
  realpathSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
  writevSync,
};
