'use strict';

// merge(): batches of several sources, whichever comes first. A source is asked for its next batch
// when the one before was taken, so that an idle reader lets all of them rest.

const {
  PromisePrototypeThen, PromiseWithResolvers, SymbolAsyncIterator, SymbolIterator, globalThis,
} = primordials;

const { letGo, onAbort } = require('internal/streams/iter/abort');
const { signalOf } = require('internal/streams/iter/arguments');
const { bytesOf } = require('internal/streams/iter/bytes');
const { from, givingBatches, has } = require('internal/streams/iter/from');
const { toAsyncStreamable, toStreamable } = require('internal/streams/iter/types');

// Not there when primordials are made: V8 adds it to contexts that come from a snapshot.
const { SuppressedError } = globalThis;

class Merging {
  constructor(sources) {
    /** Iterators that have not ended. */
    this.iterators = [];
    /** Those of them whose next batch nobody has asked for. */
    this.idle = [];
    /** Batches that came while nobody waited, and the iterators that they are from. */
    this.ready = [];
    this.hasFailed = false;
    this.error = undefined;
    this.wake = undefined;
    for (let i = 0; i < sources.length; i++) {
      const iterator = sources[i][SymbolAsyncIterator]();
      this.iterators.push(iterator);
      this.idle.push(iterator);
    }
  }

  wakeUp() {
    this.wake?.resolve();
    this.wake = undefined;
  }

  fail(error) {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.error = error;
    this.wakeUp();
  }

  drop(iterator) {
    this.iterators.splice(this.iterators.indexOf(iterator), 1);
  }

  ask(iterator) {
    PromisePrototypeThen(iterator.next(), ({ done, value }) => {
      if (done) this.drop(iterator);
      else this.ready.push({ iterator, value });
      this.wakeUp();
    }, (error) => {
      this.drop(iterator);
      this.fail(error);
    });
  }

  /** @returns {Promise<Uint8Array[] | undefined>} undefined: all have ended */
  async next() {
    const { idle } = this;
    this.idle = [];
    for (let i = 0; i < idle.length; i++) this.ask(idle[i]);
    while (!this.hasFailed && this.ready.length === 0 && this.iterators.length > 0) {
      this.wake = PromiseWithResolvers();
      await this.wake.promise;
    }
    if (this.hasFailed) throw this.error;
    if (this.ready.length === 0) return undefined;
    const { iterator, value } = this.ready.shift();
    this.idle.push(iterator);
    return value;
  }

  /** Closes what has not ended. @returns the error to throw in the end, in a box */
  async close(failure) {
    const { iterators } = this;
    this.iterators = [];
    const closings = [];
    for (let i = 0; i < iterators.length; i++) closings.push(iterators[i].return());
    for (let i = 0; i < closings.length; i++) {
      try {
        await closings[i];
      } catch (error) {
        failure = {
          error: failure === undefined ? error : new SuppressedError(failure.error, error),
        };
      }
    }
    return failure;
  }
}

async function* merged(sources, signal) {
  if (signal?.aborted) throw signal.reason;
  const merging = new Merging(sources);
  let failure;
  const stop = onAbort(signal, (reason) => {
    merging.fail(reason);
    // They may never answer, and nobody waits for them any more.
    for (let i = 0; i < merging.iterators.length; i++) letGo(merging.iterators[i]);
    merging.iterators = [];
  });
  try {
    let batch;
    while ((batch = await merging.next()) !== undefined) yield batch;
  } catch (error) {
    failure = { error };
  } finally {
    stop();
    failure = await merging.close(failure);
    // eslint-disable-next-line no-unsafe-finally
    if (failure !== undefined) throw failure.error;
  }
}

function isSource(value) {
  return typeof value !== 'object' || value === null || bytesOf(value) !== undefined ||
    has(value, toAsyncStreamable) || has(value, toStreamable) ||
    has(value, SymbolAsyncIterator) || has(value, SymbolIterator);
}

function merge(...sources) {
  const options = sources.length > 0 && !isSource(sources.at(-1)) ? sources.pop() : undefined;
  const signal = signalOf(options);
  for (let i = 0; i < sources.length; i++) sources[i] = from(sources[i]);
  return givingBatches({
    __proto__: null, [SymbolAsyncIterator]: () => merged(sources, signal),
  });
}

module.exports = { merge };
