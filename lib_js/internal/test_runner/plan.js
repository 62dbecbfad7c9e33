'use strict';
// t.plan(count): how many assertions and subtests a test promises to make.

const { PromiseWithResolvers } = primordials;

const { codes: { ERR_INVALID_ARG_TYPE, ERR_TEST_FAILURE } } = require('internal/errors');
const { TIMEOUT_MAX } = require('internal/timers');
const { kEmptyObject } = require('internal/util');
const { validateNumber, validateObject, validateUint32 } = require('internal/validators');
const { kTestCodeFailure, kTestTimeoutFailure } = require('internal/test_runner/failure');
const { clearTimeout, setTimeout } = require('internal/timers');

class TestPlan {
  #expected;
  #actual = 0;
  /** Milliseconds, true for as long as it takes, or nothing. */
  #wait;
  #waiting = null;
  #timer = null;

  constructor(count, options = kEmptyObject) {
    validateUint32(count, 'count');
    validateObject(options, 'options');
    const { wait } = options;
    if (typeof wait === 'number') {
      validateNumber(wait, 'options.wait', 0, TIMEOUT_MAX);
    } else if (wait !== undefined && typeof wait !== 'boolean') {
      throw new ERR_INVALID_ARG_TYPE('options.wait', ['boolean', 'number'], wait);
    }
    this.#expected = count;
    this.#wait = wait;
  }

  count() {
    this.#actual++;
    if (this.#waiting !== null) this.check();
  }

  /**
   * The test's function has come to its end. Throws when the plan is not met, unless it may wait.
   * @returns {Promise<void> | undefined} what to wait for
   */
  check() {
    if (this.#actual === this.#expected) {
      clearTimeout(this.#timer);
      this.#timer = null;
      this.#waiting?.resolve();
      this.#waiting = null;
      return undefined;
    }
    if (this.#wait === undefined || this.#wait === false) {
      throw new ERR_TEST_FAILURE(
        `plan expected ${this.#expected} assertions but received ${this.#actual}`,
        kTestCodeFailure);
    }
    if (this.#waiting === null) {
      this.#waiting = PromiseWithResolvers();
      if (this.#wait !== true) this.#timer = setTimeout(() => this.#giveUp(), this.#wait);
    }
    return this.#waiting.promise;
  }

  #giveUp() {
    this.#waiting.reject(new ERR_TEST_FAILURE(
      `plan timed out after ${this.#wait}ms with ${this.#actual} assertions ` +
        `when expecting ${this.#expected}`,
      kTestTimeoutFailure));
  }
}

module.exports = { TestPlan };
