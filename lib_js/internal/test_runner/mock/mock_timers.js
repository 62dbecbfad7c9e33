'use strict';
// MockTimers: timers and dates that go by a clock of the program's.

const {
  ArrayPrototypeIncludes,
  DatePrototypeGetTime,
  DatePrototypeToString,
  FunctionPrototypeToString,
  NumberIsNaN,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyDescriptors,
  PromiseWithResolvers,
  ReflectApply,
  ReflectConstruct,
  SymbolDispose,
  globalThis,
} = primordials;

const { AbortController, AbortSignal } = require('internal/abort_controller');
const {
  AbortError,
  codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE },
} = require('internal/errors');
const { addAbortListener } = require('internal/events/abort_listener');
const PriorityQueue = require('internal/priority_queue');
const { TIMEOUT_MAX } = require('internal/timers');
const {
  validateAbortSignal,
  validateNumber,
  validateStringArray,
  validateUint32,
} = require('internal/validators');
const EventEmitter = require('events');
const timers = require('timers');
const timersPromises = require('timers/promises');

const kApis = [
  'setTimeout', 'setInterval', 'setImmediate', 'Date', 'scheduler.wait', 'AbortSignal.timeout',
];

/** Before everything that has a duration. */
const kImmediately = -1;

class Timeout {
  #clear;

  constructor(id, callback, runAt, interval, args, clear) {
    this.id = id;
    this.callback = callback;
    this.runAt = runAt;
    this.interval = interval;
    this.args = args;
    this.#clear = clear;
  }

  hasRef() {
    return true;
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }

  refresh() {
    return this;
  }

  close() {
    this.#clear(this);
    return this;
  }

  [SymbolDispose]() {
    this.#clear(this);
  }
}

function abortError(signal) {
  return new AbortError(undefined, { __proto__: null, cause: signal.reason });
}

/** Calls `onAbort` with an error when the signal in `options` aborts; throws if it has already. */
function listenToAbort(options, onAbort) {
  const signal = options?.signal;
  if (!signal) return undefined;
  validateAbortSignal(signal, 'options.signal');
  if (signal.aborted) throw abortError(signal);
  return addAbortListener(signal, () => onAbort(abortError(signal)));
}

function millisecondsOf(date) {
  try {
    return DatePrototypeGetTime(date);
  } catch {
    return undefined; // No date.
  }
}

function checkTime(time) {
  if (time < 0) throw new ERR_INVALID_ARG_VALUE('time', 'positive integer', time);
}

/** Dates without arguments are `now()`; all else is the real constructor's. */
function makeMockDate(RealDate, now) {
  if (RealDate.isMock) throw new ERR_INVALID_STATE('Date is already being mocked!');
  // The parameters give it the length of the real one.
  function MockDate(year, month, date, hours, minutes, seconds, ms) {
    if (!new.target) return DatePrototypeToString(new RealDate(now()));
    return ReflectConstruct(RealDate, arguments.length === 0 ? [now()] : arguments);
  }
  const { prototype, ...statics } = ObjectGetOwnPropertyDescriptors(RealDate);
  ObjectDefineProperties(MockDate, statics);
  MockDate.now = function() {
    return now();
  };
  ObjectDefineProperty(MockDate.now, 'name', { __proto__: null, value: 'now' });
  MockDate.toString = function toString() {
    return FunctionPrototypeToString(RealDate);
  };
  ObjectDefineProperty(MockDate, 'isMock', {
    __proto__: null, value: true, enumerable: true, configurable: false, writable: false,
  });
  MockDate.prototype = prototype.value;
  return MockDate;
}

class MockTimers {
  #isEnabled = false;
  #now = 0;
  #lastId = 0;
  #queue = new PriorityQueue(
    (a, b) => a.runAt - b.runAt || a.id - b.id,
    (timer, position) => { timer.priorityQueuePosition = position; });
  /** What enable() has replaced, the latest last: { object, name, descriptor }. */
  #replaced = [];

  #clear = (timer) => {
    if (timer?.priorityQueuePosition === undefined) return;
    this.#queue.removeAt(timer.priorityQueuePosition);
    timer.priorityQueuePosition = undefined;
    timer.interval = undefined;
  };

  #add(isInterval, callback, delay, args) {
    if (delay > TIMEOUT_MAX) delay = 1;
    const timer = new Timeout(++this.#lastId, callback, this.#now + delay,
                              isInterval ? delay : undefined, args, this.#clear);
    this.#queue.insert(timer);
    return timer;
  }

  #setTimeout = (callback, delay, ...args) => this.#add(false, callback, delay, args);

  #setInterval = (callback, delay, ...args) => this.#add(true, callback, delay, args);

  #setImmediate = (callback, ...args) => this.#add(false, callback, kImmediately, args);

  #wait = async (delay, result, options) => {
    const { promise, resolve, reject } = PromiseWithResolvers();
    const listener = listenToAbort(options, reject);
    const timer = this.#add(false, resolve, delay, []);
    try {
      await promise;
      return result;
    } finally {
      listener?.[SymbolDispose]();
      this.#clear(timer);
    }
  };

  async* #repeat(interval, result, options) {
    const emitter = new EventEmitter();
    const listener = listenToAbort(options, (error) => emitter.emit('error', error));
    const ticks = EventEmitter.on(emitter, 'data');
    const timer = this.#add(true, () => emitter.emit('data'), interval, []);
    try {
      // eslint-disable-next-line no-unused-vars
      for await (const tick of ticks) yield result;
    } finally {
      listener?.[SymbolDispose]();
      this.#clear(timer);
    }
  }

  // ---- enabling

  #replace(object, name, value) {
    const descriptor = ObjectGetOwnPropertyDescriptor(object, name);
    this.#replaced.push({ __proto__: null, object, name, descriptor });
    ObjectDefineProperty(object, name, {
      __proto__: null, value, writable: true, enumerable: descriptor.enumerable, configurable: true,
    });
  }

  /** Globals, `timers` and `timers/promises`. */
  #replaceTimer(kind, set, promisified) {
    for (const object of [globalThis, timers]) {
      this.#replace(object, `set${kind}`, set);
      this.#replace(object, `clear${kind}`, this.#clear);
    }
    this.#replace(timersPromises, `set${kind}`, promisified);
  }

  #enableApi(api) {
    switch (api) {
      case 'setTimeout':
        return this.#replaceTimer('Timeout', this.#setTimeout, this.#wait);
      case 'setInterval':
        return this.#replaceTimer('Interval', this.#setInterval,
                                  (...args) => ReflectApply(this.#repeat, this, args));
      case 'setImmediate':
        return this.#replaceTimer('Immediate', this.#setImmediate,
                                  (result, options) => this.#wait(kImmediately, result, options));
      case 'Date':
        return this.#replace(globalThis, 'Date', makeMockDate(globalThis.Date, () => this.#now));
      case 'scheduler.wait':
        return this.#replaceSchedulerWait();
      default:
        return this.#replace(AbortSignal, 'timeout', this.#makeAbortTimeout());
    }
  }

  #replaceSchedulerWait() {
    const { scheduler } = timersPromises;
    const wait = (delay, options) => this.#wait(delay, undefined, options);
    if (ObjectGetOwnPropertyDescriptor(scheduler, 'wait') !== undefined) {
      this.#replace(scheduler, 'wait', wait);
      return;
    }
    // It stands on the prototype: an own property hides it, until it is deleted.
    this.#replaced.push({
      __proto__: null, object: scheduler, name: 'wait', descriptor: undefined,
    });
    scheduler.wait = wait;
  }

  #makeAbortTimeout() {
    const setTimer = this.#setTimeout;
    return function timeout(delay) {
      validateUint32(delay, 'delay', false);
      const controller = new AbortController();
      setTimer(() => controller.abort(), delay);
      return controller.signal;
    };
  }

  #restore() {
    let last;
    while ((last = this.#replaced.pop()) !== undefined) {
      const { object, name, descriptor } = last;
      if (descriptor === undefined) delete object[name];
      else ObjectDefineProperty(object, name, { __proto__: null, ...descriptor });
    }
  }

  enable(options = { __proto__: null, apis: kApis, now: 0 }) {
    if (this.#isEnabled) throw new ERR_INVALID_STATE('MockTimers is already enabled!');
    let { apis, now } = { __proto__: null, ...options };
    if (NumberIsNaN(now)) {
      throw new ERR_INVALID_ARG_VALUE(
        'now', now, `epoch must be a positive integer received ${now}`);
    }
    now ||= 0;
    apis ||= kApis;
    validateStringArray(apis, 'options.apis');
    for (let i = 0; i < apis.length; i++) {
      if (ArrayPrototypeIncludes(kApis, apis[i])) continue;
      throw new ERR_INVALID_ARG_VALUE(
        'options.apis', apis[i], `option ${apis[i]} is not supported`);
    }
    const milliseconds = millisecondsOf(now);
    if (milliseconds === undefined) {
      validateNumber(now, 'initialTime');
      checkTime(now);
    }
    this.#now = milliseconds ?? now;
    for (let i = 0; i < apis.length; i++) this.#enableApi(apis[i]);
    this.#isEnabled = true;
  }

  reset() {
    if (!this.#isEnabled) return;
    this.#restore();
    this.#isEnabled = false;
    this.#now = 0;
    while (this.#queue.shift() !== undefined);
  }

  [SymbolDispose]() {
    this.reset();
  }

  // ---- time

  #checkEnabled() {
    if (this.#isEnabled) return;
    throw new ERR_INVALID_STATE(
      'You should enable MockTimers first by calling the .enable function');
  }

  tick(time = 1) {
    this.#checkEnabled();
    checkTime(time);
    this.#now += time;
    let timer;
    while ((timer = this.#queue.peek()) !== undefined && timer.runAt <= this.#now) {
      ReflectApply(timer.callback, undefined, timer.args);
      // Unless the callback has cleared its own timer.
      if (this.#queue.peek()?.id === timer.id) {
        this.#queue.shift();
        timer.priorityQueuePosition = undefined;
      }
      if (timer.interval !== undefined) {
        timer.runAt += timer.interval;
        this.#queue.insert(timer);
      }
    }
  }

  setTime(time = 0) {
    validateNumber(time, 'time');
    checkTime(time);
    this.#checkEnabled();
    this.#now = time;
  }

  runAll() {
    this.#checkEnabled();
    const last = this.#queue.peekBottom();
    if (last) this.tick(last.runAt - this.#now);
  }
}

module.exports = { MockTimers };
