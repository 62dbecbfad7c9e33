'use strict';

// Where the cursor is and what the screen shows: methods of Interface.

const {
  MathCeil,
  SafeStringIterator,
  StringPrototypeReplaceAll,
  StringPrototypeSlice,
  StringPrototypeSplit,
} = primordials;

const { getStringWidth, stripVTControlCharacters } = require('internal/util/inspect');
const { clearScreenDown, cursorTo, moveCursor } = require('internal/readline/callbacks');
const {
  kAddNewLineOnTTY,
  kGetDisplayPos,
  kIsMultiline,
  kMoveCursor,
  kMultilinePrompt,
  kPrompt,
  kRefreshLine,
  kRestorePreviousState,
  kSetLine,
  kWriteToOutput,
} = require('internal/readline/symbols');

const CONTINUATION = kMultilinePrompt.description;

const display = {
  __proto__: null,

  /** Where the cursor is after `text` was written from the left edge on. */
  [kGetDisplayPos](text) {
    const { columns, tabSize } = this;
    let offset = 0;
    let rows = 0;
    for (const char of new SafeStringIterator(stripVTControlCharacters(text))) {
      if (char === '\n') {
        rows += MathCeil(offset / columns) || 1;
        // Lines of one entry begin with the prompt of continuations.
        offset = this[kIsMultiline] ? CONTINUATION.length : 0;
      } else if (char === '\t') {
        offset += tabSize - (offset % tabSize);
      } else {
        const width = getStringWidth(char, false);
        // A wide character does not fit into the last column.
        if (width === 2 && (offset + 1) % columns === 0) offset++;
        offset += width;
      }
    }
    const cols = offset % columns;
    rows += (offset - cols) / columns;
    return { cols, rows };
  },

  getCursorPos() {
    return this[kGetDisplayPos](this[kPrompt] + StringPrototypeSlice(this.line, 0, this.cursor));
  },

  [kMoveCursor](dx) {
    if (dx === 0) return;
    const before = this.getCursorPos();
    this.cursor += dx;
    if (this.cursor < 0) this.cursor = 0;
    else if (this.cursor > this.line.length) this.cursor = this.line.length;
    const after = this.getCursorPos();
    if (before.rows === after.rows) moveCursor(this.output, after.cols - before.cols, 0);
    else this[kRefreshLine]();
  },

  /** Writes prompt and line anew. */
  [kRefreshLine]() {
    const end = this[kGetDisplayPos](this[kPrompt] + this.line);
    const cursor = this.getCursorPos();
    const prevRows = this.prevRows || 0;
    if (prevRows > 0) moveCursor(this.output, 0, -prevRows);
    cursorTo(this.output, 0);
    clearScreenDown(this.output);
    if (this[kIsMultiline]) {
      const lines = StringPrototypeSplit(this.line, '\n');
      this[kWriteToOutput](this[kPrompt] + lines[0]);
      for (let i = 1; i < lines.length; i++) this[kWriteToOutput](`\n${CONTINUATION}${lines[i]}`);
    } else {
      this[kWriteToOutput](this[kPrompt] + this.line);
    }
    // A terminal that is exactly full has not begun the next row yet.
    if (end.cols === 0) this[kWriteToOutput](' ');
    cursorTo(this.output, cursor.cols);
    const diff = end.rows - cursor.rows;
    if (diff > 0) moveCursor(this.output, 0, -diff);
    this.prevRows = cursor.rows;
  },

  /**
   * After Enter on a line that is not complete: breaks it at the cursor and goes on. The terminal's
   * cursor is below the whole entry now, wherever it was broken.
   */
  [kAddNewLineOnTTY]() {
    this[kRestorePreviousState]();
    const before = StringPrototypeSlice(this.line, 0, this.cursor);
    const after = StringPrototypeSlice(this.line, this.cursor);
    const rowsBefore = StringPrototypeSplit(this.line, '\n').length;
    this[kSetLine](`${before}\n${after}`);
    this.cursor += 1;
    if (after.length === 0) {
      this[kWriteToOutput](CONTINUATION);
      this.prevRows = StringPrototypeSplit(this.line, '\n').length - 1;
      return;
    }
    rewriteAround(this, before, after, rowsBefore);
  },
};

/** Erases from the row that was broken on, and writes it and what follows again. */
function rewriteAround(self, before, after, rowsBefore) {
  const rows = StringPrototypeSplit(before, '\n');
  let rest = after;
  if (self.prevRows > 0) {
    const rowsBelow = StringPrototypeSplit(after, '\n').length + 1;
    const above = rows[rows.length - 2] || '';
    moveCursor(self.output, above.length + CONTINUATION.length, -rowsBelow);
    rest = `${rows[rows.length - 1]}\n${after}`;
  } else {
    moveCursor(self.output, 0, -rowsBefore);
  }
  clearScreenDown(self.output);
  if (self.prevRows > 0) self[kWriteToOutput]('\n');
  if (rows.length < 2) self[kWriteToOutput](`${self[kPrompt]}${before}\n${CONTINUATION}`);
  else self[kWriteToOutput](CONTINUATION);

  const cursor = self.getCursorPos();
  self[kWriteToOutput](StringPrototypeReplaceAll(rest, '\n', `\n${CONTINUATION}`));
  const end = self[kGetDisplayPos](self.line);
  moveCursor(self.output, cursor.cols - end.cols, cursor.rows - end.rows);
  self.prevRows = cursor.rows;
}

module.exports = { display };
