'use strict';

// Native things behind handles, and what frees those that a program forgot. Most are ended within
// the turn in which they were made, so that only what is still open when the next few dozen have
// been made, or when garbage was collected, is told to the garbage collector's registry.

const { SafeFinalizationRegistry, Symbol } = primordials;

const kHandle = Symbol('kHandle');
const kListed = Symbol('kListed');

/** So many may be waiting to be looked at. */
const YOUNG_MAX = 64;

class Handles {
  #close;
  #young = [];
  #registry;
  /** Is there something of which the collector tells us that it was at work? */
  #isWatching = false;
  #collections;

  /** close(handle) frees the native thing. */
  constructor(close) {
    this.#close = close;
  }

  /** `owner[kHandle]` is a handle from now on, until end(owner). */
  add(owner, handle) {
    owner[kHandle] = handle;
    if (this.#young.push(owner) === YOUNG_MAX) this.#sweep();
    else if (!this.#isWatching) this.#watch();
    return handle;
  }

  /** What a program forgot must not live until it makes more of its kind. */
  #watch() {
    this.#isWatching = true;
    this.#collections ??= new SafeFinalizationRegistry(() => {
      this.#isWatching = false;
      this.#sweep();
    });
    this.#collections.register({}, undefined);
  }

  /** The owner's handle was freed, or is about to be. */
  end(owner) {
    owner[kHandle] = undefined;
    if (owner[kListed] !== true) return;
    owner[kListed] = false;
    this.#registry.unregister(owner);
  }

  #sweep() {
    this.#registry ??= new SafeFinalizationRegistry(this.#close);
    for (let i = 0; i < this.#young.length; i++) {
      const owner = this.#young[i];
      if (owner[kHandle] === undefined || owner[kListed] === true) continue;
      owner[kListed] = true;
      this.#registry.register(owner, owner[kHandle], owner);
    }
    this.#young = [];
  }
}

module.exports = { Handles, kHandle, kListed };
