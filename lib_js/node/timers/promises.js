'use strict';

// node:timers/promises.

const { Promise, PromiseReject, ReflectConstruct, Symbol } = primordials;

const { Timeout, Immediate, insert, clearTimer, clearImmediate } = require('internal/timers');
const {
  AbortError,
  codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS },
} = require('internal/errors');
const {
  validateAbortSignal,
  validateBoolean,
  validateNumber,
  validateObject,
} = require('internal/validators');
const { kEmptyObject } = require('internal/util');

const kScheduler = Symbol('kScheduler');

function validateOptions(options) {
  validateObject(options, 'options');
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  if (options.ref !== undefined) validateBoolean(options.ref, 'options.ref');
}

function abortError(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

function listenForAbort(signal, listener) {
  const { kResistStopPropagation } = require('internal/event_target');
  signal.addEventListener('abort', listener, {
    __proto__: null,
    once: true,
    [kResistStopPropagation]: true,
  });
}

// One settled wait. start(resolve) makes the timer, cancel(timer) ends it.
function wait(signal, start, cancel) {
  if (signal === undefined) return new Promise(start);
  if (signal.aborted) return PromiseReject(abortError(signal));
  return new Promise((resolve, reject) => {
    const timer = start((value) => {
      signal.removeEventListener('abort', onAbort);
      resolve(value);
    });
    function onAbort() {
      if (timer._destroyed) return;
      cancel(timer);
      signal.removeEventListener('abort', onAbort);
      reject(abortError(signal));
    }
    listenForAbort(signal, onAbort);
  });
}

function setTimeout(after, value, options = kEmptyObject) {
  try {
    if (after !== undefined) validateNumber(after, 'delay');
    validateOptions(options);
  } catch (error) {
    return PromiseReject(error);
  }
  const { signal, ref = true } = options;
  return wait(signal, (resolve) => {
    const timer = new Timeout(resolve, after, [value], false, ref);
    insert(timer, timer._idleTimeout);
    return timer;
  }, clearTimer);
}

function setImmediate(value, options = kEmptyObject) {
  try {
    validateOptions(options);
  } catch (error) {
    return PromiseReject(error);
  }
  const { signal, ref = true } = options;
  return wait(signal, (resolve) => {
    const immediate = new Immediate(resolve, [value]);
    if (!ref) immediate.unref();
    return immediate;
  }, clearImmediate);
}

async function* setInterval(after, value, options = kEmptyObject) {
  if (after !== undefined) validateNumber(after, 'delay');
  validateOptions(options);
  const { signal, ref = true } = options;
  if (signal?.aborted) throw abortError(signal);

  let expiriesCount = 0; // Expired but not yet yielded.
  let wake; // Resolves the wait of the loop below.
  const interval = new Timeout(() => {
    expiriesCount++;
    wake?.();
    wake = undefined;
  }, after, undefined, true, ref);
  const onAbort = () => {
    clearTimer(interval);
    wake?.();
    wake = undefined;
  };
  try {
    insert(interval, interval._idleTimeout);
    if (signal) listenForAbort(signal, onAbort);
    while (!signal?.aborted) {
      if (expiriesCount === 0) {
        await new Promise((resolve) => { wake = resolve; });
        if (signal?.aborted) break;
      }
      for (; expiriesCount > 0; expiriesCount--) yield value;
    }
    throw abortError(signal);
  } finally {
    clearTimer(interval);
    signal?.removeEventListener('abort', onAbort);
  }
}

class Scheduler {
  constructor() {
    throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  yield() {
    if (!this[kScheduler]) throw new ERR_INVALID_THIS('Scheduler');
    return setImmediate();
  }

  wait(delay, options) {
    if (!this[kScheduler]) throw new ERR_INVALID_THIS('Scheduler');
    return setTimeout(delay, undefined, options);
  }
}

module.exports = {
  setTimeout,
  setImmediate,
  setInterval,
  scheduler: ReflectConstruct(function() {
    this[kScheduler] = true;
  }, [], Scheduler),
};
