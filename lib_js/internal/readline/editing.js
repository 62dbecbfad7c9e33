'use strict';

// Changes of the line: words, deletions with their kill ring, undo, and the ways through history
// and through entries of several lines. Methods of Interface.

const {
  ArrayPrototypePop,
  ArrayPrototypePush,
  ArrayPrototypeShift,
  ArrayPrototypeUnshift,
  RegExpPrototypeExec,
  StringPrototypeSlice,
  StringPrototypeSplit,
} = primordials;

const { charLengthAt, charLengthLeft, kSubstringSearch } = require('internal/readline/utils');
const {
  kBeforeEdit,
  kDeleteLeft,
  kDeleteLineLeft,
  kDeleteLineRight,
  kDeleteRight,
  kDeleteWordLeft,
  kDeleteWordRight,
  kHistoryNext,
  kHistoryPrev,
  kInsertString,
  kIsMultiline,
  kKillRing,
  kKillRingCursor,
  kMoveCursor,
  kMoveDownOrHistoryNext,
  kMoveUpOrHistoryPrev,
  kMultilineMove,
  kMultilinePrompt,
  kPreviousCursor,
  kPreviousCursorCols,
  kPreviousLine,
  kPreviousPrevRows,
  kPushToKillRing,
  kPushToUndoStack,
  kRedo,
  kRedoStack,
  kRefreshLine,
  kRestorePreviousState,
  kSavePreviousState,
  kSetLine,
  kUndo,
  kUndoStack,
  kWordLeft,
  kWordRight,
  kWriteToOutput,
  kYank,
  kYanking,
  kYankPop,
} = require('internal/readline/symbols');

const UNDO_MAX = 2048;
const KILL_RING_MAX = 32;

const isSpace = (char) => RegExpPrototypeExec(/\s/, char) !== null;
const isWord = (char) => RegExpPrototypeExec(/\w/, char) !== null;

/** Where the word begins that ends before `end`: spaces, then a run of one class. */
function wordStart(line, end) {
  let at = end;
  while (at > 0 && isSpace(line[at - 1])) at--;
  if (at === 0) return 0;
  const inWord = isWord(line[at - 1]);
  while (at > 0 && !isSpace(line[at - 1]) && isWord(line[at - 1]) === inWord) at--;
  return at;
}

function before(self) {
  return StringPrototypeSlice(self.line, 0, self.cursor);
}

function behind(self) {
  return StringPrototypeSlice(self.line, self.cursor);
}

/** Removes what is between two places; the cursor ends at the first. */
function cut(self, start, end) {
  self[kBeforeEdit](self.line, self.cursor);
  const removed = StringPrototypeSlice(self.line, start, end);
  self[kSetLine](StringPrototypeSlice(self.line, 0, start) + StringPrototypeSlice(self.line, end));
  self.cursor = start;
  return removed;
}

/** Takes a state off one stack, and puts the present one on the other. */
function step(self, from, to) {
  if (from.length === 0) return;
  ArrayPrototypePush(to, { text: self.line, cursor: self.cursor });
  const { text, cursor } = ArrayPrototypePop(from);
  self[kSetLine](text);
  self.cursor = cursor;
  self[kRefreshLine]();
}

function show(self, line) {
  self[kSetLine](line);
  self.cursor = self.line.length;
  self[kRefreshLine]();
}

const editing = {
  __proto__: null,

  [kBeforeEdit](oldText, oldCursor) {
    this[kPushToUndoStack](oldText, oldCursor);
  },

  [kInsertString](text) {
    this[kBeforeEdit](this.line, this.cursor);
    const isAtEnd = this.cursor >= this.line.length;
    if (!this.isCompletionEnabled) {
      // In the middle of something pasted.
      this.line = before(this) + text + behind(this);
      this.cursor += text.length;
      this[kWriteToOutput](text);
    } else if (isAtEnd) {
      const old = this.getCursorPos();
      this.line += text;
      this.cursor += text.length;
      if (old.rows < this.getCursorPos().rows) this[kRefreshLine]();
      else this[kWriteToOutput](text);
    } else {
      this[kSetLine](before(this) + text + behind(this));
      this.cursor += text.length;
      this[kRefreshLine]();
    }
  },

  [kWordLeft]() {
    if (this.cursor > 0) this[kMoveCursor](wordStart(this.line, this.cursor) - this.cursor);
  },

  [kWordRight]() {
    if (this.cursor >= this.line.length) return;
    const match = RegExpPrototypeExec(/^(?:\s+|[^\w\s]+|\w+)\s*/, behind(this));
    this[kMoveCursor](match[0].length);
  },

  [kDeleteLeft]() {
    if (this.cursor === 0 || this.line.length === 0) return;
    cut(this, this.cursor - charLengthLeft(this.line, this.cursor), this.cursor);
    this[kRefreshLine]();
  },

  [kDeleteRight]() {
    if (this.cursor >= this.line.length) return;
    cut(this, this.cursor, this.cursor + charLengthAt(this.line, this.cursor));
    this[kRefreshLine]();
  },

  [kDeleteWordLeft]() {
    if (this.cursor === 0) return;
    cut(this, wordStart(this.line, this.cursor), this.cursor);
    this[kRefreshLine]();
  },

  [kDeleteWordRight]() {
    if (this.cursor >= this.line.length) return;
    const match = RegExpPrototypeExec(/^(?:\s+|\W+|\w+)\s*/, behind(this));
    cut(this, this.cursor, this.cursor + match[0].length);
    this[kRefreshLine]();
  },

  [kDeleteLineLeft]() {
    this[kPushToKillRing](cut(this, 0, this.cursor));
    this[kRefreshLine]();
  },

  [kDeleteLineRight]() {
    this[kPushToKillRing](cut(this, this.cursor, this.line.length));
    this[kRefreshLine]();
  },

  [kPushToKillRing](text) {
    const ring = this[kKillRing];
    if (!text || text === ring[0]) return;
    ArrayPrototypeUnshift(ring, text);
    this[kKillRingCursor] = 0;
    if (ring.length > KILL_RING_MAX) ArrayPrototypePop(ring);
  },

  [kYank]() {
    if (this[kKillRing].length === 0) return;
    this[kYanking] = true;
    this[kInsertString](this[kKillRing][this[kKillRingCursor]]);
  },

  /** Replaces what was just yanked by the text that was killed before it. */
  [kYankPop]() {
    const ring = this[kKillRing];
    if (!this[kYanking] || ring.length < 2) return;
    const { length } = ring[this[kKillRingCursor]];
    this[kKillRingCursor] = (this[kKillRingCursor] + 1) % ring.length;
    const head = StringPrototypeSlice(this.line, 0, this.cursor - length) +
      ring[this[kKillRingCursor]];
    this[kSetLine](head + behind(this));
    this.cursor = head.length;
    this[kRefreshLine]();
  },

  [kPushToUndoStack](text, cursor) {
    if (ArrayPrototypePush(this[kUndoStack], { text, cursor }) > UNDO_MAX) {
      ArrayPrototypeShift(this[kUndoStack]);
    }
  },

  [kUndo]() {
    step(this, this[kUndoStack], this[kRedoStack]);
  },

  [kRedo]() {
    step(this, this[kRedoStack], this[kUndoStack]);
  },

  [kSavePreviousState]() {
    this[kPreviousLine] = this.line;
    this[kPreviousCursor] = this.cursor;
    this[kPreviousPrevRows] = this.prevRows;
  },

  [kRestorePreviousState]() {
    this[kSetLine](this[kPreviousLine]);
    this.cursor = this[kPreviousCursor];
    this.prevRows = this[kPreviousPrevRows];
  },

  // ---- history

  [kHistoryNext]() {
    if (!this.historyManager.canNavigateToNext()) return;
    this[kBeforeEdit](this.line, this.cursor);
    show(this, this.historyManager.navigateToNext(this[kSubstringSearch]));
  },

  [kHistoryPrev]() {
    if (!this.historyManager.canNavigateToPrevious()) return;
    this[kBeforeEdit](this.line, this.cursor);
    show(this, this.historyManager.navigateToPrevious(this[kSubstringSearch]));
  },

  [kMoveDownOrHistoryNext]() {
    if (this[kIsMultiline]) {
      const position = this.getCursorPos();
      const lines = StringPrototypeSplit(this.line, '\n');
      if (position.rows < lines.length - 1) {
        this[kMultilineMove](1, lines, position);
        return;
      }
    }
    this[kPreviousCursorCols] = -1;
    this[kHistoryNext]();
  },

  [kMoveUpOrHistoryPrev]() {
    if (this[kIsMultiline]) {
      const position = this.getCursorPos();
      if (position.rows > 0) {
        this[kMultilineMove](-1, StringPrototypeSplit(this.line, '\n'), position);
        return;
      }
    }
    this[kPreviousCursorCols] = -1;
    this[kHistoryPrev]();
  },

  /**
   * One line up (-1) or down (1) within an entry. A line that is too short takes the cursor to its
   * end; the column is remembered for the next line that is long enough.
   */
  [kMultilineMove](direction, lines, { rows, cols }) {
    const current = lines[rows].length;
    const target = lines[rows + direction].length;
    const toEnd = direction === 1 ?
      current - cols + kMultilinePrompt.description.length + target + 1 : -cols + 1;
    const wanted = this[kPreviousCursorCols];
    let distance = direction === 1 ? current + 1 : -target - 1;
    if (cols > target + 1) {
      if (wanted === -1) this[kPreviousCursorCols] = cols;
      distance = toEnd;
    } else if (wanted !== -1) {
      if (wanted <= target) {
        distance += wanted - cols;
        this[kPreviousCursorCols] = -1;
      } else {
        distance = toEnd;
      }
    }
    this[kMoveCursor](distance);
  },
};

module.exports = { editing };
