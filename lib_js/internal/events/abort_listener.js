'use strict';

// events.addAbortListener(): hears a signal's abort even if another listener stops propagation.

const { ObjectFreeze, SymbolDispose } = primordials;

const { validateAbortSignal, validateFunction } = require('internal/validators');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');

let listenerOptions;

function addAbortListener(signal, listener) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');

  const listens = !signal.aborted;
  if (listens) {
    listenerOptions ??= ObjectFreeze({
      __proto__: null,
      once: true,
      [require('internal/event_target').kResistStopPropagation]: true,
    });
    signal.addEventListener('abort', listener, listenerOptions);
  } else {
    require('internal/process/task_queues').queueMicrotask(() => listener());
  }
  return {
    __proto__: null,
    [SymbolDispose]() {
      if (listens) signal.removeEventListener('abort', listener);
    },
  };
}

module.exports = { __proto__: null, addAbortListener };
