'use strict';

// The controller of a stream of bytes: https://streams.spec.whatwg.org/#rbs-controller-internal-slots
// Readers bring memory of their own (pull-intos), which the source may fill in place.

const {
  ArrayBuffer,
  ArrayBufferPrototypeGetByteLength,
  ArrayBufferPrototypeSlice,
  ArrayPrototypePush,
  DataView,
  MathMin,
  TypedArrayPrototypeGetSymbolToStringTag,
  TypedArrayPrototypeSet,
  Uint8Array,
} = primordials;
const constructors = primordials;

const {
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_STATE,
} = require('internal/errors').codes;
const { isDataView } = require('internal/util/types');
const {
  Ring,
  isDetached,
  orphan,
  transferArrayBuffer,
  viewBuffer,
  viewByteLength,
  viewByteOffset,
} = require('internal/webstreams/util');
const { Control } = require('internal/webstreams/readable_state');

/** Bytes that wait to be read. */
class ByteChunk {
  constructor(buffer, byteOffset, byteLength) {
    this.buffer = buffer;
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
  }
}

/** Memory of a reader that waits to be filled. */
class PullInto {
  constructor(buffer, byteOffset, byteLength, minimumFill, elementSize, View, readerType) {
    this.buffer = buffer;
    this.bufferByteLength = ArrayBufferPrototypeGetByteLength(buffer);
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
    this.bytesFilled = 0;
    this.minimumFill = minimumFill;
    this.elementSize = elementSize;
    this.View = View;
    /** 'default', 'byob', or 'none' when the reader was released. */
    this.readerType = readerType;
  }

  /** What was filled, as the kind of view that the reader brought. */
  toView() {
    return new this.View(
      transferArrayBuffer(this.buffer), this.byteOffset, this.bytesFilled / this.elementSize);
  }
}

class ByteControl extends Control {
  /** @param makeRequest (controller, view) -> the object that programs get as byobRequest */
  constructor(state, controller, source, highWaterMark, autoAllocateChunkSize, makeRequest) {
    super(state, controller, source, highWaterMark);
    this.autoAllocateChunkSize = autoAllocateChunkSize;
    this.makeRequest = makeRequest;
    this.queue = new Ring();
    this.total = 0;
    this.pullIntos = new Ring();
    /** @type {RequestState | null} */
    this.byobRequest = null;
  }

  get isWanted() {
    const { state } = this;
    if (state.state !== 'readable') return false;
    const { reader } = state;
    return (reader !== undefined && reader.requests.length > 0) || this.highWaterMark > this.total;
  }

  get canTake() {
    return this.total > 0;
  }

  take() {
    const { buffer, byteOffset, byteLength } = this.queue.shift();
    this.total -= byteLength;
    this.#handleQueueDrain();
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  pullSteps(request) {
    if (this.total > 0) {
      request.chunk(this.take());
      return;
    }
    const { autoAllocateChunkSize } = this;
    if (autoAllocateChunkSize !== undefined) {
      let buffer;
      try {
        buffer = new ArrayBuffer(autoAllocateChunkSize);
      } catch (error) {
        request.error(error);
        return;
      }
      this.pullIntos.push(
        new PullInto(buffer, 0, autoAllocateChunkSize, 1, 1, Uint8Array, 'default'));
    }
    this.state.reader.requests.push(request);
    this.pullIfNeeded();
  }

  releaseSteps() {
    if (this.pullIntos.length === 0) return;
    const first = this.pullIntos.peek();
    first.readerType = 'none';
    this.pullIntos = new Ring();
    this.pullIntos.push(first);
  }

  resetQueue() {
    this.#invalidateRequest();
    this.pullIntos = new Ring();
    this.queue = new Ring();
    this.total = 0;
  }

  close() {
    if (!this.canCloseOrEnqueue) return;
    if (this.total > 0) {
      this.closeRequested = true;
      return;
    }
    if (this.pullIntos.length > 0) {
      const first = this.pullIntos.peek();
      if (first.bytesFilled % first.elementSize !== 0) {
        const error = new ERR_INVALID_STATE.TypeError('Partial read');
        this.error(error);
        throw error;
      }
    }
    this.clearAlgorithms();
    this.state.close();
  }

  enqueue(chunk) {
    if (!this.canCloseOrEnqueue) return;
    const buffer = viewBuffer(chunk);
    const byteOffset = viewByteOffset(chunk);
    const byteLength = viewByteLength(chunk);
    if (isDetached(buffer)) {
      throw new ERR_INVALID_STATE.TypeError('chunk ArrayBuffer is zero-length or detached');
    }
    const transferred = transferArrayBuffer(buffer);
    if (this.pullIntos.length > 0) {
      const first = this.pullIntos.peek();
      if (isDetached(first.buffer)) {
        throw new ERR_INVALID_STATE.TypeError('Destination ArrayBuffer is detached');
      }
      this.#invalidateRequest();
      first.buffer = transferArrayBuffer(first.buffer);
      if (first.readerType === 'none') this.#enqueueDetachedPullInto(first);
    }
    const { reader } = this.state;
    if (reader !== undefined && !reader.isByob) {
      this.#answerReadRequests(reader);
      if (reader.requests.length === 0) {
        this.#enqueueChunk(transferred, byteOffset, byteLength);
      } else {
        if (this.pullIntos.length > 0) this.#shiftPullInto();
        reader.requests.shift().chunk(new Uint8Array(transferred, byteOffset, byteLength));
      }
    } else {
      this.#enqueueChunk(transferred, byteOffset, byteLength);
      if (reader !== undefined) this.#commitAll(this.#fillPullIntos());
    }
    this.pullIfNeeded();
  }

  #enqueueChunk(buffer, byteOffset, byteLength) {
    this.queue.push(new ByteChunk(buffer, byteOffset, byteLength));
    this.total += byteLength;
  }

  #enqueueClone(buffer, byteOffset, byteLength) {
    let clone;
    try {
      clone = ArrayBufferPrototypeSlice(buffer, byteOffset, byteOffset + byteLength);
    } catch (error) {
      this.error(error);
      throw error;
    }
    this.#enqueueChunk(clone, 0, byteLength);
  }

  /** What a reader left half filled when it was released, belongs to the next. */
  #enqueueDetachedPullInto(pullInto) {
    if (pullInto.bytesFilled > 0) {
      this.#enqueueClone(pullInto.buffer, pullInto.byteOffset, pullInto.bytesFilled);
    }
    this.#shiftPullInto();
  }

  #answerReadRequests(reader) {
    while (reader.requests.length > 0 && this.total > 0) {
      reader.requests.shift().chunk(this.take());
    }
  }

  #handleQueueDrain() {
    if (this.total === 0 && this.closeRequested) {
      this.clearAlgorithms();
      this.state.close();
    } else {
      this.pullIfNeeded();
    }
  }

  #shiftPullInto() {
    this.#invalidateRequest();
    return this.pullIntos.shift();
  }

  /** @returns {PullInto[]} those that the queue has filled; they are taken out */
  #fillPullIntos() {
    const filled = [];
    while (this.pullIntos.length > 0 && this.total > 0) {
      const first = this.pullIntos.peek();
      if (!this.#fillFromQueue(first)) continue;
      this.#shiftPullInto();
      ArrayPrototypePush(filled, first);
    }
    return filled;
  }

  /** @returns {boolean} there is enough in it now */
  #fillFromQueue(pullInto) {
    const { bytesFilled, byteLength, elementSize, minimumFill, byteOffset } = pullInto;
    let left = MathMin(this.total, byteLength - bytesFilled);
    const filledMax = bytesFilled + left;
    const aligned = filledMax - filledMax % elementSize;
    const isReady = aligned >= minimumFill;
    if (isReady) left = aligned - bytesFilled;
    while (left > 0) {
      const head = this.queue.peek();
      const count = MathMin(left, head.byteLength);
      TypedArrayPrototypeSet(
        new Uint8Array(pullInto.buffer, byteOffset + pullInto.bytesFilled, count),
        new Uint8Array(head.buffer, head.byteOffset, count));
      if (head.byteLength === count) {
        this.queue.shift();
      } else {
        head.byteOffset += count;
        head.byteLength -= count;
      }
      this.total -= count;
      pullInto.bytesFilled += count;
      left -= count;
    }
    return isReady;
  }

  #commit(pullInto) {
    const { reader, state } = this.state;
    const view = pullInto.toView();
    const request = reader.requests.shift();
    if (state === 'closed') request.close(view);
    else request.chunk(view);
  }

  #commitAll(pullIntos) {
    for (let i = 0; i < pullIntos.length; i++) this.#commit(pullIntos[i]);
  }

  // ---- reading into a view

  pullInto(view, min, request) {
    let elementSize = 1;
    let View = DataView;
    if (!isDataView(view)) {
      View = constructors[TypedArrayPrototypeGetSymbolToStringTag(view)];
      elementSize = View.BYTES_PER_ELEMENT;
    }
    const byteOffset = viewByteOffset(view);
    const byteLength = viewByteLength(view);
    let buffer;
    try {
      buffer = transferArrayBuffer(viewBuffer(view));
    } catch (error) {
      request.error(error);
      return;
    }
    const pullInto = new PullInto(
      buffer, byteOffset, byteLength, min * elementSize, elementSize, View, 'byob');
    const { state } = this;
    if (this.pullIntos.length > 0) {
      this.pullIntos.push(pullInto);
      state.reader.requests.push(request);
      return;
    }
    if (state.state === 'closed') {
      request.close(new View(buffer, byteOffset, 0));
      return;
    }
    if (this.total > 0) {
      if (this.#fillFromQueue(pullInto)) {
        const filled = pullInto.toView();
        this.#handleQueueDrain();
        request.chunk(filled);
        return;
      }
      if (this.closeRequested) {
        const error = new ERR_INVALID_STATE.TypeError('ReadableStream closed');
        this.error(error);
        request.error(error);
        return;
      }
    }
    this.pullIntos.push(pullInto);
    state.reader.requests.push(request);
    this.pullIfNeeded();
  }

  // ---- filling the reader's view in place

  /** @returns {RequestState | null} */
  getRequest() {
    if (this.byobRequest === null && this.pullIntos.length > 0) {
      const { buffer, byteOffset, bytesFilled, byteLength } = this.pullIntos.peek();
      const view = new Uint8Array(buffer, byteOffset + bytesFilled, byteLength - bytesFilled);
      this.byobRequest = new RequestState(this, view, this.makeRequest);
    }
    return this.byobRequest;
  }

  #invalidateRequest() {
    if (this.byobRequest === null) return;
    this.byobRequest.control = undefined;
    this.byobRequest.view = null;
    this.byobRequest = null;
  }

  respond(bytesWritten) {
    const first = this.pullIntos.peek();
    if (this.state.state === 'closed') {
      if (bytesWritten !== 0) {
        throw new ERR_INVALID_STATE.TypeError('Controller is closed but view is not zero-length');
      }
    } else {
      if (bytesWritten === 0) {
        throw new ERR_INVALID_STATE.TypeError('View cannot be zero-length');
      }
      if (first.bytesFilled + bytesWritten > first.byteLength) {
        throw new ERR_INVALID_ARG_VALUE.RangeError('bytesWritten', bytesWritten);
      }
    }
    first.buffer = transferArrayBuffer(first.buffer);
    this.#respond(bytesWritten);
  }

  respondWithNewView(view) {
    const first = this.pullIntos.peek();
    const byteLength = viewByteLength(view);
    if (this.state.state === 'closed') {
      if (byteLength !== 0) throw new ERR_INVALID_STATE.TypeError('View is not zero-length');
    } else if (byteLength === 0) {
      throw new ERR_INVALID_STATE.TypeError('View is zero-length');
    }
    const buffer = viewBuffer(view);
    if (first.byteOffset + first.bytesFilled !== viewByteOffset(view) ||
        first.bytesFilled + byteLength > first.byteLength ||
        first.bufferByteLength !== ArrayBufferPrototypeGetByteLength(buffer)) {
      throw new ERR_INVALID_ARG_VALUE.RangeError('view', view);
    }
    first.buffer = transferArrayBuffer(buffer);
    this.#respond(byteLength);
  }

  #respond(bytesWritten) {
    this.#invalidateRequest();
    if (this.state.state === 'closed') this.#respondWhenClosed();
    else this.#respondWhenReadable(bytesWritten, this.pullIntos.peek());
    this.pullIfNeeded();
  }

  #respondWhenClosed() {
    if (this.pullIntos.peek().readerType === 'none') this.#shiftPullInto();
    const { reader } = this.state;
    if (reader === undefined || !reader.isByob) return;
    const filled = [];
    while (filled.length < reader.requests.length) {
      ArrayPrototypePush(filled, this.#shiftPullInto());
    }
    this.#commitAll(filled);
  }

  #respondWhenReadable(bytesWritten, pullInto) {
    pullInto.bytesFilled += bytesWritten;
    if (pullInto.readerType === 'none') {
      this.#enqueueDetachedPullInto(pullInto);
      this.#commitAll(this.#fillPullIntos());
      return;
    }
    if (pullInto.bytesFilled < pullInto.minimumFill) return;
    this.#shiftPullInto();
    const rest = pullInto.bytesFilled % pullInto.elementSize;
    if (rest > 0) {
      // A part of an element: it goes to whoever reads next.
      const end = pullInto.byteOffset + pullInto.bytesFilled;
      this.#enqueueClone(pullInto.buffer, end - rest, rest);
      pullInto.bytesFilled -= rest;
    }
    const filled = this.#fillPullIntos();
    this.#commit(pullInto);
    this.#commitAll(filled);
  }
}

/** A byobRequest: the view is null and the controller gone when it is no longer valid. */
class RequestState {
  constructor(control, view, makeRequest) {
    this.control = control;
    this.view = view;
    this.request = makeRequest(this);
  }
}

orphan(ByteChunk, PullInto, RequestState);

module.exports = { ByteControl, RequestState };
