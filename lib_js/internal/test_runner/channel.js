'use strict';
// The tracing channel `node.test`: start, end and error of every test and suite.

const { ReflectApply } = primordials;

const { AsyncResource } = require('async_hooks');
const { tracingChannel } = require('diagnostics_channel');

const channel = tracingChannel('node.test');

/** What subscribers are told about one run of one test. */
class Trace {
  #message;
  #bind = null;

  constructor(test) {
    this.#message = {
      __proto__: null,
      name: test.name,
      nesting: test.nesting,
      file: test.entryFile,
      type: test.reportedType,
    };
  }

  /** `fn`, in the stores that subscribers bind, once somebody listens. */
  wrap(fn) {
    if (!channel.start.hasSubscribers) return fn;
    const trace = this;
    return function(...args) {
      return channel.start.runStores(trace.#message, () => {
        trace.#bind = new AsyncResource('TestTrace');
        return ReflectApply(fn, this, args);
      });
    };
  }

  #publish(target, message) {
    if (this.#bind === null) target.publish(message);
    else this.#bind.runInAsyncScope(() => target.publish(message));
  }

  error(error) {
    if (!channel.error.hasSubscribers) return;
    this.#publish(channel.error, { __proto__: null, ...this.#message, error });
  }

  end() {
    if (channel.end.hasSubscribers) this.#publish(channel.end, this.#message);
  }
}

module.exports = { Trace };
