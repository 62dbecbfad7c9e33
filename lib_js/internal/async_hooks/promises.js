'use strict';

// Promises as async resources: V8 tells of each while a hook is enabled that wants to know.

const { FunctionPrototypeBind } = primordials;

const { setPromiseHooks } = internalBinding('async_context');
const { enqueueMicrotask } = internalBinding('turn');
const {
  watch,
  newAsyncId,
  getExecutionId,
  getDefaultTriggerAsyncId,
  callHooks,
  emitInit,
  emitPromiseResolve,
  pushAsyncContext,
  popAsyncContext,
  registerDestroyHook,
  kAfter,
  kBefore,
  symbols: { async_id_symbol, trigger_async_id_symbol },
} = require('internal/async_hooks');

// Gives a promise its ids. One that is older than the first hook gets them at its first sign of
// life, and before its children do.
function track(promise, parent) {
  if (promise[async_id_symbol] !== undefined) return;
  let trigger;
  if (parent === undefined) {
    trigger = getDefaultTriggerAsyncId();
  } else {
    if (parent[async_id_symbol] === undefined) {
      parent[async_id_symbol] = newAsyncId();
      parent[trigger_async_id_symbol] = getDefaultTriggerAsyncId();
    }
    trigger = parent[async_id_symbol];
  }
  promise[async_id_symbol] = newAsyncId();
  promise[trigger_async_id_symbol] = trigger;
}

function onInit(promise, parent) {
  track(promise, parent);
  emitInit(promise[async_id_symbol], 'PROMISE', promise[trigger_async_id_symbol], promise);
}

function onInitWithDestroy(promise, parent) {
  onInit(promise, parent);
  registerDestroyHook(promise, promise[async_id_symbol], undefined);
}

function onBefore(promise) {
  track(promise, undefined);
  pushAsyncContext(promise[async_id_symbol], promise[trigger_async_id_symbol], promise);
  if (watch.before !== 0) callHooks(kBefore, promise[async_id_symbol]);
}

function onAfter(promise) {
  track(promise, undefined);
  const id = promise[async_id_symbol];
  if (watch.after !== 0) callHooks(kAfter, id);
  // Hooks may have been enabled between before and after.
  if (id === getExecutionId()) popAsyncContext(id);
}

function onResolve(promise) {
  track(promise, undefined);
  emitPromiseResolve(promise[async_id_symbol]);
}

let current = [undefined, undefined, undefined, undefined];

function setHooks(init, before, after, resolve) {
  if (init === current[0] && before === current[1] && resolve === current[3]) return;
  current = [init, before, after, resolve];
  setPromiseHooks(init, before, after, resolve);
}

const disableUnlessWanted = FunctionPrototypeBind(function() {
  if (watch.promises === 0) setHooks(undefined, undefined, undefined, undefined);
}, undefined);

// The set of enabled hooks has changed.
function update() {
  if (watch.promises === 0) {
    // Later: this may run between `before` and `after` of a promise.
    enqueueMicrotask(disableUnlessWanted);
    return;
  }
  let init;
  if (watch.init !== 0) init = watch.destroy !== 0 ? onInitWithDestroy : onInit;
  else if (watch.destroy !== 0) init = onInitWithDestroy;
  setHooks(init, onBefore, onAfter, watch.promiseResolve !== 0 ? onResolve : undefined);
}

function getPromiseHooks() {
  return [...current];
}

module.exports = { getPromiseHooks, update };
