'use strict';

// Waiting that an AbortSignal ends.

const { Promise, SymbolAsyncIterator } = primordials;

const { kResistStopPropagation } = require('internal/event_target');
const { endStep } = require('internal/streams/iter/steps');

function nop() {}

/** Calls abort(reason) when the signal says so, at once if it has. @returns what stops listening */
function onAbort(signal, abort) {
  if (signal === undefined) return nop;
  if (signal.aborted) {
    abort(signal.reason);
    return nop;
  }
  const listener = () => abort(signal.reason);
  signal.addEventListener('abort', listener,
                          { __proto__: null, once: true, [kResistStopPropagation]: true });
  return () => signal.removeEventListener('abort', listener);
}

/** Asks an iterator to let go of what it holds, without waiting for it. */
function letGo(iterator) {
  try {
    const closed = iterator.return?.();
    if (typeof closed?.then === 'function') closed.then(nop, nop);
  } catch {
    // Who aborts wants to hear of that, not of this.
  }
}

/** `source`, which an abort ends even while it waits for its next batch. */
function interruptible(source, signal) {
  if (signal === undefined) return source;
  return {
    __proto__: null,
    [SymbolAsyncIterator]() {
      const iterator = source[SymbolAsyncIterator]();
      let isOver = false;
      // Set while somebody waits.
      let interrupt = nop;
      const stop = onAbort(signal, (reason) => {
        isOver = true;
        interrupt(reason);
        letGo(iterator);
      });
      function end(step) {
        isOver = true;
        stop();
        return step;
      }
      return {
        __proto__: null,
        next() {
          return new Promise((resolve, reject) => {
            if (signal.aborted) return reject(signal.reason);
            interrupt = reject;
            iterator.next().then(
              (step) => resolve(step.done ? end(step) : step),
              (error) => reject(end(error)));
          });
        },
        async return() {
          if (!isOver) {
            end();
            await iterator.return?.();
          }
          return endStep();
        },
        [SymbolAsyncIterator]() {
          return this;
        },
      };
    },
  };
}

module.exports = { interruptible, letGo, onAbort };
