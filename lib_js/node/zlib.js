'use strict';

// node:zlib. The streams stand on ZlibBase (internal/zlib/stream.js), which drives one native
// compressor or decompressor each (internal/zlib/handle.js).

const {
  ArrayPrototypePush,
  FunctionPrototypeCall,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectKeys,
  ObjectSetPrototypeOf,
  StringPrototypeStartsWith,
  Uint8Array,
} = primordials;

const assert = require('internal/assert');
const {
  ERR_BROTLI_INVALID_PARAM,
  ERR_BUFFER_TOO_LARGE,
  ERR_INVALID_ARG_TYPE,
  ERR_ZSTD_INVALID_PARAM,
} = require('internal/errors').codes;
const { deprecateInstantiation } = require('internal/util');
const { isAnyArrayBuffer, isArrayBufferView, isUint8Array } = require('internal/util/types');
const {
  checkRangesOrGetDefault,
  validateFunction,
  validateUint32,
} = require('internal/validators');
const { codes, constants } = require('internal/zlib/constants');
const { openBrotli, openDeflate, openZstd } = require('internal/zlib/handle');
const {
  BROTLI_PARAM_MAX, ZSTD_C_MAX, ZSTD_D_MAX, checkedDictionary, checkedSize, settingsOf,
} = require('internal/zlib/options');
const { ZlibBase, closeHandle, compressSync } = require('internal/zlib/stream');
const { Buffer } = require('buffer');
const binding = internalBinding('zlib');

const {
  BROTLI_DECODE, BROTLI_ENCODE, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_FLUSH,
  BROTLI_OPERATION_PROCESS,
  DEFLATE, DEFLATERAW, GUNZIP, GZIP, INFLATE, INFLATERAW, UNZIP,
  ZSTD_COMPRESS, ZSTD_DECOMPRESS, ZSTD_e_continue, ZSTD_e_end, ZSTD_e_flush,
  Z_DEFAULT_COMPRESSION, Z_DEFAULT_MEMLEVEL, Z_DEFAULT_STRATEGY, Z_DEFAULT_WINDOWBITS, Z_FINISH,
  Z_FIXED, Z_FULL_FLUSH, Z_MAX_LEVEL, Z_MAX_MEMLEVEL, Z_MAX_WINDOWBITS, Z_MIN_LEVEL,
  Z_MIN_MEMLEVEL, Z_MIN_WINDOWBITS, Z_NO_FLUSH, Z_SYNC_FLUSH,
} = constants;

const zlibFlushes = { flush: Z_NO_FLUSH, finishFlush: Z_FINISH, fullFlush: Z_FULL_FLUSH };
const brotliFlushes = {
  flush: BROTLI_OPERATION_PROCESS,
  finishFlush: BROTLI_OPERATION_FINISH,
  fullFlush: BROTLI_OPERATION_FLUSH,
};
const zstdFlushes = { flush: ZSTD_e_continue, finishFlush: ZSTD_e_end, fullFlush: ZSTD_e_flush };

function inherit(constructor, base) {
  ObjectSetPrototypeOf(constructor.prototype, base.prototype);
  ObjectSetPrototypeOf(constructor, base);
}

/** The window of `opts`; 0 of a decompressor means that the header tells. */
function windowBitsOf(opts, mode) {
  const { windowBits } = opts;
  const canBeZero = mode === INFLATE || mode === GUNZIP || mode === UNZIP;
  if ((windowBits === undefined || windowBits === null || windowBits === 0) && canBeZero) return 0;
  // A window of 8 bits in a gzip stream is not what zlib writes.
  const lowest = mode === GZIP ? Z_MIN_WINDOWBITS + 1 : Z_MIN_WINDOWBITS;
  return checkRangesOrGetDefault(
    windowBits, 'options.windowBits', lowest, Z_MAX_WINDOWBITS, Z_DEFAULT_WINDOWBITS);
}

function levelOf(value, name) {
  return checkRangesOrGetDefault(value, name, Z_MIN_LEVEL, Z_MAX_LEVEL, Z_DEFAULT_COMPRESSION);
}

function strategyOf(value, name) {
  return checkRangesOrGetDefault(value, name, Z_DEFAULT_STRATEGY, Z_FIXED, Z_DEFAULT_STRATEGY);
}

function Zlib(opts, mode) {
  let level = Z_DEFAULT_COMPRESSION;
  let strategy = Z_DEFAULT_STRATEGY;
  FunctionPrototypeCall(ZlibBase, this, opts, mode, (isOneMember) => {
    let windowBits = Z_DEFAULT_WINDOWBITS;
    let memLevel = Z_DEFAULT_MEMLEVEL;
    let dictionary;
    if (opts) {
      windowBits = windowBitsOf(opts, mode);
      level = levelOf(opts.level, 'options.level');
      memLevel = checkRangesOrGetDefault(
        opts.memLevel, 'options.memLevel', Z_MIN_MEMLEVEL, Z_MAX_MEMLEVEL, Z_DEFAULT_MEMLEVEL);
      strategy = strategyOf(opts.strategy, 'options.strategy');
      dictionary = checkedDictionary(opts.dictionary);
    }
    return openDeflate(mode, windowBits, level, memLevel, strategy, dictionary, isOneMember);
  }, zlibFlushes);
  this._level = level;
  this._strategy = strategy;
  this._mode = mode;
}
inherit(Zlib, ZlibBase);

Zlib.prototype.params = function params(level, strategy, callback) {
  level = levelOf(level, 'level');
  strategy = strategyOf(strategy, 'strategy');
  if (this._level === level && this._strategy === strategy) {
    if (callback) process.nextTick(callback);
    return;
  }
  // What came before is compressed as it was meant to be.
  this.flush(Z_SYNC_FLUSH, () => {
    assert(this._handle, 'zlib binding closed');
    this._handle.params(level, strategy);
    if (this.destroyed) return;
    this._level = level;
    this._strategy = strategy;
    if (callback) callback();
  });
};

function Deflate(opts) {
  if (!(this instanceof Deflate)) return deprecateInstantiation(Deflate, 'DEP0184', opts);
  FunctionPrototypeCall(Zlib, this, opts, DEFLATE);
}
inherit(Deflate, Zlib);

function Inflate(opts) {
  if (!(this instanceof Inflate)) return deprecateInstantiation(Inflate, 'DEP0184', opts);
  FunctionPrototypeCall(Zlib, this, opts, INFLATE);
}
inherit(Inflate, Zlib);

function Gzip(opts) {
  if (!(this instanceof Gzip)) return deprecateInstantiation(Gzip, 'DEP0184', opts);
  FunctionPrototypeCall(Zlib, this, opts, GZIP);
}
inherit(Gzip, Zlib);

function Gunzip(opts) {
  if (!(this instanceof Gunzip)) return deprecateInstantiation(Gunzip, 'DEP0184', opts);
  FunctionPrototypeCall(Zlib, this, opts, GUNZIP);
}
inherit(Gunzip, Zlib);

function DeflateRaw(opts) {
  if (!(this instanceof DeflateRaw)) return deprecateInstantiation(DeflateRaw, 'DEP0184', opts);
  // No raw stream has a window of 8 bits: zlib would refuse it.
  if (opts && opts.windowBits === 8) opts = { ...opts, windowBits: 9 };
  FunctionPrototypeCall(Zlib, this, opts, DEFLATERAW);
}
inherit(DeflateRaw, Zlib);

function InflateRaw(opts) {
  if (!(this instanceof InflateRaw)) return deprecateInstantiation(InflateRaw, 'DEP0184', opts);
  FunctionPrototypeCall(Zlib, this, opts, INFLATERAW);
}
inherit(InflateRaw, Zlib);

function Unzip(opts) {
  if (!(this instanceof Unzip)) return deprecateInstantiation(Unzip, 'DEP0184', opts);
  FunctionPrototypeCall(Zlib, this, opts, UNZIP);
}
inherit(Unzip, Zlib);

function Brotli(opts, mode) {
  assert(mode === BROTLI_DECODE || mode === BROTLI_ENCODE);
  FunctionPrototypeCall(ZlibBase, this, opts, mode, () => {
    const settings = settingsOf(opts, BROTLI_PARAM_MAX, ERR_BROTLI_INVALID_PARAM);
    return openBrotli(mode, settings, checkedDictionary(opts?.dictionary));
  }, brotliFlushes);
}
inherit(Brotli, Zlib);

function BrotliCompress(opts) {
  if (!(this instanceof BrotliCompress)) {
    return deprecateInstantiation(BrotliCompress, 'DEP0184', opts);
  }
  FunctionPrototypeCall(Brotli, this, opts, BROTLI_ENCODE);
}
inherit(BrotliCompress, Brotli);

function BrotliDecompress(opts) {
  if (!(this instanceof BrotliDecompress)) {
    return deprecateInstantiation(BrotliDecompress, 'DEP0184', opts);
  }
  FunctionPrototypeCall(Brotli, this, opts, BROTLI_DECODE);
}
inherit(BrotliDecompress, Brotli);

class Zstd extends ZlibBase {
  constructor(opts, mode, highest, pledgedSrcSize) {
    super(opts, mode, () => {
      const settings = settingsOf(opts, highest, ERR_ZSTD_INVALID_PARAM);
      const dictionary = opts?.dictionary;
      const isBytes = isArrayBufferView(dictionary) || isAnyArrayBuffer(dictionary);
      return openZstd(mode, settings, checkedSize(pledgedSrcSize),
                      isBytes ? dictionary : undefined);
    }, zstdFlushes);
  }
}

class ZstdCompress extends Zstd {
  constructor(opts) {
    super(opts, ZSTD_COMPRESS, ZSTD_C_MAX, opts?.pledgedSrcSize);
  }
}

class ZstdDecompress extends Zstd {
  constructor(opts) {
    super(opts, ZSTD_DECOMPRESS, ZSTD_D_MAX);
  }
}

/** All of the input through `engine`, then callback(error, result). */
function compressAll(engine, buffer, callback) {
  validateFunction(callback, 'callback');
  if (isArrayBufferView(buffer) && !isUint8Array(buffer)) {
    buffer = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  } else if (isAnyArrayBuffer(buffer)) {
    buffer = Buffer.from(buffer);
  }
  const chunks = [];
  let total = 0;
  engine.on('data', (chunk) => {
    ArrayPrototypePush(chunks, chunk);
    total += chunk.byteLength;
    if (total > engine._maxOutputLength) {
      engine.close();
      engine.removeAllListeners('end');
      callback(new ERR_BUFFER_TOO_LARGE(engine._maxOutputLength));
    }
  });
  engine.on('error', (error) => {
    engine.removeAllListeners('end');
    callback(error);
  });
  engine.on('end', () => {
    const result = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, total);
    engine.close();
    callback(null, engine._info ? { buffer: result, engine } : result);
  });
  engine.end(buffer);
}

function asyncFunctionOf(Engine) {
  return function asyncBufferWrapper(buffer, opts, callback) {
    if (typeof opts === 'function') {
      callback = opts;
      opts = {};
    }
    return compressAll(new Engine(opts), buffer, callback);
  };
}

function syncFunctionOf(Engine) {
  return function syncBufferWrapper(buffer, opts) {
    const engine = new Engine(opts);
    try {
      return compressSync(engine, buffer);
    } finally {
      closeHandle(engine);
    }
  };
}

function crc32(data, value = 0) {
  if (typeof data !== 'string' && !isArrayBufferView(data)) {
    throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
  validateUint32(value, 'value');
  return binding.crc32(data, value);
}

module.exports = {
  crc32,
  Deflate,
  Inflate,
  Gzip,
  Gunzip,
  DeflateRaw,
  InflateRaw,
  Unzip,
  BrotliCompress,
  BrotliDecompress,
  ZstdCompress,
  ZstdDecompress,
  deflate: asyncFunctionOf(Deflate),
  deflateSync: syncFunctionOf(Deflate),
  gzip: asyncFunctionOf(Gzip),
  gzipSync: syncFunctionOf(Gzip),
  deflateRaw: asyncFunctionOf(DeflateRaw),
  deflateRawSync: syncFunctionOf(DeflateRaw),
  unzip: asyncFunctionOf(Unzip),
  unzipSync: syncFunctionOf(Unzip),
  inflate: asyncFunctionOf(Inflate),
  inflateSync: syncFunctionOf(Inflate),
  gunzip: asyncFunctionOf(Gunzip),
  gunzipSync: syncFunctionOf(Gunzip),
  inflateRaw: asyncFunctionOf(InflateRaw),
  inflateRawSync: syncFunctionOf(InflateRaw),
  brotliCompress: asyncFunctionOf(BrotliCompress),
  brotliCompressSync: syncFunctionOf(BrotliCompress),
  brotliDecompress: asyncFunctionOf(BrotliDecompress),
  brotliDecompressSync: syncFunctionOf(BrotliDecompress),
  zstdCompress: asyncFunctionOf(ZstdCompress),
  zstdCompressSync: syncFunctionOf(ZstdCompress),
  zstdDecompress: asyncFunctionOf(ZstdDecompress),
  zstdDecompressSync: syncFunctionOf(ZstdDecompress),
};

/** createX(options): new X(options), under a name that cannot be overwritten. */
function defineCreate(Engine) {
  const name = `create${Engine.name}`;
  const create = { [name](options) { return new Engine(options); } }[name];
  ObjectDefineProperty(module.exports, name, {
    __proto__: null, value: create, configurable: true, enumerable: true,
  });
}
const CREATED = [
  Deflate, Inflate, DeflateRaw, InflateRaw, Gzip, Gunzip, Unzip,
  BrotliCompress, BrotliDecompress, ZstdCompress, ZstdDecompress,
];
for (const Engine of CREATED) defineCreate(Engine);

ObjectDefineProperties(module.exports, {
  __proto__: null,
  constants: { __proto__: null, value: constants, configurable: false, enumerable: true },
  codes: { __proto__: null, value: codes, configurable: false, enumerable: true },
});

// Deprecated (DEP0120), and not listed.
for (const name of ObjectKeys(constants)) {
  if (StringPrototypeStartsWith(name, 'BROTLI')) continue;
  ObjectDefineProperty(module.exports, name, { __proto__: null, value: constants[name] });
}
