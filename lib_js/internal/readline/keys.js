'use strict';

// From the characters a terminal sends to keys. A key is one character, or an escape sequence:
//
//   ESC letter            ESC O letter          ESC O digit letter
//   ESC [ letter          ESC [ [ letter        ESC [ number ~      (~ may be $ or ^ with rxvt)
//   ESC [ number ; modifier ~                   ESC [ number ; modifier letter
//
// The modifier is 1 + shift + 2 alt + 4 ctrl + 8 the other alt. Two ESC in front mean the same as
// one.

const {
  RegExpPrototypeExec,
  StringFromCharCode,
  StringPrototypeCharCodeAt,
  StringPrototypeToLowerCase,
} = primordials;

const { charLengthAt } = require('internal/readline/utils');

const ESCAPE = '\x1b';

const UNFINISHED = /^\x1b\x1b?(?:O\d?|\[\[?\d{0,3}|\[\[?\d{0,3};\d?)?$/;
const SEQUENCE = /^\x1b\x1b?(O|\[\[?)([^]*)$/;
const NUMBERED = /^(?:(\d\d?)(?:;(\d))?|(\d{3}))([~^$])$/;
const LETTERED = /^(?:(?:\d;)?(\d))?([A-Za-z])$/;

const SHIFT = 1;
const META = 10;
const CTRL = 4;

const LETTERS = {
  __proto__: null,
  A: 'up', B: 'down', C: 'right', D: 'left', E: 'clear', F: 'end', H: 'home',
  P: 'f1', Q: 'f2', R: 'f3', S: 'f4',
};
const SMALL_LETTERS = {
  __proto__: null, a: 'up', b: 'down', c: 'right', d: 'left', e: 'clear',
};
const NUMBERS = {
  __proto__: null,
  1: 'home', 2: 'insert', 3: 'delete', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end',
  11: 'f1', 12: 'f2', 13: 'f3', 14: 'f4', 15: 'f5', 17: 'f6', 18: 'f7', 19: 'f8', 20: 'f9',
  21: 'f10', 23: 'f11', 24: 'f12', 200: 'paste-start', 201: 'paste-end',
};

// Codes as programs see them in key.code, with the modifiers that are part of the code itself.
const codes = { __proto__: null };
for (const letter in LETTERS) {
  codes[`[${letter}`] = { name: LETTERS[letter], modifier: 0 };
  codes[`O${letter}`] = codes[`[${letter}`];
}
for (const letter in SMALL_LETTERS) {
  codes[`[${letter}`] = { name: SMALL_LETTERS[letter], modifier: SHIFT };
  codes[`O${letter}`] = { name: SMALL_LETTERS[letter], modifier: CTRL };
}
for (const number in NUMBERS) {
  codes[`[${number}~`] = { name: NUMBERS[number], modifier: 0 };
  if (number > 8 || number === '1' || number === '4') continue;
  codes[`[${number}$`] = { name: NUMBERS[number], modifier: SHIFT };
  codes[`[${number}^`] = { name: NUMBERS[number], modifier: CTRL };
}
codes['[[A'] = codes['[11~'];
codes['[[B'] = codes['[12~'];
codes['[[C'] = codes['[13~'];
codes['[[D'] = codes['[14~'];
codes['[[E'] = codes['[15~'];
codes['[[5~'] = codes['[5~'];
codes['[[6~'] = codes['[6~'];
codes['[Z'] = { name: 'tab', modifier: SHIFT };

function setModifiers(key, modifier) {
  key.ctrl = (modifier & CTRL) !== 0;
  key.meta = (modifier & META) !== 0;
  key.shift = (modifier & SHIFT) !== 0;
}

function readSequence(key, introducer, rest) {
  let code;
  let modifier = 0;
  if (introducer === 'O') {
    if (rest.length === 2) modifier = rest[0] - 1;
    code = `O${rest.length === 2 ? rest[1] : rest}`;
  } else {
    let match = RegExpPrototypeExec(NUMBERED, rest);
    if (match !== null) {
      code = `${introducer}${match[1] ?? match[3]}${match[4]}`;
      modifier = (match[2] || 1) - 1;
    } else if ((match = RegExpPrototypeExec(LETTERED, rest)) !== null) {
      code = `${introducer}${match[2]}`;
      modifier = (match[1] || 1) - 1;
    } else {
      code = `${introducer}${rest}`;
    }
  }
  setModifiers(key, modifier);
  key.code = code;
  const known = codes[code];
  key.name = known === undefined ? 'undefined' : known.name;
  if (known !== undefined && known.modifier !== 0) {
    if (known.modifier === SHIFT) key.shift = true;
    else key.ctrl = true;
  }
}

const NAMED_CHARACTERS = {
  '__proto__': null,
  '\r': 'return', '\n': 'enter', '\t': 'tab', '\b': 'backspace', '\x7f': 'backspace',
  [ESCAPE]: 'escape', ' ': 'space',
};

function readCharacter(key, ch, isEscaped) {
  if (NAMED_CHARACTERS[ch] !== undefined) {
    key.name = NAMED_CHARACTERS[ch];
    key.meta = isEscaped;
  } else if (!isEscaped && ch <= '\x1a') {
    // ctrl and a letter
    key.name = StringFromCharCode(StringPrototypeCharCodeAt(ch, 0) + 96);
    key.ctrl = true;
  } else if (RegExpPrototypeExec(/^[0-9A-Za-z]$/, ch) !== null) {
    key.name = StringPrototypeToLowerCase(ch);
    key.shift = RegExpPrototypeExec(/^[A-Z]$/, ch) !== null;
    key.meta = isEscaped;
  } else if (isEscaped) {
    key.name = ch.length ? undefined : 'escape';
    key.meta = true;
  }
}

/** Calls emit(text, key) for every key; `text` is undefined for escape sequences. */
class KeyDecoder {
  constructor(emit) {
    this.emit = emit;
    this.pending = '';
  }

  /** One character; '' says that what is pending is all. */
  feed(character) {
    const sequence = this.pending + character;
    if (character !== '' && RegExpPrototypeExec(UNFINISHED, sequence) !== null) {
      this.pending = sequence;
      return;
    }
    this.pending = '';
    if (sequence !== '') this.finish(sequence, character);
  }

  finish(sequence, last) {
    const key = { sequence: null, name: undefined, ctrl: false, meta: false, shift: false };
    const isEscaped = sequence[0] === ESCAPE;
    const match = isEscaped ? RegExpPrototypeExec(SEQUENCE, sequence) : null;
    if (match !== null) readSequence(key, match[1], match[2]);
    else readCharacter(key, last, isEscaped);
    key.sequence = sequence;
    if (key.name !== undefined || isEscaped) {
      this.emit(isEscaped ? undefined : sequence, key);
    } else if (charLengthAt(sequence, 0) === sequence.length) {
      this.emit(sequence, key);
    }
  }
}

module.exports = { KeyDecoder };
