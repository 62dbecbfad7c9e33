'use strict';

// The history of an Interface: what was entered, youngest first, and where one is in it. The REPL
// keeps it in a file. Entries of several lines are one string, their lines reversed.

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypeJoin,
  ArrayPrototypePop,
  ArrayPrototypePushApply,
  ArrayPrototypeShift,
  ArrayPrototypeSplice,
  ArrayPrototypeUnshift,
  Boolean,
  FunctionPrototype,
  RegExpPrototypeSymbolSplit,
  StringPrototypeStartsWith,
  StringPrototypeTrim,
} = primordials;

const { validateArray, validateNumber } = require('internal/validators');
const { reverseString } = require('internal/readline/utils');

const ENTRIES_MAX = 30;
/** What comes within this time is written at once: pasted code, mostly. */
const WRITE_DELAY_MS = 15;

const noop = FunctionPrototype;

class ReplHistory {
  #context;
  #entries;
  #index = -1;
  #size;
  #removesDuplicates;
  #path;
  #handle = -1;
  #timer = null;
  #isWriting = false;
  #isPending = false;
  #isFlushing = false;

  constructor(context, options) {
    const { history, size } = options;
    if (history !== undefined) validateArray(history, 'history');
    if (size !== undefined) validateNumber(size, 'size', 0);
    this.#context = context;
    this.#entries = history ?? [];
    this.#size = size ?? context.historySize ?? ENTRIES_MAX;
    this.#removesDuplicates = options.removeHistoryDuplicates || false;
    this.#path = options.filePath;
  }

  get history() { return this.#entries; }
  set history(entries) { this.#entries = entries; }

  get index() { return this.#index; }
  set index(index) { this.#index = index; }

  get size() { return this.#size; }
  get isFlushing() { return this.#isFlushing; }

  /** Enters the context's line; the result is the line. */
  addHistory(isMultiline, lastCommandErrored) {
    const { line } = this.#context;
    if (line.length === 0) return '';
    if (this.#size === 0 || StringPrototypeTrim(line).length === 0) return line;
    const entries = this.#entries;
    // What an entry of several lines was before its last line, or what was wrong and is corrected.
    if ((isMultiline && this.#index === -1) || lastCommandErrored) {
      ArrayPrototypeShift(entries);
    }
    const entry = reverseString(line);
    if (entries.length === 0 || entries[0] !== entry) {
      if (this.#removesDuplicates) {
        const index = ArrayPrototypeIndexOf(entries, entry);
        if (index !== -1) ArrayPrototypeSplice(entries, index, 1);
      }
      ArrayPrototypeUnshift(entries, entry);
      if (entries.length > this.#size) ArrayPrototypePop(entries);
    }
    this.#index = -1;
    const final = isMultiline ? reverseString(entries[0], '\r', '\n') : entries[0];
    // A listener may take a password out of it.
    this.#context.emit('history', entries);
    return final;
  }

  canNavigateToNext() {
    return this.#index > -1 && this.#entries.length > 0;
  }

  canNavigateToPrevious() {
    return this.#entries.length !== this.#index && this.#entries.length > 0;
  }

  navigateToNext(substringSearch) {
    return this.canNavigateToNext() ? this.#find(-1, substringSearch ?? '') : null;
  }

  navigateToPrevious(substringSearch) {
    return this.canNavigateToPrevious() ? this.#find(1, substringSearch ?? '') : null;
  }

  /** The next entry that begins with `search` and is not the present line. */
  #find(step, search) {
    const entries = this.#entries;
    const { line } = this.#context;
    let index = this.#index + step;
    while (index >= 0 && index < entries.length) {
      const entry = entries[index];
      if (StringPrototypeStartsWith(entry, search) && line !== entry) break;
      index += step;
    }
    this.#index = index;
    if (index < 0 || index >= entries.length) return search;
    return reverseString(entries[index], '\r', '\n');
  }

  // ---- the file

  /** Reads the file, and keeps it up to date. onReady(error, context) */
  initialize(onReady) {
    const path = this.#resolvePath();
    if (path === undefined) {
      this.#tellOfNoFile();
      onReady(null, this.#context);
      return;
    }
    if (path === null) {
      this.#tell('\nError: Could not get the home directory.\n' +
        'REPL session history will not be persisted.\n');
      this.#tellOfNoFile();
      onReady(null, this.#context);
      return;
    }
    this.#context.pause();
    // Not readable by others. Made here, so that it can be opened without 'a' below.
    const fs = require('fs');
    fs.open(path, 'a+', 0o0600, (error, fd) => {
      if (error) {
        this.#failToOpen(onReady);
        return;
      }
      fs.close(fd, (refusal) => {
        if (refusal) this.#failToOpen(onReady);
        else this.#read(path, onReady);
      });
    });
  }

  /** The path; undefined if there shall be none, null if there is no home. */
  #resolvePath() {
    let path = this.#path;
    if (typeof path === 'string') path = StringPrototypeTrim(path);
    if (path === '') return undefined;
    if (path) return path;
    try {
      const { join } = require('path');
      return join(require('os').homedir(), '.node_repl_history');
    } catch {
      return null;
    }
  }

  #tell(message) {
    this.#context._writeToOutput(message);
    this.#context._refreshLine();
  }

  /** The first look into the history says why it is empty. */
  #tellOfNoFile() {
    const context = this.#context;
    context._historyPrev = () => {
      if (context.history.length === 0) {
        this.#tell('\nPersistent history support disabled. ' +
          'Set the NODE_REPL_HISTORY environment\nvariable to ' +
          'a valid, user-writable path to enable.\n');
      }
      delete context._historyPrev;
      return context._historyPrev();
    };
  }

  #failToOpen(onReady) {
    this.#tell('\nError: Could not open history file.\n' +
      'REPL session history will not be persisted.\n');
    this.#tellOfNoFile();
    this.#context.resume();
    onReady(null, this.#context);
  }

  #read(path, onReady) {
    const fs = require('fs');
    fs.readFile(path, 'utf8', (error, text) => {
      if (error) {
        this.#failToOpen(onReady);
        return;
      }
      this.#append(text ? RegExpPrototypeSymbolSplit(/\r?\n+/, text, this.#size) : []);
      fs.open(path, 'r+', (refusal, fd) => {
        if (refusal) this.#failToOpen(onReady);
        else this.#keep(fd, onReady);
      });
    });
  }

  /** Lines may have been entered while the file was read. */
  #append(older) {
    const entries = this.#entries;
    if (entries.length === 0) {
      this.#entries = older;
      return;
    }
    ArrayPrototypePushApply(entries, older);
    if (entries.length > this.#size) ArrayPrototypeSplice(entries, this.#size);
  }

  #keep(fd, onReady) {
    const context = this.#context;
    require('fs').ftruncate(fd, 0, () => {
      this.#handle = fd;
      const onLine = () => this.#schedule();
      context.on('line', onLine);
      const onExit = () => {
        if (this.#isFlushing) {
          context.once('flushHistory', onExit);
          return;
        }
        context.off('line', onLine);
        require('fs').close(fd, noop);
      };
      context.once('exit', onExit);
      context.once('flushHistory', () => {
        if (context.closed) return;
        context.resume();
        onReady(null, context);
      });
      this.#flush();
    });
  }

  #schedule() {
    const { clearTimeout, setTimeout } = require('internal/timers');
    this.#isFlushing = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), WRITE_DELAY_MS);
  }

  #flush() {
    this.#timer = null;
    if (this.#isWriting) {
      this.#isPending = true;
      return;
    }
    this.#isWriting = true;
    const text = ArrayPrototypeJoin(this.#entries, '\n');
    require('fs').write(this.#handle, text, 0, 'utf8', () => {
      this.#isWriting = false;
      if (this.#isPending) {
        this.#isPending = false;
        this.#schedule();
        return;
      }
      this.#isFlushing = Boolean(this.#timer);
      if (!this.#isFlushing) this.#context.emit('flushHistory');
    });
  }
}

module.exports = { ReplHistory };
