'use strict';

// Aim: timers, immediates, ticks and promises run in Node's order, and an exception in one of them
// costs no other its turn.
// Method: callbacks write their names into a log, which is compared.

const assert = require('assert');
const { AsyncLocalStorage } = require('async_hooks');
const { readFile } = require('fs');
const { row } = require('../fixtures/rows.test.cjs');

/** Busy-waits: timers due at different times become due at once. */
function spin(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs `start` with a way to survive what it throws; gives the messages of the exceptions. */
async function surviving(start, ms) {
  const messages = [];
  process.setUncaughtExceptionCaptureCallback((error) => messages.push(error.message));
  try {
    start();
    await wait(ms);
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
  return messages;
}

row('ticks and promises run between two timers, and between two immediates', async () => {
  const log = [];
  const step = (name) => () => {
    log.push(name);
    process.nextTick(() => log.push(`${name} tick`));
    Promise.resolve().then(() => log.push(`${name} promise`));
  };
  setTimeout(step('a'), 1);
  setTimeout(step('b'), 1);
  setTimeout(step('c'), 2);
  spin(5);
  await wait(5);
  setImmediate(step('i'));
  setImmediate(step('j'));
  await wait(5);
  assert.deepStrictEqual(log, ['a', 'b', 'c', 'i', 'j'].flatMap(
    (name) => [name, `${name} tick`, `${name} promise`]));
});

row('a timer started by the promise of the last timer fires', async () => {
  // Twice: the second wait begins when no timer is left.
  await wait(1);
  await wait(1);
});

row('an exception leaves the other timers, immediates and ticks of the turn', async () => {
  const log = [];
  const messages = await surviving(() => {
    setTimeout(() => { throw new Error('timer'); }, 1);
    setTimeout(() => log.push('timer'), 1);
    setImmediate(() => { throw new Error('immediate'); });
    setImmediate(() => log.push('immediate'));
    process.nextTick(() => { throw new Error('tick'); });
    process.nextTick(() => log.push('tick'));
  }, 20);
  assert.deepStrictEqual(messages.sort(), ['immediate', 'tick', 'timer']);
  assert.deepStrictEqual(log.sort(), ['immediate', 'tick', 'timer']);
});

row('an exception does not lend its async context to those that follow', async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  setTimeout(() => storage.enterWith('outside'), 0).unref();
  await surviving(() => {
    storage.run('inside', () => setTimeout(() => { throw new Error('x'); }, 1));
    setTimeout(() => seen.push(storage.getStore()), 1);
    setImmediate(() => seen.push(storage.getStore()));
  }, 20);
  assert.deepStrictEqual(seen, [undefined, undefined]);
});

row('a duration whose timers come and go keeps its order with others', async () => {
  const log = [];
  for (let i = 0; i < 100; i++) clearTimeout(setTimeout(() => log.push('cleared'), 5));
  const late = setTimeout(() => log.push('late'), 5);
  for (let i = 0; i < 100; i++) clearTimeout(setTimeout(() => log.push('cleared'), 3));
  setTimeout(() => log.push('early'), 3);
  clearTimeout(setTimeout(() => log.push('cleared'), 5));
  assert.strictEqual(late.hasRef(), true);
  await wait(20);
  assert.deepStrictEqual(log, ['early', 'late']);
});

row('an immediate cleared by a tick of the one before does not run', async () => {
  const log = [];
  setImmediate(() => {
    log.push('first');
    process.nextTick(() => clearImmediate(second));
  });
  const second = setImmediate(() => log.push('second'));
  setImmediate(() => log.push('third'));
  await wait(5);
  assert.deepStrictEqual(log, ['first', 'third']);
});

row('what a callback that threw has left runs before immediates', async () => {
  const log = [];
  await surviving(() => {
    readFile(__filename, () => {
      setImmediate(() => log.push('immediate'));
      process.nextTick(() => log.push('tick'));
      Promise.resolve().then(() => log.push('promise'));
      throw new Error('on purpose');
    });
  }, 30);
  assert.deepStrictEqual(log, ['tick', 'promise', 'immediate']);
});

row('the last immediate of a turn throws: those it has queued run at once', async () => {
  const log = [];
  await surviving(() => {
    setImmediate(() => {
      setImmediate(() => log.push('immediate'));
      setTimeout(() => log.push('timer'), 0);
      process.nextTick(() => log.push('tick'));
      spin(3);
      throw new Error('on purpose');
    });
  }, 20);
  assert.deepStrictEqual(log, ['immediate', 'tick', 'timer']);
});

row('ticks that throw on and on hold up no immediate', async () => {
  const log = [];
  await surviving(() => {
    let left = 3;
    const tick = () => {
      log.push('tick');
      if (--left > 0) process.nextTick(tick);
      throw new Error('on purpose');
    };
    process.nextTick(tick);
    setImmediate(() => log.push('immediate'));
  }, 20);
  assert.ok(log.indexOf('immediate') < 3, `${log}`);
  assert.strictEqual(log.length, 4);
});

row('clearTimeout of what is no timer of ours marks it, as in Node', () => {
  const foreign = { _onTimeout() {}, _idleTimeout: 5, _state: 1 };
  clearTimeout(foreign);
  assert.deepStrictEqual(foreign, {
    _onTimeout: undefined,
    _idleTimeout: -1,
    _state: 1,
    _destroyed: true,
    _idleNext: null,
    _idlePrev: null,
    _timerArgs: undefined,
  });
});
