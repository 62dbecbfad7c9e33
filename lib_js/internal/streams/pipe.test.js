'use strict';
// A pipe is handed its chunks past emit(): whoever else wants to hear of them must hear of them.

const assert = require('node:assert');
const { Readable, Writable } = require('node:stream');
const { row } = require('../../fixtures/rows.test.cjs');

/** A source of so many Buffers of one byte, all of them at once. */
function source(count) {
  let next = 0;
  return new Readable({
    read() {
      this.push(next < count ? Buffer.from([next++]) : null);
    },
  });
}

function sink(onWrite) {
  const got = [];
  const writable = new Writable({
    write(chunk, encoding, callback) {
      got.push(chunk[0]);
      onWrite?.(chunk[0]);
      callback();
    },
  });
  return { writable, got };
}

const closed = (stream) => new Promise((resolve) => stream.on('close', resolve));

row('a listener that comes in the middle hears of the rest', async () => {
  const from = source(6);
  const heard = [];
  const to = sink((byte) => {
    if (byte === 2) from.on('data', (chunk) => heard.push(chunk[0]));
  });
  from.pipe(to.writable);
  await closed(to.writable);
  assert.deepStrictEqual(to.got, [0, 1, 2, 3, 4, 5]);
  assert.deepStrictEqual(heard, [3, 4, 5]);
});

row('a replaced emit() is called for each chunk', async () => {
  const from = source(4);
  const to = sink();
  const emitted = [];
  const { emit } = from;
  from.emit = function(name, ...args) {
    if (name === 'data') emitted.push(args[0][0]);
    return emit.call(this, name, ...args);
  };
  from.pipe(to.writable);
  await closed(to.writable);
  assert.deepStrictEqual(emitted, [0, 1, 2, 3]);
  assert.deepStrictEqual(to.got, emitted);
});

row('a replaced read() is called for each chunk', async () => {
  const from = source(4);
  const to = sink();
  const { read } = from;
  let given = 0;
  from.read = function(n) {
    const chunk = read.call(this, n);
    if (chunk !== null) given++;
    return chunk;
  };
  from.pipe(to.writable);
  await closed(to.writable);
  assert.deepStrictEqual(to.got, [0, 1, 2, 3]);
  assert.strictEqual(given, 4);
});

row('a write may take the pipe away, and another may follow', async () => {
  const from = source(6);
  const second = sink();
  const first = sink((byte) => {
    if (byte !== 2) return;
    from.unpipe(first.writable);
    from.pipe(second.writable);
  });
  from.pipe(first.writable);
  await closed(second.writable);
  assert.deepStrictEqual(first.got, [0, 1, 2]);
  assert.deepStrictEqual(second.got, [3, 4, 5]);
});

row('a write that throws destroys the destination', async () => {
  const from = source(3);
  const failure = new Error('no');
  const to = sink(() => { throw failure; });
  const failed = new Promise((resolve) => to.writable.on('error', resolve));
  from.pipe(to.writable);
  assert.strictEqual(await failed, failure);
  assert.deepStrictEqual(to.got, [0]);
});

row('objects keep their borders, also undefined and strings', async () => {
  const objects = [{ a: 1 }, undefined, 'text', Buffer.from('b'), 0, ''];
  const left = objects.slice();
  const from = new Readable({
    objectMode: true,
    highWaterMark: 2,
    read() {
      this.push(left.length > 0 ? left.shift() : null);
    },
  });
  const got = [];
  from.on('data', (object) => got.push(object));
  await closed(from);
  assert.deepStrictEqual(got, objects);
});

row('the state of a stream has nothing that Node does not have', async () => {
  const from = source(1);
  const to = sink();
  from.pipe(to.writable);
  assert.deepStrictEqual(Reflect.ownKeys(from._readableState).map(String), [
    'highWaterMark', 'buffer', 'bufferIndex', 'length', 'pipes', 'awaitDrainWriters',
    'Symbol(kState)',
  ]);
  await closed(to.writable);
});
