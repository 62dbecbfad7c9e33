'use strict';
// The command line as JavaScript asks for it: getOptionValue('--name'). Native parses argv and
// NODE_OPTIONS once (src/cli.rs) and hands start() the options that are not at their default;
// the defaults are those of the table in bindings/src/options, kept in the snapshot.

const {
  ArrayIsArray,
  ArrayPrototypeForEach,
  ArrayPrototypePush,
  ObjectKeys,
  ObjectSetPrototypeOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const { defaults, environment } = internalBinding('options');

ObjectSetPrototypeOf(defaults, null);

/** While the snapshot is built no option is set. */
let changed = { __proto__: null };

function valueOf(name) {
  const value = changed[name];
  return value === undefined ? defaults[name] : value;
}

/**
 * The value of an option, or of its negation: '--no-warnings' is the opposite of '--warnings'. An
 * option that coring does not have reads as undefined.
 * @param {string} name with its two dashes
 */
function getOptionValue(name) {
  const value = valueOf(name);
  if (value !== undefined || !StringPrototypeStartsWith(name, '--no-')) return value;
  const positive = valueOf(`--${StringPrototypeSlice(name, 5)}`);
  return positive === undefined ? undefined : !positive;
}

/** Called once, by boot/start.js. */
function setOptions(options) {
  changed = ObjectSetPrototypeOf(options, null);
}

/** What a program can change later. */
function setOption(name, value) {
  changed[name] = value;
}

/** Every spelling that NODE_OPTIONS may hold. */
function getEnvironmentSpellings() {
  return environment;
}

/** The options that are not at their default, as words for another command line. */
function getOptionsAsFlagsFromBinding() {
  const flags = [];
  ArrayPrototypeForEach(ObjectKeys(changed), (name) => {
    const value = changed[name];
    if (value === true) ArrayPrototypePush(flags, name);
    else if (value === false) ArrayPrototypePush(flags, `--no-${StringPrototypeSlice(name, 2)}`);
    else if (!ArrayIsArray(value)) ArrayPrototypePush(flags, `${name}=${value}`);
    else ArrayPrototypeForEach(value, (item) => ArrayPrototypePush(flags, `${name}=${item}`));
  });
  return flags;
}

module.exports = {
  getEnvironmentSpellings,
  getOptionValue,
  getOptionsAsFlagsFromBinding,
  setOption,
  setOptions,
};
