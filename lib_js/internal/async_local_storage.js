'use strict';

// AsyncLocalStorage: a value that follows the program through callbacks and promises.

const { ObjectIs, ReflectApply, SymbolDispose } = primordials;

const { validateObject } = require('internal/validators');
const AsyncContextFrame = require('internal/async_context_frame');

const { current: currentFrame, set: setFrame, extend } = AsyncContextFrame;

class AsyncLocalStorage {
  #defaultValue;
  #name;

  constructor(options = {}) {
    validateObject(options, 'options');
    this.#defaultValue = options.defaultValue;
    if (options.name !== undefined) this.#name = `${options.name}`;
  }

  get name() {
    return this.#name || '';
  }

  static bind(fn) {
    return require('async_hooks').AsyncResource.bind(fn);
  }

  static snapshot() {
    return AsyncLocalStorage.bind((cb, ...args) => cb(...args));
  }

  disable() {
    AsyncContextFrame.disable(this);
  }

  enterWith(data) {
    setFrame(extend(this, data));
  }

  run(data, fn, ...args) {
    if (ObjectIs(this.getStore(), data)) return ReflectApply(fn, null, args);
    const prior = currentFrame();
    const frame = extend(this, data);
    setFrame(frame);
    try {
      return ReflectApply(fn, null, args);
    } finally {
      if (currentFrame() === frame) setFrame(prior);
      else this.#restore(prior);
    }
  }

  // fn entered other values: what it did to other storages outlives it.
  #restore(prior) {
    if (prior !== undefined && prior.has(this)) this.enterWith(prior.get(this));
    else setFrame(AsyncContextFrame.without(currentFrame(), this));
  }

  exit(fn, ...args) {
    return this.run(undefined, fn, ...args);
  }

  getStore() {
    const frame = currentFrame();
    if (frame === undefined) return this.#defaultValue;
    if (frame.storage === this) return frame.data;
    return frame.has(this) ? frame.get(this) : this.#defaultValue;
  }

  withScope(store) {
    return new RunScope(this, store);
  }
}

// For `using`: enters a value now and restores the former one at the end of the block.
class RunScope {
  #storage;
  #previousStore;
  #disposed = false;

  constructor(storage, store) {
    this.#storage = storage;
    this.#previousStore = storage.getStore();
    storage.enterWith(store);
  }

  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#storage.enterWith(this.#previousStore);
  }

  [SymbolDispose]() {
    this.dispose();
  }
}

module.exports = AsyncLocalStorage;
