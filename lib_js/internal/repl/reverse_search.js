'use strict';

// Ctrl+R and Ctrl+S: the entry of the history that contains what is typed, shown with a line of its
// own below.

const {
  SafeSet,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
} = primordials;

const { clearScreenDown, cursorTo, moveCursor } = require('internal/readline/callbacks');
const { kSetLine } = require('internal/readline/symbols');
const { kSubstringSearch } = require('internal/readline/utils');

const LABELS = { __proto__: null, r: 'bck-i-search: ', s: 'fwd-i-search: ' };

class ReverseSearch {
  constructor(repl) {
    this.repl = repl;
    this.isActive = false;
    this.direction = 'r';
    this.input = '';
    this.index = -1; // In the history.
    this.cursor = -1; // Of the match in the entry.
    this.lastMatch = -1;
    this.lastCursor = -1;
    this.promptPos = undefined;
    this.shown = new SafeSet(); // Entries that were offered.
  }

  /** A key; true if it was one of the search. */
  take(text, key) {
    if (!this.isActive) {
      if (key.ctrl && this.turn(key.name)) this.begin();
    } else if (key.ctrl && this.turn(key.name)) {
      this.search();
    } else if (key.name === 'backspace' ||
               (key.ctrl && (key.name === 'h' || key.name === 'w'))) {
      this.reset(StringPrototypeSlice(this.input, 0, -1));
      this.search();
    } else if ((key.ctrl && key.name === 'c') || key.name === 'escape') {
      // The line is what it was.
      this.lastMatch = -1;
      this.reset(undefined);
      return true;
    } else if (key.ctrl || key.meta || key.name === 'return' || key.name === 'enter' ||
               typeof text !== 'string' || text === '') {
      this.reset(undefined);
      this.repl[kSubstringSearch] = '';
    } else {
      this.reset(`${this.input}${text}`);
      this.search();
    }
    return this.isActive;
  }

  turn(name) {
    if (LABELS[name] === undefined) return false;
    if (this.direction !== name) {
      this.shown.clear();
      this.direction = name;
    }
    return true;
  }

  begin() {
    const { repl } = this;
    this.index = repl.historyIndex;
    this.promptPos = repl._getDisplayPos(repl.getPrompt());
    this.print(repl.line, `${LABELS[this.direction]}_`, repl.cursor);
    this.isActive = true;
  }

  get step() {
    return this.direction === 'r' ? 1 : -1;
  }

  leaveEntry() {
    this.shown.add(this.repl.history[this.index]);
    this.index += this.step;
    this.cursor = -1;
  }

  search() {
    const { repl, input, direction } = this;
    const { history } = repl;
    const label = LABELS[direction];
    if (input === '') {
      this.print(repl.line, `${label}_`, repl.cursor);
      return;
    }
    if (direction === 'r') {
      if (this.index < 0) this.index = 0;
    } else if (this.index >= history.length) {
      this.index = history.length - 1;
    }
    while (this.index >= 0 && this.index < history.length) {
      const entry = history[this.index];
      if (this.shown.has(entry)) {
        this.index += this.step;
        continue;
      }
      if (direction === 'r') {
        if (this.cursor === -1) this.cursor = entry.length;
        this.cursor = StringPrototypeLastIndexOf(entry, input, this.cursor - 1);
      } else {
        this.cursor = StringPrototypeIndexOf(entry, input, this.cursor + 1);
      }
      if (this.cursor !== -1) {
        this.show(entry);
        return;
      }
      this.leaveEntry();
    }
    this.print(repl.line, `failed-${label}${input}_`, repl.cursor);
  }

  show(entry) {
    const { repl, input, cursor, direction } = this;
    let text = entry;
    if (repl.useColors) {
      text = `${StringPrototypeSlice(entry, 0, cursor)}\x1b[4m${input}\x1b[24m` +
        StringPrototypeSlice(entry, cursor + input.length);
    }
    this.print(text, `${LABELS[direction]}${input}_`, cursor);
    this.lastMatch = this.index;
    this.lastCursor = cursor;
    // No further match in this one.
    if (direction === 'r' ? cursor === 0 : text.length === cursor + input.length) {
      this.leaveEntry();
    }
  }

  print(outputLine, inputLine, cursor) {
    const { repl } = this;
    const { output } = repl;
    let rows = 0;
    if (this.lastMatch !== -1) {
      const line = StringPrototypeSlice(repl.history[this.lastMatch], 0, this.lastCursor);
      rows = repl._getDisplayPos(`${repl.getPrompt()}${line}`).rows;
      cursorTo(output, this.promptPos.cols);
    } else if (this.isActive && repl.line !== '') {
      rows = repl.getCursorPos().rows;
      cursorTo(output, this.promptPos.cols);
    }
    if (rows !== 0) moveCursor(output, 0, -rows);
    if (this.isActive) {
      clearScreenDown(output);
      output.write(`${outputLine}\n${inputLine}`);
    } else {
      output.write(`\n${inputLine}`);
    }
    this.lastMatch = -1;

    const prompt = repl.getPrompt();
    const at = repl._getDisplayPos(prompt + StringPrototypeSlice(outputLine, 0, cursor));
    const outputEnd = repl._getDisplayPos(`${prompt}${outputLine}`);
    const inputEnd = repl._getDisplayPos(inputLine);
    const inputRows = inputEnd.rows - (inputEnd.cols === 0 ? 1 : 0);
    moveCursor(output, 0, -1 - inputRows - (outputEnd.rows - at.rows));
    cursorTo(output, at.cols);
  }

  /** Goes on with another input, or ends if there is none. */
  reset(input) {
    const { repl } = this;
    this.isActive = input !== undefined;
    if (!this.isActive) this.end();
    this.input = input || '';
    this.cursor = -1;
    this.index = repl.historyIndex;
    this.shown.clear();
  }

  end() {
    const { repl, promptPos } = this;
    const { output } = repl;
    if (this.lastMatch !== -1) {
      repl[kSetLine](repl.history[this.lastMatch]);
      repl.cursor = this.lastCursor;
      repl.historyIndex = this.lastMatch;
    }
    this.lastMatch = -1;
    cursorTo(output, promptPos.cols);
    moveCursor(output, 0, promptPos.rows);
    clearScreenDown(output);
    if (repl.line === '') return;
    output.write(repl.line);
    if (repl.line.length === repl.cursor) return;
    const { cols, rows } = repl.getCursorPos();
    cursorTo(output, cols);
    moveCursor(output, 0, rows);
  }
}

function setupReverseSearch(repl) {
  if (process.env.TERM === 'dumb') return { reverseSearch() { return false; } };
  const search = new ReverseSearch(repl);
  return { reverseSearch: (text, key) => search.take(text, key) };
}

module.exports = { setupReverseSearch };
