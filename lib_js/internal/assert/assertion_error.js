'use strict';

// The error of a failed assertion. Most of it is the message: both values, or how they differ.

const {
  ArrayPrototypeJoin, ArrayPrototypeSlice, Error, ErrorCaptureStackTrace, ObjectAssign,
  ObjectDefineProperty, ObjectGetPrototypeOf, ObjectHasOwn, SafeSet, String, StringPrototypeRepeat,
  StringPrototypeSlice, StringPrototypeSplit,
} = primordials;

const { isErrorStackTraceLimitWritable } = require('internal/errors');
const { isError } = require('internal/util');
const colors = require('internal/util/colors');
const { inspect } = require('internal/util/inspect');
const { validateObject } = require('internal/validators');
const {
  myersDiff, printMyersDiff, printSimpleMyersDiff,
} = require('internal/assert/myers_diff');

const headlines = {
  __proto__: null,
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};

/** Operators whose message shows the difference even below a message of the user's. */
const differing = new SafeSet(['deepStrictEqual', 'strictEqual', 'partialDeepStrictEqual']);

const shortTextMax = 12;
const longTextMax = 512;
const linesMax = 50;
const shownLinesMax = 10;

const isObject = (value) => typeof value === 'object' && value !== null;

/** Shows everything that was compared, whatever the user's defaults are. */
function inspectValue(value) {
  return inspect(value, {
    compact: false,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Infinity,
    showHidden: false,
    showProxy: false,
    sorted: true,
    getters: true,
  });
}

/** The error without its stack, in which two equal errors differ. */
function copyError(source) {
  const target = ObjectAssign({ __proto__: ObjectGetPrototypeOf(source) }, source);
  ObjectDefineProperty(target, 'message', { __proto__: null, value: source.message });
  if (ObjectHasOwn(source, 'cause')) {
    const { cause } = source;
    ObjectDefineProperty(target, 'cause', {
      __proto__: null, value: isError(cause) ? copyError(cause) : cause,
    });
  }
  return target;
}

function isErrorWithStack(value) {
  return isObject(value) && 'stack' in value && value instanceof Error;
}

// ---- differences -------------------------------------------------------------------------------

/** Points at the first difference of two short strings, unless it is near the beginning. */
function pointer(actual, expected) {
  const columns = process.stderr.isTTY ? process.stderr.columns : 80;
  if (actual.length + expected.length > columns) return '';
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === expected[i]) continue;
    // The quote is the first character.
    return i < 3 ? '' : `\n${StringPrototypeRepeat(' ', i + 2)}^`;
  }
  return '';
}

/**
 * The difference of two values of one line each.
 * @returns {{message: string, header?: string}}
 */
function diffLines(actual, shownActual, expected, shownExpected) {
  const areStrings = typeof actual === 'string' && typeof expected === 'string';
  const quotes = (typeof actual === 'string' ? 2 : 0) + (typeof expected === 'string' ? 2 : 0);
  const length = shownActual.length + shownExpected.length - quotes;
  // 0 and -0 need the longer form to be noticed.
  if (length <= shortTextMax && (actual !== 0 || expected !== 0)) {
    return { message: `${shownActual} !== ${shownExpected}`, header: '' };
  }
  if (areStrings && colors.hasColors) {
    const diff = myersDiff(StringPrototypeSplit(shownActual, ''),
                           StringPrototypeSplit(shownExpected, ''));
    return {
      message: printSimpleMyersDiff(diff),
      header: `${colors.green}actual${colors.white} ${colors.red}expected${colors.white}`,
    };
  }
  const both = `\n${colors.green}+${colors.white} ${shownActual}\n` +
    `${colors.red}- ${colors.white}${shownExpected}`;
  return { message: both + (areStrings ? pointer(shownActual, shownExpected) : '') };
}

/** Two values that look the same. */
function sameStructure(lines, diffType) {
  if (lines.length <= linesMax || diffType === 'full') {
    return { message: ArrayPrototypeJoin(lines, '\n'), header: '', skipped: false };
  }
  const shown = ArrayPrototypeJoin(ArrayPrototypeSlice(lines, 0, linesMax), '\n');
  return { message: `${shown}\n...}`, header: '', skipped: true };
}

function diffBlocks(actual, linesActual, linesExpected, operator) {
  const diff = myersDiff(linesActual, linesExpected, isObject(actual));
  const { message, skipped } = printMyersDiff(diff, operator);
  const header = operator === 'partialDeepStrictEqual' ?
    `${colors.gray}${colors.hasColors ? '' : '+ '}actual${colors.white} ` +
    `${colors.red}- expected${colors.white}` : undefined;
  return { message, header, skipped };
}

function describeDifference(actual, expected, operator, customMessage, diffType) {
  const shownActual = inspectValue(actual);
  const shownExpected = inspectValue(expected);
  const linesActual = StringPrototypeSplit(shownActual, '\n');
  const linesExpected = StringPrototypeSplit(shownExpected, '\n');
  let headline = operator;
  if (operator === 'strictEqual' && ((isObject(actual) && isObject(expected)) ||
      (typeof actual === 'function' && typeof expected === 'function'))) {
    headline = 'strictEqualObject';
  }
  let difference;
  if (linesActual.length === 1 && linesExpected.length === 1 &&
      (!isObject(actual) || !isObject(expected))) {
    difference = diffLines(actual, shownActual, expected, shownExpected);
  } else if (shownActual === shownExpected) {
    headline = 'notIdentical';
    difference = sameStructure(linesActual, diffType);
  } else {
    difference = diffBlocks(actual, linesActual, linesExpected, operator);
  }
  const header = difference.header ??
    `${colors.green}+ actual${colors.white} ${colors.red}- expected${colors.white}`;
  const skipped = difference.skipped ? '\n... Skipped lines' : '';
  return `${customMessage || headlines[headline]}\n${header}${skipped}\n${difference.message}\n`;
}

// ---- other messages ----------------------------------------------------------------------------

/** For values that are equal and should not be: one of them. */
function describeEqual(actual, operator, diffType) {
  const isReference = isObject(actual) || typeof actual === 'function';
  const headline = operator === 'notStrictEqual' && isReference ?
    headlines.notStrictEqualObject : headlines[operator];
  let lines = StringPrototypeSplit(inspectValue(actual), '\n');
  if (lines.length > linesMax && diffType !== 'full') {
    lines = ArrayPrototypeSlice(lines, 0, linesMax - 3);
    lines[linesMax - 4] = `${colors.blue}...${colors.white}`;
  }
  if (lines.length > 1) return `${headline}\n\n${ArrayPrototypeJoin(lines, '\n')}\n`;
  return `${headline}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}`;
}

function cut(text, max, diffType) {
  if (text.length <= max || diffType === 'full') return text;
  return `${StringPrototypeSlice(text, 0, max - 3)}...`;
}

/** The loose operators, and those that users make up: both values in full. */
function describeBoth(actual, expected, operator, diffType) {
  const first = inspectValue(actual);
  const second = inspectValue(expected);
  if (operator === 'notDeepEqual' && first === second) {
    return cut(`${headlines.notDeepEqual}\n\n${first}`, 1024, diffType);
  }
  const left = cut(first, longTextMax, diffType);
  const right = cut(second, longTextMax, diffType);
  if (operator === 'deepEqual') {
    return `${headlines.deepEqual}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  }
  const headline = headlines[`${operator}Unequal`];
  if (headline) return `${headline}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  return `${left} ${operator} ${right}`;
}

function describe(actual, expected, operator, message, diffType) {
  if (differing.has(operator)) {
    return describeDifference(actual, expected, operator, message, diffType);
  }
  if (message != null) return String(message);
  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') {
    return describeEqual(actual, operator, diffType);
  }
  return describeBoth(actual, expected, operator, diffType);
}

/** Long strings are in the message already. */
function shorten(value) {
  if (typeof value !== 'string') return value;
  const lines = StringPrototypeSplit(value, '\n', shownLinesMax + 1);
  if (lines.length > shownLinesMax) {
    lines.length = shownLinesMax;
    return `${ArrayPrototypeJoin(lines, '\n')}\n...`;
  }
  // As in Node, what is shown is the end.
  return value.length > longTextMax ? `${StringPrototypeSlice(value, longTextMax)}...` : value;
}

class AssertionError extends Error {
  constructor(options) {
    validateObject(options, 'options');
    const {
      message, operator, stackStartFn, details, stackStartFunction, diff = 'simple',
    } = options;
    let { actual, expected } = options;
    if (message == null) {
      colors.refresh();
      if (isErrorWithStack(actual) && isErrorWithStack(expected)) {
        actual = copyError(actual);
        expected = copyError(expected);
      }
    }
    // The stack is captured below, from where the user called.
    const isWritable = isErrorStackTraceLimitWritable();
    const limit = Error.stackTraceLimit;
    if (isWritable) Error.stackTraceLimit = 0;
    try {
      super(describe(actual, expected, operator, message, diff));
    } finally {
      if (isWritable) Error.stackTraceLimit = limit;
    }

    this.generatedMessage = !message;
    // The stack takes the name as it is when it is made.
    ObjectDefineProperty(this, 'name', {
      __proto__: null,
      value: 'AssertionError [ERR_ASSERTION]',
      enumerable: false,
      writable: true,
      configurable: true,
    });
    this.code = 'ERR_ASSERTION';
    this.actual = details ? undefined : actual;
    this.expected = details ? undefined : expected;
    this.operator = details ? undefined : operator;
    for (let i = 0; details && i < details.length; i++) {
      this[`message ${i}`] = details[i].message;
      this[`actual ${i}`] = details[i].actual;
      this[`expected ${i}`] = details[i].expected;
      this[`operator ${i}`] = details[i].operator;
      this[`stack trace ${i}`] = details[i].stack;
    }
    ErrorCaptureStackTrace(this, stackStartFn || stackStartFunction);
    void this.stack;
    this.name = 'AssertionError';
    this.diff = diff;
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](recurseTimes, ctx) {
    const { actual, expected } = this;
    this.actual = shorten(actual);
    this.expected = shorten(expected);
    // The message shows both values in full.
    const shown = inspect(this, { ...ctx, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return shown;
  }
}

module.exports = AssertionError;
