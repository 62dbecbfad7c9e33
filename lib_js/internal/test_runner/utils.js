'use strict';
// Small things that the parts of the runner share.

const {
  MathFloor,
  MathImul,
  MathRandom,
  PromiseWithResolvers,
  RegExp,
  RegExpPrototypeExec,
} = primordials;

const { codes: { ERR_INVALID_ARG_VALUE, ERR_TEST_FAILURE } } = require('internal/errors');
const { kMultipleCallbackInvocations } = require('internal/test_runner/failure');

const kMaxRandomSeed = 0xffff_ffff;

/** A callback for error-first functions, and the promise that it settles. */
function createDeferredCallback() {
  const { promise, resolve, reject } = PromiseWithResolvers();
  let calls = 0;
  const cb = (error) => {
    calls++;
    // Told once; further calls are ignored.
    if (calls === 2) {
      throw new ERR_TEST_FAILURE('callback invoked multiple times', kMultipleCallbackInvocations);
    }
    if (calls > 1) return;
    if (error) reject(error);
    else resolve();
  };
  return { __proto__: null, promise, cb };
}

/** 'text' or '/text/flags' */
function convertStringToRegExp(text, name) {
  const parts = RegExpPrototypeExec(/^\/(.*)\/([a-z]*)$/, text);
  try {
    return new RegExp(parts?.[1] ?? text, parts?.[2] ?? '');
  } catch (error) {
    const why = error?.message ? ` ${error.message}` : '';
    throw new ERR_INVALID_ARG_VALUE(name, text, `is an invalid regular expression.${why}`);
  }
}

function createRandomSeed() {
  return MathFloor(MathRandom() * (kMaxRandomSeed + 1));
}

/** Mulberry32: the same numbers from 0 to 1 for the same seed, as in Node. */
function createSeededGenerator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = MathImul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + MathImul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / (kMaxRandomSeed + 1);
  };
}

/** Adds one result to the sums of the run. */
function countCompletedTest(test, harness = test.root.harness) {
  const { counters } = harness;
  if (test.nesting === 0) counters.topLevel++;
  if (test.reportedType === 'suite') {
    counters.suites++;
    if (!test.passed && !test.isTodo) harness.success = false;
    return;
  }
  counters.tests++;
  if (test.skipped) {
    counters.skipped++;
  } else if (test.isTodo) {
    counters.todo++;
  } else if (test.passed && !test.cancelled) {
    counters.passed++;
  } else {
    harness.success = false;
    if (test.cancelled) counters.cancelled++;
    else counters.failed++;
  }
}

module.exports = {
  convertStringToRegExp,
  countCompletedTest,
  createDeferredCallback,
  createRandomSeed,
  createSeededGenerator,
  kMaxRandomSeed,
};
