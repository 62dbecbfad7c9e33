'use strict';

// Batches that several consumers read, each at its own pace: a batch is held until all have it.

const { SafeSet } = primordials;

const { lengthOf } = require('internal/streams/iter/bytes');

/** Slots before the oldest batch that may stay empty. */
const EMPTY_SLOTS_MAX = 64;

class FanOut {
  constructor() {
    this.slots = [];
    /** Slots before this one are empty. */
    this.head = 0;
    /** The number of the oldest batch, counted from the first that ever came. */
    this.oldest = 0;
    this.bytes = 0;
    this.consumers = new SafeSet();
  }

  /** The number of the batch that comes next. */
  get next() {
    return this.oldest + this.slots.length - this.head;
  }

  append(batch, bytes) {
    this.slots.push(batch);
    this.bytes += bytes;
  }

  dropOldest() {
    this.bytes -= lengthOf(this.slots[this.head]);
    this.slots[this.head++] = undefined;
    this.oldest++;
    if (this.head > EMPTY_SLOTS_MAX && this.head * 2 > this.slots.length) {
      this.slots.splice(0, this.head);
      this.head = 0;
    }
  }

  /** A consumer of everything from the oldest batch on. */
  attach(consumer) {
    consumer.cursor = this.oldest;
    this.consumers.add(consumer);
  }

  /** @returns {boolean} whether there is more room now */
  detach(consumer) {
    return this.consumers.delete(consumer) && this.trim();
  }

  /** @returns {Uint8Array[] | undefined} the next batch of a consumer, which it has then */
  peek(consumer) {
    // What was dropped is lost to those who are late.
    if (consumer.cursor < this.oldest) consumer.cursor = this.oldest;
    return this.slots[this.head + consumer.cursor - this.oldest];
  }

  /** A consumer has read what peek() gave. @returns whether there is more room now */
  advance(consumer) {
    return consumer.cursor++ === this.oldest && this.trim();
  }

  trim() {
    let slowest = this.next;
    for (const { cursor } of this.consumers) {
      if (cursor <= this.oldest) return false;
      if (cursor < slowest) slowest = cursor;
    }
    if (slowest === this.oldest) return false;
    while (this.oldest < slowest) this.dropOldest();
    return true;
  }

  clear() {
    this.oldest = this.next;
    this.slots = [];
    this.head = 0;
    this.bytes = 0;
  }
}

module.exports = { FanOut };
