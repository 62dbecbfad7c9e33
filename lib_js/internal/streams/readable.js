'use strict';

// Readable. Chunks come in by push(), wait in the state's buffer, and leave by read(): asked by the
// program ('readable'), or by flow() which emits them as 'data'.
//
// A subclass that never runs this constructor (http's IncomingMessage) creates its state itself,
// with new Readable.ReadableState(options, stream, false), when it is first asked for.

const {
  NumberIsInteger,
  NumberParseInt,
  ObjectDefineProperties,
  ObjectKeys,
  ObjectSetPrototypeOf,
  Promise,
  SymbolAsyncDispose,
  SymbolAsyncIterator,
  SymbolFor,
} = primordials;

module.exports = Readable;

const EE = require('events');
const { kCapture } = require('internal/events/symbols');
const { Stream } = require('internal/streams/legacy');
const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const { isArrayBufferView } = require('internal/util/types');
const { destroy, undestroy, errorOrDestroy, construct, destroyer } =
  require('internal/streams/destroy');
const {
  AbortError,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_METHOD_NOT_IMPLEMENTED,
    ERR_STREAM_ITER_MISSING_FLAG,
    ERR_STREAM_PUSH_AFTER_EOF,
    ERR_STREAM_UNSHIFT_AFTER_END_EVENT,
  },
} = require('internal/errors');
const { validateAbortSignal, validateObject } = require('internal/validators');
const {
  kState,
  kObjectMode,
  kErrorEmitted,
  kDestroyed,
  kCloseEmitted,
  kErrored,
  kConstructed,
  kOnConstructed,
  kPushRunning,
  lengthOf,
} = require('internal/streams/utils');
const { ALL, allLength, fromList, markFor, readableLength, takeFirst } =
  require('internal/streams/readable_buffer');
const {
  ReadableState,
  pipeOf,
  kDecoderValue,
  kEnded,
  kEndEmitted,
  kReading,
  kSync,
  kNeedReadable,
  kEmittedReadable,
  kReadableListening,
  kResumeScheduled,
  kMultiAwaitDrain,
  kReadingMore,
  kDataEmitted,
  kDecoder,
  kHasFlowing,
  kFlowing,
  kHasPaused,
  kPaused,
  kDataListening,
  kEndScheduled,
} = require('internal/streams/readable_state');

/** A read() of less than nothing: unlike read(0) it takes 'readable' for answered. */
const NOTHING = -2;

/** With none of these a Buffer that is pushed is taken as it is. */
const NOT_PLAIN = kObjectMode | kEnded | kDestroyed | kErrored | kDecoder;

/** What stands between a pushed Buffer and its listener, and the three that lead to one. */
const NOT_DIRECT = kFlowing | kDataListening | kConstructed | kSync | kReadingMore | kEnded |
  kDestroyed | kErrored | kDecoder | kObjectMode | kMultiAwaitDrain;

ObjectSetPrototypeOf(Readable.prototype, Stream.prototype);
ObjectSetPrototypeOf(Readable, Stream);

const { emit } = EE.prototype;

Readable.ReadableState = ReadableState;

ReadableState.prototype[kOnConstructed] = function(stream) {
  if ((this[kState] & kNeedReadable) !== 0) maybeReadMore(stream, this);
};

function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);

  this._events ??= {
    close: undefined,
    error: undefined,
    data: undefined,
    end: undefined,
    readable: undefined,
  };
  this._readableState = new ReadableState(options, this, false);
  if (options) {
    if (typeof options.read === 'function') this._read = options.read;
    if (typeof options.destroy === 'function') this._destroy = options.destroy;
    if (typeof options.construct === 'function') this._construct = options.construct;
    if (options.signal) {
      require('internal/streams/add-abort-signal').addAbortSignal(options.signal, this);
    }
  }
  EE.init.call(this, options);
  if (this._construct != null) {
    construct(this, () => this._readableState[kOnConstructed](this));
  }
}

Readable.prototype.destroy = destroy;
Readable.prototype._undestroy = undestroy;
Readable.prototype._destroy = function(err, cb) {
  cb(err);
};

Readable.prototype[EE.captureRejectionSymbol] = function(err) {
  this.destroy(err);
};

Readable.prototype[SymbolAsyncDispose] = async function() {
  let error;
  if (!this.destroyed) {
    error = this.readableEnded ? null : new AbortError();
    this.destroy(error);
  }
  await new Promise((resolve, reject) => {
    require('internal/streams/end-of-stream').eos(this, (err) => {
      // The abort is our own doing.
      if (err && err !== error) reject(err);
      else resolve(null);
    });
  });
};

// ---- in

// push(null) means the end. Returns whether more may be pushed.
Readable.prototype.push = function(chunk, encoding) {
  const state = this._readableState;
  const flags = state[kState];
  if ((flags & NOT_PLAIN) === 0 && chunk instanceof Buffer) {
    const count = lengthOf(chunk);
    if (count > 0) return add(this, state, flags, chunk, count);
  }
  return pushAny(this, state, flags, chunk, encoding);
};

function pushAny(stream, state, flags, chunk, encoding) {
  if (chunk === null) {
    state[kState] = flags & ~kReading;
    onEnd(stream, state);
    return false;
  }
  if ((flags & kObjectMode) === 0) {
    if (chunk instanceof Buffer) {
      encoding = '';
    } else if (typeof chunk === 'string') {
      encoding ||= state.defaultEncoding;
      // A string in the encoding the stream speaks stays one.
      if (state.encoding !== encoding) {
        chunk = Buffer.from(chunk, encoding);
        encoding = '';
      }
    } else if (isArrayBufferView(chunk)) {
      chunk = new FastBuffer(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = '';
    } else if (chunk !== undefined) {
      return refuseChunk(stream, chunk);
    }
    if (!chunk || !(chunk.length > 0)) {
      state[kState] &= ~kReading;
      maybeReadMore(stream, state);
      return wantsMore(state);
    }
  }
  flags = state[kState];
  if ((flags & kEnded) !== 0) {
    errorOrDestroy(stream, new ERR_STREAM_PUSH_AFTER_EOF());
    return false;
  }
  if ((flags & (kDestroyed | kErrored)) !== 0) return false;

  if ((flags & kDecoder) !== 0 && !encoding) {
    state[kState] = flags & ~kReading;
    chunk = state[kDecoderValue].write(chunk);
    // Not a whole character yet.
    if ((flags & kObjectMode) === 0 && chunk.length === 0) {
      maybeReadMore(stream, state);
      return wantsMore(state);
    }
  }
  // Not one call with `? :`, where optimised code would count in floating point.
  if ((flags & kObjectMode) !== 0) return add(stream, state, flags, chunk, 1);
  return add(stream, state, flags, chunk, chunk.length);
}

// A chunk that counts as so much.
function add(stream, state, flags, chunk, count) {
  // Nobody to wait for and nothing waiting: past the buffer.
  if ((flags & (kFlowing | kSync | kDataListening)) === (kFlowing | kDataListening) &&
      state.length === 0) {
    clearAwaitedDrains(state, flags);
    state[kState] = flags & ~kReading | kDataEmitted;
    emitData(stream, state, chunk);
  } else {
    state[kState] = flags & ~kReading;
    state.length += count;
    const { buffer } = state;
    buffer[buffer.length] = chunk;
    if ((flags & kNeedReadable) !== 0) emitReadable(stream, state);
  }
  flags = state[kState];
  if ((flags & (kReadingMore | kReading | kConstructed)) === kConstructed) {
    readMoreLater(stream, state);
  }
  return (flags & kEnded) === 0 && (state.length < state.highWaterMark || state.length === 0);
}

// push() of a Buffer from a source that goes on by itself, so that _read() has nothing to do: the
// tick that would ask for more is left out, and what it leaves behind is there at once.
Readable.prototype[kPushRunning] = function(chunk) {
  const state = this._readableState;
  const flags = state[kState];
  if ((flags & NOT_DIRECT) !== (kFlowing | kDataListening | kConstructed) || state.length !== 0) {
    return this.push(chunk);
  }
  state.awaitDrainWriters = null;
  state[kState] = flags & ~kReading | kDataEmitted;
  emitData(this, state, chunk);
  if ((state[kState] & (NOT_DIRECT | kReading)) === (kFlowing | kDataListening | kConstructed) &&
      state.length === 0) {
    state[kState] |= kReading | kNeedReadable;
    return true;
  }
  maybeReadMore(this, state);
  return wantsMore(state);
};

// Gives back what was read too far.
Readable.prototype.unshift = function(chunk, encoding) {
  const state = this._readableState;
  if (chunk === null) {
    state[kState] &= ~kReading;
    onEnd(this, state);
    return false;
  }
  if ((state[kState] & kObjectMode) === 0) {
    if (typeof chunk === 'string') {
      encoding ||= state.defaultEncoding;
      if (state.encoding !== encoding) {
        chunk = Buffer.from(chunk, encoding);
        if (state.encoding) chunk = chunk.toString(state.encoding);
      }
    } else if (isArrayBufferView(chunk)) {
      if (!(chunk instanceof Buffer)) {
        chunk = new FastBuffer(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      }
    } else if (chunk !== undefined) {
      return refuseChunk(this, chunk);
    }
    if (!chunk || !(chunk.length > 0)) return wantsMore(state);
  }
  if ((state[kState] & kEndEmitted) !== 0) {
    errorOrDestroy(this, new ERR_STREAM_UNSHIFT_AFTER_END_EVENT());
  } else if ((state[kState] & (kDestroyed | kErrored)) !== 0) {
    return false;
  } else {
    putFirst(this, state, chunk);
  }
  return wantsMore(state);
};

function putFirst(stream, state, chunk) {
  const flags = state[kState];
  if ((flags & (kFlowing | kSync | kDataListening)) === (kFlowing | kDataListening) &&
      state.length === 0) {
    clearAwaitedDrains(state, state[kState]);
    state[kState] |= kDataEmitted;
    emitData(stream, state, chunk);
  } else {
    state.length += (flags & kObjectMode) !== 0 ? 1 : chunk.length;
    if (state.bufferIndex > 0) state.buffer[--state.bufferIndex] = chunk;
    else state.buffer.unshift(chunk);
    if ((flags & kNeedReadable) !== 0) emitReadable(stream, state);
  }
  maybeReadMore(stream, state);
}

function refuseChunk(stream, chunk) {
  errorOrDestroy(stream, new ERR_INVALID_ARG_TYPE(
    'chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk));
  return false;
}

function wantsMore(state) {
  return (state[kState] & kEnded) === 0 &&
    (state.length < state.highWaterMark || state.length === 0);
}

// As stream.emit('data', chunk), which finds its listener by name each time: streams with all kinds
// of events come through there. Whoever replaced emit() has it called. A pipe that is the only
// listener is handed the chunk without asking what kind of function listens.
function emitData(stream, state, chunk) {
  if (stream.emit === emit && stream[kCapture] === false) {
    const listener = stream._events?.data;
    if (listener === undefined) return;
    const pipe = pipeOf(state);
    if (pipe !== null && listener === pipe.ondata) {
      pipe.forward(chunk);
      return;
    }
    if (typeof listener === 'function') {
      listener.call(stream, chunk);
      return;
    }
  }
  stream.emit('data', chunk);
}

function emitReadableEvent(stream) {
  if (stream.emit === emit && stream[kCapture] === false) {
    const listener = stream._events?.readable;
    if (listener === undefined) return;
    if (typeof listener === 'function') {
      listener.call(stream);
      return;
    }
  }
  stream.emit('readable');
}

function clearAwaitedDrains(state, flags) {
  if ((flags & kMultiAwaitDrain) !== 0) state.awaitDrainWriters.clear();
  else state.awaitDrainWriters = null;
}

function onEnd(stream, state) {
  const flags = state[kState];
  if ((flags & kEnded) !== 0) return;
  if ((flags & kDecoder) !== 0) {
    const chunk = state[kDecoderValue].end();
    if (chunk?.length) {
      state.buffer.push(chunk);
      state.length += (flags & kObjectMode) !== 0 ? 1 : chunk.length;
    }
  }
  state[kState] |= kEnded;
  if ((flags & kSync) !== 0) {
    emitReadable(stream, state);
  } else {
    state[kState] = (state[kState] & ~kNeedReadable) | kEmittedReadable;
    emitReadableNow(stream);
  }
}

// ---- 'readable', and reading ahead

function emitReadable(stream, state) {
  state[kState] &= ~kNeedReadable;
  if ((state[kState] & kEmittedReadable) === 0) {
    state[kState] |= kEmittedReadable;
    process.nextTick(emitReadableNow, stream);
  }
}

function emitReadableNow(stream) {
  const state = stream._readableState;
  const flags = state[kState];
  if ((flags & (kDestroyed | kErrored)) === 0 && (state.length > 0 || (flags & kEnded) !== 0)) {
    emitReadableEvent(stream);
    state[kState] &= ~kEmittedReadable;
  }
  // Say it again when more comes, unless that is flow()'s business or there is plenty.
  if ((state[kState] & (kFlowing | kEnded)) === 0 && state.length <= state.highWaterMark) {
    state[kState] |= kNeedReadable;
  }
  flow(stream);
}

// Fills the buffer to the mark, on the next tick, so that a synchronous _read() cannot recurse.
function maybeReadMore(stream, state) {
  if ((state[kState] & (kReadingMore | kReading | kConstructed)) === kConstructed) {
    readMoreLater(stream, state);
  }
}

function readMoreLater(stream, state) {
  state[kState] |= kReadingMore;
  process.nextTick(readMore, stream, state);
}

function readMore(stream, state) {
  while ((state[kState] & (kReading | kEnded)) === 0 &&
         (state.length < state.highWaterMark ||
          ((state[kState] & kFlowing) !== 0 && state.length === 0))) {
    const { length } = state;
    stream.read(0);
    if (length === state.length) break; // Nothing came.
  }
  state[kState] &= ~kReadingMore;
}

// ---- out

Readable.prototype._read = function(n) {
  throw new ERR_METHOD_NOT_IMPLEMENTED('_read()');
};

// What flow() asks for, as read() does below for everybody: the next chunk, with the border that it
// was pushed with. Not for streams of strings.
function readFlowing(stream, state) {
  let flags = state[kState] &= ~kEmittedReadable;
  let isEmpty = state.length === 0;
  if (isEmpty && (flags & kEnded) !== 0) {
    endReadable(stream, state);
    return null;
  }
  if (mayAskSource(flags) && ((flags & kNeedReadable) !== 0 || isEmpty ||
      isLowBehindFirst(state, flags))) {
    askSource(stream, state);
    flags = state[kState];
    if ((flags & (kReading | kObjectMode)) !== kReading) {
      isEmpty = state.length === 0;
      // The source stopped the flow.
      if (!isEmpty && (flags & kFlowing) === 0) return takeAll(stream, state);
    }
  }
  if (isEmpty) {
    if (state.length <= state.highWaterMark) state[kState] |= kNeedReadable;
    if (state.length === 0 && (flags & kEnded) !== 0) endReadable(stream, state);
    return null;
  }
  const chunk = takeFirst(state);
  // Not one difference with `? :`, where optimised code would count in floating point.
  if ((flags & kObjectMode) !== 0) state.length--;
  else state.length -= chunk.length;
  give(stream, state, chunk);
  return chunk;
}

// Is there room behind the first chunk?
function isLowBehindFirst(state, flags) {
  if ((flags & kObjectMode) !== 0) return state.length - 1 < state.highWaterMark;
  return state.length - state.buffer[state.bufferIndex].length < state.highWaterMark;
}

function takeAll(stream, state) {
  const n = allLength(state);
  const chunk = fromList(n, state);
  state.length -= n;
  give(stream, state, chunk);
  return chunk;
}

// Emits what has been taken out of the buffer.
function give(stream, state, chunk) {
  let flags = state[kState];
  clearAwaitedDrains(state, flags);
  if (state.length === 0) {
    if ((flags & kEnded) === 0) {
      flags |= kNeedReadable;
    } else {
      endReadable(stream, state);
      flags = state[kState];
    }
  }
  if ((flags & (kErrorEmitted | kCloseEmitted)) === 0) {
    state[kState] = flags | kDataEmitted;
    emitData(stream, state, chunk);
  } else {
    state[kState] = flags;
  }
}

function askSource(stream, state) {
  state[kState] |= state.length === 0 ? kReading | kSync | kNeedReadable : kReading | kSync;
  try {
    stream._read(state.highWaterMark);
  } catch (error) {
    errorOrDestroy(stream, error);
  }
  state[kState] &= ~kSync;
}

Readable.prototype.read = function(n) {
  const state = this._readableState;
  if (n === undefined && (state[kState] & (kFlowing | kDecoder)) === kFlowing) {
    return readFlowing(this, state);
  }
  return readSome(this, state, n);
};

const { read } = Readable.prototype;

function readSome(stream, state, n) {
  if (n === undefined) {
    n = ALL;
  } else {
    if (!NumberIsInteger(n)) n = NumberParseInt(n, 10);
    if (n !== n) n = ALL;
    else if (n < 0) n = NOTHING;
  }
  const asked = n;
  if (n > state.highWaterMark) state.highWaterMark = markFor(n);
  if (n !== 0) state[kState] &= ~kEmittedReadable;

  // read(0) only makes sure that 'readable' comes.
  if (n === 0 && (state[kState] & kNeedReadable) !== 0) {
    const { length } = state;
    const ended = (state[kState] & kEnded) !== 0;
    const full = state.highWaterMark !== 0 ? length >= state.highWaterMark : length > 0;
    if (full || ended) {
      if (length === 0 && ended) endReadable(stream, state);
      else emitReadable(stream, state);
      return null;
    }
  }

  n = readableLength(n, state);
  if (n === 0 && (state[kState] & kEnded) !== 0) {
    if (state.length === 0) endReadable(stream, state);
    return null;
  }

  // Ask the source before taking from the buffer: a synchronous one may give more to take from.
  if (wantsSource(state, n)) {
    askSource(stream, state);
    if ((state[kState] & kReading) === 0) n = readableLength(asked, state);
  }

  const chunk = n > 0 ? fromList(n, state) : null;
  if (chunk === null) {
    if (state.length <= state.highWaterMark) state[kState] |= kNeedReadable;
    n = 0;
  } else {
    state.length -= n;
    clearAwaitedDrains(state, state[kState]);
  }
  if (state.length === 0) {
    if ((state[kState] & kEnded) === 0) state[kState] |= kNeedReadable;
    else if (asked !== n) endReadable(stream, state); // Tried to read past the end.
  }
  if (chunk !== null && (state[kState] & (kErrorEmitted | kCloseEmitted)) === 0) {
    state[kState] |= kDataEmitted;
    emitData(stream, state, chunk);
  }
  return chunk;
}

// Whether read(), about to take n, shall call _read().
function wantsSource(state, n) {
  const flags = state[kState];
  return mayAskSource(flags) && ((flags & kNeedReadable) !== 0 || state.length === 0 ||
    state.length - n < state.highWaterMark);
}

function mayAskSource(flags) {
  return (flags & (kReading | kEnded | kDestroyed | kErrored | kConstructed)) === kConstructed;
}

Readable._fromList = fromList;

function endReadable(stream, state) {
  if ((state[kState] & (kEndEmitted | kEndScheduled)) === 0) {
    state[kState] |= kEnded | kEndScheduled;
    process.nextTick(emitEnd, state, stream);
  }
}

function emitEnd(state, stream) {
  state[kState] &= ~kEndScheduled;
  // Something may have been unshifted meanwhile.
  if ((state[kState] & (kErrored | kCloseEmitted | kEndEmitted)) !== 0 || state.length > 0) return;
  state[kState] |= kEndEmitted;
  stream.emit('end');
  if (stream.writable && stream.allowHalfOpen === false) {
    process.nextTick(endWritable, stream);
  } else if (state.autoDestroy) {
    const writable = stream._writableState;
    if (!writable || (writable.autoDestroy &&
        (writable.finished || writable.writable === false))) {
      stream.destroy();
    }
  }
}

function endWritable(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}

// ---- flowing

Readable.prototype.on = function(ev, fn) {
  const result = Stream.prototype.on.call(this, ev, fn);
  if (ev === 'data') {
    const state = this._readableState;
    state[kState] |= kDataListening;
    if (this.listenerCount('readable') > 0) state[kState] |= kReadableListening;
    // Unless it was paused by name, a stream that is listened to flows.
    if ((state[kState] & (kHasFlowing | kFlowing)) !== kHasFlowing) this.resume();
  } else if (ev === 'readable') {
    const state = this._readableState;
    if ((state[kState] & (kEndEmitted | kReadableListening)) === 0) {
      state[kState] |= kReadableListening | kNeedReadable | kHasFlowing;
      state[kState] &= ~(kFlowing | kEmittedReadable);
      if (state.length > 0) emitReadable(this, state);
      else if ((state[kState] & kReading) === 0) process.nextTick(readZero, this);
    }
  }
  return result;
};
Readable.prototype.addListener = Readable.prototype.on;

Readable.prototype.removeListener = function(ev, fn) {
  const result = Stream.prototype.removeListener.call(this, ev, fn);
  if (ev === 'readable') {
    // Later: once() removes a listener right before it is called, which may add another.
    process.nextTick(updateReadableListening, this);
  } else if (ev === 'data' && this.listenerCount('data') === 0) {
    this._readableState[kState] &= ~kDataListening;
  }
  return result;
};
Readable.prototype.off = Readable.prototype.removeListener;

Readable.prototype.removeAllListeners = function(ev) {
  const result = Stream.prototype.removeAllListeners.apply(this, arguments);
  if (ev === 'readable' || ev === undefined) process.nextTick(updateReadableListening, this);
  return result;
};

function updateReadableListening(stream) {
  const state = stream._readableState;
  if (stream.listenerCount('readable') > 0) state[kState] |= kReadableListening;
  else state[kState] &= ~kReadableListening;

  if ((state[kState] & (kHasPaused | kPaused | kResumeScheduled)) ===
      (kHasPaused | kResumeScheduled)) {
    // resume() was called while 'readable' had the say.
    state[kState] |= kHasFlowing | kFlowing;
  } else if ((state[kState] & kDataListening) !== 0) {
    stream.resume();
  } else if ((state[kState] & kReadableListening) === 0) {
    state[kState] &= ~(kHasFlowing | kFlowing);
  }
}

function readZero(stream) {
  stream.read(0);
}

Readable.prototype.resume = function() {
  const state = this._readableState;
  if ((state[kState] & kFlowing) === 0) {
    // With a listener of 'readable', resume() has no effect on the flow.
    state[kState] |= (state[kState] & kReadableListening) === 0 ?
      kHasFlowing | kFlowing : kHasFlowing;
    if ((state[kState] & kResumeScheduled) === 0) {
      state[kState] |= kResumeScheduled;
      process.nextTick(resumeNow, this, state);
    }
  }
  state[kState] = (state[kState] | kHasPaused) & ~kPaused;
  return this;
};

function resumeNow(stream, state) {
  if ((state[kState] & kReading) === 0) stream.read(0);
  state[kState] &= ~kResumeScheduled;
  stream.emit('resume');
  flow(stream);
  if ((state[kState] & (kFlowing | kReading)) === kFlowing) stream.read(0);
}

Readable.prototype.pause = function() {
  const state = this._readableState;
  if ((state[kState] & (kHasFlowing | kFlowing)) !== kHasFlowing) {
    state[kState] = (state[kState] | kHasFlowing) & ~kFlowing;
    this.emit('pause');
  }
  state[kState] |= kHasPaused | kPaused;
  return this;
};

Readable.prototype.isPaused = function() {
  const flags = this._readableState[kState];
  return (flags & kPaused) !== 0 || (flags & (kHasFlowing | kFlowing)) === kHasFlowing;
};

function flow(stream) {
  const state = stream._readableState;
  let flags = state[kState];
  while ((flags & kFlowing) !== 0) {
    const chunk = stream.read === read && (flags & kDecoder) === 0 ?
      readFlowing(stream, state) : stream.read();
    if (chunk === null) break;
    flags = state[kState];
  }
}

Readable.prototype.setEncoding = function(enc) {
  const { StringDecoder } = require('string_decoder');
  const state = this._readableState;
  const decoder = new StringDecoder(enc);
  state.decoder = decoder;
  state.encoding = decoder.encoding;
  // What waits already becomes one string.
  let content = '';
  for (let i = state.bufferIndex; i < state.buffer.length; i++) {
    content += decoder.write(state.buffer[i]);
  }
  if ((state[kState] & kEnded) !== 0) content += decoder.end();
  state.buffer.length = 0;
  state.bufferIndex = 0;
  if (content !== '') state.buffer.push(content);
  state.length = content.length;
  return this;
};

// ---- pipes

Readable.prototype.pipe = function(dest, pipeOpts) {
  require('internal/streams/pipe').pipe(this, dest, pipeOpts);
  return dest;
};

Readable.prototype.unpipe = function(dest) {
  const state = this._readableState;
  if (state.pipes.length === 0) return this;
  if (!dest) {
    const dests = state.pipes;
    state.pipes = [];
    this.pause();
    for (let i = 0; i < dests.length; i++) dests[i].emit('unpipe', this, { hasUnpiped: false });
    return this;
  }
  const index = state.pipes.indexOf(dest);
  if (index === -1) return this;
  state.pipes.splice(index, 1);
  if (state.pipes.length === 0) this.pause();
  dest.emit('unpipe', this, { hasUnpiped: false });
  return this;
};

// Takes over a stream of the old kind.
Readable.prototype.wrap = function(stream) {
  let paused = false;
  stream.on('data', (chunk) => {
    if (!this.push(chunk) && stream.pause) {
      paused = true;
      stream.pause();
    }
  });
  stream.on('end', () => this.push(null));
  stream.on('error', (error) => errorOrDestroy(this, error));
  stream.on('close', () => this.destroy());
  stream.on('destroy', () => this.destroy());
  this._read = () => {
    if (paused && stream.resume) {
      paused = false;
      stream.resume();
    }
  };
  // Its own methods stay within reach.
  const keys = ObjectKeys(stream);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (this[key] === undefined && typeof stream[key] === 'function') {
      this[key] = stream[key].bind(stream);
    }
  }
  return this;
};

Readable.prototype[SymbolAsyncIterator] = function() {
  return require('internal/streams/readable_iterator').createReadableIterator(this);
};

Readable.prototype[SymbolFor('Stream.toAsyncStreamable')] = function() {
  const { getOptionValue } = require('internal/options');
  if (!getOptionValue('--experimental-stream-iter')) throw new ERR_STREAM_ITER_MISSING_FLAG();
  return require('internal/streams/iter/readable').batchesOfReadable(this);
};

Readable.prototype.iterator = function(options) {
  if (options !== undefined) validateObject(options, 'options');
  return require('internal/streams/readable_iterator').createReadableIterator(this, options);
};

Readable.prototype.compose = function compose(stream, options) {
  if (options != null) validateObject(options, 'options');
  if (options?.signal != null) validateAbortSignal(options.signal, 'options.signal');
  const composed = require('internal/streams/compose')(this, stream);
  if (options?.signal) {
    require('internal/streams/add-abort-signal')
      .addAbortSignalNoValidate(options.signal, composed);
  }
  return composed;
};

// ---- asking

ObjectDefineProperties(Readable.prototype, {
  readable: {
    __proto__: null,
    get() {
      const state = this._readableState;
      return !!state && state.readable !== false && !state.destroyed && !state.errorEmitted &&
        !state.endEmitted;
    },
    set(value) {
      // Some subclasses say what they are by assignment.
      if (this._readableState) this._readableState.readable = !!value;
    },
  },
  readableDidRead: {
    __proto__: null,
    get() {
      return this._readableState.dataEmitted;
    },
  },
  readableAborted: {
    __proto__: null,
    get() {
      const state = this._readableState;
      return !!(state.readable !== false && (state.destroyed || state.errored) &&
        !state.endEmitted);
    },
  },
  readableHighWaterMark: {
    __proto__: null,
    get() {
      return this._readableState.highWaterMark;
    },
  },
  readableBuffer: {
    __proto__: null,
    get() {
      return this._readableState?.buffer;
    },
  },
  readableFlowing: {
    __proto__: null,
    get() {
      return this._readableState.flowing;
    },
    set(value) {
      if (this._readableState) this._readableState.flowing = value;
    },
  },
  readableLength: {
    __proto__: null,
    get() {
      return this._readableState.length;
    },
  },
  readableObjectMode: {
    __proto__: null,
    get() {
      return this._readableState ? this._readableState.objectMode : false;
    },
  },
  readableEncoding: {
    __proto__: null,
    get() {
      return this._readableState ? this._readableState.encoding : null;
    },
  },
  errored: {
    __proto__: null,
    get() {
      return this._readableState ? this._readableState.errored : null;
    },
  },
  closed: {
    __proto__: null,
    get() {
      return this._readableState ? this._readableState.closed : false;
    },
  },
  destroyed: {
    __proto__: null,
    get() {
      return this._readableState ? this._readableState.destroyed : false;
    },
    set(value) {
      if (this._readableState) this._readableState.destroyed = value;
    },
  },
  readableEnded: {
    __proto__: null,
    get() {
      return this._readableState ? this._readableState.endEmitted : false;
    },
  },
});

// ---- static functions

Readable.from = function(iterable, opts) {
  return require('internal/streams/from')(Readable, iterable, opts);
};

function webAdapters() {
  return require('internal/webstreams/adapters');
}

Readable.fromWeb = function(readableStream, options) {
  return webAdapters().newStreamReadableFromReadableStream(readableStream, options);
};

Readable.toWeb = function(streamReadable, options) {
  return webAdapters().newReadableStreamFromStreamReadable(streamReadable, options);
};

Readable.wrap = function(src, options) {
  return new Readable({
    objectMode: src.readableObjectMode ?? src.objectMode ?? true,
    ...options,
    destroy(error, callback) {
      destroyer(src, error);
      callback(error);
    },
  }).wrap(src);
};
