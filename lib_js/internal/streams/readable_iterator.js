'use strict';

// A Readable as an async iterator: what an async generator would be, without its costs. A chunk
// that is there already is given at once, in a promise that needs no further microtask.

const {
  AsyncIteratorPrototype,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Promise,
  PromisePrototypeThen,
  PromiseResolve,
  Symbol,
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

// What is asked of an iterator.
const NEXT = 0;
const RETURN = 1;
const THROW = 2;

/** Instead of a chunk: reading threw. */
const FAILED = Symbol('failed');

function takeChunk(stream) {
  return stream.read();
}

/** Whether a generator would await it; also if it does not want to be asked. */
function isThenable(value) {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  try {
    return typeof value.then === 'function';
  } catch {
    return true;
  }
}

class ReadableIterator {
  #phase = FRESH;
  // undefined: goes on; null: ended well.
  #error = undefined;
  #thrown = undefined;
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
    if (this.#phase === IDLE) {
      const chunk = this.#takeNow();
      if (chunk !== null && chunk !== FAILED && !isThenable(chunk)) {
        this.#phase = IDLE;
        const given = PromiseResolve({ value: chunk, done: false });
        if (this.#waiting !== undefined) this.#serveWaiting();
        return given;
      }
      return new Promise((resolve, reject) => this.#answer(chunk, resolve, reject));
    }
    return this.#request(NEXT, value);
  }

  return(value) {
    return this.#request(RETURN, value);
  }

  throw(failure) {
    return this.#request(THROW, failure);
  }

  #request(kind, value) {
    return new Promise((resolve, reject) => {
      if (this.#phase !== BUSY) this.#serve(kind, value, resolve, reject);
      else (this.#waiting ??= []).push({ kind, value, resolve, reject });
    });
  }

  #serve(kind, value, resolve, reject) {
    if (kind === RETURN) {
      this.#leave(value, resolve, reject);
    } else if (kind === THROW) {
      if (this.#phase === IDLE) value = this.#fail(value);
      this.#phase = DONE;
      reject(value);
    } else if (this.#phase === DONE) {
      resolve({ value: undefined, done: true });
    } else {
      if (this.#phase === FRESH) this.#start();
      this.#answer(this.#takeNow(), resolve, reject);
    }
  }

  /** Those who wait, as long as nobody makes the others wait. */
  #serveWaiting() {
    while (this.#waiting?.length > 0 && this.#phase !== BUSY) {
      const { kind, value, resolve, reject } = this.#waiting.shift();
      this.#serve(kind, value, resolve, reject);
    }
  }

  /** A chunk, null, or FAILED. The iterator is busy from now on: reading may run the program. */
  #takeNow() {
    this.#phase = BUSY;
    try {
      return this.stream.destroyed ? null : this.#take(this.stream);
    } catch (failure) {
      this.#thrown = failure;
      return FAILED;
    }
  }

  #leave(value, resolve, reject) {
    const isOpen = this.#phase === IDLE;
    this.#phase = BUSY;
    // A generator awaits what it is told to return.
    PromisePrototypeThen(new Promise((take) => take(value)), (result) => {
      if (isOpen) this.#finish();
      this.#phase = DONE;
      resolve({ value: result, done: true });
      this.#serveWaiting();
    }, (failure) => {
      if (isOpen) failure = this.#fail(failure);
      this.#phase = DONE;
      reject(failure);
      this.#serveWaiting();
    });
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

  /** Answers next() with `chunk`, which may be a promise, or when there is something. */
  #answer(chunk, resolve, reject) {
    if (chunk === FAILED) {
      this.#refuse(this.#thrown, reject);
    } else if (chunk !== null) {
      // The first one takes as long as a generator's: who has just begun may be told to stop.
      PromisePrototypeThen(new Promise((take) => take(chunk)), (value) => {
        this.#give(value, resolve);
      }, (failure) => this.#refuse(failure, reject));
    } else if (this.#error) {
      this.#refuse(this.#error, reject);
    } else if (this.#error === null) {
      this.#finish();
      resolve({ value: undefined, done: true });
      this.#serveWaiting();
    } else {
      // In a job of its own: who tells that there is data may not be done yet.
      PromisePrototypeThen(new Promise((wake) => { this.#wake = wake; }), () => {
        const next = this.#takeNow();
        if (next === null || next === FAILED || isThenable(next)) {
          this.#answer(next, resolve, reject);
        } else {
          this.#give(next, resolve);
        }
      });
    }
  }

  #give(value, resolve) {
    this.#phase = IDLE;
    resolve({ value, done: false });
    this.#serveWaiting();
  }

  #refuse(failure, reject) {
    reject(this.#fail(failure));
    this.#serveWaiting();
  }

  /** Gives the failure, and with it what the stream failed with before. */
  #fail(failure) {
    const error = aggregateTwoErrors(this.#error, failure);
    this.#error = error;
    this.#finish();
    return error;
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
