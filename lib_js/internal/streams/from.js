'use strict';

// Readable.from(): a stream of what an iterator gives. Reads as long as there is room; values that
// are promises of a synchronous iterator are awaited in their order.

const { PromisePrototypeThen, SymbolAsyncIterator, SymbolIterator } = primordials;

const { Buffer } = require('buffer');
const {
  aggregateTwoErrors,
  codes: { ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES },
} = require('internal/errors');

function from(Readable, iterable, opts) {
  // A string is one chunk, not many characters.
  if (typeof iterable === 'string' || iterable instanceof Buffer) {
    return new Readable({
      objectMode: true,
      ...opts,
      read() {
        this.push(iterable);
        this.push(null);
      },
    });
  }

  let iterator;
  let isAsync = false;
  if (iterable?.[SymbolAsyncIterator]) {
    iterator = iterable[SymbolAsyncIterator]();
    isAsync = true;
  } else if (iterable?.[SymbolIterator]) {
    iterator = iterable[SymbolIterator]();
  } else {
    throw new ERR_INVALID_ARG_TYPE('iterable', ['Iterable'], iterable);
  }

  const readable = new Readable({ objectMode: true, highWaterMark: 1, ...opts });
  const givenDestroy = readable._destroy;
  let reading = false;
  let seenPromise = false; // A synchronous iterator gave one: from now on its values are awaited.

  readable._read = function() {
    if (reading) return;
    reading = true;
    if (isAsync || seenPromise) readAsync();
    else readSync();
  };

  readable._destroy = function(error, callback) {
    givenDestroy.call(this, error, (destroyError) => {
      const outcome = destroyError || error;
      PromisePrototypeThen(
        close(iterator, outcome),
        () => process.nextTick(callback, outcome),
        (closeError) => process.nextTick(callback, aggregateTwoErrors(outcome, closeError)),
      );
    });
  };

  // Pushes a value; returns whether to go on.
  function give(value) {
    if (value === null) {
      reading = false;
      throw new ERR_STREAM_NULL_VALUES();
    }
    if (readable.push(value)) return true;
    reading = false;
    return false;
  }

  function readSync() {
    try {
      while (true) {
        const { value, done } = iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        if (value && typeof value.then === 'function') {
          seenPromise = true;
          readAsync(value);
          return;
        }
        if (!give(value)) return;
      }
    } catch (error) {
      readable.destroy(error);
    }
  }

  // `pending` is a promise that readSync() came upon.
  async function readAsync(pending) {
    try {
      if (pending !== undefined && !give(await pending)) return;
      while (true) {
        const { value, done } = isAsync ? await iterator.next() : iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        const awaits = !isAsync && value && typeof value.then === 'function';
        if (!give(awaits ? await value : value)) return;
      }
    } catch (error) {
      readable.destroy(error);
    }
  }

  return readable;
}

// Lets the iterator clean up.
async function close(iterator, error) {
  if (error != null && typeof iterator.throw === 'function') {
    const { value, done } = await iterator.throw(error);
    await value;
    if (done) return;
  }
  if (typeof iterator.return === 'function') {
    const { value } = await iterator.return();
    await value;
  }
}

module.exports = from;
