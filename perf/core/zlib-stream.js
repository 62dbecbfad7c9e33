'use strict';
// 100 KiB through a stream of node:zlib: its name without `create`, as Gunzip.
const zlib = require('zlib');
const { done, operations, variant } = require('./asked.js');

const BACK = {
  Gunzip: zlib.gzipSync,
  Inflate: zlib.deflateSync,
  BrotliDecompress: zlib.brotliCompressSync,
  ZstdDecompress: zlib.zstdCompressSync,
};

// The web's servers use brotli by far below its default of 11.
const options = variant === 'BrotliCompress' ?
  { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } } : {};
const lines = Array.from({ length: 6000 }, (_, i) => `${i * 7919 % 1000} of text ${i * i % 977}\n`);
const text = Buffer.from(lines.join('')).subarray(0, 100 * 1024);
const input = BACK[variant] === undefined ? text : BACK[variant](text);

function once() {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const stream = zlib[`create${variant}`](options);
    stream.on('data', (chunk) => { bytes += chunk.length; });
    stream.on('end', () => resolve(bytes)).on('error', reject);
    stream.end(input);
  });
}

(async () => {
  let sum = 0;
  for (let i = 0; i < operations; i++) sum += await once();
  done(input === text ? sum > 0 || operations === 0 : sum === operations * text.length);
})();
