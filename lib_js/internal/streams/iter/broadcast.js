'use strict';

// broadcast(): one writer, and as many consumers as ask; each gets everything.

const { SymbolDispose } = primordials;

const { ERR_INVALID_STATE } = require('internal/errors').codes;
const { onAbort } = require('internal/streams/iter/abort');
const { boundsOf, madeBy, signalOf, takeOptions } = require('internal/streams/iter/arguments');
const { asError, Consumer } = require('internal/streams/iter/consumer');
const { FanOut } = require('internal/streams/iter/fan_out');
const { from, has, iterableOver } = require('internal/streams/iter/from');
const { pipeline } = require('internal/streams/iter/pull');
const { CLOSED, CLOSING, FAILED, Sink } = require('internal/streams/iter/sink');
const { broadcastProtocol } = require('internal/streams/iter/types');
const { Writer } = require('internal/streams/iter/writer');
const { kEmptyObject, lazyDOMException } = require('internal/util');

class BroadcastSink extends Sink {
  constructor(bounds) {
    super(bounds);
    this.held = new FanOut();
    this.stopListening = undefined;
    /** What cancel() was told. */
    this.reason = undefined;
    this.closingMessage = 'Writer is closed';
  }

  get isFull() {
    return this.held.bytes >= this.budget;
  }

  store(batch, bytes) {
    this.held.append(batch, bytes);
    for (const consumer of this.held.consumers) {
      if (consumer.isWaiting) consumer.give(this.take(consumer));
    }
  }

  dropOldest() {
    this.held.dropOldest();
  }

  /** undefined: there is nothing for it yet. */
  take(consumer) {
    const batch = this.held.peek(consumer);
    if (batch !== undefined) this.held.advance(consumer);
    return batch;
  }

  /** All that asked for data have heard that there is no more. */
  isRead() {
    return this.held.consumers.size === 0;
  }

  // Waiting writes come first.
  closing() {}

  closeIfRead() {
    if (this.waiting.length === 0) {
      for (const consumer of this.held.consumers) {
        if (consumer.isWaiting) this.finish(consumer);
      }
    }
    super.closeIfRead();
  }

  over() {
    this.stopListening?.();
    for (const consumer of this.held.consumers) this.finish(consumer);
    if (this.state === FAILED) this.held.clear();
  }

  finish(consumer) {
    this.held.detach(consumer);
    if (this.state === FAILED) consumer.fail(this.error);
    else if (this.reason !== undefined) consumer.fail(this.reason);
    else consumer.finish();
  }

  reasonOf(reason) {
    return reason ?? new ERR_INVALID_STATE.TypeError('Failed');
  }

  cancel(reason) {
    if (this.state === FAILED) return;
    this.reason = reason;
    this.cut(lazyDOMException('Broadcast cancelled', 'AbortError'));
    this.held.clear();
  }

  // ---- what consumers ask for ----

  attach(consumer) {
    this.held.attach(consumer);
    if (this.state === FAILED || this.reason !== undefined) this.finish(consumer);
  }

  read(consumer) {
    const batch = this.take(consumer);
    if (batch !== undefined) {
      consumer.give(batch);
      this.roomMade();
    } else if (this.state === CLOSED || (this.state === CLOSING && this.waiting.length === 0)) {
      this.finish(consumer);
      if (this.state === CLOSING) this.closeIfRead();
    }
  }

  leave(consumer) {
    this.held.detach(consumer);
    this.roomMade();
  }
}

class BroadcastWriter extends Writer {}

class BroadcastImpl {
  #sink;

  constructor(sink) {
    this.#sink = sink;
  }

  get backpressurePolicy() {
    return this.#sink.policy;
  }

  get consumerCount() {
    return this.#sink.held.consumers.size;
  }

  push(...transforms) {
    const signal = signalOf(takeOptions(transforms));
    const readable = iterableOver(new Consumer(this.#sink, signal));
    return transforms.length === 0 ? readable : pipeline(readable, transforms, signal);
  }

  cancel(reason) {
    this.#sink.cancel(reason);
  }

  [SymbolDispose]() {
    this.cancel();
  }
}

function broadcast(options = kEmptyObject) {
  const bounds = boundsOf(options);
  const sink = new BroadcastSink(bounds);
  sink.stopListening = onAbort(bounds.signal, (reason) => sink.cancel(reason));
  return {
    __proto__: null, writer: new BroadcastWriter(sink), broadcast: new BroadcastImpl(sink),
  };
}

/** Writes a source as fast as consumers read. */
async function feed(source, writer) {
  try {
    for await (const batch of source) {
      if (!writer.writevSync(batch)) await writer.writev(batch);
    }
    writer.endSync();
  } catch (error) {
    writer.fail(asError(error));
  }
}

const Broadcast = {
  __proto__: null,
  from(input, options) {
    if (has(input, broadcastProtocol)) {
      const made = madeBy(broadcastProtocol, input, options);
      return { __proto__: null, writer: { __proto__: null }, broadcast: made };
    }
    const source = from(input);
    const pair = broadcast(options);
    feed(source, pair.writer);
    return pair;
  },
};

module.exports = { Broadcast, broadcast };
