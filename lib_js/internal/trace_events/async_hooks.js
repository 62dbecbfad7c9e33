'use strict';

// Category node.async_hooks: resources from init to destroy, and the callbacks in between. All
// types come this way, since those that are native in Node are told by hooks here, too.

const { SafeMap } = primordials;

const async_hooks = require('async_hooks');
const { asyncBegin, asyncEnd } = require('internal/trace_events/emit');

const GROUP = 'node,node.async_hooks';

const types = new SafeMap();
let hook;

function createHook() {
  return async_hooks.createHook({
    init(asyncId, type, triggerAsyncId) {
      types.set(asyncId, type);
      asyncBegin(GROUP, type, asyncId, {
        data: { triggerAsyncId, executionAsyncId: async_hooks.executionAsyncId() },
      });
    },

    before(asyncId) {
      const type = types.get(asyncId);
      if (type !== undefined) asyncBegin(GROUP, `${type}_CALLBACK`, asyncId);
    },

    after(asyncId) {
      const type = types.get(asyncId);
      if (type !== undefined) asyncEnd(GROUP, `${type}_CALLBACK`, asyncId);
    },

    destroy(asyncId) {
      const type = types.get(asyncId);
      if (type === undefined) return;
      asyncEnd(GROUP, type, asyncId);
      types.delete(asyncId);
    },
  });
}

function traceHooks(isOn) {
  if (isOn) {
    hook ??= createHook();
    hook.enable();
  } else {
    hook.disable();
    types.clear();
  }
}

module.exports = { traceHooks };
