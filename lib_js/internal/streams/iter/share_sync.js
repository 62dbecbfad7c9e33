'use strict';

// shareSync(): share() without waiting. Where share() would wait for slower consumers, this throws.

const { SymbolDispose, SymbolIterator } = primordials;

const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = require('internal/errors').codes;
const { boundsOf, madeBy, validateTransforms } = require('internal/streams/iter/arguments');
const { lengthOf } = require('internal/streams/iter/bytes');
const { asError } = require('internal/streams/iter/consumer');
const { FanOut } = require('internal/streams/iter/fan_out');
const { fromSync, givingBatches, has } = require('internal/streams/iter/from');
const { pullSync } = require('internal/streams/iter/pull');
const { endStep, stepOf } = require('internal/streams/iter/steps');
const { shareSyncProtocol } = require('internal/streams/iter/types');
const { kEmptyObject } = require('internal/util');

class SyncShareImpl {
  #source;
  #iterator;
  #budget;
  #policy;
  #held = new FanOut();
  #isOver = false;
  #hasFailed = false;
  #error;

  constructor(source, { budget, policy }) {
    this.#source = source;
    this.#budget = budget;
    this.#policy = policy;
  }

  get consumerCount() {
    return this.#held.consumers.size;
  }

  pull(...transforms) {
    validateTransforms(transforms);
    const consumer = { __proto__: null, cursor: 0, isOver: false };
    this.#held.attach(consumer);
    const leave = () => this.#leave(consumer);
    const readable = givingBatches({
      __proto__: null,
      [SymbolIterator]: () => ({
        __proto__: null, next: () => this.#next(consumer), return: leave, throw: leave,
      }),
    });
    return transforms.length === 0 ? readable : pullSync(readable, ...transforms);
  }

  #leave(consumer) {
    consumer.isOver = true;
    this.#held.detach(consumer);
    return endStep();
  }

  #next(consumer) {
    if (consumer.isOver) return endStep();
    let value = this.#held.peek(consumer);
    if (value === undefined && !this.#isOver) {
      if (!this.#hasRoom()) return this.#leave(consumer);
      this.#readSource();
      value = this.#held.peek(consumer);
    }
    if (value !== undefined) {
      this.#held.advance(consumer);
      return stepOf(value);
    }
    if (!this.#hasFailed) return this.#leave(consumer);
    this.#held.detach(consumer);
    throw this.#error;
  }

  /** false: whoever reads on would only lose what comes. */
  #hasRoom() {
    const { bytes } = this.#held;
    if (bytes < this.#budget) return true;
    if (this.#policy === 'drop-newest') return false;
    if (this.#policy !== 'drop-oldest') {
      const hint = this.#policy === 'strict' ? '' : ' (unbounded not available in sync context)';
      throw new ERR_OUT_OF_RANGE('buffered bytes', `< ${this.#budget}${hint}`, bytes);
    }
    while (this.#held.bytes >= this.#budget) this.#held.dropOldest();
    return true;
  }

  #readSource() {
    try {
      this.#iterator ??= this.#source[SymbolIterator]();
      const { done: isDone, value } = this.#iterator.next();
      if (isDone) this.#isOver = true;
      else this.#held.append(value, lengthOf(value));
    } catch (error) {
      this.#isOver = true;
      this.#hasFailed = true;
      this.#error = asError(error);
    }
  }

  cancel(reason) {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#hasFailed = reason !== undefined;
      this.#error = reason;
      this.#iterator?.return?.();
    }
    this.#held.clear();
    for (const consumer of this.#held.consumers) this.#held.detach(consumer);
  }

  [SymbolDispose]() {
    this.cancel();
  }
}

function shareSync(source, options = kEmptyObject) {
  const batches = fromSync(source);
  return new SyncShareImpl(batches, boundsOf(options));
}

const SyncShare = {
  __proto__: null,
  fromSync(input, options) {
    if (has(input, shareSyncProtocol)) return madeBy(shareSyncProtocol, input, options);
    if (!has(input, SymbolIterator)) {
      throw new ERR_INVALID_ARG_TYPE('input', ['SyncShareable', 'Iterable'], input);
    }
    return shareSync(input, options);
  },
};

module.exports = { SyncShare, shareSync };
