'use strict';

// How error messages speak of values and lists.

const {
  ArrayPrototypeIncludes, ArrayPrototypeIndexOf, ArrayPrototypeJoin, ArrayPrototypePush,
  ArrayPrototypeSlice, ArrayPrototypeSplice, JSONStringify, MathAbs, NumberIsInteger,
  ObjectIs, RegExpPrototypeExec, String, StringPrototypeEndsWith, StringPrototypeIncludes,
  StringPrototypeSlice, StringPrototypeToLowerCase, hardenRegExp,
} = primordials;

const assert = require('internal/assert');

const className = hardenRegExp(/^[A-Z][a-zA-Z0-9]*$/);
const typeNames = [
  'string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol',
];
const stringShown = 25;

let inspectModule;

/** The inspector needs errors itself, hence the late look-up. */
function inspect(value, options) {
  inspectModule ??= require('internal/util/inspect');
  return inspectModule.inspect(value, options);
}

/** Shows a value whose own inspect function may throw. */
function inspectWithNoCustomRetry(value, options) {
  try {
    return inspect(value, options);
  } catch {
    return inspect(value, { ...options, customInspect: false });
  }
}

function describeString(text) {
  if (text.length > stringShown + 3) text = `${StringPrototypeSlice(text, 0, stringShown)}...`;
  const quoted = StringPrototypeIncludes(text, "'") ? JSONStringify(text) : `'${text}'`;
  return `type string (${quoted})`;
}

function describeObject(value) {
  if (value.constructor && 'name' in value.constructor) {
    return `an instance of ${value.constructor.name}`;
  }
  return inspect(value, { depth: -1 });
}

/** What a message about a wrong type says after "Received". */
function determineSpecificType(value) {
  if (value == null) return `${value}`;
  const type = typeof value;
  switch (type) {
    case 'string': return describeString(value);
    case 'object': return describeObject(value);
    case 'function': return `function ${value.name}`;
    case 'bigint': return `type bigint (${value}n)`;
    case 'number': return `type number (${ObjectIs(value, -0) ? '-0' : value})`;
    default: return `type ${type} (${String(value)})`; // boolean and symbol
  }
}

/** 'A', 'A and B', 'A, B, and C' */
function formatList(items, conjunction = 'and') {
  const { length } = items;
  if (length < 2) return length === 0 ? '' : `${items[0]}`;
  if (length === 2) return `${items[0]} ${conjunction} ${items[1]}`;
  const head = ArrayPrototypeJoin(ArrayPrototypeSlice(items, 0, -1), ', ');
  return `${head}, ${conjunction} ${items[length - 1]}`;
}

/** Puts '_' between each three digits of an integer. */
function groupDigits(digits) {
  const start = digits[0] === '-' ? 1 : 0;
  let end = digits.length;
  let grouped = '';
  while (end - start > 3) {
    grouped = `_${StringPrototypeSlice(digits, end - 3, end)}${grouped}`;
    end -= 3;
  }
  return `${StringPrototypeSlice(digits, 0, end)}${grouped}`;
}

/** A number out of range, with its digits grouped when it is hard to read. */
function describeNumber(input) {
  if (typeof input === 'bigint') {
    const isLong = input > 2n ** 32n || input < -(2n ** 32n);
    return `${isLong ? groupDigits(String(input)) : input}n`;
  }
  if (NumberIsInteger(input) && MathAbs(input) > 2 ** 32) return groupDigits(String(input));
  return inspect(input);
}

/** 'of type string or an instance of Buffer' and the like, for ERR_INVALID_ARG_TYPE. */
function describeExpected(expected) {
  const types = [];
  const instances = [];
  const others = [];
  for (let i = 0; i < expected.length; i++) {
    const name = expected[i];
    assert(typeof name === 'string', 'All expected entries have to be of type string');
    if (ArrayPrototypeIncludes(typeNames, name)) {
      ArrayPrototypePush(types, StringPrototypeToLowerCase(name));
    } else if (RegExpPrototypeExec(className, name) !== null) {
      ArrayPrototypePush(instances, name);
    } else {
      ArrayPrototypePush(others, name);
    }
  }
  // Next to other classes an object is 'an instance of Object'.
  const at = ArrayPrototypeIndexOf(types, 'object');
  if (instances.length > 0 && at !== -1) {
    ArrayPrototypeSplice(types, at, 1);
    ArrayPrototypePush(instances, 'Object');
  }
  const parts = [];
  if (types.length > 0) {
    const prefix = types.length > 1 ? 'one of type' : 'of type';
    ArrayPrototypePush(parts, `${prefix} ${formatList(types, 'or')}`);
  }
  if (instances.length > 0) {
    ArrayPrototypePush(parts, `an instance of ${formatList(instances, 'or')}`);
  }
  if (others.length > 1) {
    ArrayPrototypePush(parts, `one of ${formatList(others, 'or')}`);
  } else if (others.length === 1) {
    const isName = StringPrototypeToLowerCase(others[0]) !== others[0];
    ArrayPrototypePush(parts, `${isName ? 'an ' : ''}${others[0]}`);
  }
  return ArrayPrototypeJoin(parts, ' or ');
}

/** 'The "size" argument', 'The "options.size" property', 'The first argument' */
function describeName(name) {
  assert(typeof name === 'string', "'name' must be a string");
  if (StringPrototypeEndsWith(name, ' argument')) return `The ${name}`;
  return `The "${name}" ${StringPrototypeIncludes(name, '.') ? 'property' : 'argument'}`;
}

module.exports = {
  describeExpected,
  describeName,
  describeNumber,
  determineSpecificType,
  formatList,
  inspect,
  inspectWithNoCustomRetry,
};
