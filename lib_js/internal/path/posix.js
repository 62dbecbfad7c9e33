'use strict';

const {
  StringPrototypeCharCodeAt,
  StringPrototypeRepeat,
  StringPrototypeSlice,
} = primordials;

const { validateString } = require('internal/validators');
const { collapse, cutSuffix, formatParts, isPlain } = require('internal/path');

const SLASH = 47;
const DOT = 46;

/** The index after the last character of path that is no slash. */
function trimmedEnd(path) {
  let end = path.length;
  while (end > 0 && StringPrototypeCharCodeAt(path, end - 1) === SLASH) end--;
  return end;
}

/** The last slash in path[0..end), or -1. A loop: segments are short. */
function slashBefore(path, end) {
  let i = end - 1;
  while (i >= 0 && StringPrototypeCharCodeAt(path, i) !== SLASH) i--;
  return i;
}

/** The dot that starts the extension of the segment path[start..end), or -1. */
function dotOf(path, start, end) {
  let i = end - 1;
  while (i > start && StringPrototypeCharCodeAt(path, i) !== DOT) i--;
  return i > start ? i : -1;
}

/** normalize() of a path that is known not to be empty. */
function normalized(path) {
  const absolute = StringPrototypeCharCodeAt(path, 0) === SLASH;
  if (isPlain(path, absolute ? 1 : 0, false)) return path;
  const trailing = StringPrototypeCharCodeAt(path, path.length - 1) === SLASH;
  const rest = collapse(path, absolute ? 1 : 0, !absolute, false);
  if (rest === '') {
    if (absolute) return '/';
    return trailing ? './' : '.';
  }
  return `${absolute ? '/' : ''}${rest}${trailing ? '/' : ''}`;
}

const posix = {
  resolve(...args) {
    let path = '';
    let absolute = false;
    for (let i = args.length - 1; i >= 0 && !absolute; i--) {
      const arg = args[i];
      validateString(arg, `paths[${i}]`);
      if (arg.length === 0) continue;
      path = path === '' ? arg : `${arg}/${path}`;
      absolute = StringPrototypeCharCodeAt(arg, 0) === SLASH;
    }
    if (!absolute) {
      const cwd = process.cwd();
      absolute = StringPrototypeCharCodeAt(cwd, 0) === SLASH;
      // Only the bare calls: resolve(), resolve(''), resolve('.').
      if (absolute && args.length < 2 && (path === '' || path === '.')) return cwd;
      path = `${cwd}/${path}`;
    }
    const from = absolute ? 1 : 0;
    if (isPlain(path, from, false)) {
      const end = trimmedEnd(path);
      if (end > 0) return end === path.length ? path : StringPrototypeSlice(path, 0, end);
    }
    const rest = collapse(path, from, !absolute, false);
    return absolute ? `/${rest}` : rest || '.';
  },

  normalize(path) {
    validateString(path, 'path');
    return path.length === 0 ? '.' : normalized(path);
  },

  isAbsolute(path) {
    validateString(path, 'path');
    return path.length > 0 && StringPrototypeCharCodeAt(path, 0) === SLASH;
  },

  join(...args) {
    let path = '';
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      validateString(arg, 'path');
      if (arg.length > 0) path = path === '' ? arg : `${path}/${arg}`;
    }
    return path === '' ? '.' : normalized(path);
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    from = posix.resolve(from);
    to = posix.resolve(to);
    if (from === to) return '';
    // The root becomes '', so that every segment is preceded by one slash.
    if (from === '/') from = '';
    if (to === '/') to = '';

    // The last place where both have ended a segment.
    let shared = 0;
    for (let i = 0; i <= from.length && i <= to.length; i++) {
      const a = i < from.length ? StringPrototypeCharCodeAt(from, i) : SLASH;
      const b = i < to.length ? StringPrototypeCharCodeAt(to, i) : SLASH;
      if (a !== b) break;
      if (a === SLASH) shared = i;
    }
    let ups = 0;
    for (let i = shared; i < from.length; i++) {
      if (StringPrototypeCharCodeAt(from, i) === SLASH) ups++;
    }
    const rest = StringPrototypeSlice(to, shared + 1);
    if (ups === 0) return rest;
    const up = `..${StringPrototypeRepeat('/..', ups - 1)}`;
    return rest === '' ? up : `${up}/${rest}`;
  },

  toNamespacedPath(path) {
    return path;
  },

  dirname(path) {
    validateString(path, 'path');
    if (path.length === 0) return '.';
    const root = StringPrototypeCharCodeAt(path, 0) === SLASH;
    const end = trimmedEnd(path);
    const slash = slashBefore(path, end);
    if (slash <= 0) return root ? '/' : '.';
    // Two leading slashes are a root of their own in POSIX.
    if (root && slash === 1) return '//';
    return StringPrototypeSlice(path, 0, slash);
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, 'suffix');
    validateString(path, 'path');
    const end = trimmedEnd(path);
    const start = slashBefore(path, end) + 1;
    if (suffix !== undefined) return cutSuffix(path, start, end, suffix);
    return StringPrototypeSlice(path, start, end);
  },

  extname(path) {
    validateString(path, 'path');
    const end = trimmedEnd(path);
    if (end === 0) return '';
    const start = slashBefore(path, end) + 1;
    const dot = dotOf(path, start, end);
    if (dot === -1) return '';
    if (end - start === 2 && StringPrototypeCharCodeAt(path, start) === DOT && dot === end - 1) {
      return '';
    }
    return StringPrototypeSlice(path, dot, end);
  },

  format(pathObject) {
    return formatParts(pathObject, '/');
  },

  parse(path) {
    validateString(path, 'path');
    const parts = { root: '', dir: '', base: '', ext: '', name: '' };
    if (path.length === 0) return parts;
    const absolute = StringPrototypeCharCodeAt(path, 0) === SLASH;
    if (absolute) parts.root = parts.dir = '/';
    const end = trimmedEnd(path);
    if (end === 0) return parts;

    const slash = slashBefore(path, end);
    const start = slash + 1;
    if (slash > 0) parts.dir = StringPrototypeSlice(path, 0, slash);
    const base = parts.base = StringPrototypeSlice(path, start, end);
    const dot = dotOf(path, start, end);
    // '..' has no extension, except right below the root, as in Node.
    if (dot === -1 || (base === '..' && slash !== 0)) {
      parts.name = base;
    } else {
      parts.name = StringPrototypeSlice(path, start, dot);
      parts.ext = StringPrototypeSlice(path, dot, end);
    }
    return parts;
  },

  matchesGlob(path, pattern) {
    return require('internal/fs/glob').matchGlobPattern(path, pattern, false);
  },

  sep: '/',
  delimiter: ':',
  win32: null,
  posix: null,
};

module.exports = posix;
