'use strict';

// Questions about source that V8 answers by compiling it.

const {
  ArrayPrototypeReverse,
  ArrayPrototypeSlice,
  RegExpPrototypeExec,
  StringPrototypeTrimEnd,
} = primordials;

const { scan } = require('internal/repl/scan');

/** Compiles without running; the error, or null. */
function syntaxErrorOf(source) {
  const { Script } = require('vm');
  try {
    new Script(source);
    return null;
  } catch (error) {
    return error;
  }
}

function compiles(source) {
  return syntaxErrorOf(source) === null;
}

/** Looks like `{ a: 1 }`: an object rather than a block, unless it ends with a semicolon. */
function isObjectLiteral(code) {
  return RegExpPrototypeExec(/^\s*\{/, code) !== null &&
    RegExpPrototypeExec(/;\s*$/, code) === null;
}

function isValidSyntax(code) {
  return compiles(code) || compiles(`_=${code}`);
}

/** The brackets that would end what `code` left open. */
function missingBrackets(scanned) {
  const open = ArrayPrototypeReverse(ArrayPrototypeSlice(scanned.open));
  let text = '';
  for (let i = 0; i < open.length; i++) text += open[i] === '`' ? '}`' : open[i];
  return text;
}

/** True if more input may make it right: the error is that the source has ended. */
function isRecoverableError(error, code) {
  const { message } = error;
  if (message === 'Unexpected end of input' || message === 'Unterminated template literal') {
    return true;
  }
  const scanned = scan(code);
  switch (scanned.unfinished) {
    case 'comment': case 'template': return true;
    case 'regexp': return false;
    case 'string': return RegExpPrototypeExec(/\\(?:\r\n?|\n|\u2028|\u2029)$/, code) !== null;
  }
  const { tokens } = scanned;
  const last = tokens[tokens.length - 1];
  if (message === 'Missing catch or finally after try') return last?.text === '}';
  if (message === 'Missing initializer in const declaration' ||
      message === 'Missing initializer in destructuring declaration') {
    return scanned.open.length === 0 &&
      RegExpPrototypeExec(/[\w$}\]]$/, StringPrototypeTrimEnd(code)) !== null &&
      compiles(`${code}=0`);
  }
  const missing = missingBrackets(scanned);
  if (missing !== '') {
    const then = syntaxErrorOf(`${code}${missing}`);
    if (then === null) return true;
  }
  if (RegExpPrototypeExec(/^\s*\{/, code) !== null) {
    // Perhaps an object that is not complete.
    const wrapped = syntaxErrorOf(`(${code}`);
    return wrapped !== null && isRecoverableError(wrapped, `(${code}`);
  }
  return false;
}

module.exports = { compiles, isObjectLiteral, isRecoverableError, isValidSyntax };
