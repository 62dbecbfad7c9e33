'use strict';
// run({ watch: true }): test files run again when they, or files that they depend on, change.

const {
  ArrayPrototypeFind,
  ArrayPrototypeIncludes,
  ArrayPrototypeMap,
  PromisePrototypeThen,
  SafeMap,
  SafePromiseAllReturnVoid,
  SafeSet,
} = primordials;

const { runTestFile } = require('internal/test_runner/file_test');
const { createTestFileList } = require('internal/test_runner/files');
const { kEmitMessage } = require('internal/test_runner/tests_stream');
const { FilesWatcher } = require('internal/watch_mode/files_watcher');
const { once } = require('events');
const { resolve } = require('path');

class FileWatch {
  #options;
  #root;
  /** Those that a process of its own runs; or [null]: one process runs all. */
  #files;
  #isOne;
  #watcher;
  #children = new SafeMap();
  #runs = new SafeMap();

  constructor(files, options) {
    const { cwd, files: givenFiles, isolation, root, signal } = options;
    this.#options = options;
    this.#root = root;
    this.#files = files;
    this.#isOne = isolation === 'none';
    this.#watcher = new FilesWatcher({
      __proto__: null, debounce: 200, mode: givenFiles == null ? 'all' : 'filter', signal,
    });
    if (givenFiles == null) this.#watcher.watchPath(cwd);
    root.harness.watching = true;
    this.#watcher.on('changed', this.#onChanged);
    if (signal) this.#endWith(signal);
  }

  #endWith(signal) {
    const { kResistStopPropagation } = require('internal/event_target');
    signal.addEventListener('abort', () => {
      this.#watcher.removeListener('changed', this.#onChanged);
      this.#root.harness.watching = false;
      this.#root.postRun();
    }, { __proto__: null, once: true, [kResistStopPropagation]: true });
  }

  /** Runs everything for the first time. */
  start() {
    const paths = this.#isOne ? [null] : this.#files;
    return SafePromiseAllReturnVoid(paths, (path) => this.#run(path));
  }

  #run(path) {
    const run = runTestFile(path, this.#isOne ? this.#optionsForAll() : this.#options, this);
    this.#runs.set(path, run);
    return run;
  }

  #optionsForAll() {
    const { cwd, files, globPatterns } = this.#options;
    const named = files == null ? globPatterns ?? [] :
      ArrayPrototypeMap(this.#files, (file) => resolve(cwd, file));
    return { __proto__: null, ...this.#options, named };
  }

  /** Called by runTestFile() when the file's process has started. */
  onChild(path, child) {
    this.#children.set(path, child);
    this.#watcher.watchChildProcessModules(child, path ?? 'all');
  }

  /** Called when it has ended. `run` settles when the file was reported. */
  async onChildEnd(path, run) {
    this.#children.delete(path);
    this.#runs.delete(path);
    try {
      await run;
    } catch {
      // It was reported.
    }
    if (this.#runs.size > 0) return;
    this.#root.reporter[kEmitMessage]('test:watch:drained');
    this.#root.postRun();
  }

  #onChanged = ({ owners, eventType }) => {
    const { files, cwd, globPatterns } = this.#options;
    if (files == null && (eventType === 'rename' || eventType === 'change')) {
      const before = this.#files;
      this.#files = createTestFileList(globPatterns, cwd);
      const added = ArrayPrototypeFind(
        this.#files, (file) => !ArrayPrototypeIncludes(before, file));
      const removed = ArrayPrototypeFind(
        before, (file) => !ArrayPrototypeIncludes(this.#files, file));
      if (added) {
        owners = new SafeSet([added]);
        this.#watcher.filterFile(resolve(cwd, added), added);
      } else if (removed) {
        return;
      }
    }
    this.#root.clearExecutionTime();
    this.#root.reporter[kEmitMessage]('test:watch:restarted');
    PromisePrototypeThen(this.#restartAll(owners), undefined, (error) => {
      internalBinding('errors').triggerUncaughtException(error, true);
    });
  };

  async #restartAll(owners) {
    if (this.#isOne) {
      await this.#restart(null);
      return;
    }
    // The watcher forgets its set of owners when its listeners are done.
    const changed = new SafeSet(owners);
    this.#watcher.unfilterFilesOwnedBy(changed);
    await SafePromiseAllReturnVoid(this.#files, async (file) => {
      if (changed.has(file)) await this.#restart(file);
    });
  }

  async #restart(path) {
    const child = this.#children.get(path);
    if (child !== undefined) {
      child.kill();
      await once(child, 'exit');
    }
    if (this.#runs.size === 0) this.#root.harness.counters.topLevel = 0;
    await this.#runs.get(path);
    this.#run(path);
  }
}

module.exports = { FileWatch };
