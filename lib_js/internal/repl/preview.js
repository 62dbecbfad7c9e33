'use strict';

// Moving right at the end of the line completes it as far as there is only one way. (Previews of
// results would need an inspector.)

const { ArrayPrototypeFilter, FunctionPrototypeBind, StringPrototypeSlice } = primordials;

const { commonPrefix } = require('internal/readline/utils');

function insertCompletion(repl) {
  repl.completer(repl.line, (error, data) => {
    if (error) return;
    const { 0: completions, 1: completeOn } = data;
    if (!completions || completions.length === 0) return;
    const prefix = commonPrefix(ArrayPrototypeFilter(completions, Boolean));
    if (prefix.length <= completeOn.length) return;
    repl._insertString(StringPrototypeSlice(prefix, completeOn.length));
  });
}

function completeAtEnd(repl) {
  if (process.env.TERM === 'dumb') return;
  let isClearing = false;
  const moveCursor = FunctionPrototypeBind(repl._moveCursor, repl);
  repl._moveCursor = (dx) => {
    const { cursor } = repl;
    moveCursor(dx);
    if (cursor + dx > repl.line.length && typeof repl.completer === 'function' && !isClearing) {
      insertCompletion(repl);
    }
  };
  const clearLine = FunctionPrototypeBind(repl.clearLine, repl);
  repl.clearLine = () => {
    isClearing = true;
    clearLine();
    isClearing = false;
  };
}

module.exports = { completeAtEnd };
