'use strict';
// before, after, beforeEach and afterEach: functions that run around tests. A hook is run like a
// test, but is no part of the tree: it is not reported, unless it is the root's and fails.

const { AbortController } = require('internal/abort_controller');
const { Test } = require('internal/test_runner/test');
const { isTestFailureError, kHookFailure } = require('internal/test_runner/failure');
const { getUnreadStream } = require('internal/test_runner/tests_stream');

class TestHook extends Test {
  reportedType = 'hook';
  #args;

  constructor(parent, kind, fn, loc, options) {
    super({
      __proto__: null,
      fn,
      loc,
      timeout: options?.timeout,
      signal: options?.signal,
      harness: parent.root.harness,
      // A hook is the root of a tree that nobody reads.
      reporter: getUnreadStream(),
    });
    this.parentTest = parent;
    this.hookType = kind;
  }

  /** beforeEach and afterEach run many times; each starts afresh. */
  run(args) {
    if (this.error && !this.outerSignal?.aborted) {
      this.passed = false;
      this.error = null;
      this.abortController.abort();
      this.abortController = new AbortController();
      this.signal = this.abortController.signal;
    }
    this.#args = args;
    return super.run();
  }

  getCtx() {
    return this.parentTest.getCtx();
  }

  getRunArgs() {
    return this.#args;
  }

  willBeFilteredByName() {
    return false;
  }

  postRun() {
    const { error, parentTest: parent } = this;
    if (!error || parent !== parent.root || this.hookType !== 'after') return;
    if (isTestFailureError(error)) error.failureType = kHookFailure;
    this.endTime ??= process.hrtime.bigint();
    parent.reporter.hookFailure(this, parent.subtests.length + 1, {
      __proto__: null, duration_ms: this.duration(), error,
    });
  }
}

module.exports = { TestHook };
