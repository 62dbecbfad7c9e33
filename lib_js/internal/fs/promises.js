'use strict';

// fs.promises. Missing: chown, cp, glob, lchmod, lchown, lutimes, mkdtempDisposable, opendir,
// statfs, watch.

const { aggregateTwoErrors } = require('internal/errors');
const { answerOf, promiseOf, runAsync } = require('internal/fs/answer');
const {
  FileHandle, kHandle, kRef, kUnref, writable, writeAll, writeOptions,
} = require('internal/fs/file_handle');
const { checkTreeRoot, entriesOf, treeEntries } = require('internal/fs/listing');
const { later } = require('internal/fs/ops');
const { statsOf } = require('internal/fs/stats');
const tree = require('internal/fs/tree');
const {
  constants, copyObject, decode, emitRecursiveRmdirWarning, encodeName, getOptions,
  getValidatedPath, nativePath, pathText, stringToFlags, toUnixTimestamp, validAccessMode,
  validCopyMode, validateRmOptions, validateRmdirOptions, warnOfPlaceholders,
} = require('internal/fs/utils');
const whole = require('internal/fs/whole');
const {
  parseFileMode, validateAbortSignal, validateBoolean, validateInteger, validateOneOf,
} = require('internal/validators');

const { F_OK, O_RDWR } = constants;

async function access(path, mode = F_OK) {
  path = nativePath(path);
  mode = validAccessMode(mode);
  await answerOf((done) => later.access(path, mode, done), 'access', path);
}

async function copyFile(src, dest, mode) {
  src = nativePath(src, 'src');
  dest = nativePath(dest, 'dest');
  mode = validCopyMode(mode);
  await answerOf((done) => later.copyFile(src, dest, mode, done), 'copyfile', src, dest);
}

async function open(path, flags, mode) {
  path = nativePath(path);
  const flagsNumber = stringToFlags(flags);
  mode = parseFileMode(mode, 'mode', 0o666);
  return new FileHandle(
    await answerOf((done) => later.open(path, flagsNumber, mode, done), 'open', path));
}

async function rename(oldPath, newPath) {
  oldPath = nativePath(oldPath, 'oldPath');
  newPath = nativePath(newPath, 'newPath');
  await answerOf((done) => later.rename(oldPath, newPath, done), 'rename', oldPath, newPath);
}

/** Runs `work` over a descriptor that is closed afterwards, whatever happens. */
async function withDescriptor(path, flags, mode, work) {
  const fd = await answerOf((done) => later.open(path, flags, mode, done), 'open', path);
  let failure;
  try {
    return await work(fd);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    try {
      await answerOf((done) => later.close(fd, done), 'close');
    } catch (error) {
      // eslint-disable-next-line no-unsafe-finally
      throw aggregateTwoErrors(error, failure);
    }
  }
}

async function truncate(path, len = 0) {
  path = nativePath(path);
  await withDescriptor(path, O_RDWR, 0o666, async (fd) => {
    validateInteger(len, 'len');
    await answerOf((done) => later.ftruncate(fd, len < 0 ? 0 : len, done), 'ftruncate');
  });
}

async function rm(path, options) {
  path = nativePath(path);
  const checked = await promiseOf((done) => validateRmOptions(path, options, false, done));
  await runAsync(tree.removeTree(path, checked));
}

async function rmdir(path, options) {
  path = nativePath(path);
  if (options?.recursive) {
    emitRecursiveRmdirWarning();
    options = validateRmdirOptions(options);
    const figures = await answerOf((done) => later.stat(path, done), 'stat', path);
    if (statsOf(figures).isDirectory()) {
      await runAsync(tree.removeTree(path, options));
      return;
    }
  } else {
    validateRmdirOptions(options);
  }
  await answerOf((done) => later.rmdir(path, done), 'rmdir', path);
}

async function mkdir(path, options) {
  if (typeof options === 'number' || typeof options === 'string') options = { mode: options };
  const { recursive = false, mode: modeOption = 0o777 } = options || {};
  path = nativePath(path);
  validateBoolean(recursive, 'options.recursive');
  const mode = parseFileMode(modeOption, 'mode', 0o777);
  if (recursive) return runAsync(tree.makeDirectories(path, mode));
  await answerOf((done) => later.mkdir(path, mode, done), 'mkdir', path);
  return undefined;
}

async function readdir(path, options) {
  options = getOptions(options);
  path = getValidatedPath(path);
  const { recursive, withFileTypes, encoding } = options;
  if (recursive) {
    checkTreeRoot(path);
    const found = await runAsync(tree.listTree(path));
    return treeEntries(path, found, withFileTypes, encoding);
  }
  const text = pathText(path);
  const entries = await answerOf((done) => later.readdir(text, done), 'scandir', text);
  return entriesOf(path, entries, withFileTypes, encoding);
}

async function readlink(path, options) {
  options = getOptions(options);
  path = nativePath(path, 'oldPath');
  const target = await answerOf((done) => later.readlink(path, done), 'readlink', path);
  return encodeName(target, options.encoding);
}

async function symlink(target, path, type) {
  validateOneOf(type, 'type', ['dir', 'file', 'junction', null, undefined]);
  target = nativePath(target, 'target');
  path = nativePath(path);
  await answerOf((done) => later.symlink(target, path, done), 'symlink', target, path);
}

async function lstat(path, options = { bigint: false }) {
  path = nativePath(path);
  const figures = await answerOf((done) => later.lstat(path, done), 'lstat', path);
  return statsOf(figures, options.bigint);
}

async function stat(path, options = { bigint: false, throwIfNoEntry: true }) {
  path = nativePath(path);
  const isBig = options.bigint;
  const { throwIfNoEntry = true } = options;
  let figures;
  try {
    figures = await answerOf((done) => later.stat(path, done), 'stat', path);
  } catch (error) {
    if (!throwIfNoEntry && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return statsOf(figures, isBig);
}

async function link(existingPath, newPath) {
  existingPath = nativePath(existingPath, 'existingPath');
  newPath = nativePath(newPath, 'newPath');
  await answerOf((done) => later.link(existingPath, newPath, done), 'link', existingPath, newPath);
}

async function unlink(path) {
  path = nativePath(path);
  await answerOf((done) => later.unlink(path, done), 'unlink', path);
}

async function chmod(path, mode) {
  path = nativePath(path);
  mode = parseFileMode(mode, 'mode');
  await answerOf((done) => later.chmod(path, mode, done), 'chmod', path);
}

async function utimes(path, atime, mtime) {
  path = nativePath(path);
  const accessed = toUnixTimestamp(atime);
  const modified = toUnixTimestamp(mtime);
  await answerOf((done) => later.utimes(path, accessed, modified, done), 'utime', path);
}

async function realpath(path, options) {
  options = getOptions(options);
  path = nativePath(path);
  const resolved = await answerOf((done) => later.realpath(path, done), 'realpath', path);
  return encodeName(resolved, options.encoding);
}

async function mkdtemp(prefix, options) {
  options = getOptions(options);
  prefix = nativePath(prefix, 'prefix');
  warnOfPlaceholders(prefix);
  const made = await answerOf(
    (done) => later.mkdtemp(prefix, done), 'mkdtemp', `${prefix}XXXXXX`);
  return encodeName(made, options.encoding);
}

async function writeFile(path, data, options) {
  options = writeOptions(options);
  data = writable(data, options.encoding);
  validateAbortSignal(options.signal, 'options.signal');
  if (path instanceof FileHandle) return path.writeFile(data, options);
  const { encoding, flush, signal } = options;
  if (signal?.aborted) throw whole.abortError(signal);
  path = nativePath(path);
  const flags = stringToFlags(options.flag || 'w');
  const mode = parseFileMode(options.mode, 'mode', 0o666);
  await withDescriptor(path, flags, mode, (fd) => writeAll(fd, data, signal, encoding, flush));
  return undefined;
}

async function appendFile(path, data, options) {
  options = getOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'a' });
  options = copyObject(options);
  options.flag ||= 'a';
  return writeFile(path, data, options);
}

async function readFile(path, options) {
  options = getOptions(options, { flag: 'r' });
  const flag = options.flag || 'r';
  if (path instanceof FileHandle) return path.readFile(options);
  const { signal } = options;
  if (signal?.aborted) throw whole.abortError(signal);
  path = nativePath(path);
  const flags = stringToFlags(flag);
  const bytes = await promiseOf((done) => whole.readPath(path, flags, signal, done));
  return decode(bytes, options.encoding);
}

module.exports = {
  exports: {
    access,
    copyFile,
    open,
    rename,
    truncate,
    rm,
    rmdir,
    mkdir,
    readdir,
    readlink,
    symlink,
    lstat,
    stat,
    link,
    unlink,
    chmod,
    utimes,
    realpath,
    mkdtemp,
    writeFile,
    appendFile,
    readFile,
    constants,
  },
  FileHandle,
  kHandle,
  kRef,
  kUnref,
};
