'use strict';

// Writable. One _write() runs at a time; what is written meanwhile waits in the state's buffer, and
// goes as one _writev() where there is one.

const {
  Error,
  FunctionPrototypeSymbolHasInstance,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Promise,
  StringPrototypeToLowerCase,
  SymbolAsyncDispose,
  SymbolHasInstance,
} = primordials;

module.exports = Writable;

const EE = require('events');
const { Stream } = require('internal/streams/legacy');
const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const { isArrayBufferView } = require('internal/util/types');
const { destroy, undestroy, errorOrDestroy, construct } = require('internal/streams/destroy');
const {
  AbortError,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_METHOD_NOT_IMPLEMENTED,
    ERR_MULTIPLE_CALLBACK,
    ERR_STREAM_ALREADY_FINISHED,
    ERR_STREAM_CANNOT_PIPE,
    ERR_STREAM_DESTROYED,
    ERR_STREAM_NULL_VALUES,
    ERR_STREAM_WRITE_AFTER_END,
    ERR_UNKNOWN_ENCODING,
  },
} = require('internal/errors');
const {
  kState,
  kObjectMode,
  kErrorEmitted,
  kAutoDestroy,
  kDestroyed,
  kClosed,
  kCloseEmitted,
  kErrored,
  kConstructed,
  kOnConstructed,
  lengthOf,
} = require('internal/streams/utils');
const {
  WritableState,
  setOnWritten,
  kBufferedValue,
  kWriteCallback,
  kFinishCallbacks,
  kAfterWrite,
  kSync,
  kFinalCalled,
  kNeedDrain,
  kEnding,
  kFinished,
  kDecodeStrings,
  kWriting,
  kBufferProcessing,
  kPrefinished,
  kAllBuffers,
  kAllNoop,
  kHasWritable,
  kWritable,
  kCorked,
  kDefaultUTF8Encoding,
  kExpectWriteCb,
  kAfterWritePending,
  kBuffered,
  kEnded,
  kOnFinished,
} = require('internal/streams/writable_state');

ObjectSetPrototypeOf(Writable.prototype, Stream.prototype);
ObjectSetPrototypeOf(Writable, Stream);

const WRITTEN_CHUNKS_MAX = 256; // Written chunks that may stand at the front of the buffer.

Writable.WritableState = WritableState;
setOnWritten(onWritten);

WritableState.prototype[kOnConstructed] = function(stream) {
  if ((this[kState] & kWriting) === 0) clearBuffer(stream, this);
  if ((this[kState] & kEnding) !== 0) finishMaybe(stream, this);
};

/** What stands between a Buffer and _write(), and the one bit that does not. */
const NOT_PLAIN = kObjectMode | kEnding | kDestroyed | kErrored | kWriting | kCorked | kConstructed;

/** With nothing more than these two a _write() that called back at once has nothing to follow. */
const NOT_OVER = kExpectWriteCb | kSync | kBuffered | kAfterWritePending | kDestroyed | kNeedDrain |
  kEnding;

function nop() {}

function Writable(options) {
  if (!(this instanceof Writable)) return new Writable(options);

  this._events ??= {
    close: undefined,
    error: undefined,
    prefinish: undefined,
    finish: undefined,
    drain: undefined,
  };
  this._writableState = new WritableState(options, this, false);
  if (options) {
    if (typeof options.write === 'function') this._write = options.write;
    if (typeof options.writev === 'function') this._writev = options.writev;
    if (typeof options.destroy === 'function') this._destroy = options.destroy;
    if (typeof options.final === 'function') this._final = options.final;
    if (typeof options.construct === 'function') this._construct = options.construct;
    if (options.signal) {
      require('internal/streams/add-abort-signal').addAbortSignal(options.signal, this);
    }
  }
  EE.init.call(this, options);
  if (this._construct != null) {
    construct(this, () => this._writableState[kOnConstructed](this));
  }
}

// A Duplex is a Writable too, though it inherits from Readable.
ObjectDefineProperty(Writable, SymbolHasInstance, {
  __proto__: null,
  value: ObjectDefineProperty(function(instance) {
    if (FunctionPrototypeSymbolHasInstance(this, instance)) return true;
    return this === Writable && instance && instance._writableState instanceof WritableState;
  }, 'name', { __proto__: null, value: '[Symbol.hasInstance]', configurable: true }),
});

Writable.prototype.pipe = function() {
  errorOrDestroy(this, new ERR_STREAM_CANNOT_PIPE());
};

// ---- write

Writable.prototype.write = function(chunk, encoding, cb) {
  const state = this._writableState;
  const flags = state[kState];
  // Most often, as a pipe writes: bytes, and no other write runs.
  if ((flags & NOT_PLAIN) === kConstructed && encoding === undefined && cb === undefined &&
      chunk instanceof Buffer) {
    const count = lengthOf(chunk);
    state.pendingcb++;
    state.length += count;
    return writeNow(this, state, flags, chunk, 'buffer', count);
  }
  if (typeof encoding === 'function') {
    cb = encoding;
    encoding = null;
  }
  return write(this, chunk, encoding, cb) === true;
};

// Returns true or false as write() does, or the error of a stream that takes no more.
function write(stream, chunk, encoding, callback) {
  const state = stream._writableState;
  if (typeof callback !== 'function') callback = nop;
  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();

  if ((state[kState] & kObjectMode) === 0) {
    if (!encoding) {
      encoding = (state[kState] & kDefaultUTF8Encoding) !== 0 ? 'utf8' : state.defaultEncoding;
    } else if (encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
      throw new ERR_UNKNOWN_ENCODING(encoding);
    }
    if (typeof chunk === 'string') {
      if (encoding === 'buffer') throw new ERR_UNKNOWN_ENCODING(encoding);
      if ((state[kState] & kDecodeStrings) !== 0) {
        chunk = Buffer.from(chunk, encoding);
        encoding = 'buffer';
      }
    } else if (chunk instanceof Buffer) {
      encoding = 'buffer';
    } else if (isArrayBufferView(chunk)) {
      chunk = new FastBuffer(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = 'buffer';
    } else {
      throw new ERR_INVALID_ARG_TYPE(
        'chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
    }
  }
  if ((state[kState] & (kEnding | kDestroyed)) !== 0) return refuse(stream, state, callback);
  state.pendingcb++;
  return writeOrBuffer(stream, state, chunk, encoding, callback);
}

function refuse(stream, state, callback) {
  const error = (state[kState] & kEnding) !== 0 ?
    new ERR_STREAM_WRITE_AFTER_END() : new ERR_STREAM_DESTROYED('write');
  process.nextTick(callback, error);
  errorOrDestroy(stream, error, true);
  return error;
}

function writeOrBuffer(stream, state, chunk, encoding, callback) {
  const flags = state[kState];
  // Not one sum with `? :`, where optimised code would count in floating point.
  if ((flags & kObjectMode) !== 0) state.length++;
  else state.length += chunk.length;
  if ((flags & (kWriting | kErrored | kCorked | kConstructed)) === kConstructed) {
    if (callback !== nop) state[kWriteCallback] = callback;
    if ((flags & kObjectMode) !== 0) return writeNow(stream, state, flags, chunk, encoding, 1);
    return writeNow(stream, state, flags, chunk, encoding, chunk.length);
  }
  if ((flags & kBuffered) === 0) {
    state[kState] |= kBuffered;
    state[kBufferedValue] = [];
  }
  state[kBufferedValue].push({ chunk, encoding, callback });
  if (encoding !== 'buffer') state[kState] &= ~kAllBuffers;
  if (callback !== nop) state[kState] &= ~kAllNoop;
  return wantsMore(state);
}

// What counts as so much, and is counted.
function writeNow(stream, state, flags, chunk, encoding, count) {
  state.writelen = count;
  state[kState] = flags | kWriting | kSync | kExpectWriteCb;
  stream._write(chunk, encoding, state.onwrite);
  state[kState] &= ~kSync;
  return wantsMore(state);
}

function wantsMore(state) {
  const flags = state[kState];
  const more = state.length < state.highWaterMark || state.length === 0;
  if (!more) state[kState] = flags | kNeedDrain;
  // A stream that failed meanwhile will never drain.
  return more && (flags & (kDestroyed | kErrored)) === 0;
}

// The callback of _write() and _writev().
function onWritten(stream, error) {
  const state = stream._writableState;
  const flags = state[kState];
  if ((flags & NOT_OVER) === (kExpectWriteCb | kSync) && !error &&
      state[kWriteCallback] === null && state[kAfterWrite] === null) {
    state[kState] = flags & ~(kWriting | kExpectWriteCb);
    state.length -= state.writelen;
    state.writelen = 0;
    state.pendingcb--;
    return;
  }
  endWrite(stream, state, error);
}

function endWrite(stream, state, error) {
  if ((state[kState] & kExpectWriteCb) === 0) {
    errorOrDestroy(stream, new ERR_MULTIPLE_CALLBACK());
    return;
  }
  const sync = (state[kState] & kSync) !== 0;
  const callback = state[kWriteCallback] ?? nop;
  state[kWriteCallback] = null;
  state[kState] &= ~(kWriting | kExpectWriteCb);
  state.length -= state.writelen;
  state.writelen = 0;

  if (error) {
    onWriteFailed(stream, state, error, callback, sync);
    return;
  }
  if ((state[kState] & kBuffered) !== 0) clearBuffer(stream, state);
  if (sync) afterSyncWrite(stream, state, callback);
  else afterWrite(stream, state, 1, callback);
}

function onWriteFailed(stream, state, error, callback, sync) {
  error.stack; // eslint-disable-line no-unused-expressions
  // At once, so that no further write starts; the event comes later.
  if ((state[kState] & kErrored) === 0) state.errored = error;
  const readable = stream._readableState;
  if (readable && !readable.errored) readable.errored = error;
  if (sync) process.nextTick(failWrite, stream, state, error, callback);
  else failWrite(stream, state, error, callback);
}

function failWrite(stream, state, error, callback) {
  --state.pendingcb;
  callback(error);
  failBuffered(state);
  errorOrDestroy(stream, error);
}

// A _write() that called back before it returned: callbacks and 'drain' wait for the next tick.
// Writes with the same callback share one tick, and without one need none.
function afterSyncWrite(stream, state, callback) {
  const pending = state[kAfterWrite];
  if (pending !== null && pending.callback === callback) {
    pending.count++;
  } else if (callback !== nop) {
    state[kAfterWrite] = { stream, state, count: 1, callback };
    state[kState] |= kAfterWritePending;
    process.nextTick(afterWriteTick, state[kAfterWrite]);
  } else if ((state[kState] & kAfterWritePending) === 0 &&
             ((state[kState] & kDestroyed) !== 0 ||
              ((state[kState] & kNeedDrain) !== 0 && state.length === 0))) {
    state[kState] |= kAfterWritePending;
    process.nextTick(afterWrite, stream, state, 1, nop);
  } else {
    state.pendingcb--;
    if ((state[kState] & kEnding) !== 0) finishMaybe(stream, state, true);
  }
}

function afterWriteTick(pending) {
  const { stream, state, count, callback } = pending;
  state[kAfterWrite] = null;
  afterWrite(stream, state, count, callback);
}

function afterWrite(stream, state, count, callback) {
  state[kState] &= ~kAfterWritePending;
  if ((state[kState] & (kEnding | kNeedDrain | kDestroyed)) === kNeedDrain &&
      state.length === 0) {
    state[kState] &= ~kNeedDrain;
    stream.emit('drain');
  }
  while (count-- > 0) {
    state.pendingcb--;
    callback(null);
  }
  if ((state[kState] & kDestroyed) !== 0) failBuffered(state);
  if ((state[kState] & kEnding) !== 0) finishMaybe(stream, state, true);
}

// What was never written is told so.
function failBuffered(state) {
  if ((state[kState] & kWriting) !== 0) return; // Once the last write has ended.
  if ((state[kState] & kBuffered) !== 0) {
    const buffered = state[kBufferedValue];
    for (let i = state.bufferedIndex; i < buffered.length; i++) {
      const { chunk, callback } = buffered[i];
      state.length -= (state[kState] & kObjectMode) !== 0 ? 1 : chunk.length;
      callback(state.errored ?? new ERR_STREAM_DESTROYED('write'));
    }
  }
  callFinishCallbacks(state, state.errored ?? new ERR_STREAM_DESTROYED('end'));
  resetBuffer(state);
}

function resetBuffer(state) {
  state[kBufferedValue] = null;
  state.bufferedIndex = 0;
  state[kState] = (state[kState] | kAllBuffers | kAllNoop) & ~kBuffered;
}

// Writes what waits, until a write does not end at once.
function clearBuffer(stream, state) {
  const flags = state[kState];
  if ((flags & (kDestroyed | kBufferProcessing | kCorked | kBuffered | kConstructed)) !==
      (kBuffered | kConstructed)) {
    return;
  }
  const buffered = state[kBufferedValue];
  let index = state.bufferedIndex;
  const count = buffered.length - index;
  if (count === 0) return;

  state[kState] |= kBufferProcessing;
  if (count > 1 && stream._writev) {
    writeAll(stream, state, buffered, index);
    resetBuffer(state);
  } else {
    do {
      const { chunk, encoding, callback } = buffered[index];
      buffered[index++] = null;
      const length = (flags & kObjectMode) !== 0 ? 1 : chunk.length;
      if (startWrite(stream, state, length, callback)) {
        stream._write(chunk, encoding, state.onwrite);
      }
      state[kState] &= ~kSync;
    } while (index < buffered.length && (state[kState] & kWriting) === 0);
    if (index === buffered.length) {
      resetBuffer(state);
    } else if (index > WRITTEN_CHUNKS_MAX) {
      buffered.splice(0, index);
      state.bufferedIndex = 0;
    } else {
      state.bufferedIndex = index;
    }
  }
  state[kState] &= ~kBufferProcessing;
}

function writeAll(stream, state, buffered, start) {
  // One callback stands for all.
  state.pendingcb -= buffered.length - start - 1;
  const plain = (state[kState] & kAllNoop) !== 0;
  const callback = plain ? nop : (error) => {
    for (let i = start; i < buffered.length; i++) buffered[i].callback(error);
  };
  // The array itself may be given away unless the callback still needs it.
  const chunks = plain && start === 0 ? buffered : buffered.slice(start);
  chunks.allBuffers = (state[kState] & kAllBuffers) !== 0;
  if (startWrite(stream, state, state.length, callback)) stream._writev(chunks, state.onwrite);
  state[kState] &= ~kSync;
}

// Returns whether the write may be handed on.
function startWrite(stream, state, length, callback) {
  state.writelen = length;
  if (callback !== nop) state[kWriteCallback] = callback;
  state[kState] |= kWriting | kSync | kExpectWriteCb;
  if ((state[kState] & kDestroyed) === 0) return true;
  state.onwrite(new ERR_STREAM_DESTROYED('write'));
  return false;
}

Writable.prototype.cork = function() {
  const state = this._writableState;
  state[kState] |= kCorked;
  state.corked++;
};

Writable.prototype.uncork = function() {
  const state = this._writableState;
  if (state.corked === 0) return;
  if (--state.corked === 0) state[kState] &= ~kCorked;
  if ((state[kState] & kWriting) === 0) clearBuffer(this, state);
};

Writable.prototype.setDefaultEncoding = function setDefaultEncoding(encoding) {
  if (typeof encoding === 'string') encoding = StringPrototypeToLowerCase(encoding);
  if (!Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
  this._writableState.defaultEncoding = encoding;
  return this;
};

Writable.prototype._write = function(chunk, encoding, cb) {
  if (!this._writev) throw new ERR_METHOD_NOT_IMPLEMENTED('_write()');
  this._writev([{ chunk, encoding }], cb);
};

Writable.prototype._writev = null;

// ---- end

Writable.prototype.end = function(chunk, encoding, cb) {
  const state = this._writableState;
  if (typeof chunk === 'function') {
    cb = chunk;
    chunk = null;
    encoding = null;
  } else if (typeof encoding === 'function') {
    cb = encoding;
    encoding = null;
  }

  let error;
  if (chunk != null) {
    const result = write(this, chunk, encoding);
    if (result instanceof Error) error = result;
  }
  if ((state[kState] & kCorked) !== 0) {
    state.corked = 1;
    this.uncork();
  }

  if (error) {
    // The write has already reported it.
  } else if ((state[kState] & (kEnding | kErrored)) === 0) {
    // Ended only after everything that follows, so that 'writable' changes at one point.
    state[kState] |= kEnding;
    finishMaybe(this, state, true);
    state[kState] |= kEnded;
  } else if ((state[kState] & kFinished) !== 0) {
    error = new ERR_STREAM_ALREADY_FINISHED('end');
  } else if ((state[kState] & kDestroyed) !== 0) {
    error = new ERR_STREAM_DESTROYED('end');
  }

  if (typeof cb === 'function') {
    if (error) {
      process.nextTick(cb, error);
    } else if ((state[kState] & kErrored) !== 0) {
      process.nextTick(cb, state.errored);
    } else if ((state[kState] & kFinished) !== 0) {
      process.nextTick(cb, null);
    } else {
      state[kState] |= kOnFinished;
      (state[kFinishCallbacks] ??= []).push(cb);
    }
  }
  return this;
};

function needFinish(state) {
  return (state[kState] & (kEnding | kDestroyed | kConstructed | kFinished | kWriting |
    kErrorEmitted | kCloseEmitted | kErrored | kBuffered)) === (kEnding | kConstructed) &&
    state.length === 0;
}

function finishMaybe(stream, state, sync) {
  if (!needFinish(state)) return;
  prefinish(stream, state);
  if (state.pendingcb !== 0) return;
  if (sync) {
    state.pendingcb++;
    process.nextTick(finishIfStillDue, stream, state);
  } else if (needFinish(state)) {
    state.pendingcb++;
    finish(stream, state);
  }
}

function finishIfStillDue(stream, state) {
  if (needFinish(state)) finish(stream, state);
  else state.pendingcb--;
}

function prefinish(stream, state) {
  if ((state[kState] & (kPrefinished | kFinalCalled)) !== 0) return;
  if (typeof stream._final !== 'function' || (state[kState] & kDestroyed) !== 0) {
    state[kState] |= kFinalCalled | kPrefinished;
    stream.emit('prefinish');
    return;
  }
  state[kState] |= kFinalCalled | kSync;
  state.pendingcb++;
  try {
    stream._final((error) => onFinal(stream, state, error));
  } catch (error) {
    onFinal(stream, state, error);
  }
  state[kState] &= ~kSync;
}

function onFinal(stream, state, error) {
  if ((state[kState] & kPrefinished) !== 0) {
    errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
    return;
  }
  state.pendingcb--;
  if (error) {
    callFinishCallbacks(state, error);
    errorOrDestroy(stream, error, (state[kState] & kSync) !== 0);
  } else if (needFinish(state)) {
    state[kState] |= kPrefinished;
    stream.emit('prefinish');
    state.pendingcb++;
    process.nextTick(finish, stream, state);
  }
}

function finish(stream, state) {
  state.pendingcb--;
  state[kState] |= kFinished;
  callFinishCallbacks(state, null);
  stream.emit('finish');
  if ((state[kState] & kAutoDestroy) === 0) return;
  // A Duplex goes when both halves are done.
  const readable = stream._readableState;
  if (!readable || (readable.autoDestroy &&
      (readable.endEmitted || readable.readable === false))) {
    stream.destroy();
  }
}

function callFinishCallbacks(state, error) {
  if ((state[kState] & kOnFinished) === 0) return;
  const callbacks = state[kFinishCallbacks];
  state[kFinishCallbacks] = null;
  state[kState] &= ~kOnFinished;
  for (let i = 0; i < callbacks.length; i++) callbacks[i](error);
}

Writable.prototype.destroy = function(err, cb) {
  const state = this._writableState;
  // Callers that wait for what will never happen are told on the next tick.
  if ((state[kState] & kDestroyed) === 0 && (state[kState] & (kBuffered | kOnFinished)) !== 0) {
    process.nextTick(failBuffered, state);
  }
  destroy.call(this, err, cb);
  return this;
};

Writable.prototype._undestroy = undestroy;
Writable.prototype._destroy = function(err, cb) {
  cb(err);
};

Writable.prototype[EE.captureRejectionSymbol] = function(err) {
  this.destroy(err);
};

Writable.prototype[SymbolAsyncDispose] = async function() {
  if (!this.destroyed) this.destroy(this.writableFinished ? null : new AbortError());
  await new Promise((resolve, reject) => {
    require('internal/streams/end-of-stream').eos(this, (err) => {
      if (err && err.name !== 'AbortError') reject(err);
      else resolve(null);
    });
  });
};

// ---- asking

// Accessor of a property that is one bit of the state, and false without a state.
function stateBit(bit) {
  return {
    __proto__: null,
    get() {
      const state = this._writableState;
      return state ? (state[kState] & bit) !== 0 : false;
    },
  };
}

ObjectDefineProperties(Writable.prototype, {
  closed: stateBit(kClosed),
  destroyed: {
    ...stateBit(kDestroyed),
    set(value) {
      if (this._writableState) this._writableState.destroyed = value;
    },
  },
  writable: {
    __proto__: null,
    get() {
      const state = this._writableState;
      return !!state && state.writable !== false &&
        (state[kState] & (kEnding | kEnded | kDestroyed | kErrored)) === 0;
    },
    set(value) {
      // Some subclasses say what they are by assignment.
      if (this._writableState) this._writableState.writable = !!value;
    },
  },
  writableFinished: stateBit(kFinished),
  writableObjectMode: stateBit(kObjectMode),
  writableBuffer: {
    __proto__: null,
    get() {
      const state = this._writableState;
      return state && state.getBuffer();
    },
  },
  writableEnded: stateBit(kEnding),
  writableNeedDrain: {
    __proto__: null,
    get() {
      const state = this._writableState;
      return state ? (state[kState] & (kDestroyed | kEnding | kNeedDrain)) === kNeedDrain : false;
    },
  },
  writableHighWaterMark: {
    __proto__: null,
    get() {
      return this._writableState?.highWaterMark;
    },
  },
  writableCorked: {
    __proto__: null,
    get() {
      const state = this._writableState;
      return state ? state.corked : 0;
    },
  },
  writableLength: {
    __proto__: null,
    get() {
      return this._writableState?.length;
    },
  },
  errored: {
    __proto__: null,
    get() {
      const state = this._writableState;
      return state ? state.errored : null;
    },
  },
  writableAborted: {
    __proto__: null,
    get() {
      const flags = this._writableState[kState];
      return (flags & (kHasWritable | kWritable)) !== kHasWritable &&
        (flags & (kDestroyed | kErrored)) !== 0 && (flags & kFinished) === 0;
    },
  },
});

function webAdapters() {
  return require('internal/webstreams/adapters');
}

Writable.fromWeb = function(writableStream, options) {
  return webAdapters().newStreamWritableFromWritableStream(writableStream, options);
};

Writable.toWeb = function(streamWritable) {
  return webAdapters().newWritableStreamFromStreamWritable(streamWritable);
};
