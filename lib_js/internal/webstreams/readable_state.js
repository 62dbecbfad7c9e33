'use strict';

// What a ReadableStream does: https://streams.spec.whatwg.org/#rs-model
// ReadableState is the stream, ReaderState its reader of either kind, DefaultControl the controller
// and queue of a stream of any values (byte_control.js has the other); what programs hold are
// shells around them (readablestream.js).
//
// A source is any object with pull(controller) and cancel(reason). They return a promise, or
// undefined for "done"; pull may also return kLater and call control.onPulled() itself. A source
// whose `pulls` is false is not pulled.
//
// A read request is any object with chunk(value), close(value) and error(error); it is told once.

const { PromisePrototypeThen, PromiseReject, PromiseResolve } = primordials;

const { codes: { ERR_INVALID_STATE }, withoutStack } = require('internal/errors');
const {
  ChunkQueue, Ring, checkedSize, endOf, nop, orphan, promiseOf, promiseResolvedWith, soon,
} = require('internal/webstreams/util');
const { kLater } = require('internal/webstreams/writable_state');

class ReadableState {
  constructor(stream) {
    this.stream = stream;
    this.state = 'readable';
    this.storedError = undefined;
    this.reader = undefined;
    this.control = undefined;
    this.disturbed = false;
    /** Ports to the other end, while the stream is moved to another thread. */
    this.transfer = undefined;
    /** For stream.finished(); made when somebody asks. */
    this.ended = undefined;
  }

  get controller() {
    return this.control.controller;
  }

  get isLocked() {
    return this.reader !== undefined;
  }

  /** A latch that tells how the stream ended. */
  get ending() {
    return this.ended ??= endOf(this);
  }

  /** Somebody waits for chunks; bytes of a view are another thing. */
  get hasReadRequest() {
    const { reader } = this;
    return reader !== undefined && !reader.isByob && reader.requests.length > 0;
  }

  /** @returns {boolean} read(request) would be answered at once, by control.take() */
  get canTake() {
    return this.state === 'readable' && this.control.canTake;
  }

  read(request) {
    this.disturbed = true;
    if (this.state === 'readable') this.control.pullSteps(request);
    else if (this.state === 'closed') request.close(undefined);
    else request.error(this.storedError);
  }

  close() {
    this.state = 'closed';
    this.ended?.resolve();
    const { reader } = this;
    if (reader === undefined) return;
    reader.closed.resolve();
    if (reader.isByob) return;
    const requests = reader.takeRequests();
    while (requests.length > 0) requests.shift().close(undefined);
  }

  error(error) {
    this.state = 'errored';
    this.storedError = error;
    this.ended?.reject(error);
    const { reader } = this;
    if (reader === undefined) return;
    reader.closed.reject(error);
    reader.errorRequests(error);
  }

  cancel(reason) {
    this.disturbed = true;
    if (this.state === 'closed') return PromiseResolve(undefined);
    if (this.state === 'errored') return PromiseReject(this.storedError);
    this.close();
    const { reader } = this;
    if (reader !== undefined && reader.isByob) {
      const requests = reader.takeRequests();
      while (requests.length > 0) requests.shift().close(undefined);
    }
    return PromisePrototypeThen(this.control.cancelSteps(reason), nop);
  }
}

let releasedError;

/** One for all: a stack would keep the program's frames alive, and nobody needs it. */
function readerReleased() {
  releasedError ??= withoutStack(() => new ERR_INVALID_STATE.TypeError('Reader released'));
  return releasedError;
}

class ReaderState {
  /** @param {ReadableState} stream which is not locked */
  constructor(stream, isByob) {
    this.stream = stream;
    this.isByob = isByob;
    this.closed = endOf(stream);
    this.requests = new Ring();
    stream.reader = this;
  }

  takeRequests() {
    const { requests } = this;
    if (requests.length > 0) this.requests = new Ring();
    return requests;
  }

  errorRequests(error) {
    const requests = this.takeRequests();
    while (requests.length > 0) requests.shift().error(error);
  }

  release() {
    const { stream } = this;
    this.closed.reject(readerReleased());
    stream.control.releaseSteps();
    stream.reader = undefined;
    this.stream = undefined;
    if (this.requests.length > 0) {
      this.errorRequests(new ERR_INVALID_STATE.TypeError('Releasing reader'));
    }
  }
}

/** When to ask a source for more; common to both kinds of controller. */
class Control {
  constructor(state, controller, source, highWaterMark) {
    this.state = state;
    this.controller = controller;
    this.source = source;
    this.highWaterMark = highWaterMark;
    this.started = false;
    this.closeRequested = false;
    this.isPulling = false;
    this.pullAgain = false;
    this.pulls = source.pulls !== false;
    this.whenPulled = undefined;
    this.whenPullFailed = undefined;
    state.control = this;
  }

  // Functions of a control are made when it first pulls: many streams never do.

  get onPulled() {
    return this.whenPulled ??= () => {
      this.isPulling = false;
      if (!this.pullAgain) return;
      this.pullAgain = false;
      this.pullIfNeeded();
    };
  }

  get onPullFailed() {
    return this.whenPullFailed ??= (error) => this.error(error);
  }

  /** @param {Promise | undefined} startResult */
  start(startResult) {
    const onStarted = () => {
      this.started = true;
      this.pullIfNeeded();
    };
    if (startResult === undefined) soon(onStarted);
    else PromisePrototypeThen(promiseResolvedWith(startResult), onStarted, (e) => this.error(e));
  }

  pullIfNeeded() {
    if (!this.pulls || !this.shouldPull) return;
    if (this.isPulling) {
      this.pullAgain = true;
      return;
    }
    this.isPulling = true;
    let result;
    try {
      result = this.source.pull(this.controller);
    } catch (error) {
      result = PromiseReject(error);
    }
    if (result === kLater) return;
    PromisePrototypeThen(promiseOf(result), this.onPulled, this.onPullFailed);
  }

  get shouldPull() {
    return this.started && !this.closeRequested && this.isWanted;
  }

  /** null if the stream has failed, 0 if it is over */
  get desiredSize() {
    const { state } = this.state;
    if (state === 'readable') return this.highWaterMark - this.total;
    return state === 'closed' ? 0 : null;
  }

  get canCloseOrEnqueue() {
    return !this.closeRequested && this.state.state === 'readable';
  }

  error(error) {
    if (this.state.state !== 'readable') return;
    this.resetQueue();
    this.clearAlgorithms();
    this.state.error(error);
  }

  cancelSteps(reason) {
    this.resetQueue();
    let result;
    try {
      result = promiseOf(this.source.cancel(reason));
    } catch (error) {
      result = PromiseReject(error);
    }
    this.clearAlgorithms();
    return result;
  }

  /** Lets the source be collected, and keeps it from being called again. */
  clearAlgorithms() {
    this.source = undefined;
    this.pulls = false;
  }
}

class DefaultControl extends Control {
  constructor(state, controller, source, highWaterMark, size) {
    super(state, controller, source, highWaterMark);
    this.size = size;
    this.queue = new ChunkQueue(size);
  }

  get total() {
    return this.queue.total;
  }

  get isWanted() {
    const { state } = this;
    if (state.state !== 'readable') return false;
    return state.hasReadRequest || this.highWaterMark > this.queue.total;
  }

  get canTake() {
    return this.queue.length > 0;
  }

  take() {
    const chunk = this.queue.take();
    if (this.closeRequested && this.queue.length === 0) {
      this.clearAlgorithms();
      this.state.close();
    } else {
      this.pullIfNeeded();
    }
    return chunk;
  }

  pullSteps(request) {
    if (this.queue.length > 0) {
      request.chunk(this.take());
    } else {
      this.state.reader.requests.push(request);
      this.pullIfNeeded();
    }
  }

  releaseSteps() {}

  resetQueue() {
    this.queue = new ChunkQueue(this.size);
  }

  clearAlgorithms() {
    super.clearAlgorithms();
    this.size = undefined;
  }

  close() {
    if (!this.canCloseOrEnqueue) return;
    this.closeRequested = true;
    if (this.queue.length > 0) return;
    this.clearAlgorithms();
    this.state.close();
  }

  enqueue(chunk) {
    if (!this.canCloseOrEnqueue) return;
    const { state } = this;
    if (state.hasReadRequest) {
      state.reader.requests.shift().chunk(chunk);
    } else if (this.size === undefined) {
      this.queue.add(chunk, 1);
    } else {
      try {
        const size = this.size(chunk);
        this.queue.add(chunk, checkedSize(size));
      } catch (error) {
        this.error(error);
        throw error;
      }
    }
    this.pullIfNeeded();
  }
}

orphan(Control, ReadableState, ReaderState);

module.exports = { Control, DefaultControl, ReadableState, ReaderState };
