'use strict';

// What each key does.

const {
  DateNow,
  RegExpPrototypeExec,
  StringPrototypeCodePointAt,
  StringPrototypeSlice,
} = primordials;

const { AbortError } = require('internal/errors');
const { kEmptyObject } = require('internal/util');
const { charLengthAt, charLengthLeft, kSubstringSearch } = require('internal/readline/utils');
const { clearScreenDown, cursorTo } = require('internal/readline/callbacks');
const {
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
  kLine,
  kMoveCursor,
  kMoveDownOrHistoryNext,
  kMoveUpOrHistoryPrev,
  kPreviousCursorCols,
  kPreviousKey,
  kQuestionReject,
  kRedo,
  kRefreshLine,
  kSawReturnAt,
  kSetRawMode,
  kTabComplete,
  kUndo,
  kWordLeft,
  kWordRight,
  kYank,
  kYanking,
  kYankPop,
} = require('internal/readline/symbols');

const UNDO = 0x1f;
const REDO = 0x1e;

function left(self) {
  self[kMoveCursor](-charLengthLeft(self.line, self.cursor));
}

function right(self) {
  self[kMoveCursor](charLengthAt(self.line, self.cursor));
}

const toStart = (self) => self[kMoveCursor](-Infinity);
const toEnd = (self) => self[kMoveCursor](Infinity);

function end(self, key) {
  self.close();
  self[kQuestionReject]?.(new AbortError(`Aborted with Ctrl+${key}`));
}

function interrupt(self) {
  if (self.listenerCount('SIGINT') > 0) self.emit('SIGINT');
  else end(self, 'C');
}

function deleteRightOrEnd(self) {
  if (self.cursor === 0 && self.line.length === 0) end(self, 'D');
  else if (self.cursor < self.line.length) self[kDeleteRight]();
}

function clearScreen(self) {
  cursorTo(self.output, 0, 0);
  clearScreenDown(self.output);
  self[kRefreshLine]();
}

/** Ctrl-Z: stops the process; when it goes on, the terminal has to be set up again. */
function suspend(self) {
  if (self.listenerCount('SIGTSTP') > 0) {
    self.emit('SIGTSTP');
    return;
  }
  process.once('SIGCONT', () => {
    if (!self.paused) {
      // Paused and resumed, the stream hears of SIGINT, SIGTSTP and the end again.
      self.pause();
      self.emit('SIGCONT');
    }
    self[kSetRawMode](true);
    self[kRefreshLine]();
  });
  self[kSetRawMode](false);
  process.kill(process.pid, 'SIGTSTP');
}

function carriageReturn(self) {
  self[kSawReturnAt] = DateNow();
  self[kLine]();
}

/** '\n' after '\r' within crlfDelay is the same key. */
function lineFeed(self) {
  if (self[kSawReturnAt] === 0 || DateNow() - self[kSawReturnAt] > self.crlfDelay) self[kLine]();
  self[kSawReturnAt] = 0;
}

const caller = (method) => (self) => self[method]();

const CTRL_SHIFT_KEYS = {
  __proto__: null,
  backspace: caller(kDeleteLineLeft),
  delete: caller(kDeleteLineRight),
};

const CTRL_KEYS = {
  __proto__: null,
  a: toStart,
  b: left,
  backspace: caller(kDeleteWordLeft),
  c: interrupt,
  d: deleteRightOrEnd,
  delete: caller(kDeleteWordRight),
  e: toEnd,
  f: right,
  h: caller(kDeleteLeft),
  k: caller(kDeleteLineRight),
  l: clearScreen,
  left: caller(kWordLeft),
  n: caller(kHistoryNext),
  p: caller(kHistoryPrev),
  right: caller(kWordRight),
  u: caller(kDeleteLineLeft),
  w: caller(kDeleteWordLeft),
  y: caller(kYank),
  z: suspend,
};

const META_KEYS = {
  __proto__: null,
  b: caller(kWordLeft),
  backspace: caller(kDeleteWordLeft),
  d: caller(kDeleteWordRight),
  delete: caller(kDeleteWordRight),
  f: caller(kWordRight),
  y: caller(kYankPop),
};

const KEYS = {
  __proto__: null,
  backspace: caller(kDeleteLeft),
  delete: caller(kDeleteRight),
  down: caller(kMoveDownOrHistoryNext),
  end: toEnd,
  enter: lineFeed,
  home: toStart,
  left,
  return: carriageReturn,
  right,
  up: caller(kMoveUpOrHistoryPrev),
};

/** Up and down look for entries that begin with what is left of the cursor. */
function updateSearch(self, key) {
  const isArrow = (key.name === 'up' || key.name === 'down') &&
    !key.ctrl && !key.meta && !key.shift;
  if (isArrow) {
    if (self[kSubstringSearch] === null && !self[kIsMultiline]) {
      self[kSubstringSearch] = StringPrototypeSlice(self.line, 0, self.cursor);
    }
  } else if (self[kSubstringSearch] !== null) {
    self[kSubstringSearch] = null;
    // Nothing was found: the next search begins at the youngest entry.
    if (self.history.length === self.historyIndex) self.historyIndex = -1;
  }
}

/** Text, perhaps of several lines. */
function insertLines(self, text) {
  const lineEnding = /\r?\n|\r(?!\n)|\u2028|\u2029/g;
  let start = 0;
  let match;
  while ((match = RegExpPrototypeExec(lineEnding, text)) !== null) {
    self[kInsertString](StringPrototypeSlice(text, start, match.index));
    start = lineEnding.lastIndex;
    self[kLine]();
  }
  self[kInsertString](StringPrototypeSlice(text, start));
}

function plainKey(self, text, key, previousKey) {
  if (self[kSawReturnAt] && key.name !== 'enter') self[kSawReturnAt] = 0;
  const act = KEYS[key.name];
  if (act !== undefined) {
    act(self);
  } else if (key.name === 'tab' && typeof self.completer === 'function' &&
             self.isCompletionEnabled) {
    self[kTabComplete](previousKey && previousKey.name === 'tab');
  } else if (typeof text === 'string' && text) {
    insertLines(self, text);
  }
}

/** A key, or text that the program writes. */
function ttyWrite(self, text, key = kEmptyObject) {
  const previousKey = self[kPreviousKey];
  key ||= kEmptyObject;
  self[kPreviousKey] = key;
  if (!key.meta || key.name !== 'y') self[kYanking] = false;
  updateSearch(self, key);
  if (typeof key.sequence === 'string') {
    const code = StringPrototypeCodePointAt(key.sequence, 0);
    if (code === UNDO) {
      self[kUndo]();
      return;
    }
    if (code === REDO) {
      self[kRedo]();
      return;
    }
  }
  if (key.name === 'escape') return;
  let keepsColumn = false;
  if (key.ctrl && key.shift) {
    CTRL_SHIFT_KEYS[key.name]?.(self);
  } else if (key.ctrl) {
    CTRL_KEYS[key.name]?.(self);
  } else if (key.meta) {
    META_KEYS[key.name]?.(self);
  } else {
    plainKey(self, text, key, previousKey);
    keepsColumn = key.name === 'up' || key.name === 'down';
  }
  if (!keepsColumn) self[kPreviousCursorCols] = -1;
}

/** A terminal that knows no control sequences (TERM=dumb). */
function ttyWriteDumb(self, text, key) {
  key ||= kEmptyObject;
  if (key.name === 'escape') return;
  if (self[kSawReturnAt] && key.name !== 'enter') self[kSawReturnAt] = 0;
  if (key.ctrl && key.name === 'c') {
    if (self.listenerCount('SIGINT') > 0) self.emit('SIGINT');
    else self.close();
  } else if (key.ctrl && key.name === 'd') {
    self.close();
  } else if (key.name === 'return') {
    carriageReturn(self);
  } else if (key.name === 'enter') {
    lineFeed(self);
  } else if (typeof text === 'string' && text) {
    self.line += text;
    self.cursor += text.length;
    self._writeToOutput(text);
  }
}

module.exports = { ttyWrite, ttyWriteDumb };
