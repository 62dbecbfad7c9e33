'use strict';
// Which test the running code belongs to. The answer travels with the async context, as a value of
// AsyncLocalStorage does, so it holds in timers, promises and callbacks that a test has started,
// and when one of them throws.

const AsyncContextFrame = require('internal/async_context_frame');
const { AsyncResource } = require('async_hooks');

const { current, exchange, extend, set } = AsyncContextFrame;

/** The key in async contexts; the value is a Holder. */
const kHolder = { __proto__: null };

class Holder {
  owner = undefined;
}

/** Code that runs in an owner's runInAsyncScope(), and what it starts, belongs to the owner. */
class Owner extends AsyncResource {
  constructor(type) {
    // The context must be there before the owner is.
    const holder = new Holder();
    const outer = exchange(extend(kHolder, holder));
    super(type);
    set(outer);
    holder.owner = this;
  }
}

/** What stands for a test while reporters run. */
class ReporterScope extends Owner {
  reporters = [];
}

const reporterScope = new ReporterScope('TestReporterScope');

function currentOwner() {
  return current()?.get(kHolder)?.owner;
}

module.exports = { Owner, currentOwner, reporterScope };
