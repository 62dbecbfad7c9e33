'use strict';

// fs.watch, fs.watchFile and fs.promises.watch.

const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSome, PromiseWithResolvers,
  RegExpPrototypeExec, SafeMap, StringPrototypeIncludes, Symbol, SymbolDispose,
} = primordials;

const { watch: asyncWatch } = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');
const { Buffer } = require('buffer');
const EventEmitter = require('events');
const {
  AbortError, UVException,
  codes: { ERR_FS_WATCH_QUEUE_OVERFLOW, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { isRegExp } = require('internal/util/types');
const { pathMatches } = require('internal/fs/glob_pattern');
const { now } = require('internal/fs/ops');
const inotify = require('internal/fs/inotify');
const { StatWatcher, kFSStatWatcherAddOrCleanRef, kFSStatWatcherStart } =
  require('internal/fs/stat_watcher');
const {
  assertEncoding, copyObject, encodeName, getOptions, getValidatedPath, pathText, wantsBytes,
} = require('internal/fs/utils');
const { kEmptyObject } = require('internal/util');
const {
  validateAbortSignal, validateBoolean, validateFunction, validateInteger, validateObject,
  validateOneOf, validateUint32,
} = require('internal/validators');
const { basename, resolve } = require('path');

const kFSWatchStart = Symbol('kFSWatchStart');

const ENOENT = -2;
const ENOSPC = -28;
const WATCH_QUEUE_EVENTS = 2048;
const DEFAULT_INTERVAL_MS = 5007;

// ---- what is not told --------------------------------------------------------------------------

function validateIgnoreOption(ignore, name) {
  if (ignore == null) return;
  if (!ArrayIsArray(ignore)) {
    validateIgnored(ignore, name);
    return;
  }
  for (let i = 0; i < ignore.length; i++) validateIgnored(ignore[i], `${name}[${i}]`);
}

function validateIgnored(value, name) {
  if (typeof value === 'string') {
    if (value.length === 0) {
      throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a non-empty string');
    }
  } else if (!isRegExp(value) && typeof value !== 'function') {
    throw new ERR_INVALID_ARG_TYPE(name, ['string', 'RegExp', 'Function'], value);
  }
}

/** @returns {((name: string) => boolean) | null} */
function createIgnoreMatcher(ignore) {
  if (ignore == null) return null;
  const all = ArrayIsArray(ignore) ? ignore : [ignore];
  return (name) => ArrayPrototypeSome(all, (each) => ignores(each, name));
}

function ignores(each, name) {
  if (typeof each === 'function') return each(name);
  if (typeof each !== 'string') return RegExpPrototypeExec(each, name) !== null;
  // A pattern without a slash is about the name alone, wherever it is.
  const subject = StringPrototypeIncludes(each, '/') ? name : basename(name);
  return pathMatches(subject, each);
}

// ---- fs.watch ----------------------------------------------------------------------------------

/** The refusal of a watch, with the properties that Node gives it. */
function refusal(errno, path) {
  const error = new UVException({
    errno,
    syscall: 'watch',
    path,
    message: errno === ENOSPC ? 'System limit for number of file watchers reached' : '',
  });
  error.filename = path;
  return error;
}

class FSWatcher extends EventEmitter {
  /** What async hooks see, while there are any. */
  #resource = asyncWatch.isOn ? new resources.Request('FSEVENTWRAP') : undefined;

  constructor() {
    super();
    /** null once it is closed, or could not be opened. */
    this._handle = undefined;
    this._ignoreMatcher = null;
  }

  [kFSWatchStart](filename, persistent, recursive, encoding, ignore, throwIfNoEntry = true) {
    if (this._handle !== undefined) return;
    filename = getValidatedPath(filename, 'filename');
    this._ignoreMatcher = createIgnoreMatcher(ignore);
    const own = Buffer.from(basename(pathText(filename)));
    const asBytes = wantsBytes(encoding);
    const handle = inotify.watch(filename, (mask, name = own) => {
      const text = name.utf8Slice();
      if (this._ignoreMatcher?.(text)) return;
      const resource = this.#resource;
      const id = resource === undefined ? 0 : resources.enter(resource);
      this.emit('change', inotify.eventType(mask), asBytes ? encodeName(name, encoding) : text);
      if (id !== 0) resources.leave(id);
    });
    if (typeof handle === 'number') {
      this._handle = null;
      if (handle === ENOENT && !throwIfNoEntry) return;
      throw refusal(handle, pathText(filename));
    }
    this._handle = handle;
    if (persistent) handle.ref();
  }

  /** Does nothing any more: watchers are started when they are made. */
  start() {}

  close() {
    const handle = this._handle;
    if (handle === null) return;
    this._handle = null;
    if (handle === undefined) return;
    handle.close();
    if (this.#resource !== undefined) resources.destroyResource(this.#resource);
    process.nextTick(() => this.emit('close'));
  }

  ref() {
    this._handle?.ref();
    return this;
  }

  unref() {
    this._handle?.unref();
    return this;
  }
}

function watch(filename, options, listener) {
  if (typeof options === 'function') listener = options;
  options = copyObject(getOptions(options));
  options.persistent ??= true;
  options.recursive ??= false;
  options.throwIfNoEntry ??= true;
  validateBoolean(options.recursive, 'options.recursive');
  validateIgnoreOption(options.ignore, 'options.ignore');
  const { encoding, ignore, persistent, recursive, signal, throwIfNoEntry } = options;
  const path = getValidatedPath(filename);
  let watcher;
  if (recursive) {
    const recursiveWatch = require('internal/fs/recursive_watch');
    watcher = new recursiveWatch.FSWatcher({ persistent, encoding, signal, ignore });
    watcher[kFSWatchStart](path);
  } else {
    watcher = new FSWatcher();
    watcher[kFSWatchStart](path, persistent, recursive, encoding, ignore, throwIfNoEntry);
  }
  if (listener) watcher.addListener('change', listener);
  if (signal?.aborted) {
    process.nextTick(() => watcher.close());
  } else if (signal) {
    const { addAbortListener } = require('internal/events/abort_listener');
    const listening = addAbortListener(signal, () => process.nextTick(() => watcher.close()));
    watcher.once('close', () => listening[SymbolDispose]());
  }
  return watcher;
}

// ---- fs.promises.watch -------------------------------------------------------------------------

/** An async generator of { eventType, filename }. */
async function* watchAsync(filename, options = kEmptyObject) {
  validateObject(options, 'options');
  const {
    persistent = true, recursive = false, encoding = 'utf8', maxQueue = WATCH_QUEUE_EVENTS,
    overflow = 'ignore', signal, ignore,
  } = options;
  validateBoolean(persistent, 'options.persistent');
  validateBoolean(recursive, 'options.recursive');
  validateInteger(maxQueue, 'options.maxQueue');
  validateOneOf(overflow, 'options.overflow', ['ignore', 'error']);
  validateAbortSignal(signal, 'options.signal');
  validateIgnoreOption(ignore, 'options.ignore');
  if (encoding !== 'buffer') assertEncoding(encoding);
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });

  const queue = [];
  let waiting = PromiseWithResolvers();
  const wake = () => waiting.resolve();
  let failure;
  const watcher = watch(filename, { persistent, recursive, encoding, ignore });
  watcher.on('change', (eventType, name) => {
    if (queue.length < maxQueue) {
      ArrayPrototypePush(queue, { __proto__: null, eventType, filename: name });
    } else if (overflow === 'error') {
      failure ??= new ERR_FS_WATCH_QUEUE_OVERFLOW(maxQueue);
    } else {
      process.emitWarning('fs.watch maxQueue exceeded');
    }
    wake();
  });
  watcher.on('error', (error) => {
    failure ??= error;
    wake();
  });
  let isAborted = false;
  const onAbort = () => {
    isAborted = true;
    watcher.close();
    wake();
  };
  signal?.addEventListener('abort', onAbort, { __proto__: null, once: true });
  try {
    while (!isAborted) {
      await waiting.promise;
      waiting = PromiseWithResolvers();
      while (queue.length !== 0 && !isAborted) yield ArrayPrototypeShift(queue);
      if (failure !== undefined) throw failure;
    }
    throw new AbortError(undefined, { cause: signal.reason });
  } finally {
    watcher.close();
    signal?.removeEventListener('abort', onAbort);
  }
}

// ---- fs.watchFile ------------------------------------------------------------------------------

const statWatchers = new SafeMap();

function watchFile(filename, options, listener) {
  filename = getValidatedPath(filename);
  filename = resolve(pathText(filename));
  if (options === null || typeof options !== 'object') {
    listener = options;
    options = null;
  }
  options = { interval: DEFAULT_INTERVAL_MS, persistent: true, ...options };
  validateFunction(listener, 'listener');
  let watcher = statWatchers.get(filename);
  if (watcher === undefined) {
    validateUint32(options.interval, 'interval');
    now.mayRead(filename);
    watcher = new StatWatcher(options.bigint);
    watcher[kFSStatWatcherStart](filename, options.persistent, options.interval);
    statWatchers.set(filename, watcher);
  } else {
    watcher[kFSStatWatcherAddOrCleanRef]('add');
  }
  watcher.addListener('change', listener);
  return watcher;
}

function unwatchFile(filename, listener) {
  filename = resolve(pathText(getValidatedPath(filename)));
  const watcher = statWatchers.get(filename);
  if (watcher === undefined) return;
  if (typeof listener === 'function') {
    const before = watcher.listenerCount('change');
    watcher.removeListener('change', listener);
    if (watcher.listenerCount('change') < before) watcher[kFSStatWatcherAddOrCleanRef]('clean');
  } else {
    watcher.removeAllListeners('change');
    watcher[kFSStatWatcherAddOrCleanRef]('cleanAll');
  }
  if (watcher.listenerCount('change') === 0) {
    watcher.stop();
    statWatchers.delete(filename);
  }
}

module.exports = {
  FSWatcher,
  StatWatcher,
  createIgnoreMatcher,
  kFSStatWatcherAddOrCleanRef,
  kFSStatWatcherStart,
  kFSWatchStart,
  refusal,
  unwatchFile,
  validateIgnoreOption,
  watch,
  watchAsync,
  watchFile,
};
