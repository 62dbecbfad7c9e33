'use strict';
// What the functions of tests and suites are given: `t`.

const { Error, Number, PromiseWithResolvers, ReflectApply, Symbol } = primordials;

const { getCallerLocation } = internalBinding('util');
const { innerOk } = require('internal/assert/utils');
const { codes: { ERR_TEST_FAILURE } } = require('internal/errors');
const { TIMEOUT_MAX } = require('internal/timers');
const { kEmptyObject } = require('internal/util');
const { validateFunction, validateNumber, validateObject } = require('internal/validators');
const { kTestCodeFailure } = require('internal/test_runner/failure');
const { TestPlan } = require('internal/test_runner/plan');
const { clearTimeout, setTimeout } = require('internal/timers');

function fullNameOf(test) {
  let fullName = test.name;
  if (test === test.root) return fullName;
  for (let up = test.parent; up !== test.root; up = up.parent) {
    fullName = `${up.name} > ${fullName}`;
  }
  return fullName;
}

/** The assertions of one test: they count for its plan. */
function makeAssert(context, test) {
  const { plan } = test;
  const map = test.root.harness.getAssertions();
  const assert = { __proto__: null };
  const count = () => plan?.count();
  map.forEach((method, name) => {
    assert[name] = (...args) => {
      count();
      return ReflectApply(method, context, args);
    };
  });
  if (!map.has('ok')) {
    // Its message quotes the source of the call, so it must know which function was called.
    assert.ok = function ok(...args) {
      count();
      innerOk(assert.ok, args.length, ...args);
    };
  }
  return assert;
}

class TestContext {
  #assert;
  #test;

  constructor(test) {
    this.#test = test;
  }

  get signal() {
    return this.#test.signal;
  }

  get name() {
    return this.#test.name;
  }

  get filePath() {
    return this.#test.entryFile;
  }

  get fullName() {
    return fullNameOf(this.#test);
  }

  get error() {
    return this.#test.error;
  }

  get passed() {
    return this.#test.passed;
  }

  get attempt() {
    return this.#test.attempt ?? 0;
  }

  get tags() {
    return this.#test.tags;
  }

  get workerId() {
    return Number(process.env.NODE_TEST_WORKER_ID) || undefined;
  }

  diagnostic(message) {
    this.#test.diagnostic(message);
  }

  log(message, data) {
    this.#test.log(message, data);
  }

  plan(count, options = kEmptyObject) {
    if (this.#test.plan !== null) {
      throw new ERR_TEST_FAILURE('cannot set plan more than once', kTestCodeFailure);
    }
    this.#test.plan = new TestPlan(count, options);
  }

  get assert() {
    this.#assert ??= makeAssert(this, this.#test);
    return this.#assert;
  }

  get mock() {
    if (this.#test.mock === null) {
      const { MockTracker } = require('internal/test_runner/mock/mock');
      this.#test.mock = new MockTracker();
    }
    return this.#test.mock;
  }

  runOnly(value) {
    this.#test.runOnlySubtests = !!value;
  }

  skip(message) {
    this.#test.skip(message);
  }

  todo(message) {
    this.#test.todo(message);
  }

  test(name, options, fn) {
    const loc = getCallerLocation();
    this.#test.plan?.count();
    return this.#test.addTest(name, options, fn, { __proto__: null, loc }).start();
  }

  before(fn, options) {
    this.#test.createHook('before', fn, getCallerLocation(), options);
  }

  after(fn, options) {
    this.#test.createHook('after', fn, getCallerLocation(), options);
  }

  beforeEach(fn, options) {
    this.#test.createHook('beforeEach', fn, getCallerLocation(), options);
  }

  afterEach(fn, options) {
    this.#test.createHook('afterEach', fn, getCallerLocation(), options);
  }

  waitFor(condition, options = kEmptyObject) {
    validateFunction(condition, 'condition');
    validateObject(options, 'options');
    const { interval = 50, timeout = 1000 } = options;
    validateNumber(interval, 'options.interval', 0, TIMEOUT_MAX);
    validateNumber(timeout, 'options.timeout', 0, TIMEOUT_MAX);
    return poll(condition, interval, timeout);
  }
}

/** Calls `condition` until it does not throw. */
function poll(condition, interval, timeout) {
  const { promise, resolve, reject } = PromiseWithResolvers();
  const none = Symbol();
  let cause = none;
  let isOver = false;
  let pause;
  const limit = setTimeout(() => {
    isOver = true;
    clearTimeout(pause);
    // What Node throws here has no code.
    const error = new Error('waitFor() timed out');
    if (cause !== none) error.cause = cause;
    reject(error);
  }, timeout);
  const ask = async () => {
    try {
      const result = await condition();
      clearTimeout(limit);
      resolve(result);
    } catch (error) {
      cause = error;
      if (!isOver) pause = setTimeout(ask, interval);
    }
  };
  ask();
  return promise;
}

class SuiteContext {
  #suite;

  constructor(suite) {
    this.#suite = suite;
  }

  get signal() {
    return this.#suite.signal;
  }

  get name() {
    return this.#suite.name;
  }

  get filePath() {
    return this.#suite.entryFile;
  }

  get fullName() {
    return fullNameOf(this.#suite);
  }

  get passed() {
    return this.#suite.passed;
  }

  get attempt() {
    return this.#suite.attempt ?? 0;
  }

  diagnostic(message) {
    this.#suite.diagnostic(message);
  }

  log(message, data) {
    this.#suite.log(message, data);
  }
}

module.exports = { SuiteContext, TestContext };
