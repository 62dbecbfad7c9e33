'use strict';

// Stacks of what was scheduled, joined to those of what runs: V8 does it for promises, and for
// everything else is told here. Native calls both, as debuggers ask for it.

const { createHook } = require('async_hooks');

const inspector = internalBinding('inspector');

let hook;
let isOn = false;

function makeHook() {
  return createHook({
    init(asyncId, type) {
      // Nobody knows whether a task runs once: it is V8's until it is destroyed.
      inspector.asyncTaskScheduled(type, asyncId, true);
    },
    before(asyncId) {
      inspector.asyncTaskStarted(asyncId);
    },
    after(asyncId) {
      inspector.asyncTaskFinished(asyncId);
    },
    destroy(asyncId) {
      inspector.asyncTaskCanceled(asyncId);
    },
    trackPromises: false,
  });
}

function enable() {
  if (isOn) return;
  isOn = true;
  hook ??= makeHook();
  hook.enable();
}

function disable() {
  if (!isOn) return;
  isOn = false;
  hook.disable();
}

module.exports = { disable, enable };
