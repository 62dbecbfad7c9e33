'use strict';

// node:zlib/iter: compressors for the pipelines of node:stream/iter.

const { emitExperimentalWarning } = require('internal/util');

emitExperimentalWarning('zlib/iter');

const {
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
} = require('internal/streams/iter/compression');

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
