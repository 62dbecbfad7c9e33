'use strict';

// The public module `assert`.

const {
  ArrayPrototypeIndexOf, ArrayPrototypeJoin, ArrayPrototypeSlice, Error, NumberIsNaN,
  ObjectAssign, ObjectDefineProperty, ObjectIs, RegExpPrototypeExec, SafeArrayIterator,
  StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeSplit, Symbol,
} = primordials;

const AssertionError = require('internal/assert/assertion_error');
const CallTracker = require('internal/assert/calltracker');
const {
  expectsError, expectsNoError, fail: innerFail, getActual, waitForActual,
} = require('internal/assert/exceptions');
const { innerOk } = require('internal/assert/utils');
const {
  codes: { ERR_CONSTRUCT_CALL_REQUIRED, ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS },
} = require('internal/errors');
const { deprecate, setOwnProperty } = require('internal/util');
const {
  isDeepEqual, isDeepStrictEqual, isPartialStrictEqual,
} = require('internal/util/comparisons');
const { inspect } = require('internal/util/inspect');
const { isRegExp } = require('internal/util/types');
const { validateOneOf } = require('internal/validators');

const kOptions = Symbol('options');

let warnedOfFail = false;

/** Assertions with options of their own. A method taken off such an object loses the options. */
function Assert(options) {
  if (!new.target) throw new ERR_CONSTRUCT_CALL_REQUIRED('Assert');
  options = ObjectAssign({ __proto__: null, strict: true, skipPrototype: false }, options);
  if (options.diff !== undefined) {
    validateOneOf(options.diff, 'options.diff', ['simple', 'full']);
  }
  this.AssertionError = AssertionError;
  ObjectDefineProperty(this, kOptions, {
    __proto__: null, value: options, enumerable: false, configurable: false, writable: false,
  });
  if (options.strict) {
    this.equal = this.strictEqual;
    this.deepEqual = this.deepStrictEqual;
    this.notEqual = this.notStrictEqual;
    this.notDeepEqual = this.notDeepStrictEqual;
  }
}

const { prototype } = Assert;

/** Checks that both values were passed: undefined is a value. */
function needsBoth(count) {
  if (count < 2) throw new ERR_MISSING_ARGS('actual', 'expected');
}

/** @param {any} self  `this` of the assertion: an Assert, or anything */
function failCompared(self, stackStartFn, operator, actual, expected, message) {
  innerFail({
    actual, expected, message, operator, stackStartFn, diff: self?.[kOptions]?.diff,
  });
}

prototype.fail = function fail(actual, expected, message, operator, stackStartFn) {
  const count = arguments.length;
  const isBare = actual == null && count <= 1;
  if (isBare) {
    message = 'Failed';
  } else if (count === 1) {
    message = actual;
    actual = undefined;
  } else {
    if (!warnedOfFail) {
      warnedOfFail = true;
      process.emitWarning(
        'assert.fail() with more than one argument is deprecated. ' +
        'Please use assert.strictEqual() instead or only pass a message.',
        'DeprecationWarning', 'DEP0094');
    }
    if (count === 2) operator = '!=';
  }
  if (message instanceof Error) throw message;
  const error = new AssertionError({
    actual,
    expected,
    operator: operator === undefined ? 'fail' : operator,
    stackStartFn: stackStartFn || fail,
    message,
    diff: this?.[kOptions]?.diff,
  });
  if (isBare) error.generatedMessage = true;
  throw error;
};

function ok(...args) {
  innerOk(ok, args.length, ...new SafeArrayIterator(args));
}

prototype.ok = function ok(...args) {
  innerOk(ok, args.length, ...new SafeArrayIterator(args));
};

/* eslint-disable eqeqeq */

prototype.equal = function equal(actual, expected, message) {
  needsBoth(arguments.length);
  if (actual != expected && (!NumberIsNaN(actual) || !NumberIsNaN(expected))) {
    failCompared(this, equal, '==', actual, expected, message);
  }
};

prototype.notEqual = function notEqual(actual, expected, message) {
  needsBoth(arguments.length);
  if (actual == expected || (NumberIsNaN(actual) && NumberIsNaN(expected))) {
    failCompared(this, notEqual, '!=', actual, expected, message);
  }
};

/* eslint-enable eqeqeq */

prototype.deepEqual = function deepEqual(actual, expected, message) {
  needsBoth(arguments.length);
  if (!isDeepEqual(actual, expected)) {
    failCompared(this, deepEqual, 'deepEqual', actual, expected, message);
  }
};

prototype.notDeepEqual = function notDeepEqual(actual, expected, message) {
  needsBoth(arguments.length);
  if (isDeepEqual(actual, expected)) {
    failCompared(this, notDeepEqual, 'notDeepEqual', actual, expected, message);
  }
};

prototype.deepStrictEqual = function deepStrictEqual(actual, expected, message) {
  needsBoth(arguments.length);
  if (!isDeepStrictEqual(actual, expected, this?.[kOptions]?.skipPrototype)) {
    failCompared(this, deepStrictEqual, 'deepStrictEqual', actual, expected, message);
  }
};

prototype.notDeepStrictEqual = function notDeepStrictEqual(actual, expected, message) {
  needsBoth(arguments.length);
  if (isDeepStrictEqual(actual, expected, this?.[kOptions]?.skipPrototype)) {
    failCompared(this, notDeepStrictEqual, 'notDeepStrictEqual', actual, expected, message);
  }
};

prototype.strictEqual = function strictEqual(actual, expected, message) {
  needsBoth(arguments.length);
  if (!ObjectIs(actual, expected)) {
    failCompared(this, strictEqual, 'strictEqual', actual, expected, message);
  }
};

prototype.notStrictEqual = function notStrictEqual(actual, expected, message) {
  needsBoth(arguments.length);
  if (ObjectIs(actual, expected)) {
    failCompared(this, notStrictEqual, 'notStrictEqual', actual, expected, message);
  }
};

prototype.partialDeepStrictEqual = function partialDeepStrictEqual(actual, expected, message) {
  needsBoth(arguments.length);
  if (!isPartialStrictEqual(actual, expected)) {
    failCompared(
      this, partialDeepStrictEqual, 'partialDeepStrictEqual', actual, expected, message);
  }
};

prototype.throws = function throws(promiseFn, ...args) {
  expectsError(throws, 'exception', getActual(promiseFn), ...new SafeArrayIterator(args));
};

prototype.rejects = async function rejects(promiseFn, ...args) {
  const actual = await waitForActual(promiseFn);
  expectsError(rejects, 'rejection', actual, ...new SafeArrayIterator(args));
};

prototype.doesNotThrow = function doesNotThrow(fn, ...args) {
  expectsNoError(doesNotThrow, 'exception', getActual(fn), ...new SafeArrayIterator(args));
};

prototype.doesNotReject = async function doesNotReject(fn, ...args) {
  const actual = await waitForActual(fn);
  expectsNoError(doesNotReject, 'rejection', actual, ...new SafeArrayIterator(args));
};

function describeIfError(error) {
  if (typeof error !== 'object' || typeof error.message !== 'string') return inspect(error);
  if (error.message === '' && error.constructor) return error.constructor.name;
  return error.message;
}

/** The frames of `stack` up to the first that the original has too, then the original's. */
function joinStacks(stack, original) {
  const start = StringPrototypeIndexOf(original, '\n    at');
  if (start === -1) return stack;
  const tail = StringPrototypeSlice(original, start + 1);
  const frames = StringPrototypeSplit(tail, '\n');
  let own = StringPrototypeSplit(stack, '\n');
  for (let i = 0; i < frames.length; i++) {
    const at = ArrayPrototypeIndexOf(own, frames[i]);
    if (at !== -1) {
      own = ArrayPrototypeSlice(own, 0, at);
      break;
    }
  }
  return `${ArrayPrototypeJoin(own, '\n')}\n${tail}`;
}

prototype.ifError = function ifError(err) {
  if (err === null || err === undefined) return;
  const error = new AssertionError({
    actual: err,
    expected: null,
    operator: 'ifError',
    message: `ifError got unwanted exception: ${describeIfError(err)}`,
    stackStartFn: ifError,
    diff: this?.[kOptions]?.diff,
  });
  const { stack } = err;
  if (typeof stack === 'string') {
    const joined = joinStacks(error.stack, stack);
    if (joined !== error.stack) error.stack = joined;
  }
  throw error;
};

function describeMatch(string, regexp, wanted) {
  if (typeof string !== 'string') {
    return 'The "string" argument must be of type string. Received type ' +
      `${typeof string} (${inspect(string)})`;
  }
  const head = wanted ? 'The input did not match' : 'The input was expected to not match';
  return `${head} the regular expression ${inspect(regexp)}. Input:\n\n${inspect(string)}\n`;
}

function checkMatch(string, regexp, message, fn, wanted) {
  if (!isRegExp(regexp)) throw new ERR_INVALID_ARG_TYPE('regexp', 'RegExp', regexp);
  if (typeof string === 'string' &&
      (RegExpPrototypeExec(regexp, string) !== null) === wanted) {
    return;
  }
  if (message instanceof Error) throw message;
  const error = new AssertionError({
    actual: string,
    expected: regexp,
    message: message || describeMatch(string, regexp, wanted),
    operator: fn.name,
    stackStartFn: fn,
  });
  error.generatedMessage = !message;
  throw error;
}

prototype.match = function match(string, regexp, message) {
  checkMatch(string, regexp, message, match, true);
};

prototype.doesNotMatch = function doesNotMatch(string, regexp, message) {
  checkMatch(string, regexp, message, doesNotMatch, false);
};

// ---- the module --------------------------------------------------------------------------------

const assert = ok;
assert.AssertionError = AssertionError;
assert.CallTracker = deprecate(CallTracker, 'assert.CallTracker is deprecated.', 'DEP0173');
assert.ok = ok;
for (const name of new SafeArrayIterator([
  'fail', 'equal', 'notEqual', 'deepEqual', 'notDeepEqual', 'deepStrictEqual',
  'notDeepStrictEqual', 'strictEqual', 'notStrictEqual', 'partialDeepStrictEqual', 'match',
  'doesNotMatch', 'throws', 'rejects', 'doesNotThrow', 'doesNotReject', 'ifError',
])) {
  setOwnProperty(assert, name, prototype[name]);
}

function strict(...args) {
  innerOk(strict, args.length, ...new SafeArrayIterator(args));
}
assert.strict = ObjectAssign(strict, assert, {
  equal: assert.strictEqual,
  deepEqual: assert.deepStrictEqual,
  notEqual: assert.notStrictEqual,
  notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict.Assert = Assert;
assert.strict.strict = assert.strict;
assert.Assert = Assert;

module.exports = assert;
