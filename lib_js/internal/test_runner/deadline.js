'use strict';
// What ends a test before its function does: its timeout, or an abort.

const { PromisePrototypeThen, PromiseWithResolvers, SymbolDispose } = primordials;

const { addAbortListener } = require('internal/events/abort_listener');
const { codes: { ERR_TEST_FAILURE } } = require('internal/errors');
const { kTestTimeoutFailure } = require('internal/test_runner/failure');
const { clearTimeout, setTimeout } = require('internal/timers');

class Deadline {
  #listener;
  #timer;
  /** Resolves at an abort; rejects when there is a timeout and it, or an abort, comes. */
  promise;

  constructor(timeout, signal) {
    const { promise, resolve } = PromiseWithResolvers();
    this.#listener = addAbortListener(signal, resolve);
    this.promise = promise;
    if (timeout === null) return;
    this.#timer = setTimeout(resolve, timeout);
    this.#timer.unref();
    this.promise = PromisePrototypeThen(promise, () => {
      throw new ERR_TEST_FAILURE(`test timed out after ${timeout}ms`, kTestTimeoutFailure);
    });
  }

  [SymbolDispose]() {
    this.#listener[SymbolDispose]();
    clearTimeout(this.#timer);
  }
}

module.exports = { Deadline };
