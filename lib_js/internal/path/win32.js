'use strict';

const {
  ArrayPrototypeJoin,
  ArrayPrototypeSlice,
  RegExpPrototypeSymbolReplace,
  SafeSet,
  SafeStringIterator,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeToLowerCase,
  StringPrototypeToUpperCase,
} = primordials;

const { validateString } = require('internal/validators');
const { collapse, cutSuffix, formatParts } = require('internal/path');

const SLASH = 47;
const BACKSLASH = 92;
const COLON = 58;

// Names that open a device whatever the folder; ¹ ² ³ count as digits there.
const RESERVED = new SafeSet(['CON', 'PRN', 'AUX', 'NUL']);
for (const digit of new SafeStringIterator('123456789\xb9\xb2\xb3')) {
  RESERVED.add(`COM${digit}`);
  RESERVED.add(`LPT${digit}`);
}

const anySlash = /\//g;

function isSeparator(path, i) {
  const code = StringPrototypeCharCodeAt(path, i);
  return code === SLASH || code === BACKSLASH;
}

/** True if path starts with a drive: a letter and a colon. */
function hasDrive(path) {
  const letter = StringPrototypeCharCodeAt(path, 0) | 0x20;
  return letter >= 97 && letter <= 122 && StringPrototypeCharCodeAt(path, 1) === COLON;
}

/** True if path[0..colon) is a reserved device; colon -1 leaves out the last character. */
function isReserved(path, colon) {
  return RESERVED.has(StringPrototypeToUpperCase(StringPrototypeSlice(path, 0, colon)));
}

function skip(path, i, separators) {
  while (i < path.length && isSeparator(path, i) === separators) i++;
  return i;
}

/**
 * Reads \\server\share. Returns undefined if path is no such thing, else the
 * server's name and where the share starts and ends.
 */
function readShare(path) {
  if (path.length < 5 || !isSeparator(path, 0) || !isSeparator(path, 1)) return undefined;
  const serverEnd = skip(path, 2, false);
  if (serverEnd === 2 || serverEnd === path.length) return undefined;
  const start = skip(path, serverEnd, true);
  if (start === path.length) return undefined;
  const server = StringPrototypeSlice(path, 2, serverEnd);
  return {
    server,
    start,
    end: skip(path, start, false),
    isDevice: server === '.' || server === '?',
  };
}

/**
 * Splits a path that is not empty into device ('C:', '\\server\share', '\\.'),
 * whether it is absolute, and the index where the rest starts.
 */
function readRoot(path) {
  if (isSeparator(path, 0)) {
    const share = readShare(path);
    if (share === undefined) {
      // Two separators that start no share are left to collapse().
      const end = path.length > 1 && isSeparator(path, 1) ? 0 : 1;
      return { device: '', absolute: true, end };
    }
    const { server } = share;
    if (share.isDevice) return { device: `\\\\${server}`, absolute: true, end: 4 };
    const name = StringPrototypeSlice(path, share.start, share.end);
    return { device: `\\\\${server}\\${name}`, absolute: true, end: share.end };
  }
  if (path.length > 1 && hasDrive(path)) {
    const absolute = path.length > 2 && isSeparator(path, 2);
    return { device: StringPrototypeSlice(path, 0, 2), absolute, end: absolute ? 3 : 2 };
  }
  return { device: '', absolute: false, end: 0 };
}

/** The length of the root that dirname() and parse() never split. */
function rootLength(path) {
  if (isSeparator(path, 0)) {
    const share = readShare(path);
    if (share === undefined) return 1;
    return share.end === path.length ? share.end : share.end + 1;
  }
  if (path.length < 2 || !hasDrive(path)) return 0;
  return path.length > 2 && isSeparator(path, 2) ? 3 : 2;
}

/** The index after the last character from `floor` on that is no separator, or floor. */
function trimmedEnd(path, floor) {
  let end = path.length;
  while (end > floor && isSeparator(path, end - 1)) end--;
  return end;
}

/** Where the segment that ends at `end` starts; not before `floor`. */
function segmentStart(path, floor, end) {
  let start = end;
  while (start > floor && !isSeparator(path, start - 1)) start--;
  return start;
}

/** The dot that starts the extension of path[start..end), or -1. */
function dotOf(path, start, end) {
  for (let i = end - 1; i > start; i--) {
    if (path[i] === '.') return end - start === 2 && path[start] === '.' ? -1 : i;
  }
  return -1;
}

/** The current directory of a drive, or of the process if device is ''. */
function currentDirectory(device) {
  if (device === '') return process.cwd();
  const path = process.env[`=${device}`] || process.cwd();
  const drive = StringPrototypeToLowerCase(StringPrototypeSlice(path, 0, 2));
  return drive !== StringPrototypeToLowerCase(device) &&
    StringPrototypeCharCodeAt(path, 2) === BACKSLASH ? `${device}\\` : path;
}

/** True if a relative path's text could be taken for a drive or a stream. */
function hasStrayColon(path, tail) {
  let colon = StringPrototypeIndexOf(path, ':');
  if (colon === -1) return false;
  if (tail.length >= 2 && hasDrive(tail)) return true;
  for (; colon !== -1; colon = StringPrototypeIndexOf(path, ':', colon + 1)) {
    if (colon === path.length - 1 || isSeparator(path, colon + 1)) return true;
  }
  return false;
}

/** readRoot() with what only normalize() knows: reserved names such as 'CON:'. */
function readNormalRoot(path) {
  const root = readRoot(path);
  const colon = StringPrototypeIndexOf(path, ':');
  if (root.end === 4 && (root.device === '\\\\.' || root.device === '\\\\?')) {
    const name = StringPrototypeSlice(path, 4, colon + 1);
    if (isReserved(name, name.length - 1)) {
      root.device = `\\\\?\\${name}`;
      root.end = 4 + name.length;
    }
  } else if (root.device === '' && !root.absolute && colon > 0 && isReserved(path, colon)) {
    root.device = StringPrototypeSlice(path, 0, colon + 1);
    root.end = colon + 1;
  }
  return root;
}

/** The segments of a resolved path; a drive or server is the first of them. */
function segments(path) {
  const start = skip(path, 0, true);
  const end = trimmedEnd(path, start);
  return start === end ? [] : StringPrototypeSplit(StringPrototypeSlice(path, start, end), '\\');
}

function relativeBySegments(from, to) {
  const a = segments(from);
  const b = segments(to);
  let same = 0;
  while (same < a.length && same < b.length &&
         StringPrototypeToLowerCase(a[same]) === StringPrototypeToLowerCase(b[same])) {
    same++;
  }
  // Another drive or server: there is no way from one to the other.
  if (same === 0 && a.length > 0 && b.length > 0) return to;
  const rest = ArrayPrototypeJoin(ArrayPrototypeSlice(b, same), '\\');
  const ups = a.length - same;
  if (ups === 0) return rest;
  const up = `..${StringPrototypeRepeat('\\..', ups - 1)}`;
  return rest === '' ? up : `${up}\\${rest}`;
}

const win32 = {
  resolve(...args) {
    let device = '';
    let tail = '';
    let absolute = false;

    for (let i = args.length - 1; i >= -1; i--) {
      let path;
      if (i >= 0) {
        path = args[i];
        validateString(path, `paths[${i}]`);
        if (path.length === 0) continue;
      } else {
        path = currentDirectory(device);
        if (device === '' && isSeparator(path, 0) &&
            (args.length === 0 || (args.length === 1 && (args[0] === '' || args[0] === '.')))) {
          return RegExpPrototypeSymbolReplace(anySlash, path, '\\');
        }
      }
      const root = readRoot(path);
      if (root.device !== '') {
        if (device === '') {
          device = root.device;
        } else if (StringPrototypeToLowerCase(root.device) !==
                   StringPrototypeToLowerCase(device)) {
          continue;
        }
      }
      if (!absolute) {
        tail = `${StringPrototypeSlice(path, root.end)}\\${tail}`;
        ({ absolute } = root);
      }
      if (absolute && device !== '') break;
    }

    tail = collapse(tail, 0, !absolute, true);
    return absolute ? `${device}\\${tail}` : `${device}${tail}` || '.';
  },

  normalize(path) {
    validateString(path, 'path');
    const { length } = path;
    if (length === 0) return '.';
    if (length === 1) return path === '/' ? '\\' : path;
    const { device, absolute, end } = readNormalRoot(path);
    const share = device !== '' && absolute && end === length ? readShare(path) : undefined;
    // Nothing but \\server\share.
    if (share !== undefined && !share.isDevice) return `${device}\\`;

    let tail = end < length ? collapse(path, end, !absolute, true) : '';
    if (tail === '' && !absolute) tail = '.';
    if (tail !== '' && isSeparator(path, length - 1)) tail += '\\';
    if (!absolute && device === '' && hasStrayColon(path, tail)) return `.\\${tail}`;
    if (isReserved(path, StringPrototypeIndexOf(path, ':'))) return `.\\${device}${tail}`;
    return absolute ? `${device}\\${tail}` : `${device}${tail}`;
  },

  isAbsolute(path) {
    validateString(path, 'path');
    if (path.length === 0) return false;
    return isSeparator(path, 0) || (path.length > 2 && hasDrive(path) && isSeparator(path, 2));
  },

  join(...args) {
    let joined = '';
    let first = '';
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      validateString(arg, 'path');
      if (arg.length === 0) continue;
      if (joined === '') {
        joined = first = arg;
      } else {
        joined = `${joined}\\${arg}`;
      }
    }
    if (joined === '') return '.';

    // Only a first part that already is \\server may start a share: two parts
    // joined must not make one by accident.
    const slashes = skip(first, 0, true);
    if (slashes !== 2 || first.length === 2) {
      const leading = skip(joined, 0, true);
      if (leading >= 2) joined = `\\${StringPrototypeSlice(joined, leading)}`;
    }

    const parts = StringPrototypeSplit(joined, '\\');
    for (let i = 0; i < parts.length; i++) {
      const colon = StringPrototypeIndexOf(parts[i], ':');
      if (colon !== -1 && isReserved(parts[i], colon)) {
        return RegExpPrototypeSymbolReplace(anySlash, joined, '\\');
      }
    }
    return win32.normalize(joined);
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    from = win32.resolve(from);
    to = win32.resolve(to);
    if (from === to || StringPrototypeToLowerCase(from) === StringPrototypeToLowerCase(to)) {
      return '';
    }
    return relativeBySegments(from, to);
  },

  toNamespacedPath(path) {
    // Handed back as it is when it cannot be a path, as in Node.
    if (typeof path !== 'string' || path.length === 0) return path;
    const resolved = win32.resolve(path);
    if (resolved.length <= 2) return path;
    if (resolved[0] === '\\' && resolved[1] === '\\') {
      return resolved[2] === '?' || resolved[2] === '.' ?
        resolved : `\\\\?\\UNC\\${StringPrototypeSlice(resolved, 2)}`;
    }
    return hasDrive(resolved) && resolved[2] === '\\' ? `\\\\?\\${resolved}` : resolved;
  },

  dirname(path) {
    validateString(path, 'path');
    const { length } = path;
    if (length === 0) return '.';
    if (length === 1) return isSeparator(path, 0) ? path : '.';
    const root = rootLength(path);
    if (root === length && readShare(path) !== undefined) return path;
    const start = segmentStart(path, root, trimmedEnd(path, root));
    if (start > root) return StringPrototypeSlice(path, 0, start - 1);
    return root === 0 ? '.' : StringPrototypeSlice(path, 0, root);
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, 'suffix');
    validateString(path, 'path');
    const floor = path.length >= 2 && hasDrive(path) ? 2 : 0;
    const end = trimmedEnd(path, floor);
    const start = segmentStart(path, floor, end);
    if (suffix !== undefined) return cutSuffix(path, start, end, suffix);
    return StringPrototypeSlice(path, start, end);
  },

  extname(path) {
    validateString(path, 'path');
    const floor = path.length >= 2 && hasDrive(path) ? 2 : 0;
    const end = trimmedEnd(path, floor);
    const dot = dotOf(path, segmentStart(path, floor, end), end);
    return dot === -1 ? '' : StringPrototypeSlice(path, dot, end);
  },

  format(pathObject) {
    return formatParts(pathObject, '\\');
  },

  parse(path) {
    validateString(path, 'path');
    const parts = { root: '', dir: '', base: '', ext: '', name: '' };
    if (path.length === 0) return parts;
    const root = rootLength(path);
    parts.root = parts.dir = StringPrototypeSlice(path, 0, root);
    const end = trimmedEnd(path, root);
    if (end === root) return parts;
    const start = segmentStart(path, root, end);
    if (start > root) parts.dir = StringPrototypeSlice(path, 0, start - 1);
    parts.base = StringPrototypeSlice(path, start, end);
    const dot = dotOf(path, start, end);
    parts.name = StringPrototypeSlice(path, start, dot === -1 ? end : dot);
    if (dot !== -1) parts.ext = StringPrototypeSlice(path, dot, end);
    return parts;
  },

  matchesGlob(path, pattern) {
    return require('internal/fs/glob').matchGlobPattern(path, pattern, true);
  },

  sep: '\\',
  delimiter: ';',
  win32: null,
  posix: null,
};

module.exports = win32;
