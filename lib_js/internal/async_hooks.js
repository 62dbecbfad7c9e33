'use strict';

// Async ids and hooks, as far as coring has them. There are no native async wraps: only an
// AsyncResource is a resource with hooks, an execution scope and a trigger. Timers and immediates
// take an id because programs use it as a number. Everything else about async context is
// internal/async_context_frame's.

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  Error,
  SafeFinalizationRegistry,
  String,
  Symbol,
} = primordials;

// A hook's functions; they are called with the hook as `this`.
const kInit = Symbol('init');
const kBefore = Symbol('before');
const kAfter = Symbol('after');
const kDestroy = Symbol('destroy');

const async_id_symbol = Symbol('async_id_symbol');
const trigger_async_id_symbol = Symbol('trigger_async_id_symbol');

const ROOT_ID = 1; // The main program.

let lastId = ROOT_ID;
let executionId = ROOT_ID;
let triggerId = 0;
let executionResource; // undefined: the root resource.
const rootResource = {};
const outerScopes = []; // Flat triples: executionId, triggerId, executionResource.

function newAsyncId() {
  return ++lastId;
}

function executionAsyncId() {
  return executionId;
}

function triggerAsyncId() {
  return triggerId;
}

function executionAsyncResource() {
  return executionResource ?? rootResource;
}

function enterScope(id, trigger, resource) {
  outerScopes.push(executionId, triggerId, executionResource);
  executionId = id;
  triggerId = trigger;
  executionResource = resource;
}

function leaveScope() {
  executionResource = outerScopes.pop();
  triggerId = outerScopes.pop();
  executionId = outerScopes.pop();
}

// ---- hooks

let hooks = []; // Replaced, never changed, so that a hook may enable or disable others.
const counts = { init: 0, before: 0, after: 0, destroy: 0 };

function countHook(hook, change) {
  if (hook[kInit]) counts.init += change;
  if (hook[kBefore]) counts.before += change;
  if (hook[kAfter]) counts.after += change;
  if (hook[kDestroy]) counts.destroy += change;
}

function enableHook(hook) {
  if (ArrayPrototypeIndexOf(hooks, hook) !== -1) return;
  hooks = ArrayPrototypeSlice(hooks);
  ArrayPrototypePush(hooks, hook);
  countHook(hook, 1);
}

function disableHook(hook) {
  const index = ArrayPrototypeIndexOf(hooks, hook);
  if (index === -1) return;
  hooks = ArrayPrototypeSlice(hooks);
  ArrayPrototypeSplice(hooks, index, 1);
  countHook(hook, -1);
}

function initHooksExist() {
  return counts.init > 0;
}

function destroyHooksExist() {
  return counts.destroy > 0;
}

// An error in a hook cannot be handled by anybody: the program ends, as in Node.
function fatal(error) {
  const { stack } = typeof error?.stack === 'string' ? error : new Error(String(error));
  process._rawDebug(stack);
  process.reallyExit(1);
}

function emitInit(id, type, trigger, resource) {
  try {
    for (const hook of hooks) hook[kInit]?.(id, type, trigger, resource);
  } catch (error) {
    fatal(error);
  }
}

function emitBefore(id) {
  if (counts.before === 0) return;
  try {
    for (const hook of hooks) hook[kBefore]?.(id);
  } catch (error) {
    fatal(error);
  }
}

function emitAfter(id) {
  if (counts.after === 0) return;
  try {
    for (const hook of hooks) hook[kAfter]?.(id);
  } catch (error) {
    fatal(error);
  }
}

// Told outside of whatever runs now, as Node does.
const destroyed = [];

function emitDestroy(id) {
  if (counts.destroy === 0) return;
  ArrayPrototypePush(destroyed, id);
  if (destroyed.length === 1) require('timers').setImmediate(emitDestroyed);
}

function emitDestroyed() {
  tellDestroyed(ArrayPrototypeSplice(destroyed, 0));
}

function tellDestroyed(ids) {
  try {
    for (const id of ids) {
      for (const hook of hooks) hook[kDestroy]?.(id);
    }
  } catch (error) {
    fatal(error);
  }
}

let registry;

// Emits destroy when the resource is collected, unless its owner did by then.
function registerDestroyHook(resource, id, state) {
  registry ??= new SafeFinalizationRegistry((held) => {
    if (!held.state.destroyed) tellDestroyed([held.id]);
  });
  registry.register(resource, { id, state });
}

module.exports = {
  newAsyncId,
  executionAsyncId,
  triggerAsyncId,
  executionAsyncResource,
  enterScope,
  leaveScope,
  enableHook,
  disableHook,
  initHooksExist,
  destroyHooksExist,
  emitInit,
  emitBefore,
  emitAfter,
  emitDestroy,
  registerDestroyHook,
  kInit,
  kBefore,
  kAfter,
  kDestroy,
  symbols: { async_id_symbol, trigger_async_id_symbol },
};
