'use strict';

// AbortController and AbortSignal.
//
// A signal made by AbortSignal.any() is composite: it holds the plain signals it depends on, and
// asks them when it is asked. Only while somebody listens for its 'abort' do they hold it in turn,
// so that a long-lived source does not gather signals nobody waits for.

const {
  ArrayPrototypePush,
  ObjectAssign,
  ObjectDefineProperties,
  Promise,
  PromiseResolve,
  SafeFinalizationRegistry,
  SafeSet,
  SafeWeakRef,
  Symbol,
  SymbolFor,
  SymbolIterator,
  SymbolToStringTag,
  TypeError,
} = primordials;

const {
  EventTarget,
  Event,
  defineEventHandler,
  kNewListener,
  kRemoveListener,
  kResistStopPropagation,
  kTrustEvent,
  kWeakHandler,
} = require('internal/event_target');
const { tag } = require('internal/events/event');
const { kMaxEventTargetListeners } = require('events');
const { kEnumerableProperty, lazyDOMExceptionClass } = require('internal/util');
const {
  codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS },
} = require('internal/errors');
const {
  kValidateObjectAllowObjects,
  validateObject,
  validateUint32,
} = require('internal/validators');
const {
  kDeserialize, kTransfer, kTransferList, markTransferMode,
} = require('internal/worker/transfer_symbols');
const { Timeout, clearTimer, insert } = require('internal/timers');

const kCreate = Symbol('kCreate');
const kAborted = Symbol('kAborted');
const kReason = Symbol('kReason');
const kIsTimeout = Symbol('kTimeout');
const kSources = Symbol('kSourceSignals'); // undefined for a signal that is not composite.
const kDependants = Symbol('kDependantSignals');
const kPorts = Symbol('kPorts');
const kInspect = SymbolFor('nodejs.util.inspect.custom');

// Timeout signals that must not be collected, because somebody waits for their abort.
const awaitedTimeouts = new SafeSet();
let timerRegistry;

class AbortSignal extends EventTarget {
  constructor(create = undefined) {
    if (create !== kCreate) throw new ERR_ILLEGAL_CONSTRUCTOR();
    super();
    this[kMaxEventTargetListeners] = 0; // One signal may serve any number of operations.
    this[kAborted] = false;
    this[kReason] = undefined;
    this[kIsTimeout] = false;
    this[kSources] = undefined;
    this[kDependants] = undefined;
  }

  get aborted() {
    checkThis(this);
    if (this[kSources] !== undefined) askSources(this);
    return this[kAborted];
  }

  get reason() {
    checkThis(this);
    if (this[kSources] !== undefined) askSources(this);
    return this[kReason];
  }

  throwIfAborted() {
    checkThis(this);
    if (this[kSources] !== undefined) askSources(this);
    if (this[kAborted]) throw this[kReason];
  }

  static abort(reason = abortReason()) {
    const signal = new AbortSignal(kCreate);
    signal[kAborted] = true;
    signal[kReason] = reason;
    return signal;
  }

  static timeout(delay) {
    validateUint32(delay, 'delay', false);
    const signal = new AbortSignal(kCreate);
    signal[kIsTimeout] = true;
    // Weak: a timeout signal nobody holds takes its timer with it.
    const reference = new SafeWeakRef(signal);
    const timer = new Timeout(() => {
      const target = reference.deref();
      if (target === undefined) return;
      timerRegistry.unregister(target);
      abortSignal(target, new (lazyDOMExceptionClass())(
        'The operation was aborted due to timeout', 'TimeoutError'));
    }, delay, undefined, false, false);
    insert(timer, timer._idleTimeout);
    timerRegistry ??= new SafeFinalizationRegistry(clearTimer);
    timerRegistry.register(signal, timer, signal);
    return signal;
  }

  static any(signals) {
    const list = toSignals(signals);
    const result = new AbortSignal(kCreate);
    const sources = result[kSources] = new SafeSet();
    for (let i = 0; i < list.length; i++) {
      const signal = list[i];
      if (signal.aborted) {
        abortSignal(result, signal.reason);
        break;
      }
      if (signal[kSources] === undefined) sources.add(signal);
      else signal[kSources].forEach((source) => sources.add(source));
    }
    return result;
  }

  [kNewListener](size, type, listener, once, capture, passive, weak) {
    super[kNewListener](size, type, listener, once, capture, passive, weak);
    if (type !== 'abort' || size !== 1 || this.aborted) return;
    if (this[kIsTimeout] && !weak) awaitedTimeouts.add(this);
    if (this[kSources] !== undefined) followSources(this);
  }

  [kRemoveListener](size, type, listener, capture) {
    super[kRemoveListener](size, type, listener, capture);
    if (type !== 'abort' || size !== 0) return;
    if (this[kSources] !== undefined) unfollowSources(this);
    releaseTimeout(this);
  }

  [kInspect](depth, options) {
    return inspectAs(this, { aborted: this.aborted }, depth, options);
  }

  // ---- to another thread: see internal/worker/js_transferable. The signal stays, and tells the
  // other one when it is aborted.

  [kTransfer]() {
    checkThis(this);
    const deserializeInfo = 'internal/abort_controller:ClonedAbortSignal';
    const { aborted, reason } = this;
    if (aborted) return { data: { aborted, reason }, deserializeInfo };
    const { port1, port2 } = this[kPorts];
    this[kPorts] = undefined;
    this.addEventListener('abort', () => {
      port1.postMessage(this.reason);
      port1.close();
    }, { once: true });
    return { data: { port: port2 }, deserializeInfo };
  }

  [kTransferList]() {
    if (this.aborted) return [];
    const { MessageChannel } = require('internal/worker/io');
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    port2.unref();
    this[kPorts] = { port1, port2 };
    return [port2];
  }

  [kDeserialize]({ aborted, reason, port }) {
    if (aborted) {
      this[kAborted] = true;
      this[kReason] = reason;
      return;
    }
    port.onmessage = ({ data }) => {
      abortSignal(this, data);
      port.close();
    };
    port.unref(); // After onmessage, which refs it.
  }
}

/** Called when one arrives; its kDeserialize fills it. */
function ClonedAbortSignal() {
  const signal = new AbortSignal(kCreate);
  markTransferMode(signal, false, true);
  return signal;
}
ClonedAbortSignal.prototype[kDeserialize] = () => {};

ObjectDefineProperties(AbortSignal.prototype, {
  aborted: kEnumerableProperty,
  [SymbolToStringTag]: tag('AbortSignal'),
});

defineEventHandler(AbortSignal.prototype, 'abort');

function abortReason() {
  return new (lazyDOMExceptionClass())('This operation was aborted', 'AbortError');
}

function checkThis(signal) {
  if (signal?.[kAborted] === undefined) throw new ERR_INVALID_THIS('AbortSignal');
}

function inspectAs(self, shown, depth, options) {
  if (depth < 0) return self;
  const { inspect } = require('internal/util/inspect');
  return `${self.constructor.name} ${inspect(shown, ObjectAssign({}, options, {
    depth: options.depth === null ? null : options.depth - 1,
  }))}`;
}

function argumentError(message) {
  const error = new TypeError(message);
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

// WebIDL's sequence<AbortSignal>.
function toSignals(signals) {
  if (signals === null || (typeof signals !== 'object' && typeof signals !== 'function') ||
      typeof signals[SymbolIterator] !== 'function') {
    throw argumentError('signals cannot be converted to sequence.');
  }
  const list = [];
  for (const signal of signals) {
    if (!(signal instanceof AbortSignal)) {
      throw argumentError(`signals[${list.length}] is not of type AbortSignal.`);
    }
    ArrayPrototypePush(list, signal);
  }
  return list;
}

// A composite signal that nobody listens to learns of an abort only by asking.
function askSources(signal) {
  if (signal[kAborted]) return;
  for (const source of signal[kSources]) {
    if (source[kAborted]) {
      abortSignal(signal, source[kReason]);
      return;
    }
  }
}

function followSources(signal) {
  for (const source of signal[kSources]) {
    (source[kDependants] ??= new SafeSet()).add(signal);
    if (source[kIsTimeout]) awaitedTimeouts.add(source);
  }
}

function unfollowSources(signal) {
  for (const source of signal[kSources]) {
    source[kDependants]?.delete(signal);
    releaseTimeout(source);
  }
}

function releaseTimeout(signal) {
  if (!signal[kIsTimeout] || signal[kDependants]?.size > 0) return;
  if (!signal[kAborted] && require('events').listenerCount(signal, 'abort') > 0) return;
  awaitedTimeouts.delete(signal);
}

function abortSignal(signal, reason) {
  if (signal[kAborted]) return;
  const aborted = [signal];
  signal[kAborted] = true;
  signal[kReason] = reason;
  // All are aborted before the first listener runs, so that they agree.
  signal[kDependants]?.forEach((dependant) => {
    if (dependant[kAborted]) return;
    dependant[kAborted] = true;
    dependant[kReason] = reason;
    ArrayPrototypePush(aborted, dependant);
  });
  for (let i = 0; i < aborted.length; i++) {
    if (aborted[i][kSources] !== undefined) unfollowSources(aborted[i]);
  }
  for (let i = 0; i < aborted.length; i++) {
    aborted[i].dispatchEvent(new Event('abort', { [kTrustEvent]: true }));
  }
  releaseTimeout(signal);
}

class AbortController {
  #signal;

  get signal() {
    return this.#signal ??= new AbortSignal(kCreate);
  }

  abort(reason = new (lazyDOMExceptionClass())('This operation was aborted', 'AbortError')) {
    abortSignal(this.#signal ??= new AbortSignal(kCreate), reason);
  }

  [kInspect](depth, options) {
    return inspectAs(this, { signal: this.signal }, depth, options);
  }
}

ObjectDefineProperties(AbortController.prototype, {
  signal: kEnumerableProperty,
  abort: kEnumerableProperty,
  [SymbolToStringTag]: tag('AbortController'),
});

// util.aborted(): resolves on abort, but keeps nothing alive that `resource` does not.
async function aborted(signal, resource) {
  if (!(signal instanceof AbortSignal)) throw argumentError('signal is not of type AbortSignal.');
  validateObject(resource, 'resource', kValidateObjectAllowObjects);
  if (signal.aborted) return PromiseResolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', resolve, {
      __proto__: null,
      [kWeakHandler]: resource,
      once: true,
      [kResistStopPropagation]: true,
    });
  });
}

function transferableAbortSignal(signal) {
  if (signal?.[kAborted] === undefined) {
    throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  }
  markTransferMode(signal, false, true);
  return signal;
}

function transferableAbortController() {
  const controller = new AbortController();
  markTransferMode(controller.signal, false, true);
  return controller;
}

module.exports = {
  AbortController,
  AbortSignal,
  ClonedAbortSignal,
  aborted,
  transferableAbortController,
  transferableAbortSignal,
};
