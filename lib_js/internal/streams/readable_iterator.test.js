'use strict';
// A Readable's async iterator against an async generator of the same values.

const assert = require('node:assert');
const { Readable } = require('node:stream');
const { deferred, row, rows } = require('../../fixtures/rows.test.cjs');

const VALUES = ['a', 'b', 'c'];

async function* generator() {
  for (const value of VALUES) yield value;
}

const streamOf = (values) => new Readable({
  objectMode: true,
  read() { this.push(values.length > 0 ? values.shift() : null); },
});

/** What each promise of `act` gave, in the order in which they settled. */
async function told(iterator, act) {
  const lines = [];
  const note = (name, promise) => promise.then(
    ({ value, done }) => lines.push(`${name}: ${value} ${done}`),
    (error) => lines.push(`${name}: ${error.message}`));
  await act(iterator, note);
  return lines;
}

const ACTS = {
  'one after the other': async (it, note) => {
    for (let i = 0; i < 5; i++) await note(i, it.next());
  },
  'all at once': (it, note) => Promise.all([0, 1, 2, 3, 4].map((i) => note(i, it.next()))),
  'return between requests': (it, note) => Promise.all([
    note('first', it.next()), note('return', it.return('x')), note('next', it.next()),
  ]),
  'return of a promise': async (it, note) => {
    await note('first', it.next());
    await note('return', it.return(Promise.resolve('later')));
    await note('next', it.next());
  },
  'return of a rejected promise': async (it, note) => {
    await note('first', it.next());
    await note('return', it.return(Promise.reject(new Error('no'))));
    await note('next', it.next());
  },
  'return and throw behind the end': async (it, note) => {
    await note('return', it.return('x'));
    await note('again', it.return('y'));
    await note('throw', it.throw(new Error('z')));
    await note('next', it.next());
  },
  'throw between requests': (it, note) => Promise.all([
    note('first', it.next()), note('throw', it.throw(new Error('x'))), note('next', it.next()),
  ]),
};

for (const [name, act] of Object.entries(ACTS)) {
  row(name, async () => {
    const stream = streamOf([...VALUES]);
    // An unheard error would end the process.
    stream.on('error', () => {});
    assert.deepStrictEqual(await told(stream[Symbol.asyncIterator](), act),
                           await told(generator(), act));
  });
}

row('nothing happens to a stream that nobody has read from', async () => {
  const stream = streamOf([...VALUES]);
  await stream[Symbol.asyncIterator]().return();
  assert.strictEqual(stream.destroyed, false);
  assert.strictEqual(stream.listenerCount('readable'), 0);
});

row('leaving destroys, unless it is not wanted', async () => {
  for (const destroyOnReturn of [true, false]) {
    const stream = streamOf([...VALUES]);
    for await (const chunk of stream.iterator({ destroyOnReturn })) {
      assert.strictEqual(chunk, 'a');
      break;
    }
    assert.strictEqual(stream.destroyed, destroyOnReturn);
  }
});

row('chunks that are promises are awaited; a rejected one destroys', async () => {
  const stream = streamOf([Promise.resolve(1), { then: (resolve) => resolve(2) }]);
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.deepStrictEqual(chunks, [1, 2]);
  const failing = streamOf([Promise.reject(new Error('no')), 2]);
  const it = failing[Symbol.asyncIterator]();
  await assert.rejects(it.next(), { message: 'no' });
  assert.strictEqual(failing.destroyed, true);
  assert.deepStrictEqual(await it.next(), { value: undefined, done: true });
});

row('an error of the stream comes behind what was there', async () => {
  const stream = new Readable({ objectMode: true, read() {} });
  const it = stream[Symbol.asyncIterator]();
  const waiting = it.next();
  setImmediate(() => stream.destroy(new Error('gone')));
  await assert.rejects(waiting, { message: 'gone' });
  assert.deepStrictEqual(await it.next(), { value: undefined, done: true });
});

rows('what goes wrong comes with what the stream failed with before', [
  ['thrown in', 'a', (it) => it.throw(new Error('second'))],
  ['a return of what is rejected', 'a', (it) => it.return(Promise.reject(new Error('second')))],
  ['a chunk that is rejected', null, (it, asked, reject) => {
    reject(new Error('second'));
    return asked;
  }],
], async (name, chunk, act) => {
  const { promise, reject } = deferred();
  const stream = new Readable({ objectMode: true, read() {} });
  stream.push(chunk ?? promise);
  const it = stream[Symbol.asyncIterator]();
  const asked = it.next();
  if (chunk !== null) await asked;
  await new Promise(setImmediate);
  stream.destroy(new Error('first'));
  await new Promise(setImmediate);
  await assert.rejects(act(it, asked, reject), ({ errors }) => {
    assert.deepStrictEqual(errors.map(({ message }) => message), ['second', 'first']);
    return true;
  });
});

row('to programs it is a generator', () => {
  const it = streamOf([])[Symbol.asyncIterator]();
  assert.strictEqual(Object.prototype.toString.call(it), '[object AsyncGenerator]');
  assert.deepStrictEqual([it.next.length, it.return.length, it.throw.length], [1, 1, 1]);
  assert.strictEqual(it[Symbol.asyncIterator](), it);
});

row('who is stopped right after it began gets nothing', async () => {
  const stream = streamOf([...VALUES]);
  const order = [];
  stream[Symbol.asyncIterator]().next().then(() => order.push('first'));
  queueMicrotask(() => order.push('stop'));
  await new Promise(setImmediate);
  assert.deepStrictEqual(order, ['stop', 'first']);
});
