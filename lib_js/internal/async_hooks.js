'use strict';

// Async ids, execution scopes and hooks.
//
// Timers, immediates and ticks always have ids: they cost a counter. Everything else (handles,
// requests, promises) gets them only while `watch.isOn`, that is once a hook was enabled or
// somebody asked for an id: programs that do neither pay one test of a property. What existed
// before that gets an id when its next callback runs.
//
// A callback from the loop enters its scope by enterBase(), which needs no stack; scopes within it
// (AsyncResource) push. Whatever enters JavaScript anew clears what an exception has left.

const {
  ArrayPrototypeIncludes,
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  Error,
  ErrorCaptureStackTrace,
  ObjectDefineProperty,
  ReflectApply,
  SafeFinalizationRegistry,
  Symbol,
} = primordials;

const { BuiltinModule } = require('internal/bootstrap/realm');
const { getOptionValue } = require('internal/options');

// A hook's functions; they are called with the hook as `this`.
const kInit = Symbol('init');
const kBefore = Symbol('before');
const kAfter = Symbol('after');
const kDestroy = Symbol('destroy');
const kPromiseResolve = Symbol('promiseResolve');
const kNoPromises = Symbol('kNoPromiseHook');

const async_id_symbol = Symbol('async_id_symbol');
const trigger_async_id_symbol = Symbol('trigger_async_id_symbol');
const owner_symbol = Symbol('owner_symbol');
const resource_symbol = Symbol('resource_symbol'); // What the program sees instead of the holder.

const ROOT_ID = 1; // The main program.

// How many enabled hooks have each function, and whether anybody cares for ids at all.
const watch = {
  isOn: false,
  init: 0, before: 0, after: 0, destroy: 0, promiseResolve: 0, promises: 0,
};

let lastId = ROOT_ID;
let executionId = ROOT_ID;
let triggerId = 0;
let defaultTrigger = -1;
let executionResource; // undefined: the root resource.
// Nobody can ask for the resource before the program has loaded async_hooks. Until then none is
// kept: the write barrier of a store for every callback is a tenth of what an immediate costs.
let keepsResource = false;
BuiltinModule.whenLoadedByUser('async_hooks', () => { keepsResource = true; });
const rootResource = {};
const outerScopes = []; // Flat triples: executionId, triggerId, executionResource.

function newAsyncId() {
  return ++lastId;
}

function getExecutionId() {
  return executionId;
}

// The public functions: whoever asks for ids wants them from now on.
function executionAsyncId() {
  watch.isOn = true;
  return executionId;
}

function triggerAsyncId() {
  watch.isOn = true;
  return triggerId;
}

function executionAsyncResource() {
  watch.isOn = true;
  if (executionResource === undefined) return rootResource;
  return executionResource[resource_symbol] ?? executionResource;
}

function getDefaultTriggerAsyncId() {
  return defaultTrigger < 0 ? executionId : defaultTrigger;
}

function clearDefaultTriggerAsyncId() {
  defaultTrigger = -1;
}

// Calls fn(...args); what it makes was triggered by `id`.
function defaultTriggerAsyncIdScope(id, fn, ...args) {
  if (!watch.isOn || id === undefined) return ReflectApply(fn, null, args);
  const prior = defaultTrigger;
  defaultTrigger = id;
  try {
    return ReflectApply(fn, null, args);
  } finally {
    defaultTrigger = prior;
  }
}

function setDefaultTrigger(id) {
  const prior = defaultTrigger;
  defaultTrigger = id;
  return prior;
}

// ---- scopes

function enterBase(id, trigger, resource) {
  executionId = id;
  triggerId = trigger;
  if (keepsResource) executionResource = resource;
}

function leaveBase() {
  // A hook was enabled by the callback itself.
  if (watch.after !== 0) callHooks(kAfter, executionId);
  clearBase();
}

function clearBase() {
  executionId = 0;
  triggerId = 0;
  if (keepsResource) executionResource = undefined;
}

function pushScope(id, trigger, resource) {
  outerScopes.push(executionId, triggerId, executionResource);
  defaultTrigger = -1;
  executionId = id;
  triggerId = trigger;
  executionResource = resource;
}

function popScope(id) {
  // A handled exception of a listener, within, has unwound all that there were.
  if (executionId === 0 && outerScopes.length === 0) return false;
  if (id !== undefined && id !== executionId) reportCorrupted(executionId, id);
  if (outerScopes.length === 0) return false;
  executionResource = outerScopes.pop();
  triggerId = outerScopes.pop();
  executionId = outerScopes.pop();
  return outerScopes.length !== 0;
}

function reportCorrupted(actual, expected) {
  if (getOptionValue('--force-async-hooks-checks') === false) return;
  process._rawDebug(
    `Error: async hook stack has become corrupted (actual: ${actual}, expected: ${expected})`);
  const { stack } = new Error('');
  process._rawDebug(`    ${stack}`);
  process.reallyExit(1);
}

// The main program returns: its own scope must be the only one.
function leaveMain() {
  if (watch.isOn && executionId !== ROOT_ID) reportCorrupted(executionId, ROOT_ID);
}

function hasAsyncIdStack() {
  return outerScopes.length !== 0;
}

function clearAsyncIdStack() {
  // To set the length of an empty array takes V8 a tenth of a microsecond.
  if (outerScopes.length !== 0) outerScopes.length = 0;
  defaultTrigger = -1;
  clearBase();
}

// An exception that was handled left these scopes behind.
function unwindScopes() {
  if (watch.after !== 0) {
    while (executionId !== 0) {
      callHooks(kAfter, executionId);
      if (outerScopes.length === 0) break;
      popScope(undefined);
    }
  }
  clearAsyncIdStack();
}

// ---- hooks

let hooks = []; // Replaced, never changed, so that a hook may enable or disable others.
let running = null; // The list that is being called; nested calls use it, too.
let asyncPromises;

function promiseHooks() {
  asyncPromises ??= require('internal/async_hooks/promises');
  return asyncPromises;
}

function countHook(hook, change) {
  if (hook[kInit]) watch.init += change;
  if (hook[kBefore]) watch.before += change;
  if (hook[kAfter]) watch.after += change;
  if (hook[kDestroy]) watch.destroy += change;
  if (hook[kPromiseResolve]) watch.promiseResolve += change;
  if (!hook[kNoPromises]) watch.promises += change;
}

function enableHook(hook) {
  if (ArrayPrototypeIncludes(hooks, hook)) return;
  hooks = ArrayPrototypeSlice(hooks);
  ArrayPrototypePush(hooks, hook);
  countHook(hook, 1);
  watch.isOn = true;
  if (watch.promises > 0) promiseHooks().update();
}

function disableHook(hook) {
  const index = ArrayPrototypeIndexOf(hooks, hook);
  if (index === -1) return;
  hooks = ArrayPrototypeSlice(hooks);
  ArrayPrototypeSplice(hooks, index, 1);
  countHook(hook, -1);
  if (asyncPromises !== undefined) asyncPromises.update();
}

function enabledHooksExist() {
  return hooks.length > 0;
}

function initHooksExist() {
  return watch.init > 0;
}

function afterHooksExist() {
  return watch.after > 0;
}

function destroyHooksExist() {
  return watch.destroy > 0;
}

// An error in a hook cannot be handled by anybody: the program ends, as in Node. But there is no
// telling whose fault a stack overflow is: that is the program's to handle.
function fatal(error) {
  if (require('internal/errors').isStackOverflowError(error)) throw error;
  if (typeof error?.stack === 'string') {
    process._rawDebug(error.stack);
  } else {
    const told = { message: require('internal/util/inspect').inspect(error) };
    ErrorCaptureStackTrace(told, fatal);
    process._rawDebug(told.stack);
  }
  if (getOptionValue('--abort-on-uncaught-exception')) {
    process.abort();
  }
  process.exit(1);
}

function callHooks(name, id) {
  const isOutermost = running === null;
  const list = isOutermost ? running = hooks : running;
  try {
    for (let i = 0; i < list.length; i++) {
      if (typeof list[i][name] === 'function') list[i][name](id);
    }
  } catch (error) {
    fatal(error);
  } finally {
    if (isOutermost) running = null;
  }
}

function emitInit(id, type, trigger, resource) {
  if (watch.init === 0) return;
  trigger ??= getDefaultTriggerAsyncId();
  const isOutermost = running === null;
  const list = isOutermost ? running = hooks : running;
  try {
    for (let i = 0; i < list.length; i++) {
      if (typeof list[i][kInit] === 'function') list[i][kInit](id, type, trigger, resource);
    }
  } catch (error) {
    fatal(error);
  } finally {
    if (isOutermost) running = null;
  }
}

function emitBefore(id, trigger, resource) {
  pushScope(id, trigger, resource);
  if (watch.before !== 0) callHooks(kBefore, id);
}

function emitAfter(id) {
  if (watch.after !== 0) callHooks(kAfter, id);
  popScope(id);
}

function emitPromiseResolve(id) {
  callHooks(kPromiseResolve, id);
}

// Told outside of whatever runs now, in the next check phase.
let destroyed = [];
let wakeCheck;

function emitDestroy(id) {
  if (watch.destroy === 0 || id <= 0 || id === undefined) return;
  destroyed.push(id);
  if (destroyed.length === 1) wakeCheck();
}

function tellDestroyed() {
  while (destroyed.length !== 0) {
    const ids = destroyed;
    destroyed = [];
    for (let i = 0; i < ids.length; i++) callHooks(kDestroy, ids[i]);
  }
}

// internal/timers gives what makes the check phase call tellDestroyed().
function whenDestroyed(wake) {
  wakeCheck = wake;
}

let registry;

// Emits destroy when the resource is collected, unless its owner did by then.
function registerDestroyHook(resource, id, state) {
  registry ??= new SafeFinalizationRegistry((held) => {
    if (held.state === undefined || !held.state.destroyed) emitDestroy(held.id);
  });
  registry.register(resource, { id, state });
}

function getOrSetAsyncId(object) {
  const own = object[async_id_symbol];
  if (own !== undefined) return own;
  const id = newAsyncId();
  ObjectDefineProperty(object, async_id_symbol, {
    __proto__: null, value: id, writable: true, enumerable: false, configurable: true,
  });
  return id;
}

module.exports = {
  ROOT_ID,
  watch,
  newAsyncId,
  getExecutionId,
  executionAsyncId,
  triggerAsyncId,
  executionAsyncResource,
  getDefaultTriggerAsyncId,
  clearDefaultTriggerAsyncId,
  defaultTriggerAsyncIdScope,
  setDefaultTrigger,
  enterBase,
  leaveBase,
  pushAsyncContext: pushScope,
  popAsyncContext: popScope,
  leaveMain,
  hasAsyncIdStack,
  clearAsyncIdStack,
  unwindScopes,
  enableHook,
  disableHook,
  enabledHooksExist,
  initHooksExist,
  afterHooksExist,
  destroyHooksExist,
  callHooks,
  emitInit,
  emitBefore,
  emitAfter,
  emitDestroy,
  emitPromiseResolve,
  tellDestroyed,
  whenDestroyed,
  registerDestroyHook,
  getOrSetAsyncId,
  kInit,
  kBefore,
  kAfter,
  kDestroy,
  kPromiseResolve,
  kNoPromises,
  symbols: {
    async_id_symbol,
    trigger_async_id_symbol,
    init_symbol: kInit,
    before_symbol: kBefore,
    after_symbol: kAfter,
    destroy_symbol: kDestroy,
    promise_resolve_symbol: kPromiseResolve,
    owner_symbol,
    resource_symbol,
  },
};
