'use strict';
// The command line as JavaScript asks for it: getOptionValue('--name').
// Native parses argv and NODE_OPTIONS once (src/cli.rs) and hands start() one
// object with every option of src/options_table.rs under its camelCase name.

const {
  ObjectPrototypeHasOwnProperty,
  RegExpPrototypeSymbolReplace,
  SafeMap,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToUpperCase,
} = primordials;

/** While the snapshot is built no option is set. */
let options = { __proto__: null };

/** '--no-deprecation' -> 'noDeprecation' */
const keys = new SafeMap();
function keyOf(name) {
  let key = keys.get(name);
  if (key === undefined) {
    key = RegExpPrototypeSymbolReplace(/-(.)/g, StringPrototypeSlice(name, 2),
                                       (_, letter) => StringPrototypeToUpperCase(letter));
    keys.set(name, key);
  }
  return key;
}

function has(key) {
  return ObjectPrototypeHasOwnProperty(options, key);
}

/**
 * The value of an option, or of its negation: '--warnings' is the opposite of
 * '--no-warnings' whichever of the two the table holds. An option that coring
 * does not have reads as undefined.
 * @param {string} name with its two dashes
 */
function getOptionValue(name) {
  const key = keyOf(name);
  if (has(key)) return options[key];
  if (StringPrototypeStartsWith(name, '--no-')) {
    const positive = keyOf(`--${StringPrototypeSlice(name, 5)}`);
    return has(positive) ? !options[positive] : undefined;
  }
  const negative = keyOf(`--no-${StringPrototypeSlice(name, 2)}`);
  return has(negative) ? !options[negative] : undefined;
}

/** Called once, by boot/start.js. */
function setOptions(parsed) {
  options = parsed;
}

module.exports = {
  getOptionValue,
  setOptions,
};
