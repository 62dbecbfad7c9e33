'use strict';

// from() and fromSync(): anything that bytes can be read from, as an iterable of batches.

const {
  ArrayIsArray, ArrayPrototypeSlice, SafeWeakSet, SymbolAsyncIterator, SymbolIterator,
} = primordials;

const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
const { bytesOf, isBatch } = require('internal/streams/iter/bytes');
const { endStep, stepOf } = require('internal/streams/iter/steps');
const { toAsyncStreamable, toStreamable } = require('internal/streams/iter/types');
const { isUint8Array } = require('internal/util/types');

/** Chunks of a synchronous source that are gathered in one batch. */
const BATCH_CHUNKS_MAX = 128;

const SYNC_KINDS = ['string', 'ArrayBuffer', 'ArrayBufferView', 'Iterable', 'toStreamable'];
const ASYNC_KINDS = [
  'string', 'ArrayBuffer', 'ArrayBufferView', 'Iterable', 'AsyncIterable', 'toStreamable',
  'toAsyncStreamable',
];

/** Iterables of the library's own, which give nothing but batches. */
const ours = new SafeWeakSet();

function givingBatches(source) {
  ours.add(source);
  return source;
}

/** A reader, which has next(), return() and throw(), as what programs iterate. */
function iterableOver(reader) {
  return givingBatches({
    __proto__: null,
    [SymbolAsyncIterator]() {
      return {
        __proto__: null,
        next() {
          return reader.next();
        },
        return() {
          return reader.return();
        },
        throw(error) {
          return reader.throw(error);
        },
      };
    },
  });
}

function has(value, symbol) {
  return value !== null && (typeof value === 'object' || typeof value === 'function') &&
    typeof value[symbol] === 'function';
}

function isThenable(value) {
  return value !== null && typeof value === 'object' && typeof value.then === 'function';
}

// ---- values of synchronous sources -------------------------------------------------------------

/** Flattens `value` into `batch`. */
function gatherSync(value, batch) {
  const bytes = bytesOf(value);
  if (bytes !== undefined) {
    batch.push(bytes);
  } else if (has(value, toStreamable)) {
    gatherSync(value[toStreamable](), batch);
  } else if (has(value, SymbolIterator)) {
    for (const each of value) gatherSync(each, batch);
  } else {
    throw new ERR_INVALID_ARG_TYPE('value', SYNC_KINDS, value);
  }
}

function* slices(batch) {
  if (batch.length <= BATCH_CHUNKS_MAX) {
    if (batch.length > 0) yield batch;
    return;
  }
  for (let at = 0; at < batch.length; at += BATCH_CHUNKS_MAX) {
    yield ArrayPrototypeSlice(batch, at, at + BATCH_CHUNKS_MAX);
  }
}

/** A value of a synchronous source that is not made of bytes yet. */
class Raw {
  constructor(value) {
    this.value = value;
  }
}

/** What a synchronous source has, in its order: batches, and raw values in between. */
function* pieces(source) {
  let chunks = [];
  for (const value of source) {
    if (isUint8Array(value)) {
      chunks.push(value);
      if (chunks.length < BATCH_CHUNKS_MAX) continue;
    }
    if (chunks.length > 0) {
      yield chunks;
      chunks = [];
    }
    if (isUint8Array(value)) continue;
    if (isBatch(value)) yield* slices(value);
    else yield new Raw(value);
  }
  if (chunks.length > 0) yield chunks;
}

function* batchesSync(source) {
  for (const piece of pieces(source)) {
    if (!(piece instanceof Raw)) {
      yield piece;
      continue;
    }
    const batch = [];
    gatherSync(piece.value, batch);
    if (batch.length > 0) yield batch;
  }
}

function fromSync(input) {
  if (input === null || input === undefined) {
    throw new ERR_INVALID_ARG_TYPE('input', 'a non-null value', input);
  }
  if (ours.has(input) && has(input, SymbolIterator)) return input;
  const bytes = bytesOf(input);
  if (bytes !== undefined) {
    return givingBatches({ __proto__: null, *[SymbolIterator]() { yield [bytes]; } });
  }
  if (has(input, toStreamable)) return fromSync(input[toStreamable]());
  if (isBatch(input)) {
    return givingBatches({ __proto__: null, [SymbolIterator]: () => slices(input) });
  }
  if (has(input, SymbolIterator)) {
    return givingBatches({ __proto__: null, [SymbolIterator]: () => batchesSync(input) });
  }
  const wanted = has(input, SymbolAsyncIterator) ? 'a synchronous input (not AsyncIterable)' :
    isThenable(input) ? 'a synchronous input (not Promise)' : SYNC_KINDS;
  throw new ERR_INVALID_ARG_TYPE('input', wanted, input);
}

// ---- values of asynchronous sources ------------------------------------------------------------

/**
 * Flattens `value` into `batch`. What a synchronous source gives may be a promise, but no
 * asynchronous iterable: nobody would expect the source to wait for it.
 */
async function gather(value, batch, isSourceSync) {
  if (isThenable(value)) value = await value;
  const bytes = bytesOf(value);
  if (bytes !== undefined) {
    batch.push(bytes);
  } else if (!isSourceSync && has(value, toAsyncStreamable)) {
    await gather(await value[toAsyncStreamable](), batch, false);
  } else if (has(value, toStreamable)) {
    await gather(value[toStreamable](), batch, isSourceSync);
  } else if (!isSourceSync && has(value, SymbolAsyncIterator)) {
    for await (const each of value) await gather(each, batch, false);
  } else if (has(value, SymbolIterator)) {
    for (const each of value) await gather(each, batch, isSourceSync);
  } else {
    const isAsync = has(value, SymbolAsyncIterator) || has(value, toAsyncStreamable);
    throw new ERR_INVALID_ARG_TYPE('value', isAsync ? SYNC_KINDS : ASYNC_KINDS, value);
  }
}

/** Batches of an asynchronous source; return() reaches it even while it owes its next value. */
class Batches {
  #iterator;
  #isOver = false;

  constructor(source) {
    this.#iterator = source[SymbolAsyncIterator]();
  }

  async next() {
    while (!this.#isOver) {
      const { done: isDone, value } = await this.#iterator.next();
      if (isDone) {
        this.#isOver = true;
        break;
      }
      if (isBatch(value)) {
        if (value.length > 0) return stepOf(value);
        continue;
      }
      const batch = isUint8Array(value) ? [value] : await this.#gather(value);
      if (batch.length > 0) return stepOf(batch);
    }
    return endStep();
  }

  async #gather(value) {
    const batch = [];
    try {
      await gather(value, batch, false);
    } catch (error) {
      await this.return();
      throw error;
    }
    return batch;
  }

  async return() {
    if (!this.#isOver) {
      this.#isOver = true;
      await this.#iterator.return?.();
    }
    return endStep();
  }

  [SymbolAsyncIterator]() {
    return this;
  }
}

/** A synchronous source that is read asynchronously. */
async function* batchesAwaiting(source) {
  for (const piece of pieces(source)) {
    if (!(piece instanceof Raw)) {
      yield piece;
      continue;
    }
    const batch = [];
    await gather(piece.value, batch, true);
    if (batch.length > 0) yield batch;
  }
}

async function* batchesOfPromise(promise) {
  yield* from(await promise);
}

function from(input) {
  if (input === null || input === undefined) {
    throw new ERR_INVALID_ARG_TYPE('input', 'a non-null value', input);
  }
  if (ours.has(input) && has(input, SymbolAsyncIterator)) return input;
  const bytes = bytesOf(input);
  if (bytes !== undefined) {
    return givingBatches({ __proto__: null, async *[SymbolAsyncIterator]() { yield [bytes]; } });
  }
  if (ArrayIsArray(input) && isBatch(input)) {
    return givingBatches({
      __proto__: null, async *[SymbolAsyncIterator]() { yield* slices(input); },
    });
  }
  if (has(input, toAsyncStreamable)) {
    const source = input[toAsyncStreamable]();
    if (!isThenable(source)) return from(source);
    return givingBatches({
      __proto__: null, [SymbolAsyncIterator]: () => batchesOfPromise(source),
    });
  }
  if (has(input, toStreamable)) return from(input[toStreamable]());
  if (has(input, SymbolAsyncIterator)) {
    return givingBatches({ __proto__: null, [SymbolAsyncIterator]: () => new Batches(input) });
  }
  if (has(input, SymbolIterator)) {
    return givingBatches({
      __proto__: null, [SymbolAsyncIterator]: () => batchesAwaiting(input),
    });
  }
  throw new ERR_INVALID_ARG_TYPE('input', ASYNC_KINDS, input);
}

module.exports = {
  from, fromSync, gather, givingBatches, has, isThenable, iterableOver,
};
