'use strict';
// The option `expectFailure`: a label, what the error must match, or both.

const { ArrayPrototypeEvery, ObjectKeys } = primordials;

const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { isRegExp } = require('internal/util/types');
const { kTestCodeFailure } = require('internal/test_runner/failure');

function expectation(label, match) {
  return { __proto__: null, label, match };
}

/** @returns {{ label?: string, match?: any } | false} */
function parseExpectFailure(value) {
  if (value === undefined || value === false) return false;
  if (typeof value === 'string') return expectation(value, undefined);
  if (typeof value === 'function' || isRegExp(value)) return expectation(undefined, value);
  if (typeof value !== 'object') return expectation(undefined, undefined);
  const keys = ObjectKeys(value);
  if (keys.length === 0) {
    throw new ERR_INVALID_ARG_VALUE('options.expectFailure', value, 'must not be an empty object');
  }
  // Anything but these two keys makes the object itself what the error must look like.
  const isOptions = ArrayPrototypeEvery(keys, (key) => key === 'label' || key === 'match');
  return isOptions ? expectation(value.label, value.match) : expectation(undefined, value);
}

/** Throws an AssertionError unless `error` is what was expected. */
function checkExpectation(expected, error) {
  if (expected.match === undefined) return;
  const isWrapped = error?.code === 'ERR_TEST_FAILURE' && error.failureType === kTestCodeFailure;
  const reason = isWrapped && error.cause ? error.cause : error;
  require('assert').throws(() => {
    throw reason;
  }, expected.match);
}

module.exports = { checkExpectation, parseExpectFailure };
