'use strict';

// Timers and immediates: the data structure, and what native calls when time has come.
//
// Timers of one duration share a list: they expire in the order they were started, so starting and
// stopping one is O(1). Lists wait in a heap by the expiry of their oldest timer. Native knows only
// the earliest expiry and whether a ref'd timer exists (scheduleTimer, and processTimers' result).
//
// The underscore fields of Timeout and Immediate are Node's; programs read them.

const { MathMax, MathTrunc, NumberIsFinite, ReflectApply, SafeMap, Symbol, SymbolDispose, SymbolFor,
        SymbolToPrimitive } = primordials;

const { scheduleTimer, updateNow } = internalBinding('turn');
const { codes: { ERR_OUT_OF_RANGE } } = require('internal/errors');
const { validateFunction, validateNumber } = require('internal/validators');
const { append, remove, peek, isEmpty } = require('internal/linkedlist');
const PriorityQueue = require('internal/priority_queue');
const {
  watch,
  newAsyncId,
  getDefaultTriggerAsyncId,
  clearAsyncIdStack,
  emitInit,
  emitBefore,
  emitAfter,
  emitDestroy,
  enterBase,
  leaveBase,
  tellDestroyed,
  whenDestroyed,
} = require('internal/async_hooks');
const AsyncContextFrame = require('internal/async_context_frame');
const { areTicksLeft, runNextTicks } = require('internal/process/task_queues');

const { current: currentFrame, exchange: exchangeFrame, set: setFrame } = AsyncContextFrame;

const IMMEDIATES = 4099; // Page word; see boot/turn.js.
const TIMEOUT_MAX = 2 ** 31 - 1;

const kTimeout = Symbol('timeout'); // Under which other internals keep their timer.
const kRefed = Symbol('refed');
const kHasPrimitive = Symbol('kHasPrimitive');
const kAsyncId = Symbol('asyncId');
const kTriggerId = Symbol('triggerId');
const kFrame = Symbol('kAsyncContextFrame');
const kInspect = SymbolFor('nodejs.util.inspect.custom');

let page;

// ---- timers

const timerListMap = new SafeMap(); // Milliseconds -> TimersList.
const timerListQueue = new PriorityQueue(
  (a, b) => a.expiry - b.expiry || a.id - b.id,
  (list, position) => { list.priorityQueuePosition = position; },
);
const timersById = new SafeMap(); // Those that were turned into a primitive.

let lastListId = 0; // Lists of equal expiry run in the order they got it.
let refedTimersCount = 0;
// What native is armed with. While processTimers runs nothing need be told: its result says all.
let nextExpiry = Infinity;
let recentList = null; // The list used last: programs use few durations.
// Lists whose timers were all stopped stay a while, so that start-stop-start costs no heap work.
const emptiedLists = [];

let warnedNegative = false;
let warnedNotNumber = false;

class TimersList {
  constructor(expiry, msecs) {
    this._idleNext = this;
    this._idlePrev = this;
    this.expiry = expiry;
    this.id = ++lastListId;
    this.msecs = msecs;
    this.priorityQueuePosition = 0;
  }

  [kInspect](depth, options) {
    return inspectShallow(this, options);
  }
}

class Timeout {
  constructor(callback, after, args, isRepeat, isRefed) {
    if (after === undefined) after = 1;
    else if (!((after *= 1) >= 1 && after <= TIMEOUT_MAX)) after = replaceDuration(after);

    this._idleTimeout = after;
    this._idlePrev = this;
    this._idleNext = this;
    this._idleStart = null;
    this._onTimeout = callback;
    this._timerArgs = args;
    this._repeat = isRepeat ? after : null;
    this._destroyed = false;
    this[kRefed] = isRefed;
    this[kHasPrimitive] = false;
    this[kAsyncId] = newAsyncId();
    this[kTriggerId] = getDefaultTriggerAsyncId();
    this[kFrame] = currentFrame();
    if (isRefed) incRefCount();
    if (watch.init !== 0) emitInit(this[kAsyncId], 'Timeout', this[kTriggerId], this);
  }

  [kInspect](depth, options) {
    return inspectShallow(this, options);
  }

  refresh() {
    startAgain(this, this[kRefed]);
    return this;
  }

  unref() {
    if (this[kRefed]) {
      this[kRefed] = false;
      if (!this._destroyed) decRefCount();
    }
    return this;
  }

  ref() {
    if (!this[kRefed]) {
      this[kRefed] = true;
      if (!this._destroyed) incRefCount();
    }
    return this;
  }

  hasRef() {
    return this[kRefed];
  }

  close() {
    clearTimer(this);
    return this;
  }

  [SymbolDispose]() {
    clearTimer(this);
  }

  [SymbolToPrimitive]() {
    const id = this[kAsyncId];
    if (!this[kHasPrimitive]) {
      this[kHasPrimitive] = true;
      timersById.set(id, this);
    }
    return id;
  }
}

// Warns about a duration outside 1..TIMEOUT_MAX where Node does, and returns what is used instead.
function replaceDuration(after) {
  let problem;
  let type;
  if (after > TIMEOUT_MAX) {
    problem = 'does not fit into a 32-bit signed integer.';
    type = 'TimeoutOverflowWarning';
  } else if (after < 0 && !warnedNegative) {
    warnedNegative = true;
    problem = 'is a negative number.';
    type = 'TimeoutNegativeWarning';
  } else if (after !== after && !warnedNotNumber) {
    warnedNotNumber = true;
    problem = 'is not a number.';
    type = 'TimeoutNaNWarning';
  }
  if (type !== undefined) {
    process.emitWarning(`${after} ${problem}\nTimeout duration was set to 1.`, type);
  }
  return 1;
}

function inspectShallow(object, options) {
  const { inspect } = require('internal/util/inspect');
  return inspect(object, { ...options, depth: 0, customInspect: false });
}

function incRefCount() {
  if (refedTimersCount++ === 0 && nextExpiry !== Infinity) armNative();
}

function decRefCount() {
  if (--refedTimersCount === 0 && nextExpiry !== Infinity) armNative();
}

function armNative() {
  if (nextExpiry > 0) scheduleTimer(nextExpiry, refedTimersCount > 0);
}

// (Re)starts the timer's duration. It counts from now, not from the begin of the turn: what the
// program computed until here is no part of it.
function insert(timer, msecs, start = updateNow()) {
  msecs = MathTrunc(msecs);
  timer._idleStart = start;
  let list = recentList;
  if (list === null || list.msecs !== msecs) {
    list = timerListMap.get(msecs) ?? addList(msecs, start + msecs);
    recentList = list;
  }
  append(list, timer);
}

function addList(msecs, expiry) {
  const list = new TimersList(expiry, msecs);
  timerListMap.set(msecs, list);
  timerListQueue.insert(list);
  if (expiry < nextExpiry) {
    nextExpiry = expiry;
    armNative();
  }
  return list;
}

function removeList(list) {
  timerListQueue.removeAt(list.priorityQueuePosition);
  timerListMap.delete(list.msecs);
  if (recentList === list) recentList = null;
}

// Starts a timer, or anything with an _idleTimeout, that may have fired or been cleared before.
function startAgain(item, refed) {
  const msecs = item._idleTimeout;
  if (msecs === undefined || msecs < 0) return;
  insert(item, msecs);
  const wasDestroyed = item._destroyed;
  if (wasDestroyed || item[kAsyncId] === undefined) {
    item._destroyed = false;
    item[kAsyncId] = newAsyncId();
    item[kTriggerId] = getDefaultTriggerAsyncId();
    item[kFrame] = currentFrame();
    if (watch.init !== 0) emitInit(item[kAsyncId], 'Timeout', item[kTriggerId], item);
  }
  if (wasDestroyed) {
    if (refed) incRefCount();
  } else if (refed && !item[kRefed]) {
    incRefCount();
  } else if (!refed && item[kRefed]) {
    decRefCount();
  }
  item[kRefed] = refed;
}

function active(item) {
  startAgain(item, true);
}

function unrefActive(item) {
  startAgain(item, false);
}

function clearTimer(timer) {
  if (!timer._onTimeout) return;
  timer._onTimeout = null;
  if (timer._destroyed) {
    cleanTimer(timer);
    return;
  }
  timer._destroyed = true;
  if (timer[kHasPrimitive]) timersById.delete(timer[kAsyncId]);
  if (watch.destroy !== 0 && timer[kAsyncId] !== undefined) emitDestroy(timer[kAsyncId]);

  // Programs clear timers of their own kinds here (undici's, by way of fake timers): no list has
  // them.
  const neighbour = timer._idleNext;
  const isForeign = neighbour === undefined;
  const waited = neighbour !== null && !isForeign;
  remove(timer);
  // A neighbour that is alone now can only be the list itself.
  if (waited && neighbour._idleNext === neighbour) keepEmpty(neighbour);
  if (timer[kRefed]) decRefCount();
  if (waited || isForeign) cleanTimer(timer);
  timer._idleTimeout = -1;
}

// At most so many; an empty list costs native one needless turn when its time comes.
const EMPTIED_MAX = 8;

function keepEmpty(list) {
  if (emptiedLists.includes(list)) return;
  emptiedLists.push(list);
  if (emptiedLists.length <= EMPTIED_MAX) return;
  const oldest = emptiedLists.shift();
  if (isEmpty(oldest) && timerListMap.get(oldest.msecs) === oldest) removeList(oldest);
}

// Lets go of what the program gave.
function cleanTimer(timer) {
  if (timer[kFrame] !== undefined) timer[kFrame] = undefined;
  timer._onTimeout = undefined;
  timer._timerArgs = undefined;
}

function clearTimerById(id) {
  // Ids come back as numbers, or as strings when they were used as property names.
  const timer = timersById.get(+id);
  if (timer !== undefined) clearTimer(timer);
}

// Runs what has expired. Result: 0 nothing waits; otherwise the next expiry, negative when no ref'd
// timer waits. Native calls again after an uncaught exception, until it gets a result.
function processTimers(now) {
  nextExpiry = -Infinity;
  setFrame(undefined); // An exception may have left another.
  clearAsyncIdStack();
  let list;
  while ((list = timerListQueue.peek()) !== undefined && list.expiry <= now) {
    runList(list, now);
    // After the last list too: what ticks and microtasks start must be part of the result.
    runNextTicks();
  }
  nextExpiry = list === undefined ? Infinity : list.expiry;
  if (list === undefined) return 0;
  return refedTimersCount > 0 ? nextExpiry : -nextExpiry;
}

function runList(list, now) {
  const { msecs } = list;
  let ranOne = false;
  let timer;
  while ((timer = peek(list)) !== null) {
    if (now - timer._idleStart < msecs) {
      list.expiry = MathMax(timer._idleStart + msecs, now + 1);
      list.id = ++lastListId;
      timerListQueue.percolateDown(list.priorityQueuePosition);
      return;
    }
    if (ranOne) runNextTicks();
    ranOne = true;
    remove(timer);
    if (timer._onTimeout) runTimer(timer);
    else if (!timer._destroyed) finishTimer(timer);
  }
  // A callback may have had the list removed, and a new one of the same duration made.
  if (timerListMap.get(msecs) === list) removeList(list);
}

function runTimer(timer) {
  const prior = exchangeFrame(timer[kFrame]);
  const id = timer[kAsyncId];
  const isWatched = watch.isOn;
  if (isWatched) emitBefore(id, timer[kTriggerId], timer);
  else enterBase(id, timer[kTriggerId], timer);
  // An interval's next run counts from the start of this one.
  const start = timer._repeat ? updateNow() : undefined;
  try {
    const args = timer._timerArgs;
    if (args === undefined) timer._onTimeout();
    else ReflectApply(timer._onTimeout, timer, args);
  } finally {
    if (timer._repeat && timer._idleTimeout !== -1) {
      timer._idleTimeout = timer._repeat;
      insert(timer, timer._idleTimeout, start);
    } else if (!timer._idleNext && !timer._idlePrev) {
      if (timer._destroyed) {
        // Cleared by its own callback.
        cleanTimer(timer);
      } else {
        finishTimer(timer);
      }
    }
  }
  if (isWatched) emitAfter(id);
  else leaveBase();
  setFrame(prior);
}

// Callback and arguments stay: refresh() may start the timer again.
function finishTimer(timer) {
  timer._destroyed = true;
  timer[kFrame] = undefined;
  if (timer[kHasPrimitive]) timersById.delete(timer[kAsyncId]);
  if (timer[kRefed]) decRefCount();
  if (watch.destroy !== 0) emitDestroy(timer[kAsyncId]);
}

function setUnrefTimeout(callback, after) {
  validateFunction(callback, 'callback');
  const timer = new Timeout(callback, after, undefined, false, false);
  insert(timer, timer._idleTimeout);
  return timer;
}

// A fired one-shot timer that nobody else can name serves again: keep-alive timers start once a
// request.
function reuseOrCreateUnrefTimeout(timer, callback, after, arg) {
  if (timer?._destroyed && timer._repeat === null && !timer[kHasPrimitive]) {
    timer._idleTimeout = after;
    timer._onTimeout = callback;
    if (timer._timerArgs === undefined) timer._timerArgs = [arg];
    else timer._timerArgs[0] = arg;
    unrefActive(timer);
    return timer;
  }
  timer = new Timeout(callback, after, [arg], false, false);
  insert(timer, timer._idleTimeout);
  return timer;
}

// Validates a duration given to setTimeout of sockets and the like.
function getTimerDuration(msecs, name) {
  validateNumber(msecs, name);
  if (msecs < 0 || !NumberIsFinite(msecs)) {
    throw new ERR_OUT_OF_RANGE(name, 'a non-negative finite number', msecs);
  }
  if (msecs <= TIMEOUT_MAX) return msecs;
  process.emitWarning(`${msecs} does not fit into a 32-bit signed integer.` +
    `\nTimer duration was truncated to ${TIMEOUT_MAX}.`, 'TimeoutOverflowWarning');
  return TIMEOUT_MAX;
}

// ---- immediates

let immediatesCount = 0;
let refedImmediatesCount = 0;
let immediateHead = null;
let immediateTail = null;
// What is left of the batch that was being run when an exception came.
let outstandingHead = null;
// One of this turn threw: the others run at once.
let hasThrown = false;
// Hooks wait to be told of what was destroyed.
let hasDestroyed = false;

class Immediate {
  constructor(callback, args, type = 'Immediate') {
    this._idleNext = null;
    this._idlePrev = null;
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    this[kRefed] = true;
    this[kAsyncId] = newAsyncId();
    this[kTriggerId] = getDefaultTriggerAsyncId();
    this[kFrame] = currentFrame();
    if (watch.init !== 0) emitInit(this[kAsyncId], type, this[kTriggerId], this);
    if (immediateTail === null) {
      immediateHead = this;
    } else {
      immediateTail._idleNext = this;
      this._idlePrev = immediateTail;
    }
    immediateTail = this;
    countImmediates(1, 1);
  }

  ref() {
    if (this[kRefed] === false) {
      this[kRefed] = true;
      countImmediates(0, 1);
    }
    return this;
  }

  unref() {
    if (this[kRefed] === true) {
      this[kRefed] = false;
      countImmediates(0, -1);
    }
    return this;
  }

  hasRef() {
    return !!this[kRefed];
  }

  [SymbolDispose]() {
    clearImmediate(this);
  }
}

/** An immediate that stands for a request of another kind; hooks see it as that. */
function setImmediateAs(type, callback, args) {
  return new Immediate(callback, args, type);
}

function countImmediates(change, refedChange) {
  immediatesCount += change;
  refedImmediatesCount += refedChange;
  page[IMMEDIATES] = refedImmediatesCount > 0 ? refedImmediatesCount :
    -(hasDestroyed ? immediatesCount + 1 : immediatesCount);
}

whenDestroyed(() => {
  hasDestroyed = true;
  countImmediates(0, 0);
});

function clearImmediate(immediate) {
  if (!immediate?._onImmediate || immediate._destroyed) return;
  immediate._destroyed = true;
  countImmediates(-1, immediate[kRefed] ? -1 : 0);
  immediate[kRefed] = null;
  if (watch.destroy !== 0) emitDestroy(immediate[kAsyncId]);
  const { _idleNext: next, _idlePrev: previous } = immediate;
  if (next) next._idlePrev = previous;
  else if (immediate === immediateTail) immediateTail = previous;
  if (previous) previous._idleNext = next;
  if (immediate === immediateHead) immediateHead = next;
  if (immediate === outstandingHead) outstandingHead = next;
  immediate._idleNext = null;
  immediate._idlePrev = null;
  cleanImmediate(immediate);
}

function cleanImmediate(immediate) {
  immediate[kFrame] = undefined;
  immediate._onImmediate = undefined;
  immediate._argv = undefined;
}

// Runs the immediates that were queued before the call; those they queue wait for the next turn.
// After an uncaught exception native calls again, and the rest of the batch runs.
function processImmediate() {
  setFrame(undefined);
  clearAsyncIdStack();
  if (hasDestroyed) {
    hasDestroyed = false;
    countImmediates(0, 0);
    tellDestroyed();
  }
  // What failed callbacks of this turn left in the queue of ticks comes first; but one that threw
  // here has the immediates behind it run at once, and ticks that throw on and on hold up none.
  if (hasThrown) hasThrown = false;
  else if (areTicksLeft()) runNextTicks();
  let immediate = outstandingHead;
  if (immediate === null) {
    immediate = immediateHead;
    immediateHead = immediateTail = null;
    if (immediate === null) return;
  } else {
    outstandingHead = null;
  }
  let isDone = false;
  try {
    for (;;) {
      runImmediate(immediate);
      if (immediate._idleNext === null) break;
      // Linked to the next one meanwhile, since a tick may clear that.
      runNextTicks();
      const next = immediate._idleNext;
      if (next === null) break;
      immediate._idleNext = null;
      next._idlePrev = null;
      immediate = next;
    }
    isDone = true;
  } finally {
    if (!isDone) {
      outstandingHead = immediate._idleNext;
      immediate._idleNext = null;
      if (outstandingHead !== null) outstandingHead._idlePrev = null;
      hasThrown = true;
    }
  }
}

function runImmediate(immediate) {
  immediate._destroyed = true;
  countImmediates(-1, immediate[kRefed] ? -1 : 0);
  immediate[kRefed] = null;
  const prior = exchangeFrame(immediate[kFrame]);
  const id = immediate[kAsyncId];
  const isWatched = watch.isOn;
  if (isWatched) emitBefore(id, immediate[kTriggerId], immediate);
  else enterBase(id, immediate[kTriggerId], immediate);
  try {
    const argv = immediate._argv;
    if (argv === undefined) immediate._onImmediate();
    else immediate._onImmediate(...argv);
  } finally {
    cleanImmediate(immediate);
    if (watch.destroy !== 0) emitDestroy(id);
  }
  if (isWatched) emitAfter(id);
  else leaveBase();
  setFrame(prior);
}

/** How many keep the program running, for process.getActiveResourcesInfo(). */
function activeCounts() {
  return { timers: refedTimersCount, immediates: refedImmediatesCount };
}

// Run time begins: called once by boot/turn.js.
function startTimers(sharedPage) {
  page = sharedPage;
}

// --- What programs call, and the library too: from here, not from the globals or node:timers,
// which fake timers (of Sinon, Jest and others) put their own in place of.

// Everything after the first two of a function's arguments.
function trailing(args) {
  const rest = [];
  for (let i = 2; i < args.length; i++) rest.push(args[i]);
  return rest;
}

function setTimeout(callback, after) {
  validateFunction(callback, 'callback');
  const args = arguments.length > 2 ? trailing(arguments) : undefined;
  const timer = new Timeout(callback, after, args, false, true);
  insert(timer, timer._idleTimeout);
  return timer;
}

function setInterval(callback, repeat) {
  validateFunction(callback, 'callback');
  const args = arguments.length > 2 ? trailing(arguments) : undefined;
  const timer = new Timeout(callback, repeat, args, true, true);
  insert(timer, timer._idleTimeout);
  return timer;
}

function clearTimeout(timer) {
  if (timer?._onTimeout) clearTimer(timer);
  else if (typeof timer === 'number' || typeof timer === 'string') clearTimerById(timer);
}

function clearInterval(timer) {
  clearTimeout(timer);
}

function setImmediate(callback) {
  validateFunction(callback, 'callback');
  let args;
  if (arguments.length > 1) {
    args = [];
    for (let i = 1; i < arguments.length; i++) args.push(arguments[i]);
  }
  return new Immediate(callback, args);
}

module.exports = {
  TIMEOUT_MAX,
  kTimeout,
  kRefed,
  kHasPrimitive,
  async_id_symbol: kAsyncId,
  trigger_async_id_symbol: kTriggerId,
  async_context_frame: kFrame,
  Timeout,
  Immediate,
  setImmediateAs,
  timerListMap,
  timerListQueue,
  insert,
  active,
  activeCounts,
  unrefActive,
  clearTimer,
  clearTimerById,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  clearImmediate,
  incRefCount,
  decRefCount,
  setUnrefTimeout,
  reuseOrCreateUnrefTimeout,
  getTimerDuration,
  processTimers,
  processImmediate,
  startTimers,
};
