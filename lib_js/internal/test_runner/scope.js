'use strict';
// Which test the running code belongs to. The answer travels with the async context, as a value of
// AsyncLocalStorage does, so it holds in timers, promises and callbacks that a test has started,
// and when one of them throws.

const { ReflectApply } = primordials;

const AsyncContextFrame = require('internal/async_context_frame');

const { current, exchange, extend, set } = AsyncContextFrame;

/** The key of the test in async contexts. */
const kTest = { __proto__: null };

/** What stands for a test while reporters run. */
const reporterScope = { __proto__: null, reporters: [] };

/** The context that code of `owner` runs in: that of now, with `owner` as its test. */
function scopeFor(owner) {
  return extend(kTest, owner);
}

function currentOwner() {
  return current()?.get(kTest);
}

function runInScope(scope, fn, self, args) {
  const outer = exchange(scope);
  try {
    return ReflectApply(fn, self, args);
  } finally {
    set(outer);
  }
}

/** A function that always runs in the context of now. */
function bindScope(fn) {
  const scope = current();
  return (...args) => runInScope(scope, fn, undefined, args);
}

module.exports = {
  bindScope,
  currentOwner,
  reporterScope,
  runInScope,
  scopeFor,
};
