'use strict';

// A first-in first-out queue for hot paths (nextTick, rejections). Items live in fixed blocks, each
// a ring whose size never changes, so a busy queue neither copies nor reallocates; one drained
// block is kept for reuse so that a queue that breathes around a block's edge makes no garbage.
// `undefined` is not a legal item: it marks an empty slot.

const { Array, ArrayPrototypeFill } = primordials;

const SLOTS_COUNT = 2048;
const INDEX_MASK = SLOTS_COUNT - 1;

class QueueBlock {
  constructor() {
    this.readIndex = 0;
    this.writeIndex = 0;
    // Filled, because a packed array is faster than one with holes.
    this.list = ArrayPrototypeFill(new Array(SLOTS_COUNT), undefined);
    this.next = null;
  }

  isEmpty() {
    return this.readIndex === this.writeIndex;
  }

  // One slot always stays free, so that full and empty look different.
  isFull() {
    return ((this.writeIndex + 1) & INDEX_MASK) === this.readIndex;
  }
}

class FixedQueue {
  constructor() {
    this.head = this.tail = new QueueBlock(); // Written at the head, read at the tail.
    this.spare = null;
  }

  isEmpty() {
    const head = this.head;
    return head.readIndex === head.writeIndex;
  }

  push(item) {
    let head = this.head;
    const next = (head.writeIndex + 1) & INDEX_MASK;
    if (next === head.readIndex) {
      const block = this.spare ?? new QueueBlock();
      this.spare = null;
      this.head = head.next = block;
      head = block;
      head.list[head.writeIndex] = item;
      head.writeIndex = (head.writeIndex + 1) & INDEX_MASK;
      return;
    }
    head.list[head.writeIndex] = item;
    head.writeIndex = next;
  }

  // The youngest item; undefined when it was taken, or stands in another block.
  last() {
    const head = this.head;
    return head.list[(head.writeIndex - 1) & INDEX_MASK];
  }

  shift() {
    const tail = this.tail;
    const index = tail.readIndex;
    const item = tail.list[index];
    if (item === undefined) return null;
    tail.list[index] = undefined;
    tail.readIndex = (index + 1) & INDEX_MASK;
    if (tail.readIndex === tail.writeIndex && tail.next !== null) {
      this.tail = tail.next;
      tail.next = null;
      this.spare = tail;
    }
    return item;
  }
}

module.exports = FixedQueue;
