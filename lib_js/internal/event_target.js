'use strict';

// EventTarget, and NodeEventTarget: the same with an EventEmitter's methods.
//
// Per type the target keeps a chain of listeners: the root { size, next, resists } and behind it
// Listener objects in order of addition. A dispatch walks the live chain; a listener removed while
// the walk is on its way to it is marked and passed over.

const {
  ArrayFrom,
  Error,
  FunctionPrototypeCall,
  ObjectAssign,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ReflectApply,
  SafeFinalizationRegistry,
  SafeMap,
  SafeSet,
  SafeWeakMap,
  SafeWeakRef,
  String,
  Symbol,
  SymbolFor,
  SymbolToStringTag,
  TypeError,
} = primordials;

const {
  codes: {
    ERR_EVENT_RECURSION,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_THIS,
    ERR_MISSING_ARGS,
  },
} = require('internal/errors');
const {
  kValidateObjectAllowObjects,
  validateAbortSignal,
  validateObject,
  validateString,
} = require('internal/validators');
const { kEmptyObject, kEnumerableProperty } = require('internal/util');
const EventEmitter = require('events');
const { kMaxEventTargetListeners, kMaxEventTargetListenersWarned } = EventEmitter;
const {
  Event,
  CustomEvent,
  deeper,
  tag,
  kTrustEvent,
  kTarget,
  kFlags,
  IMMEDIATELY_STOPPED,
  DISPATCHING,
  IN_PASSIVE_LISTENER,
} = require('internal/events/event');

// Shared by name, so that targets of other contexts and of other packages are recognised.
const kIsEventTarget = SymbolFor('nodejs.event_target');
const kHybridDispatch = SymbolFor('nodejs.internal.kHybridDispatch');
const kInspect = SymbolFor('nodejs.util.inspect.custom');
const kIsNodeEventTarget = Symbol('kIsNodeEventTarget');
const kEvents = Symbol('kEvents');
const kHandlers = Symbol('kHandlers'); // What on<name> properties were given.
const kCreateEvent = Symbol('kCreateEvent');
const kNewListener = Symbol('kNewListener');
const kRemoveListener = Symbol('kRemoveListener');
const kRemoveCollected = Symbol('kRemoveCollected');
// Options of addEventListener for our own use.
const kWeakHandler = Symbol('kWeak'); // The listener lives only as long as the object given.
const kResistStopPropagation = Symbol('kResistStopPropagation');
const kIsNodeStyleListener = Symbol('kIsNodeStyleListener'); // Wants the value, not an event.

const ONCE = 1 << 0;
const CAPTURE = 1 << 1;
const PASSIVE = 1 << 2;
const NODE_STYLE = 1 << 3;
const WEAK = 1 << 4;
const RESISTS = 1 << 5;
const REMOVED = 1 << 6;

class Listener {
  constructor(previous, listener, flags) {
    this.next = undefined;
    this.previous = previous;
    this.listener = listener; // A WeakRef of it when WEAK.
    this.flags = flags;
    previous.next = this;
  }

  target() {
    return this.flags & WEAK ? this.listener.deref() : this.listener;
  }

  same(listener, capture) {
    return this.target() === listener && (this.flags & CAPTURE) === capture;
  }

  unlink() {
    this.previous.next = this.next;
    if (this.next !== undefined) this.next.previous = this.previous;
    this.flags |= REMOVED;
    if (this.flags & WEAK) collected.unregister(this);
  }
}

// ---- listeners that live as long as another object

let collected; // FinalizationRegistry: forgets listeners that are gone.
let keptAlive; // WeakMap: owner -> the listeners it keeps alive.

function weaken(entry, target, type, owner) {
  const { listener } = entry;
  collected ??= new SafeFinalizationRegistry(({ entry, targetRef, type }) => {
    targetRef.deref()?.[kRemoveCollected](type, entry);
  });
  keptAlive ??= new SafeWeakMap();
  let kept = keptAlive.get(owner);
  if (kept === undefined) keptAlive.set(owner, kept = new SafeSet());
  kept.add(listener);
  collected.register(listener, { entry, targetRef: new SafeWeakRef(target), type }, entry);
  entry.listener = new SafeWeakRef(listener);
}

// ---- EventTarget

function initEventTarget(self) {
  self[kEvents] = undefined;
  self[kMaxEventTargetListeners] = EventEmitter.defaultMaxListeners;
  self[kMaxEventTargetListenersWarned] = false;
  self[kHandlers] = undefined;
}

function isEventTarget(value) {
  return value?.constructor?.[kIsEventTarget];
}

function isNodeEventTarget(value) {
  return value?.constructor?.[kIsNodeEventTarget];
}

function checkThis(self) {
  if (!isEventTarget(self)) throw new ERR_INVALID_THIS('EventTarget');
}

function checkNodeThis(self) {
  if (!isNodeEventTarget(self)) throw new ERR_INVALID_THIS('NodeEventTarget');
}

function toTypeString(type) {
  if (typeof type !== 'symbol') return `${type}`;
  const error = new TypeError('Value is a Symbol and cannot be converted to a string.');
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}

// Returns whether the listener can do anything at all.
function isCallable(listener) {
  if (typeof listener === 'function' || typeof listener === 'object') return listener !== null;
  if (listener === undefined) return false;
  if (typeof listener.handleEvent === 'function') return true;
  throw new ERR_INVALID_ARG_TYPE('listener', 'EventListener', listener);
}

function warn(target, type, name, message, more) {
  process.emitWarning(ObjectAssign(new Error(message), { name, target, type }, more));
}

class EventTarget {
  static [kIsEventTarget] = true;

  constructor() {
    initEventTarget(this);
  }

  addEventListener(type, listener, options = kEmptyObject) {
    checkThis(this);
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('type', 'listener');

    let flags = 0;
    let weak;
    if (typeof options === 'boolean') {
      if (options) flags = CAPTURE;
    } else if (options !== kEmptyObject && options !== null) {
      validateObject(options, 'options', kValidateObjectAllowObjects);
      if (options.once) flags |= ONCE;
      if (options.capture) flags |= CAPTURE;
      if (options.passive) flags |= PASSIVE;
      const { signal } = options;
      weak = options[kWeakHandler];
      if (weak) flags |= WEAK;
      if (options[kResistStopPropagation]) flags |= RESISTS;
      if (options[kIsNodeStyleListener]) flags |= NODE_STYLE;
      validateAbortSignal(signal, 'options.signal');
      if (signal) {
        if (signal.aborted) return;
        const capture = (flags & CAPTURE) !== 0;
        signal.addEventListener('abort', () => {
          this.removeEventListener(type, listener, { capture });
        }, { __proto__: null, once: true, [kWeakHandler]: this, [kResistStopPropagation]: true });
      }
    }

    if (!isCallable(listener)) {
      warn(this, type, 'AddEventListenerArgumentTypeWarning',
           `addEventListener called with ${listener} which has no effect.`);
      return;
    }
    addListener(this, toTypeString(type), listener, flags, weak);
  }

  removeEventListener(type, listener, options = kEmptyObject) {
    checkThis(this);
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('type', 'listener');
    if (!isCallable(listener)) return;
    type = toTypeString(type);
    const capture = typeof options === 'boolean' ? options : options?.capture === true;
    let entry = this[kEvents]?.get(type)?.next;
    while (entry !== undefined && !entry.same(listener, capture ? CAPTURE : 0)) entry = entry.next;
    if (entry !== undefined) removeListener(this, type, entry, listener);
  }

  // The garbage collector took the listener.
  [kRemoveCollected](type, entry) {
    if (entry.flags & REMOVED || this[kEvents]?.get(type) === undefined) return;
    removeListener(this, type, entry, undefined);
  }

  dispatchEvent(event) {
    checkThis(this);
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('event');
    if (!(event instanceof Event)) throw new ERR_INVALID_ARG_TYPE('event', 'Event', event);
    if (event[kFlags] & DISPATCHING) throw new ERR_EVENT_RECURSION(event.type);
    this[kHybridDispatch](event, event.type, event);
    return event.defaultPrevented !== true;
  }

  // Calls web listeners with the event, Node's with the value. Without an event (emit) one is made
  // for the first listener that wants it.
  [kHybridDispatch](value, type, event) {
    const root = this[kEvents]?.get(type);
    if (event !== undefined) {
      event[kTarget] = this;
      event[kFlags] |= DISPATCHING;
    }
    let entry = root?.next;
    while (entry !== undefined) {
      const { next, flags } = entry;
      const stopped = event !== undefined && (event[kFlags] & IMMEDIATELY_STOPPED) !== 0;
      if (stopped && !root.resists) break;
      if (!(flags & REMOVED) && (!stopped || flags & RESISTS)) {
        const callee = entry.target();
        if (flags & ONCE) forgetOnce(this, root, type, entry);
        if (event === undefined && !(flags & NODE_STYLE)) {
          event = this[kCreateEvent](value, type);
          event[kTarget] = this;
          event[kFlags] |= DISPATCHING;
        }
        if (callee !== undefined) {
          callListener(this, callee, flags & NODE_STYLE ? value : event, flags);
        }
      }
      entry = next;
    }
    if (event !== undefined) event[kFlags] &= ~DISPATCHING;
  }

  // For subclasses that want to know: (size, type, listener, once, capture, passive, weak)
  [kNewListener](size, type) {
    const max = this[kMaxEventTargetListeners];
    if (!(max > 0 && size > max) || this[kMaxEventTargetListenersWarned]) return;
    this[kMaxEventTargetListenersWarned] = true;
    const { inspect } = require('internal/util/inspect');
    warn(this, type, 'MaxListenersExceededWarning',
         `Possible EventTarget memory leak detected. ${size} ${type} listeners added to ` +
         `${inspect(this, { depth: -1 })}. MaxListeners is ${max}. Use ` +
         'events.setMaxListeners() to increase limit', { count: size });
  }

  // (size, type, listener, capture)
  [kRemoveListener]() {}

  [kCreateEvent](value, type) {
    return new CustomEvent(type, { detail: value });
  }

  [kInspect](depth, options) {
    const { name } = this.constructor;
    if (depth < 0) return name;
    const { inspect } = require('internal/util/inspect');
    return `${name} ${inspect({}, deeper(options))}`;
  }
}

function addListener(target, type, listener, flags, weak) {
  const events = target[kEvents] ??= new SafeMap();
  let root = events.get(type);
  const isNew = root === undefined;
  if (isNew) root = { size: 0, next: undefined, resists: false };
  let last = root;
  while (last.next !== undefined) {
    last = last.next;
    if (last.same(listener, flags & CAPTURE)) return;
  }
  const entry = new Listener(last, listener, flags);
  if (flags & WEAK) weaken(entry, target, type, weak);
  root.size++;
  if (flags & RESISTS) root.resists = true;
  target[kNewListener](root.size, type, listener, (flags & ONCE) !== 0, (flags & CAPTURE) !== 0,
                     (flags & PASSIVE) !== 0, weak);
  if (isNew) events.set(type, root);
}

function removeListener(target, type, entry, listener) {
  const root = target[kEvents].get(type);
  entry.unlink();
  if (--root.size === 0) target[kEvents].delete(type);
  target[kRemoveListener](root.size, type, listener, (entry.flags & CAPTURE) !== 0);
}

function forgetOnce(target, root, type, entry) {
  const { listener } = entry;
  entry.unlink();
  root.size--;
  if (root.size === 0 && target[kEvents].get(type) === root) target[kEvents].delete(type);
  target[kRemoveListener](root.size, type, listener, (entry.flags & CAPTURE) !== 0);
}

// What a listener throws is an uncaught exception, and stops nobody else.
function callListener(target, callee, argument, flags) {
  const passive = (flags & (PASSIVE | NODE_STYLE)) === PASSIVE;
  if (passive) argument[kFlags] |= IN_PASSIVE_LISTENER;
  try {
    let result;
    if (typeof callee === 'function') result = FunctionPrototypeCall(callee, target, argument);
    else if (callee.handleEvent) result = callee.handleEvent(argument);
    if (result !== undefined && result !== null && typeof result.then === 'function') {
      FunctionPrototypeCall(result.then, result, undefined, throwLater);
    }
  } catch (error) {
    throwLater(error);
  } finally {
    if (passive) argument[kFlags] &= ~IN_PASSIVE_LISTENER;
  }
}

function throwLater(error) {
  process.nextTick(() => { throw error; });
}

ObjectDefineProperties(EventTarget.prototype, {
  addEventListener: kEnumerableProperty,
  removeEventListener: kEnumerableProperty,
  dispatchEvent: kEnumerableProperty,
  [SymbolToStringTag]: tag('EventTarget'),
});

// ---- NodeEventTarget

class NodeEventTarget extends EventTarget {
  static [kIsNodeEventTarget] = true;
  static defaultMaxListeners = 10;

  setMaxListeners(n) {
    checkNodeThis(this);
    EventEmitter.setMaxListeners(n, this);
  }

  getMaxListeners() {
    checkNodeThis(this);
    return this[kMaxEventTargetListeners];
  }

  eventNames() {
    checkNodeThis(this);
    return this[kEvents] === undefined ? [] : ArrayFrom(this[kEvents].keys());
  }

  listenerCount(type) {
    checkNodeThis(this);
    return this[kEvents]?.get(String(type))?.size ?? 0;
  }

  off(type, listener, options) {
    checkNodeThis(this);
    this.removeEventListener(type, listener, options);
    return this;
  }

  removeListener(type, listener, options) {
    checkNodeThis(this);
    this.removeEventListener(type, listener, options);
    return this;
  }

  on(type, listener) {
    checkNodeThis(this);
    this.addEventListener(type, listener, { [kIsNodeStyleListener]: true });
    return this;
  }

  addListener(type, listener) {
    checkNodeThis(this);
    this.addEventListener(type, listener, { [kIsNodeStyleListener]: true });
    return this;
  }

  emit(type, arg) {
    checkNodeThis(this);
    validateString(type, 'type');
    const hadListeners = this.listenerCount(type) > 0;
    this[kHybridDispatch](arg, type);
    return hadListeners;
  }

  once(type, listener) {
    checkNodeThis(this);
    this.addEventListener(type, listener, { once: true, [kIsNodeStyleListener]: true });
    return this;
  }

  removeAllListeners(type) {
    checkNodeThis(this);
    if (type === undefined) this[kEvents]?.clear();
    else this[kEvents]?.delete(String(type));
    return this;
  }
}

ObjectDefineProperties(NodeEventTarget.prototype, {
  setMaxListeners: kEnumerableProperty,
  getMaxListeners: kEnumerableProperty,
  eventNames: kEnumerableProperty,
  listenerCount: kEnumerableProperty,
  off: kEnumerableProperty,
  removeListener: kEnumerableProperty,
  on: kEnumerableProperty,
  addListener: kEnumerableProperty,
  once: kEnumerableProperty,
  emit: kEnumerableProperty,
  removeAllListeners: kEnumerableProperty,
});

// ---- on<name> properties

// The listener behind an on<name> property. It stays in its place when the property is changed.
function handlerListener(handler) {
  function listener(...args) {
    if (typeof listener.handler !== 'function') return;
    return ReflectApply(listener.handler, this, args);
  }
  listener.handler = handler;
  return listener;
}

function handlersOf(self) {
  if (self === null || typeof self !== 'object' || !(kHandlers in self)) {
    throw new ERR_INVALID_THIS('EventTarget');
  }
  return self[kHandlers];
}

function defineEventHandler(emitter, name, event = name) {
  const property = `on${name}`;

  function get() {
    return handlersOf(this)?.get(event)?.handler ?? null;
  }

  function set(value) {
    const handlers = handlersOf(this) ?? (this[kHandlers] = new SafeMap());
    const listener = handlers.get(event);
    if (listener === undefined) {
      const added = handlerListener(value);
      this.addEventListener(event, added);
      handlers.set(event, added);
      return;
    }
    // The listener stays; the hooks hear that its handler went, and that another came.
    if (typeof listener.handler === 'function') {
      const root = this[kEvents]?.get(event);
      if (root !== undefined) {
        root.size--;
        this[kRemoveListener](root.size, event, listener.handler, false);
      }
    }
    listener.handler = value;
    if (typeof value === 'function') {
      const root = this[kEvents]?.get(event);
      if (root !== undefined) {
        root.size++;
        this[kNewListener](root.size, event, value, false, false, false, false);
      } else {
        this.addEventListener(event, listener);
      }
    }
  }

  ObjectDefineProperty(get, 'name', { __proto__: null, value: `get ${property}` });
  ObjectDefineProperty(set, 'name', { __proto__: null, value: `set ${property}` });
  ObjectDefineProperty(emitter, property, {
    __proto__: null,
    get,
    set,
    configurable: true,
    enumerable: true,
  });
}

module.exports = {
  Event,
  CustomEvent,
  EventTarget,
  NodeEventTarget,
  defineEventHandler,
  initEventTarget,
  initNodeEventTarget: initEventTarget,
  kCreateEvent,
  kNewListener,
  kTrustEvent,
  kRemoveListener,
  kEvents,
  kWeakHandler,
  kResistStopPropagation,
  isEventTarget,
};
