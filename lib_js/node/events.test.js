'use strict';

// Aim: an emit calls the listeners there were when it began, on any object that inherits emit().
// Method: listeners that add and remove listeners while they are called.

const assert = require('assert');
const EventEmitter = require('events');
const { row, rows } = require('../fixtures/rows.test.cjs');

rows('listeners changed during an emit', [
  ['remove the next', (emitter, a, b) => emitter.removeListener('x', b), ['a', 'b', 'c']],
  ['remove itself', (emitter, a) => emitter.removeListener('x', a), ['a', 'b', 'c']],
  ['remove all', (emitter) => emitter.removeAllListeners('x'), ['a', 'b', 'c']],
  ['add one', (emitter, a, b, c) => emitter.on('x', c), ['a', 'b', 'c']],
  ['add one in front', (emitter, a, b, c) => emitter.prependListener('x', c), ['a', 'b', 'c']],
], (name, change, expected) => {
  const emitter = new EventEmitter();
  const log = [];
  const a = () => {
    log.push('a');
    change(emitter, a, b, c);
  };
  const b = () => log.push('b');
  const c = () => log.push('c');
  emitter.on('x', a).on('x', b).on('x', c);
  emitter.emit('x');
  assert.deepStrictEqual(log, expected);
});

rows('arguments', [[0], [1], [2], [3], [4], [7]], (count) => {
  const args = Array.from({ length: count }, (_, i) => i);
  for (const listenersCount of [1, 2]) {
    const emitter = new EventEmitter();
    const seen = [];
    for (let i = 0; i < listenersCount; i++) emitter.on('x', (...given) => seen.push(given));
    assert.strictEqual(emitter.emit('x', ...args), true);
    assert.deepStrictEqual(seen, Array(listenersCount).fill(args));
  }
});

row('an emitter whose constructor never ran', () => {
  const emitter = Object.create(EventEmitter.prototype);
  assert.strictEqual(emitter.emit('x'), false);
  assert.strictEqual(emitter.listenerCount('x'), 0);
  assert.deepStrictEqual(emitter.eventNames(), []);
  let calls = 0;
  emitter.once('x', () => calls++);
  assert.strictEqual(emitter.emit('x'), true);
  assert.strictEqual(emitter.emit('x'), false);
  assert.strictEqual(calls, 1);
  assert.throws(() => emitter.emit('error', new Error('e')), { message: 'e' });
});
