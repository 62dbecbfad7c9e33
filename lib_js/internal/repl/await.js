'use strict';

// Top-level await: the source becomes the body of an async function whose result is { value }. What
// it declares is declared outside of that function, and assigned in it.

const {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  StringPrototypeSlice,
  StringPrototypeTrim,
} = primordials;

const { scan } = require('internal/repl/scan');
const { compiles } = require('internal/repl/syntax');

const isBody = (text) => compiles(`(async () => {${text}\n})`);

/** Is there an `await` that belongs to no function of the source? */
function awaitsOutside(source, tokens) {
  // Where it belongs to a function, a plain script with it is right.
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i].text === 'await' && tokens[i - 1]?.text !== '.') {
      return !compiles(source) || isCalled(tokens, i);
    }
  }
  return false;
}

/** `await(x)` is also the call of a function of that name. */
function isCalled(tokens, index) {
  return tokens[index].depth === 0 && tokens[index + 1]?.text === '(';
}

/** The statements of the source, as texts. Undefined if they cannot be told apart. */
function splitStatements(source, tokens) {
  const statements = [];
  let start = 0;
  for (let i = 0; i < tokens.length; i++) {
    const { depth, end, text } = tokens[i];
    if (depth !== 0) continue;
    const next = tokens[i + 1];
    const mayEnd = next === undefined || text === ';' || text === '}' ||
      scanHasNewline(source, end, next.start);
    if (!mayEnd || (next !== undefined && next.text === ';')) continue;
    const statement = StringPrototypeSlice(source, start, end);
    const rest = StringPrototypeSlice(source, end);
    if (!isBody(statement) || !isBody(rest)) continue;
    if (next !== undefined && continues(next, text)) continue;
    ArrayPrototypePush(statements, statement);
    start = end;
  }
  const rest = StringPrototypeSlice(source, start);
  return StringPrototypeTrim(rest) === '' || isBody(rest) && scan(rest).tokens.length === 0 ?
    statements : undefined;
}

function scanHasNewline(source, from, to) {
  for (let i = from; i < to; i++) if (source[i] === '\n') return true;
  return false;
}

/** Tokens that go on with what is before them, where a new statement would be right, too. */
function continues(next, text) {
  if (text === '}') return next.text === 'else' || next.text === 'catch' || next.text === 'finally';
  return text !== ';' && (next.text === '(' || next.text === '[' || next.text === '`' ||
    next.text === '+' || next.text === '-' || next.text === '/');
}

/** The names that a declaration binds. */
function namesOf(declaration, keyword) {
  const text = StringPrototypeSlice(StringPrototypeTrim(declaration), keyword.length);
  const names = [];
  const { tokens } = scan(text);
  let inInitializer = -1; // Depth of the `=` that is being passed.
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (inInitializer !== -1) {
      const ends = token.depth < inInitializer || (token.depth === inInitializer &&
        (token.text === ',' || token.text === ';' || token.kind === 'close'));
      if (!ends) continue;
      inInitializer = -1;
    }
    if (token.text === '=' && tokens[i + 1]?.text !== '>') {
      inInitializer = token.depth;
    } else if (token.kind === 'name' && tokens[i + 1]?.text !== ':') {
      ArrayPrototypePush(names, token.text);
    }
  }
  return names;
}

/** `a = 1, { b } = c` as expressions; declarators without a value get undefined. */
function assignments(declaration, keyword) {
  const text = StringPrototypeSlice(StringPrototypeTrim(declaration), keyword.length);
  const { tokens } = scan(text);
  const parts = [];
  let start = 0;
  let hasValue = false;
  let end = text.length;
  function finish(at) {
    const part = StringPrototypeTrim(StringPrototypeSlice(text, start, at));
    if (part !== '') ArrayPrototypePush(parts, hasValue ? `(${part})` : `(${part}=undefined)`);
    hasValue = false;
  }
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token.depth !== 0) continue;
    if (token.text === '=') {
      hasValue = true;
    } else if (token.text === ',') {
      finish(token.start);
      start = token.end;
    } else if (token.text === ';') {
      end = token.start;
      break;
    }
  }
  finish(end);
  return ArrayPrototypeJoin(parts, ', ');
}

/** One statement of the body, and what has to be declared for it. */
function convert(statement, declarations) {
  const { tokens } = scan(statement);
  const first = tokens[0]?.text;
  const second = tokens[1]?.text;
  if (first === 'var' || first === 'const' || (first === 'let' && second !== undefined)) {
    const names = ArrayPrototypeJoin(namesOf(statement, first), ', ');
    ArrayPrototypePush(declarations, `${first === 'var' ? 'var' : 'let'} ${names};`);
    return ` void (${assignments(statement, first)});`;
  }
  if (first === 'class' && tokens[1]?.kind === 'name') {
    ArrayPrototypePush(declarations, `let ${second};`);
    return ` ${second}=${StringPrototypeTrim(statement)};`;
  }
  const isAsync = first === 'async' && second === 'function';
  if (first === 'function' || isAsync) {
    let index = isAsync ? 2 : 1;
    if (tokens[index]?.text === '*') index++;
    const name = tokens[index]?.text;
    ArrayPrototypePush(declarations, `var ${name};`);
    return ` ${name}=${StringPrototypeTrim(statement)};`;
  }
  return statement;
}

/** The source of a script whose result is a promise, or null if it needs none. */
function processTopLevelAwait(source) {
  const { tokens } = scan(source);
  if (!awaitsOutside(source, tokens)) return null;
  if (!isBody(source)) return null;
  const statements = splitStatements(source, tokens);
  if (statements === undefined || statements.length === 0) return null;
  const declarations = [];
  let body = '';
  for (let i = 0; i < statements.length; i++) {
    const statement = statements[i];
    const isLast = i === statements.length - 1;
    const converted = convert(statement, declarations);
    if (isLast && converted === statement) {
      let expression = StringPrototypeTrim(statement);
      while (expression[expression.length - 1] === ';') {
        expression = StringPrototypeTrim(StringPrototypeSlice(expression, 0, -1));
      }
      body += expression !== '' && isBody(`return (${expression}\n)`) ?
        ` return { __proto__: null, value: (${expression}\n) };` : statement;
    } else {
      body += `${converted}\n`;
    }
  }
  return `${ArrayPrototypeJoin(declarations, ' ')} (async () => {${body}\n})()`;
}

module.exports = { processTopLevelAwait };
