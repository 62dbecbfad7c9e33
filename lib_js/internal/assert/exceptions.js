'use strict';

// What throws(), rejects() and their opposites do with the error they caught. `diff` is the option
// of the Assert object that was called, if any.

const {
  ArrayPrototypePush, Error, FunctionPrototypeCall, ObjectKeys, ObjectPrototypeIsPrototypeOf,
  RegExpPrototypeExec, String,
} = primordials;

const AssertionError = require('internal/assert/assertion_error');
const {
  codes: {
    ERR_AMBIGUOUS_ARGUMENT, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_VALUE,
  },
} = require('internal/errors');
const { isError } = require('internal/util');
const { isDeepStrictEqual } = require('internal/util/comparisons');
const { inspect } = require('internal/util/inspect');
const { isPromise, isRegExp } = require('internal/util/types');
const { validateFunction } = require('internal/validators');

const expectedKinds = ['Object', 'Error', 'Function', 'RegExp'];

/** What getActual and waitForActual answer if nothing was thrown. */
const NO_EXCEPTION = {};

function getActual(fn) {
  validateFunction(fn, 'fn');
  try {
    fn();
  } catch (error) {
    return error;
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
function fail(options) {
  if (options.message instanceof Error) throw options.message;
  throw new AssertionError(options);
}

/** Fails with a message of ours, or with the user's. */
function failGenerated(fn, actual, expected, message, generate) {
  const error = new AssertionError({
    actual, expected, message: message || generate(), operator: fn.name, stackStartFn: fn,
  });
  error.generatedMessage = !message;
  throw error;
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
  if (key in actual && isDeepStrictEqual(actual[key], expected[key])) return;
  if (message) fail({ actual, expected, message, operator: fn.name, stackStartFn: fn });
  const error = new AssertionError({
    actual: new Comparison(actual, keys),
    expected: new Comparison(expected, keys, actual),
    operator: 'deepStrictEqual',
    stackStartFn: fn,
  });
  error.actual = actual;
  error.expected = expected;
  error.operator = fn.name;
  throw error;
}

function checkObject(actual, expected, message, fn) {
  if (typeof actual !== 'object' || actual === null) {
    const error = new AssertionError({
      actual, expected, message, operator: 'deepStrictEqual', stackStartFn: fn,
    });
    error.operator = fn.name;
    throw error;
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

function checkExpected(actual, expected, message, fn) {
  if (typeof expected !== 'function') {
    if (!isRegExp(expected)) {
      checkObject(actual, expected, message, fn);
      return;
    }
    const text = String(actual);
    if (RegExpPrototypeExec(expected, text) !== null) return;
    failGenerated(fn, actual, expected, message, () => describeMismatch(expected, text));
  }
  if (isInstance(actual, expected)) return;
  if (ObjectPrototypeIsPrototypeOf(Error, expected)) {
    failGenerated(fn, actual, expected, message, () => describeWrongClass(actual, expected));
  }
  const result = FunctionPrototypeCall(expected, {}, actual);
  if (result === true) return;
  failGenerated(fn, actual, expected, message, () => describeRefusal(actual, expected, result));
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
    fail({
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
  if (error && !isUnwanted(actual, error)) throw actual;
  fail({
    actual,
    expected: error,
    operator: stackStartFn.name,
    message: `Got unwanted ${kind}${message ? `: ${message}` : '.'}\n` +
      `Actual message: "${actual?.message}"`,
    stackStartFn,
  });
}

module.exports = { expectsError, expectsNoError, fail, getActual, waitForActual };
