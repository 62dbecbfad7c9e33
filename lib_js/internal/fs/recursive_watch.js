'use strict';

// fs.watch of a whole tree: a watch for each directory. inotify tells of the files in a directory,
// so files need none of their own; directories that come get one, those that go lose it.

const {
  ArrayPrototypePush, Promise, SafeMap, StringPrototypeStartsWith, SymbolAsyncIterator,
} = primordials;

const { Buffer } = require('buffer');
const EventEmitter = require('events');
const { constants } = require('internal/fs/constants');
const inotify = require('internal/fs/inotify');
const { now } = require('internal/fs/ops');
const { isDirectory } = require('internal/fs/stats');
const { encodeName, getOptions, pathText, wantsBytes } = require('internal/fs/utils');
const {
  createIgnoreMatcher, kFSWatchStart, refusal, validateIgnoreOption,
} = require('internal/fs/watchers');
const { kEmptyObject } = require('internal/util');
const { validateBoolean, validateAbortSignal } = require('internal/validators');
const { basename, join, relative, resolve } = require('path');

const ENOENT = -2;
const { UV_DIRENT_DIR, UV_DIRENT_UNKNOWN } = constants;
const CAME = inotify.IN_CREATE | inotify.IN_MOVED_TO;
const WENT = inotify.IN_DELETE | inotify.IN_MOVED_FROM;
const SELF = inotify.IN_DELETE_SELF | inotify.IN_IGNORED;

class FSWatcher extends EventEmitter {
  #persistent;
  #encoding;
  #ignores;
  #root = null;
  #isClosed = false;
  /** By path. */
  #watches = new SafeMap();

  constructor(options = kEmptyObject) {
    super();
    options = getOptions(options);
    const { persistent = true, encoding, ignore, signal } = options;
    if (options.recursive != null) validateBoolean(options.recursive, 'options.recursive');
    if (signal != null) validateAbortSignal(signal, 'options.signal');
    validateIgnoreOption(ignore, 'options.ignore');
    this.#persistent = persistent;
    this.#encoding = encoding;
    this.#ignores = createIgnoreMatcher(ignore);
  }

  [kFSWatchStart](filename) {
    const path = resolve(pathText(filename));
    this.#root = path;
    const figures = now.stat(path);
    if (typeof figures === 'number') {
      // Node tells nobody that there is no tree to watch.
      if (figures === ENOENT) return;
      throw refusal(figures, pathText(filename));
    }
    if (isDirectory(figures)) this.#watchTree(path, false);
    else this.#watch(path, false);
  }

  /** Watches a directory and all below. `isNew`: what lies in it is told, as it has just come. */
  #watchTree(path, isNew) {
    const waiting = [path];
    while (waiting.length !== 0) {
      const directory = waiting.pop();
      if (!this.#watch(directory, true)) continue;
      const entries = now.readdir(directory, false);
      // Gone again: its own directory tells.
      if (typeof entries === 'number') continue;
      const { 0: names, 1: kinds } = entries;
      for (let i = 0; i < names.length; i++) {
        const below = join(directory, names[i]);
        if (this.#isIgnored(below)) continue;
        if (isNew) this.#tell('rename', below);
        if (this.#isClosed) return;
        if (kinds[i] === UV_DIRENT_DIR || (kinds[i] === UV_DIRENT_UNKNOWN && isTree(below))) {
          ArrayPrototypePush(waiting, below);
        }
      }
    }
  }

  /** @returns {boolean} whether it is watched now and was not before */
  #watch(path, isTreeOfOwn) {
    if (this.#watches.has(path)) return false;
    const listener = isTreeOfOwn ? (mask, name) => this.#onEntry(path, mask, name) :
      (mask) => this.#tell(inotify.eventType(mask), path);
    const watch = inotify.watch(path, listener);
    if (typeof watch === 'number') {
      // A directory may go while we look at the one above.
      if (watch !== ENOENT || path === this.#root) throw refusal(watch, path);
      return false;
    }
    this.#watches.set(path, watch);
    if (this.#persistent) watch.ref();
    return true;
  }

  #onEntry(directory, mask, name) {
    if (name === undefined) {
      if ((mask & SELF) !== 0) this.#forget(directory);
      // Of directories below, the one above tells.
      if (directory === this.#root) this.#tell(inotify.eventType(mask), directory);
      return;
    }
    const path = join(directory, name.utf8Slice());
    if (this.#isIgnored(path)) return;
    const isOfDirectory = (mask & inotify.IN_ISDIR) !== 0;
    if (isOfDirectory && (mask & WENT) !== 0) this.#forget(path);
    this.#tell(inotify.eventType(mask), path);
    if (isOfDirectory && (mask & CAME) !== 0 && !this.#isClosed) this.#watchTree(path, true);
  }

  /** Ends the watches of a path and of all below. */
  #forget(path) {
    const below = `${path}/`;
    for (const { 0: watched, 1: watch } of this.#watches) {
      if (watched === path || StringPrototypeStartsWith(watched, below)) {
        watch.close();
        this.#watches.delete(watched);
      }
    }
  }

  #isIgnored(path) {
    return this.#ignores !== null && this.#ignores(relative(this.#root, path));
  }

  #tell(type, path) {
    if (this.#isClosed) return;
    const name = path === this.#root ? basename(path) : relative(this.#root, path);
    if (this.#ignores?.(name)) return;
    const isPlain = !wantsBytes(this.#encoding);
    this.emit('change', type, isPlain ? name : encodeName(Buffer.from(name), this.#encoding));
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { 1: watch } of this.#watches) watch.close();
    this.#watches.clear();
    process.nextTick(() => this.emit('close'));
  }

  ref() {
    for (const { 1: watch } of this.#watches) watch.ref();
    return this;
  }

  unref() {
    for (const { 1: watch } of this.#watches) watch.unref();
    return this;
  }

  [SymbolAsyncIterator]() {
    const next = () => new Promise((done, fail) => {
      if (this.#isClosed) {
        done({ done: true, value: undefined });
        return;
      }
      const settle = () => {
        this.off('change', onChange);
        this.off('error', onError);
        this.off('close', onClose);
      };
      const onChange = (eventType, filename) => {
        settle();
        done({ done: false, value: { eventType, filename } });
      };
      const onError = (error) => {
        settle();
        fail(error);
      };
      const onClose = () => {
        settle();
        done({ done: true, value: undefined });
      };
      this.on('change', onChange);
      this.on('error', onError);
      this.on('close', onClose);
    });
    return {
      next,
      return: () => {
        this.close();
        return { done: true, value: undefined };
      },
      [SymbolAsyncIterator]() { return this; },
    };
  }
}

function isTree(path) {
  const figures = now.lstat(path);
  return typeof figures !== 'number' && isDirectory(figures);
}

module.exports = { FSWatcher, kFSWatchStart };
