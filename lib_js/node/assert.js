'use strict';

// The public module `assert`.

const {
  ArrayPrototypeIndexOf, ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeSlice, Error,
  FunctionPrototypeCall, NumberIsNaN, ObjectAssign, ObjectDefineProperty, ObjectIs, ObjectKeys,
  ObjectPrototypeIsPrototypeOf, RegExpPrototypeExec, SafeArrayIterator, String,
  StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeSplit, Symbol,
} = primordials;

const AssertionError = require('internal/assert/assertion_error');
const CallTracker = require('internal/assert/calltracker');
const { innerOk } = require('internal/assert/utils');
const {
  codes: {
    ERR_AMBIGUOUS_ARGUMENT, ERR_CONSTRUCT_CALL_REQUIRED, ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_VALUE, ERR_MISSING_ARGS,
  },
} = require('internal/errors');
const { deprecate, isError, setOwnProperty } = require('internal/util');
const {
  isDeepEqual, isDeepStrictEqual, isPartialStrictEqual,
} = require('internal/util/comparisons');
const { inspect } = require('internal/util/inspect');
const { isPromise, isRegExp } = require('internal/util/types');
const { validateFunction, validateOneOf } = require('internal/validators');

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
  const err = new AssertionError({
    actual,
    expected,
    operator: operator === undefined ? 'fail' : operator,
    stackStartFn: stackStartFn || fail,
    message,
    diff: this?.[kOptions]?.diff,
  });
  if (isBare) err.generatedMessage = true;
  throw err;
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

// ---- assertions about errors --------------------------------------------------------------------

const expectedKinds = ['Object', 'Error', 'Function', 'RegExp'];

/** What getActual and waitForActual answer if nothing was thrown. */
const NO_EXCEPTION = {};

function getActual(fn) {
  validateFunction(fn, 'fn');
  try {
    fn();
  } catch (err) {
    return err;
  }
  return NO_EXCEPTION;
}

/** Thenables count if they are objects with a catch as well. */
function isPromiseLike(value) {
  return isPromise(value) ||
    (value !== null && typeof value === 'object' &&
     typeof value.then === 'function' && typeof value.catch === 'function');
}

async function waitForActual(promiseFn) {
  let promise = promiseFn;
  if (typeof promiseFn === 'function') {
    promise = promiseFn();
    if (!isPromiseLike(promise)) {
      throw new ERR_INVALID_RETURN_VALUE('instance of Promise', 'promiseFn', promise);
    }
  } else if (!isPromiseLike(promiseFn)) {
    throw new ERR_INVALID_ARG_TYPE('promiseFn', ['Function', 'Promise'], promiseFn);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NO_EXCEPTION;
}

/** A message that is an error is thrown as it is. */
function innerFail(obj) {
  if (obj.message instanceof Error) throw obj.message;

  throw new AssertionError(obj);
}

// ---- validation objects ------------------------------------------------------------------------

function matches(pattern, value) {
  return typeof value === 'string' && isRegExp(pattern) &&
    RegExpPrototypeExec(pattern, value) !== null;
}

/** The compared keys alone. The name of the class shows up in the message. */
class Comparison {
  constructor(object, keys, actual) {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (!(key in object)) continue;
      // A pattern that matches is no difference.
      this[key] = actual !== undefined && matches(object[key], actual[key]) ?
        actual[key] : object[key];
    }
  }
}

function checkKey(actual, expected, key, message, keys, fn) {
  if (matches(expected[key], actual[key])) return;
  if (!(key in actual) || !isDeepStrictEqual(actual[key], expected[key])) {
    if (!message) {
      const err = new AssertionError({
        actual: new Comparison(actual, keys),
        expected: new Comparison(expected, keys, actual),
        operator: 'deepStrictEqual',
        stackStartFn: fn,
      });
      err.actual = actual;
      err.expected = expected;
      err.operator = fn.name;
      throw err;
    }
    innerFail({ actual, expected, message, operator: fn.name, stackStartFn: fn });
  }
}

function checkObject(actual, expected, message, fn) {
  if (typeof actual !== 'object' || actual === null) {
    const err = new AssertionError({
      actual,
      expected,
      message,
      operator: 'deepStrictEqual',
      stackStartFn: fn,
    });
    err.operator = fn.name;
    throw err;
  }
  const keys = ObjectKeys(expected);
  if (expected instanceof Error) {
    ArrayPrototypePush(keys, 'name', 'message');
  } else if (keys.length === 0) {
    throw new ERR_INVALID_ARG_VALUE('error', expected, 'may not be an empty object');
  }
  for (let i = 0; i < keys.length; i++) checkKey(actual, expected, keys[i], message, keys, fn);
}

// ---- other expectations ------------------------------------------------------------------------

function describeWrongClass(actual, expected) {
  const head = `The error is expected to be an instance of "${expected.name}". Received `;
  if (!isError(actual)) return `${head}"${inspect(actual, { depth: -1 })}"`;
  const name = actual.constructor?.name || actual.name;
  const kind = expected.name === name ?
    'an error with identical name but a different prototype.' : `"${name}"`;
  return head + kind + (actual.message ? `\n\nError message:\n\n${actual.message}` : '');
}

function describeRefusal(actual, expected, result) {
  const name = expected.name ? `"${expected.name}" ` : '';
  return `The ${name}validation function is expected to return "true". Received ` +
    inspect(result) + (isError(actual) ? `\n\nCaught error:\n\n${actual}` : '');
}

const describeMismatch = (pattern, text) => (
  `The input did not match the regular expression ${inspect(pattern)}. ` +
  `Input:\n\n${inspect(text)}\n`);

/** Arrow functions have no prototype; instanceof would throw. */
const isInstance = (value, fn) => fn.prototype !== undefined && value instanceof fn;

/** @returns {(() => string) | undefined} what to say if the error is not the expected one */
function findMismatch(actual, expected) {
  if (typeof expected !== 'function') {
    const text = String(actual);
    return RegExpPrototypeExec(expected, text) !== null ? undefined :
      () => describeMismatch(expected, text);
  }
  if (isInstance(actual, expected)) return undefined;
  if (ObjectPrototypeIsPrototypeOf(Error, expected)) {
    return () => describeWrongClass(actual, expected);
  }
  const result = FunctionPrototypeCall(expected, {}, actual);
  return result === true ? undefined : () => describeRefusal(actual, expected, result);
}

function checkExpected(actual, expected, message, fn) {
  if (typeof expected !== 'function' && !isRegExp(expected)) {
    checkObject(actual, expected, message, fn);
    return;
  }
  const describe = findMismatch(actual, expected);
  if (describe !== undefined) {
    const err = new AssertionError({
      actual,
      expected,
      message: message || describe(),
      operator: fn.name,
      stackStartFn: fn,
    });
    err.generatedMessage = !message;
    throw err;
  }
}

/** A string in the place of the error is the message; it is a mistake if it is the error's too. */
function checkMessage(actual, text) {
  if (typeof actual === 'object' && actual !== null) {
    if (actual.message === text) {
      throw new ERR_AMBIGUOUS_ARGUMENT(
        'error/message', `The error message "${text}" is identical to the message.`);
    }
  } else if (actual === text) {
    throw new ERR_AMBIGUOUS_ARGUMENT(
      'error/message', `The error "${actual}" is identical to the message.`);
  }
}

function expectsError(stackStartFn, kind, actual, error, message) {
  if (typeof error === 'string') {
    if (arguments.length === 5) throw new ERR_INVALID_ARG_TYPE('error', expectedKinds, error);
    checkMessage(actual, error);
    message = error;
    error = undefined;
  } else if (error != null && typeof error !== 'object' && typeof error !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('error', expectedKinds, error);
  }
  if (actual === NO_EXCEPTION) {
    const name = error?.name ? ` (${error.name})` : '';
    innerFail({
      actual: undefined,
      expected: error,
      operator: stackStartFn.name,
      message: `Missing expected ${kind}${name}${message ? `: ${message}` : '.'}`,
      stackStartFn,
    });
  }
  if (error) checkExpected(actual, error, message, stackStartFn);
}

function isUnwanted(actual, expected) {
  if (isRegExp(expected)) return RegExpPrototypeExec(expected, String(actual)) !== null;
  if (typeof expected !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('expected', ['Function', 'RegExp'], expected);
  }
  if (isInstance(actual, expected)) return true;
  if (ObjectPrototypeIsPrototypeOf(Error, expected)) return false;
  return FunctionPrototypeCall(expected, {}, actual) === true;
}

function expectsNoError(stackStartFn, kind, actual, error, message) {
  if (actual === NO_EXCEPTION) return;
  if (typeof error === 'string') {
    message = error;
    error = undefined;
  }
  if (!error || isUnwanted(actual, error)) {
    innerFail({
      actual,
      expected: error,
      operator: stackStartFn.name,
      message: `Got unwanted ${kind}${message ? `: ${message}` : '.'}\n` +
        `Actual message: "${actual?.message}"`,
      stackStartFn,
    });
  }
  throw actual;
}

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
  if (err !== null && err !== undefined) {
    const newErr = new AssertionError({
      actual: err,
      expected: null,
      operator: 'ifError',
      message: `ifError got unwanted exception: ${describeIfError(err)}`,
      stackStartFn: ifError,
      diff: this?.[kOptions]?.diff,
    });
    const { stack } = err;
    if (typeof stack === 'string') {
      const joined = joinStacks(newErr.stack, stack);
      if (joined !== newErr.stack) newErr.stack = joined;
    }

    throw newErr;
  }
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
  const isFine = typeof string === 'string' &&
    (RegExpPrototypeExec(regexp, string) !== null) === wanted;
  if (!isFine) {
    if (message instanceof Error) {
      throw message;
    }
    const err = new AssertionError({
      actual: string,
      expected: regexp,
      message: message || describeMatch(string, regexp, wanted),
      operator: fn.name,
      stackStartFn: fn,
    });
    err.generatedMessage = !message;
    throw err;
  }
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
