'use strict';

// Small things that all of readline needs: control sequences, code points, prefixes.

const { StringPrototypeCodePointAt, StringPrototypeSlice, StringPrototypeSplit, Symbol } =
  primordials;

const ESCAPE = '\x1b';
const FIRST_ASTRAL = 0x10000;

/** The text that up and down look for; null while they go through the whole history. */
const kSubstringSearch = Symbol('kSubstringSearch');

/** Tag of template strings: a control sequence. */
function CSI(strings, ...args) {
  let sequence = `${ESCAPE}[`;
  for (let i = 0; i < strings.length; i++) {
    sequence += strings[i];
    if (i < args.length) sequence += args[i];
  }
  return sequence;
}

CSI.kEscape = ESCAPE;
CSI.kClearToLineBeginning = CSI`1K`;
CSI.kClearToLineEnd = CSI`0K`;
CSI.kClearLine = CSI`2K`;
CSI.kClearScreenDown = CSI`0J`;

function isAstralAt(text, index) {
  return StringPrototypeCodePointAt(text, index) >= FIRST_ASTRAL;
}

/** UTF-16 units of the character that ends at `index`. */
function charLengthLeft(text, index) {
  if (index <= 0) return 0;
  return (index > 1 && isAstralAt(text, index - 2)) || isAstralAt(text, index - 1) ? 2 : 1;
}

/** UTF-16 units of the character at `index`; 1 at the end, where a completion may come. */
function charLengthAt(text, index) {
  return index < text.length && isAstralAt(text, index) ? 2 : 1;
}

function commonPrefix(strings) {
  if (strings.length === 0) return '';
  let prefix = strings[0];
  for (let i = 1; i < strings.length; i++) {
    const other = strings[i];
    let length = 0;
    while (length < prefix.length && prefix[length] === other[length]) length++;
    prefix = StringPrototypeSlice(prefix, 0, length);
  }
  return prefix;
}

/** The history keeps entries of several lines in one, last line first. */
function reverseString(text, from = '\n', to = '\r') {
  const parts = StringPrototypeSplit(text, from);
  let reversed = '';
  for (let i = parts.length - 1; i > 0; i--) reversed += parts[i] + to;
  return reversed + parts[0];
}

module.exports = {
  charLengthAt,
  charLengthLeft,
  commonPrefix,
  reverseString,
  kSubstringSearch,
  CSI,
};
