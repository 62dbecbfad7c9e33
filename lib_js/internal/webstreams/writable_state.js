'use strict';

// What a WritableStream does: https://streams.spec.whatwg.org/#ws-model
// WritableState is the stream, WritableControl its controller and queue, WriterState its writer;
// what programs hold are shells around them (writablestream.js).
//
// A sink is any object with write(chunk, controller), close() and abort(reason). They return a
// promise, or undefined for "done", or kLater: then the sink calls control.onWritten() or
// control.onWriteFailed(error) itself.
//
// A write request is any object with resolve() and reject(error).

const { PromisePrototypeThen, PromiseReject, PromiseResolve, PromiseWithResolvers, Symbol } =
  primordials;

const { AbortController, AbortSignal } = require('internal/abort_controller');
const { codes: { ERR_INVALID_STATE }, withoutStack } = require('internal/errors');
const {
  ChunkQueue, Latch, Ring, checkedSize, endOf, orphan, promiseOf, promiseResolvedWith,
  rejectHandled, soon,
} = require('internal/webstreams/util');

const kLater = Symbol('kLater');

class AbortRequest {
  constructor(reason, wasAlreadyErroring) {
    this.deferred = PromiseWithResolvers();
    this.reason = reason;
    this.wasAlreadyErroring = wasAlreadyErroring;
  }
}

class WritableState {
  constructor(stream) {
    this.stream = stream;
    this.state = 'writable';
    this.storedError = undefined;
    this.writer = undefined;
    this.control = undefined;
    this.writeRequests = new Ring();
    this.inFlightWrite = undefined;
    this.closeRequest = undefined;
    this.inFlightClose = undefined;
    this.pendingAbort = undefined;
    this.backpressure = false;
    /** Ports to the other end, while the stream is moved to another thread. */
    this.transfer = undefined;
    /** For stream.finished(); made when somebody asks. */
    this.ended = undefined;
  }

  get controller() {
    return this.control.controller;
  }

  get isLocked() {
    return this.writer !== undefined;
  }

  get isCloseQueuedOrInFlight() {
    return this.closeRequest !== undefined || this.inFlightClose !== undefined;
  }

  /** A latch that tells how the stream ended. */
  get ending() {
    return this.ended ??= endOf(this);
  }

  abort(reason) {
    if (this.state === 'closed' || this.state === 'errored') return PromiseResolve(undefined);
    this.control.signalAbort(reason);
    // Listeners of the signal may have done something.
    if (this.state === 'closed' || this.state === 'errored') return PromiseResolve(undefined);
    if (this.pendingAbort !== undefined) return this.pendingAbort.deferred.promise;
    const wasAlreadyErroring = this.state === 'erroring';
    const request = new AbortRequest(wasAlreadyErroring ? undefined : reason, wasAlreadyErroring);
    this.pendingAbort = request;
    if (!wasAlreadyErroring) this.startErroring(reason);
    return request.deferred.promise;
  }

  close() {
    if (this.state === 'closed' || this.state === 'errored') {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('WritableStream is closed'));
    }
    const request = this.closeRequest = PromiseWithResolvers();
    if (this.writer !== undefined && this.backpressure && this.state === 'writable') {
      this.writer.becomeReady();
    }
    this.control.close();
    return request.promise;
  }

  startErroring(reason) {
    this.state = 'erroring';
    this.storedError = reason;
    this.writer?.ready.reject(reason);
    if (this.inFlightWrite === undefined && this.inFlightClose === undefined &&
        this.control.started) {
      this.finishErroring();
    }
  }

  finishErroring() {
    this.state = 'errored';
    this.control.resetQueue();
    const { storedError, writeRequests } = this;
    while (writeRequests.length > 0) writeRequests.shift().reject(storedError);
    const request = this.pendingAbort;
    if (request === undefined) {
      this.#rejectCloseAndClosed();
      return;
    }
    this.pendingAbort = undefined;
    if (request.wasAlreadyErroring) {
      request.deferred.reject(storedError);
      this.#rejectCloseAndClosed();
      return;
    }
    PromisePrototypeThen(this.control.abortSteps(request.reason), () => {
      request.deferred.resolve(undefined);
      this.#rejectCloseAndClosed();
    }, (error) => {
      request.deferred.reject(error);
      this.#rejectCloseAndClosed();
    });
  }

  #rejectCloseAndClosed() {
    if (this.closeRequest !== undefined) {
      this.closeRequest.reject(this.storedError);
      this.closeRequest = undefined;
    }
    this.writer?.closed.reject(this.storedError);
    this.ended?.reject(this.storedError);
  }

  dealWithRejection(error) {
    if (this.state === 'writable') this.startErroring(error);
    else this.finishErroring();
  }

  finishInFlightWriteWithError(error) {
    const request = this.inFlightWrite;
    this.inFlightWrite = undefined;
    request.reject(error);
    this.dealWithRejection(error);
  }

  finishInFlightClose() {
    const request = this.inFlightClose;
    this.inFlightClose = undefined;
    request.resolve(undefined);
    if (this.state === 'erroring') {
      // The error came too late: the sink has closed.
      this.storedError = undefined;
      this.pendingAbort?.deferred.resolve(undefined);
      this.pendingAbort = undefined;
    }
    this.state = 'closed';
    this.writer?.closed.resolve();
    this.ended?.resolve();
  }

  finishInFlightCloseWithError(error) {
    const request = this.inFlightClose;
    this.inFlightClose = undefined;
    request.reject(error);
    this.pendingAbort?.deferred.reject(error);
    this.pendingAbort = undefined;
    this.dealWithRejection(error);
  }

  updateBackpressure(backpressure) {
    if (backpressure === this.backpressure) return;
    this.backpressure = backpressure;
    const { writer } = this;
    if (writer === undefined) return;
    if (backpressure) writer.ready.renew();
    else writer.becomeReady();
  }
}

class WritableControl {
  constructor(state, controller, sink, highWaterMark, size) {
    this.state = state;
    this.controller = controller;
    this.sink = sink;
    this.highWaterMark = highWaterMark;
    this.size = size;
    this.queue = new ChunkQueue(size);
    this.isCloseQueued = false;
    this.started = false;
    this.aborted = false;
    this.abortReason = undefined;
    this.abortController = undefined;
    this.whenWritten = undefined;
    this.whenWriteFailed = undefined;
    state.control = this;
    state.updateBackpressure(this.desiredSize <= 0);
  }

  // Functions of a control are made when it first writes: many streams never do.

  get onWritten() {
    return this.whenWritten ??= () => this.#written();
  }

  get onWriteFailed() {
    return this.whenWriteFailed ??= (error) => this.#writeFailed(error);
  }

  /** @param {Promise | undefined} startResult */
  start(startResult) {
    const onStarted = () => {
      this.started = true;
      this.advance();
    };
    if (startResult === undefined) {
      soon(onStarted);
      return;
    }
    PromisePrototypeThen(promiseResolvedWith(startResult), onStarted, (error) => {
      this.started = true;
      this.state.dealWithRejection(error);
    });
  }

  get desiredSize() {
    return this.highWaterMark - this.queue.total;
  }

  get signal() {
    if (this.abortController === undefined) {
      this.abortController = this.aborted ?
        { signal: AbortSignal.abort(this.abortReason) } : new AbortController();
    }
    return this.abortController.signal;
  }

  signalAbort(reason) {
    if (this.aborted) return;
    this.aborted = true;
    this.abortReason = reason;
    this.abortController?.abort(reason);
  }

  resetQueue() {
    this.queue = new ChunkQueue(this.size);
    this.isCloseQueued = false;
  }

  /** Lets the sink be collected, and keeps it from being called again. */
  clearAlgorithms() {
    this.sink = undefined;
    this.size = undefined;
  }

  abortSteps(reason) {
    let result;
    try {
      result = promiseOf(this.sink.abort(reason));
    } catch (error) {
      result = PromiseReject(error);
    }
    this.clearAlgorithms();
    return result;
  }

  error(error) {
    this.clearAlgorithms();
    this.state.startErroring(error);
  }

  errorIfNeeded(error) {
    if (this.state.state === 'writable') this.error(error);
  }

  close() {
    this.isCloseQueued = true;
    this.advance();
  }

  chunkSize(chunk) {
    if (this.size === undefined) return 1;
    try {
      return this.size(chunk);
    } catch (error) {
      this.errorIfNeeded(error);
      return 1;
    }
  }

  write(chunk, size) {
    const { state } = this;
    if (this.queue.sizes !== undefined) {
      try {
        size = checkedSize(size);
      } catch (error) {
        this.errorIfNeeded(error);
        return;
      }
    }
    this.queue.add(chunk, size);
    if (state.state === 'writable' && !state.isCloseQueuedOrInFlight) {
      state.updateBackpressure(this.desiredSize <= 0);
    }
    this.advance();
  }

  advance() {
    const { state } = this;
    if (!this.started || state.inFlightWrite !== undefined) return;
    if (state.state === 'erroring') {
      state.finishErroring();
      return;
    }
    if (this.queue.length > 0) this.#processWrite(this.queue.peek());
    else if (this.isCloseQueued) this.#processClose();
  }

  #processWrite(chunk) {
    const { state } = this;
    state.inFlightWrite = state.writeRequests.shift();
    let result;
    try {
      result = this.sink.write(chunk, this.controller);
    } catch (error) {
      result = PromiseReject(error);
    }
    if (result === kLater) return;
    PromisePrototypeThen(promiseOf(result), this.onWritten, this.onWriteFailed);
  }

  #written() {
    const { state } = this;
    const request = state.inFlightWrite;
    state.inFlightWrite = undefined;
    request.resolve(undefined);
    this.queue.take();
    if (state.state === 'writable' && !state.isCloseQueuedOrInFlight) {
      state.updateBackpressure(this.desiredSize <= 0);
    }
    this.advance();
  }

  #writeFailed(error) {
    if (this.state.state === 'writable') this.clearAlgorithms();
    this.state.finishInFlightWriteWithError(error);
  }

  #processClose() {
    const { state } = this;
    state.inFlightClose = state.closeRequest;
    state.closeRequest = undefined;
    this.isCloseQueued = false;
    let result;
    try {
      result = promiseOf(this.sink.close());
    } catch (error) {
      result = PromiseReject(error);
    }
    this.clearAlgorithms();
    PromisePrototypeThen(result, () => state.finishInFlightClose(),
                         (error) => state.finishInFlightCloseWithError(error));
  }
}

let releasedError;

/** One for all: a stack would keep the program's frames alive, and nobody needs it. */
function writerReleased() {
  releasedError ??= withoutStack(() =>
    new ERR_INVALID_STATE.TypeError('Writer has been released'));
  return releasedError;
}

class WriterState {
  /** @param {WritableState} stream which is not locked */
  constructor(stream) {
    this.stream = stream;
    this.closed = endOf(stream);
    this.ready = new Latch();
    /** Called in a microtask when the writer gets ready; a pipe sets it. */
    this.onReady = undefined;
    stream.writer = this;
    switch (stream.state) {
      case 'writable':
        if (stream.isCloseQueuedOrInFlight || !stream.backpressure) this.ready.resolve();
        break;
      case 'closed':
        this.ready.resolve();
        break;
      default:
        this.ready.reject(stream.storedError);
    }
  }

  becomeReady() {
    this.ready.resolve();
    if (this.onReady !== undefined) soon(this.onReady);
  }

  get desiredSize() {
    const { state, control } = this.stream;
    if (state === 'errored' || state === 'erroring') return null;
    return state === 'closed' ? 0 : control.desiredSize;
  }

  /**
   * Writes, unless that is refused.
   * @returns {boolean} false if `request` failed at once
   */
  write(chunk, request) {
    const { stream } = this;
    const { control } = stream;
    const size = control.chunkSize(chunk);
    // The program's size function may have done anything.
    if (this.stream !== stream) {
      return refuse(request, new ERR_INVALID_STATE.TypeError('Mismatched WritableStreams'));
    }
    const { state } = stream;
    if (state === 'errored') return refuse(request, stream.storedError);
    if (state === 'closed' || stream.isCloseQueuedOrInFlight) {
      return refuse(request, new ERR_INVALID_STATE.TypeError('WritableStream is closed'));
    }
    if (state === 'erroring') return refuse(request, stream.storedError);
    stream.writeRequests.push(request);
    control.write(chunk, size);
    return true;
  }

  release() {
    const { stream } = this;
    const error = writerReleased();
    this.ready.reject(error);
    this.closed.reject(error);
    stream.writer = undefined;
    this.stream = undefined;
  }

  closeWithErrorPropagation() {
    const { stream } = this;
    if (stream.isCloseQueuedOrInFlight || stream.state === 'closed') {
      return PromiseResolve(undefined);
    }
    return stream.state === 'errored' ? rejectHandled(stream.storedError) : stream.close();
  }
}

function refuse(request, error) {
  request.failed = true;
  request.failure = error;
  return false;
}

orphan(AbortRequest, WritableControl, WritableState, WriterState);

module.exports = { WritableControl, WritableState, WriterState, kLater };
