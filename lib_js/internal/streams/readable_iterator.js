'use strict';

// A Readable as an async iterator.

const { Promise } = primordials;

const { aggregateTwoErrors } = require('internal/errors');
const { destroyer } = require('internal/streams/destroy');
const { eos } = require('internal/streams/end-of-stream');

function nop() {}

function takeChunk(stream) {
  return stream.read();
}

/** take(stream) gives what there is to give now, or null; options.endsBoth: writing ends, too. */
async function* iterate(stream, options, take = takeChunk) {
  let wake = nop;
  // undefined: goes on; null: ended well.
  let error;

  function wakeUp() {
    wake();
    wake = nop;
  }

  stream.on('readable', wakeUp);
  const stopWaiting = eos(stream, { writable: false }, (failure) => {
    error = failure ? aggregateTwoErrors(error, failure) : null;
    wakeUp();
  });

  try {
    while (true) {
      const chunk = stream.destroyed ? null : take(stream);
      if (chunk !== null) yield chunk;
      else if (error) throw error;
      else if (error === null) return;
      else await new Promise((resolve) => { wake = resolve; });
    }
  } catch (failure) {
    error = aggregateTwoErrors(error, failure);
    throw error;
  } finally {
    // The other half of a socket may still have something to say.
    const keepsWriting = error === null && !options?.endsBoth && stream.allowHalfOpen === true &&
      stream.writable === true && stream.writableEnded !== true;
    const mayDestroy = (error || options?.destroyOnReturn !== false) &&
      (error === undefined || stream._readableState.autoDestroy);
    if (mayDestroy && !keepsWriting) {
      destroyer(stream, null);
    } else {
      stream.off('readable', wakeUp);
      stopWaiting();
    }
  }
}

function createReadableIterator(stream, options) {
  if (typeof stream.read !== 'function') {
    stream = require('internal/streams/readable').wrap(stream, { objectMode: true });
  }
  const iterator = iterate(stream, options);
  iterator.stream = stream;
  return iterator;
}

module.exports = { createReadableIterator, iterate };
