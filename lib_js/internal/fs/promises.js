'use strict';

// fs.promises. What few programs use stands in modules of its own, loaded by the first call.

const { watch } = require('internal/async_hooks');
const {
  aggregateTwoErrors, codes: { ERR_METHOD_NOT_IMPLEMENTED },
} = require('internal/errors');
const {
  answerOf, bareAnswerOf, barePromiseOf, promiseOf, runAsync, stackedError,
} = require('internal/fs/answer');
const {
  FileHandle, kHandle, kRef, kUnref, writable, writeAll, writeOptions,
} = require('internal/fs/file_handle');
const { bareError } = require('internal/fs/error');
const { checkTreeRoot, entriesOf, operationOf, treeEntries } = require('internal/fs/listing');
const { LATER, later, nextEntries, readWhole } = require('internal/fs/ops');
const { bigStatsOf, statsOf } = require('internal/fs/stats');
const tree = require('internal/fs/tree');
const {
  constants, copyObject, decode, emitRecursiveRmdirWarning, encodeName, getOptions,
  getValidatedPath, isUtf8, stringToFlags, templateOf, toUnixTimestamp, validAccessMode,
  validateRmOptions, validateRmdirOptions, validCopyMode, wantsBytes, warnOfPlaceholders,
} = require('internal/fs/utils');
const whole = require('internal/fs/whole');
const { kEmptyObject } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const {
  parseFileMode, validateAbortSignal, validateBoolean, validateInteger, validateOneOf,
} = require('internal/validators');

const { F_OK, O_RDWR } = constants;

async function access(path, mode = F_OK) {
  path = getValidatedPath(path);
  mode = validAccessMode(mode);
  await answerOf((done) => later.access(path, mode, done), 'access', path);
}

async function copyFile(src, dest, mode) {
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  mode = validCopyMode(mode);
  await answerOf((done) => later.copyFile(src, dest, mode, done), 'copyfile', src, dest);
}

async function open(path, flags, mode) {
  path = getValidatedPath(path);
  const flagsNumber = stringToFlags(flags);
  mode = parseFileMode(mode, 'mode', 0o666);
  return new FileHandle(
    await answerOf((done) => later.open(path, flagsNumber, mode, done), 'open', path));
}

async function rename(oldPath, newPath) {
  oldPath = getValidatedPath(oldPath, 'oldPath');
  newPath = getValidatedPath(newPath, 'newPath');
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
  path = getValidatedPath(path);
  await withDescriptor(path, O_RDWR, 0o666, async (fd) => {
    validateInteger(len, 'len');
    await answerOf((done) => later.ftruncate(fd, len < 0 ? 0 : len, done), 'ftruncate');
  });
}

async function rm(path, options) {
  path = getValidatedPath(path);
  const checked = await promiseOf((done) => validateRmOptions(path, options, false, done));
  await runAsync(tree.removeTree(path, checked));
}

async function rmdir(path, options) {
  path = getValidatedPath(path);
  options = validateRmdirOptions(options);
  if (options.recursive) {
    emitRecursiveRmdirWarning();
    const figures = await answerOf((done) => later.stat(path, done), 'stat', path);
    if (statsOf(figures).isDirectory()) {
      await runAsync(tree.removeTree(path, options));
      return;
    }
  }
  await answerOf((done) => later.rmdir(path, done), 'rmdir', path);
}

async function mkdir(path, options) {
  if (typeof options === 'number' || typeof options === 'string') options = { mode: options };
  const { recursive = false, mode: modeOption = 0o777 } = options || {};
  path = getValidatedPath(path);
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
    const found = await runAsync(tree.listTree(path, !withFileTypes, true));
    return treeEntries(path, found, withFileTypes, encoding);
  }
  const asBytes = wantsBytes(encoding);
  const operation = operationOf(withFileTypes);
  const entries = await answerOf((done) => later[operation](path, asBytes, done), 'scandir', path);
  return entriesOf(path, entries, withFileTypes, encoding);
}

/** The name that an operation gives, in the encoding that was asked for. */
async function nameOf(operation, path, encoding, told) {
  const asBytes = wantsBytes(encoding);
  const name = await answerOf((done) => later[operation](path, asBytes, done), operation, told);
  return encodeName(name, encoding);
}

async function readlink(path, options) {
  options = getOptions(options);
  path = getValidatedPath(path, 'oldPath');
  return nameOf('readlink', path, options.encoding, path);
}

async function symlink(target, path, type) {
  validateOneOf(type, 'type', ['dir', 'file', 'junction', null, undefined]);
  target = getValidatedPath(target, 'target');
  path = getValidatedPath(path);
  await answerOf((done) => later.symlink(target, path, done), 'symlink', target, path);
}

async function lstat(path, options = { bigint: false }) {
  path = getValidatedPath(path);
  const take = options.bigint === true ? bigStatsOf : statsOf;
  try {
    return await bareAnswerOf((done) => later.lstatAs(path, take, done), 'lstat', path);
  } catch (error) {
    throw stackedError(error);
  }
}

async function stat(path, options = { bigint: false, throwIfNoEntry: true }) {
  path = getValidatedPath(path);
  const take = options.bigint === true ? bigStatsOf : statsOf;
  const { throwIfNoEntry = true } = options;
  try {
    return await bareAnswerOf((done) => later.statAs(path, take, done), 'stat', path);
  } catch (error) {
    if (!throwIfNoEntry && error.code === 'ENOENT') return undefined;
    throw stackedError(error);
  }
}

async function link(existingPath, newPath) {
  existingPath = getValidatedPath(existingPath, 'existingPath');
  newPath = getValidatedPath(newPath, 'newPath');
  await answerOf((done) => later.link(existingPath, newPath, done), 'link', existingPath, newPath);
}

async function unlink(path) {
  path = getValidatedPath(path);
  await answerOf((done) => later.unlink(path, done), 'unlink', path);
}

async function chmod(path, mode) {
  path = getValidatedPath(path);
  mode = parseFileMode(mode, 'mode');
  await answerOf((done) => later.chmod(path, mode, done), 'chmod', path);
}

async function utimes(path, atime, mtime) {
  path = getValidatedPath(path);
  const accessed = toUnixTimestamp(atime);
  const modified = toUnixTimestamp(mtime);
  await answerOf((done) => later.utimes(path, accessed, modified, done), 'utime', path);
}

async function realpath(path, options) {
  options = getOptions(options);
  path = getValidatedPath(path);
  return nameOf('realpath', path, options.encoding, path);
}

async function mkdtemp(prefix, options) {
  options = getOptions(options);
  prefix = getValidatedPath(prefix, 'prefix');
  warnOfPlaceholders(prefix);
  return nameOf('mkdtemp', prefix, options.encoding, templateOf(prefix));
}

async function writeFile(path, data, options) {
  options = writeOptions(options);
  data = writable(data, options.encoding);
  validateAbortSignal(options.signal, 'options.signal');
  if (path instanceof FileHandle) return path.writeFile(data, options);
  const { encoding, flush, signal } = options;
  if (signal?.aborted) throw whole.abortError(signal);
  path = getValidatedPath(path);
  const flags = stringToFlags(options.flag || 'w');
  const mode = parseFileMode(options.mode, 'mode', 0o666);
  // No bytes are not written at all, unlike by the callback form.
  if (!flush && isArrayBufferView(data) && data.byteLength !== 0) {
    try {
      await barePromiseOf((done) => whole.writePath(path, flags, mode, data, signal, false, done));
    } catch (error) {
      throw stackedError(error);
    }
    return undefined;
  }
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
  const { buffer, encoding, signal } = options;
  if (signal?.aborted) throw whole.abortError(signal);
  path = getValidatedPath(path);
  const flags = stringToFlags(flag);
  if (buffer !== undefined) return readInto(path, flags, options);
  // Hooks are told of each request that Node makes.
  const answer = watch.isOn ? LATER : readWhole(path, flags, isUtf8(encoding));
  if (whole.isWaiting(answer)) return await readWaiting(answer, path, flags, options);
  await nextEntries();
  if (typeof answer === 'number') throw stackedError(bareError(answer, 'open', path));
  if (signal?.aborted) throw whole.abortError(signal);
  return typeof answer === 'string' ? answer : decode(answer, encoding);
}

async function readWaiting(answer, path, flags, { encoding, signal }) {
  let bytes;
  try {
    bytes = await barePromiseOf((done) => whole.readLater(answer, path, flags, signal, done));
  } catch (error) {
    throw stackedError(error);
  }
  return decode(bytes, encoding);
}

async function readInto(path, flags, { buffer, encoding, signal }) {
  const { readGiven, validateGiven } = require('internal/fs/given_buffer');
  validateGiven(buffer);
  return withDescriptor(path, flags, 0o666, async (fd) =>
    decode(await runAsync(readGiven(fd, buffer, signal)), encoding));
}

// ---- elsewhere ---------------------------------------------------------------------------------

async function cp(src, dest, options) {
  return require('internal/fs/cp/cp').cpPromise(src, dest, options);
}

/** Not async: what it gives is iterated as it is. */
function glob(pattern, options) {
  return require('internal/fs/glob').globPromise(pattern, options);
}

function opendir(path, options, callback) {
  return require('internal/fs/dir').opendirPromise(path, options);
}

async function statfs(path, options = { bigint: false }) {
  return require('internal/fs/attributes').promises.statfs(path, options);
}

/** Linux cannot change the mode of a link. */
async function lchmod(path, mode) {
  throw new ERR_METHOD_NOT_IMPLEMENTED('lchmod()');
}

async function lchown(path, uid, gid) {
  return require('internal/fs/attributes').promises.lchown(path, uid, gid);
}

async function chown(path, uid, gid) {
  return require('internal/fs/attributes').promises.chown(path, uid, gid);
}

async function lutimes(path, atime, mtime) {
  return require('internal/fs/attributes').promises.lutimes(path, atime, mtime);
}

async function mkdtempDisposable(prefix, options) {
  return require('internal/fs/disposable').mkdtempDisposable(prefix, options);
}

/** An async generator, which watches from its first step on. */
async function* _watch(filename, options = kEmptyObject) {
  yield* require('internal/fs/watchers').watchAsync(filename, options);
}

module.exports = {
  exports: {
    access,
    copyFile,
    cp,
    glob,
    open,
    opendir,
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
    statfs,
    link,
    unlink,
    chmod,
    lchmod,
    lchown,
    chown,
    utimes,
    lutimes,
    realpath,
    mkdtemp,
    mkdtempDisposable,
    writeFile,
    appendFile,
    readFile,
    watch: _watch,
    constants,
  },
  FileHandle,
  kHandle,
  kRef,
  kUnref,
};
