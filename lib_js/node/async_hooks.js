'use strict';

// node:async_hooks.
//
// Hooks, scopes and AsyncResource; AsyncLocalStorage is in a file of its own. Node's native
// resources are JavaScript objects here: internal/async_hooks/resources.

const {
  FunctionPrototypeBind,
  NumberIsSafeInteger,
  ObjectDefineProperties,
  ReflectApply,
  Symbol,
} = primordials;

const {
  codes: {
    ERR_ASYNC_CALLBACK,
    ERR_ASYNC_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_ASYNC_ID,
  },
} = require('internal/errors');
const { deprecate, kEmptyObject } = require('internal/util');
const { validateBoolean, validateFunction, validateString } = require('internal/validators');
const AsyncContextFrame = require('internal/async_context_frame');
const AsyncLocalStorage = require('internal/async_local_storage');
const {
  watch,
  newAsyncId,
  getDefaultTriggerAsyncId,
  executionAsyncId,
  triggerAsyncId,
  executionAsyncResource,
  enableHook,
  disableHook,
  initHooksExist,
  destroyHooksExist,
  emitInit,
  emitBefore,
  emitAfter,
  emitDestroy,
  pushAsyncContext,
  popAsyncContext,
  registerDestroyHook,
  kInit,
  kBefore,
  kAfter,
  kDestroy,
  kPromiseResolve,
  kNoPromises,
  symbols: { async_id_symbol, trigger_async_id_symbol },
} = require('internal/async_hooks');

const kFrame = Symbol('context_frame');
const kDestroyed = Symbol('destroyed');

class AsyncHook {
  constructor({ init, before, after, destroy, promiseResolve, trackPromises }) {
    validateHook(init, 'init');
    validateHook(before, 'before');
    validateHook(after, 'after');
    validateHook(destroy, 'destroy');
    validateHook(promiseResolve, 'promiseResolve');
    if (trackPromises !== undefined) validateBoolean(trackPromises, 'trackPromises');
    if (trackPromises === false && promiseResolve) {
      throw new ERR_INVALID_ARG_VALUE('trackPromises', trackPromises,
                                      'must not be false when promiseResolve is enabled');
    }
    this[kInit] = init;
    this[kBefore] = before;
    this[kAfter] = after;
    this[kDestroy] = destroy;
    this[kPromiseResolve] = promiseResolve;
    this[kNoPromises] = trackPromises === false;
  }

  enable() {
    enableHook(this);
    return this;
  }

  disable() {
    disableHook(this);
    return this;
  }
}

function validateHook(fn, name) {
  if (fn !== undefined && typeof fn !== 'function') throw new ERR_ASYNC_CALLBACK(`hook.${name}`);
}

function createHook(fns) {
  return new AsyncHook(fns);
}

class AsyncResource {
  constructor(type, opts = kEmptyObject) {
    validateString(type, 'type');
    let trigger = opts;
    let requireManualDestroy = false;
    if (typeof opts !== 'number') {
      trigger = opts.triggerAsyncId === undefined ?
        getDefaultTriggerAsyncId() : opts.triggerAsyncId;
      requireManualDestroy = !!opts.requireManualDestroy;
    }
    if (!NumberIsSafeInteger(trigger) || trigger < -1) {
      throw new ERR_INVALID_ASYNC_ID('triggerAsyncId', trigger);
    }

    const id = newAsyncId();
    this[kFrame] = AsyncContextFrame.current();
    this[async_id_symbol] = id;
    this[trigger_async_id_symbol] = trigger;
    if (initHooksExist()) {
      if (type.length === 0) throw new ERR_ASYNC_TYPE(type);
      emitInit(id, type, trigger, this);
    }
    if (!requireManualDestroy && destroyHooksExist()) {
      const state = this[kDestroyed] = { destroyed: false };
      registerDestroyHook(this, id, state);
    }
  }

  runInAsyncScope(fn, thisArg, ...args) {
    const id = this[async_id_symbol];
    const isWatched = watch.isOn;
    if (isWatched) emitBefore(id, this[trigger_async_id_symbol], this);
    else pushAsyncContext(id, this[trigger_async_id_symbol], this);
    const prior = AsyncContextFrame.exchange(this[kFrame]);
    try {
      return ReflectApply(fn, thisArg, args);
    } finally {
      AsyncContextFrame.set(prior);
      if (isWatched) emitAfter(id);
      else popAsyncContext(undefined);
    }
  }

  emitDestroy() {
    const state = this[kDestroyed];
    if (state !== undefined) state.destroyed = true;
    emitDestroy(this[async_id_symbol]);
    return this;
  }

  asyncId() {
    return this[async_id_symbol];
  }

  triggerAsyncId() {
    return this[trigger_async_id_symbol];
  }

  bind(fn, thisArg) {
    validateFunction(fn, 'fn');
    let bound;
    if (thisArg === undefined) {
      const resource = this;
      bound = function(...args) {
        return ReflectApply(resource.runInAsyncScope, resource, [fn, this, ...args]);
      };
    } else {
      bound = FunctionPrototypeBind(this.runInAsyncScope, this, fn, thisArg);
    }
    let self = this;
    const warning = 'The asyncResource property on bound functions is deprecated';
    ObjectDefineProperties(bound, {
      length: {
        __proto__: null,
        configurable: true,
        enumerable: false,
        value: fn.length,
        writable: false,
      },
      asyncResource: {
        __proto__: null,
        configurable: true,
        enumerable: true,
        get: deprecate(() => self, warning, 'DEP0172'),
        set: deprecate((value) => { self = value; }, warning, 'DEP0172'),
      },
    });
    return bound;
  }

  static bind(fn, type, thisArg) {
    type ||= fn.name;
    return new AsyncResource(type || 'bound-anonymous-fn').bind(fn, thisArg);
  }
}

module.exports = {
  AsyncLocalStorage,
  createHook,
  executionAsyncId,
  triggerAsyncId,
  executionAsyncResource,
  asyncWrapProviders: require('internal/async_hooks/providers').Providers,
  AsyncResource,
};
