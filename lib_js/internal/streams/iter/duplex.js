'use strict';

// duplex(): two ends, each of which reads what the other writes.

const { SymbolAsyncDispose, SymbolAsyncIterator } = primordials;

const { signalOf } = require('internal/streams/iter/arguments');
const { givingBatches } = require('internal/streams/iter/from');
const { push } = require('internal/streams/iter/push');
const { kEmptyObject } = require('internal/util');
const { validateObject } = require('internal/validators');

class Closing {
  isClosed = false;
  /** What reads this end, if anything does. */
  iterator = undefined;
}

function endOf({ writer }, { readable }) {
  const state = new Closing();
  const end = {
    __proto__: null,
    get writer() {
      return writer;
    },
    get readable() {
      return givingBatches({
        __proto__: null,
        [SymbolAsyncIterator]() {
          state.iterator = readable[SymbolAsyncIterator]();
          return state.iterator;
        },
      });
    },
    /** Ends both directions of this end; what was written can still be read at the other. */
    async close() {
      if (state.isClosed) return;
      state.isClosed = true;
      writer.endSync();
      await state.iterator?.return();
    },
    [SymbolAsyncDispose]() {
      return end.close();
    },
  };
  return end;
}

/** The options of one direction: its own go before those of both. */
function directionOptions(options, name) {
  const { [name]: own } = options;
  if (own !== undefined) validateObject(own, `options.${name}`);
  const { backpressure = options.backpressure, budget = options.budget } = own ?? kEmptyObject;
  return { __proto__: null, backpressure, budget, signal: options.signal };
}

function duplex(options = kEmptyObject) {
  validateObject(options, 'options');
  signalOf(options);
  const there = directionOptions(options, 'a');
  const back = directionOptions(options, 'b');
  const aToB = push(there);
  const bToA = push(back);
  return [endOf(aToB, bToA), endOf(bToA, aToB)];
}

module.exports = { duplex };
