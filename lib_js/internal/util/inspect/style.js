'use strict';

// The colours of the inspector: `inspect.colors` and `inspect.styles`, which users may change.

const { ObjectDefineProperty } = primordials;

// Select Graphic Rendition, ECMA-48 8.3.117: [on, off]
const foregroundOff = 39;
const backgroundOff = 49;

const colors = {
  __proto__: null,
  reset: [0, 0],
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  blink: [5, 25],
  inverse: [7, 27],
  hidden: [8, 28],
  strikethrough: [9, 29],
  doubleunderline: [21, 24],
  black: [30, foregroundOff],
  red: [31, foregroundOff],
  green: [32, foregroundOff],
  yellow: [33, foregroundOff],
  blue: [34, foregroundOff],
  magenta: [35, foregroundOff],
  cyan: [36, foregroundOff],
  white: [37, foregroundOff],
  bgBlack: [40, backgroundOff],
  bgRed: [41, backgroundOff],
  bgGreen: [42, backgroundOff],
  bgYellow: [43, backgroundOff],
  bgBlue: [44, backgroundOff],
  bgMagenta: [45, backgroundOff],
  bgCyan: [46, backgroundOff],
  bgWhite: [47, backgroundOff],
  framed: [51, 54],
  overlined: [53, 55],
  gray: [90, foregroundOff],
  redBright: [91, foregroundOff],
  greenBright: [92, foregroundOff],
  yellowBright: [93, foregroundOff],
  blueBright: [94, foregroundOff],
  magentaBright: [95, foregroundOff],
  cyanBright: [96, foregroundOff],
  whiteBright: [97, foregroundOff],
  bgGray: [100, backgroundOff],
  bgRedBright: [101, backgroundOff],
  bgGreenBright: [102, backgroundOff],
  bgYellowBright: [103, backgroundOff],
  bgBlueBright: [104, backgroundOff],
  bgMagentaBright: [105, backgroundOff],
  bgCyanBright: [106, backgroundOff],
  bgWhiteBright: [107, backgroundOff],
};

const aliases = [
  ['grey', 'gray'], ['blackBright', 'gray'], ['bgGrey', 'bgGray'], ['bgBlackBright', 'bgGray'],
  ['faint', 'dim'], ['crossedout', 'strikethrough'], ['strikeThrough', 'strikethrough'],
  ['crossedOut', 'strikethrough'], ['conceal', 'hidden'], ['swapColors', 'inverse'],
  ['swapcolors', 'inverse'], ['doubleUnderline', 'doubleunderline'],
];
for (let i = 0; i < aliases.length; i++) {
  const { 0: alias, 1: target } = aliases[i];
  ObjectDefineProperty(colors, alias, {
    __proto__: null,
    get() {
      return this[target];
    },
    set(value) {
      this[target] = value;
    },
    configurable: true,
    enumerable: false,
  });
}

const styles = {
  __proto__: null,
  special: 'cyan',
  number: 'yellow',
  bigint: 'yellow',
  boolean: 'yellow',
  undefined: 'grey',
  null: 'bold',
  string: 'green',
  symbol: 'green',
  date: 'magenta',
  // Property names have no style.
  regexp: 'red',
  module: 'underline',
};

function stylizeNoColor(text) {
  return text;
}

function paint(code, text) {
  return `\u001b[${code[0]}m${text}\u001b[${code[1]}m`;
}

module.exports = { colors, paint, styles, stylizeNoColor };
