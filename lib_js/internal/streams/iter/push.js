'use strict';

// push(): a writer, and a readable that gives what is written.

const { ArrayPrototypeFlat, PromiseReject, PromiseResolve, PromiseWithResolvers } = primordials;

const { ERR_INVALID_STATE } = require('internal/errors').codes;
const { onAbort } = require('internal/streams/iter/abort');
const { boundsOf, takeOptions } = require('internal/streams/iter/arguments');
const { lengthOf } = require('internal/streams/iter/bytes');
const { iterableOver } = require('internal/streams/iter/from');
const { pipeline } = require('internal/streams/iter/pull');
const { CLOSED, FAILED, Sink } = require('internal/streams/iter/sink');
const { endStep, stepOf } = require('internal/streams/iter/steps');
const { Writer } = require('internal/streams/iter/writer');
const { kEmptyObject } = require('internal/util');

const DEFAULT_BUDGET_BYTES = 16384;

class PushSink extends Sink {
  constructor(bounds) {
    super(bounds);
    this.batches = [];
    this.bytes = 0;
    /** Reads that wait for data. */
    this.reads = [];
    this.isLeft = false;
    this.stopListening = undefined;
    this.closingMessage = 'Writer is closing';
  }

  get isFull() {
    return this.bytes >= this.budget;
  }

  store(batch, bytes) {
    if (this.reads.length > 0) {
      this.reads.shift().resolve(stepOf(batch));
      return;
    }
    this.batches.push(batch);
    this.bytes += bytes;
  }

  dropOldest() {
    this.bytes -= lengthOf(this.batches.shift());
  }

  isRead() {
    return this.batches.length === 0;
  }

  /** Whoever still waits to write has not kept to its own order. */
  closing() {
    this.rejectWaiting(new ERR_INVALID_STATE.TypeError('Writer closed'));
  }

  over() {
    const { reads } = this;
    this.reads = [];
    this.batches = [];
    this.bytes = 0;
    this.stopListening?.();
    for (let i = 0; i < reads.length; i++) this.settle(reads[i]);
  }

  /** Ends a read after the end. */
  settle(read) {
    if (this.state === FAILED && !this.isLeft) read.reject(this.error);
    else read.resolve(endStep());
  }

  reasonOf(reason) {
    return reason === undefined ? new ERR_INVALID_STATE('Failed') : reason;
  }

  next() {
    if (this.batches.length > 0) {
      const { batches } = this;
      this.batches = [];
      this.bytes = 0;
      const value = batches.length === 1 ? batches[0] : ArrayPrototypeFlat(batches);
      this.roomMade();
      return PromiseResolve(stepOf(value));
    }
    const read = PromiseWithResolvers();
    if (this.state === CLOSED || this.state === FAILED) this.settle(read);
    else this.reads.push(read);
    return read.promise;
  }

  /** The reader goes. */
  leave(error) {
    if (this.state === CLOSED || this.state === FAILED) return;
    this.isLeft = true;
    if (error === undefined) this.settleDrains(false);
    this.fail(error ?? new ERR_INVALID_STATE.TypeError('Stream closed by consumer'));
  }

  return() {
    this.leave();
    return PromiseResolve(endStep());
  }

  /** Waiting reads hear of the error, too. */
  throw(error) {
    const { reads } = this;
    this.reads = [];
    for (let i = 0; i < reads.length; i++) reads[i].reject(error);
    this.leave(error);
    return PromiseReject(error);
  }
}

class PushWriter extends Writer {}

function push(...transforms) {
  const bounds = boundsOf(takeOptions(transforms) ?? kEmptyObject, DEFAULT_BUDGET_BYTES);
  const sink = new PushSink(bounds);
  sink.stopListening = onAbort(bounds.signal, (reason) => sink.fail(reason));
  const readable = iterableOver(sink);
  return {
    __proto__: null,
    writer: new PushWriter(sink),
    readable: transforms.length === 0 ? readable : pipeline(readable, transforms),
  };
}

module.exports = { push };
