'use strict';

// share(): a source that several consumers read. It is read when one of them wants what nobody had
// before.

const { PromisePrototypeThen, SymbolAsyncIterator, SymbolDispose, SymbolIterator } = primordials;

const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = require('internal/errors').codes;
const { letGo, onAbort } = require('internal/streams/iter/abort');
const { boundsOf, madeBy, signalOf, takeOptions } = require('internal/streams/iter/arguments');
const { lengthOf } = require('internal/streams/iter/bytes');
const { asError, Consumer } = require('internal/streams/iter/consumer');
const { FanOut } = require('internal/streams/iter/fan_out');
const { from, has, iterableOver } = require('internal/streams/iter/from');
const { pipeline } = require('internal/streams/iter/pull');
const { shareProtocol } = require('internal/streams/iter/types');
const { kEmptyObject } = require('internal/util');

class Shared {
  constructor(source, { budget, policy }) {
    this.source = source;
    this.iterator = undefined;
    this.budget = budget;
    this.policy = policy;
    this.held = new FanOut();
    this.isReading = false;
    /** The source has ended, failed, or is wanted no more. */
    this.isOver = false;
    this.hasFailed = false;
    this.error = undefined;
    this.stopListening = undefined;
  }

  attach(consumer) {
    this.held.attach(consumer);
    if (this.isOver && consumer.cursor === this.held.next) this.finish(consumer);
  }

  leave(consumer) {
    if (this.held.detach(consumer)) this.goOn();
  }

  /** A consumer wants its next batch. */
  read(consumer) {
    while (consumer.isWaiting) {
      const batch = this.held.peek(consumer);
      if (batch === undefined) {
        this.wait(consumer);
        return;
      }
      consumer.give(batch);
      if (this.held.advance(consumer)) this.goOn();
    }
  }

  /** A consumer has everything that was read so far. */
  wait(consumer) {
    if (this.isOver) {
      this.finish(consumer);
    } else if (!this.isReading) {
      const { bytes } = this.held;
      if (bytes < this.budget || this.policy === 'drop-newest') {
        this.readSource();
      } else if (this.policy === 'drop-oldest') {
        while (this.held.bytes >= this.budget) this.held.dropOldest();
        this.readSource();
      } else if (this.policy === 'strict') {
        const error = new ERR_OUT_OF_RANGE('buffered bytes', `< ${this.budget}`, bytes);
        while (consumer.isWaiting) consumer.failRead(error);
      }
      // 'unbounded': until slower consumers have made room.
    }
  }

  /** There is room, or there is more: whoever waits may go on. */
  goOn() {
    for (const consumer of this.held.consumers) {
      if (consumer.isWaiting) this.read(consumer);
    }
  }

  readSource() {
    this.isReading = true;
    let step;
    try {
      this.iterator ??= this.source[SymbolAsyncIterator]();
      step = this.iterator.next();
    } catch (error) {
      this.end(true, asError(error));
      return;
    }
    PromisePrototypeThen(step, ({ done, value }) => {
      this.isReading = false;
      if (this.isOver) return;
      if (done) {
        this.end(false);
        return;
      }
      // 'drop-newest' has read what nobody gets: then it waits for room.
      const isDropped = this.held.bytes >= this.budget;
      if (isDropped) return;
      this.held.append(value, lengthOf(value));
      this.goOn();
    }, (error) => this.end(true, asError(error)));
  }

  end(hasFailed, error) {
    this.isReading = false;
    if (this.isOver) return;
    this.isOver = true;
    this.hasFailed = hasFailed;
    this.error = error;
    this.stopListening?.();
    this.goOn();
  }

  finish(consumer) {
    this.held.detach(consumer);
    if (this.hasFailed) consumer.fail(this.error);
    else consumer.finish();
  }

  cancel(reason) {
    if (!this.isOver) {
      this.isOver = true;
      this.hasFailed = reason !== undefined;
      this.error = reason;
      this.stopListening?.();
      if (this.iterator !== undefined) letGo(this.iterator);
    }
    for (const consumer of this.held.consumers) this.finish(consumer);
    this.held.clear();
  }
}

class ShareImpl {
  #shared;

  constructor(source, bounds) {
    const shared = new Shared(source, bounds);
    this.#shared = shared;
    shared.stopListening = onAbort(bounds.signal, (reason) => shared.cancel(reason));
  }

  get consumerCount() {
    return this.#shared.held.consumers.size;
  }

  pull(...transforms) {
    const signal = signalOf(takeOptions(transforms));
    const readable = iterableOver(new Consumer(this.#shared, signal));
    return transforms.length === 0 ? readable : pipeline(readable, transforms, signal);
  }

  cancel(reason) {
    this.#shared.cancel(reason);
  }

  [SymbolDispose]() {
    this.cancel();
  }
}

function share(source, options = kEmptyObject) {
  const batches = from(source);
  return new ShareImpl(batches, boundsOf(options));
}

const Share = {
  __proto__: null,
  from(input, options) {
    if (has(input, shareProtocol)) return madeBy(shareProtocol, input, options);
    if (!has(input, SymbolAsyncIterator) && !has(input, SymbolIterator)) {
      throw new ERR_INVALID_ARG_TYPE('input', ['Shareable', 'AsyncIterable', 'Iterable'], input);
    }
    return share(input, options);
  },
};

module.exports = { Share, share };
