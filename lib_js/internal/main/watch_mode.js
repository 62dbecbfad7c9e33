'use strict';
// `coring --watch FILE`: runs the program in a process of its own, again after each change of its
// files.

const {
  ArrayPrototypeForEach,
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const { getOptionValue } = require('internal/options');
const { convertToValidSignal, kEmptyObject } = require('internal/util');
const { inspect } = require('internal/util/inspect');
const colors = require('internal/util/colors');
const { FilesWatcher } = require('internal/watch_mode/files_watcher');
const { spawn } = require('child_process');
const { once } = require('events');
const { resolve } = require('path');
const { clearTimeout, setTimeout } = require('internal/timers');

const kGraceMs = 500;

/** process.execArgv without what is for this process alone. */
function childArguments() {
  const { execArgv } = process;
  const words = [];
  for (let i = 0; i < execArgv.length; i++) {
    const word = execArgv[i];
    if (word === '--watch' || StringPrototypeStartsWith(word, '--watch=')) continue;
    if (StringPrototypeStartsWith(word, '--watch-path')) {
      // Without `=` the path is the next word.
      if (word === '--watch-path') i++;
      continue;
    }
    ArrayPrototypePush(words, word);
  }
  // A file of options may say that it is to be watched.
  if (getOptionValue('--experimental-config-file')) ArrayPrototypePush(words, '--no-watch');
  ArrayPrototypeForEach(ArrayPrototypeSlice(process.argv, 1), (word) => {
    ArrayPrototypePush(words, word);
  });
  return words;
}

class WatchedProgram {
  #arguments = childArguments();
  #name = inspect(ArrayPrototypeJoin(ArrayPrototypeSlice(process.argv, 1), ' '));
  #paths = ArrayPrototypeMap(getOptionValue('--watch-path') ?? [], (path) => resolve(path));
  #preservesOutput = getOptionValue('--watch-preserve-output');
  #killSignal = convertToValidSignal(getOptionValue('--watch-kill-signal') || 'SIGTERM');
  #watcher;
  #child;
  #exit;
  #hasExited = false;
  #isStopping = false;
  #isRestarting = false;

  constructor() {
    this.#watcher = new FilesWatcher({ debounce: 200, mode: this.#findsFiles ? 'filter' : 'all' });
    ArrayPrototypeForEach(this.#paths, (path) => this.#watcher.watchPath(path));
    const onChanged = ({ trigger } = kEmptyObject) => this.#restart(trigger);
    this.#watcher.on('changed', onChanged);
    this.#watcher.on('error', (error) => {
      this.#watcher.off('changed', onChanged);
      internalBinding('errors').triggerUncaughtException(error, true);
    });
  }

  /** Without --watch-path the program says which files it depends on. */
  get #findsFiles() {
    return this.#paths.length === 0;
  }

  #say(color, text) {
    process.stdout.write(`${colors[color]}${text}${colors.white}\n`);
  }

  #clearOutput() {
    if (!this.#preservesOutput) process.stdout.write(colors.clear);
  }

  start() {
    this.#hasExited = false;
    this.#isStopping = false;
    this.#child = spawn(process.execPath, this.#arguments, {
      __proto__: null,
      stdio: this.#findsFiles ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
      env: { __proto__: null, ...process.env, WATCH_REPORT_DEPENDENCIES: '1' },
    });
    this.#watcher.watchChildProcessModules(this.#child);
    ArrayPrototypeForEach(getOptionValue('--env-file') ?? [], (file) => {
      this.#watcher.filterFile(resolve(file));
    });
    ArrayPrototypeForEach(getOptionValue('--env-file-if-exists') ?? [], (file) => {
      this.#watcher.filterFile(resolve(file), undefined, { __proto__: null, allowMissing: true });
    });
    this.#exit = this.#waitForExit(this.#child);
  }

  async #waitForExit(child) {
    const { 0: code } = await once(child, 'exit');
    this.#hasExited = true;
    if (!this.#isStopping) {
      const waiting = 'Waiting for file changes before restarting...';
      if (code === 0) this.#say('blue', `Completed running ${this.#name}. ${waiting}`);
      else this.#say('red', `Failed running ${this.#name}. ${waiting}`);
    }
    return code;
  }

  async #kill(signal) {
    this.#isStopping = true;
    const child = this.#child;
    if (!this.#hasExited && child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
    }
    return this.#exit;
  }

  async #stop() {
    // It could hear from, but not answer to, whoever started this process.
    this.#watcher.destroyIPC(this.#child);
    this.#watcher.clearFileFilters();
    if (this.#child.killed || this.#hasExited) return;
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      this.#say('blue', 'Waiting for graceful termination...');
    }, kGraceMs);
    timer.unref();
    await this.#kill(this.#killSignal);
    clearTimeout(timer);
    if (!isSlow) return;
    this.#clearOutput();
    this.#say('green', `Gracefully restarted ${this.#name}`);
  }

  async #restart(trigger) {
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    try {
      this.#clearOutput();
      if (trigger) this.#say('blue', `Change detected in ${inspect(trigger)}`);
      this.#say('green', `Restarting ${this.#name}`);
      await this.#stop();
      this.start();
    } finally {
      this.#isRestarting = false;
    }
  }

  /** The signal is the program's; this process ends with its code. */
  async end(signal) {
    this.#watcher.clear();
    const code = await this.#kill(signal);
    process.exit(code ?? 0);
  }
}

function runWatched() {
  const program = new WatchedProgram();
  program.start();
  process.on('SIGTERM', () => program.end('SIGTERM'));
  process.on('SIGINT', () => program.end('SIGINT'));
}

module.exports = { runWatched };
