'use strict';

// events.once() and events.on(): emitters and event targets as promises and async iterators.

const {
  ArrayPrototypePush,
  AsyncIteratorPrototype,
  Error,
  NumberMAX_SAFE_INTEGER,
  ObjectSetPrototypeOf,
  Promise,
  PromiseReject,
  PromiseResolve,
  SymbolAsyncIterator,
  SymbolDispose,
  SymbolFor,
} = primordials;

const { AbortError, codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const {
  validateAbortSignal,
  validateInteger,
  validateObject,
} = require('internal/validators');
const { kEmptyObject } = require('internal/util');
const { addAbortListener } = require('internal/events/abort_listener');
const { kFirstEventParam } = require('internal/events/symbols');
const FixedQueue = require('internal/fixed_queue');

const kWatermarkData = SymbolFor('nodejs.watermarkData');

function listen(emitter, name, listener, onceOnly) {
  if (typeof emitter.on === 'function') {
    if (onceOnly) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (typeof emitter.addEventListener === 'function') {
    const { kResistStopPropagation } = require('internal/event_target');
    emitter.addEventListener(name, listener, onceOnly ?
      { __proto__: null, once: true, [kResistStopPropagation]: true } : undefined);
  } else {
    throw new ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', emitter);
  }
}

function unlisten(emitter, name, listener) {
  if (typeof emitter.removeListener === 'function') {
    emitter.removeListener(name, listener);
  } else if (typeof emitter.removeEventListener === 'function') {
    emitter.removeEventListener(name, listener);
  } else {
    throw new ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', emitter);
  }
}

function checkSignal(signal) {
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
}

async function once(emitter, name, options = kEmptyObject) {
  validateObject(options, 'options');
  const { signal } = options;
  checkSignal(signal);
  return new Promise((resolve, reject) => {
    const onEvent = (...args) => {
      if (typeof emitter.removeListener === 'function') emitter.removeListener('error', onError);
      if (signal != null) unlisten(signal, 'abort', onAbort);
      resolve(args);
    };
    const onError = (error) => {
      emitter.removeListener(name, onEvent);
      if (signal != null) unlisten(signal, 'abort', onAbort);
      reject(error);
    };
    const onAbort = () => {
      unlisten(emitter, name, onEvent);
      unlisten(emitter, 'error', onError);
      reject(new AbortError(undefined, { cause: signal.reason }));
    };
    listen(emitter, name, onEvent, true);
    // An event target has no 'error' that means failure.
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', onError);
    if (signal != null) listen(signal, 'abort', onAbort, true);
  });
}

// Between an emitter and a `for await` loop: events wait for calls of next(), or calls for events.
class EventIterator {
  #emitter;
  #high;
  #low;
  #events = new FixedQueue();
  #eventsCount = 0;
  #waiting = new FixedQueue(); // { resolve, reject } of pending next() calls.
  #paused = false;
  #error = null;
  #finished = false;
  #listeners = []; // Flat triples: emitter, name, listener.
  #abortListener = null;

  constructor(emitter, name, options) {
    validateObject(options, 'options');
    const { signal } = options;
    checkSignal(signal);
    this.#high = options.highWaterMark ?? options.highWatermark ?? NumberMAX_SAFE_INTEGER;
    validateInteger(this.#high, 'options.highWaterMark', 1);
    this.#low = options.lowWaterMark ?? options.lowWatermark ?? 1;
    validateInteger(this.#low, 'options.lowWaterMark', 1);

    this.#emitter = emitter;
    this.#listen(name, options[kFirstEventParam] ?
      (value) => this.#take(value) : (...args) => this.#take(args));
    if (name !== 'error' && typeof emitter.on === 'function') {
      this.#listen('error', (error) => this.#fail(error));
    }
    const closers = options.close;
    if (closers?.length) {
      const close = () => { this.#close(); };
      for (let i = 0; i < closers.length; i++) this.#listen(closers[i], close);
    }
    if (signal) {
      this.#abortListener = addAbortListener(signal, () => {
        this.#fail(new AbortError(undefined, { cause: signal.reason }));
      });
    }
  }

  next() {
    if (this.#eventsCount > 0) {
      const value = this.#events.shift();
      this.#eventsCount--;
      if (this.#paused && this.#eventsCount < this.#low) {
        this.#emitter.resume();
        this.#paused = false;
      }
      return PromiseResolve({ value, done: false });
    }
    if (this.#error) {
      const error = this.#error;
      this.#error = null;
      return PromiseReject(error);
    }
    if (this.#finished) return this.#close();
    return new Promise((resolve, reject) => { this.#waiting.push({ resolve, reject }); });
  }

  return() {
    return this.#close();
  }

  throw(error) {
    if (!error || !(error instanceof Error)) {
      throw new ERR_INVALID_ARG_TYPE('EventEmitter.AsyncIterator', 'Error', error);
    }
    this.#fail(error);
  }

  [SymbolAsyncIterator]() {
    return this;
  }

  // For tests and readline.
  get [kWatermarkData]() {
    return {
      size: this.#eventsCount,
      low: this.#low,
      high: this.#high,
      isPaused: this.#paused,
    };
  }

  #listen(name, listener) {
    listen(this.#emitter, name, listener, false);
    ArrayPrototypePush(this.#listeners, this.#emitter, name, listener);
  }

  #take(value) {
    if (!this.#waiting.isEmpty()) {
      this.#waiting.shift().resolve({ value, done: false });
      return;
    }
    this.#eventsCount++;
    if (!this.#paused && this.#eventsCount > this.#high) {
      this.#paused = true;
      this.#emitter.pause();
    }
    this.#events.push(value);
  }

  #fail(error) {
    if (this.#waiting.isEmpty()) this.#error = error;
    else this.#waiting.shift().reject(error);
    this.#close();
  }

  #close() {
    this.#abortListener?.[SymbolDispose]();
    const listeners = this.#listeners;
    for (let i = listeners.length - 3; i >= 0; i -= 3) {
      unlisten(listeners[i], listeners[i + 1], listeners[i + 2]);
    }
    listeners.length = 0;
    this.#finished = true;
    this.#paused = false;
    const result = { value: undefined, done: true };
    while (!this.#waiting.isEmpty()) this.#waiting.shift().resolve(result);
    return PromiseResolve(result);
  }
}

ObjectSetPrototypeOf(EventIterator.prototype, AsyncIteratorPrototype);

function on(emitter, event, options = kEmptyObject) {
  return new EventIterator(emitter, event, options);
}

module.exports = { once, on };
