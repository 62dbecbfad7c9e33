'use strict';
// stream.pipeline of 1 GiB in chunks of 64 KiB, one after the other; an operation is one chunk.
const fs = require('fs');
const { PassThrough, Readable, Transform, Writable, pipeline } = require('stream');
const { done, operations, variant } = require('./asked.js');

const CHUNK_BYTES = 65_536;
const CHUNKS = 16_384;
const chunk = Buffer.alloc(CHUNK_BYTES, 7);

function source() {
  let left = CHUNKS;
  return new Readable({
    highWaterMark: CHUNK_BYTES,
    read() {
      this.push(left-- > 0 ? chunk : null);
    },
  });
}

let received = 0;
const sink = () => new Writable({
  highWaterMark: CHUNK_BYTES,
  write(data, encoding, callback) {
    // Some runtimes give two chunks as one to who reads by itself.
    received += data.length === CHUNK_BYTES ? 1 : data.length / CHUNK_BYTES;
    callback();
  },
});

const transform = () => new Transform({
  highWaterMark: CHUNK_BYTES,
  transform(data, encoding, callback) {
    callback(null, data.subarray(0));
  },
});

const options = { highWaterMark: CHUNK_BYTES };

const STREAMS = {
  'memory': () => [source(), sink()],
  'transform': () => [source(), transform(), sink()],
  'through': () => [source(), new PassThrough(options), new PassThrough(options), sink()],
  'generator': () => [source(), async function* (chunks) { yield* chunks; }, sink()],
  // Reads and writes by the kernel, without what a disk and its cache do meanwhile.
  'file': () => {
    const from = fs.createReadStream('/dev/zero', { ...options, end: CHUNKS * CHUNK_BYTES - 1 });
    from.on('data', (data) => { received += data.length / CHUNK_BYTES; });
    return [from, fs.createWriteStream('/dev/null', options)];
  },
};

let left = operations;

function next(error) {
  if (error) throw error;
  if (left === 0) return done(received === operations);
  left -= CHUNKS;
  pipeline(STREAMS[variant](), next);
}

next();
