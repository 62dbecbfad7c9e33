'use strict';

// A Readable as an async iterator: what an async generator would be, without its costs. A chunk that
// is there already is given at once, in a promise that needs no further turn of the microtasks.

const {
  AsyncIteratorPrototype,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  SymbolToStringTag,
} = primordials;

const { aggregateTwoErrors } = require('internal/errors');
const { destroyer } = require('internal/streams/destroy');
const { eos } = require('internal/streams/end-of-stream');

/** Nobody has asked yet: no listener is on the stream. */
const FRESH = 0;
/** As a generator that stands at its yield. */
const IDLE = 1;
/** A request waits; others queue up behind it. */
const BUSY = 2;
const DONE = 3;

function takeChunk(stream) {
  return stream.read();
}

function isThenable(value) {
  return (typeof value === 'object' || typeof value === 'function') && value !== undefined &&
    typeof value.then === 'function';
}

class ReadableIterator {
  #phase = FRESH;
  // undefined: goes on; null: ended well.
  #error = undefined;
  #wake = undefined;
  #waiting = undefined;
  #options;
  #take;
  #wakeUp = undefined;
  #stopListening = undefined;

  /** take(stream) gives what there is to give now, or null; options.endsBoth: writing ends, too. */
  constructor(stream, options, take = takeChunk) {
    this.stream = stream;
    this.#options = options;
    this.#take = take;
  }

  next(value) {
    if (this.#phase === FRESH) this.#start();
    if (this.#phase === IDLE) {
      let chunk;
      try {
        chunk = this.stream.destroyed ? null : this.#take(this.stream);
        if (chunk !== null && !isThenable(chunk)) {
          return PromiseResolve({ value: chunk, done: false });
        }
      } catch (failure) {
        this.#fail(failure);
        return PromiseReject(failure);
      }
      this.#phase = BUSY;
      return new Promise((resolve, reject) => this.#answer(chunk, resolve, reject));
    }
    if (this.#phase === BUSY) return this.#queue('next', value);
    return PromiseResolve({ value: undefined, done: true });
  }

  return(value) {
    if (this.#phase === BUSY) return this.#queue('return', value);
    const isOpen = this.#phase === IDLE;
    this.#phase = isOpen ? BUSY : DONE;
    // A generator awaits what it is told to return.
    return PromisePrototypeThen(new Promise((resolve) => resolve(value)), (result) => {
      if (isOpen) this.#finish();
      return { value: result, done: true };
    }, (failure) => {
      if (isOpen) this.#fail(failure);
      throw failure;
    });
  }

  throw(failure) {
    if (this.#phase === BUSY) return this.#queue('throw', failure);
    if (this.#phase === IDLE) this.#fail(failure);
    this.#phase = DONE;
    return PromiseReject(failure);
  }

  #start() {
    this.#phase = IDLE;
    this.#wakeUp = () => {
      const wake = this.#wake;
      if (wake === undefined) return;
      this.#wake = undefined;
      wake();
    };
    this.stream.on('readable', this.#wakeUp);
    this.#stopListening = eos(this.stream, { writable: false }, (failure) => {
      this.#error = failure ? aggregateTwoErrors(this.#error, failure) : null;
      this.#wakeUp();
    });
  }

  #queue(method, value) {
    return new Promise((resolve, reject) => {
      (this.#waiting ??= []).push({ method, value, resolve, reject });
    });
  }

  /** Answers next() with `chunk`, which may be a promise, or when there is something. */
  #answer(chunk, resolve, reject) {
    if (chunk !== null) {
      PromisePrototypeThen(new Promise((take) => take(chunk)), (value) => {
        resolve({ value, done: false });
        this.#goOn();
      }, (failure) => {
        this.#fail(failure);
        reject(failure);
      });
    } else if (this.#error) {
      const failure = this.#error;
      this.#fail(failure);
      reject(failure);
    } else if (this.#error === null) {
      resolve({ value: undefined, done: true });
      this.#finish();
    } else {
      // In a job of its own: who tells that there is data may not be done yet.
      PromisePrototypeThen(new Promise((wake) => { this.#wake = wake; }), () => {
        this.#ask(resolve, reject);
      });
    }
  }

  #ask(resolve, reject) {
    let chunk;
    try {
      chunk = this.stream.destroyed ? null : this.#take(this.stream);
      if (chunk === null || isThenable(chunk)) return this.#answer(chunk, resolve, reject);
    } catch (failure) {
      this.#fail(failure);
      return reject(failure);
    }
    resolve({ value: chunk, done: false });
    return this.#goOn();
  }

  /** Ready for the next request, of which some may wait. */
  #goOn() {
    this.#phase = IDLE;
    this.#serveWaiting();
  }

  #serveWaiting() {
    while (this.#waiting?.length > 0 && this.#phase !== BUSY) {
      const { method, value, resolve, reject } = this.#waiting.shift();
      PromisePrototypeThen(this[method](value), resolve, reject);
    }
  }

  #fail(failure) {
    this.#error = aggregateTwoErrors(this.#error, failure);
    this.#finish();
  }

  #finish() {
    const { stream } = this;
    const error = this.#error;
    this.#phase = DONE;
    // The other half of a socket may still have something to say.
    const keepsWriting = error === null && !this.#options?.endsBoth &&
      stream.allowHalfOpen === true && stream.writable === true && stream.writableEnded !== true;
    const mayDestroy = (error || this.#options?.destroyOnReturn !== false) &&
      (error === undefined || stream._readableState.autoDestroy);
    if (mayDestroy && !keepsWriting) {
      destroyer(stream, null);
    } else {
      stream.off('readable', this.#wakeUp);
      this.#stopListening();
    }
    this.#serveWaiting();
  }
}

ObjectSetPrototypeOf(ReadableIterator.prototype, AsyncIteratorPrototype);
// Programs see Node's generator.
delete ReadableIterator.prototype.constructor;
ObjectDefineProperty(ReadableIterator.prototype, SymbolToStringTag, {
  __proto__: null, value: 'AsyncGenerator', configurable: true,
});

function iterate(stream, options, take) {
  return new ReadableIterator(stream, options, take);
}

function createReadableIterator(stream, options) {
  if (typeof stream.read !== 'function') {
    stream = require('internal/streams/readable').wrap(stream, { objectMode: true });
  }
  return new ReadableIterator(stream, options);
}

module.exports = { createReadableIterator, iterate };
