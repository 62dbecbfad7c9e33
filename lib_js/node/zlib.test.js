'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const zlib = require('node:zlib');

const { constants } = zlib;

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function written(stream, chunk) {
  return new Promise((resolve) => { stream.write(chunk, resolve); });
}

const wrappings = [
  ['createDeflate', 'createInflate'],
  ['createGzip', 'createGunzip'],
  ['createDeflateRaw', 'createInflateRaw'],
];

for (const [create, createBack] of wrappings) {
  test(`${create}: level and strategy change in the middle of a stream`, async () => {
    const stream = zlib[create]({ level: 9 });
    const compressed = collect(stream);
    const chunks = [];
    const changes = [
      [0, constants.Z_DEFAULT_STRATEGY], [9, constants.Z_HUFFMAN_ONLY], [1, constants.Z_RLE],
      [5, constants.Z_FIXED], [6, constants.Z_FILTERED], [-1, constants.Z_DEFAULT_STRATEGY],
    ];
    for (const [level, strategy] of changes) {
      const chunk = Buffer.from(`level ${level} strategy ${strategy} `.repeat(3000));
      chunks.push(chunk);
      await written(stream, chunk);
      await new Promise((resolve) => { stream.params(level, strategy, resolve); });
    }
    stream.end();
    const back = zlib[createBack]();
    back.end(await compressed);
    assert.ok((await collect(back)).equals(Buffer.concat(chunks)));
  });
}

test('streams can be fed byte by byte, and two gzip members become one', async () => {
  const text = Buffer.from('some text '.repeat(50));
  const member = zlib.gzipSync(text);
  for (const create of ['createGunzip', 'createUnzip']) {
    const stream = zlib[create]();
    const result = collect(stream);
    for (const byte of [...member, ...member]) stream.write(Buffer.of(byte));
    stream.end();
    assert.ok((await result).equals(Buffer.concat([text, text])), create);
  }
});

test('a stream that was reset begins anew', async () => {
  const pairs = [
    ['createDeflate', 'inflateSync'], ['createGzip', 'gunzipSync'],
    ['createBrotliCompress', 'brotliDecompressSync'], ['createZstdCompress', 'zstdDecompressSync'],
  ];
  for (const [create, back] of pairs) {
    const stream = zlib[create]();
    await written(stream, 'forgotten');
    stream.reset();
    while (stream.read() !== null);
    stream.end('kept');
    assert.strictEqual(zlib[back](await collect(stream)).toString(), 'kept', create);
  }
});

test('brotli with a dictionary is decompressed again at every quality', () => {
  const dictionary = Buffer.from('abcabcabcabd'.repeat(20));
  const text = Buffer.from('abcabcabd'.repeat(200));
  for (let quality = 0; quality <= constants.BROTLI_MAX_QUALITY; quality++) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
    const compressed = zlib.brotliCompressSync(text, { dictionary, params });
    assert.ok(zlib.brotliDecompressSync(compressed, { dictionary }).equals(text), `${quality}`);
  }
});

test('damaged input is an error, never a crash', () => {
  const text = Buffer.from('The quick brown fox '.repeat(200));
  const pairs = [
    ['deflateSync', 'inflateSync'], ['gzipSync', 'unzipSync'], ['deflateRawSync', 'inflateRawSync'],
    ['brotliCompressSync', 'brotliDecompressSync'], ['zstdCompressSync', 'zstdDecompressSync'],
  ];
  for (const [compress, decompress] of pairs) {
    const good = zlib[compress](text);
    assert.throws(() => zlib[decompress](good.subarray(0, -1)), { code: 'Z_BUF_ERROR' });
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] ^= 0xff;
      try {
        zlib[decompress](bad, { maxOutputLength: 1e6 });
      } catch (error) {
        assert.match(error.code, /^(Z_|ERR_|ZSTD_error_)/, decompress);
      }
    }
  }
});

test('close in the middle of a write calls back, and later writes fail', async () => {
  const stream = zlib.createGzip();
  const done = written(stream, Buffer.alloc(1000));
  stream.close();
  await done;
  assert.strictEqual(stream._handle, null);
});
