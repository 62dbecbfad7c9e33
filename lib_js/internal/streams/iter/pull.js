'use strict';

// pull() and pullSync(): a source behind transforms. Nothing is read before somebody asks.

const { SymbolAsyncIterator, SymbolIterator } = primordials;

const { AbortController } = require('internal/abort_controller');
const { interruptible, onAbort } = require('internal/streams/iter/abort');
const { signalOf, takeOptions, validateTransforms } = require('internal/streams/iter/arguments');
const { from, fromSync, givingBatches } = require('internal/streams/iter/from');
const { transformed, transformedSync } = require('internal/streams/iter/transforms');
const { lazyDOMException } = require('internal/util');

/** Transforms hear by a signal of their own that nobody wants their output any more. */
async function* throughTransforms(source, transforms, signal) {
  const controller = new AbortController();
  const stop = onAbort(signal, (reason) => controller.abort(reason));
  let isWhole = false;
  try {
    const output = interruptible(transformed(source, transforms, controller.signal), signal);
    for await (const batch of output) yield batch;
    isWhole = true;
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    if (!isWhole) controller.abort(lazyDOMException('Aborted', 'AbortError'));
    stop();
  }
}

/** @param {Function[] | object[]} transforms  checked */
function pipeline(source, transforms, signal) {
  return givingBatches({
    __proto__: null,
    async *[SymbolAsyncIterator]() {
      if (signal?.aborted) throw signal.reason;
      const batches = from(source);
      yield* transforms.length === 0 ?
        interruptible(batches, signal) : throughTransforms(batches, transforms, signal);
    },
  });
}

function pull(source, ...transforms) {
  const signal = signalOf(takeOptions(transforms));
  return pipeline(source, transforms, signal);
}

function pullSync(source, ...transforms) {
  validateTransforms(transforms);
  return givingBatches({
    __proto__: null,
    *[SymbolIterator]() {
      yield* transformedSync(fromSync(source), transforms);
    },
  });
}

module.exports = { pipeline, pull, pullSync };
