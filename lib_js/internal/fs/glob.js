'use strict';

// fs.glob: walks directories along the parts of patterns. Written once, as steps (see
// internal/fs/ops), for the blocking form and the other one.
//
// Links: a name in the pattern leads through a link, `*` does not; `**` stops at links, but what
// follows it is looked for in them too if it fits their name, or if the pattern begins with `./`.

const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeSome, Promise,
  RegExpPrototypeSymbolReplace, SafeMap, SafeSet, StringPrototypeSplit,
} = primordials;

const { constants, direntKind } = require('internal/fs/constants');
const { Dirent } = require('internal/fs/dirent');
const {
  GLOBSTAR, expandBraces, isHidden, namesMatch, parsePattern, partMatches, pathMatches, simplify,
} = require('internal/fs/glob_pattern');
const { later, now } = require('internal/fs/ops');
const { MODE } = require('internal/fs/stats');
const { toPathIfFileURL } = require('internal/url');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { kEmptyObject } = require('internal/util');
const {
  validateBoolean, validateFunction, validateObject, validateString, validateStringArray,
} = require('internal/validators');
const { basename, dirname, isAbsolute, join, resolve } = require('path');

const { UV_DIRENT_DIR, UV_DIRENT_LINK, UV_DIRENT_UNKNOWN } = constants;

const NOTHING = -1;
const NO_ENTRIES = [[], []];
const FOUND = 'found';

/** Tells what user patterns exclude by their full path; of directories with a slash behind, too. */
function excluderOf(patterns, root) {
  const readings = [];
  for (let i = 0; i < patterns.length; i++) {
    const expanded = expandBraces(RegExpPrototypeSymbolReplace(/\\/g, patterns[i], '/'));
    for (let k = 0; k < expanded.length; k++) {
      ArrayPrototypePush(readings, ...parsePattern(resolve(root, expanded[k])));
    }
  }
  return (path, isDirectory) => {
    const names = simplify(StringPrototypeSplit(path, '/'));
    const asDirectory = [...names, ''];
    return ArrayPrototypeSome(readings, (parts) => namesMatch(names, parts) ||
      (isDirectory && namesMatch(asDirectory, parts)));
  };
}

class Glob {
  #root;
  /** As the user wrote it. */
  #givenRoot;
  #isSync = false;
  #patterns;
  #withFileTypes;
  #followsLinks;
  /** Excludes by full path. */
  #excludesPath;
  /** The user's function. */
  #excludes;
  #kinds = new SafeMap();
  #listings = new SafeMap();

  constructor(pattern, options = kEmptyObject) {
    validateObject(options, 'options');
    const { cwd, exclude, withFileTypes = false, followSymlinks = false } = options;
    this.#givenRoot = toPathIfFileURL(cwd) ?? '.';
    this.#root = resolve(this.#givenRoot);
    this.#withFileTypes = !!withFileTypes;
    validateBoolean(followSymlinks, 'options.followSymlinks');
    this.#followsLinks = followSymlinks;
    if (exclude != null) {
      if (ArrayIsArray(exclude)) {
        validateStringArray(exclude, 'options.exclude');
        this.#excludesPath = excluderOf(exclude, this.#root);
      } else if (typeof exclude === 'function') {
        this.#excludes = exclude;
      } else {
        throw new ERR_INVALID_ARG_TYPE('options.exclude', ['function', 'string[]'], exclude);
      }
    }
    let patterns;
    if (typeof pattern === 'object') {
      validateStringArray(pattern, 'patterns');
      patterns = pattern;
    } else {
      validateString(pattern, 'patterns');
      patterns = [pattern];
    }
    this.#patterns = [];
    for (let i = 0; i < patterns.length; i++) {
      ArrayPrototypePush(this.#patterns, ...parsePattern(patterns[i]));
    }
  }

  globSync() {
    this.#isSync = true;
    const found = [];
    const steps = this.#run();
    let step = steps.next();
    while (!step.done) {
      const { 0: name, 1: a, 2: b } = step.value;
      if (name === FOUND) {
        ArrayPrototypePush(found, a);
        step = steps.next();
      } else {
        step = steps.next(now[name](a, b));
      }
    }
    return found;
  }

  async* glob() {
    const steps = this.#run();
    let step = steps.next();
    while (!step.done) {
      const { 0: name, 1: a, 2: b } = step.value;
      if (name === FOUND) {
        yield a;
        step = steps.next();
      } else {
        step = steps.next(await answerTo(name, a, b));
      }
    }
  }

  * #run() {
    const found = new SafeSet();
    for (let i = 0; i < this.#patterns.length; i++) {
      const walk = { parts: this.#patterns[i], seen: new SafeSet(), found };
      yield* this.#start(walk);
    }
  }

  * #start(walk) {
    const { parts } = walk;
    const first = parts[0];
    if (this.#excludesPath?.(this.#root, false)) return;
    if (parts.length === 1 && (first === '.' || first === '..' || first === '')) return;
    if (first === '.' && parts.length === 2 && parts[1] === '') return;
    if (first === '') yield* this.#enter(walk, '/', 1);
    else yield* this.#step(walk, '', first === '.' ? 1 : 0);
  }

  /** Goes on in a directory, unless it is excluded. */
  * #enter(walk, path, index) {
    if (this.#isExcluded(path, true)) return;
    yield* this.#step(walk, path, index);
  }

  #isExcluded(path, isDirectory) {
    if (this.#excludesPath !== undefined) {
      return this.#excludesPath(resolve(this.#root, path), isDirectory);
    }
    return this.#excludes !== undefined && !this.#withFileTypes && !!this.#excludes(path);
  }

  /** Whether the user's function does not want an entry below `**`. */
  #isRefused(path, kind) {
    return this.#excludes !== undefined && this.#isEntryExcluded(path, kind);
  }

  /** What the user's function says of an entry below `**`. */
  #isEntryExcluded(path, kind) {
    if (this.#excludes === undefined) return this.#isExcluded(path, kind === UV_DIRENT_DIR);
    const name = basename(path);
    if (!this.#withFileTypes) return !!this.#excludes(name);
    return !!this.#excludes(this.#direntOf(path, kind));
  }

  /** Matches the parts from `index` on below `path`; whether they stand behind a `**` there. */
  * #step(walk, path, index, isBehindGlobstar = false) {
    const state = `${index}${isBehindGlobstar ? '*' : ''} ${path}`;
    if (walk.seen.has(state)) return;
    walk.seen.add(state);
    const { parts } = walk;
    const part = parts[index];
    if (part === GLOBSTAR) yield* this.#globstar(walk, path, index);
    else if (part === '') yield* this.#directoryOnly(walk, path, index);
    else if (typeof part === 'string') yield* this.#name(walk, path, index, isBehindGlobstar);
    else yield* this.#names(walk, path, index, isBehindGlobstar);
  }

  * #directoryOnly(walk, path, index) {
    // Links count where they were named, not where they were found.
    const before = walk.parts[index - 1];
    const isNamed = typeof before === 'string' || walk.parts[0] === '.';
    const kind = yield* this.#kindOf(path);
    const mayBeLink = isNamed || this.#followsLinks;
    if (kind === UV_DIRENT_DIR || (mayBeLink && (yield* this.#isDirectory(path)))) {
      yield* this.#add(walk, path);
    }
  }

  * #name(walk, path, index, isBehindGlobstar) {
    const { parts } = walk;
    const next = join(path, parts[index]);
    const kind = yield* this.#kindOf(next);
    if (kind === NOTHING) return;
    if (isBehindGlobstar && this.#isRefused(next, kind)) return;
    const isDirectory = yield* this.#isDirectory(next);
    if (parts[index] === '..' && path !== '' && !(yield* this.#isDirectory(path))) return;
    if (index === parts.length - 1) {
      yield* this.#add(walk, next);
      return;
    }
    const isStopped = kind === UV_DIRENT_LINK && parts[index - 1] === GLOBSTAR &&
      parts[0] !== '.' && !this.#followsLinks;
    if (isDirectory && !isStopped) yield* this.#enter(walk, next, index + 1);
    // `**` at the end stands for nothing as well, even behind a file.
    else if (!isDirectory && index === parts.length - 2 && parts[index + 1] === GLOBSTAR &&
             parts[index - 1] !== GLOBSTAR) {
      yield* this.#add(walk, next);
    }
  }

  * #names(walk, path, index, isBehindGlobstar) {
    const { parts } = walk;
    const { 0: names, 1: kinds } = yield* this.#entriesOf(path);
    for (let i = 0; i < names.length; i++) {
      if (!partMatches(parts[index], names[i])) continue;
      const next = join(path, names[i]);
      if (isBehindGlobstar && this.#isRefused(next, kinds[i])) continue;
      if (index === parts.length - 1) {
        yield* this.#add(walk, next);
      } else if (kinds[i] === UV_DIRENT_DIR ||
                 (this.#followsLinks && (yield* this.#leadsElsewhere(next)))) {
        yield* this.#enter(walk, next, index + 1);
      }
    }
  }

  * #globstar(walk, path, index) {
    const { parts } = walk;
    const isLast = index === parts.length - 1;
    const following = parts[index + 1];
    if (isLast) {
      const isRoot = path === '' && parts.length > 1 && parts[0] !== '.';
      if (!isRoot) yield* this.#add(walk, path);
    } else {
      yield* this.#step(walk, path, index + 1, true);
    }
    const { 0: names, 1: kinds } = yield* this.#entriesOf(path);
    for (let i = 0; i < names.length; i++) {
      if (isHidden(names[i])) continue;
      const next = join(path, names[i]);
      if (this.#isEntryExcluded(next, kinds[i])) continue;
      if (isLast) yield* this.#add(walk, next);
      if (kinds[i] === UV_DIRENT_DIR) {
        yield* this.#step(walk, next, index);
      } else if (kinds[i] === UV_DIRENT_LINK) {
        if (this.#followsLinks) {
          if (yield* this.#leadsElsewhere(next)) yield* this.#step(walk, next, index);
          // It is a directory all the same.
          else if (following === '') yield* this.#step(walk, next, index + 1);
        } else if (!isLast && (parts[0] === '.' || partMatches(following, names[i])) &&
                   (yield* this.#isDirectory(next))) {
          yield* this.#step(walk, next, index + 1);
        }
      }
    }
  }

  /** Whether a link leads to a directory that it does not lie in itself. */
  * #leadsElsewhere(path) {
    if (!(yield* this.#isDirectory(path))) return false;
    const target = yield ['realpath', resolve(this.#root, path)];
    const home = yield ['realpath', resolve(this.#root, dirname(path))];
    return typeof target === 'string' && typeof home === 'string' &&
      !`${home}/`.startsWith(target === '/' ? '/' : `${target}/`);
  }

  * #add({ found }, path) {
    const result = path === '' ? '.' : path;
    if (found.has(result) || this.#excludesPath?.(resolve(this.#root, path), false)) return;
    found.add(result);
    if (!this.#withFileTypes) {
      yield [FOUND, result];
      return;
    }
    const kind = yield* this.#kindOf(path);
    if (!this.#isSync) {
      yield [FOUND, this.#direntOf(result, kind)];
      return;
    }
    // The blocking form says where things lie by the names it was given.
    const file = isAbsolute(result) ? result : join(this.#givenRoot, result);
    yield [FOUND, new Dirent(basename(file), kind, dirname(file))];
  }

  #direntOf(path, kind) {
    const full = resolve(this.#root, path);
    return new Dirent(basename(full), kind, dirname(full));
  }

  // ---- the disk, asked once --------------------------------------------------------------------

  /** The kind of a directory entry; NOTHING if there is none. Links are themselves. */
  * #kindOf(path) {
    const full = resolve(this.#root, path);
    let kind = this.#kinds.get(full);
    if (kind === undefined) {
      const figures = yield ['lstat', full];
      kind = typeof figures === 'number' ? NOTHING : direntKind(figures[MODE]);
      this.#kinds.set(full, kind);
    }
    return kind;
  }

  * #isDirectory(path) {
    const kind = yield* this.#kindOf(path);
    if (kind !== UV_DIRENT_LINK) return kind === UV_DIRENT_DIR;
    const figures = yield ['stat', resolve(this.#root, path)];
    return typeof figures !== 'number' && direntKind(figures[MODE]) === UV_DIRENT_DIR;
  }

  /** [names, kinds]; none where nothing can be read. */
  * #entriesOf(path) {
    const full = resolve(this.#root, path);
    let entries = this.#listings.get(full);
    if (entries !== undefined) return entries;
    entries = yield ['readdir', full, false];
    if (typeof entries === 'number') entries = NO_ENTRIES;
    const { 0: names, 1: kinds } = entries;
    for (let i = 0; i < names.length; i++) {
      if (kinds[i] === UV_DIRENT_UNKNOWN) kinds[i] = yield* this.#kindOf(join(path, names[i]));
    }
    this.#listings.set(full, entries);
    return entries;
  }
}

function answerTo(name, a, b) {
  return new Promise((done) => {
    if (name === 'readdir') later.readdir(a, b, done);
    else later[name](a, done);
  });
}

// ---- the forms of fs ---------------------------------------------------------------------------

function glob(pattern, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'cb');
  const found = new Glob(pattern, options).glob();
  collect(found).then(
    (all) => process.nextTick(callback, null, all),
    (error) => process.nextTick(callback, error));
}

async function collect(found) {
  const all = [];
  for await (const item of found) ArrayPrototypePush(all, item);
  return all;
}

function globSync(pattern, options) {
  return new Glob(pattern, options).globSync();
}

async function* globPromise(pattern, options) {
  yield* new Glob(pattern, options).glob();
}

/** path.matchesGlob. */
function matchGlobPattern(path, pattern, isWindows = false) {
  validateString(path, 'path');
  validateString(pattern, 'pattern');
  return pathMatches(path, pattern, isWindows);
}

module.exports = { Glob, glob, globPromise, globSync, matchGlobPattern };
