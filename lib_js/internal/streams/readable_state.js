'use strict';

// ReadableState: what a Readable remembers. Booleans live as bits of one number; the properties of
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

const kErroredValue = Symbol('kErroredValue');
const kDefaultEncodingValue = Symbol('kDefaultEncodingValue');
const kDecoderValue = Symbol('kDecoderValue');
const kEncodingValue = Symbol('kEncodingValue');

const kEnded = 1 << 9; // push(null) was called.
const kEndEmitted = 1 << 10;
const kReading = 1 << 11; // _read() was called and has not answered.
const kSync = 1 << 12; // Inside of _read(): events must wait for the next tick.
const kNeedReadable = 1 << 13;
const kEmittedReadable = 1 << 14;
const kReadableListening = 1 << 15;
const kResumeScheduled = 1 << 16;
const kMultiAwaitDrain = 1 << 17; // awaitDrainWriters is a set.
const kReadingMore = 1 << 18;
const kDataEmitted = 1 << 19;
const kDefaultUTF8Encoding = 1 << 20;
const kDecoder = 1 << 21;
const kEncoding = 1 << 22;
// flowing and paused are null until somebody decides.
const kHasFlowing = 1 << 23;
const kFlowing = 1 << 24;
const kHasPaused = 1 << 25;
const kPaused = 1 << 26;
const kDataListening = 1 << 27;
const kEndScheduled = 1 << 28;

let pipeOf;
let setPipe;

class ReadableState {
  // The pipe to a single destination (internal/streams/pipe), or null. Not to be seen: who prints a
  // stream sees what Node has.
  #pipe;

  static {
    pipeOf = (state) => state.#pipe;
    setPipe = (state, pipe) => { state.#pipe = pipe; };
  }

  constructor(options, stream, isDuplex) {
    let state = kEmitClose | kAutoDestroy | kConstructed | kSync | kDefaultUTF8Encoding;
    if (options) {
      if (options.objectMode || (isDuplex && options.readableObjectMode)) state |= kObjectMode;
      if (options.emitClose === false) state &= ~kEmitClose;
      if (options.autoDestroy === false) state &= ~kAutoDestroy;
    }
    this[kState] = state;
    this.highWaterMark = options ?
      getHighWaterMark(this, options, 'readableHighWaterMark', isDuplex) :
      getDefaultHighWaterMark(false);
    this.buffer = [];
    this.bufferIndex = 0; // Chunks before it were read; they are dropped from time to time.
    this.length = 0; // In bytes, characters or objects.
    this.pipes = [];
    this.awaitDrainWriters = null; // The writer, or writers, a pipe waits for.
    this.#pipe = null;
    if (options) this.#setEncodings(options);
  }

  #setEncodings({ defaultEncoding, encoding }) {
    if (defaultEncoding != null) {
      if (!Buffer.isEncoding(defaultEncoding)) throw new ERR_UNKNOWN_ENCODING(defaultEncoding);
      this.defaultEncoding = defaultEncoding;
    }
    if (encoding) {
      const { StringDecoder } = require('string_decoder');
      this.decoder = new StringDecoder(encoding);
      this.encoding = encoding;
    }
  }
}

// Accessor of a property that is `empty` unless its bit is set; then the value is under `key`.
function valueProperty(bit, key, empty) {
  return {
    __proto__: null,
    enumerable: false,
    get() {
      return (this[kState] & bit) !== 0 ? this[key] : empty;
    },
    set(value) {
      if (value) {
        this[key] = value;
        this[kState] |= bit;
      } else {
        this[kState] &= ~bit;
      }
    },
  };
}

// Accessor of a property that is null, true or false.
function triProperty(hasBit, bit) {
  return {
    __proto__: null,
    enumerable: false,
    get() {
      return (this[kState] & hasBit) !== 0 ? (this[kState] & bit) !== 0 : null;
    },
    set(value) {
      this[kState] &= ~(hasBit | bit);
      if (value != null) this[kState] |= value ? hasBit | bit : hasBit;
    },
  };
}

ObjectDefineProperties(ReadableState.prototype, {
  objectMode: bitProperty(kObjectMode),
  ended: bitProperty(kEnded),
  endEmitted: bitProperty(kEndEmitted),
  reading: bitProperty(kReading),
  constructed: bitProperty(kConstructed),
  sync: bitProperty(kSync),
  needReadable: bitProperty(kNeedReadable),
  emittedReadable: bitProperty(kEmittedReadable),
  readableListening: bitProperty(kReadableListening),
  resumeScheduled: bitProperty(kResumeScheduled),
  errorEmitted: bitProperty(kErrorEmitted),
  emitClose: bitProperty(kEmitClose),
  autoDestroy: bitProperty(kAutoDestroy),
  destroyed: bitProperty(kDestroyed),
  closed: bitProperty(kClosed),
  closeEmitted: bitProperty(kCloseEmitted),
  multiAwaitDrain: bitProperty(kMultiAwaitDrain),
  readingMore: bitProperty(kReadingMore),
  dataEmitted: bitProperty(kDataEmitted),
  errored: valueProperty(kErrored, kErroredValue, null),
  decoder: valueProperty(kDecoder, kDecoderValue, null),
  encoding: valueProperty(kEncoding, kEncodingValue, null),
  flowing: triProperty(kHasFlowing, kFlowing),
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
  pipesCount: {
    __proto__: null,
    get() {
      return this.pipes.length;
    },
  },
  paused: {
    __proto__: null,
    get() {
      return (this[kState] & kPaused) !== 0;
    },
    set(value) {
      this[kState] |= kHasPaused;
      if (value) this[kState] |= kPaused;
      else this[kState] &= ~kPaused;
    },
  },
});

module.exports = {
  ReadableState,
  pipeOf,
  setPipe,
  triProperty,
  valueProperty,
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
};
