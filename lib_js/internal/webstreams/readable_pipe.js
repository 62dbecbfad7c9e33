'use strict';

// ReadableStream.prototype.pipeTo: https://streams.spec.whatwg.org/#readable-stream-pipe-to
// A chunk goes from queue to queue without a promise: the pipe is the read request and the write
// request of all its chunks.

const { ArrayPrototypePush, PromisePrototypeThen, PromiseResolve, PromiseWithResolvers,
        SafePromiseAllReturnVoid, SymbolDispose } = primordials;

const { DOMException } = require('internal/domexception');
const { AbortError, codes: { ERR_INVALID_STATE } } = require('internal/errors');
const { addAbortListener } = require('internal/events/abort_listener');
const { orphan, soon } = require('internal/webstreams/util');
const { ReaderState } = require('internal/webstreams/readable_state');
const { WriterState } = require('internal/webstreams/writable_state');

class Pipe {
  constructor(source, destination, options) {
    this.source = source;
    this.destination = destination;
    this.options = options;
    this.reader = new ReaderState(source, false);
    this.writer = new WriterState(destination);
    this.deferred = PromiseWithResolvers();
    this.isShuttingDown = false;
    this.isReading = false;
    /** Chunks that were read and are not yet written. */
    this.pending = 0;
    this.onDrained = undefined;
    this.listening = undefined;
    this.held = undefined;
    this.step = () => this.#step();
    this.writeHeld = () => this.#writeHeld();
    source.disturbed = true;
  }

  start() {
    const { signal } = this.options;
    if (signal !== undefined) {
      if (signal.aborted) {
        this.#abort(signal);
        return;
      }
      this.listening = addAbortListener(signal, () => this.#abort(signal));
    }
    this.#watch();
    soon(this.step);
  }

  /** The order decides which of several ends counts. */
  #watch() {
    const { source, destination, options } = this;
    if (source.state === 'errored') this.#sourceFailed(source.storedError);
    else PromisePrototypeThen(this.reader.closed.promise, undefined, (e) => this.#sourceFailed(e));
    if (destination.state === 'errored') {
      this.#destinationFailed(destination.storedError);
    } else {
      PromisePrototypeThen(
        this.writer.closed.promise, undefined, (error) => this.#destinationFailed(error));
    }
    const sourceClosed = () => {
      if (options.preventClose) this.#shutdown();
      else this.#shutdown(() => this.writer.closeWithErrorPropagation());
    };
    if (source.state === 'closed') sourceClosed();
    else PromisePrototypeThen(this.reader.closed.promise, sourceClosed, () => {});
    if (destination.isCloseQueuedOrInFlight || destination.state === 'closed') {
      const error = new ERR_INVALID_STATE.TypeError('Destination WritableStream is closed');
      if (options.preventCancel) this.#shutdown(undefined, true, error);
      else this.#shutdown(() => source.cancel(error), true, error);
    }
  }

  #sourceFailed(error) {
    if (this.options.preventAbort) this.#shutdown(undefined, true, error);
    else this.#shutdown(() => this.destination.abort(error), true, error);
  }

  #destinationFailed(error) {
    if (this.options.preventCancel) this.#shutdown(undefined, true, error);
    else this.#shutdown(() => this.source.cancel(error), true, error);
  }

  #abort(signal) {
    // Node's own AbortError is not what a standard speaks of.
    const reason = signal.reason instanceof AbortError ?
      new DOMException(signal.reason.message, 'AbortError') : signal.reason;
    const { source, destination, options } = this;
    this.#shutdown(() => {
      const actions = [];
      if (!options.preventAbort && destination.state === 'writable') {
        ArrayPrototypePush(actions, destination.abort(reason));
      }
      if (!options.preventCancel && source.state === 'readable') {
        ArrayPrototypePush(actions, source.cancel(reason));
      }
      return SafePromiseAllReturnVoid(actions, (action) => action);
    }, true, reason);
  }

  // ---- chunks

  /** Moves what can be moved, and finds whom to wait for. */
  #step() {
    const { source, destination, writer } = this;
    while (!this.isShuttingDown && !this.isReading) {
      if (destination.state !== 'writable' || source.state !== 'readable') return;
      if (destination.backpressure) {
        writer.onReady = this.step;
        return;
      }
      writer.onReady = undefined;
      if (!source.control.canTake) {
        this.isReading = true;
        source.control.pullSteps(this);
        return;
      }
      this.pending++;
      if (!writer.write(source.control.take(), this)) this.pending--;
    }
  }

  // As a read request. A program that enqueues must not find itself in the sink's write().
  chunk(value) {
    this.held = value;
    this.pending++;
    soon(this.writeHeld);
  }

  #writeHeld() {
    const value = this.held;
    this.held = undefined;
    this.isReading = false;
    if (!this.writer.write(value, this)) this.#wrote();
    this.#step();
  }

  close() {
    this.isReading = false;
  }

  error() {
    this.isReading = false;
  }

  // As a write request. Failures are known from the destination itself.
  resolve() {
    this.#wrote();
  }

  reject() {
    this.#wrote();
  }

  #wrote() {
    if (--this.pending === 0 && this.onDrained !== undefined) soon(this.onDrained);
  }

  // ---- the end

  /** @param {Function} [action]  returns a promise; an error of it replaces `error` */
  #shutdown(action, isError, error) {
    if (this.isShuttingDown) return;
    this.isShuttingDown = true;
    this.writer.onReady = undefined;
    const act = () => {
      if (action === undefined) {
        this.#finalize(isError, error);
        return;
      }
      PromisePrototypeThen(PromiseResolve(action()), () => this.#finalize(isError, error),
                           (newError) => this.#finalize(true, newError));
    };
    const { destination } = this;
    if (destination.state !== 'writable' || destination.isCloseQueuedOrInFlight) act();
    else if (this.pending === 0) soon(act);
    else this.onDrained = act;
  }

  #finalize(isError, error) {
    this.writer.release();
    this.reader.release();
    this.listening?.[SymbolDispose]();
    if (isError) this.deferred.reject(error);
    else this.deferred.resolve(undefined);
  }
}

orphan(Pipe);

/**
 * @param {ReadableState} source  not locked
 * @param {WritableState} destination  not locked
 * @param {{preventClose: boolean, preventAbort: boolean, preventCancel: boolean,
 *          signal: AbortSignal | undefined}} options
 */
function pipeTo(source, destination, options) {
  const pipe = new Pipe(source, destination, options);
  pipe.start();
  return pipe.deferred.promise;
}

module.exports = { pipeTo };
