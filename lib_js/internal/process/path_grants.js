'use strict';

// Paths that --allow-fs-read or --allow-fs-write names. What is behind the first `*` of a pattern
// does not count, as in Node; a directory stands for itself and all that is below it.

const {
  ArrayPrototypeIncludes,
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  ArrayPrototypeSplice,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const { resolve } = require('path');

const DIRECTORY = 1;

/** @param {(path: string) => number} kindOf  1 for a directory */
function patternOf(path, kindOf) {
  const whole = resolve(path);
  if (kindOf(whole) !== DIRECTORY) return whole;
  return StringPrototypeEndsWith(whole, '/') ? `${whole}*` : `${whole}/*`;
}

function covers(pattern, path) {
  const star = StringPrototypeIndexOf(pattern, '*');
  if (star === -1) return pattern === path;
  const prefix = StringPrototypeSlice(pattern, 0, star);
  return StringPrototypeStartsWith(path, prefix) ||
    (StringPrototypeEndsWith(prefix, '/') && path === StringPrototypeSlice(prefix, 0, -1));
}

class PathGrants {
  constructor(allowed, kindOf) {
    this.kindOf = kindOf;
    this.all = ArrayPrototypeIncludes(allowed, '*');
    this.patterns = [];
    if (this.all) return;
    for (let i = 0; i < allowed.length; i++) this.add(allowed[i]);
  }

  add(path) {
    ArrayPrototypePush(this.patterns, patternOf(path, this.kindOf));
  }

  /** Without a path: is everything granted? */
  has(path) {
    if (this.all || path === undefined || path === '') return this.all;
    const whole = resolve(path);
    return ArrayPrototypeSome(this.patterns, (pattern) => covers(pattern, whole));
  }

  /** Of `*` no part can be taken back. */
  drop(path) {
    if (path === undefined || path === '') {
      this.all = false;
      this.patterns = [];
      return;
    }
    const at = ArrayPrototypeIndexOf(this.patterns, patternOf(path, this.kindOf));
    if (!this.all && at !== -1) ArrayPrototypeSplice(this.patterns, at, 1);
  }
}

module.exports = { PathGrants };
