'use strict';

// The writers of push() and broadcast(): arguments are checked here, the rest is the sink's.

const {
  Promise, PromisePrototypeThen, PromiseReject, PromiseResolve, SymbolAsyncDispose, SymbolDispose,
} = primordials;

const { onAbort } = require('internal/streams/iter/abort');
const { signalOf } = require('internal/streams/iter/arguments');
const { chunkBytes, chunksBytes } = require('internal/streams/iter/bytes');
const { CLOSED, CLOSING, OPEN } = require('internal/streams/iter/sink');
const { drainableProtocol } = require('internal/streams/iter/types');
const { validateArray } = require('internal/validators');

/** `promise`, or the reason of an abort that comes before. */
function untilAbort(promise, signal) {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, reject);
    PromisePrototypeThen(promise, (value) => {
      stop();
      resolve(value);
    }, (error) => {
      stop();
      reject(error);
    });
  });
}

class Writer {
  #sink;

  constructor(sink) {
    this.#sink = sink;
  }

  get canWrite() {
    return this.#sink.canWrite;
  }

  write(chunk, options) {
    const signal = signalOf(options);
    return this.#sink.write([chunkBytes(chunk)], signal);
  }

  writev(chunks, options) {
    validateArray(chunks, 'chunks');
    const signal = signalOf(options);
    return this.#sink.write(chunksBytes(chunks), signal);
  }

  writeSync(chunk) {
    return this.#sink.offer([chunkBytes(chunk)]);
  }

  writevSync(chunks) {
    return this.#sink.offer(chunksBytes(chunks));
  }

  end(options) {
    const signal = signalOf(options);
    if (signal?.aborted) return PromiseReject(signal.reason);
    this.#sink.close();
    return untilAbort(this.#sink.ended(), signal);
  }

  endSync() {
    const sink = this.#sink;
    sink.close();
    return sink.state === CLOSED ? sink.total : -1;
  }

  fail(reason) {
    const sink = this.#sink;
    if (sink.state === OPEN || sink.state === CLOSING) sink.fail(sink.reasonOf(reason));
  }

  [drainableProtocol]() {
    return this.#sink.drained();
  }

  [SymbolAsyncDispose]() {
    const sink = this.#sink;
    if (sink.state === CLOSING) return sink.ended();
    this.fail();
    return PromiseResolve();
  }

  [SymbolDispose]() {
    this.fail();
  }
}

module.exports = { Writer };
