'use strict';

// CompressionStream and DecompressionStream: https://compression.spec.whatwg.org/

const { ObjectDefineProperties, SymbolToStringTag, TypeError } = primordials;

const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
const { customInspectSymbol, kEnumerableProperty } = require('internal/util');
const { isArrayBufferView, isSharedArrayBuffer } = require('internal/util/types');
const { createEnumConverter } = require('internal/webidl');
const { newReadableWritablePairFromDuplex } = require('internal/webstreams/adapters');
const { kDestroyOnSyncError, kValidateChunk } = require('internal/webstreams/adapters/to_web');
const { customInspect, toStringTag } = require('internal/webstreams/util');

const toFormat = createEnumConverter('CompressionFormat', [
  'deflate', 'deflate-raw', 'gzip', 'brotli',
]);

/** Names of the functions of zlib, which is loaded with the first stream. */
const compressors = {
  '__proto__': null,
  'deflate': 'createDeflate',
  'deflate-raw': 'createDeflateRaw',
  'gzip': 'createGzip',
  'brotli': 'createBrotliCompress',
};

const decompressors = {
  '__proto__': null,
  'deflate': 'createInflate',
  'deflate-raw': 'createInflateRaw',
  'gzip': 'createGunzip',
  'brotli': 'createBrotliDecompress',
};

/** Shared memory may change while it is compressed. What is no chunk at all, the stream tells. */
function validateNotShared(chunk) {
  if (isSharedArrayBuffer(isArrayBufferView(chunk) ? chunk.buffer : chunk)) {
    throw new ERR_INVALID_ARG_TYPE('chunk', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'],
                                   chunk);
  }
}

const pairOptions = {
  __proto__: null, [kDestroyOnSyncError]: true, [kValidateChunk]: validateNotShared,
};

function formatOf(format, name) {
  return toFormat(format, {
    __proto__: null, prefix: `Failed to construct '${name}'`, context: '1st argument',
  });
}

class CompressionStream {
  #transform;

  constructor(format) {
    format = formatOf(format, 'CompressionStream');
    const handle = require('zlib')[compressors[format]]();
    this.#transform = newReadableWritablePairFromDuplex(handle, pairOptions);
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'CompressionStream', {
      readable: this.#transform.readable,
      writable: this.#transform.writable,
    });
  }
}

/** The standard knows one kind of error for data that cannot be decompressed. */
function asTypeError(handle) {
  const { destroy } = handle;
  handle.destroy = function(error, callback) {
    if (error && typeof error.errno === 'number') {
      const wrapped = new TypeError(error.message, { cause: error });
      wrapped.code = error.code;
      error = wrapped;
    }
    return destroy.call(this, error, callback);
  };
}

class DecompressionStream {
  #transform;

  constructor(format) {
    format = formatOf(format, 'DecompressionStream');
    const handle = require('zlib')[decompressors[format]]({
      __proto__: null, rejectGarbageAfterEnd: true,
    });
    asTypeError(handle);
    this.#transform = newReadableWritablePairFromDuplex(handle, pairOptions);
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'DecompressionStream', {
      readable: this.#transform.readable,
      writable: this.#transform.writable,
    });
  }
}

for (const constructor of [CompressionStream, DecompressionStream]) {
  ObjectDefineProperties(constructor.prototype, {
    readable: kEnumerableProperty,
    writable: kEnumerableProperty,
    [SymbolToStringTag]: toStringTag(constructor.name),
  });
}

module.exports = { CompressionStream, DecompressionStream };
