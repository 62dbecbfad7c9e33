'use strict';

// Work on more than one name: whole directories, chains of links. Written once as steps (see
// internal/fs/ops), which the callers run blocking or not.

const {
  ArrayPrototypeIncludes, ArrayPrototypePush, ArrayPrototypeShift, StringPrototypeCharCodeAt,
  StringPrototypeEndsWith, StringPrototypeIndexOf, StringPrototypeLastIndexOf, StringPrototypeSlice,
  TypedArrayPrototypeSubarray,
} = primordials;

const { Buffer } = require('buffer');
const { constants, direntKind } = require('internal/fs/constants');
const { bareError, checked } = require('internal/fs/error');
const { MODE, isDirectory } = require('internal/fs/stats');
const { pathText } = require('internal/fs/utils');

const { UV_DIRENT_DIR, UV_DIRENT_LINK, UV_DIRENT_UNKNOWN } = constants;

const EPERM = -1;
const ENOENT = -2;
const ENOMEM = -12;
const EACCES = -13;
const EBUSY = -16;
const EEXIST = -17;
const ENOTDIR = -20;
const EINVAL = -22;
const ENFILE = -23;
const EMFILE = -24;
const ENOSPC = -28;
const EROFS = -30;
const ENOTEMPTY = -39;

const SLASH = 47;
const SLASH_BYTES = Buffer.from('/');

const isErrno = (answer) => typeof answer === 'number' && answer < 0;

function withoutSlashes(path) {
  let end = path.length;
  while (end > 1 && StringPrototypeCharCodeAt(path, end - 1) === SLASH) end--;
  return end === path.length ? path : StringPrototypeSlice(path, 0, end);
}

function bytesWithoutSlashes(path) {
  let end = path.length;
  while (end > 1 && path[end - 1] === SLASH) end--;
  return end === path.length ? path : TypedArrayPrototypeSubarray(path, 0, end);
}

/**
 * What stands before the last slash; the path itself if it has none. Slashes before that one stay:
 * mkdir() gives what it made first as it was written.
 */
function parentOf(path) {
  const at = StringPrototypeLastIndexOf(path, '/');
  if (at === -1) return path;
  return at === 0 ? '/' : StringPrototypeSlice(path, 0, at);
}

// ---- making ------------------------------------------------------------------------------------

const FINAL_REFUSALS = [EPERM, ENOMEM, EACCES, ENOTDIR, ENOSPC, EROFS];

/** mkdir -p. @returns {string | undefined} the first directory that was not there before */
function* makeDirectories(path, mode) {
  if (typeof path !== 'string') path = pathText(path);
  const wanted = [path];
  let first;
  let lastMissing;
  while (wanted.length !== 0) {
    const next = wanted[wanted.length - 1];
    const answer = yield ['mkdir', next, mode];
    if (answer >= 0) {
      first ??= next;
      wanted.pop();
    } else if (answer === ENOENT) {
      const parent = parentOf(next);
      // A parent that was made a moment ago and still is missing will stay so (as in /proc).
      if (parent === next || lastMissing === next) throw bareError(answer, 'mkdir', path);
      lastMissing = next;
      ArrayPrototypePush(wanted, parent);
    } else {
      if (ArrayPrototypeIncludes(FINAL_REFUSALS, answer)) throw bareError(answer, 'mkdir', path);
      const figures = yield ['stat', next];
      if (isErrno(figures)) throw bareError(figures, 'mkdir', path);
      if (!isDirectory(figures)) {
        const reason = answer === EEXIST && wanted.length > 1 ? ENOTDIR : answer;
        throw bareError(reason, 'mkdir', path);
      }
      wanted.pop();
    }
  }
  return first;
}

// ---- listing -----------------------------------------------------------------------------------

/**
 * @param {boolean} followsLinks  whether links to directories count as directories
 * @param {boolean} lastFirst  whether the directory found last is read first, or level by level
 * @returns {[directory: string, name: string, kind: number][]}
 */
function* listTree(path, followsLinks, lastFirst) {
  const waiting = [path];
  const found = [];
  while (waiting.length !== 0) {
    const directory = lastFirst ? waiting.pop() : ArrayPrototypeShift(waiting);
    const { 0: names, 1: kinds } = checked(yield ['readdir', directory, false],
                                           'scandir', directory);
    for (let i = 0; i < names.length; i++) {
      const kind = kinds[i] === UV_DIRENT_UNKNOWN ?
        yield* kindOf(`${directory}/${names[i]}`) : kinds[i];
      ArrayPrototypePush(found, [directory, names[i], kind]);
      const below = require('path').join(directory, names[i]);
      if (kind === UV_DIRENT_DIR ||
          (followsLinks && kind === UV_DIRENT_LINK && (yield* leadsToDirectory(below)))) {
        ArrayPrototypePush(waiting, below);
      }
    }
  }
  return found;
}

function* leadsToDirectory(file) {
  const figures = yield ['stat', file];
  return !isErrno(figures) && isDirectory(figures);
}

function* kindOf(file) {
  const figures = yield ['lstat', file];
  return isErrno(figures) ? UV_DIRENT_UNKNOWN : direntKind(figures[MODE]);
}

// ---- removing ----------------------------------------------------------------------------------

const WORTH_ANOTHER_TRY = [EBUSY, EMFILE, ENFILE, ENOTEMPTY, EPERM];

/** One name, however often it takes. What is gone already is fine. */
function* removeName(operation, path, { maxRetries, retryDelay }, refuse) {
  for (let tries = 0; ; tries++) {
    const answer = yield [operation, path];
    if (answer >= 0 || answer === ENOENT) return;
    if (tries >= maxRetries || !ArrayPrototypeIncludes(WORTH_ANOTHER_TRY, answer)) {
      throw refuse(answer, operation, path);
    }
    if (retryDelay > 0) yield ['pause', (tries + 1) * retryDelay];
  }
}

/** Whether its last name is `.`. */
function endsInDot(path) {
  const bare = typeof path === 'string' ? withoutSlashes(path) :
    pathText(bytesWithoutSlashes(path));
  return bare === '.' || StringPrototypeEndsWith(bare, '/.');
}

/** Whether it names what a link leads to: `link/`. */
function* isLinkWithSlash(path) {
  const bare = typeof path === 'string' ? withoutSlashes(path) : bytesWithoutSlashes(path);
  if (bare === path) return false;
  const figures = yield ['lstat', bare];
  return !isErrno(figures) && direntKind(figures[MODE]) === UV_DIRENT_LINK;
}

/**
 * rm -r; links are removed, never followed.
 * @param {Function} refuse  makes the error, as Node's blocking form words it otherwise
 */
function* removeTree(path, options, refuse = bareError) {
  const figures = yield ['lstat', path];
  if (figures === ENOENT) return;
  const isBlocking = refuse !== bareError;
  // The forms of Node differ here: what lies behind a file is nothing to the blocking one.
  if (figures === ENOTDIR && isBlocking && options.force) return;
  if (isErrno(figures)) throw bareError(figures, 'lstat', path);
  if (isDirectory(figures) && (yield* isLinkWithSlash(path))) {
    // The kernel takes it for the directory and would not remove it, but all that lies in it.
    if (isBlocking) throw refuse(ENOTDIR, 'rmdir', path);
    return;
  }
  // The kernel removes no `.`, which the forms that do not block find out before all else.
  if (!isBlocking && isDirectory(figures) && endsInDot(path)) {
    throw refuse(EINVAL, 'rmdir', path);
  }
  if (!isDirectory(figures)) {
    yield* removeName('unlink', path, options, refuse);
    return;
  }
  if ((yield ['removeAll', path]) === 0) return;
  // Something is in the way: now name by name, to try anew and to say what it is.
  //
  // Each directory comes up twice: to be emptied, then, when its children are gone, to go. Bytes,
  // since names that are no UTF-8 must go as well.
  const root = typeof path === 'string' ? Buffer.from(withoutSlashes(path)) : path;
  const waiting = [[root, false]];
  while (waiting.length !== 0) {
    const { 0: directory, 1: isEmptied } = waiting.pop();
    if (isEmptied) {
      yield* removeName('rmdir', directory, options, refuse);
      continue;
    }
    const entries = yield ['readdir', directory, true];
    if (entries === ENOENT) continue;
    if (isErrno(entries)) throw refuse(entries, 'scandir', directory);
    const { 0: names, 1: kinds } = entries;
    ArrayPrototypePush(waiting, [directory, true]);
    for (let i = 0; i < names.length; i++) {
      const file = Buffer.concat([directory, SLASH_BYTES, names[i]]);
      const kind = kinds[i] === UV_DIRENT_UNKNOWN ? yield* kindOf(file) : kinds[i];
      if (kind === UV_DIRENT_DIR) ArrayPrototypePush(waiting, [file, false]);
      else yield* removeName('unlink', file, options, refuse);
    }
  }
}

// ---- resolving ---------------------------------------------------------------------------------

/** An absolute path without links. */
function* resolveLinks(path, operation = 'realpath') {
  const absolute = require('path').resolve(path);
  const resolved = yield [operation, absolute];
  if (!isErrno(resolved)) return resolved;
  // Walked again name by name: to say where it failed, and because pipes and sockets behind links
  // of /proc have a name that only readlink knows.
  let done = '';
  let rest = absolute;
  while (rest !== '' && rest !== '/') {
    const end = StringPrototypeIndexOf(rest, '/', 1);
    const name = end === -1 ? rest : StringPrototypeSlice(rest, 0, end);
    rest = end === -1 ? '' : StringPrototypeSlice(rest, end);
    const base = done + name;
    const figures = checked(yield ['lstat', base], 'lstat', base);
    if (direntKind(figures[MODE]) !== UV_DIRENT_LINK) {
      done = base;
      continue;
    }
    checked(yield ['stat', base], 'stat', base);
    const target = checked(yield ['readlink', base], 'readlink', base);
    const whole = require('path').resolve(done === '' ? '/' : done, target);
    const isNameless = isErrno(yield ['lstat', whole]);
    if (isNameless) return whole + rest;
    rest = whole + rest;
    done = '';
  }
  return done === '' ? '/' : done;
}

module.exports = { listTree, makeDirectories, removeTree, resolveLinks };
