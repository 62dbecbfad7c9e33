'use strict';

// What stands behind a writer of push() and broadcast(): a bounded buffer, the writes that wait for
// room in it, and how it ends. Who reads, and what the buffer is, say those who extend it.

const { Promise, PromiseReject, PromiseResolve, PromiseWithResolvers } = primordials;

const { ERR_INVALID_STATE } = require('internal/errors').codes;
const { onAbort } = require('internal/streams/iter/abort');
const { lengthOf } = require('internal/streams/iter/bytes');

const OPEN = 0;
/** Takes no more, but is not read to its end. */
const CLOSING = 1;
const CLOSED = 2;
/** Failed, or nobody will ever read again. */
const FAILED = 3;

/** Writes that may wait under the policy 'strict': who awaits each write needs one. */
const STRICT_WAITING_MAX = 1;

class Sink {
  constructor({ budget, policy }) {
    this.budget = budget;
    this.policy = policy;
    this.state = OPEN;
    this.error = undefined;
    /** Bytes that were ever accepted, with those that were dropped. */
    this.total = 0;
    /** Writes that wait for room. */
    this.waiting = [];
    /** Who waits to hear that there is room. */
    this.drains = [];
    /** What end() promised. */
    this.ending = undefined;
  }

  // Who extends this says what the buffer is: store(batch, bytes), dropOldest(), isFull, isRead();
  // what closing() does to waiting writes; and how over() lets go of readers.

  get drops() {
    return this.policy === 'drop-oldest' || this.policy === 'drop-newest';
  }

  /** null: nothing can be written any more. */
  get canWrite() {
    if (this.state !== OPEN) return null;
    return this.drops || !this.isFull;
  }

  /** Why nothing can be written. */
  refusal() {
    if (this.state === FAILED) return this.error;
    return new ERR_INVALID_STATE.TypeError(
      this.state === CLOSED ? 'Writer is closed' : this.closingMessage);
  }

  accept(batch, bytes) {
    this.total += bytes;
    this.store(batch, bytes);
  }

  /** @returns {boolean} whether the batch was taken (or dropped, if that is the policy) */
  offer(batch) {
    if (this.state !== OPEN) return false;
    const bytes = lengthOf(batch);
    if (bytes === 0) return true;
    if (this.isFull) {
      if (!this.drops) return false;
      if (this.policy === 'drop-newest') {
        this.total += bytes;
        return true;
      }
      while (this.isFull) this.dropOldest();
    }
    this.accept(batch, bytes);
    return true;
  }

  write(batch, signal) {
    if (signal?.aborted) return PromiseReject(signal.reason);
    if (this.state !== OPEN) return PromiseReject(this.refusal());
    if (this.offer(batch)) return PromiseResolve();
    if (this.policy === 'strict' && this.waiting.length >= STRICT_WAITING_MAX) {
      return PromiseReject(new ERR_INVALID_STATE.RangeError(
        'Backpressure violation: too many pending writes. ' +
        'Await each write() call to respect backpressure.'));
    }
    return new Promise((resolve, reject) => {
      const write = { batch, resolve, reject, stop: undefined };
      this.waiting.push(write);
      write.stop = onAbort(signal, (reason) => {
        this.waiting.splice(this.waiting.indexOf(write), 1);
        reject(reason);
        this.roomMade();
      });
    });
  }

  /** The buffer has room, or readers have gone on: lets waiting writes in. */
  roomMade() {
    while (this.waiting.length > 0 && !this.isFull) {
      const { batch, resolve, stop } = this.waiting.shift();
      stop();
      this.accept(batch, lengthOf(batch));
      resolve();
    }
    if (this.state === OPEN && !this.isFull) this.settleDrains(true);
    if (this.state === CLOSING) this.closeIfRead();
  }

  settleDrains(canWrite) {
    const { drains } = this;
    if (drains.length === 0) return;
    this.drains = [];
    for (let i = 0; i < drains.length; i++) drains[i].resolve(canWrite);
  }

  rejectWaiting(error) {
    const { waiting } = this;
    this.waiting = [];
    for (let i = 0; i < waiting.length; i++) {
      waiting[i].stop();
      waiting[i].reject(error);
    }
  }

  /** @returns {Promise<boolean> | null} */
  drained() {
    const { canWrite } = this;
    if (canWrite === null) return null;
    if (canWrite) return PromiseResolve(true);
    const drain = PromiseWithResolvers();
    this.drains.push(drain);
    return drain.promise;
  }

  /** No more will be written. */
  close() {
    if (this.state !== OPEN) return;
    this.state = CLOSING;
    this.settleDrains(false);
    this.closing();
    this.closeIfRead();
  }

  closeIfRead() {
    if (this.waiting.length > 0 || !this.isRead()) return;
    this.state = CLOSED;
    this.over();
    this.ending?.resolve(this.total);
  }

  /** Ends at once; what is read from now on is up to who reads. */
  cut(error) {
    this.state = CLOSED;
    this.rejectWaiting(error);
    this.settleDrains(false);
    this.over();
    this.ending?.resolve(this.total);
  }

  /** @returns {boolean} whether it had not ended before */
  fail(error) {
    if (this.state === CLOSED || this.state === FAILED) return false;
    this.state = FAILED;
    this.error = error;
    this.rejectWaiting(error);
    const { drains } = this;
    this.drains = [];
    for (let i = 0; i < drains.length; i++) drains[i].reject(error);
    this.over();
    this.ending?.reject(error);
    return true;
  }

  /** @returns {Promise<number>} the bytes written, when they are read */
  ended() {
    if (this.state === FAILED) return PromiseReject(this.error);
    if (this.state === CLOSED) return PromiseResolve(this.total);
    this.ending ??= PromiseWithResolvers();
    return this.ending.promise;
  }
}

module.exports = { CLOSED, CLOSING, FAILED, OPEN, Sink };
