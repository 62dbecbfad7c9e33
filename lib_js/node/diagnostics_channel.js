'use strict';

// node:diagnostics_channel: named channels on which libraries tell what they do, at no cost while
// nobody listens.
//
// A channel lives as long as somebody holds it or has subscribed to it: the registry holds silent
// channels weakly. Those made while the start-up snapshot is built stay for good.

const {
  ArrayPrototypeAt,
  ArrayPrototypeFilter,
  ArrayPrototypeIndexOf,
  ArrayPrototypeSplice,
  ObjectDefineProperty,
  ObjectGetPrototypeOf,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  ReflectApply,
  SafeFinalizationRegistry,
  SafeMap,
  SafeWeakRef,
  SafeWeakSet,
  SymbolHasInstance,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateFunction } = require('internal/validators');
const { isStarted } = require('internal/process/task_queues');
const { triggerUncaughtException } = internalBinding('errors');

// Name -> a Channel, or a WeakRef of a silent one.
const channels = new SafeMap();
let collected;
const weaklyHeld = new SafeWeakSet(); // Those registered with it.

function findChannel(name) {
  const entry = channels.get(name);
  return entry instanceof SafeWeakRef ? entry.deref() : entry;
}

function holdWeakly(channel, name) {
  collected ??= new SafeFinalizationRegistry((name) => {
    if (findChannel(name) === undefined) channels.delete(name);
  });
  if (!channel._registered) {
    channel._registered = true;
    collected.register(channel, name);
  }
  channels.set(name, new SafeWeakRef(channel));
}

// A listener's error ends the program, but not the publisher's work.
function throwLater(error) {
  process.nextTick(() => triggerUncaughtException(error, false));
}

class Channel {
  constructor(name) {
    this._subscribers = undefined;
    this._stores = undefined; // AsyncLocalStorage -> transform or undefined.
    this.name = name;
    this._index = undefined; // Node's number of a native channel; there are none here.
    if (isStarted()) holdWeakly(this, name);
    else channels.set(name, this);
  }

  static [SymbolHasInstance](instance) {
    return ObjectGetPrototypeOf(instance) === Channel.prototype;
  }

  subscribe(subscription) {
    validateFunction(subscription, 'subscription');
    // A new array each time: a publish() that runs keeps its own.
    this._subscribers = this._subscribers === undefined ?
      [subscription] : [...this._subscribers, subscription];
    channels.set(this.name, this);
  }

  unsubscribe(subscription) {
    const subscribers = this._subscribers;
    if (subscribers === undefined) return false;
    const index = ArrayPrototypeIndexOf(subscribers, subscription);
    if (index === -1) return false;
    this._subscribers = subscribers.length === 1 ?
      undefined : ArrayPrototypeFilter(subscribers, (value, i) => i !== index);
    this.#restIfSilent();
    return true;
  }

  bindStore(store, transform) {
    (this._stores ??= new SafeMap()).set(store, transform);
    channels.set(this.name, this);
  }

  unbindStore(store) {
    if (this._stores === undefined || !this._stores.delete(store)) return false;
    if (this._stores.size === 0) this._stores = undefined;
    this.#restIfSilent();
    return true;
  }

  #restIfSilent() {
    if (!this.hasSubscribers && isStarted()) holdWeakly(this, this.name);
  }

  get hasSubscribers() {
    return this._subscribers !== undefined || this._stores !== undefined;
  }

  publish(data) {
    const subscribers = this._subscribers;
    if (subscribers === undefined) return;
    for (let i = 0; i < subscribers.length; i++) {
      try {
        const onMessage = subscribers[i];
        onMessage(data, this.name);
      } catch (error) {
        throwLater(error);
      }
    }
  }

  // Calls fn with every bound store entered.
  runStores(data, fn, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    let run = () => {
      this.publish(data);
      return ReflectApply(fn, thisArg, args);
    };
    if (this._stores !== undefined) {
      for (const { 0: store, 1: transform } of this._stores.entries()) {
        run = runInStore(store, transform, data, run);
      }
    }
    return run();
  }
}

function runInStore(store, transform, data, next) {
  return () => {
    let value = data;
    if (transform !== undefined) {
      try {
        value = transform(data);
      } catch (error) {
        throwLater(error);
        return next();
      }
    }
    return store.run(value, next);
  };
}

function channel(name) {
  const existing = findChannel(name);
  if (existing) return existing;
  if (typeof name !== 'string' && typeof name !== 'symbol') {
    throw new ERR_INVALID_ARG_TYPE('channel', ['string', 'symbol'], name);
  }
  return new Channel(name);
}

function subscribe(name, subscription) {
  return channel(name).subscribe(subscription);
}

function unsubscribe(name, subscription) {
  return channel(name).unsubscribe(subscription);
}

function hasSubscribers(name) {
  const existing = findChannel(name);
  return existing ? existing.hasSubscribers : false;
}

// ---- tracing channels

const TRACE_EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

function traceChannel(nameOrChannels, event) {
  if (typeof nameOrChannels === 'string') return channel(`tracing:${nameOrChannels}:${event}`);
  if (typeof nameOrChannels !== 'object' || nameOrChannels === null) {
    throw new ERR_INVALID_ARG_TYPE('nameOrChannels', ['string', 'object', 'TracingChannel'],
                                   nameOrChannels);
  }
  const given = nameOrChannels[event];
  if (!(given instanceof Channel)) {
    throw new ERR_INVALID_ARG_TYPE(`nameOrChannels.${event}`, ['Channel'], given);
  }
  return given;
}

class TracingChannel {
  constructor(nameOrChannels) {
    for (let i = 0; i < TRACE_EVENTS.length; i++) {
      const event = TRACE_EVENTS[i];
      ObjectDefineProperty(this, event, {
        __proto__: null,
        value: traceChannel(nameOrChannels, event),
      });
    }
  }

  get hasSubscribers() {
    return this.start?.hasSubscribers || this.end?.hasSubscribers ||
      this.asyncStart?.hasSubscribers || this.asyncEnd?.hasSubscribers ||
      this.error?.hasSubscribers;
  }

  subscribe(handlers) {
    for (let i = 0; i < TRACE_EVENTS.length; i++) {
      const event = TRACE_EVENTS[i];
      if (handlers[event]) this[event]?.subscribe(handlers[event]);
    }
  }

  unsubscribe(handlers) {
    let done = true;
    for (let i = 0; i < TRACE_EVENTS.length; i++) {
      const event = TRACE_EVENTS[i];
      if (handlers[event] && !this[event]?.unsubscribe(handlers[event])) done = false;
    }
    return done;
  }

  traceSync(fn, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    return this.#trace(context, () => {
      const result = ReflectApply(fn, thisArg, args);
      context.result = result;
      return result;
    });
  }

  tracePromise(fn, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    const { asyncStart, asyncEnd, error } = this;

    function onFulfilled(result) {
      context.result = result;
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return result;
    }

    function onRejected(reason) {
      context.error = reason;
      error.publish(context);
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return PromiseReject(reason);
    }

    return this.#trace(context, () => {
      let promise = ReflectApply(fn, thisArg, args);
      // Thenables too.
      if (!(promise instanceof Promise)) promise = PromiseResolve(promise);
      return PromisePrototypeThen(promise, onFulfilled, onRejected);
    });
  }

  traceCallback(fn, position = -1, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    const { asyncStart, asyncEnd, error } = this;
    const callback = ArrayPrototypeAt(args, position);
    validateFunction(callback, 'callback');

    function traced(err, result) {
      if (err) {
        context.error = err;
        error.publish(context);
      } else {
        context.result = result;
      }
      // Entered, not only published: the callback goes on in the stores' context.
      asyncStart.runStores(context, () => {
        try {
          return ReflectApply(callback, this, arguments);
        } finally {
          asyncEnd.publish(context);
        }
      });
    }

    ArrayPrototypeSplice(args, position, 1, traced);
    return this.#trace(context, () => ReflectApply(fn, thisArg, args));
  }

  // start, the call, error if it throws, end.
  #trace(context, call) {
    const { start, end, error } = this;
    return start.runStores(context, () => {
      try {
        return call();
      } catch (thrown) {
        context.error = thrown;
        error.publish(context);
        throw thrown;
      } finally {
        end.publish(context);
      }
    });
  }
}

function tracingChannel(nameOrChannels) {
  return new TracingChannel(nameOrChannels);
}

module.exports = { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe, Channel };
