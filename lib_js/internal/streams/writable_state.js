'use strict';

// WritableState: what a Writable remembers. Booleans live as bits of one number; the properties of
// these names that programs know are accessors on the prototype.

const { ObjectDefineProperties, Symbol } = primordials;

const { Buffer } = require('buffer');
const { codes: { ERR_UNKNOWN_ENCODING } } = require('internal/errors');
const { getHighWaterMark, getDefaultHighWaterMark } = require('internal/streams/state');
const {
  bitProperty,
  kState,
  kObjectMode,
  kErrorEmitted,
  kAutoDestroy,
  kEmitClose,
  kDestroyed,
  kClosed,
  kCloseEmitted,
  kErrored,
  kConstructed,
} = require('internal/streams/utils');
const { valueProperty } = require('internal/streams/readable_state');

const kErroredValue = Symbol('kErroredValue');
const kDefaultEncodingValue = Symbol('kDefaultEncodingValue');
const kBufferedValue = Symbol('kBufferedValue'); // null | { chunk, encoding, callback }[]
const kWriteCallback = Symbol('kWriteCallback'); // Of the write that runs, or null.
const kFinishCallbacks = Symbol('kFinishCallbacks'); // Given to end(); null | function[]
const kTransformation = Symbol('kTransformation'); // A Transform's write.
const kAfterWrite = Symbol('kAfterWrite'); // The callbacks the next tick will make, or null.

const kSync = 1 << 9; // Inside of _write() or _final().
const kFinalCalled = 1 << 10;
const kNeedDrain = 1 << 11;
const kEnding = 1 << 12; // end() was called.
const kFinished = 1 << 13;
const kDecodeStrings = 1 << 14;
const kWriting = 1 << 15;
const kBufferProcessing = 1 << 16;
const kPrefinished = 1 << 17;
const kAllBuffers = 1 << 18; // Everything buffered is a Buffer.
const kAllNoop = 1 << 19; // Nothing buffered has a callback.
const kHasWritable = 1 << 20;
const kWritable = 1 << 21;
const kCorked = 1 << 22;
const kDefaultUTF8Encoding = 1 << 23;
const kExpectWriteCb = 1 << 24;
const kAfterWritePending = 1 << 25;
const kBuffered = 1 << 26;
const kEnded = 1 << 27; // end() has returned.
const kOnFinished = 1 << 28;

class WritableState {
  constructor(options, stream, isDuplex) {
    let state = kSync | kConstructed | kEmitClose | kAutoDestroy | kDecodeStrings |
      kDefaultUTF8Encoding | kAllBuffers | kAllNoop;
    if (options) {
      if (options.objectMode || (isDuplex && options.writableObjectMode)) state |= kObjectMode;
      if (options.decodeStrings === false) state &= ~kDecodeStrings;
      if (options.emitClose === false) state &= ~kEmitClose;
      if (options.autoDestroy === false) state &= ~kAutoDestroy;
    }
    this[kState] = state;
    this.highWaterMark = options ?
      getHighWaterMark(this, options, 'writableHighWaterMark', isDuplex) :
      getDefaultHighWaterMark(false);
    this.length = 0; // Written and not yet taken by _write(), in bytes, characters or objects.
    this.corked = 0;
    this.onwrite = (error) => onWritten(stream, error);
    this.writelen = 0; // Of the write that runs.
    this.bufferedIndex = 0;
    this.pendingcb = 0; // Callbacks still owed; 'finish' waits for them.
    this[kBufferedValue] = null;
    this[kWriteCallback] = null;
    this[kAfterWrite] = null;
    this[kFinishCallbacks] = null;
    this[kTransformation] = null;
    if (options?.defaultEncoding != null) {
      const { defaultEncoding } = options;
      if (!Buffer.isEncoding(defaultEncoding)) throw new ERR_UNKNOWN_ENCODING(defaultEncoding);
      this.defaultEncoding = defaultEncoding;
    }
  }

  getBuffer() {
    return (this[kState] & kBuffered) === 0 ? [] : this[kBufferedValue].slice(this.bufferedIndex);
  }

  get bufferedRequestCount() {
    return (this[kState] & kBuffered) === 0 ? 0 : this[kBufferedValue].length - this.bufferedIndex;
  }
}

// Set by internal/streams/writable, which needs this file first.
let onWritten;

function setOnWritten(fn) {
  onWritten = fn;
}

ObjectDefineProperties(WritableState.prototype, {
  objectMode: bitProperty(kObjectMode),
  finalCalled: bitProperty(kFinalCalled),
  needDrain: bitProperty(kNeedDrain),
  ending: bitProperty(kEnding),
  ended: bitProperty(kEnded),
  finished: bitProperty(kFinished),
  destroyed: bitProperty(kDestroyed),
  decodeStrings: bitProperty(kDecodeStrings),
  writing: bitProperty(kWriting),
  sync: bitProperty(kSync),
  bufferProcessing: bitProperty(kBufferProcessing),
  constructed: bitProperty(kConstructed),
  prefinished: bitProperty(kPrefinished),
  errorEmitted: bitProperty(kErrorEmitted),
  emitClose: bitProperty(kEmitClose),
  autoDestroy: bitProperty(kAutoDestroy),
  closed: bitProperty(kClosed),
  closeEmitted: bitProperty(kCloseEmitted),
  allBuffers: bitProperty(kAllBuffers),
  allNoop: bitProperty(kAllNoop),
  errored: valueProperty(kErrored, kErroredValue, null),
  buffered: {
    __proto__: null,
    enumerable: false,
    get() {
      return (this[kState] & kBuffered) !== 0 ? this[kBufferedValue] : [];
    },
    set(value) {
      this[kBufferedValue] = value;
      if (value) this[kState] |= kBuffered;
      else this[kState] &= ~kBuffered;
    },
  },
  writecb: {
    __proto__: null,
    enumerable: false,
    get() {
      return this[kWriteCallback] ?? (() => {});
    },
    set(value) {
      this[kWriteCallback] = value || null;
    },
  },
  writable: {
    __proto__: null,
    enumerable: false,
    get() {
      if ((this[kState] & kHasWritable) === 0) return undefined;
      return (this[kState] & kWritable) !== 0;
    },
    set(value) {
      this[kState] &= ~(kHasWritable | kWritable);
      if (value != null) this[kState] |= value ? kHasWritable | kWritable : kHasWritable;
    },
  },
  defaultEncoding: {
    __proto__: null,
    enumerable: false,
    get() {
      return (this[kState] & kDefaultUTF8Encoding) !== 0 ? 'utf8' : this[kDefaultEncodingValue];
    },
    set(value) {
      if (value === 'utf8' || value === 'utf-8') {
        this[kState] |= kDefaultUTF8Encoding;
      } else {
        this[kState] &= ~kDefaultUTF8Encoding;
        this[kDefaultEncodingValue] = value;
      }
    },
  },
});

module.exports = {
  WritableState,
  setOnWritten,
  kBufferedValue,
  kWriteCallback,
  kFinishCallbacks,
  kTransformation,
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
};
