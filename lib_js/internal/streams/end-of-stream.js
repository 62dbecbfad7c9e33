'use strict';

// stream.finished(): calls back once when a stream has ended, failed, or closed too early, in
// whichever of the many ways streams have of saying so.

const { Promise, PromisePrototypeThen, ReflectApply, Symbol, SymbolDispose } = primordials;

const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE, ERR_STREAM_PREMATURE_CLOSE },
} = require('internal/errors');
const { kEmptyObject } = require('internal/util');
const {
  validateAbortSignal,
  validateBoolean,
  validateFunction,
  validateObject,
} = require('internal/validators');
const AsyncContextFrame = require('internal/async_context_frame');
const { addAbortListener } = require('internal/events/abort_listener');
const {
  isClosed,
  isNodeStream,
  isReadable,
  isReadableErrored,
  isReadableFinished,
  isReadableNodeStream,
  isReadableStream,
  isWritable,
  isWritableErrored,
  isWritableFinished,
  isWritableNodeStream,
  isWritableStream,
  kIsClosedPromise,
  willEmitClose,
} = require('internal/streams/utils');

// Option: call back before returning if the result is known already.
const kEosNodeSynchronousCallback = Symbol('kEosNodeSynchronousCallback');

function nop() {}

function isRequest(stream) {
  return stream.setHeader && typeof stream.abort === 'function';
}

// Calls the callback at most once, in the async context of now.
class Outcome {
  constructor(stream, callback) {
    this.stream = stream;
    this.callback = callback;
    this.frame = AsyncContextFrame.current();
    this.listening = null; // The abort listener.
  }

  // Whether the callback is still to be called.
  get open() {
    return this.callback !== null;
  }

  settle(...args) {
    const { callback } = this;
    if (callback === null) return;
    this.cancel();
    const prior = AsyncContextFrame.exchange(this.frame);
    try {
      ReflectApply(callback, this.stream, args);
    } finally {
      AsyncContextFrame.set(prior);
    }
  }

  cancel() {
    this.callback = null;
    this.listening?.[SymbolDispose]();
    this.listening = null;
  }
}

function eos(stream, options, callback) {
  if (arguments.length === 2) {
    callback = options;
    options = kEmptyObject;
  } else if (options == null) {
    options = kEmptyObject;
  } else {
    validateObject(options, 'options');
  }
  validateFunction(callback, 'callback');
  validateAbortSignal(options.signal, 'options.signal');
  if (isReadableStream(stream) || isWritableStream(stream)) {
    return waitForWebStream(stream, options, callback);
  }
  if (!isNodeStream(stream)) {
    throw new ERR_INVALID_ARG_TYPE('stream', ['ReadableStream', 'WritableStream', 'Stream'],
                                   stream);
  }
  const waiter = new Waiter(stream, options);
  let known = waiter.knownResult();
  const isKnown = known !== undefined;
  if (!isKnown && options.signal?.aborted) {
    known = new AbortError(undefined, { cause: options.signal.reason });
  }
  if (known === undefined) return waiter.listen(callback);

  const cleanups = isKnown && options.error !== false;
  // Errors that come later are nobody's concern any more.
  if (cleanups) stream.on('error', nop);
  const args = known === null ? [] : [known];
  const outcome = new Outcome(stream, callback);
  if (options[kEosNodeSynchronousCallback]) outcome.settle(...args);
  else process.nextTick(() => outcome.settle(...args));
  return () => {
    outcome.cancel();
    if (cleanups) stream.removeListener('error', nop);
  };
}

function errorOf(stream) {
  const error = isWritableErrored(stream) || isReadableErrored(stream);
  return (typeof error !== 'boolean' && error) || null;
}

class Waiter {
  constructor(stream, options) {
    this.stream = stream;
    this.options = options;
    // Which halves are waited for.
    this.readable = options.readable ?? isReadableNodeStream(stream);
    this.writable = options.writable ?? isWritableNodeStream(stream);
    // 'close' comes last, and is waited for if both halves that exist are.
    this.awaitsClose = willEmitClose(stream) &&
      isReadableNodeStream(stream) === this.readable &&
      isWritableNodeStream(stream) === this.writable;
    this.writableFinished = isWritableFinished(stream, false);
    this.readableFinished = isReadableFinished(stream, false);
  }

  // undefined: not over yet; null: over and well; otherwise the error.
  knownResult() {
    const { stream, awaitsClose } = this;
    const writable = stream._writableState;
    const readable = stream._readableState;
    if (isClosed(stream)) return this.closeResult();
    if (writable?.errorEmitted || readable?.errorEmitted) {
      return awaitsClose ? undefined : errorOf(stream);
    }
    const writes = this.writableFinished || isWritable(stream) === false;
    if (!this.readable && (!awaitsClose || isReadable(stream)) && writes &&
        (writable == null || writable.pendingcb === undefined || writable.pendingcb === 0)) {
      return errorOf(stream);
    }
    const reads = this.readableFinished || isReadable(stream) === false;
    if (!this.writable && (!awaitsClose || isWritable(stream)) && reads) return errorOf(stream);
    if (readable && stream.req && stream.aborted) return errorOf(stream);
    return undefined;
  }

  closeResult() {
    const { stream } = this;
    const error = errorOf(stream);
    if (error) return error;
    if (this.readable && !this.readableFinished && isReadableNodeStream(stream, true) &&
        !isReadableFinished(stream, false)) {
      return new ERR_STREAM_PREMATURE_CLOSE();
    }
    if (this.writable && !this.writableFinished && !isWritableFinished(stream, false)) {
      return new ERR_STREAM_PREMATURE_CLOSE();
    }
    return null;
  }

  // Returns the function that stops listening.
  listen(callback) {
    const { stream, options } = this;
    const { signal } = options;
    const outcome = new Outcome(stream, callback);

    const onfinish = () => {
      this.writableFinished = true;
      // Whoever destroys the stream inside of 'finish' may suppress 'close'.
      if (stream.destroyed) this.awaitsClose = false;
      if (this.awaitsClose && (!stream.readable || this.readable)) return;
      if (!this.readable || this.readableFinished) outcome.settle();
    };
    const onend = () => {
      this.readableFinished = true;
      if (stream.destroyed) this.awaitsClose = false;
      if (this.awaitsClose && (!stream.writable || this.writable)) return;
      if (!this.writable || this.writableFinished) outcome.settle();
    };
    const onlegacyfinish = () => {
      if (!stream.writable) onfinish();
    };
    const onerror = (error) => outcome.settle(error);
    const onclose = () => {
      // Whoever was told before us may have changed what is to be seen.
      if (!outcome.open) return;
      const error = this.closeResult();
      if (error === null) outcome.settle();
      else outcome.settle(error);
    };
    const onrequest = () => stream.req.on('finish', onfinish);

    if (isRequest(stream)) {
      stream.on('complete', onfinish);
      if (!this.awaitsClose) stream.on('abort', onclose);
      if (stream.req) onrequest();
      else stream.on('request', onrequest);
    } else if (this.writable && !stream._writableState) {
      stream.on('end', onlegacyfinish);
      stream.on('close', onlegacyfinish);
    }
    if (!this.awaitsClose && typeof stream.aborted === 'boolean') stream.on('aborted', onclose);
    stream.on('end', onend);
    stream.on('finish', onfinish);
    if (options.error !== false) stream.on('error', onerror);
    stream.on('close', onclose);

    const unlisten = () => {
      stream.removeListener('aborted', onclose);
      stream.removeListener('complete', onfinish);
      stream.removeListener('abort', onclose);
      stream.removeListener('request', onrequest);
      if (stream.req) stream.req.removeListener('finish', onfinish);
      stream.removeListener('end', onlegacyfinish);
      stream.removeListener('close', onlegacyfinish);
      stream.removeListener('finish', onfinish);
      stream.removeListener('end', onend);
      stream.removeListener('error', onerror);
      stream.removeListener('close', onclose);
    };
    if (signal) {
      outcome.listening = addAbortListener(signal, () => {
        unlisten();
        outcome.settle(new AbortError(undefined, { cause: signal.reason }));
      });
    }
    return () => {
      outcome.cancel();
      unlisten();
    };
  }
}

function waitForWebStream(stream, options, callback) {
  const { signal } = options;
  const outcome = new Outcome(stream, callback);
  const onAbort = () => outcome.settle(new AbortError(undefined, { cause: signal.reason }));
  if (signal?.aborted) process.nextTick(onAbort);
  else if (signal) outcome.listening = addAbortListener(signal, onAbort);
  const onClosed = (...args) => process.nextTick(() => outcome.settle(...args));
  PromisePrototypeThen(stream[kIsClosedPromise].promise, onClosed, onClosed);
  return nop;
}

// The same as a promise.
function finished(stream, opts) {
  opts ??= kEmptyObject;
  let cleanup = false;
  if (opts.cleanup) {
    validateBoolean(opts.cleanup, 'cleanup');
    ({ cleanup } = opts);
  }
  return new Promise((resolve, reject) => {
    const stop = eos(stream, opts, (error) => {
      if (cleanup) stop();
      if (error) reject(error);
      else resolve();
    });
  });
}

module.exports = { eos, finished, kEosNodeSynchronousCallback };
