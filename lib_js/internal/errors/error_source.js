'use strict';

// The source text of the expression that an error comes from, as far as it is on one line.

const {
  RegExp, RegExpPrototypeExec, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith, hardenRegExp,
} = primordials;

const { overrideStackTrace } = require('internal/errors/stack');

// `assert.`, `assert?.`, `a.b['c']`: what stands before the name of a called method.
const dotAccess = '\\s*(?:\\?\\.|\\.)\\s*[\\w$]*';
const bracketAccess = '\\s*\\[\\s*(?:\'[^\']*\'|"[^"]*"|[\\w$]+)\\s*\\]';
const memberAccess =
  hardenRegExp(new RegExp(`[A-Za-z_$][\\w$]*(?:${dotAccess}|${bracketAccess})+$`));

// Behind one of these, a slash begins a regular expression.
const beforeRegExp = '(,=:[!&|?{};+-*%<>~^';

/** @returns {number} index behind the string, template or pattern that begins at `start` */
function skipLiteral(code, start) {
  const mark = code[start];
  let inClass = false;
  for (let i = start + 1; i < code.length; i++) {
    const char = code[i];
    if (char === '\\') {
      i++;
    } else if (mark === '/' && (char === '[' || char === ']')) {
      inClass = char === '[';
    } else if (mark === '`' && char === '$' && code[i + 1] === '{') {
      i = findEnd(code, i + 1, '{', '}') - 1;
    } else if (char === mark && !inClass) {
      return i + 1;
    }
  }
  return code.length;
}

/** @returns {number} index behind the bracket that closes the first `open`, or the length */
function findEnd(code, start, open, close) {
  let depth = 0;
  let before = '(';
  for (let i = start; i < code.length; i++) {
    const char = code[i];
    if (char === ' ' || char === '\t') continue;
    if (char === '/' && (code[i + 1] === '/' || code[i + 1] === '*')) {
      if (code[i + 1] === '/') return code.length;
      const end = StringPrototypeIndexOf(code, '*/', i + 2);
      if (end === -1) return code.length;
      i = end + 1;
      continue;
    }
    const isLiteral = char === "'" || char === '"' || char === '`' ||
      (char === '/' && StringPrototypeIncludes(beforeRegExp, before));
    if (isLiteral) {
      i = skipLiteral(code, i) - 1;
    } else if (char === open) {
      depth++;
    } else if (char === close) {
      if (--depth === 0) return i + 1;
    } else if (char === ';' && depth === 0) {
      return i;
    }
    before = char;
  }
  return code.length;
}

/** @param {number} column  where V8 sees the call: at the name of the method, or behind it */
function getFirstExpression(code, column) {
  const head = RegExpPrototypeExec(memberAccess, StringPrototypeSlice(code, 0, column));
  const start = head === null ? column : head.index;
  return StringPrototypeSlice(code, start, findEnd(code, column, '(', ')'));
}

/** Reads the line from the file, where V8 cannot be asked for what it has compiled. */
function readPosition(error) {
  overrideStackTrace.set(error, (holder, frames) => frames);
  const frame = error.stack?.[0];
  const file = typeof frame === 'object' ? frame.getFileName() : undefined;
  if (!file) return undefined;
  const isUrl = StringPrototypeStartsWith(file, 'file:');
  const path = isUrl ? require('internal/url').fileURLToPath(file) : file;
  const source = internalBinding('fs_ops').readFileUtf8(path);
  if (typeof source !== 'string') return undefined;
  const lineNumber = frame.getLineNumber();
  return {
    sourceLine: StringPrototypeSplit(source, '\n', lineNumber)[lineNumber - 1],
    scriptResourceName: file,
    lineNumber,
    startColumn: frame.getColumnNumber() - 1,
  };
}

/**
 * The place in the code that runs: source maps are not built yet.
 * @param {object} error  whose `stack` nobody has read yet
 * @returns {{sourceLine: string, startColumn: number} | undefined}
 */
function getErrorSourceLocation(error) {
  const { getErrorSourcePositions = readPosition } = internalBinding('errors');
  const position = getErrorSourcePositions(error);
  if (position === undefined) return undefined;
  return { sourceLine: position.sourceLine, startColumn: position.startColumn };
}

/** @returns {string | undefined} */
function getErrorSourceExpression(error) {
  const location = getErrorSourceLocation(error);
  if (location?.sourceLine === undefined) return undefined;
  return getFirstExpression(location.sourceLine, location.startColumn);
}

module.exports = { getErrorSourceExpression, getErrorSourceLocation };
