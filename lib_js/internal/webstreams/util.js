'use strict';

// What the web streams share: reading strategies and callbacks of the program, promises that are
// made when somebody asks for them, and bytes that change their owner.
//
// A stream, reader, writer or controller that a program holds is a shell with one thing in it,
// under kState: our own object, which does the work and has no getter that a program could change.

const {
  Array,
  ArrayBufferPrototypeGetDetached,
  ArrayBufferPrototypeSlice,
  ArrayBufferPrototypeTransfer,
  DataViewPrototypeGetBuffer,
  DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset,
  FunctionPrototypeCall,
  MathMax,
  NumberIsNaN,
  ObjectSetPrototypeOf,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  Symbol,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  Uint8Array,
} = primordials;

const { ERR_INVALID_ARG_VALUE } = require('internal/errors').codes;
const { isDataView, isPromise, isSharedArrayBuffer } = require('internal/util/types');
const { validateFunction } = require('internal/validators');

const { constants: { kPending }, getPromiseDetails } = internalBinding('util');

const kState = Symbol('kState');
/** What our own code gives to constructors that programs may not call. */
const kSkipThrow = Symbol('kSkipThrow');

function nop() {}

/**
 * Takes Object.prototype away from objects of our own: programs may have put setters there, for
 * names that are ours too.
 */
function orphan(...classes) {
  for (let i = 0; i < classes.length; i++) ObjectSetPrototypeOf(classes[i].prototype, null);
}

// ---- promises

/** One for all who need a promise that is fulfilled with undefined, and do not give it away. */
const resolved = PromiseResolve(undefined);

/** Calls back in a microtask, as the reaction to a promise that is already fulfilled. */
function soon(callback) {
  PromisePrototypeThen(resolved, callback);
}

function setPromiseHandled(promise) {
  PromisePrototypeThen(promise, undefined, nop);
}

function isPromisePending(promise) {
  if (promise === undefined || !isPromise(promise)) return false;
  return getPromiseDetails(promise)[0] === kPending;
}

function rejectHandled(reason) {
  const promise = PromiseReject(reason);
  setPromiseHandled(promise);
  return promise;
}

/** A new promise, which an existing one takes three microtasks to resolve, as in the standard. */
function promiseResolvedWith(value) {
  return new Promise((resolve) => resolve(value));
}

/** Nothing that could be a promise: what returned it is done. */
function isPrimitive(value) {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

/** What a callback of the program returned, as one that ends a stream: with the slow promise. */
function converted(result) {
  return isPrimitive(result) ? undefined : promiseResolvedWith(result);
}

/** What an algorithm returned, as a promise to react to. */
function promiseOf(result) {
  return isPrimitive(result) ? resolved : PromiseResolve(result);
}

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

/**
 * A promise that programs may or may not look at (`closed`, `ready`): it is made when they do.
 * Its rejection counts as handled, as the standard has it for all of them.
 */
class Latch {
  constructor() {
    this.state = PENDING;
    this.reason = undefined;
    this.made = undefined;
    /** Resolves `made`, if that was made while the latch was pending. */
    this.deferred = undefined;
  }

  get isPending() {
    return this.state === PENDING;
  }

  get promise() {
    if (this.made !== undefined) return this.made;
    if (this.state === PENDING) {
      this.deferred = PromiseWithResolvers();
      return this.made = this.deferred.promise;
    }
    return this.made = this.state === FULFILLED ?
      PromiseResolve(undefined) : rejectHandled(this.reason);
  }

  resolve() {
    if (this.state !== PENDING) return;
    this.state = FULFILLED;
    if (this.deferred === undefined) return;
    this.deferred.resolve(undefined);
    this.deferred = undefined;
  }

  /** Rejects, or becomes another promise that is rejected, if it was settled before. */
  reject(reason) {
    if (this.state !== PENDING) this.made = undefined;
    this.state = REJECTED;
    this.reason = reason;
    if (this.deferred === undefined) return;
    setPromiseHandled(this.made);
    this.deferred.reject(reason);
    this.deferred = undefined;
  }

  /** Becomes another promise, which is pending. */
  renew() {
    this.state = PENDING;
    this.made = undefined;
    this.deferred = undefined;
  }
}

/** A latch that tells how a stream ends, or has ended. */
function endOf({ state, storedError }) {
  const latch = new Latch();
  if (state === 'closed') latch.resolve();
  else if (state === 'errored') latch.reject(storedError);
  return latch;
}

// ---- dictionaries of the program

function extractHighWaterMark(value, defaultHWM) {
  if (value === undefined) return defaultHWM;
  const number = +value;
  if (typeof number !== 'number' || NumberIsNaN(number) || number < 0) {
    throw new ERR_INVALID_ARG_VALUE.RangeError('strategy.highWaterMark', value);
  }
  return number;
}

/** undefined stands for "one each". */
function extractSizeAlgorithm(size) {
  if (size === undefined) return undefined;
  validateFunction(size, 'strategy.size');
  return (chunk) => FunctionPrototypeCall(size, undefined, chunk);
}

/** A callback of a dictionary, which may be missing. */
function callbackOf(fn, name) {
  if (fn !== undefined) validateFunction(fn, name);
  return fn;
}

function checkedSize(size) {
  const number = +size;
  if (NumberIsNaN(number) || number < 0 || number === Infinity) {
    throw new ERR_INVALID_ARG_VALUE.RangeError('size', size);
  }
  return number;
}

// ---- bytes

// By the original getters: views of programs may have others.
function viewBuffer(view) {
  return isDataView(view) ? DataViewPrototypeGetBuffer(view) : TypedArrayPrototypeGetBuffer(view);
}

function viewByteLength(view) {
  return isDataView(view) ?
    DataViewPrototypeGetByteLength(view) : TypedArrayPrototypeGetByteLength(view);
}

function viewByteOffset(view) {
  return isDataView(view) ?
    DataViewPrototypeGetByteOffset(view) : TypedArrayPrototypeGetByteOffset(view);
}

function isDetached(buffer) {
  return !isSharedArrayBuffer(buffer) && ArrayBufferPrototypeGetDetached(buffer);
}

/** The same bytes in a buffer that nobody else has. Throws if it cannot be taken away. */
function transferArrayBuffer(buffer) {
  return ArrayBufferPrototypeTransfer(buffer);
}

function cloneAsUint8Array(view) {
  const start = viewByteOffset(view);
  return new Uint8Array(
    ArrayBufferPrototypeSlice(viewBuffer(view), start, start + viewByteLength(view)));
}

// ---- queues

const EMPTY = [];
const RING_LENGTH_MIN = 4;

/** A queue in a ring that grows; its length is a power of two. */
class Ring {
  constructor() {
    this.list = EMPTY; // Most queues of most streams stay so.
    this.head = 0;
    this.length = 0;
  }

  push(value) {
    if (this.length === this.list.length) this.#grow();
    this.list[(this.head + this.length++) & (this.list.length - 1)] = value;
  }

  /** Undefined if there is nothing. */
  peek() {
    return this.list[this.head];
  }

  shift() {
    const { head, list } = this;
    const value = list[head];
    list[head] = undefined;
    this.length--;
    this.head = (head + 1) & (list.length - 1);
    return value;
  }

  at(index) {
    return this.list[(this.head + index) & (this.list.length - 1)];
  }

  #grow() {
    const { head, length, list } = this;
    const grown = new Array(length === 0 ? RING_LENGTH_MIN : 2 * length);
    for (let i = 0; i < length; i++) grown[i] = list[(head + i) & (length - 1)];
    this.list = grown;
    this.head = 0;
  }
}

/** Chunks, and what a strategy says of their sizes. */
class ChunkQueue extends Ring {
  constructor(size) {
    super();
    this.total = 0;
    this.sizes = size === undefined ? undefined : new Ring();
  }

  add(chunk, size) {
    this.push(chunk);
    this.sizes?.push(size);
    this.total += size;
  }

  take() {
    const size = this.sizes === undefined ? 1 : this.sizes.shift();
    this.total = MathMax(0, this.total - size);
    return this.shift();
  }
}

orphan(Latch, Ring);

// ---- looks

/** The descriptor of a class's Symbol.toStringTag. */
function toStringTag(value) {
  return { __proto__: null, configurable: true, value };
}

function customInspect(depth, options, name, data) {
  if (depth < 0) return undefined; // As Node, which returns the `this` of a plain function.
  const { inspect } = require('internal/util/inspect');
  return `${name} ${inspect(data, {
    ...options,
    depth: options.depth == null ? null : options.depth - 1,
  })}`;
}

module.exports = {
  ChunkQueue,
  Latch,
  Ring,
  callbackOf,
  checkedSize,
  cloneAsUint8Array,
  converted,
  customInspect,
  endOf,
  extractHighWaterMark,
  extractSizeAlgorithm,
  isDetached,
  isPrimitive,
  isPromisePending,
  kSkipThrow,
  kState,
  nop,
  orphan,
  promiseOf,
  promiseResolvedWith,
  rejectHandled,
  resolved,
  setPromiseHandled,
  soon,
  toStringTag,
  transferArrayBuffer,
  viewBuffer,
  viewByteLength,
  viewByteOffset,
};
