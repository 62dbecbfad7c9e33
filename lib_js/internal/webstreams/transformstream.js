'use strict';

// TransformStream: https://streams.spec.whatwg.org/#ts-model
// The writable side's sink and the readable side's source are one object, TransformState. Neither
// side makes a promise to wait for the other: see kLater in writable_state.js.

const {
  FunctionPrototypeCall,
  ObjectDefineProperties,
  PromisePrototypeThen,
  PromiseReject,
  PromiseWithResolvers,
  SymbolToStringTag,
} = primordials;

const {
  ERR_ILLEGAL_CONSTRUCTOR,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_STATE,
  ERR_INVALID_THIS,
} = require('internal/errors').codes;
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
  isPrimitive,
  kSkipThrow,
  kState,
  orphan,
  promiseOf,
  promiseResolvedWith,
  resolved,
  soon,
  toStringTag,
} = require('internal/webstreams/util');
const { createReadableStream } = require('internal/webstreams/readablestream');
const { kLater } = require('internal/webstreams/writable_state');
const { createWritableStream } = require('internal/webstreams/writablestream');

const { kDeserialize, kTransfer, kTransferList } = require('internal/worker/transfer_symbols');
const {
  privateSymbols: { transfer_mode_private_symbol },
  constants: { kTransferable },
} = internalBinding('util');

/** The callbacks of the program's object. */
class UserTransformer {
  constructor(object) {
    this.object = object;
    // In the order in which Web IDL reads a dictionary.
    this.cancelFn = callbackOf(object.cancel, 'transformer.cancel');
    this.flushFn = callbackOf(object.flush, 'transformer.flush');
    this.readableType = object.readableType;
    this.startFn = callbackOf(object.start, 'transformer.start');
    this.transformFn = callbackOf(object.transform, 'transformer.transform');
    this.writableType = object.writableType;
  }

  start(controller) {
    if (this.startFn === undefined) return undefined;
    return FunctionPrototypeCall(this.startFn, this.object, controller);
  }

  transform(chunk, controller) {
    if (this.transformFn !== undefined) {
      return FunctionPrototypeCall(this.transformFn, this.object, chunk, controller);
    }
    controller[kState].enqueue(chunk);
    return undefined;
  }

  flush(controller) {
    if (this.flushFn === undefined) return undefined;
    return converted(FunctionPrototypeCall(this.flushFn, this.object, controller));
  }

  cancel(reason) {
    if (this.cancelFn === undefined) return undefined;
    return converted(FunctionPrototypeCall(this.cancelFn, this.object, reason));
  }
}

/** Calls an algorithm; whatever happens, the result is a promise. */
function call(algorithm) {
  try {
    return promiseOf(algorithm());
  } catch (error) {
    return PromiseReject(error);
  }
}

class TransformState {
  constructor(stream, transformer) {
    this.stream = stream;
    this.transformer = transformer;
    this.controller = undefined;
    /** @type {ReadableStream} */
    this.readable = undefined;
    /** @type {WritableStream} */
    this.writable = undefined;
    this.readableControl = undefined;
    this.writableControl = undefined;
    this.backpressure = true;
    /** The readable side waits for a chunk. */
    this.isPullPending = false;
    /** The writable side waits until somebody wants a chunk. */
    this.isWritePending = false;
    this.pendingChunk = undefined;
    /** The one end of the stream; whoever is told of it second gets the same promise. */
    this.finish = undefined;
    this.resume = () => this.#resume();
    this.onFailed = (error) => {
      this.error(error);
      throw error;
    };
  }

  attach(readableStrategy, writableStrategy) {
    this.writable = createWritableStream(
      this, writableStrategy.highWaterMark, writableStrategy.size);
    this.readable = createReadableStream(
      this, readableStrategy.highWaterMark, readableStrategy.size);
    this.writableControl = this.writable[kState].control;
    this.readableControl = this.readable[kState].control;
  }

  start() {
    const startResult = this.transformer.start(this.controller);
    const started = startResult === undefined ? resolved : promiseResolvedWith(startResult);
    this.writableControl.start(started);
    this.readableControl.start(started);
  }

  setBackpressure(backpressure) {
    this.backpressure = backpressure;
    if (backpressure && this.isPullPending) {
      this.isPullPending = false;
      soon(this.readableControl.onPulled);
    } else if (!backpressure && this.isWritePending) {
      this.isWritePending = false;
      soon(this.resume);
    }
  }

  // ---- the writable side's sink

  write(chunk) {
    if (!this.backpressure) return this.#transform(chunk);
    this.isWritePending = true;
    this.pendingChunk = chunk;
    return kLater;
  }

  #resume() {
    const chunk = this.pendingChunk;
    this.pendingChunk = undefined;
    const { onWritten, onWriteFailed, state } = this.writableControl;
    if (state.state === 'erroring') {
      onWriteFailed(state.storedError);
      return;
    }
    const result = this.#transform(chunk);
    if (result === undefined) soon(onWritten);
    else PromisePrototypeThen(result, onWritten, onWriteFailed);
  }

  /** @returns {Promise | undefined} */
  #transform(chunk) {
    const { transformer } = this;
    if (transformer === undefined) return undefined; // The stream is ending: nobody will read it.
    let result;
    try {
      result = transformer.transform(chunk, this.controller);
      if (isPrimitive(result)) return undefined;
      result = promiseOf(result);
    } catch (error) {
      result = PromiseReject(error);
    }
    return PromisePrototypeThen(result, undefined, this.onFailed);
  }

  close() {
    if (this.finish !== undefined) return this.finish.promise;
    const { transformer, readableControl } = this;
    const finish = this.finish = PromiseWithResolvers();
    const flushed = call(() => transformer.flush(this.controller));
    this.clearAlgorithms();
    PromisePrototypeThen(flushed, () => {
      if (readableControl.state.state === 'errored') {
        finish.reject(readableControl.state.storedError);
        return;
      }
      readableControl.close();
      finish.resolve(undefined);
    }, (error) => {
      readableControl.error(error);
      finish.reject(error);
    });
    return finish.promise;
  }

  abort(reason) {
    if (this.finish !== undefined) return this.finish.promise;
    const { readableControl } = this;
    return this.#end(reason, (error) => {
      if (readableControl.state.state === 'errored') return true;
      readableControl.error(error);
      return false;
    }, readableControl.state, (error) => readableControl.error(error));
  }

  // ---- the readable side's source

  pull() {
    this.isPullPending = true;
    this.setBackpressure(false);
    return kLater;
  }

  cancel(reason) {
    if (this.finish !== undefined) return this.finish.promise;
    const { writableControl } = this;
    const fail = (error) => {
      writableControl.errorIfNeeded(error);
      this.unblockWrite();
    };
    return this.#end(reason, (error) => {
      if (writableControl.state.state === 'errored') return true;
      fail(error);
      return false;
    }, writableControl.state, fail);
  }

  /**
   * One side ends by `reason`. `endOther` ends the other side, or says that it has failed before;
   * `other` knows how; `failOther` ends it when the transformer's cancel() fails.
   */
  #end(reason, endOther, other, failOther) {
    const { transformer } = this;
    const finish = this.finish = PromiseWithResolvers();
    const canceled = call(() => transformer.cancel(reason));
    this.clearAlgorithms();
    PromisePrototypeThen(canceled, () => {
      if (endOther(reason)) finish.reject(other.storedError);
      else finish.resolve(undefined);
    }, (error) => {
      failOther(error);
      finish.reject(error);
    });
    return finish.promise;
  }

  // ---- the controller

  get desiredSize() {
    return this.readableControl.desiredSize;
  }

  enqueue(chunk) {
    const { readableControl } = this;
    if (!readableControl.canCloseOrEnqueue) {
      throw new ERR_INVALID_STATE.TypeError('Unable to enqueue');
    }
    try {
      readableControl.enqueue(chunk);
    } catch (error) {
      this.errorWritableAndUnblockWrite(error);
      throw readableControl.state.storedError;
    }
    if (!this.backpressure && !readableControl.shouldPull) this.setBackpressure(true);
  }

  error(error) {
    this.readableControl.error(error);
    this.errorWritableAndUnblockWrite(error);
  }

  terminate() {
    this.readableControl.close();
    this.errorWritableAndUnblockWrite(
      new ERR_INVALID_STATE.TypeError('TransformStream has been terminated'));
  }

  errorWritableAndUnblockWrite(error) {
    this.clearAlgorithms();
    this.writableControl.errorIfNeeded(error);
    this.unblockWrite();
  }

  unblockWrite() {
    if (this.backpressure) this.setBackpressure(false);
  }

  clearAlgorithms() {
    this.transformer = undefined;
  }
}

orphan(TransformState, UserTransformer);

/** What `new TransformStream()` does to chunks. */
const AS_IS = new UserTransformer(kEmptyObject);

class Strategy {
  constructor(highWaterMark, size) {
    this.highWaterMark = highWaterMark;
    this.size = size;
  }
}

orphan(Strategy);

function validateStrategy(strategy, name) {
  if (strategy === undefined) return;
  validateObject(strategy, name, kValidateObjectAllowObjectsAndNull);
}

function checkedStrategy(strategy, defaultHighWaterMark) {
  if (strategy === undefined) return new Strategy(defaultHighWaterMark, undefined);
  const highWaterMark = strategy?.highWaterMark;
  const size = strategy?.size;
  return new Strategy(
    extractHighWaterMark(highWaterMark, defaultHighWaterMark), extractSizeAlgorithm(size));
}

class TransformStream {
  constructor(transformer = kEmptyObject, writableStrategy = undefined,
              readableStrategy = undefined) {
    this[transfer_mode_private_symbol] = kTransferable;
    if (transformer === kSkipThrow) {
      this[kState] = new TransformState(this, undefined);
      return;
    }
    validateObject(transformer, 'transformer', kValidateObjectAllowObjects);
    validateStrategy(writableStrategy, 'writableStrategy');
    validateStrategy(readableStrategy, 'readableStrategy');
    const user = transformer === kEmptyObject ? AS_IS : new UserTransformer(transformer);
    if (user.readableType !== undefined) {
      throw new ERR_INVALID_ARG_VALUE.RangeError('transformer.readableType', user.readableType);
    }
    if (user.writableType !== undefined) {
      throw new ERR_INVALID_ARG_VALUE.RangeError('transformer.writableType', user.writableType);
    }
    const readable = checkedStrategy(readableStrategy, 0);
    const writable = checkedStrategy(writableStrategy, 1);
    const state = this[kState] = new TransformState(this, user);
    state.attach(readable, writable);
    const controller = new TransformStreamDefaultController(kSkipThrow);
    controller[kState] = state;
    state.controller = controller;
    state.start();
  }

  get readable() {
    return streamState(this).readable;
  }

  get writable() {
    return streamState(this).writable;
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'TransformStream', {
      readable: this.readable,
      writable: this.writable,
      backpressure: this[kState].backpressure,
    });
  }

  [kTransfer]() {
    if (!isTransformStream(this)) throw new ERR_INVALID_THIS('TransformStream');
    const { readable, writable } = this[kState];
    const { throwLocked } = require('internal/webstreams/transfer');
    if (readable.locked) throwLocked('ReadableStream');
    if (writable.locked) throwLocked('WritableStream');
    return {
      data: { readable, writable },
      deserializeInfo: 'internal/webstreams/transformstream:TransferredTransformStream',
    };
  }

  [kTransferList]() {
    return [this[kState].readable, this[kState].writable];
  }

  [kDeserialize]({ readable, writable }) {
    this[kState].readable = readable;
    this[kState].writable = writable;
  }
}

ObjectDefineProperties(TransformStream.prototype, {
  readable: kEnumerableProperty,
  writable: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('TransformStream'),
});

/** Called when one arrives from another thread. */
function TransferredTransformStream() {
  return new TransformStream(kSkipThrow);
}
TransferredTransformStream.prototype[kDeserialize] = () => {};

class TransformStreamDefaultController {
  constructor(secret = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this[kState] = undefined;
  }

  get desiredSize() {
    return controllerState(this).desiredSize;
  }

  enqueue(chunk = undefined) {
    controllerState(this).enqueue(chunk);
  }

  error(reason = undefined) {
    controllerState(this).error(reason);
  }

  terminate() {
    controllerState(this).terminate();
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'TransformStreamDefaultController', {
      stream: this[kState].stream,
    });
  }
}

ObjectDefineProperties(TransformStreamDefaultController.prototype, {
  desiredSize: kEnumerableProperty,
  enqueue: kEnumerableProperty,
  error: kEnumerableProperty,
  terminate: kEnumerableProperty,
  [SymbolToStringTag]: toStringTag('TransformStreamDefaultController'),
});

function isTransformStream(value) {
  return value?.[kState] instanceof TransformState && value[kState].stream === value;
}

function streamState(value) {
  if (!isTransformStream(value)) throw new ERR_INVALID_THIS('TransformStream');
  return value[kState];
}

function isTransformStreamDefaultController(value) {
  return value?.[kState] instanceof TransformState && value[kState].controller === value;
}

function controllerState(value) {
  if (!isTransformStreamDefaultController(value)) {
    throw new ERR_INVALID_THIS('TransformStreamDefaultController');
  }
  return value[kState];
}

module.exports = {
  TransferredTransformStream,
  TransformStream,
  TransformStreamDefaultController,
  isTransformStream,
  isTransformStreamDefaultController,
};
