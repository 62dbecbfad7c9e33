'use strict';

// Aim: whatever comes as compressed bytes is refused or taken alike, in one piece and in two; and
// nothing of it stays behind. Method: changed good streams of each format; see fuzz.test.cjs.

const assert = require('assert');
const zlib = require('zlib');
const { fuzz, refusedOr } = require('../fixtures/fuzz.test.cjs');

const maxOutputLength = 2 ** 17;

const texts = [
  '', 'a', 'some text, some more text, and some text again'.repeat(3), 'x'.repeat(3000),
  Array.from({ length: 200 }, (_, i) => (i * i).toString(36)).join(),
].map((text) => Buffer.from(text));

const { BROTLI_PARAM_QUALITY, ZSTD_c_checksumFlag } = zlib.constants;
const formats = {
  gzip: { codes: /^(Z_|ERR_BUFFER_TOO_LARGE|ERR_TRAILING_JUNK)/, open: 'createGunzip',
    back: zlib.gunzipSync, make: [zlib.gzipSync, (text) => zlib.gzipSync(text, { level: 0 })] },
  deflate: { codes: /^(Z_|ERR_BUFFER_TOO_LARGE)/, open: 'createInflate',
    back: zlib.inflateSync,
    make: [zlib.deflateSync, (text) => zlib.deflateSync(text, { windowBits: 9, strategy: 4 })] },
  raw: { codes: /^(Z_|ERR_BUFFER_TOO_LARGE)/, open: 'createInflateRaw',
    back: zlib.inflateRawSync, make: [zlib.deflateRawSync] },
  unzip: { codes: /^(Z_|ERR_BUFFER_TOO_LARGE)/, open: 'createUnzip',
    back: zlib.unzipSync, make: [zlib.gzipSync, zlib.deflateSync] },
  brotli: { codes: /^(Z_|ERR_BUFFER_TOO_LARGE|ERR__|ERR_BROTLI)/, open: 'createBrotliDecompress',
    back: zlib.brotliDecompressSync,
    make: [1, 6].map((quality) => (text) => zlib.brotliCompressSync(
      text, { params: { [BROTLI_PARAM_QUALITY]: quality } })) },
  zstd: { codes: /^(Z_|ERR_BUFFER_TOO_LARGE|ZSTD_error_|ERR_ZSTD)/, open: 'createZstdDecompress',
    back: zlib.zstdDecompressSync,
    make: [zlib.zstdCompressSync, (text) => zlib.zstdCompressSync(
      text, { params: { [ZSTD_c_checksumFlag]: 1 } })] },
};

/** One input in so many is also given to the function that does it all at once. */
const COMPARED_ONE_IN = 64;

/** One native for all inputs, which forgets each: quick, so that there may be very many. */
function fuzzAgain(name, { codes, open, back }, good) {
  const stream = zlib[open]();
  const { _handle: handle, _writeState: left, _finishFlushFlag: finish } = stream;
  const room = Buffer.allocUnsafeSlow(maxOutputLength);
  let code;
  handle.onerror = (message, errno, given) => { code = given; };
  fuzz(`zlib ${name} again`, good, (input, random) => {
    code = undefined;
    handle.reset();
    handle.writeSync(finish, input, 0, input.length, room, 0, room.length);
    const isTaken = code === undefined && left[0] > 0;
    if (random.below(COMPARED_ONE_IN) === 0) {
      // As much room: what zstd says of a bad frame depends on it.
      const options = { maxOutputLength, chunkSize: maxOutputLength };
      const whole = refusedOr(codes, () => back(input, options));
      if (whole !== undefined) {
        assert.ok(isTaken && whole.equals(room.subarray(0, room.length - left[0])));
      } else if (name !== 'zstd') {
        assert.ok(!isTaken);
      }
    }
    return isTaken;
  });
}

for (const [name, format] of Object.entries(formats)) {
  const { codes, back, make } = format;
  const good = make.flatMap((compress) => texts.map((text) => compress(text)));
  fuzz(`zlib ${name}`, good, (input, random) => {
    const whole = refusedOr(codes, () => back(input, { maxOutputLength }));
    const chunkSize = 64 + random.below(2000);
    const inPieces = refusedOr(codes, () => back(input, { maxOutputLength, chunkSize }));
    // A frame of zstd that is cut off is an error only where its output just fits, in Node, too.
    if (name !== 'zstd' || whole !== undefined) assert.deepStrictEqual(inPieces, whole);
    return whole !== undefined;
  });
  fuzzAgain(name, format, good);
}
