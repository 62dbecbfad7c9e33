'use strict';

// Between ReadableStream and iteration: ReadableStream.from(), and `for await` over a stream.

const {
  AsyncIteratorPrototype,
  FunctionPrototypeCall,
  ObjectDefineProperties,
  ObjectSetPrototypeOf,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  SymbolAsyncIterator,
  SymbolIterator,
} = primordials;

const { ERR_ARG_NOT_ITERABLE, ERR_INVALID_STATE, ERR_INVALID_THIS } =
  require('internal/errors').codes;
const { kEnumerableProperty } = require('internal/util');
const { ReaderState } = require('internal/webstreams/readable_state');
const { orphan, resolved } = require('internal/webstreams/util');

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

// ---- from an iterable

/** The source of ReadableStream.from(). */
class IterableSource {
  /** @param {any} iterable  asked for an async iterator, then for a plain one */
  constructor(iterable) {
    if (iterable === undefined || iterable === null) throw new ERR_ARG_NOT_ITERABLE(iterable);
    let method = iterable[SymbolAsyncIterator];
    this.isAsync = method !== undefined && method !== null;
    if (!this.isAsync) method = iterable[SymbolIterator];
    if (typeof method !== 'function') throw new ERR_ARG_NOT_ITERABLE(iterable);
    this.iterator = FunctionPrototypeCall(method, iterable);
    if (!isObject(this.iterator)) {
      throw new ERR_INVALID_STATE.TypeError('The iterator method must return an object');
    }
    this.next = this.iterator.next;
    this.control = undefined;
    this.onNext = (result) => this.#onNext(result);
    this.onValue = (value) => this.control.enqueue(value);
    this.onDone = () => this.control.close();
  }

  pull() {
    const result = FunctionPrototypeCall(this.next, this.iterator);
    if (this.isAsync) return PromisePrototypeThen(PromiseResolve(result), this.onNext);
    // The values of a plain iterator may be promises.
    if (!isObject(result)) throw notAnObject('next');
    const { done, value } = result;
    return PromisePrototypeThen(PromiseResolve(value), done ? this.onDone : this.onValue);
  }

  #onNext(result) {
    if (!isObject(result)) throw notAnObject('next');
    if (result.done) this.control.close();
    else this.control.enqueue(result.value);
  }

  cancel(reason) {
    const { iterator } = this;
    const method = iterator.return;
    if (method === undefined || method === null) return undefined;
    const result = FunctionPrototypeCall(method, iterator, reason);
    if (!this.isAsync && !isObject(result)) throw notAnObject('return');
    return PromisePrototypeThen(PromiseResolve(result), (settled) => {
      if (!isObject(settled)) throw notAnObject('return');
    });
  }
}

orphan(IterableSource);

function notAnObject(method) {
  return new ERR_INVALID_STATE.TypeError(
    `The promise returned by the iterator.${method}() method must fulfill with an object`);
}

// ---- to an iterator

class ReadableStreamAsyncIterator {
  #reader;
  #preventCancel;
  #isStarted = false;
  #isFinished = false;
  /** What the next call has to wait for. */
  #ongoing;

  constructor(state, preventCancel) {
    this.#reader = new ReaderState(state, false);
    this.#preventCancel = preventCancel;
  }

  static #check(value) {
    return isObject(value) && #reader in value;
  }

  next() {
    if (!ReadableStreamAsyncIterator.#check(this)) {
      return PromiseReject(new ERR_INVALID_THIS('ReadableStreamAsyncIterator'));
    }
    if (this.#isStarted && this.#ongoing === undefined) return this.#next();
    // At first the source gets the time to start and to be pulled.
    this.#isStarted = true;
    const again = () => this.#next();
    return this.#wait(PromisePrototypeThen(this.#ongoing ?? resolved, again, again));
  }

  #next() {
    if (this.#isFinished) return PromiseResolve({ done: true, value: undefined });
    const reader = this.#reader;
    const { stream } = reader;
    if (stream === undefined) {
      return PromiseReject(
        new ERR_INVALID_STATE.TypeError('The reader is not bound to a ReadableStream'));
    }
    if (stream.canTake) {
      stream.disturbed = true;
      return PromiseResolve({ done: false, value: stream.control.take() });
    }
    const { promise, resolve, reject } = PromiseWithResolvers();
    if (this.#ongoing === undefined) this.#ongoing = promise;
    const finish = () => {
      this.#ongoing = undefined;
      this.#isFinished = true;
      reader.release();
    };
    stream.read({
      chunk: (value) => {
        if (this.#ongoing === promise) this.#ongoing = undefined;
        resolve({ done: false, value });
      },
      close() {
        finish();
        resolve({ done: true, value: undefined });
      },
      error(error) {
        finish();
        reject(error);
      },
    });
    return promise;
  }

  /** Calls that come meanwhile are answered after this one. */
  #wait(promise) {
    this.#ongoing = promise;
    const over = () => {
      if (this.#ongoing === promise) this.#ongoing = undefined;
    };
    PromisePrototypeThen(promise, over, over);
    return promise;
  }

  return(value) {
    if (!ReadableStreamAsyncIterator.#check(this)) {
      return PromiseReject(new ERR_INVALID_THIS('ReadableStreamAsyncIterator'));
    }
    if (this.#ongoing === undefined) return this.#wait(this.#return(value));
    const again = () => this.#return(value);
    return this.#wait(PromisePrototypeThen(this.#ongoing, again, again));
  }

  #return(value) {
    const result = () => ({ done: true, value });
    if (this.#isFinished) return PromiseResolve(result());
    this.#isFinished = true;
    const reader = this.#reader;
    const { stream } = reader;
    if (stream === undefined) {
      return PromiseReject(
        new ERR_INVALID_STATE.TypeError('The reader is not bound to a ReadableStream'));
    }
    if (this.#preventCancel) {
      reader.release();
      return PromiseResolve(result());
    }
    const canceled = stream.cancel(value);
    reader.release();
    return PromisePrototypeThen(canceled, result);
  }
}

// https://webidl.spec.whatwg.org/#es-asynchronous-iterator-prototype-object
delete ReadableStreamAsyncIterator.prototype.constructor;
ObjectSetPrototypeOf(ReadableStreamAsyncIterator.prototype, AsyncIteratorPrototype);
ObjectDefineProperties(ReadableStreamAsyncIterator.prototype, {
  next: kEnumerableProperty,
  return: kEnumerableProperty,
});

module.exports = { IterableSource, ReadableStreamAsyncIterator };
