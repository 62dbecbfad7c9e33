'use strict';

// Domain NodeRuntime: whether the process waits, for a debugger to begin or to let it end. Those
// who make it wait say so here.

const { SafeSet } = primordials;

const { readFlag, readNothing, record } = require('internal/inspector/protocol');

const domains = new SafeSet();
let isWaitingForDebugger = false;

class NodeRuntimeDomain {
  #notify;
  #isEnabled = false;
  #wantsEnd = false;

  constructor(notify) {
    this.#notify = notify;
    domains.add(this);
  }

  commands = commands;

  enable() {
    this.#isEnabled = true;
    this.tellOfWait();
  }

  disable() {
    this.#isEnabled = false;
  }

  notifyWhenWaitingForDisconnect({ enabled }) {
    this.#wantsEnd = enabled;
  }

  tellOfWait() {
    if (this.#isEnabled && isWaitingForDebugger) this.#notify('waitingForDebugger', {});
  }

  /** False if the client did not ask for it. */
  tellOfEnd() {
    if (this.#wantsEnd) this.#notify('waitingForDisconnect', {});
    return this.#wantsEnd;
  }

  close() {
    domains.delete(this);
  }
}

const commands = {
  __proto__: null,
  enable: [readNothing, (domain) => domain.enable()],
  disable: [readNothing, (domain) => domain.disable()],
  notifyWhenWaitingForDisconnect: [
    record({ __proto__: null, enabled: [readFlag, false] }),
    (domain, params) => domain.notifyWhenWaitingForDisconnect(params),
  ],
};

/** The program begins to wait for a debugger that lets it run, or stops to wait. */
function setWaitingForDebugger(isWaiting) {
  isWaitingForDebugger = isWaiting;
  for (const domain of new SafeSet(domains)) domain.tellOfWait();
}

/**
 * All code has run, and the process waits for its debuggers to go. True if any of them asked to be
 * told: the contexts stay until they are gone.
 */
function tellWaitingForDisconnect() {
  let isWanted = false;
  for (const domain of new SafeSet(domains)) isWanted = domain.tellOfEnd() || isWanted;
  return isWanted;
}

module.exports = { NodeRuntimeDomain, setWaitingForDebugger, tellWaitingForDisconnect };
