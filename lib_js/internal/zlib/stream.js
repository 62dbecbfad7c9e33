'use strict';

// ZlibBase: the Transform under every stream of zlib. Input goes to the handle in steps, each as
// long as one buffer of output lasts.

const {
  FunctionPrototypeCall,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Symbol,
  Uint32Array,
} = primordials;

const assert = require('internal/assert');
const {
  codes: {
    ERR_BUFFER_TOO_LARGE,
    ERR_INVALID_ARG_TYPE,
    ERR_TRAILING_JUNK_AFTER_STREAM_END,
  },
  genericNodeError,
} = require('internal/errors');
const { eos } = require('internal/streams/end-of-stream');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');
const { checkRangesOrGetDefault, validateBoolean } = require('internal/validators');
const { constants } = require('internal/zlib/constants');
const { Handle } = require('internal/zlib/handle');
const { checkedChunkSize } = require('internal/zlib/options');
const { Buffer, kMaxLength } = require('buffer');
const Transform = require('_stream_transform');

const {
  BROTLI_DECODE, BROTLI_ENCODE, BROTLI_OPERATION_EMIT_METADATA, BROTLI_OPERATION_PROCESS,
  Z_BLOCK, Z_DEFAULT_CHUNK, Z_FINISH, Z_FULL_FLUSH, Z_NO_FLUSH, Z_PARTIAL_FLUSH,
  Z_SYNC_FLUSH,
  ZSTD_COMPRESS, ZSTD_DECOMPRESS, ZSTD_e_continue, ZSTD_e_end,
} = constants;

const kError = Symbol('kError');
const kFlushFlag = Symbol('kFlushFlag');

/** Lowest and highest kind of flush, by _flushBoundIdx: zlib, brotli, zstd. */
const FLUSH_BOUNDS = [
  [Z_NO_FLUSH, Z_BLOCK],
  [BROTLI_OPERATION_PROCESS, BROTLI_OPERATION_EMIT_METADATA],
  [ZSTD_e_continue, ZSTD_e_end],
];

function flushBoundOf(mode) {
  if (mode === BROTLI_ENCODE || mode === BROTLI_DECODE) return 1;
  if (mode === ZSTD_COMPRESS || mode === ZSTD_DECOMPRESS) return 2;
  return 0;
}

/** Kinds of flush by how much they flush: Z_BLOCK, the highest number, does little. */
const flushRank = [];
const RANKED = [Z_NO_FLUSH, Z_BLOCK, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH];
for (let rank = 0; rank < RANKED.length; rank++) flushRank[RANKED[rank]] = rank;

function strongerFlush(one, other) {
  return flushRank[one] > flushRank[other] ? one : other;
}

/** Chunks without bytes that say which flush is wanted. */
const flushChunks = [];
for (let kind = Z_NO_FLUSH; kind <= Z_BLOCK; kind++) {
  const chunk = Buffer.alloc(0);
  chunk[kFlushFlag] = kind;
  flushChunks[kind] = chunk;
}

/**
 * open(rejectGarbageAfterEnd) makes the native half, flushes are the defaults of the format.
 * It is called after the options were checked, and may throw.
 */
function ZlibBase(opts, mode, open, { flush, finishFlush, fullFlush }) {
  let chunkSize = Z_DEFAULT_CHUNK;
  let maxOutputLength = kMaxLength;
  let rejectGarbageAfterEnd = false;
  const bound = flushBoundOf(mode);
  if (opts) {
    const { 0: lowest, 1: highest } = FLUSH_BOUNDS[bound];
    chunkSize = checkedChunkSize(opts.chunkSize, chunkSize);
    flush = checkRangesOrGetDefault(opts.flush, 'options.flush', lowest, highest, flush);
    finishFlush = checkRangesOrGetDefault(
      opts.finishFlush, 'options.finishFlush', lowest, highest, finishFlush);
    maxOutputLength = checkRangesOrGetDefault(
      opts.maxOutputLength, 'options.maxOutputLength', 1, kMaxLength, kMaxLength);
    if (opts.rejectGarbageAfterEnd !== undefined) {
      rejectGarbageAfterEnd = opts.rejectGarbageAfterEnd;
      validateBoolean(rejectGarbageAfterEnd, 'options.rejectGarbageAfterEnd');
    }
    // Bytes go in and bytes come out.
    if (opts.encoding || opts.objectMode || opts.writableObjectMode) {
      opts = { ...opts, encoding: null, objectMode: false, writableObjectMode: false };
    }
  }
  const left = new Uint32Array(2);
  const native = open(rejectGarbageAfterEnd);
  const handle = new Handle(native, left, (written) => stepDone(this, written));
  handle.onerror = (message, errno, code) => fail(this, message, errno, code);

  this._writeState = left;
  FunctionPrototypeCall(Transform, this, { autoDestroy: true, ...opts });
  this[kError] = null;
  this.bytesWritten = 0;
  this._handle = handle;
  this._outBuffer = Buffer.allocUnsafe(chunkSize);
  this._outOffset = 0;
  this._chunkSize = chunkSize;
  this._defaultFlushFlag = flush;
  this._finishFlushFlag = finishFlush;
  this._defaultFullFlushFlag = fullFlush;
  this._flushBoundIdx = bound;
  this._info = opts?.info;
  this._maxOutputLength = maxOutputLength;
  this._rejectGarbageAfterEnd = rejectGarbageAfterEnd;
}
ObjectSetPrototypeOf(ZlibBase.prototype, Transform.prototype);
ObjectSetPrototypeOf(ZlibBase, Transform);

ObjectDefineProperty(ZlibBase.prototype, '_closed', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return this.destroyed; },
});

ZlibBase.prototype.reset = function() {
  assert(this._handle, 'zlib binding closed');
  return this._handle.reset();
};

ZlibBase.prototype._flush = function(callback) {
  this._transform(Buffer.alloc(0), '', callback);
};

// _flush has done it all by now.
ZlibBase.prototype._final = function(callback) {
  callback();
};

ZlibBase.prototype.flush = function(kind, callback) {
  if (typeof kind === 'function' || (kind === undefined && !callback)) {
    callback = kind;
    kind = this._defaultFullFlushFlag;
  }
  const { 0: lowest, 1: highest } = FLUSH_BOUNDS[this._flushBoundIdx];
  kind = checkRangesOrGetDefault(kind, 'kind', lowest, highest, this._defaultFullFlushFlag);
  if (this.writableFinished) {
    if (callback) process.nextTick(callback);
  } else if (this.writableEnded) {
    if (callback) this.once('end', callback);
  } else {
    this.write(flushChunks[kind], '', callback);
  }
};

ZlibBase.prototype.close = function(callback) {
  if (callback) eos(this, callback);
  this.destroy();
};

ZlibBase.prototype._destroy = function(error, callback) {
  closeHandle(this);
  callback(error);
};

ZlibBase.prototype._transform = function(chunk, encoding, callback) {
  let flushFlag = this._defaultFlushFlag;
  if (typeof chunk[kFlushFlag] === 'number') {
    flushFlag = chunk[kFlushFlag];
  } else if (this.writableEnded && this.writableLength === chunk.byteLength) {
    // The last chunk.
    flushFlag = strongerFlush(flushFlag, this._finishFlushFlag);
  }
  processChunk(this, chunk, flushFlag, callback);
};

ZlibBase.prototype._processChunk = function(chunk, flushFlag, callback) {
  if (typeof callback !== 'function') return processChunkSync(this, chunk, flushFlag);
  processChunk(this, chunk, flushFlag, callback);
};

function closeHandle(stream) {
  // An error while it was made can leave it without.
  if (!stream._handle) return;
  stream._handle.close();
  stream._handle = null;
}

function fail(stream, message, errno, code) {
  const error = genericNodeError(message, { errno, code });
  stream.destroy(error);
  stream[kError] = error;
}

function newOutput(stream) {
  stream._outOffset = 0;
  stream._outBuffer = Buffer.allocUnsafe(stream._chunkSize);
}

/** How much output the last step made: it is behind _outOffset now. */
function takeOutput(stream, roomBefore) {
  const count = roomBefore - stream._writeState[0];
  assert(count >= 0, 'have should not go down');
  if (count === 0) return undefined;
  const from = stream._outOffset;
  stream._outOffset = from + count;
  return stream._outBuffer.subarray(from, from + count);
}

function processChunkSync(stream, chunk, flushFlag) {
  const left = stream._writeState;
  const buffers = [];
  const handle = stream._handle;
  assert(handle, 'zlib binding closed');
  let inAvailable = chunk.byteLength;
  let inOff = 0;
  let total = 0;
  let error;
  stream.on('error', function onError(given) { error = given; });
  for (;;) {
    const room = stream._chunkSize - stream._outOffset;
    handle.writeSync(flushFlag, chunk, inOff, inAvailable, stream._outBuffer, stream._outOffset,
                     room);
    if (error) throw error;
    if (stream[kError]) throw stream[kError];
    inOff += inAvailable - left[1];
    inAvailable = left[1];
    const isFull = left[0] === 0;
    const output = takeOutput(stream, room);
    if (output !== undefined) {
      buffers.push(output);
      total += output.byteLength;
      if (total > stream._maxOutputLength) {
        closeHandle(stream);
        throw new ERR_BUFFER_TOO_LARGE(stream._maxOutputLength);
      }
    }
    if (stream._outOffset >= stream._chunkSize) newOutput(stream);
    if (!isFull) break;
  }
  stream.bytesWritten = inOff;
  closeHandle(stream);
  if (inAvailable > 0 && stream._rejectGarbageAfterEnd) {
    throw new ERR_TRAILING_JUNK_AFTER_STREAM_END();
  }
  if (total === 0) return Buffer.alloc(0);
  return buffers.length === 1 ? buffers[0] : Buffer.concat(buffers, total);
}

function processChunk(stream, chunk, flushFlag, callback) {
  const handle = stream._handle;
  if (!handle) {
    process.nextTick(callback);
    return;
  }
  handle.buffer = chunk;
  handle.cb = callback;
  handle.availInBefore = chunk.byteLength;
  handle.inOff = 0;
  handle.flushFlag = flushFlag;
  step(stream, handle);
}

function step(stream, handle) {
  handle.availOutBefore = stream._chunkSize - stream._outOffset;
  handle.write(handle.flushFlag, handle.buffer, handle.inOff, handle.availInBefore,
               stream._outBuffer, stream._outOffset, handle.availOutBefore);
}

function stepDone(stream, handle) {
  if (stream.destroyed) {
    handle.buffer = null;
    handle.cb();
    return;
  }
  const { 0: outAvailable, 1: inAvailable } = stream._writeState;
  const consumed = handle.availInBefore - inAvailable;
  stream.bytesWritten += consumed;
  const output = takeOutput(stream, handle.availOutBefore);
  const isFull = output !== undefined && !stream.push(output);
  if (stream.destroyed) {
    handle.cb();
    return;
  }
  if (stream._outOffset >= stream._chunkSize) newOutput(stream);
  if (outAvailable === 0) {
    handle.inOff += consumed;
    handle.availInBefore = inAvailable;
    goOn(stream, handle, isFull);
    return;
  }
  if (inAvailable > 0) {
    // There was room, and yet it was not taken: the compressed stream is over.
    if (stream._rejectGarbageAfterEnd) {
      stream.destroy(new ERR_TRAILING_JUNK_AFTER_STREAM_END());
    } else {
      stream.push(null);
    }
  }
  handle.buffer = null;
  handle.cb();
}

/** There is more output to come: at once, or when the reader wants it. */
function goOn(stream, handle, isFull) {
  if (!isFull) {
    step(stream, handle);
    return;
  }
  const read = stream._read;
  stream._read = (count) => {
    stream._read = read;
    step(stream, handle);
    stream._read(count);
  };
}

/** All of the input at once, for the *Sync functions. */
function compressSync(stream, input) {
  if (typeof input === 'string') {
    input = Buffer.from(input);
  } else if (!isArrayBufferView(input)) {
    if (!isAnyArrayBuffer(input)) {
      throw new ERR_INVALID_ARG_TYPE(
        'buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], input);
    }
    input = Buffer.from(input);
  }
  const buffer = processChunkSync(stream, input, stream._finishFlushFlag);
  return stream._info ? { buffer, engine: stream } : buffer;
}

module.exports = { ZlibBase, closeHandle, compressSync };
