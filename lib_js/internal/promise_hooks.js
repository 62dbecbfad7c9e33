'use strict';

// v8.promiseHooks: functions that are told of every promise of this isolate.

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
} = primordials;

const { setPromiseHooks } = internalBinding('async_context');
const { triggerUncaughtException } = internalBinding('errors');
const { kEmptyObject } = require('internal/util');
const { validatePlainFunction } = require('internal/validators');

// In the order that V8 takes them.
const NAMES = ['init', 'before', 'after', 'settled'];
const lists = [[], [], [], []];

/** One function that calls all; what they throw is uncaught once each was called. */
function callAll(hooks) {
  if (hooks.length <= 1) return hooks[0];
  const all = ArrayPrototypeSlice(hooks);
  return (promise, parent) => {
    const errors = [];
    for (let i = 0; i < all.length; i++) {
      try {
        all[i](promise, parent);
      } catch (error) {
        ArrayPrototypePush(errors, error);
      }
    }
    for (let i = 0; i < errors.length; i++) triggerUncaughtException(errors[i], false);
  };
}

function update() {
  const { 0: init, 1: before, 2: after, 3: settled } = lists;
  setPromiseHooks(callAll(init), callAll(before), callAll(after), callAll(settled));
}

function adder(kind) {
  const list = lists[kind];
  return (hook) => {
    validatePlainFunction(hook, `${NAMES[kind]}Hook`);
    ArrayPrototypePush(list, hook);
    update();
    return () => {
      const index = ArrayPrototypeIndexOf(list, hook);
      if (index === -1) return;
      ArrayPrototypeSplice(list, index, 1);
      update();
    };
  };
}

const onInit = adder(0);
const onBefore = adder(1);
const onAfter = adder(2);
const onSettled = adder(3);

function createHook({ init, before, after, settled } = kEmptyObject) {
  const stops = [];
  if (init) ArrayPrototypePush(stops, onInit(init));
  if (before) ArrayPrototypePush(stops, onBefore(before));
  if (after) ArrayPrototypePush(stops, onAfter(after));
  if (settled) ArrayPrototypePush(stops, onSettled(settled));
  return () => {
    for (let i = 0; i < stops.length; i++) stops[i]();
  };
}

module.exports = { createHook, onInit, onBefore, onAfter, onSettled };
