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

test('brotli writes metadata that decoders skip', async () => {
  const { BROTLI_OPERATION_EMIT_METADATA: METADATA, BROTLI_OPERATION_FLUSH: FLUSH } = constants;
  for (const size of [0, 1, 300, 70_000]) {
    // The flush of each write makes all of it metadata.
    const metadata = zlib.brotliCompressSync(Buffer.alloc(size, 'm'), {
      flush: METADATA, finishFlush: METADATA, chunkSize: 64 });
    assert.ok(metadata.includes(Buffer.alloc(Math.min(size, 64), 'm')), `${size}`);
    const rest = zlib.brotliDecompressSync(
      Buffer.concat([metadata, Buffer.from([3])]), { finishFlush: FLUSH });
    assert.strictEqual(rest.length, 0);
  }
  const stream = zlib.createBrotliCompress({ chunkSize: 64 });
  await written(stream, 'before ');
  await new Promise((resolve) => stream.flush(METADATA, resolve));
  await written(stream, 'behind');
  await new Promise((resolve) => stream.flush(METADATA, resolve));
  stream.end();
  const text = zlib.brotliDecompressSync(await collect(stream)).toString();
  assert.strictEqual(text, 'before behind');
});

test('brotli compresses alike in one piece and in many, at every quality and window', async () => {
  const lines = Array.from({ length: 800 },
    (_, i) => `${i * 7919 % 1000} of text ${i * i % 977}\n`);
  const text = Buffer.from(lines.join(''));
  const of = (...settings) => Object.fromEntries(settings);
  const rows = [{},
    of([constants.BROTLI_PARAM_LARGE_WINDOW, 1], [constants.BROTLI_PARAM_LGWIN, 26]),
    of([constants.BROTLI_PARAM_MODE, constants.BROTLI_MODE_TEXT]),
    of([constants.BROTLI_PARAM_LGBLOCK, 16], [constants.BROTLI_PARAM_SIZE_HINT, text.length]),
    of([constants.BROTLI_PARAM_NPOSTFIX, 1], [constants.BROTLI_PARAM_NDIRECT, 2])];
  for (let quality = 0; quality <= constants.BROTLI_MAX_QUALITY; quality++) {
    rows.push(of([constants.BROTLI_PARAM_QUALITY, quality],
      [constants.BROTLI_PARAM_LGWIN, 10 + quality]));
  }
  for (const params of rows) {
    const large = { params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 } };
    const whole = zlib.brotliCompressSync(text, { params });
    assert.ok(whole.length < text.length / 2);
    assert.ok(zlib.brotliDecompressSync(whole, large).equals(text));
    const stream = zlib.createBrotliCompress({ params, chunkSize: 100 });
    for (let at = 0; at < text.length; at += 2001) stream.write(text.subarray(at, at + 2001));
    stream.end();
    assert.ok(zlib.brotliDecompressSync(await collect(stream), large).equals(text));
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

test('a _processChunk of a package\'s own reads _writeState behind writeSync', () => {
  const text = Buffer.from('text '.repeat(1000));
  const stream = zlib.createInflate({ chunkSize: 1 << 16 });
  const input = zlib.deflateSync(text);
  const output = Buffer.alloc(1 << 16);
  const answer = stream._handle.writeSync(
    zlib.constants.Z_FINISH, input, 0, input.length, output, 0, output.length);
  // pngjs: `writeSync(..) || this._writeState`.
  assert.strictEqual(answer, undefined);
  assert.deepStrictEqual([...stream._writeState], [output.length - text.length, 0]);
  assert.deepStrictEqual(output.subarray(0, text.length), text);
  stream.close();
});

// Who calls the handle by himself may have input and output in one buffer (pako's users do).
for (const [name, outAt] of [['apart', 5000], ['on top of each other', 0], ['in part', 700]]) {
  test(`a handle's input and output in one buffer, ${name}`, () => {
    const text = Buffer.from('what is compressed in its own place '.repeat(40));
    const buffer = Buffer.alloc(10_000);
    text.copy(buffer);
    const stream = zlib.createDeflate();
    const state = stream._writeState;
    stream._handle.writeSync(
      constants.Z_FINISH, buffer, 0, text.length, buffer, outAt, buffer.length - outAt);
    assert.deepStrictEqual([...state].slice(1), [0]);
    const compressed = Buffer.from(buffer.subarray(outAt, buffer.length - state[0]));
    assert.deepStrictEqual(zlib.inflateSync(compressed), text);
    stream.close();
    // And back, which takes its input in small pieces.
    compressed.copy(buffer);
    const back = zlib.createInflate();
    back._handle.writeSync(
      constants.Z_FINISH, buffer, 0, compressed.length, buffer, outAt, buffer.length - outAt);
    assert.strictEqual(back._writeState[1], 0);
    assert.deepStrictEqual(buffer.subarray(outAt, buffer.length - back._writeState[0]), text);
    back.close();
  });
}
