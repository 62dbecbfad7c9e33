'use strict';

// Aim: what Node's suite does not show of stream/iter: nothing waits for ever, nothing is read ahead
// or left open, and files are written in order. Method: rows, in a process that has the flag.

const FLAG = '--experimental-stream-iter';

if (!process.execArgv.includes(FLAG)) {
  const { status } = require('child_process').spawnSync(
    process.execPath, [FLAG, '--no-warnings', __filename], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { Writable } = require('stream');
const iter = require('stream/iter');
const { compressGzip, decompressGzip } = require('zlib/iter');
const { row, rows } = require('../../../fixtures/rows.test.cjs');

const { from, pipeTo, pull, push, share, text } = iter;
const turn = () => new Promise(setImmediate);
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'iter-test-'));
process.on('exit', () => fs.rmSync(directory, { recursive: true }));

/** A source that notes how often it was asked and whether it was closed. */
function watched(count, step = async (i) => String(i)) {
  const source = {
    asked: 0,
    isClosed: false,
    [Symbol.asyncIterator]() {
      return {
        async next() {
          const i = source.asked++;
          return i < count ? { done: false, value: await step(i) } : { done: true };
        },
        async return() {
          source.isClosed = true;
          return { done: true };
        },
      };
    },
  };
  return source;
}

const never = () => new Promise(() => {});

/** Functions of a source and a signal that wait for what never comes. */
rows('an abort ends what waits, and closes the source', [
  [(source, signal) => text(source, { signal })],
  [(source, signal) => pipeTo(source, { write() {} }, { signal })],
  [(source, signal) => pull(source, { signal })[Symbol.asyncIterator]().next()],
  [(source, signal) => iter.merge(source, { signal })[Symbol.asyncIterator]().next()],
  [(source, signal) => iter.merge(source, 'a', { signal }), 'a'],
  [(source, signal) => share(source, { signal }).pull()[Symbol.asyncIterator]().next()],
], async (start, first) => {
  const controller = new AbortController();
  const source = watched(1, never);
  let waiting = start(source, controller.signal);
  if (first !== undefined) {
    const iterator = waiting[Symbol.asyncIterator]();
    assert.strictEqual(String((await iterator.next()).value[0]), String(Buffer.from(first).at(0)));
    waiting = iterator.next();
  }
  await turn();
  controller.abort('enough');
  await assert.rejects(waiting, (reason) => reason === 'enough');
  await turn();
  assert.ok(source.isClosed);
});

row('a value that is no bytes closes the source', async () => {
  const source = watched(3, async () => 5);
  await assert.rejects(text(source), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.ok(source.isClosed);
});

row('a writer whose reader has gone hears of it whatever it does', async () => {
  const { readable, writer } = push();
  writer.writeSync('lost');
  await readable[Symbol.asyncIterator]().return();
  const gone = { code: 'ERR_INVALID_STATE', message: /closed by consumer/ };
  await assert.rejects(writer.write('a'), gone);
  await assert.rejects(writer.end(), gone);
  assert.strictEqual(writer.endSync(), -1);
  assert.strictEqual(writer.canWrite, null);
});

row('the slowest consumer decides how far a shared source is read', async () => {
  const source = watched(9, async () => Buffer.alloc(16384));
  const shared = share(source, { budget: 32768, backpressure: 'unbounded' });
  const fast = shared.pull()[Symbol.asyncIterator]();
  const slow = shared.pull()[Symbol.asyncIterator]();
  const reads = [fast.next(), fast.next(), fast.next(), fast.next()];
  for (let i = 0; i < 5; i++) await turn();
  assert.strictEqual(source.asked, 2);
  await slow.next();
  await reads[2];
  assert.strictEqual(source.asked, 3);
  await slow.return();
  await reads[3];
  assert.strictEqual(source.asked, 4);
});

row('many batches go through a shared buffer in order', async () => {
  const shared = share(watched(1000), { budget: 16384 });
  const both = [text(shared.pull()), text(shared.pull())];
  const whole = Array.from({ length: 1000 }, (_, i) => i).join('');
  assert.deepStrictEqual(await Promise.all(both), [whole, whole]);
});

row('writes to a file keep their order, and end() waits for them', async () => {
  const handle = await fs.promises.open(path.join(directory, 'order'), 'w');
  const writer = handle.writer({ autoClose: true });
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  for (const letter of letters) writer.write(letter);
  assert.strictEqual(await writer.end(), letters.length);
  assert.strictEqual(handle.fd, -1);
  assert.strictEqual(fs.readFileSync(path.join(directory, 'order'), 'utf8'), letters);
});

row('an aborted pull gives its handle back', async () => {
  const handle = await fs.promises.open(__filename);
  const signal = AbortSignal.abort('enough');
  await assert.rejects(text(handle.pull((chunks) => chunks, { signal })), (e) => e === 'enough');
  await handle.close();
});

row('a writer over a Writable leaves no listeners behind', async () => {
  const writable = new Writable({
    highWaterMark: 1, write(chunk, encoding, callback) { setImmediate(callback); },
  });
  const writer = iter.fromWritable(writable, { backpressure: 'unbounded' });
  for (let i = 0; i < 20; i++) await writer.write('x');
  assert.deepStrictEqual(writable.eventNames(), []);
  assert.strictEqual(await writer.end(), 20);
});

row('what a small archive holds comes in pieces, and only when asked for', async () => {
  const small = await iter.bytes(pull(Buffer.alloc(1 << 24), compressGzip()));
  assert.ok(small.byteLength < 1 << 18);
  let most = 0;
  let bytes = 0;
  for await (const batch of pull(small, decompressGzip())) {
    for (const chunk of batch) {
      most = Math.max(most, chunk.byteLength);
      bytes += chunk.byteLength;
    }
  }
  assert.strictEqual(bytes, 1 << 24);
  assert.strictEqual(most, 65536);
});

row('compressing much lets other work go on', async () => {
  let turns = 0;
  let isOver = false;
  (async () => {
    while (!isOver) {
      await turn();
      turns++;
    }
  })();
  const chunk = Buffer.alloc(65536, 'compress');
  await text(pull(from(Array.from({ length: 64 }, () => chunk)), compressGzip(), (chunks) => null));
  isOver = true;
  assert.ok(turns >= 10, `${turns} turns`);
});
