'use strict';

// WritableStream, its writer and its controller, as programs see them.

const {
  FunctionPrototypeCall,
  ObjectDefineProperties,
  PromiseReject,
  PromiseWithResolvers,
  SymbolToStringTag,
} = primordials;

const {
  ERR_ILLEGAL_CONSTRUCTOR,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_STATE,
  ERR_INVALID_THIS,
} = require('internal/errors').codes;
const {
  kControllerErrorFunction,
  kIsClosedPromise,
  kIsErrored,
  kIsWritable,
} = require('internal/streams/utils');
const { customInspectSymbol, kEmptyObject, kEnumerableProperty } = require('internal/util');
const {
  kValidateObjectAllowObjects,
  kValidateObjectAllowObjectsAndNull,
  validateObject,
} = require('internal/validators');
const {
  callbackOf,
  converted,
  customInspect,
  extractHighWaterMark,
  extractSizeAlgorithm,
  kSkipThrow,
  kState,
  orphan,
  toStringTag,
} = require('internal/webstreams/util');
const { WritableControl, WritableState, WriterState } =
  require('internal/webstreams/writable_state');

const { kDeserialize, kTransfer, kTransferList } = require('internal/worker/transfer_symbols');
const {
  privateSymbols: { transfer_mode_private_symbol },
  constants: { kTransferable },
} = internalBinding('util');

/** The callbacks of the program's object. */
class UserSink {
  constructor(object) {
    this.object = object;
    // In the order in which Web IDL reads a dictionary.
    this.abortFn = callbackOf(object.abort, 'sink.abort');
    this.closeFn = callbackOf(object.close, 'sink.close');
    this.startFn = callbackOf(object.start, 'sink.start');
    this.writeFn = callbackOf(object.write, 'sink.write');
  }

  start(controller) {
    if (this.startFn === undefined) return undefined;
    return FunctionPrototypeCall(this.startFn, this.object, controller);
  }

  write(chunk, controller) {
    if (this.writeFn === undefined) return undefined;
    return FunctionPrototypeCall(this.writeFn, this.object, chunk, controller);
  }

  close() {
    if (this.closeFn === undefined) return undefined;
    return converted(FunctionPrototypeCall(this.closeFn, this.object));
  }

  abort(reason) {
    if (this.abortFn === undefined) return undefined;
    return converted(FunctionPrototypeCall(this.abortFn, this.object, reason));
  }
}

orphan(UserSink);

/** What `new WritableStream()` writes to. */
const NOTHING = new UserSink(kEmptyObject);

class WritableStream {
  constructor(sink = kEmptyObject, strategy = undefined) {
    this[transfer_mode_private_symbol] = kTransferable;
    if (sink === kSkipThrow) {
      this[kState] = undefined; // Ours: whoever makes it fills this in.
      return;
    }
    validateObject(sink, 'sink', kValidateObjectAllowObjects);
    let size;
    let highWaterMark;
    if (strategy !== undefined) {
      validateObject(strategy, 'strategy', kValidateObjectAllowObjectsAndNull);
      size = strategy?.size;
      highWaterMark = strategy?.highWaterMark;
    }
    let userSink = NOTHING;
    if (sink !== kEmptyObject) {
      const { type } = sink;
      if (type !== undefined) throw new ERR_INVALID_ARG_VALUE.RangeError('type', type);
      userSink = new UserSink(sink);
    }
    const sizeAlgorithm = extractSizeAlgorithm(size);
    const state = this[kState] = new WritableState(this);
    const control = attachControl(
      state, userSink, extractHighWaterMark(highWaterMark, 1), sizeAlgorithm);
    control.start(userSink.start(control.controller));
  }

  get [kIsErrored]() {
    return this[kState].state === 'errored';
  }

  get [kIsWritable]() {
    return this[kState].state === 'writable';
  }

  [kControllerErrorFunction](error) {
    this[kState].controller.error(error);
  }

  get [kIsClosedPromise]() {
    return this[kState].ending;
  }

  get locked() {
    return streamState(this).isLocked;
  }

  abort(reason = undefined) {
    if (!isWritableStream(this)) return PromiseReject(new ERR_INVALID_THIS('WritableStream'));
    const state = this[kState];
    if (state.isLocked) {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('WritableStream is locked'));
    }
    return state.abort(reason);
  }

  close() {
    if (!isWritableStream(this)) return PromiseReject(new ERR_INVALID_THIS('WritableStream'));
    const state = this[kState];
    if (state.isLocked) {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('WritableStream is locked'));
    }
    if (state.isCloseQueuedOrInFlight) {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('Failure closing WritableStream'));
    }
    return state.close();
  }

  getWriter() {
    if (!isWritableStream(this)) throw new ERR_INVALID_THIS('WritableStream');
    return new WritableStreamDefaultWriter(this);
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'WritableStream', {
      locked: this.locked,
      state: this[kState].state,
    });
  }

  [kTransfer]() {
    const { WritableTransfer, transferOf } = require('internal/webstreams/transfer');
    return {
      data: transferOf(streamState(this), WritableTransfer, 'WritableStream'),
      deserializeInfo: 'internal/webstreams/writablestream:TransferredWritableStream',
    };
  }

  [kTransferList]() {
    const { WritableTransfer } = require('internal/webstreams/transfer');
    const transfer = this[kState].transfer = new WritableTransfer();
    return [transfer.port2];
  }

  [kDeserialize]({ port }) {
    const { PortSink } = require('internal/webstreams/transfer');
    const sink = new PortSink(port, true);
    sink.control = attachControl(this[kState], sink, 1);
    sink.control.start();
  }
}

ObjectDefineProperties(WritableStream.prototype, {
  abort: kEnumerableProperty,
  close: kEnumerableProperty,
  getWriter: kEnumerableProperty,
  locked: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('WritableStream'),
});

class WritableStreamDefaultWriter {
  constructor(stream) {
    if (!isWritableStream(stream)) {
      throw new ERR_INVALID_ARG_TYPE('stream', 'WritableStream', stream);
    }
    if (stream[kState].isLocked) {
      throw new ERR_INVALID_STATE.TypeError('WritableStream is locked');
    }
    this[kState] = new WriterState(stream[kState]);
  }

  get closed() {
    if (!isWritableStreamDefaultWriter(this)) {
      return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    }
    return this[kState].closed.promise;
  }

  get desiredSize() {
    const state = writerState(this);
    if (state.stream === undefined) throw notBound();
    return state.desiredSize;
  }

  get ready() {
    if (!isWritableStreamDefaultWriter(this)) {
      return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    }
    return this[kState].ready.promise;
  }

  abort(reason = undefined) {
    if (!isWritableStreamDefaultWriter(this)) {
      return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    }
    const { stream } = this[kState];
    if (stream === undefined) return PromiseReject(notBound());
    return stream.abort(reason);
  }

  close() {
    if (!isWritableStreamDefaultWriter(this)) {
      return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    }
    const { stream } = this[kState];
    if (stream === undefined) return PromiseReject(notBound());
    if (stream.isCloseQueuedOrInFlight) {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('Failure to close WritableStream'));
    }
    return stream.close();
  }

  releaseLock() {
    const state = writerState(this);
    if (state.stream !== undefined) state.release();
  }

  write(chunk = undefined) {
    if (!isWritableStreamDefaultWriter(this)) {
      return PromiseReject(new ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    }
    const writer = this[kState];
    if (writer.stream === undefined) return PromiseReject(notBound());
    const request = PromiseWithResolvers();
    return writer.write(chunk, request) ? request.promise : PromiseReject(request.failure);
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'WritableStreamDefaultWriter', {
      stream: this[kState].stream?.stream,
      close: this[kState].closed.promise,
      ready: this[kState].ready.promise,
      desiredSize: this.desiredSize,
    });
  }
}

function notBound() {
  return new ERR_INVALID_STATE.TypeError('Writer is not bound to a WritableStream');
}

ObjectDefineProperties(WritableStreamDefaultWriter.prototype, {
  closed: kEnumerableProperty,
  ready: kEnumerableProperty,
  desiredSize: kEnumerableProperty,
  abort: kEnumerableProperty,
  close: kEnumerableProperty,
  releaseLock: kEnumerableProperty,
  write: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('WritableStreamDefaultWriter'),
});

class WritableStreamDefaultController {
  constructor(secret = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this[kState] = undefined;
  }

  get signal() {
    return controlState(this).signal;
  }

  error(error = undefined) {
    controlState(this).errorIfNeeded(error);
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'WritableStreamDefaultController', {
      stream: this[kState].state.stream,
    });
  }
}

ObjectDefineProperties(WritableStreamDefaultController.prototype, {
  signal: kEnumerableProperty,
  error: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('WritableStreamDefaultController'),
});

function isWritableStream(value) {
  return value?.[kState] instanceof WritableState;
}

function streamState(value) {
  if (!isWritableStream(value)) throw new ERR_INVALID_THIS('WritableStream');
  return value[kState];
}

function isWritableStreamDefaultWriter(value) {
  return value?.[kState] instanceof WriterState;
}

function writerState(value) {
  if (!isWritableStreamDefaultWriter(value)) {
    throw new ERR_INVALID_THIS('WritableStreamDefaultWriter');
  }
  return value[kState];
}

function isWritableStreamDefaultController(value) {
  return value?.[kState] instanceof WritableControl;
}

function controlState(value) {
  if (!isWritableStreamDefaultController(value)) {
    throw new ERR_INVALID_THIS('WritableStreamDefaultController');
  }
  return value[kState];
}

function attachControl(state, sink, highWaterMark, size) {
  const controller = new WritableStreamDefaultController(kSkipThrow);
  return controller[kState] =
    new WritableControl(state, controller, sink, highWaterMark, size);
}

/** A stream over a sink of ours, which is not started yet. */
function createWritableStream(sink, highWaterMark = 1, size = undefined) {
  const stream = new WritableStream(kSkipThrow);
  attachControl(stream[kState] = new WritableState(stream), sink, highWaterMark, size);
  return stream;
}

/** Called when one arrives from another thread; its kDeserialize gives it a controller. */
function TransferredWritableStream() {
  const stream = new WritableStream(kSkipThrow);
  stream[kState] = new WritableState(stream);
  return stream;
}
TransferredWritableStream.prototype[kDeserialize] = () => {};

/** writer.write() without a promise: see the head of writable_state.js. */
function writableStreamDefaultWriterWriteWithRequest(writer, chunk, request) {
  request.pending++;
  if (!writer[kState].write(chunk, request)) request.pending--;
}

module.exports = {
  TransferredWritableStream,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
  attachControl,
  createWritableStream,
  isWritableStream,
  isWritableStreamDefaultController,
  isWritableStreamDefaultWriter,
  writableStreamDefaultWriterWriteWithRequest,
};
