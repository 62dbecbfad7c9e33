'use strict';
// The words of a pattern string: https://urlpattern.spec.whatwg.org/#tokenizing
// Strictly, what is no pattern is an error; leniently it becomes a token 'invalid-char'.

const { ArrayFrom, ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeSlice,
        RegExpPrototypeExec, TypeError, hardenRegExp } = primordials;

const nameStart = hardenRegExp(/[$_\p{ID_Start}]/u);
const namePart = hardenRegExp(/[$_\u200C\u200D\p{ID_Continue}]/u);
// eslint-disable-next-line no-control-regex
const ascii = hardenRegExp(/^[\x00-\x7F]$/);

const isNameStart = (char) => RegExpPrototypeExec(nameStart, char) !== null;
const isNamePart = (char) => RegExpPrototypeExec(namePart, char) !== null;
const isASCII = (char) => RegExpPrototypeExec(ascii, char) !== null;

const SINGLE = { '__proto__': null, '*': 'asterisk', '+': 'other-modifier', '?': 'other-modifier',
                 '{': 'open', '}': 'close' };

class Token {
  constructor(type, index, value) {
    this.type = type;
    this.index = index;
    this.value = value;
  }
}

/** Where the expression that begins behind `index` ends, or -1. */
function endOfRegExp(chars, index) {
  let depth = 1;
  let at = index + 1;
  for (; at < chars.length; at++) {
    const char = chars[at];
    if (!isASCII(char) || (at === index + 1 && char === '?')) return -1;
    if (char === '\\') {
      if (++at >= chars.length || !isASCII(chars[at])) return -1;
    } else if (char === ')') {
      if (--depth === 0) break;
    } else if (char === '(') {
      depth++;
      // A capturing group would upset the count of groups.
      if (chars[at + 1] !== '?') return -1;
    }
  }
  return depth !== 0 || at === index + 1 ? -1 : at;
}

/** @returns {Token[]} the last is of type 'end'; indexes count code points */
function tokenize(input, isStrict) {
  const chars = ArrayFrom(input);
  const tokens = [];
  const text = (from, to) => ArrayPrototypeJoin(ArrayPrototypeSlice(chars, from, to), '');
  const add = (type, index, value) => ArrayPrototypePush(tokens, new Token(type, index, value));
  const fail = (index) => {
    // eslint-disable-next-line no-restricted-syntax
    if (isStrict) throw new TypeError(`Invalid pattern at ${index}`);
    add('invalid-char', index, chars[index]);
    return index + 1;
  };
  let at = 0;
  while (at < chars.length) {
    const char = chars[at];
    if (SINGLE[char] !== undefined) {
      add(SINGLE[char], at, char);
      at++;
    } else if (char === '\\') {
      if (at === chars.length - 1) {
        at = fail(at);
      } else {
        add('escaped-char', at, chars[at + 1]);
        at += 2;
      }
    } else if (char === ':') {
      let end = at + 1;
      if (end < chars.length && isNameStart(chars[end])) {
        while (end < chars.length && isNamePart(chars[end])) end++;
      }
      if (end === at + 1) {
        at = fail(at);
      } else {
        add('name', at, text(at + 1, end));
        at = end;
      }
    } else if (char === '(') {
      const end = endOfRegExp(chars, at);
      if (end === -1) {
        at = fail(at);
      } else {
        add('regexp', at, text(at + 1, end));
        at = end + 1;
      }
    } else {
      add('char', at, char);
      at++;
    }
  }
  add('end', chars.length, '');
  return tokens;
}

module.exports = { isNamePart, tokenize };
