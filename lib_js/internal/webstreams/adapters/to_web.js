'use strict';

// Readable.toWeb(), Writable.toWeb(), Duplex.toWeb().

const { PromiseWithResolvers, SafePromisePrototypeFinally, Symbol, Uint8Array } = primordials;

const { AbortError, codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { destroyer: destroy } = require('internal/streams/destroy');
const { eos, kEosNodeSynchronousCallback } = require('internal/streams/end-of-stream');
const { isDestroyed, isReadable, isWritable, isWritableEnded } =
  require('internal/streams/utils');
const { kEmptyObject } = require('internal/util');
const { isAnyArrayBuffer } = require('internal/util/types');
const { validateObject, validateOneOf } = require('internal/validators');
const { ByteLengthQueuingStrategy, CountQueuingStrategy } =
  require('internal/webstreams/queuingstrategies');
const { ReadableStream } = require('internal/webstreams/readablestream');
const { nop } = require('internal/webstreams/util');
const { WritableStream } = require('internal/webstreams/writablestream');
const { Buffer } = require('buffer');

/** Options that only our own callers can give. */
const kValidateChunk = Symbol('kValidateChunk');
const kDestroyOnSyncError = Symbol('kDestroyOnSyncError');

const kErrorSentinelAttached = Symbol('kErrorSentinelAttached');

/** What the user of a web stream gets to see of an error of Node's stream. */
function toWebError(error) {
  if (error?.code !== 'ERR_STREAM_PREMATURE_CLOSE') return error;
  return new AbortError(undefined, { cause: error });
}

function sizeOf(chunk) {
  return chunk?.byteLength ?? chunk?.length ?? 1;
}

/** The sink over a stream.Writable, and what it waits for. */
class WritableSink {
  constructor(writable, options) {
    this.writable = writable;
    this.options = options;
    this.controller = undefined;
    /** Until the next 'drain'. */
    this.draining = undefined;
    /** Until the stream has ended. */
    this.closing = undefined;
    const stop = eos(writable, (error) => {
      stop();
      // Old streams may emit another error after they were over.
      writable.on('error', nop);
      this.#ended(toWebError(error));
    });
    writable.on('drain', () => this.draining?.resolve());
  }

  #ended(error) {
    if (error !== undefined && error !== null) {
      this.draining?.reject(error);
      this.closing?.reject(error);
      this.controller?.error(error);
    } else if (this.closing !== undefined) {
      this.closing.resolve();
      this.closing = undefined;
      return;
    } else {
      this.controller?.error(new AbortError());
    }
    this.closing = undefined;
    this.controller = undefined;
  }

  start(controller) {
    this.controller = controller;
  }

  write(chunk) {
    const { writable, options } = this;
    try {
      options[kValidateChunk]?.(chunk);
      if (!writable.writableObjectMode && isAnyArrayBuffer(chunk)) chunk = new Uint8Array(chunk);
      if (!writable.writableNeedDrain && writable.write(chunk)) return undefined;
    } catch (error) {
      // Else the readable side of a transform would wait for ever.
      if (options[kDestroyOnSyncError]) destroy(writable, error);
      throw error;
    }
    if (!writable.writableNeedDrain) return undefined;
    this.draining = PromiseWithResolvers();
    return SafePromisePrototypeFinally(this.draining.promise, () => {
      this.draining = undefined;
    });
  }

  abort(reason) {
    destroy(this.writable, reason);
  }

  close() {
    if (this.closing === undefined && !isWritableEnded(this.writable)) {
      this.closing = PromiseWithResolvers();
      this.writable.end();
      return this.closing.promise;
    }
    this.controller = undefined;
    return undefined;
  }
}

function newWritableStreamFromStreamWritable(streamWritable, options = kEmptyObject) {
  // A Duplex that cannot be written passes, and gives a closed stream.
  if (typeof streamWritable?.write !== 'function' || typeof streamWritable.on !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('streamWritable', 'stream.Writable', streamWritable);
  }
  if (isDestroyed(streamWritable) || !isWritable(streamWritable)) return closedWritable();
  const highWaterMark = streamWritable.writableHighWaterMark;
  const strategy = streamWritable.writableObjectMode ?
    new CountQueuingStrategy({ highWaterMark }) :
    { __proto__: null, highWaterMark, size: sizeOf };
  return new WritableStream(new WritableSink(streamWritable, options), strategy);
}

function closedWritable() {
  const writable = new WritableStream();
  writable.close();
  return writable;
}

function newReadableStreamFromStreamReadable(streamReadable, options = kEmptyObject) {
  // A Duplex that cannot be read passes, and gives a closed stream.
  if (typeof streamReadable?._readableState !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('streamReadable', 'stream.Readable', streamReadable);
  }
  validateObject(options, 'options');
  const { type } = options;
  if (type !== undefined) validateOneOf(type, 'options.type', ['bytes', undefined]);
  const isBytes = type === 'bytes';
  const canRead = isReadable(streamReadable);
  const isObjects = streamReadable.readableObjectMode;
  let controller;
  let isOver = false;
  const source = {
    __proto__: null,
    type,
    start(given) { controller = given; },
    cancel(reason) {
      isOver = true;
      destroy(streamReadable, reason);
    },
  };
  let strategy;
  if (canRead) {
    source.pull = () => { streamReadable.resume(); };
    strategy = readableStrategy(streamReadable, options, isBytes);
  }
  const readableStream = new ReadableStream(source, strategy);

  let stop = nop;
  stop = eos(streamReadable, {
    __proto__: null,
    writable: false, // The other half of a Duplex may go on.
    [kEosNodeSynchronousCallback]: true,
  }, (error) => {
    stop();
    if (!(kErrorSentinelAttached in streamReadable)) {
      // Old streams may emit another error after they were over.
      streamReadable.on('error', nop);
      streamReadable[kErrorSentinelAttached] = true;
    }
    if (isOver) return;
    isOver = true;
    error = toWebError(error);
    if (error) {
      controller.error(error);
      return;
    }
    controller.close();
    if (isBytes) controller.byobRequest?.respond(0);
  });

  if (isOver) {
    stop();
  } else if (canRead) {
    streamReadable.pause();
    streamReadable.on('data', (chunk) => {
      // Buffers may be parts of the pool, which nobody else may have.
      if (!isObjects && Buffer.isBuffer(chunk)) chunk = new Uint8Array(chunk);
      controller.enqueue(chunk);
      if (controller.desiredSize <= 0) streamReadable.pause();
    });
  }
  return readableStream;
}

function readableStrategy(readable, options, isBytes) {
  const highWaterMark = readable.readableHighWaterMark;
  if (isBytes) return { highWaterMark };
  if (options.strategy !== undefined && options.strategy !== null) return options.strategy;
  return readable.readableObjectMode ?
    new CountQueuingStrategy({ highWaterMark }) : new ByteLengthQueuingStrategy({ highWaterMark });
}

function newReadableWritablePairFromDuplex(duplex, options = kEmptyObject) {
  if (typeof duplex?._writableState !== 'object' || typeof duplex._readableState !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('duplex', 'stream.Duplex', duplex);
  }
  validateObject(options, 'options');
  // DEP0201: `type` is an old name.
  const type = options.readableType ?? options.type;
  const isGone = isDestroyed(duplex);
  const writable = isGone || !isWritable(duplex) ? closedWritable() :
    newWritableStreamFromStreamWritable(duplex, options);
  let readable;
  if (isGone || !isReadable(duplex)) {
    readable = new ReadableStream({ type });
    readable.cancel();
  } else {
    readable = newReadableStreamFromStreamReadable(duplex, { __proto__: null, type });
  }
  return { writable, readable };
}

module.exports = {
  kDestroyOnSyncError,
  kValidateChunk,
  newReadableStreamFromStreamReadable,
  newReadableWritablePairFromDuplex,
  newWritableStreamFromStreamWritable,
};
