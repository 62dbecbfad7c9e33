'use strict';

// process.nextTick, queueMicrotask and the drain that follows every entry from native: all ticks,
// all microtasks, then rejections nobody handled, until nothing is left. Called by boot/turn.js,
// and between two timers or immediates.
//
// The page words TICK and REJECTIONS tell native whether calling the drain is worth it. A tick that
// throws leaves TICK set, so the drain is simply entered again after the error was dealt with.

const { runMicrotasks, hasMicrotasks, enqueueMicrotask } = internalBinding('turn');
const { triggerUncaughtException } = internalBinding('errors');
const { validateFunction } = require('internal/validators');
const FixedQueue = require('internal/fixed_queue');
const AsyncContextFrame = require('internal/async_context_frame');
const {
  watch,
  newAsyncId,
  getDefaultTriggerAsyncId,
  emitInit,
  emitBefore,
  emitAfter,
  emitDestroy,
  enabledHooksExist,
  enterBase,
  leaveBase,
  pushAsyncContext,
  popAsyncContext,
  symbols: { async_id_symbol, trigger_async_id_symbol },
} = require('internal/async_hooks');
const { processPromiseRejections, startRejections } = require('internal/process/promises');

const { current: currentFrame, exchange: exchangeFrame, set: setFrame } = AsyncContextFrame;

const TICK = 4097; // Page words; see boot/turn.js.
const REJECTIONS = 4098;

const queue = new FixedQueue();
let page;

// The tick that runs, if it is to run again. A stream that is read in one go asks for the same tick
// with each chunk: the same callback for the same object, one behind the other, is one tick.
let repeated = null;

// Also when a tick has thrown, until the next drain.
let isDraining = false;

class Tick {
  constructor(id, callback, argsCount, first, second, rest) {
    this.callback = callback;
    this.argsCount = argsCount;
    this.first = first;
    this.second = second;
    this.rest = rest; // All arguments, when there are more than two.
    this.repeats = 0;
    this.frame = currentFrame();
    this[async_id_symbol] = id;
    this[trigger_async_id_symbol] = getDefaultTriggerAsyncId();
  }
}

/** Would a new tick be this one once more, but for its id, which is the next? */
function isRepetition(tick, id, callback, first) {
  return tick.first === first && tick.callback === callback && tick.argsCount === 1 &&
    typeof first === 'object' && tick.frame === currentFrame() &&
    tick[async_id_symbol] + tick.repeats + 1 === id &&
    tick[trigger_async_id_symbol] === getDefaultTriggerAsyncId() && !watch.isOn;
}

function nextTick(callback) {
  validateFunction(callback, 'callback');
  // A tick queued while the process exits would never run.
  if (process._exiting) return;
  const argsCount = arguments.length - 1;
  let rest;
  if (argsCount > 2) {
    rest = [];
    for (let i = 1; i <= argsCount; i++) rest.push(arguments[i]);
  }
  page[TICK] = 1;
  const id = newAsyncId();
  const first = arguments[1];
  if (argsCount === 1) {
    const youngest = queue.last();
    if (youngest !== undefined && isRepetition(youngest, id, callback, first)) {
      youngest.repeats++;
      return;
    }
  }
  const tick = new Tick(id, callback, argsCount, first, arguments[2], rest);
  if (watch.init !== 0) {
    emitInit(tick[async_id_symbol], 'TickObject', tick[trigger_async_id_symbol], tick);
  }
  queue.push(tick);
}

function runTick(tick) {
  const callback = tick.callback;
  switch (tick.argsCount) {
    case 0: callback(); break;
    case 1: callback(tick.first); break;
    case 2: callback(tick.first, tick.second); break;
    default: callback(...tick.rest);
  }
}

function runWatchedTick(tick, id) {
  emitBefore(id, tick[trigger_async_id_symbol], tick);
  try {
    runTick(tick);
  } finally {
    if (watch.destroy !== 0) emitDestroy(id);
  }
  emitAfter(id);
}

function processTicksAndRejections() {
  isDraining = true;
  let tick;
  do {
    while ((tick = repeated ?? queue.shift()) !== null) {
      const id = tick[async_id_symbol];
      if (tick.repeats === 0) {
        repeated = null;
      } else {
        // Set before the callback, which may throw or drain the queue itself.
        tick.repeats--;
        tick[async_id_symbol] = id + 1;
        repeated = tick;
      }
      const prior = exchangeFrame(tick.frame);
      if (watch.isOn) {
        runWatchedTick(tick, id);
      } else {
        enterBase(id, tick[trigger_async_id_symbol], tick);
        runTick(tick);
        leaveBase();
      }
      setFrame(prior);
    }
    runMicrotasks();
  } while (!queue.isEmpty() || (page[REJECTIONS] !== 0 && processPromiseRejections()));
  page[TICK] = 0;
  page[REJECTIONS] = 0;
  isDraining = false;
}

// Were ticks left by a callback that threw, and not by one of them?
function areTicksLeft() {
  return page[TICK] !== 0 && !isDraining;
}

// process._tickCallback(): a program drains the queues itself, within a callback.
function tickCallback() {
  pushAsyncContext(0, 0, undefined);
  processTicksAndRejections();
  popAsyncContext(undefined);
}

// What comes between two callbacks of one turn.
function runNextTicks() {
  if (page[TICK] === 0 && page[REJECTIONS] === 0) {
    if (!hasMicrotasks()) return;
    runMicrotasks();
    if (page[TICK] === 0 && page[REJECTIONS] === 0) return;
  }
  processTicksAndRejections();
}

function queueMicrotask(callback) {
  validateFunction(callback, 'callback');
  const frame = currentFrame();
  if (enabledHooksExist()) {
    queueWatchedMicrotask(callback);
    return;
  }
  enqueueMicrotask(frame === undefined ? callback : () => runMicrotaskIn(frame, callback));
}

function queueWatchedMicrotask(callback) {
  const { AsyncResource } = require('async_hooks');
  const resource = new AsyncResource('Microtask', { requireManualDestroy: true });
  resource.callback = callback;
  enqueueMicrotask(() => {
    resource.runInAsyncScope(() => {
      try {
        callback();
      } finally {
        resource.emitDestroy();
      }
    });
  });
}

function runMicrotaskIn(frame, callback) {
  const prior = exchangeFrame(frame);
  try {
    callback();
  } catch (error) {
    // Told while the frame is still set: handlers may ask whose error it is.
    triggerUncaughtException(error, false);
  }
  setFrame(prior);
}

// Run time begins: called once by boot/turn.js.
function startTaskQueues(sharedPage) {
  page = sharedPage;
  startRejections(sharedPage);
}

// False while the start-up snapshot is built.
function isStarted() {
  return page !== undefined;
}

module.exports = {
  areTicksLeft,
  isStarted,
  nextTick,
  queueMicrotask,
  runNextTicks,
  tickCallback,
  processTicksAndRejections,
  startTaskQueues,
};
