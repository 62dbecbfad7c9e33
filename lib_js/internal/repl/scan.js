'use strict';

// A coarse look at JavaScript source: where strings, templates, comments, regular expressions and
// brackets begin and end. Whether the source is right, only V8 says; this finds the places to ask.

const {
  ArrayPrototypeIncludes,
  ArrayPrototypePop,
  ArrayPrototypePush,
  RegExpPrototypeExec,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} = primordials;

const CLOSERS = { '__proto__': null, '(': ')', '[': ']', '{': '}' };
const NAME = /[\p{ID_Continue}$\u200c\u200d]+/uy;
const SPACE = /[\s\ufeff]+/y;

/** Words after which `/` begins a regular expression. */
const WORDS_BEFORE_EXPRESSION = [
  'return', 'typeof', 'instanceof', 'in', 'of', 'new', 'delete', 'void', 'throw', 'case', 'do',
  'else', 'await', 'yield',
];

/** @typedef {{ kind: string, text: string, start: number, end: number, depth: number }} Token */

class Scanner {
  constructor(source) {
    this.source = source;
    this.at = 0;
    /** @type {Token[]} */
    this.tokens = [];
    this.open = []; // Closing brackets that are to come; '`' for a template's `${`.
    this.unfinished = undefined; // 'string', 'template', 'comment' or 'regexp' that has no end.
  }

  push(kind, start) {
    ArrayPrototypePush(this.tokens, {
      kind, text: StringPrototypeSlice(this.source, start, this.at), start, end: this.at,
      depth: this.open.length,
    });
  }

  run() {
    const { source } = this;
    while (this.at < source.length && this.unfinished === undefined) this.next();
    return this;
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = RegExpPrototypeExec(pattern, this.source);
    if (found === null) return false;
    this.at += found[0].length;
    return true;
  }

  next() {
    const { source } = this;
    const start = this.at;
    const char = source[start];
    if (this.match(SPACE)) return;
    if (char === '/' && source[start + 1] === '/') return this.skipLine();
    if (char === '/' && source[start + 1] === '*') return this.skipComment();
    if (char === '"' || char === '\'') return this.readString(char);
    if (char === '`') {
      this.at++;
      return this.readTemplate(start);
    }
    if (char === '/' && this.expectsExpression()) return this.readRegExp();
    if (this.match(NAME)) return this.push('name', start);
    if (CLOSERS[char] !== undefined) {
      this.at++;
      this.push('open', start);
      ArrayPrototypePush(this.open, CLOSERS[char]);
      return;
    }
    if (char === '}' && this.open[this.open.length - 1] === '`') {
      ArrayPrototypePop(this.open);
      this.at++;
      return this.readTemplate(start);
    }
    this.at++;
    if (char === ')' || char === ']' || char === '}') {
      ArrayPrototypePop(this.open);
      this.push('close', start);
    } else {
      this.push('sign', start);
    }
  }

  expectsExpression() {
    const last = this.tokens[this.tokens.length - 1];
    if (last === undefined) return true;
    if (last.kind === 'name') return ArrayPrototypeIncludes(WORDS_BEFORE_EXPRESSION, last.text);
    return last.kind === 'sign' || last.kind === 'open' || last.text === '}';
  }

  skipLine() {
    const end = StringPrototypeIndexOf(this.source, '\n', this.at);
    this.at = end === -1 ? this.source.length : end;
  }

  skipComment() {
    const end = StringPrototypeIndexOf(this.source, '*/', this.at + 2);
    if (end === -1) this.unfinished = 'comment';
    this.at = end === -1 ? this.source.length : end + 2;
  }

  readString(quote) {
    const { source } = this;
    const start = this.at++;
    while (this.at < source.length) {
      const char = source[this.at++];
      if (char === '\\') {
        this.at++;
      } else if (char === quote) {
        this.push('string', start);
        return;
      } else if (char === '\n') {
        break;
      }
    }
    this.unfinished = 'string';
    this.push('string', start);
  }

  /** From behind a backtick or the end of a `${}` to the next of them. */
  readTemplate(start) {
    const { source } = this;
    while (this.at < source.length) {
      const char = source[this.at++];
      if (char === '\\') {
        this.at++;
      } else if (char === '`') {
        this.push('string', start);
        return;
      } else if (char === '$' && source[this.at] === '{') {
        this.at++;
        this.push('sign', start);
        ArrayPrototypePush(this.open, '`');
        return;
      }
    }
    this.unfinished = 'template';
  }

  readRegExp() {
    const { source } = this;
    const start = this.at++;
    let inClass = false;
    while (this.at < source.length) {
      const char = source[this.at++];
      if (char === '\\') this.at++;
      else if (char === '\n') break;
      else if (char === '[') inClass = true;
      else if (char === ']') inClass = false;
      else if (char === '/' && !inClass) {
        this.match(NAME);
        this.push('regexp', start);
        return;
      }
    }
    this.unfinished = 'regexp';
  }
}

function scan(source) {
  return new Scanner(source).run();
}

module.exports = { scan };
