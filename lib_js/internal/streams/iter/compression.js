'use strict';

// The transforms of node:zlib/iter: compressors and decompressors of batches. Their defaults are
// for streams: less thorough than those of node:zlib, and much faster.

const { Promise, Uint32Array } = primordials;

const {
  codes: { ERR_BROTLI_INVALID_PARAM, ERR_ZSTD_INVALID_PARAM },
  genericNodeError,
} = require('internal/errors');
const { kEmptyObject } = require('internal/util');
const {
  checkRangesOrGetDefault, kValidateObjectAllowArray, validateObject,
} = require('internal/validators');
const { constants } = require('internal/zlib/constants');
const { Handle, openBrotli, openDeflate, openZstd } = require('internal/zlib/handle');
const {
  BROTLI_PARAM_MAX, ZSTD_C_MAX, ZSTD_D_MAX, checkedChunkSize, checkedDictionary, checkedSize,
  settingsOf,
} = require('internal/zlib/options');
const { Buffer } = require('buffer');
const { setImmediate } = require('internal/timers');

const {
  BROTLI_DECODE, BROTLI_ENCODE, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_PROCESS,
  BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY,
  DEFLATE, GUNZIP, GZIP, INFLATE,
  ZSTD_COMPRESS, ZSTD_DECOMPRESS, ZSTD_e_continue, ZSTD_e_end,
  Z_DEFAULT_STRATEGY, Z_DEFAULT_WINDOWBITS, Z_FINISH, Z_FIXED, Z_MAX_LEVEL, Z_MAX_MEMLEVEL,
  Z_MAX_WINDOWBITS, Z_MIN_LEVEL, Z_MIN_MEMLEVEL, Z_MIN_WINDOWBITS, Z_NO_FLUSH,
} = constants;

const DEFAULT_CHUNK_BYTES = 65536;
const DEFAULT_LEVEL = 4;
const DEFAULT_MEM_LEVEL = 9;
const DEFAULT_BROTLI_QUALITY = 6;
const DEFAULT_BROTLI_LGWIN = 20;

/** How much is compressed before everything else gets its turn. */
const TURN_BYTES = 131072;

// ---- opening -----------------------------------------------------------------------------------

function zlibOf(mode) {
  return {
    __proto__: null,
    flush: Z_NO_FLUSH,
    finish: Z_FINISH,
    open(options) {
      const windowBits = checkRangesOrGetDefault(
        options.windowBits, 'options.windowBits', Z_MIN_WINDOWBITS, Z_MAX_WINDOWBITS,
        Z_DEFAULT_WINDOWBITS);
      const level = checkRangesOrGetDefault(
        options.level, 'options.level', Z_MIN_LEVEL, Z_MAX_LEVEL, DEFAULT_LEVEL);
      const memLevel = checkRangesOrGetDefault(
        options.memLevel, 'options.memLevel', Z_MIN_MEMLEVEL, Z_MAX_MEMLEVEL, DEFAULT_MEM_LEVEL);
      const strategy = checkRangesOrGetDefault(
        options.strategy, 'options.strategy', Z_DEFAULT_STRATEGY, Z_FIXED, Z_DEFAULT_STRATEGY);
      const dictionary = checkedDictionary(options.dictionary);
      return openDeflate(mode, windowBits, level, memLevel, strategy, dictionary, false);
    },
  };
}

function validateParams({ params }) {
  if (params !== undefined) validateObject(params, 'options.params', kValidateObjectAllowArray);
}

function brotliOf(mode) {
  return {
    __proto__: null,
    flush: BROTLI_OPERATION_PROCESS,
    finish: BROTLI_OPERATION_FINISH,
    open(options) {
      validateParams(options);
      const settings = settingsOf(options, BROTLI_PARAM_MAX, ERR_BROTLI_INVALID_PARAM);
      if (mode === BROTLI_ENCODE) {
        // What nobody has set is -1.
        if ((settings[BROTLI_PARAM_QUALITY] | 0) === -1) {
          settings[BROTLI_PARAM_QUALITY] = DEFAULT_BROTLI_QUALITY;
        }
        if ((settings[BROTLI_PARAM_LGWIN] | 0) === -1) {
          settings[BROTLI_PARAM_LGWIN] = DEFAULT_BROTLI_LGWIN;
        }
      }
      return openBrotli(mode, settings, checkedDictionary(options.dictionary));
    },
  };
}

function zstdOf(mode, highest) {
  return {
    __proto__: null,
    flush: ZSTD_e_continue,
    finish: ZSTD_e_end,
    open(options) {
      validateParams(options);
      const settings = settingsOf(options, highest, ERR_ZSTD_INVALID_PARAM);
      const size = mode === ZSTD_COMPRESS ? checkedSize(options.pledgedSrcSize) : undefined;
      return openZstd(mode, settings, size, checkedDictionary(options.dictionary));
    },
  };
}

// ---- working -----------------------------------------------------------------------------------

/** One native compressor or decompressor at work. */
class Engine {
  constructor(format, options) {
    this.chunkSize = checkedChunkSize(options.chunkSize, DEFAULT_CHUNK_BYTES);
    this.left = new Uint32Array(2);
    this.handle = new Handle(format.open(options), this.left);
    this.error = undefined;
    this.handle.onerror = (message, errno, code) => {
      this.error = genericNodeError(message, { errno, code });
    };
    this.format = format;
    this.output = undefined;
    this.used = 0;
    /** The compressed data is over; what follows is of no interest. */
    this.isOver = false;
  }

  /** Sends `input` through; gives every buffer that comes out full. */
  *run(flush, input) {
    let at = 0;
    let length = input.byteLength;
    let isFull = !this.isOver;
    while (isFull) {
      this.output ??= Buffer.allocUnsafeSlow(this.chunkSize);
      const room = this.chunkSize - this.used;
      this.handle.writeSync(flush, input, at, length, this.output, this.used, room);
      if (this.error !== undefined) throw this.error;
      this.used += room - this.left[0];
      at += length - this.left[1];
      length = this.left[1];
      isFull = this.left[0] === 0;
      if (!isFull) break;
      const { output } = this;
      this.output = undefined;
      this.used = 0;
      yield [output];
    }
    if (length > 0) this.isOver = true;
  }

  /** What the last buffer has so far, as a copy: most of the buffer is still free. */
  *rest() {
    if (this.used === 0) return;
    const rest = Buffer.allocUnsafeSlow(this.used);
    this.output.copy(rest, 0, 0, this.used);
    this.used = 0;
    yield [rest];
  }

  *finish() {
    yield* this.run(this.format.finish, Buffer.alloc(0));
    yield* this.rest();
  }

  close() {
    this.handle.close();
  }
}

function nextTurn() {
  return new Promise((resolve) => setImmediate(resolve));
}

async function* runAsync(engine, source) {
  let bytes = 0;
  for await (const batch of source) {
    if (batch === null) break;
    for (let i = 0; i < batch.length; i++) {
      for (const output of engine.run(engine.format.flush, batch[i])) {
        yield output;
        bytes += output[0].byteLength;
      }
      bytes += batch[i].byteLength;
      if (bytes < TURN_BYTES) continue;
      bytes = 0;
      await nextTurn();
    }
    yield* engine.rest();
  }
  yield* engine.finish();
}

function* runSync(engine, source) {
  for (const batch of source) {
    if (batch === null) break;
    for (let i = 0; i < batch.length; i++) yield* engine.run(engine.format.flush, batch[i]);
    yield* engine.rest();
  }
  yield* engine.finish();
}

function transformOf(format, options) {
  validateObject(options, 'options');
  return {
    __proto__: null,
    async *transform(source) {
      const engine = new Engine(format, options);
      try {
        yield* runAsync(engine, source);
      } finally {
        engine.close();
      }
    },
  };
}

function transformSyncOf(format, options) {
  validateObject(options, 'options');
  return {
    __proto__: null,
    *transform(source) {
      const engine = new Engine(format, options);
      try {
        yield* runSync(engine, source);
      } finally {
        engine.close();
      }
    },
  };
}

// ---- formats -----------------------------------------------------------------------------------

const gzip = zlibOf(GZIP);
const gunzip = zlibOf(GUNZIP);
const deflate = zlibOf(DEFLATE);
const inflate = zlibOf(INFLATE);
const brotli = brotliOf(BROTLI_ENCODE);
const unbrotli = brotliOf(BROTLI_DECODE);
const zstd = zstdOf(ZSTD_COMPRESS, ZSTD_C_MAX);
const unzstd = zstdOf(ZSTD_DECOMPRESS, ZSTD_D_MAX);

function compressGzip(options = kEmptyObject) {
  return transformOf(gzip, options);
}

function compressDeflate(options = kEmptyObject) {
  return transformOf(deflate, options);
}

function compressBrotli(options = kEmptyObject) {
  return transformOf(brotli, options);
}

function compressZstd(options = kEmptyObject) {
  return transformOf(zstd, options);
}

function compressGzipSync(options = kEmptyObject) {
  return transformSyncOf(gzip, options);
}

function compressDeflateSync(options = kEmptyObject) {
  return transformSyncOf(deflate, options);
}

function compressBrotliSync(options = kEmptyObject) {
  return transformSyncOf(brotli, options);
}

function compressZstdSync(options = kEmptyObject) {
  return transformSyncOf(zstd, options);
}

function decompressGzip(options = kEmptyObject) {
  return transformOf(gunzip, options);
}

function decompressDeflate(options = kEmptyObject) {
  return transformOf(inflate, options);
}

function decompressBrotli(options = kEmptyObject) {
  return transformOf(unbrotli, options);
}

function decompressZstd(options = kEmptyObject) {
  return transformOf(unzstd, options);
}

function decompressGzipSync(options = kEmptyObject) {
  return transformSyncOf(gunzip, options);
}

function decompressDeflateSync(options = kEmptyObject) {
  return transformSyncOf(inflate, options);
}

function decompressBrotliSync(options = kEmptyObject) {
  return transformSyncOf(unbrotli, options);
}

function decompressZstdSync(options = kEmptyObject) {
  return transformSyncOf(unzstd, options);
}

module.exports = {
  compressGzip,
  compressDeflate,
  compressBrotli,
  compressZstd,
  compressGzipSync,
  compressDeflateSync,
  compressBrotliSync,
  compressZstdSync,
  decompressGzip,
  decompressDeflate,
  decompressBrotli,
  decompressZstd,
  decompressGzipSync,
  decompressDeflateSync,
  decompressBrotliSync,
  decompressZstdSync,
};
