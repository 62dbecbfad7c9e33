'use strict';

// fs.cp: whole trees, written once as steps (see internal/fs/ops) and run blocking or not. Node's
// two forms are two programs, and differ in what they say and in some corners; `isSync` marks
// those places.

const {
  ArrayPrototypeEvery, ArrayPrototypeFilter, Error, ErrorCaptureStackTrace, StringPrototypeEndsWith,
  StringPrototypeSplit, TypedArrayPrototypeSlice,
} = primordials;

const {
  codes: {
    ERR_FS_CP_DIR_TO_NON_DIR, ERR_FS_CP_EEXIST, ERR_FS_CP_EINVAL, ERR_FS_CP_FIFO_PIPE,
    ERR_FS_CP_NON_DIR_TO_DIR, ERR_FS_CP_SOCKET, ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY,
    ERR_FS_CP_UNKNOWN, ERR_FS_EISDIR, ERR_INCOMPATIBLE_OPTION_PAIR, ERR_INVALID_RETURN_VALUE,
  },
} = require('internal/errors');
const { runAsync } = require('internal/fs/answer');
const { constants } = require('internal/fs/constants');
const { checked } = require('internal/fs/error');
const { runLater, runNow } = require('internal/fs/ops');
const { INODE, MODE, isDirectory } = require('internal/fs/stats');
const { makeDirectories } = require('internal/fs/tree');
const { getValidatedPath, pathText } = require('internal/fs/utils');
const { isPromise } = require('internal/util/types');
const {
  validateBoolean, validateFunction, validateInteger, validateObject,
} = require('internal/validators');
const { dirname, isAbsolute, join, parse, resolve, sep } = require('path');

const ENOENT = -2;
const EINVAL = -22;

const { S_IFBLK, S_IFCHR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } = constants;
const OWNER_MAY_WRITE = 0o200;
const PERMISSIONS = 0o7777;
const COPY_MODE_MAX = 7;

const DEFAULTS = {
  dereference: false,
  errorOnExist: false,
  filter: undefined,
  force: true,
  preserveTimestamps: false,
  recursive: false,
  verbatimSymlinks: false,
};

function validateOptions(options) {
  if (options === undefined) return { ...DEFAULTS, mode: 0 };
  validateObject(options, 'options');
  options = { ...DEFAULTS, ...options };
  validateBoolean(options.dereference, 'options.dereference');
  validateBoolean(options.errorOnExist, 'options.errorOnExist');
  validateBoolean(options.force, 'options.force');
  validateBoolean(options.preserveTimestamps, 'options.preserveTimestamps');
  validateBoolean(options.recursive, 'options.recursive');
  validateBoolean(options.verbatimSymlinks, 'options.verbatimSymlinks');
  options.mode ??= 0;
  validateInteger(options.mode, 'mode', 0, COPY_MODE_MAX);
  if (options.dereference && options.verbatimSymlinks) {
    throw new ERR_INCOMPATIBLE_OPTION_PAIR('dereference', 'verbatimSymlinks');
  }
  if (options.filter !== undefined) validateFunction(options.filter, 'options.filter');
  return options;
}

// ---- refusals ----------------------------------------------------------------------------------

const NUMBERS = { __proto__: null, EEXIST: 17, EINVAL: 22, EISDIR: 21, ENOTDIR: 20 };

function refusal(Code, code, path, message) {
  return new Code({ message, path, syscall: 'cp', errno: NUMBERS[code], code });
}

/** Where Node's blocking form throws from native code: plain errors, worded otherwise. */
function bare(code, message) {
  const error = new Error(message);
  error.code = code;
  return error;
}

const withSlash = (path) => (StringPrototypeEndsWith(path, '/') ? path : `${path}/`);

const REFUSE_LATER = {
  __proto__: null,
  same: (src, dest) =>
    refusal(ERR_FS_CP_EINVAL, 'EINVAL', dest, 'src and dest cannot be the same'),
  directoryOver: (src, dest) =>
    refusal(ERR_FS_CP_DIR_TO_NON_DIR, 'EISDIR', dest,
            `cannot overwrite non-directory ${dest} with directory ${src}`),
  overDirectory: (src, dest) =>
    refusal(ERR_FS_CP_NON_DIR_TO_DIR, 'ENOTDIR', dest,
            `cannot overwrite directory ${dest} with non-directory ${src}`),
  intoItself: (src, dest, path = dest) =>
    refusal(ERR_FS_CP_EINVAL, 'EINVAL', path,
            `cannot copy ${src} to a subdirectory of self ${dest}`),
  exists: (dest) => refusal(ERR_FS_CP_EEXIST, 'EEXIST', dest, `${dest} already exists`),
  notRecursive: (src) =>
    refusal(ERR_FS_EISDIR, 'EISDIR', src, `${src} is a directory (not copied)`),
  socket: (dest) =>
    refusal(ERR_FS_CP_SOCKET, 'EINVAL', dest, `cannot copy a socket file: ${dest}`),
  fifo: (dest) =>
    refusal(ERR_FS_CP_FIFO_PIPE, 'EINVAL', dest, `cannot copy a FIFO pipe: ${dest}`),
  unknown: (dest) =>
    refusal(ERR_FS_CP_UNKNOWN, 'EINVAL', dest, `cannot copy an unknown file type: ${dest}`),
};

const REFUSE_NOW = {
  __proto__: null,
  same: (src, dest) => bare('ERR_FS_CP_EINVAL', `src and dest cannot be the same ${dest}`),
  directoryOver: (src, dest) =>
    bare('ERR_FS_CP_DIR_TO_NON_DIR',
         `Cannot overwrite non-directory ${dest} with directory ${src}`),
  overDirectory: (src, dest) =>
    bare('ERR_FS_CP_NON_DIR_TO_DIR',
         `Cannot overwrite directory ${dest} with non-directory ${src}`),
  intoItself: (src, dest) =>
    bare('ERR_FS_CP_EINVAL', `Cannot copy ${withSlash(src)} to a subdirectory of self ${dest}`),
  exists: (dest) =>
    bare('ERR_FS_CP_EEXIST',
         '[ERR_FS_CP_EEXIST]: Target already exists: cp returned EEXIST ' +
         `(${dest} already exists)`),
  notRecursive: (src) =>
    bare('ERR_FS_EISDIR',
         `Recursive option not enabled, cannot copy a directory: ${withSlash(src)}`),
  socket: (dest) => bare('ERR_FS_CP_SOCKET', `Cannot copy a socket file: ${dest}`),
  fifo: (dest) => bare('ERR_FS_CP_FIFO_PIPE', `Cannot copy a FIFO pipe: ${dest}`),
  unknown: (dest) => bare('ERR_FS_CP_UNKNOWN', `Cannot copy an unknown file type: ${dest}`),
};

const { exists } = REFUSE_LATER;

// ---- looking first -----------------------------------------------------------------------------

const isRefused = (answer) => typeof answer === 'number';

const isSame = (a, b) => a[INODE] !== 0 && a[INODE] === b[INODE] && a[0] === b[0];

const parts = (path) =>
  ArrayPrototypeFilter(StringPrototypeSplit(resolve(path), sep), (part) => part);

/** Whether `dest` lies in `src`, or is it. */
function isBelow(src, dest) {
  const below = parts(dest);
  return ArrayPrototypeEvery(parts(src), (part, i) => below[i] === part);
}

/** The figures of what lies at a path; kept, as the next blocking answer takes their place. */
function* figuresOf(path, follows) {
  const name = follows ? 'stat' : 'lstat';
  const figures = checked(yield [name, path], name, path);
  return TypedArrayPrototypeSlice(figures);
}

function* figuresOrNull(path, follows) {
  const name = follows ? 'stat' : 'lstat';
  const figures = yield [name, path];
  return figures === ENOENT ? null : TypedArrayPrototypeSlice(checked(figures, name, path));
}

/**
 * Whether the filter lets it through, and that source and target get along.
 * @returns {{ isSkipped: boolean, there: Float64Array | null }} what lies at the target
 */
function* checkPaths(job, src, dest, isTop) {
  const { options, refuse } = job;
  if (options.filter && !(yield* passesFilter(job, src, dest))) {
    return { isSkipped: true, there: null };
  }
  if (job.isSync && isTop) yield* checkTargets(job, src, dest);
  const from = yield* figuresOf(src, options.dereference);
  const there = yield* figuresOrNull(dest, options.dereference);
  const isTree = isDirectory(from) || (job.isSync && isTop && (yield* leadsToDirectory(src)));
  if (there !== null) {
    if (isSame(from, there)) throw refuse.same(src, dest);
    if (isTree && !isDirectory(there)) throw refuse.directoryOver(src, dest);
    if (!isTree && isDirectory(there)) throw refuse.overDirectory(src, dest);
  }
  if (isDirectory(from) && isBelow(src, dest)) throw refuse.intoItself(src, dest);
  return { isSkipped: false, there, from, isTree };
}

/** The blocking form wants a source behind its links, and looks for itself behind the target's. */
function* checkTargets({ options, refuse }, src, dest) {
  const found = yield ['stat', src];
  const from = TypedArrayPrototypeSlice(
    checked(found, options.dereference ? 'stat' : 'lstat', src));
  const there = yield ['stat', dest];
  if (!isRefused(there) && isSame(from, there)) throw refuse.same(src, dest);
}

function* leadsToDirectory(path) {
  const figures = yield ['stat', path];
  return !isRefused(figures) && isDirectory(figures);
}

function* passesFilter({ options, isSync }, src, dest) {
  const result = yield ['ask', (from, to) => options.filter(from, to), src, dest];
  if (isSync && isPromise(result)) {
    throw new ERR_INVALID_RETURN_VALUE('boolean', 'filter', result);
  }
  return result;
}

/** No directory above the target may be the source. */
function* checkParents({ refuse }, src, from, dest) {
  const top = resolve(dirname(src));
  for (let parent = resolve(dirname(dest)); parent !== top && parent !== parse(parent).root;
    parent = resolve(dirname(parent))) {
    const figures = yield* figuresOrNull(parent, true);
    if (figures === null) return;
    if (isSame(from, figures)) throw refuse.intoItself(src, dest);
  }
}

// ---- copying -----------------------------------------------------------------------------------

function* copyAll(job, src, dest) {
  const { isSkipped, there, from, isTree } = yield* checkPaths(job, src, dest, true);
  if (isSkipped) return;
  yield* checkParents(job, src, from, dest);
  if (job.isSync && isTree && !job.options.recursive) throw job.refuse.notRecursive(src);
  const parent = dirname(dest);
  if ((yield* figuresOrNull(parent, true)) === null) yield* makeDirectories(parent, 0o777);
  yield* copyOne(job, src, dest, from, there, true);
}

function* copyOne(job, src, dest, from, there, isTop) {
  const kind = from[MODE] & S_IFMT;
  // Below the top the blocking form passes by what is none of these.
  if (job.isSync && !isTop && kind !== constants.S_IFDIR && kind !== S_IFREG && kind !== S_IFLNK) {
    return;
  }
  switch (kind) {
    case constants.S_IFDIR:
      if (!job.options.recursive) throw job.refuse.notRecursive(src);
      yield* copyDirectory(job, src, dest, from, there);
      return;
    case S_IFREG:
    case S_IFCHR:
    case S_IFBLK:
      yield* copyFile(job, src, dest, from, there, isTop);
      return;
    case S_IFLNK:
      yield* copyLink(job, src, dest, there, isTop);
      return;
    case S_IFSOCK:
      throw job.refuse.socket(dest);
    case S_IFIFO:
      throw job.refuse.fifo(dest);
    default:
      throw job.refuse.unknown(dest);
  }
}

function* copyFile({ options, refuse }, src, dest, from, there, isTop) {
  if (there !== null) {
    if (!options.force) {
      if (options.errorOnExist) throw isTop ? exists(dest) : refuse.exists(dest);
      return;
    }
    checked(yield ['unlink', dest], 'unlink', dest);
  }
  checked(yield ['copyFile', src, dest, options.mode], 'copyfile', src, dest);
  const mode = from[MODE] & PERMISSIONS;
  if (options.preserveTimestamps) {
    if ((mode & OWNER_MAY_WRITE) === 0) yield* setMode(dest, mode | OWNER_MAY_WRITE);
    checked(yield ['copyTimes', src, dest], 'utime', dest);
  }
  yield* setMode(dest, mode);
}

function* setMode(path, mode) {
  checked(yield ['chmod', path, mode], 'chmod', path);
}

function* copyDirectory(job, src, dest, from, there) {
  const { options } = job;
  if (there === null) {
    checked(yield ['mkdir', dest, 0o777], 'mkdir', dest);
  } else if (!job.isSync && options.errorOnExist && !options.force) {
    throw exists(dest);
  }
  const { 0: names } = checked(yield ['readdir', src], 'opendir', src);
  for (let i = 0; i < names.length; i++) {
    const source = join(src, names[i]);
    const target = join(dest, names[i]);
    const { isSkipped, there: occupant, from: item } = yield* checkPaths(
      job, source, target, false);
    if (!isSkipped) yield* copyOne(job, source, target, item, occupant, false);
  }
  if (there === null) yield* setMode(dest, from[MODE] & PERMISSIONS);
}

function* copyLink({ options, isSync }, src, dest, there, isTop) {
  let target = checked(yield ['readlink', src], 'readlink', src);
  // The blocking form looks at relative links below the top from the working directory, in vain.
  const mayRefuse = !isSync || isTop || isAbsolute(target);
  if (!options.verbatimSymlinks && !isAbsolute(target)) target = resolve(dirname(src), target);
  if (there !== null) {
    let old = yield ['readlink', dest];
    // No link lies there; then the kernel shall say that something does.
    if (old !== EINVAL) {
      old = checked(old, 'readlink', dest);
      if (!isAbsolute(old)) old = resolve(dirname(dest), old);
      const leads = mayRefuse && (yield* leadsToDirectory(src));
      if (leads && isBelow(target, old)) {
        throw REFUSE_LATER.intoItself(target, old, dest);
      }
      // Else the directory that is about to be copied would be gone with the link to it.
      if (leads && isBelow(old, target)) {
        throw refusal(ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY, 'EINVAL', dest,
                      `cannot overwrite ${old} with ${target}`);
      }
      checked(yield ['unlink', dest], 'unlink', dest);
    }
  }
  checked(yield ['symlink', target, dest], 'symlink', target, dest);
}

// ---- the three forms ---------------------------------------------------------------------------

function stepsOf(src, dest, options, isSync) {
  return copyAll({ options, isSync, refuse: isSync ? REFUSE_NOW : REFUSE_LATER }, src, dest);
}

function cp(src, dest, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'cb');
  options = validateOptions(options);
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  runLater(stepsOf(src, dest, options, false), (error) => {
    if (error) callback(error);
    else callback(null, undefined);
  });
}

async function cpPromise(src, dest, options) {
  options = validateOptions(options);
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  await runAsync(stepsOf(src, dest, options, false));
}

function cpSync(src, dest, options) {
  options = validateOptions(options);
  src = pathText(getValidatedPath(src, 'src'));
  dest = pathText(getValidatedPath(dest, 'dest'));
  try {
    runNow(stepsOf(src, dest, options, true));
  } catch (error) {
    ErrorCaptureStackTrace(error, cpSync);
    throw error;
  }
}

module.exports = { cp, cpPromise, cpSync };
