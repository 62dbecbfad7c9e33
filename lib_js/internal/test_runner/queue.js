'use strict';
// The subtests of one test: which may run now, which wait, and in which order they are reported.
//
// Results are reported in the order in which subtests began, whatever the order of their ends: a
// subtest that has ended is `ready` until everything before it was reported, here and above.

const { ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSplice, MathFloor,
        PromiseWithResolvers, SafeMap, SafeSet } = primordials;

const { queueMicrotask } = require('internal/process/task_queues');

class SubtestQueue {
  #owner;
  #random;
  #pending = [];
  #isScheduled = false;
  #ready = new SafeMap();
  #unfinished = new SafeSet();
  #nextOrder = 1;

  tests = [];
  /** How many run. */
  active = 0;
  /** How many were not filtered out; they are what is reported. */
  outputCount = 0;
  /** The order of the subtest that is reported next; 0 while there is none. */
  waitingOn = 0;
  /** Settles when all that were started have ended; null while there is none. */
  done = null;

  /** @param {(() => number) | null} random  chooses who is next, if not the oldest */
  constructor(owner, random) {
    this.#owner = owner;
    this.#random = random;
  }

  add(test) {
    if (this.waitingOn === 0) {
      this.waitingOn = 1;
      this.done = PromiseWithResolvers();
    }
    ArrayPrototypePush(this.tests, test);
  }

  hasRoom() {
    return this.#owner.concurrency > this.active;
  }

  /**
   * Takes a subtest that is to run.
   * @returns {Promise<void> | undefined} nothing: it runs now; else what settles when it has run
   */
  admit(test, mayRun) {
    this.#unfinished.add(test);
    test.reporter.progress('test:enqueue', test, test.reportedType);
    if (mayRun && this.hasRoom() && this.#random === null) {
      this.#assignOrder(test);
      test.reporter.progress('test:dequeue', test, test.reportedType);
      return undefined;
    }
    const { promise, resolve } = PromiseWithResolvers();
    ArrayPrototypePush(this.#pending, { __proto__: null, test, resolve });
    // With random order, siblings of the same moment take part in the first draw.
    if (mayRun && this.hasRoom()) this.#schedule();
    return promise;
  }

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.runPending();
    });
  }

  #takePending() {
    if (this.#random === null || this.#pending.length < 2) {
      return ArrayPrototypeShift(this.#pending);
    }
    const index = MathFloor(this.#random() * this.#pending.length);
    return ArrayPrototypeSplice(this.#pending, index, 1)[0];
  }

  async runPending() {
    while (this.#pending.length > 0 && this.hasRoom()) {
      const { test, resolve } = this.#takePending();
      this.#assignOrder(test);
      // Node names the owner's type here, not the subtest's.
      test.reporter.progress('test:dequeue', test, this.#owner.reportedType);
      await test.run();
      resolve();
    }
  }

  /** Nothing that waits will run any more. */
  forgetPending() {
    this.#pending = [];
  }

  #assignOrder(test) {
    if (test.reportOrder === 0) test.reportOrder = this.#nextOrder++;
  }

  /** A subtest has ended; its result waits to be reported. */
  addReady(test) {
    this.#assignOrder(test);
    this.#ready.set(test.reportOrder, test);
    if (this.#unfinished.delete(test) && this.#unfinished.size === 0) this.done.resolve();
  }

  /** Reports what can be reported in order. `canSend`: nothing before the owner is missing. */
  flush(canSend) {
    const first = this.waitingOn;
    const end = first + this.#ready.size;
    for (let order = first; order < end; order++) {
      const test = this.#ready.get(order);
      if (test === undefined) return;
      canSend ||= this.#owner.isClearToSend();
      if (!canSend) return;
      test.finalize();
      this.#ready.delete(order);
    }
  }
}

module.exports = { SubtestQueue };
