'use strict';

// The array-like methods of Readable: map(), filter(), reduce() and so on. Those that return
// streams are async generators here; node/stream turns them into Readables.

const {
  ArrayPrototypePush,
  ArrayPrototypeShift,
  MathFloor,
  Number,
  NumberIsNaN,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  ReflectApply,
  Symbol,
} = primordials;

const {
  AbortError,
  codes: { ERR_MISSING_ARGS, ERR_OUT_OF_RANGE },
} = require('internal/errors');
const {
  validateAbortSignal,
  validateFunction,
  validateInteger,
  validateObject,
} = require('internal/validators');

const kEmpty = Symbol('kEmpty'); // A result that is left out.
const kEof = Symbol('kEof');

function validateOptions(options) {
  if (options != null) validateObject(options, 'options');
  if (options?.signal != null) validateAbortSignal(options.signal, 'options.signal');
}

function map(fn, options) {
  validateFunction(fn, 'fn');
  validateOptions(options);
  let concurrency = 1;
  if (options?.concurrency != null) concurrency = MathFloor(options.concurrency);
  let highWaterMark = concurrency - 1;
  if (options?.highWaterMark != null) highWaterMark = MathFloor(options.highWaterMark);
  validateInteger(concurrency, 'options.concurrency', 1);
  validateInteger(highWaterMark, 'options.highWaterMark', 0);
  return new Mapping(this, fn, options?.signal, concurrency, highWaterMark + concurrency).results();
}

// Calls fn ahead of the reader: up to `concurrency` calls run at once, and up to `resultsMax`
// results wait, in the order of their values.
class Mapping {
  constructor(stream, fn, signal, concurrency, resultsMax) {
    const { AbortSignal } = require('internal/abort_controller');
    this.stream = stream;
    this.fn = fn;
    this.signal = AbortSignal.any(signal ? [signal] : []);
    this.concurrency = concurrency;
    this.resultsMax = resultsMax;
    this.queue = []; // Promises of results; kEof at the end.
    this.runningCount = 0;
    this.done = false;
    this.wakePump = null;
    this.wakeReader = null;
    this.onSettled = () => {
      this.runningCount--;
      this.resumePump();
    };
    this.onFailed = () => {
      this.done = true;
      this.onSettled();
    };
  }

  get mayRun() {
    return this.runningCount < this.concurrency && this.queue.length < this.resultsMax;
  }

  resumePump() {
    if (this.done || !this.mayRun) return;
    this.wakePump?.();
    this.wakePump = null;
  }

  resumeReader() {
    this.wakeReader?.();
    this.wakeReader = null;
  }

  enqueue(promise) {
    PromisePrototypeThen(promise, this.onSettled, this.onFailed);
    ArrayPrototypePush(this.queue, promise);
  }

  async pump() {
    const { fn, signal } = this;
    const fnOptions = { signal };
    try {
      for await (const value of this.stream) {
        if (this.done) return;
        if (signal.aborted) throw new AbortError();
        let result;
        try {
          result = fn(value, fnOptions);
          if (result === kEmpty) continue;
          result = PromiseResolve(result);
        } catch (error) {
          result = PromiseReject(error);
        }
        this.runningCount++;
        this.enqueue(result);
        this.resumeReader();
        if (!this.done && !this.mayRun) {
          await new Promise((resolve) => { this.wakePump = resolve; });
        }
      }
      ArrayPrototypePush(this.queue, kEof);
    } catch (error) {
      this.enqueue(PromiseReject(error));
    } finally {
      this.done = true;
      this.resumeReader();
    }
  }

  async* results() {
    const { queue, signal } = this;
    this.pump();
    try {
      while (true) {
        while (queue.length > 0) {
          const result = await queue[0];
          if (result === kEof) return;
          if (signal.aborted) throw new AbortError();
          if (result !== kEmpty) yield result;
          ArrayPrototypeShift(queue);
          this.resumePump();
        }
        await new Promise((resolve) => { this.wakeReader = resolve; });
      }
    } finally {
      this.done = true;
      this.wakePump?.();
      this.wakePump = null;
    }
  }
}

function filter(fn, options) {
  validateFunction(fn, 'fn');
  return ReflectApply(map, this, [async (value, options) => {
    return await fn(value, options) ? value : kEmpty;
  }, options]);
}

async function forEach(fn, options) {
  validateFunction(fn, 'fn');
  const calls = ReflectApply(map, this, [async (value, options) => {
    await fn(value, options);
    return kEmpty;
  }, options]);
  // eslint-disable-next-line no-unused-vars
  for await (const unused of calls);
}

async function some(fn, options = undefined) {
  // eslint-disable-next-line no-unused-vars
  for await (const unused of ReflectApply(filter, this, [fn, options])) return true;
  return false;
}

async function every(fn, options = undefined) {
  validateFunction(fn, 'fn');
  const fails = async (...args) => !(await fn(...args));
  return !(await ReflectApply(some, this, [fails, options]));
}

async function find(fn, options) {
  for await (const value of ReflectApply(filter, this, [fn, options])) return value;
  return undefined;
}

async function reduce(reducer, initialValue, options) {
  validateFunction(reducer, 'reducer');
  validateOptions(options);
  const outer = options?.signal;
  let hasValue = arguments.length > 1;

  if (outer?.aborted) {
    const error = new AbortError(undefined, { cause: outer.reason });
    this.once('error', () => {}); // It is thrown here.
    const { finished } = require('internal/streams/end-of-stream');
    await finished(this.destroy(error));
    throw error;
  }
  const { AbortController } = require('internal/abort_controller');
  const controller = new AbortController();
  const { signal } = controller;
  if (outer) {
    const { kWeakHandler, kResistStopPropagation } = require('internal/event_target');
    outer.addEventListener('abort', () => controller.abort(), {
      once: true,
      [kWeakHandler]: this,
      [kResistStopPropagation]: true,
    });
  }
  let result = initialValue;
  try {
    for await (const value of this) {
      if (outer?.aborted) throw new AbortError();
      if (hasValue) {
        result = await reducer(result, value, { signal });
      } else {
        result = value;
        hasValue = true;
      }
    }
    if (!hasValue) {
      const error = new ERR_MISSING_ARGS('reduce');
      error.message = 'Reduce of an empty stream requires an initial value';
      throw error;
    }
  } finally {
    controller.abort();
  }
  return result;
}

async function toArray(options) {
  validateOptions(options);
  const signal = options?.signal;
  const result = [];
  for await (const value of this) {
    if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
    ArrayPrototypePush(result, value);
  }
  return result;
}

function flatMap(fn, options) {
  return flatten(ReflectApply(map, this, [fn, options]));
}

async function* flatten(iterables) {
  for await (const iterable of iterables) yield* iterable;
}

function toCount(number) {
  number = Number(number);
  if (NumberIsNaN(number)) return 0;
  if (number < 0) throw new ERR_OUT_OF_RANGE('number', '>= 0', number);
  return number;
}

function drop(number, options = undefined) {
  validateOptions(options);
  return dropFrom(this, toCount(number), options?.signal);
}

async function* dropFrom(stream, count, signal) {
  if (signal?.aborted) throw new AbortError();
  for await (const value of stream) {
    if (signal?.aborted) throw new AbortError();
    if (count-- <= 0) yield value;
  }
}

function take(number, options = undefined) {
  validateOptions(options);
  return takeFrom(this, toCount(number), options?.signal);
}

async function* takeFrom(stream, count, signal) {
  if (signal?.aborted) throw new AbortError();
  for await (const value of stream) {
    if (signal?.aborted) throw new AbortError();
    if (count-- > 0) yield value;
    // At once, not when the next value comes.
    if (count <= 0) return;
  }
}

module.exports = {
  streamReturningOperators: { drop, filter, flatMap, map, take },
  promiseReturningOperators: { every, forEach, reduce, toArray, some, find },
};
