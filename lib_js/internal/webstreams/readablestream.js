'use strict';

// ReadableStream, its readers and controllers, as programs see them.

const {
  ArrayBufferPrototypeGetByteLength,
  FunctionPrototypeCall,
  NumberIsInteger,
  NumberMAX_SAFE_INTEGER,
  MathTrunc,
  ObjectDefineProperties,
  ObjectDefineProperty,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  SymbolAsyncIterator,
  SymbolToStringTag,
  TypedArrayPrototypeGetLength,
} = primordials;

const {
  ERR_ILLEGAL_CONSTRUCTOR,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_STATE,
  ERR_INVALID_THIS,
  ERR_OUT_OF_RANGE,
} = require('internal/errors').codes;
const {
  kControllerErrorFunction,
  kIsClosedPromise,
  kIsDisturbed,
  kIsErrored,
  kIsReadable,
} = require('internal/streams/utils');
const { customInspectSymbol, kEmptyObject, kEnumerableProperty } = require('internal/util');
const { isDataView, isSharedArrayBuffer } = require('internal/util/types');
const {
  kValidateObjectAllowObjects,
  kValidateObjectAllowObjectsAndNull,
  validateAbortSignal,
  validateBuffer,
  validateNumber,
  validateObject,
} = require('internal/validators');
const {
  callbackOf,
  converted,
  customInspect,
  extractHighWaterMark,
  extractSizeAlgorithm,
  isDetached,
  kSkipThrow,
  kState,
  orphan,
  setPromiseHandled,
  toStringTag,
  viewBuffer,
  viewByteLength,
} = require('internal/webstreams/util');
const { isWritableStream } = require('internal/webstreams/writablestream');
const { DefaultControl, ReadableState, ReaderState } =
  require('internal/webstreams/readable_state');
const { ByteControl, RequestState } = require('internal/webstreams/byte_control');
const { pipeTo } = require('internal/webstreams/readable_pipe');
const { teeStream } = require('internal/webstreams/readable_tee');
const { IterableSource, ReadableStreamAsyncIterator } =
  require('internal/webstreams/readable_iterate');

const { kDeserialize, kTransfer, kTransferList } = require('internal/worker/transfer_symbols');
const {
  privateSymbols: { transfer_mode_private_symbol },
  constants: { kTransferable },
} = internalBinding('util');

/** The callbacks of the program's object. */
class UserSource {
  constructor(object) {
    this.object = object;
    // In the order in which Web IDL reads a dictionary.
    this.autoAllocateChunkSize = object.autoAllocateChunkSize;
    this.cancelFn = callbackOf(object.cancel, 'source.cancel');
    this.pullFn = callbackOf(object.pull, 'source.pull');
    this.startFn = callbackOf(object.start, 'source.start');
    this.pulls = this.pullFn !== undefined;
  }

  start(controller) {
    if (this.startFn === undefined) return undefined;
    return FunctionPrototypeCall(this.startFn, this.object, controller);
  }

  pull(controller) {
    return FunctionPrototypeCall(this.pullFn, this.object, controller);
  }

  cancel(reason) {
    if (this.cancelFn === undefined) return undefined;
    return converted(FunctionPrototypeCall(this.cancelFn, this.object, reason));
  }
}

orphan(UserSource);

/** What `new ReadableStream()` reads from. */
const NOTHING = new UserSource(kEmptyObject);

class ReadableStream {
  constructor(source = kEmptyObject, strategy = undefined) {
    this[transfer_mode_private_symbol] = kTransferable;
    if (source === kSkipThrow) {
      this[kState] = undefined; // Ours: whoever makes it fills this in.
      return;
    }
    validateObject(source, 'source', kValidateObjectAllowObjects);
    // The strategy comes first: its getters may throw.
    let size;
    let highWaterMark;
    if (strategy !== undefined) {
      validateObject(strategy, 'strategy', kValidateObjectAllowObjectsAndNull);
      size = strategy?.size;
      highWaterMark = strategy?.highWaterMark;
    }
    const type = source === kEmptyObject ? undefined : source.type;
    const state = this[kState] = new ReadableState(this);
    let control;
    let userSource;
    if (type !== undefined && `${type}` === 'bytes') {
      if (size !== undefined) throw new ERR_INVALID_ARG_VALUE.RangeError('strategy.size', size);
      userSource = new UserSource(source);
      control = attachByteControl(state, userSource, extractHighWaterMark(highWaterMark, 0),
                                  checkedChunkSize(userSource.autoAllocateChunkSize));
    } else {
      if (type !== undefined) throw new ERR_INVALID_ARG_VALUE('source.type', type);
      userSource = source === kEmptyObject ? NOTHING : new UserSource(source);
      control = attachControl(state, userSource, extractHighWaterMark(highWaterMark, 1),
                              extractSizeAlgorithm(size));
    }
    control.start(userSource.start(control.controller));
  }

  get [kIsDisturbed]() {
    return this[kState].disturbed;
  }

  get [kIsErrored]() {
    return this[kState].state === 'errored';
  }

  get [kIsReadable]() {
    return this[kState].state === 'readable';
  }

  [kControllerErrorFunction](error) {
    const { control } = this[kState];
    if (control instanceof DefaultControl) control.error(error);
  }

  get [kIsClosedPromise]() {
    return this[kState].ending;
  }

  get locked() {
    return streamState(this).isLocked;
  }

  static from(iterable) {
    const source = new IterableSource(iterable);
    const stream = createReadableStream(source, 0);
    const { control } = stream[kState];
    source.control = control;
    control.start();
    return stream;
  }

  cancel(reason = undefined) {
    if (!isReadableStream(this)) return PromiseReject(new ERR_INVALID_THIS('ReadableStream'));
    const state = this[kState];
    if (state.isLocked) {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('ReadableStream is locked'));
    }
    return state.cancel(reason);
  }

  getReader(options = kEmptyObject) {
    if (!isReadableStream(this)) throw new ERR_INVALID_THIS('ReadableStream');
    validateObject(options, 'options', kValidateObjectAllowObjectsAndNull);
    const mode = options?.mode;
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    if (`${mode}` !== 'byob') throw new ERR_INVALID_ARG_VALUE('options.mode', mode);
    return new ReadableStreamBYOBReader(this);
  }

  pipeThrough(transform, options = kEmptyObject) {
    if (!isReadableStream(this)) throw new ERR_INVALID_THIS('ReadableStream');
    const readable = transform?.readable;
    if (!isReadableStream(readable)) {
      throw new ERR_INVALID_ARG_TYPE('transform.readable', 'ReadableStream', readable);
    }
    const writable = transform?.writable;
    if (!isWritableStream(writable)) {
      throw new ERR_INVALID_ARG_TYPE('transform.writable', 'WritableStream', writable);
    }
    const checked = checkedPipe(this, writable, options);
    setPromiseHandled(pipeTo(this[kState], writable[kState], checked));
    return readable;
  }

  pipeTo(destination, options = kEmptyObject) {
    try {
      if (!isReadableStream(this)) throw new ERR_INVALID_THIS('ReadableStream');
      if (!isWritableStream(destination)) {
        throw new ERR_INVALID_ARG_TYPE('transform.writable', 'WritableStream', destination);
      }
      const checked = checkedPipe(this, destination, options);
      return pipeTo(this[kState], destination[kState], checked);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  tee() {
    if (!isReadableStream(this)) throw new ERR_INVALID_THIS('ReadableStream');
    return readableStreamTee(this, false);
  }

  values(options = kEmptyObject) {
    if (!isReadableStream(this)) throw new ERR_INVALID_THIS('ReadableStream');
    validateObject(options, 'options', kValidateObjectAllowObjectsAndNull);
    const preventCancel = !!(options?.preventCancel);
    if (this[kState].isLocked) throw new ERR_INVALID_STATE.TypeError('ReadableStream is locked');
    return new ReadableStreamAsyncIterator(this[kState], preventCancel);
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'ReadableStream', {
      locked: this.locked,
      state: this[kState].state,
      supportsBYOB: this[kState].control instanceof ByteControl,
    });
  }

  [kTransfer]() {
    const { ReadableTransfer, transferOf } = require('internal/webstreams/transfer');
    return {
      data: transferOf(streamState(this), ReadableTransfer, 'ReadableStream'),
      deserializeInfo: 'internal/webstreams/readablestream:TransferredReadableStream',
    };
  }

  [kTransferList]() {
    const { ReadableTransfer } = require('internal/webstreams/transfer');
    const transfer = this[kState].transfer = new ReadableTransfer();
    return [transfer.port2];
  }

  [kDeserialize]({ port }) {
    const { PortSource } = require('internal/webstreams/transfer');
    const source = new PortSource(port, true);
    source.control = attachControl(this[kState], source, 0);
    source.control.start();
  }
}

/** autoAllocateChunkSize: WebIDL's unsigned long long, as far as numbers are exact. */
function checkedChunkSize(value) {
  if (value === undefined) return undefined;
  const number = MathTrunc(+value);
  if (!(number > 0 && number <= NumberMAX_SAFE_INTEGER)) {
    throw new ERR_INVALID_ARG_VALUE('source.autoAllocateChunkSize', value);
  }
  return number;
}

/** Looks at options one after the other, in an order that programs can see. */
function checkedPipe(readable, writable, options) {
  validateObject(options, 'options', kValidateObjectAllowObjectsAndNull);
  const preventAbort = !!options?.preventAbort;
  const preventCancel = !!options?.preventCancel;
  const preventClose = !!options?.preventClose;
  const signal = options?.signal;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  if (readable[kState].isLocked) {
    throw new ERR_INVALID_STATE.TypeError('The ReadableStream is locked');
  }
  if (writable[kState].isLocked) {
    throw new ERR_INVALID_STATE.TypeError('The WritableStream is locked');
  }
  return { preventAbort, preventCancel, preventClose, signal };
}

ObjectDefineProperties(ReadableStream.prototype, {
  [SymbolAsyncIterator]: {
    __proto__: null,
    configurable: true,
    enumerable: false,
    writable: true,
    value: ReadableStream.prototype.values,
  },
  locked: kEnumerableProperty,
  cancel: kEnumerableProperty,
  getReader: kEnumerableProperty,
  pipeThrough: kEnumerableProperty,
  pipeTo: kEnumerableProperty,
  tee: kEnumerableProperty,
  values: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('ReadableStream'),
});
ObjectDefineProperty(ReadableStream, 'from', kEnumerableProperty);

// ---- readers

/** Whoever called read(). */
class ReadRequest {
  constructor() {
    this.deferred = PromiseWithResolvers();
  }

  chunk(value) {
    this.deferred.resolve({ done: false, value });
  }

  close(value) {
    this.deferred.resolve({ done: true, value });
  }

  error(error) {
    this.deferred.reject(error);
  }
}

orphan(ReadRequest);

function notAttached() {
  return new ERR_INVALID_STATE.TypeError('The reader is not attached to a stream');
}

function readerOf(stream, isByob) {
  if (!isReadableStream(stream)) {
    throw new ERR_INVALID_ARG_TYPE('stream', 'ReadableStream', stream);
  }
  const state = stream[kState];
  if (state.isLocked) throw new ERR_INVALID_STATE.TypeError('ReadableStream is locked');
  if (isByob && !(state.control instanceof ByteControl)) {
    throw new ERR_INVALID_ARG_VALUE('stream', stream, 'must be a byte stream');
  }
  return new ReaderState(state, isByob);
}

class ReadableStreamDefaultReader {
  constructor(stream) {
    this[kState] = readerOf(stream, false);
  }

  read() {
    if (!isReadableStreamDefaultReader(this)) {
      return PromiseReject(new ERR_INVALID_THIS('ReadableStreamDefaultReader'));
    }
    const { stream } = this[kState];
    if (stream === undefined) return PromiseReject(notAttached());
    if (stream.canTake) {
      stream.disturbed = true;
      return PromiseResolve({ done: false, value: stream.control.take() });
    }
    const request = new ReadRequest();
    stream.read(request);
    return request.deferred.promise;
  }

  releaseLock() {
    const state = readerState(this);
    if (state.stream !== undefined) state.release();
  }

  get closed() {
    if (!isReadableStreamDefaultReader(this)) {
      return PromiseReject(new ERR_INVALID_THIS('ReadableStreamDefaultReader'));
    }
    return this[kState].closed.promise;
  }

  cancel(reason = undefined) {
    if (!isReadableStreamDefaultReader(this)) {
      return PromiseReject(new ERR_INVALID_THIS('ReadableStreamDefaultReader'));
    }
    const { stream } = this[kState];
    return stream === undefined ? PromiseReject(notAttached()) : stream.cancel(reason);
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'ReadableStreamDefaultReader', {
      stream: this[kState].stream?.stream,
      readRequests: this[kState].requests.length,
      close: this[kState].closed.promise,
    });
  }
}

ObjectDefineProperties(ReadableStreamDefaultReader.prototype, {
  closed: kEnumerableProperty,
  read: kEnumerableProperty,
  releaseLock: kEnumerableProperty,
  cancel: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('ReadableStreamDefaultReader'),
});

/** @returns {number} how many elements must be there before read() may answer */
function checkedMin(view, options) {
  validateBuffer(view, 'view');
  validateObject(options, 'options', kValidateObjectAllowObjectsAndNull);
  const byteLength = viewByteLength(view);
  const buffer = viewBuffer(view);
  if (isSharedArrayBuffer(buffer)) {
    throw new ERR_INVALID_ARG_VALUE('view', view, 'must not be backed by a SharedArrayBuffer');
  }
  if (byteLength === 0 || ArrayBufferPrototypeGetByteLength(buffer) === 0) {
    throw new ERR_INVALID_STATE.TypeError('View or Viewed ArrayBuffer is zero-length or detached');
  }
  const min = options?.min ?? 1;
  validateNumber(min, 'options.min');
  if (!NumberIsInteger(min)) {
    throw new ERR_INVALID_ARG_VALUE('options.min', min, 'must be an integer');
  }
  if (min <= 0) throw new ERR_INVALID_ARG_VALUE('options.min', min, 'must be greater than 0');
  if (isDataView(view)) {
    if (min > byteLength) throw new ERR_OUT_OF_RANGE('options.min', '<= view.byteLength', min);
  } else if (min > TypedArrayPrototypeGetLength(view)) {
    throw new ERR_OUT_OF_RANGE('options.min', '<= view.length', min);
  }
  return min;
}

class ReadableStreamBYOBReader {
  constructor(stream) {
    this[kState] = readerOf(stream, true);
  }

  read(view, options = kEmptyObject) {
    let min;
    try {
      if (!isReadableStreamBYOBReader(this)) throw new ERR_INVALID_THIS('ReadableStreamBYOBReader');
      min = checkedMin(view, options);
      if (this[kState].stream === undefined) throw notAttached();
    } catch (error) {
      return PromiseReject(error);
    }
    const { stream } = this[kState];
    const request = new ReadRequest();
    stream.disturbed = true;
    if (stream.state === 'errored') request.error(stream.storedError);
    else stream.control.pullInto(view, min, request);
    return request.deferred.promise;
  }

  releaseLock() {
    const state = viewReaderState(this);
    if (state.stream !== undefined) state.release();
  }

  get closed() {
    if (!isReadableStreamBYOBReader(this)) {
      return PromiseReject(new ERR_INVALID_THIS('ReadableStreamBYOBReader'));
    }
    return this[kState].closed.promise;
  }

  cancel(reason = undefined) {
    if (!isReadableStreamBYOBReader(this)) {
      return PromiseReject(new ERR_INVALID_THIS('ReadableStreamBYOBReader'));
    }
    const { stream } = this[kState];
    return stream === undefined ? PromiseReject(notAttached()) : stream.cancel(reason);
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'ReadableStreamBYOBReader', {
      stream: this[kState].stream?.stream,
      readIntoRequests: this[kState].requests.length,
      close: this[kState].closed.promise,
    });
  }
}

ObjectDefineProperties(ReadableStreamBYOBReader.prototype, {
  closed: kEnumerableProperty,
  read: kEnumerableProperty,
  releaseLock: kEnumerableProperty,
  cancel: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('ReadableStreamBYOBReader'),
});

// ---- controllers

function checkCanClose(control) {
  if (control.closeRequested) throw new ERR_INVALID_STATE.TypeError('Controller is already closed');
  if (control.state.state !== 'readable') {
    throw new ERR_INVALID_STATE.TypeError('ReadableStream is already closed');
  }
}

class ReadableStreamDefaultController {
  constructor(secret = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this[kState] = undefined;
  }

  get desiredSize() {
    return defaultControl(this).desiredSize;
  }

  close() {
    const state = defaultControl(this);
    if (!state.canCloseOrEnqueue) {
      throw new ERR_INVALID_STATE.TypeError('Controller is already closed');
    }
    state.close();
  }

  enqueue(chunk = undefined) {
    const control = defaultControl(this);
    if (!control.canCloseOrEnqueue) {
      throw new ERR_INVALID_STATE.TypeError('Controller is already closed');
    }
    control.enqueue(chunk);
  }

  error(error = undefined) {
    defaultControl(this).error(error);
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'ReadableStreamDefaultController', {});
  }
}

ObjectDefineProperties(ReadableStreamDefaultController.prototype, {
  desiredSize: kEnumerableProperty,
  close: kEnumerableProperty,
  enqueue: kEnumerableProperty,
  error: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('ReadableStreamDefaultController'),
});

class ReadableByteStreamController {
  constructor(secret = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this[kState] = undefined;
  }

  get byobRequest() {
    return byteControl(this).getRequest()?.request ?? null;
  }

  get desiredSize() {
    return byteControl(this).desiredSize;
  }

  close() {
    const state = byteControl(this);
    checkCanClose(state);
    state.close();
  }

  enqueue(chunk) {
    if (!isReadableByteStreamController(this)) {
      throw new ERR_INVALID_THIS('ReadableByteStreamController');
    }
    validateBuffer(chunk);
    const buffer = viewBuffer(chunk);
    if (isSharedArrayBuffer(buffer)) {
      throw new ERR_INVALID_ARG_VALUE(
        'chunk', chunk, 'must not be backed by a SharedArrayBuffer');
    }
    if (viewByteLength(chunk) === 0 || ArrayBufferPrototypeGetByteLength(buffer) === 0) {
      throw new ERR_INVALID_STATE.TypeError('chunk ArrayBuffer is zero-length or detached');
    }
    checkCanClose(this[kState]);
    this[kState].enqueue(chunk);
  }

  error(error = undefined) {
    byteControl(this).error(error);
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'ReadableByteStreamController', {});
  }
}

ObjectDefineProperties(ReadableByteStreamController.prototype, {
  byobRequest: kEnumerableProperty,
  desiredSize: kEnumerableProperty,
  close: kEnumerableProperty,
  enqueue: kEnumerableProperty,
  error: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('ReadableByteStreamController'),
});

class ReadableStreamBYOBRequest {
  constructor(secret = undefined, state = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this[kState] = state;
  }

  get view() {
    return requestState(this).view;
  }

  respond(bytesWritten) {
    const { control, view } = requestState(this);
    if (control === undefined) throw invalidated();
    if (isDetached(viewBuffer(view))) {
      throw new ERR_INVALID_STATE.TypeError('Viewed ArrayBuffer is detached');
    }
    control.respond(checkedBytesWritten(bytesWritten));
  }

  respondWithNewView(view) {
    const { control } = requestState(this);
    if (control === undefined) throw invalidated();
    validateBuffer(view, 'view');
    if (isDetached(viewBuffer(view))) {
      throw new ERR_INVALID_STATE.TypeError('Viewed ArrayBuffer is detached');
    }
    control.respondWithNewView(view);
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'ReadableStreamBYOBRequest', {
      view: this.view,
      controller: this[kState].control?.controller,
    });
  }
}

function invalidated() {
  return new ERR_INVALID_STATE.TypeError('This BYOB request has been invalidated');
}

/** WebIDL's unsigned long long that must be in range. */
function checkedBytesWritten(value) {
  const number = MathTrunc(+value);
  if (!(number >= 0 && number <= NumberMAX_SAFE_INTEGER)) {
    throw new ERR_INVALID_ARG_VALUE('bytesWritten', value);
  }
  return number;
}

ObjectDefineProperties(ReadableStreamBYOBRequest.prototype, {
  view: kEnumerableProperty,
  respond: kEnumerableProperty,
  respondWithNewView: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('ReadableStreamBYOBRequest'),
});

// ---- brands

function isReadableStream(value) {
  return value?.[kState] instanceof ReadableState;
}

function streamState(value) {
  if (!isReadableStream(value)) throw new ERR_INVALID_THIS('ReadableStream');
  return value[kState];
}

function isReadableStreamDefaultReader(value) {
  const state = value?.[kState];
  return state instanceof ReaderState && !state.isByob;
}

function readerState(value) {
  if (!isReadableStreamDefaultReader(value)) {
    throw new ERR_INVALID_THIS('ReadableStreamDefaultReader');
  }
  return value[kState];
}

function isReadableStreamBYOBReader(value) {
  const state = value?.[kState];
  return state instanceof ReaderState && state.isByob;
}

function viewReaderState(value) {
  if (!isReadableStreamBYOBReader(value)) throw new ERR_INVALID_THIS('ReadableStreamBYOBReader');
  return value[kState];
}

function isReadableStreamDefaultController(value) {
  return value?.[kState] instanceof DefaultControl;
}

function defaultControl(value) {
  if (!isReadableStreamDefaultController(value)) {
    throw new ERR_INVALID_THIS('ReadableStreamDefaultController');
  }
  return value[kState];
}

function isReadableByteStreamController(value) {
  return value?.[kState] instanceof ByteControl;
}

function byteControl(value) {
  if (!isReadableByteStreamController(value)) {
    throw new ERR_INVALID_THIS('ReadableByteStreamController');
  }
  return value[kState];
}

function isReadableStreamBYOBRequest(value) {
  return value?.[kState] instanceof RequestState;
}

function requestState(value) {
  if (!isReadableStreamBYOBRequest(value)) throw new ERR_INVALID_THIS('ReadableStreamBYOBRequest');
  return value[kState];
}

// ---- streams of ours

function attachControl(state, source, highWaterMark, size) {
  const controller = new ReadableStreamDefaultController(kSkipThrow);
  return controller[kState] = new DefaultControl(state, controller, source, highWaterMark, size);
}

function makeRequest(state) {
  return new ReadableStreamBYOBRequest(kSkipThrow, state);
}

/** Called when one arrives from another thread; its kDeserialize gives it a controller. */
function TransferredReadableStream() {
  const stream = new ReadableStream(kSkipThrow);
  stream[kState] = new ReadableState(stream);
  return stream;
}
TransferredReadableStream.prototype[kDeserialize] = () => {};

function attachByteControl(state, source, highWaterMark, autoAllocateChunkSize) {
  const controller = new ReadableByteStreamController(kSkipThrow);
  return controller[kState] = new ByteControl(
    state, controller, source, highWaterMark, autoAllocateChunkSize, makeRequest);
}

/** A stream over a source of ours, which is not started yet. */
function createReadableStream(source, highWaterMark = 1, size = undefined) {
  const stream = new ReadableStream(kSkipThrow);
  attachControl(stream[kState] = new ReadableState(stream), source, highWaterMark, size);
  return stream;
}

function createReadableByteStream(source, highWaterMark = 0) {
  const stream = new ReadableStream(kSkipThrow);
  attachByteControl(stream[kState] = new ReadableState(stream), source, highWaterMark, undefined);
  return stream;
}

function readableStreamTee(stream, isCloning) {
  const state = stream[kState];
  if (state.isLocked) throw new ERR_INVALID_STATE.TypeError('ReadableStream is locked');
  const isBytes = state.control instanceof ByteControl;
  const controls = [];
  const { tee, streams } = teeStream(state, isBytes, isCloning, (branch) => {
    const made = isBytes ? createReadableByteStream(branch) : createReadableStream(branch);
    controls[controls.length] = made[kState].control;
    return made;
  });
  tee.controls = controls;
  controls[0].start();
  controls[1].start();
  return streams;
}

module.exports = {
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransferredReadableStream,
  attachControl,
  createReadableByteStream,
  createReadableStream,
  isReadableByteStreamController,
  isReadableStream,
  isReadableStreamBYOBReader,
  isReadableStreamBYOBRequest,
  isReadableStreamDefaultController,
  isReadableStreamDefaultReader,
  readableStreamTee,
};
