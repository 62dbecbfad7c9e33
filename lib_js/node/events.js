'use strict';

// node:events. emit() is the hottest function of the library: one listener and up to three
// arguments must cost little more than the call itself.
//
// `_events` maps a name to a function, or to an array of functions once there are two. It may be
// missing: subclasses on hot paths never run the constructor, and get it with their first listener.
// An array is changed in place, except while any array is being emitted: then it is copied first,
// so that an emit always calls exactly the listeners there were when it began.

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  Boolean,
  Error,
  ErrorCaptureStackTrace,
  ObjectAssign,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectGetPrototypeOf,
  ReflectApply,
  ReflectOwnKeys,
  String,
  StringPrototypeSplit,
  Symbol,
  SymbolFor,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_UNHANDLED_ERROR },
  kEnhanceStackBeforeInspector,
} = require('internal/errors');
const {
  validateBoolean,
  validateFunction,
  validateNumber,
  validateString,
} = require('internal/validators');
const { addAbortListener } = require('internal/events/abort_listener');
const { kCapture } = require('internal/events/symbols');

const kErrorMonitor = Symbol('events.errorMonitor');
const kShapeMode = Symbol('shapeMode');
const kRejection = SymbolFor('nodejs.rejection');
const kMaxEventTargetListeners = Symbol('events.maxEventTargetListeners');
const kMaxEventTargetListenersWarned = Symbol('events.maxEventTargetListenersWarned');

let defaultMaxListeners = 10;
let emitsCount = 0; // Emits of arrays in progress.

function EventEmitter(opts) {
  EventEmitter.init.call(this, opts);
}

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;
ObjectDefineProperty(EventEmitter.prototype, kCapture, {
  __proto__: null,
  value: false,
  writable: true,
  enumerable: false,
});

EventEmitter.init = function(opts) {
  if (this._events === undefined || this._events === ObjectGetPrototypeOf(this)._events) {
    this._events = { __proto__: null };
    this._eventsCount = 0;
    this[kShapeMode] = false;
  } else {
    // A subclass brought an object of fixed shape: keys are blanked, never deleted.
    this[kShapeMode] = true;
  }
  this._maxListeners ||= undefined;
  if (opts?.captureRejections) {
    validateBoolean(opts.captureRejections, 'options.captureRejections');
    this[kCapture] = Boolean(opts.captureRejections);
  } else {
    this[kCapture] = EventEmitter.prototype[kCapture];
  }
};

// ---- emit

// `arguments` is only counted and indexed here: passed on, it would be allocated for every call.
EventEmitter.prototype.emit = function emit(type, a, b, c) {
  const count = arguments.length - 1;
  const events = this._events;
  let rest;
  if (count > 3 || type === 'error') {
    rest = [];
    for (let i = 1; i <= count; i++) rest.push(arguments[i]);
    if (type === 'error') announceError(this, events, rest);
  }
  if (events === undefined) return false;
  const handler = events[type];
  if (handler === undefined) return false;
  if (typeof handler !== 'function') {
    emitToAll(this, handler, type, count, a, b, c, rest);
    return true;
  }
  let result;
  switch (count) {
    case 0: result = handler.call(this); break;
    case 1: result = handler.call(this, a); break;
    case 2: result = handler.call(this, a, b); break;
    case 3: result = handler.call(this, a, b, c); break;
    default: result = ReflectApply(handler, this, rest);
  }
  // Anything returned may be a promise whose rejection is to be captured.
  if (result !== undefined && result !== null && this[kCapture]) {
    captureRejection(this, result, type, collect(count, a, b, c, rest));
  }
  return true;
};
ObjectDefineProperty(EventEmitter.prototype.emit, 'length', {
  __proto__: null,
  value: 1,
  configurable: true,
});

function collect(count, a, b, c, rest) {
  return rest ?? ArrayPrototypeSlice([a, b, c], 0, count);
}

function emitToAll(emitter, handlers, type, count, a, b, c, rest) {
  const { length } = handlers;
  emitsCount++;
  try {
    for (let i = 0; i < length; i++) {
      const handler = handlers[i];
      let result;
      switch (count) {
        case 0: result = handler.call(emitter); break;
        case 1: result = handler.call(emitter, a); break;
        case 2: result = handler.call(emitter, a, b); break;
        case 3: result = handler.call(emitter, a, b, c); break;
        default: result = ReflectApply(handler, emitter, rest);
      }
      if (result !== undefined && result !== null && emitter[kCapture]) {
        captureRejection(emitter, result, type, collect(count, a, b, c, rest));
      }
    }
  } finally {
    emitsCount--;
  }
}

// Tells the monitors of 'error', and throws when nobody else listens.
function announceError(emitter, events, args) {
  if (events !== undefined && events[kErrorMonitor] !== undefined) {
    emitter.emit(kErrorMonitor, ...args);
  }
  if (events === undefined || events.error === undefined) {
    const er = unhandledError(emitter, args[0]);
    throw er; // Unhandled 'error' event
  }
}

function unhandledError(emitter, error) {
  if (error instanceof Error) {
    try {
      const here = {};
      ErrorCaptureStackTrace(here, EventEmitter.prototype.emit);
      // Read only when the error ends the process: it also tells where it was emitted.
      ObjectDefineProperty(error, kEnhanceStackBeforeInspector, {
        __proto__: null,
        value: () => stackWithEmit(emitter, error.stack, here.stack),
        configurable: true,
      });
    } catch {
      // A frozen error stays as it is.
    }
    return error;
  }
  let text;
  try {
    text = require('internal/util/inspect').inspect(error);
  } catch {
    text = error;
  }
  const wrapper = new ERR_UNHANDLED_ERROR(text);
  wrapper.context = error;
  return wrapper;
}

function stackWithEmit(emitter, errorStack, emitStack) {
  let on = '';
  try {
    const { name } = emitter.constructor;
    if (name !== 'EventEmitter') on = ` on ${name} instance`;
  } catch {
    // A throwing getter: the name is left out.
  }
  const errorLines = ArrayPrototypeSlice(StringPrototypeSplit(errorStack, '\n'), 1);
  const lines = ArrayPrototypeSlice(StringPrototypeSplit(emitStack, '\n'), 1);
  const { start, count } = commonRun(lines, errorLines);
  if (count > 0) {
    ArrayPrototypeSplice(lines, start + 1, count - 2,
                         '    [... lines matching original stack trace ...]');
  }
  return `${errorStack}\nEmitted 'error' event${on} at:\n${ArrayPrototypeJoin(lines, '\n')}`;
}

// The first run of more than three lines that both stacks share.
function commonRun(lines, others) {
  for (let start = 0; start < lines.length - 3; start++) {
    const at = ArrayPrototypeIndexOf(others, lines[start]);
    if (at === -1) continue;
    let count = 1;
    while (start + count < lines.length && lines[start + count] === others[at + count]) count++;
    if (count > 3) return { start, count };
  }
  return { start: 0, count: 0 };
}

function captureRejection(emitter, promise, type, args) {
  try {
    const { then } = promise;
    if (typeof then !== 'function') return;
    then.call(promise, undefined, (error) => {
      // On the next tick, so that a throwing handler is an exception, not another rejection.
      process.nextTick(emitRejection, emitter, error, type, args);
    });
  } catch (error) {
    emitter.emit('error', error);
  }
}

function emitRejection(emitter, error, type, args) {
  if (typeof emitter[kRejection] === 'function') {
    emitter[kRejection](error, type, ...args);
    return;
  }
  // An 'error' listener that rejects must not come here again.
  const captures = emitter[kCapture];
  emitter[kCapture] = false;
  try {
    emitter.emit('error', error);
  } finally {
    emitter[kCapture] = captures;
  }
}

// ---- adding and removing

function addListener(emitter, type, listener, prepend) {
  validateFunction(listener, 'listener');
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = { __proto__: null };
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    // Before it is added, so that a listener of 'newListener' does not hear of itself.
    emitter.emit('newListener', type, listener.listener ?? listener);
    events = emitter._events;
  }

  const existing = events[type];
  if (existing === undefined) {
    events[type] = listener;
    ++emitter._eventsCount;
    return emitter;
  }
  let list;
  if (typeof existing === 'function') {
    list = events[type] = prepend ? [listener, existing] : [existing, listener];
  } else {
    list = writableList(events, type, existing);
    if (prepend) list.unshift(listener);
    else list.push(listener);
  }
  const max = maxListenersOf(emitter);
  if (max > 0 && list.length > max && !list.warned) warnOfLeak(emitter, type, list, max);
  return emitter;
}

function writableList(events, type, list) {
  if (emitsCount === 0) return list;
  const copy = list.slice();
  if (list.warned) copy.warned = true;
  events[type] = copy;
  return copy;
}

function warnOfLeak(emitter, type, list, max) {
  list.warned = true;
  const { inspect } = require('internal/util/inspect');
  process.emitWarning(ObjectAssign(new Error(
    `Possible EventEmitter memory leak detected. ${list.length} ${String(type)} listeners added ` +
    `to ${inspect(emitter, { depth: -1 })}. MaxListeners is ${max}. Use ` +
    'emitter.setMaxListeners() to increase limit'),
  { name: 'MaxListenersExceededWarning', emitter, type, count: list.length }));
}

EventEmitter.prototype.setMaxListeners = function setMaxListeners(n) {
  validateNumber(n, 'setMaxListeners', 0);
  this._maxListeners = n;
  return this;
};

function maxListenersOf(emitter) {
  const max = emitter._maxListeners;
  return max === undefined ? defaultMaxListeners : max;
}

EventEmitter.prototype.getMaxListeners = function getMaxListeners() {
  return maxListenersOf(this);
};

EventEmitter.prototype.addListener = function addListener_(type, listener) {
  return addListener(this, type, listener, false);
};
ObjectDefineProperty(EventEmitter.prototype.addListener, 'name', {
  __proto__: null,
  value: 'addListener',
  configurable: true,
});

EventEmitter.prototype.on = EventEmitter.prototype.addListener;

EventEmitter.prototype.prependListener = function prependListener(type, listener) {
  return addListener(this, type, listener, true);
};

function onceWrapper(emitter, type, listener) {
  let fired = false;
  function wrapper(...args) {
    if (fired) return;
    fired = true;
    emitter.removeListener(type, wrapper);
    return ReflectApply(listener, emitter, args);
  }
  wrapper.listener = listener;
  return wrapper;
}

EventEmitter.prototype.once = function once(type, listener) {
  validateFunction(listener, 'listener');
  this.on(type, onceWrapper(this, type, listener));
  return this;
};

EventEmitter.prototype.prependOnceListener = function prependOnceListener(type, listener) {
  validateFunction(listener, 'listener');
  this.prependListener(type, onceWrapper(this, type, listener));
  return this;
};

EventEmitter.prototype.removeListener = function removeListener(type, listener) {
  validateFunction(listener, 'listener');
  const events = this._events;
  const existing = events?.[type];
  if (existing === undefined) return this;

  let removed;
  if (existing === listener || existing.listener === listener) {
    removed = existing.listener ?? listener;
    forget(this, events, type);
  } else if (typeof existing === 'function') {
    return this;
  } else {
    let index = existing.length - 1;
    while (index >= 0 && existing[index] !== listener && existing[index].listener !== listener) {
      index--;
    }
    if (index < 0) return this;
    removed = listener;
    const list = writableList(events, type, existing);
    if (index === 0) list.shift();
    else if (index === list.length - 1) list.pop();
    else list.splice(index, 1);
    if (list.length === 1) events[type] = list[0];
  }
  if (events.removeListener !== undefined) this.emit('removeListener', type, removed);
  return this;
};

// The last listener of a name goes.
function forget(emitter, events, type) {
  emitter._eventsCount--;
  if (emitter[kShapeMode]) events[type] = undefined;
  else if (emitter._eventsCount === 0) emitter._events = { __proto__: null };
  else delete events[type];
}

EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

EventEmitter.prototype.removeAllListeners = function removeAllListeners(type) {
  const events = this._events;
  if (events === undefined) return this;

  if (events.removeListener === undefined) {
    // Nobody wants to hear of each.
    if (arguments.length === 0) {
      this._events = { __proto__: null };
      this._eventsCount = 0;
    } else if (events[type] !== undefined) {
      if (--this._eventsCount === 0) this._events = { __proto__: null };
      else delete events[type];
    }
    this[kShapeMode] = false;
    return this;
  }

  if (arguments.length === 0) {
    const names = ReflectOwnKeys(events);
    for (let i = 0; i < names.length; i++) {
      if (names[i] !== 'removeListener') this.removeAllListeners(names[i]);
    }
    this.removeAllListeners('removeListener');
    this._events = { __proto__: null };
    this._eventsCount = 0;
    this[kShapeMode] = false;
    return this;
  }

  const existing = events[type];
  if (typeof existing === 'function') {
    this.removeListener(type, existing);
  } else if (existing !== undefined) {
    const list = existing.slice();
    for (let i = list.length - 1; i >= 0; i--) this.removeListener(type, list[i]);
  }
  return this;
};

// ---- asking

EventEmitter.prototype.listeners = function listeners(type) {
  const list = this.rawListeners(type);
  for (let i = 0; i < list.length; i++) list[i] = list[i].listener ?? list[i];
  return list;
};

EventEmitter.prototype.rawListeners = function rawListeners(type) {
  const existing = this._events?.[type];
  if (existing === undefined) return [];
  return typeof existing === 'function' ? [existing] : existing.slice();
};

EventEmitter.prototype.listenerCount = function listenerCount(type, listener) {
  const existing = this._events?.[type];
  if (existing === undefined) return 0;
  if (typeof existing === 'function') {
    return listener == null || existing === listener || existing.listener === listener ? 1 : 0;
  }
  if (listener == null) return existing.length;
  let count = 0;
  for (let i = 0; i < existing.length; i++) {
    if (existing[i] === listener || existing[i].listener === listener) count++;
  }
  return count;
};

EventEmitter.prototype.eventNames = function eventNames() {
  if (!(this._eventsCount > 0)) return [];
  const events = this._events;
  const keys = ReflectOwnKeys(events);
  const names = [];
  for (let i = 0; i < keys.length; i++) {
    if (events[keys[i]] !== undefined) ArrayPrototypePush(names, keys[i]);
  }
  return names;
};

// ---- static functions; they serve emitters and event targets alike

function wrongEmitter(value, name = 'emitter') {
  return new ERR_INVALID_ARG_TYPE(name, ['EventEmitter', 'EventTarget'], value);
}

function getEventListeners(emitterOrTarget, type) {
  if (typeof emitterOrTarget.listeners === 'function') return emitterOrTarget.listeners(type);
  const { isEventTarget, kEvents } = require('internal/event_target');
  if (!isEventTarget(emitterOrTarget)) throw wrongEmitter(emitterOrTarget);
  const listeners = [];
  let entry = emitterOrTarget[kEvents]?.get(type)?.next;
  while (entry?.listener !== undefined) {
    const { listener } = entry;
    ArrayPrototypePush(listeners, listener.deref ? listener.deref() : listener);
    entry = entry.next;
  }
  return listeners;
}

function getMaxListeners(emitterOrTarget) {
  if (typeof emitterOrTarget?.getMaxListeners === 'function') {
    return maxListenersOf(emitterOrTarget);
  }
  const max = emitterOrTarget?.[kMaxEventTargetListeners];
  if (typeof max !== 'number') throw wrongEmitter(emitterOrTarget);
  return max;
}

function setMaxListeners(n = defaultMaxListeners, ...eventTargets) {
  validateNumber(n, 'setMaxListeners', 0);
  if (eventTargets.length === 0) {
    defaultMaxListeners = n;
    return;
  }
  const { isEventTarget } = require('internal/event_target');
  for (let i = 0; i < eventTargets.length; i++) {
    const target = eventTargets[i];
    if (isEventTarget(target)) {
      target[kMaxEventTargetListeners] = n;
      target[kMaxEventTargetListenersWarned] = false;
    } else if (typeof target.setMaxListeners === 'function') {
      target.setMaxListeners(n);
    } else {
      throw wrongEmitter(target, 'eventTargets');
    }
  }
}

function listenerCount(emitterOrTarget, type) {
  if (typeof emitterOrTarget.listenerCount === 'function') {
    return emitterOrTarget.listenerCount(type);
  }
  const { isEventTarget, kEvents } = require('internal/event_target');
  if (!isEventTarget(emitterOrTarget)) throw wrongEmitter(emitterOrTarget);
  return emitterOrTarget[kEvents]?.get(type)?.size ?? 0;
}

function once(emitter, name, options) {
  return require('internal/events/promises').once(emitter, name, options);
}

function on(emitter, event, options) {
  return require('internal/events/promises').on(emitter, event, options);
}

for (const helper of [once, on]) {
  ObjectDefineProperty(helper, 'length', { __proto__: null, value: 2, configurable: true });
}

let EventEmitterAsyncResource;

function makeEventEmitterAsyncResource() {
  const { AsyncResource } = require('async_hooks');

  class EventEmitterReferencingAsyncResource extends AsyncResource {
    #eventEmitter;

    constructor(eventEmitter, type, options) {
      super(type, options);
      this.#eventEmitter = eventEmitter;
    }

    get eventEmitter() {
      return this.#eventEmitter;
    }
  }

  return class EventEmitterAsyncResource extends EventEmitter {
    #asyncResource;

    constructor(options = undefined) {
      let name;
      if (typeof options === 'string') {
        name = options;
        options = undefined;
      } else {
        if (new.target === EventEmitterAsyncResource) {
          validateString(options?.name, 'options.name');
        }
        name = options?.name || new.target.name;
      }
      super(options);
      this.#asyncResource = new EventEmitterReferencingAsyncResource(this, name, options);
    }

    emit(event, ...args) {
      return this.#asyncResource.runInAsyncScope(super.emit, this, event, ...args);
    }

    emitDestroy() {
      this.#asyncResource.emitDestroy();
    }

    get asyncId() {
      return this.#asyncResource.asyncId();
    }

    get triggerAsyncId() {
      return this.#asyncResource.triggerAsyncId();
    }

    get asyncResource() {
      return this.#asyncResource;
    }
  };
}

module.exports = EventEmitter;
EventEmitter.addAbortListener = addAbortListener;
EventEmitter.once = once;
EventEmitter.on = on;
EventEmitter.getEventListeners = getEventListeners;
EventEmitter.getMaxListeners = getMaxListeners;
EventEmitter.listenerCount = listenerCount;
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.usingDomains = false;
EventEmitter.captureRejectionSymbol = kRejection;
ObjectDefineProperties(EventEmitter, {
  captureRejections: {
    __proto__: null,
    enumerable: true,
    get() {
      return EventEmitter.prototype[kCapture];
    },
    set(value) {
      validateBoolean(value, 'EventEmitter.captureRejections');
      EventEmitter.prototype[kCapture] = value;
    },
  },
  EventEmitterAsyncResource: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      return EventEmitterAsyncResource ??= makeEventEmitterAsyncResource();
    },
  },
});
EventEmitter.errorMonitor = kErrorMonitor;
ObjectDefineProperties(EventEmitter, {
  defaultMaxListeners: {
    __proto__: null,
    enumerable: true,
    get() {
      return defaultMaxListeners;
    },
    set(value) {
      validateNumber(value, 'defaultMaxListeners', 0);
      defaultMaxListeners = value;
    },
  },
  kMaxEventTargetListeners: { __proto__: null, value: kMaxEventTargetListeners },
  kMaxEventTargetListenersWarned: { __proto__: null, value: kMaxEventTargetListenersWarned },
});
EventEmitter.setMaxListeners = setMaxListeners;
