'use strict';

// What both kinds of path share: taking '.', '..' and doubled separators out
// of a path, and putting a path together from its parts.

const {
  ArrayPrototypeJoin,
  ArrayPrototypePop,
  ArrayPrototypePush,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
} = primordials;

const { validateObject } = require('internal/validators');

const SLASH = 47;
const BACKSLASH = 92;
const DOT = 46;

/**
 * True if path[start..end) is '.' or '..'.
 */
function isDots(path, start, end) {
  const size = end - start;
  return size > 0 && size < 3 && StringPrototypeCharCodeAt(path, start) === DOT &&
    StringPrototypeCharCodeAt(path, end - 1) === DOT;
}

/**
 * True if there is nothing to collapse from `from` on: no empty segment but
 * perhaps the last, no dots and, for Windows, no slash of the other kind.
 * Most paths are so, and then need no copy.
 */
function isPlain(path, from, windows) {
  const { length } = path;
  let start = from;
  for (let i = from; i < length; i++) {
    const code = StringPrototypeCharCodeAt(path, i);
    if (code === SLASH) {
      if (windows) return false;
    } else if (code !== BACKSLASH || !windows) {
      continue;
    }
    if (i === start || isDots(path, start, i)) return false;
    start = i + 1;
  }
  return !isDots(path, start, length);
}

/**
 * The segments of path from `from` on, without leading and trailing separator.
 * A '..' that finds nothing to take back stays if keepUp is set.
 * @param {string} path
 * @param {number} from
 * @param {boolean} keepUp
 * @param {boolean} windows
 * @returns {string}
 */
function collapse(path, from, keepUp, windows) {
  const { length } = path;
  const last = windows ? BACKSLASH : SLASH;
  if (isPlain(path, from, windows)) {
    const trailing = length > from && StringPrototypeCharCodeAt(path, length - 1) === last;
    return StringPrototypeSlice(path, from, trailing ? length - 1 : length);
  }
  const kept = [];
  let ups = 0;
  let start = from;
  for (let i = from; i <= length; i++) {
    if (i < length) {
      const code = StringPrototypeCharCodeAt(path, i);
      if (code !== SLASH && (code !== BACKSLASH || !windows)) continue;
    }
    const size = i - start;
    if (size > 2 || (size > 0 && !isDots(path, start, i))) {
      ArrayPrototypePush(kept, StringPrototypeSlice(path, start, i));
    } else if (size === 2) {
      if (kept.length > ups) {
        ArrayPrototypePop(kept);
      } else if (keepUp) {
        ArrayPrototypePush(kept, '..');
        ups++;
      }
    }
    start = i + 1;
  }
  return ArrayPrototypeJoin(kept, windows ? '\\' : '/');
}

/**
 * path.format() with the separator given.
 */
function formatParts(parts, separator) {
  validateObject(parts, 'pathObject');
  const { root, ext } = parts;
  const dir = parts.dir || root;
  let { base } = parts;
  if (!base) {
    const dot = ext && ext[0] !== '.' ? '.' : '';
    base = `${parts.name || ''}${dot}${ext || ''}`;
  }
  if (!dir) return base;
  return dir === root ? `${dir}${base}` : `${dir}${separator}${base}`;
}

/**
 * basename() of path once its last segment is known to be path[start..end).
 * A suffix is cut off unless it is the whole segment. Node compares backwards
 * and, when the segment ends before it has contradicted the suffix, returns
 * the rest of the path with its trailing separators; so does this.
 */
function cutSuffix(path, start, end, suffix) {
  const base = StringPrototypeSlice(path, start, end);
  const cut = suffix.length;
  if (cut === 0 || cut > path.length) return base;
  if (suffix === path) return '';
  const size = base.length;
  if (cut > size) {
    return StringPrototypeSlice(suffix, cut - size) === base ?
      StringPrototypeSlice(path, start) : base;
  }
  if (cut < size && StringPrototypeSlice(base, size - cut) === suffix) {
    return StringPrototypeSlice(base, 0, size - cut);
  }
  return base;
}

module.exports = { collapse, cutSuffix, formatParts, isPlain };
