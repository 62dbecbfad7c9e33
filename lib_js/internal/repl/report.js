'use strict';

// How the REPL shows an error that nobody caught.

const {
  ArrayPrototypeFindLastIndex,
  ArrayPrototypeSlice,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  RegExpPrototypeSymbolSplit,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeSlice,
} = primordials;

const { ErrorPrepareStackTrace, overrideStackTrace } = require('internal/errors/stack');
const { isError } = require('internal/util');
const { REPL_MODE_STRICT } = require('internal/repl/utils');

/** The frame of what was typed, outside of all functions. */
function isInput(frame) {
  return frame.getFunctionName() === null &&
    RegExpPrototypeExec(/^REPL\d+$/, frame.getFileName() ?? '') !== null;
}

/** Frames of the input only: what is below its outermost one is the REPL. */
function prepareStack(error, frames) {
  let own = frames;
  if (typeof frames === 'object') {
    let index = ArrayPrototypeFindLastIndex(frames, isInput);
    if (index === -1) {
      index = ArrayPrototypeFindLastIndex(frames, (frame) => frame.getFunctionName() === null);
    }
    own = ArrayPrototypeSlice(frames, 0, index);
  }
  if (typeof Error.prepareStackTrace === 'function') return Error.prepareStackTrace(error, own);
  return ErrorPrepareStackTrace(error, own);
}

/** `import a, { b as c } from 'x'` as the dynamic import that does the same. */
function toDynamicImport(line) {
  const match = RegExpPrototypeExec(
    /^\s*import\s+(?:([^'"]*?)\s+from\s+)?(['"])(.*?)\2/, line);
  if (match === null) return '';
  const imported = `await import(${JSON.stringify(match[3])});`;
  const clause = match[1];
  if (!clause) return imported;
  const all = RegExpPrototypeExec(/^\*\s*as\s+(\S+)$/, clause);
  if (all !== null) return `const ${all[1]} = ${imported}`;
  const names = [];
  const braces = RegExpPrototypeExec(/\{([^}]*)\}/, clause);
  const single = RegExpPrototypeExec(/^([\w$]+)/, clause);
  if (single !== null) names.push(`default: ${single[1]}`);
  if (braces !== null) {
    for (const part of braces[1].split(',')) {
      const { 0: name, 1: local } = part.trim().split(/\s+as\s+/);
      if (name) names.push(local === undefined ? name : `${name}: ${local}`);
    }
  }
  return `const { ${names.join(', ')} } = ${imported}`;
}

function adjustSyntaxError(repl, error) {
  error.stack = RegExpPrototypeSymbolReplace(
    /^\s+at\s.*\n?/gm, RegExpPrototypeSymbolReplace(/^REPL\d+:\d+\r?\n/, error.stack, ''), '');
  if (!StringPrototypeIncludes(error.message,
                               'Cannot use import statement outside a module')) return;
  error.message = 'Cannot use import statement inside the Node.js REPL, alternatively use ' +
    `dynamic import: ${toDynamicImport(repl.lines[repl.lines.length - 1])}`;
  error.stack = RegExpPrototypeSymbolReplace(
    /SyntaxError:.*\n/, error.stack, `SyntaxError: ${error.message}\n`);
}

/** The error as text, without "Uncaught". */
function describe(repl, error) {
  if (typeof error !== 'object' || error === null) return repl.writer(error);
  overrideStackTrace.set(error, prepareStack);
  require('internal/util').decorateErrorStack(error);
  if (error.domainThrown) {
    delete error.domain;
    delete error.domainThrown;
  }
  if (!isError(error)) return repl.writer(error);
  if (error.stack) {
    if (error.name === 'SyntaxError') {
      adjustSyntaxError(repl, error);
    } else if (repl.replMode === REPL_MODE_STRICT) {
      // The line of 'use strict' is not the program's.
      error.stack = RegExpPrototypeSymbolReplace(
        /(\s+at\s+REPL\d+:)(\d+)/, error.stack, (_, before, line) => before + (line - 1));
    }
  }
  const text = repl.writer(error);
  return text[0] === '[' && text[text.length - 1] === ']' ?
    StringPrototypeSlice(text, 1, -1) : text;
}

/** With "Uncaught" before the line that names the error. */
function reportOf(repl, error, breakLength) {
  const lines = RegExpPrototypeSymbolSplit(/(?<=\n)/, describe(repl, error));
  let text = '';
  let isMarked = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (!isMarked && RegExpPrototypeExec(/^\[?([A-Z][a-z0-9_]*)*Error/, line) !== null) {
      text += breakLength >= line.length ? `Uncaught ${line}` : `Uncaught:\n${line}`;
      isMarked = true;
    } else {
      text += line;
    }
  }
  if (!isMarked) text = `Uncaught${lines.length === 1 ? ' ' : ':\n'}${text}`;
  return StringPrototypeEndsWith(text, '\n') ? text : `${text}\n`;
}

module.exports = { reportOf };
