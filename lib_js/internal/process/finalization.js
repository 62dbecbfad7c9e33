'use strict';

// process.finalization: calls a function for an object when the process ends,
// unless the object was collected before.

const {
  ArrayPrototypeForEach,
  SafeFinalizationRegistry,
  SafeSet,
  SafeWeakRef,
} = primordials;

const { emitExperimentalWarning } = require('internal/util');
const { kValidateObjectAllowFunction, validateObject } = require('internal/validators');

const EVENTS = ['exit', 'beforeExit'];

function createFinalization() {
  const waiting = { __proto__: null, exit: new SafeSet(), beforeExit: new SafeSet() };
  const listeners = {
    __proto__: null,
    exit: () => callAll('exit'),
    beforeExit: () => callAll('beforeExit'),
  };
  let registry;

  function callAll(event) {
    for (const entry of waiting[event]) {
      const object = entry.deref();
      if (object !== undefined) entry.fn(object, event);
    }
    waiting[event].clear();
  }

  function removeListenerIfIdle(event) {
    if (waiting[event].size === 0) process.removeListener(event, listeners[event]);
  }

  /** The object was collected. */
  function forget(entry) {
    ArrayPrototypeForEach(EVENTS, (event) => {
      if (waiting[event].delete(entry)) removeListenerIfIdle(event);
    });
  }

  function add(event, object, fn) {
    validateObject(object, 'obj', kValidateObjectAllowFunction);
    if (waiting[event].size === 0) process.on(event, listeners[event]);
    const entry = new SafeWeakRef(object);
    entry.fn = fn;
    registry ??= new SafeFinalizationRegistry(forget);
    registry.register(object, entry, object);
    waiting[event].add(entry);
  }

  return {
    register(obj, fn) {
      emitExperimentalWarning('process.finalization.register');
      add('exit', obj, fn);
    },

    registerBeforeExit(obj, fn) {
      emitExperimentalWarning('process.finalization.registerBeforeExit');
      add('beforeExit', obj, fn);
    },

    unregister(obj) {
      emitExperimentalWarning('process.finalization.unregister');
      if (registry === undefined) return;
      registry.unregister(obj);
      ArrayPrototypeForEach(EVENTS, (event) => {
        for (const entry of waiting[event]) {
          const held = entry.deref();
          if (held === undefined || held === obj) waiting[event].delete(entry);
        }
        removeListenerIfIdle(event);
      });
    },
  };
}

module.exports = { createFinalization };
