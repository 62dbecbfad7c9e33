'use strict';
// Transforms that are written to in ways of their own.

const assert = require('node:assert');
const { Transform } = require('node:stream');
const { text } = require('node:stream/consumers');
const { row } = require('../../fixtures/rows.test.cjs');

row('a _writev() may hand on all of its chunks at once', async () => {
  const done = [];
  class Marked extends Transform {
    _transform(chunk, encoding, callback) {
      setImmediate(callback, null, `${chunk};`);
    }

    _writev(chunks, callback) {
      for (const { chunk, encoding } of chunks) {
        super._write(chunk, encoding, (error) => {
          if (done.push(String(chunk)) === chunks.length) callback(error);
        });
      }
    }
  }
  const stream = new Marked();
  for (const letter of 'abcd') stream.write(letter);
  stream.end();
  assert.strictEqual(await text(stream), 'a;b;c;d;');
  assert.deepStrictEqual(done, ['b', 'c', 'd']);
});

row('a callback that is called twice is told of', async () => {
  const stream = new Transform({
    transform(chunk, encoding, callback) {
      callback(null, chunk);
      callback(null, chunk);
    },
  });
  stream.write('a');
  const error = await new Promise((resolve) => { stream.on('error', resolve); });
  assert.strictEqual(error.code, 'ERR_MULTIPLE_CALLBACK');
});
