'use strict';

// `util.parseArgs`. Arguments become tokens first, then values.

const {
  ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSlice, ArrayPrototypeUnshiftApply,
  ObjectHasOwn, ObjectKeys, StringPrototypeIndexOf, StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const {
  codes: {
    ERR_INVALID_ARG_VALUE, ERR_PARSE_ARGS_INVALID_OPTION_VALUE,
    ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL, ERR_PARSE_ARGS_UNKNOWN_OPTION,
  },
} = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { kEmptyObject } = require('internal/util');
const {
  validateArray, validateBoolean, validateBooleanArray, validateObject, validateString,
  validateStringArray, validateUnion,
} = require('internal/validators');

/** The user's own properties only: Object.prototype may be polluted. */
function own(object, key) {
  return ObjectHasOwn(object, key) ? object[key] : undefined;
}

function optionOf(options, name, key) {
  return ObjectHasOwn(options, name) ? own(options[name], key) : undefined;
}

/** With -e and -p there is no script among the arguments. */
function getMainArgs() {
  const source = getOptionValue('--eval');
  return ArrayPrototypeSlice(process.argv, source !== undefined && source.length !== 0 ? 1 : 2);
}

/** @returns {string} the long name that has this letter, or the letter itself */
function findLongName(letter, options) {
  const names = ObjectKeys(options);
  for (let i = 0; i < names.length; i++) {
    if (own(options[names[i]], 'short') === letter) return names[i];
  }
  return letter;
}

// ---- tokens ------------------------------------------------------------------------------------

class Tokenizer {
  constructor(args, options) {
    this.rest = ArrayPrototypeSlice(args);
    this.options = options;
    this.tokens = [];
    /** Place in the arguments. */
    this.index = -1;
    /** How many of `rest` came from one argument like -abc. */
    this.expanded = 0;
  }

  isString(name) {
    return optionOf(this.options, name, 'type') === 'string';
  }

  add(token) {
    ArrayPrototypePush(this.tokens, token);
  }

  addOption(name, rawName, value, inlineValue) {
    this.add({ kind: 'option', name, rawName, index: this.index, value, inlineValue });
  }

  /** An option that stands alone takes the next argument if it wants a value. */
  addLone(name, rawName) {
    if (this.rest.length === 0 || this.rest[0] == null || !this.isString(name)) {
      this.addOption(name, rawName, undefined, undefined);
      return;
    }
    this.addOption(name, rawName, ArrayPrototypeShift(this.rest), false);
    this.index++;
  }

  /** --name or --name=value. `=` right behind the dashes belongs to the name. */
  addLong(arg) {
    const equals = StringPrototypeIndexOf(arg, '=', 3);
    if (equals === -1) {
      this.addLone(StringPrototypeSlice(arg, 2), arg);
      return;
    }
    // A name may begin with `=`; the value begins behind the first one all the same.
    const at = StringPrototypeIndexOf(arg, '=');
    const name = StringPrototypeSlice(arg, 2, at);
    this.addOption(name, `--${name}`, StringPrototypeSlice(arg, at + 1), true);
  }

  /** -f, -fVALUE, or letters together: -abc is -a -b -c, and -abfVALUE is -a -b -fVALUE. */
  addShort(arg) {
    const name = findLongName(arg[1], this.options);
    if (arg.length === 2) {
      this.addLone(name, arg);
    } else if (this.isString(name)) {
      this.addOption(name, `-${arg[1]}`, StringPrototypeSlice(arg, 2), true);
    } else {
      this.expand(arg);
    }
  }

  expand(arg) {
    const letters = [];
    for (let i = 1; i < arg.length; i++) {
      if (i < arg.length - 1 && this.isString(findLongName(arg[i], this.options))) {
        ArrayPrototypePush(letters, `-${StringPrototypeSlice(arg, i)}`);
        break;
      }
      ArrayPrototypePush(letters, `-${arg[i]}`);
    }
    ArrayPrototypeUnshiftApply(this.rest, letters);
    this.expanded = letters.length;
  }

  /** Everything behind a bare `--` is positional. */
  terminate() {
    this.add({ kind: 'option-terminator', index: this.index });
    for (let i = 0; i < this.rest.length; i++) {
      this.add({ kind: 'positional', index: ++this.index, value: this.rest[i] });
    }
    this.rest = [];
  }

  run() {
    while (this.rest.length > 0) {
      const arg = ArrayPrototypeShift(this.rest);
      if (this.expanded > 0) {
        this.expanded--;
      } else {
        this.index++;
      }
      if (arg === '--') {
        this.terminate();
      } else if (arg.length > 2 && StringPrototypeStartsWith(arg, '--')) {
        this.addLong(arg);
      } else if (arg.length > 1 && arg[0] === '-') {
        this.addShort(arg);
      } else {
        this.add({ kind: 'positional', index: this.index, value: arg });
      }
    }
    return this.tokens;
  }
}

// ---- checks ------------------------------------------------------------------------------------

function checkDefault(value, type, multiple, name) {
  if (type === 'string') {
    (multiple ? validateStringArray : validateString)(value, name);
  } else {
    (multiple ? validateBooleanArray : validateBoolean)(value, name);
  }
}

function checkOptionConfig(name, config) {
  validateObject(config, `options.${name}`);
  const type = own(config, 'type');
  validateUnion(type, `options.${name}.type`, ['string', 'boolean']);
  if (ObjectHasOwn(config, 'short')) {
    const { short } = config;
    validateString(short, `options.${name}.short`);
    if (short.length !== 1) {
      throw new ERR_INVALID_ARG_VALUE(`options.${name}.short`, short, 'must be a single character');
    }
  }
  const multiple = own(config, 'multiple');
  if (ObjectHasOwn(config, 'multiple')) validateBoolean(multiple, `options.${name}.multiple`);
  const value = own(config, 'default');
  if (value !== undefined) checkDefault(value, type, multiple, `options.${name}.default`);
}

/** @returns {string | undefined} the option that --no-name denies */
function deniedName(name, options, allowNegative) {
  if (!allowNegative || !StringPrototypeStartsWith(name, 'no-')) return undefined;
  const denied = StringPrototypeSlice(name, 3);
  return optionOf(options, denied, 'type') === 'boolean' ? denied : undefined;
}

/** Strict mode: the option exists, and has a value if and only if it wants one. */
function checkUsage(token, options, allowPositionals, allowNegative) {
  const name = ObjectHasOwn(options, token.name) ? token.name :
    deniedName(token.name, options, allowNegative);
  if (name === undefined) {
    throw new ERR_PARSE_ARGS_UNKNOWN_OPTION(token.rawName, allowPositionals);
  }
  const short = optionOf(options, name, 'short');
  const shown = `${short ? `-${short}, ` : ''}--${name}`;
  const type = optionOf(options, name, 'type');
  if (type === 'string' && typeof token.value !== 'string') {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown} <value>' argument missing`);
  }
  if (type === 'boolean' && token.value != null) {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown}' does not take an argument`);
  }
}

/** Strict mode: `--a --b` is more likely a forgotten value than the value '--b'. */
function checkAmbiguity({ inlineValue, name, rawName, value }) {
  if (inlineValue || value == null || value.length < 2 || value[0] !== '-') return;
  const example = StringPrototypeStartsWith(rawName, '--') ?
    `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
  throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(
    `Option '${rawName}' argument is ambiguous.\n` +
    `Did you forget to specify the option argument for '${rawName}'?\n` +
    `To specify an option argument starting with a dash use ${example}.`);
}

// ---- values ------------------------------------------------------------------------------------

function storeOption(token, options, values, allowNegative) {
  if (token.name === '__proto__') return;
  let value = token.value ?? true;
  if (allowNegative && token.value === undefined &&
      StringPrototypeStartsWith(token.name, 'no-')) {
    token.name = StringPrototypeSlice(token.name, 3);
    value = false;
  }
  const { name } = token;
  if (!optionOf(options, name, 'multiple')) {
    values[name] = value;
  } else if (values[name]) {
    ArrayPrototypePush(values[name], value);
  } else {
    values[name] = [value];
  }
}

/** Public `util.parseArgs`. */
const parseArgs = (config = kEmptyObject) => {
  const args = own(config, 'args') ?? getMainArgs();
  const strict = own(config, 'strict') ?? true;
  const allowPositionals = own(config, 'allowPositionals') ?? !strict;
  const returnTokens = own(config, 'tokens') ?? false;
  const allowNegative = own(config, 'allowNegative') ?? false;
  const options = own(config, 'options') ?? { __proto__: null };

  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(returnTokens, 'tokens');
  validateBoolean(allowNegative, 'allowNegative');
  validateObject(options, 'options');
  const names = ObjectKeys(options);
  for (let i = 0; i < names.length; i++) checkOptionConfig(names[i], options[names[i]]);

  const tokens = new Tokenizer(args, options).run();
  const values = { __proto__: null };
  const positionals = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token.kind === 'option') {
      if (strict) {
        checkUsage(token, options, allowPositionals, allowNegative);
        checkAmbiguity(token);
      }
      storeOption(token, options, values, allowNegative);
    } else if (token.kind === 'positional') {
      if (!allowPositionals) throw new ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL(token.value);
      ArrayPrototypePush(positionals, token.value);
    }
  }
  for (let i = 0; i < names.length; i++) {
    const value = own(options[names[i]], 'default');
    if (value !== undefined && values[names[i]] === undefined && names[i] !== '__proto__') {
      values[names[i]] = value;
    }
  }
  return returnTokens ? { values, positionals, tokens } : { values, positionals };
};

module.exports = { parseArgs };
