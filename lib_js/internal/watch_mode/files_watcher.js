'use strict';
// Which files changed, and to whom that matters. A file may have owners (test files that depend on
// it); changes in quick succession are told once.

const { ArrayIsArray, SafeMap, SafeSet, SafeWeakMap, StringPrototypeEndsWith,
        StringPrototypeStartsWith } = primordials;

const { addAbortListener } = require('internal/events/abort_listener');
const { TIMEOUT_MAX } = require('internal/timers');
const { fileURLToPath } = require('internal/url');
const { kEmptyObject } = require('internal/util');
const { validateNumber, validateOneOf } = require('internal/validators');
const EventEmitter = require('events');
const { watch } = require('fs');
const { resolve, sep } = require('path');
const { clearTimeout, setTimeout } = require('timers');

function isInside(path, folder) {
  const outer = resolve(folder);
  return StringPrototypeStartsWith(
    resolve(path), StringPrototypeEndsWith(outer, sep) ? outer : outer + sep);
}

/** Two maps that mirror each other: file -> owners, owner -> files. */
class Ownership {
  #owners = new SafeMap();
  #files = new SafeMap();

  add(file, owner) {
    this.#setOf(this.#owners, file).add(owner);
    this.#setOf(this.#files, owner).add(file);
  }

  #setOf(map, key) {
    let set = map.get(key);
    if (set === undefined) map.set(key, set = new SafeSet());
    return set;
  }

  ownersOf(file) {
    return this.#owners.get(file) ?? [];
  }

  filesOf(owner) {
    return this.#files.get(owner) ?? [];
  }

  /** Forgets an owner, and what it is as a file of others. */
  remove(owner) {
    for (const file of this.filesOf(owner)) {
      const owners = this.#owners.get(file);
      owners?.delete(owner);
      if (owners?.size === 0) this.#owners.delete(file);
    }
    this.#owners.delete(owner);
    this.#files.delete(owner);
  }

  clear() {
    this.#owners.clear();
    this.#files.clear();
  }
}

class FilesWatcher extends EventEmitter {
  #watchers = new SafeMap(); // Path -> { handle, recursive }.
  #filtered = new SafeSet();
  #ownership = new Ownership();
  #changedOwners = new SafeSet();
  #timer = null;
  #debounce;
  #mode;
  #signal;
  #relays = new SafeWeakMap();

  /** mode 'filter': only files that filterFile() has named count; 'all': every change. */
  constructor({ debounce = 200, mode = 'filter', signal } = kEmptyObject) {
    super({ __proto__: null, captureRejections: true });
    validateNumber(debounce, 'options.debounce', 0, TIMEOUT_MAX);
    validateOneOf(mode, 'options.mode', ['filter', 'all']);
    this.#debounce = debounce;
    this.#mode = mode;
    this.#signal = signal;
    if (signal) addAbortListener(signal, () => this.clear());
  }

  get watchedPaths() {
    return [...this.#watchers.keys()];
  }

  #isWatched(path) {
    if (this.#watchers.has(path)) return true;
    for (const { 0: folder, 1: { recursive } } of this.#watchers) {
      if (recursive && isInside(path, folder)) return true;
    }
    return false;
  }

  #stop(path) {
    const { handle } = this.#watchers.get(path);
    handle.removeAllListeners();
    handle.close();
    this.#watchers.delete(path);
  }

  watchPath(path, recursive = true, { allowMissing = false } = kEmptyObject) {
    if (this.#isWatched(path)) return;
    const handle = watch(path, {
      __proto__: null, recursive, signal: this.#signal, throwIfNoEntry: !allowMissing,
    });
    handle.on('change', (eventType, name) => {
      // The kernel may not know the name.
      this.#onChange(recursive ? resolve(path, name ?? '') : path, eventType);
    });
    this.#watchers.set(path, { __proto__: null, handle, recursive });
    if (!recursive) return;
    for (const other of this.watchedPaths) {
      if (other !== path && isInside(other, path)) this.#stop(other);
    }
  }

  #onChange(trigger, eventType) {
    if (this.#mode === 'filter' && !this.#filtered.has(trigger)) return;
    for (const owner of this.#ownership.ownersOf(trigger)) this.#changedOwners.add(owner);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.emit('changed', { owners: this.#changedOwners, eventType, trigger });
      this.#changedOwners.clear();
    }, this.#debounce);
    this.#timer.unref();
  }

  /** Changes of the file count from now on. */
  filterFile(file, owner, options = kEmptyObject) {
    if (!file) return;
    this.watchPath(file, false, options);
    this.#filtered.add(file);
    if (owner) this.#ownership.add(file, owner);
  }

  unfilterFilesOwnedBy(owners) {
    owners.forEach((owner) => {
      for (const file of this.#ownership.filesOf(owner)) this.#filtered.delete(file);
      this.#filtered.delete(owner);
      this.#ownership.remove(owner);
    });
  }

  clearFileFilters() {
    this.#filtered.clear();
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#changedOwners.clear();
    for (const path of this.watchedPaths) this.#stop(path);
    this.#filtered.clear();
    this.#ownership.clear();
  }

  // ---- the program that is watched

  /** Takes the files that a child reports; `key` is their owner. */
  watchChildProcessModules(child, key = null) {
    if (process.send) this.#relay(child);
    child.on('message', (message) => {
      try {
        this.#takeReport(message, key);
      } catch {
        // A file that cannot be watched: others can.
      }
    });
  }

  #takeReport(message, key) {
    const { 'watch:require': files, 'watch:import': urls } = message;
    if (ArrayIsArray(files)) {
      for (let i = 0; i < files.length; i++) this.filterFile(files[i], key);
    }
    if (ArrayIsArray(urls)) {
      for (let i = 0; i < urls.length; i++) this.filterFile(fileURLToPath(urls[i]), key);
    }
  }

  /** Who has started this process may talk to the child as if it were this one. */
  #relay(child) {
    const relay = {
      __proto__: null,
      down: (message) => child.send(message),
      up: (message) => process.send(message),
    };
    this.#relays.set(child, relay);
    process.on('message', relay.down);
    child.on('message', relay.up);
  }

  destroyIPC(child) {
    const relay = this.#relays.get(child);
    if (relay === undefined) return;
    process.off('message', relay.down);
    child.off('message', relay.up);
  }
}

module.exports = { FilesWatcher };
