'use strict';

// What both kinds of path share: taking '.', '..' and doubled separators out
// of a path, and putting a path together from its parts.

const {
  StringPrototypeCharCodeAt,
  StringPrototypeLastIndexOf,
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
 * A '..' that finds nothing to take back stays if keepUp is set. What stands
 * together in path is cut out of it in one piece: text is `head` and, behind
 * it, path[start..end).
 * @param {string} path
 * @param {number} from
 * @param {boolean} keepUp
 * @param {boolean} windows
 * @returns {string}
 */
function collapse(path, from, keepUp, windows) {
  const { length } = path;
  const separator = windows ? '\\' : '/';
  const last = windows ? BACKSLASH : SLASH;
  if (isPlain(path, from, windows)) {
    const trailing = length > from && StringPrototypeCharCodeAt(path, length - 1) === last;
    return StringPrototypeSlice(path, from, trailing ? length - 1 : length);
  }
  let head = '';
  let start = 0;
  let end = 0;
  // Segments that '..' may take back, and how many of them are in the piece.
  let kept = 0;
  let inPiece = 0;
  for (let at = from, i = from; i <= length; i++) {
    if (i < length) {
      const code = StringPrototypeCharCodeAt(path, i);
      if (code !== SLASH && (code !== BACKSLASH || !windows)) continue;
    }
    const size = i - at;
    if (size > 2 || (size > 0 && !isDots(path, at, i))) {
      const joins = inPiece > 0 && end === at - 1 &&
        StringPrototypeCharCodeAt(path, end) === last;
      if (!joins) {
        if (inPiece > 0) head = join(head, separator, StringPrototypeSlice(path, start, end));
        inPiece = 0;
        start = at;
      }
      end = i;
      inPiece++;
      kept++;
    } else if (size === 2) {
      if (inPiece > 0) {
        kept--;
        if (--inPiece > 0) end = StringPrototypeLastIndexOf(path, separator, end - 1);
      } else if (kept > 0) {
        kept--;
        const cut = StringPrototypeLastIndexOf(head, separator);
        head = cut === -1 ? '' : StringPrototypeSlice(head, 0, cut);
      } else if (keepUp) {
        head = join(head, separator, '..');
      }
    }
    at = i + 1;
  }
  return inPiece > 0 ? join(head, separator, StringPrototypeSlice(path, start, end)) : head;
}

function join(head, separator, rest) {
  return head === '' ? rest : `${head}${separator}${rest}`;
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
