'use strict';

// Events for somebody inside the process (the inspector's domain NodeTracing), who takes them in
// JSON from where they wait.

const { ArrayPrototypeSlice } = primordials;

const { hear, listen, stopListening, want, wantNoMore } = internalBinding('trace_events');
const { refresh } = require('internal/trace_events/control');

class Listening {
  #number = listen();
  #categories;

  constructor(categories) {
    this.#categories = ArrayPrototypeSlice(categories);
    want(this.#categories);
    refresh();
  }

  /** At most so many that were not taken yet. @returns {string[]} */
  take(countMax) {
    return hear(this.#number, countMax);
  }

  /** No more events come; those that wait can be taken. */
  end() {
    if (this.#categories === undefined) return;
    wantNoMore(this.#categories);
    this.#categories = undefined;
    refresh();
  }

  close() {
    this.end();
    stopListening(this.#number);
  }
}

module.exports = { Listening };
