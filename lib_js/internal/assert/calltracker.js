'use strict';

// assert.CallTracker, deprecated (DEP0173): counts calls of functions.

const {
  ArrayPrototypePush, ArrayPrototypeSlice, Error, FunctionPrototype, ObjectFreeze, Proxy,
  ReflectApply, SafeSet, SafeWeakMap,
} = primordials;

const AssertionError = require('internal/assert/assertion_error');
const {
  codes: { ERR_INVALID_ARG_VALUE, ERR_UNAVAILABLE_DURING_EXIT },
} = require('internal/errors');
const { validateUint32 } = require('internal/validators');

/** The calls of one function. */
class Tally {
  constructor(name, expected) {
    this.name = name;
    this.expected = expected;
    this.stack = new Error();
    this.calls = [];
  }

  add(thisArg, args) {
    const copy = ObjectFreeze(ArrayPrototypeSlice(args));
    ArrayPrototypePush(this.calls, ObjectFreeze({ thisArg, arguments: copy }));
  }

  /** @returns {object | undefined} what is wrong */
  report() {
    const { name, expected, stack, calls } = this;
    if (calls.length === expected) return undefined;
    return {
      message: `Expected the ${name} function to be executed ${expected} time(s) but was ` +
        `executed ${calls.length} time(s).`,
      actual: calls.length,
      expected,
      operator: name,
      stack,
    };
  }
}

class CallTracker {
  #tallies = new SafeSet();
  #byFunction = new SafeWeakMap();

  #tallyOf(tracked) {
    if (!this.#byFunction.has(tracked)) {
      throw new ERR_INVALID_ARG_VALUE('tracked', tracked, 'is not a tracked function');
    }
    return this.#byFunction.get(tracked);
  }

  reset(tracked) {
    if (tracked !== undefined) {
      this.#tallyOf(tracked).calls = [];
      return;
    }
    for (const tally of this.#tallies.values()) tally.calls = [];
  }

  getCalls(tracked) {
    return ObjectFreeze(ArrayPrototypeSlice(this.#tallyOf(tracked).calls));
  }

  calls(fn, expected = 1) {
    if (process._exiting) throw new ERR_UNAVAILABLE_DURING_EXIT();
    if (typeof fn === 'number') {
      expected = fn;
      fn = FunctionPrototype;
    }
    fn ??= FunctionPrototype;
    validateUint32(expected, 'expected', true);

    const tally = new Tally(fn.name || 'calls', expected);
    const tracked = new Proxy(fn, {
      __proto__: null,
      apply(target, thisArg, args) {
        tally.add(thisArg, args);
        return ReflectApply(target, thisArg, args);
      },
    });
    this.#tallies.add(tally);
    this.#byFunction.set(tracked, tally);
    return tracked;
  }

  report() {
    const errors = [];
    for (const tally of this.#tallies.values()) {
      const error = tally.report();
      if (error !== undefined) ArrayPrototypePush(errors, error);
    }
    return errors;
  }

  verify() {
    const errors = this.report();
    if (errors.length === 0) return;
    throw new AssertionError({
      message: errors.length === 1 ? errors[0].message :
        'Functions were not called the expected number of times',
      details: errors,
    });
  }
}

module.exports = CallTracker;
