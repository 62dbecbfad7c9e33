'use strict';

// Readables of node:stream as iterables of batches, and the other way round.

const { SafeWeakMap, SymbolAsyncIterator, SymbolIterator } = primordials;

const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
const { letGo } = require('internal/streams/iter/abort');
const { signalOf } = require('internal/streams/iter/arguments');
const { from, fromSync, gather, givingBatches, has } = require('internal/streams/iter/from');
const { toAsyncStreamable } = require('internal/streams/iter/types');
const { kEmptyObject } = require('internal/util');
const { validateInteger, validateObject } = require('internal/validators');

const DEFAULT_HIGH_WATER_MARK_BYTES = 65536;
const BATCH_CHUNKS_MAX = 128;

// ---- from a Readable ---------------------------------------------------------------------------

/** What readables that are no streams of the library have been made into. */
const known = new SafeWeakMap();

const ENDS_BOTH = { __proto__: null, endsBoth: true };

function takeBytes(stream) {
  const chunk = stream.read();
  return chunk === null ? null : [chunk];
}

/** Everything that a stream of objects or of text has now. */
function takeValues(stream) {
  const values = [];
  let value;
  while (values.length < BATCH_CHUNKS_MAX && (value = stream.read()) !== null) values.push(value);
  return values.length > 0 ? values : null;
}

async function* normalized(values) {
  for await (const some of values) {
    const batch = [];
    for (let i = 0; i < some.length; i++) await gather(some[i], batch, false);
    if (batch.length > 0) yield batch;
  }
}

/** What a Readable's toAsyncStreamable protocol gives. */
function batchesOfReadable(stream) {
  const { iterate } = require('internal/streams/readable_iterator');
  const state = stream._readableState;
  const givesBytes = state !== undefined && !state.objectMode && !state.encoding;
  const chunks = iterate(stream, ENDS_BOTH, givesBytes ? takeBytes : takeValues);
  const iterator = givesBytes ? chunks : normalized(chunks);
  iterator.stream = stream;
  return givingBatches(iterator);
}

function fromReadable(readable) {
  const hasProtocol = has(readable, toAsyncStreamable);
  if (!hasProtocol && (!has(readable, 'read') || !has(readable, 'on'))) {
    throw new ERR_INVALID_ARG_TYPE('readable', 'Readable', readable);
  }
  let source = known.get(readable);
  if (source === undefined) {
    source = hasProtocol ? readable[toAsyncStreamable]() : batchesOfReadable(readable);
    known.set(readable, source);
  }
  return source;
}

// ---- to a Readable -----------------------------------------------------------------------------

function optionsOf(options) {
  validateObject(options, 'options');
  const { highWaterMark = DEFAULT_HIGH_WATER_MARK_BYTES } = options;
  validateInteger(highWaterMark, 'options.highWaterMark', 0);
  return highWaterMark;
}

/** Pushes what is left of a batch. @returns {boolean} whether the stream wants more */
function pushBatch(stream, pending) {
  const { batch } = pending;
  let wantsMore = true;
  while (wantsMore && pending.at < batch.length) wantsMore = stream.push(batch[pending.at++]);
  return wantsMore;
}

function toReadable(source, options = kEmptyObject) {
  if (!has(source, SymbolAsyncIterator)) {
    throw new ERR_INVALID_ARG_TYPE('source', 'AsyncIterable', source);
  }
  const highWaterMark = optionsOf(options);
  const signal = options.signal === null ? undefined : signalOf(options);
  const Readable = require('internal/streams/readable');
  let iterator;
  let isReading = false;
  const pending = { batch: [], at: 0 };

  async function readBatches(stream) {
    try {
      iterator ??= from(source)[SymbolAsyncIterator]();
      do {
        const { done, value } = await iterator.next();
        if (stream.destroyed) return;
        if (done) {
          iterator = undefined;
          stream.push(null);
          return;
        }
        pending.batch = value;
        pending.at = 0;
      } while (pushBatch(stream, pending));
    } catch (error) {
      iterator = undefined;
      stream.destroy(error);
    } finally {
      isReading = false;
    }
  }

  return new Readable({
    __proto__: null,
    highWaterMark,
    signal,
    read() {
      if (isReading || !pushBatch(this, pending)) return;
      isReading = true;
      readBatches(this);
    },
    destroy(error, callback) {
      if (iterator === undefined || isReading) {
        // The source may never answer what it was asked.
        if (iterator !== undefined) letGo(iterator);
        callback(error);
        return;
      }
      iterator.return().then(() => callback(error), (failure) => callback(error ?? failure));
    },
  });
}

function toReadableSync(source, options = kEmptyObject) {
  if (!has(source, SymbolIterator) && typeof source !== 'string') {
    throw new ERR_INVALID_ARG_TYPE('source', 'Iterable', source);
  }
  const highWaterMark = optionsOf(options);
  const Readable = require('internal/streams/readable');
  let iterator;
  const pending = { batch: [], at: 0 };
  return new Readable({
    __proto__: null,
    highWaterMark,
    read() {
      try {
        iterator ??= fromSync(source)[SymbolIterator]();
        while (pushBatch(this, pending)) {
          const { done, value } = iterator.next();
          if (done) {
            this.push(null);
            return;
          }
          pending.batch = value;
          pending.at = 0;
        }
      } catch (error) {
        this.destroy(error);
      }
    },
    destroy(error, callback) {
      try {
        iterator?.return();
      } catch (failure) {
        error ??= failure;
      }
      callback(error);
    },
  });
}

module.exports = { batchesOfReadable, fromReadable, toReadable, toReadableSync };
