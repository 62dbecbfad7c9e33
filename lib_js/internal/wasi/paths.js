'use strict';

// From a path of a WASI program to one of the world outside: never above the directory that it is
// relative to, whatever dots and symbolic links there are on the way. Links are followed by hand,
// one part after the other; who changes the directory meanwhile from outside can still lead astray.

const {
  ArrayPrototypeJoin,
  ArrayPrototypePop,
  ArrayPrototypePush,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const fs = require('fs');
const { fileType } = require('internal/wasi/descriptors');
const { refuse } = require('internal/wasi/errno');

const LINKS_MAX = 32;

/** Puts the parts of a path before those that are still to come. */
function prepend(rest, path) {
  const parts = StringPrototypeSplit(path, '/');
  for (let i = parts.length - 1; i >= 0; i--) {
    if (parts[i] !== '' && parts[i] !== '.') ArrayPrototypePush(rest, parts[i]);
  }
}

/** What is below `root` of an absolute path; undefined for one that leads elsewhere. */
function below(root, path) {
  if (path === root) return '';
  const prefix = root === '/' ? root : `${root}/`;
  return StringPrototypeStartsWith(path, prefix) ?
    StringPrototypeSlice(path, prefix.length) : undefined;
}

/** Where a link leads; undefined for what is none. */
function targetOf(path) {
  try {
    return fs.readlinkSync(path);
  } catch (error) {
    if (error.code === 'EINVAL' || error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {boolean} follow a link at the end of the path, too */
function resolve(directory, path, follow) {
  if (directory.type !== fileType.DIRECTORY) throw refuse('ENOTDIR');
  if (path === '') throw refuse('ENOENT');
  if (StringPrototypeIncludes(path, '\0')) throw refuse('EINVAL');
  const root = directory.path;
  const rest = [];
  if (path[0] === '/') {
    path = directory.preopened === undefined ? undefined : below(directory.preopened, path);
    if (path === undefined) throw refuse('ENOTCAPABLE');
  }
  prepend(rest, path);
  let done = [];
  let linksCount = 0;
  while (rest.length > 0) {
    const part = ArrayPrototypePop(rest);
    if (part === '..') {
      // Above the root of a program's world there is the root.
      if (done.length === 0 && directory.preopened !== '/') throw refuse('ENOTCAPABLE');
      ArrayPrototypePop(done);
      continue;
    }
    ArrayPrototypePush(done, part);
    if (rest.length === 0 && !follow) break;
    const target = targetOf(`${root}/${ArrayPrototypeJoin(done, '/')}`);
    if (target === undefined) continue;
    if (++linksCount > LINKS_MAX) throw refuse('ELOOP');
    ArrayPrototypePop(done);
    if (target[0] !== '/') {
      prepend(rest, target);
      continue;
    }
    const inside = below(root, target);
    if (inside === undefined) throw refuse('ENOTCAPABLE');
    done = [];
    prepend(rest, inside);
  }
  return done.length === 0 ? root : `${root}/${ArrayPrototypeJoin(done, '/')}`;
}

module.exports = { resolve };
