'use strict';

// node:domain. A domain is an emitter that hears of the errors of everything made while it was
// entered: emitters (their `domain` property), and callbacks, which an async hook brings back into
// the domain that their resource was made in.
//
// Loading the module changes process and EventEmitter, and claims the capture callback of uncaught
// exceptions, as in Node.

const {
  ArrayPrototypeEvery,
  ArrayPrototypeIndexOf,
  ArrayPrototypeLastIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  Error,
  FunctionPrototypeCall,
  ObjectDefineProperty,
  Promise,
  ReflectApply,
  SafeWeakMap,
  StringPrototypeRepeat,
} = primordials;

const EventEmitter = require('events');
const {
  ERR_DOMAIN_CALLBACK_NOT_AVAILABLE,
  ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE,
  ERR_UNHANDLED_ERROR,
} = require('internal/errors').codes;
const { createHook, executionAsyncResource } = require('async_hooks');

if (process.hasUncaughtExceptionCaptureCallback()) throw new ERR_DOMAIN_CALLBACK_NOT_AVAILABLE();

let current = null;
ObjectDefineProperty(process, 'domain', {
  __proto__: null,
  enumerable: true,
  get() { return current; },
  set(domain) { current = domain; },
});

// Domains entered and not left, the outermost first.
let stack = exports._stack = [];
exports.active = null;

function activate(domain) {
  exports.active = process.domain = domain;
}

function setDomainOf(object, domain) {
  ObjectDefineProperty(object, 'domain', {
    __proto__: null, value: domain, writable: true, enumerable: false, configurable: true,
  });
}

// ---- callbacks

const domainOf = new SafeWeakMap();

const hook = createHook({
  __proto__: null,
  init(id, type, trigger, resource) {
    const { domain } = process;
    if (domain === null || domain === undefined) return;
    domainOf.set(resource, domain);
    // A promise of another realm gets no property: it would lead out of that realm.
    if (type !== 'PROMISE' || resource instanceof Promise) setDomainOf(resource, domain);
  },
  before() {
    domainOf.get(executionAsyncResource())?.enter();
  },
  after() {
    domainOf.get(executionAsyncResource())?.exit();
  },
});

// ---- uncaught exceptions

const { setUncaughtExceptionCaptureCallback } = process;
const { stack: requireStack } = new Error('require(`domain`) at this point');

process.setUncaughtExceptionCaptureCallback = function(fn) {
  const error = new ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE();
  error.stack += `\n${StringPrototypeRepeat('-', 40)}\n${requireStack}`;
  throw error;
};

function giveToDomain(error) {
  return process.domain._errorHandler(error);
}

function hasNoErrorListener(domain) {
  return domain.listenerCount('error') === 0;
}

// Exceptions come here while one of the entered domains listens.
function updateExceptionCapture() {
  setUncaughtExceptionCaptureCallback(null);
  if (!ArrayPrototypeEvery(stack, hasNoErrorListener)) {
    setUncaughtExceptionCaptureCallback(giveToDomain);
  }
}

// No domain stays entered from one callback to the next.
function leaveAll() {
  stack.length = 0;
  activate(null);
  updateExceptionCapture();
}

// Among the listeners of 'uncaughtException' leaveAll is the first, if there are others.
process.on('newListener', (name, listener) => {
  if (name !== 'uncaughtException' || listener === leaveAll) return;
  process.removeListener(name, leaveAll);
  process.prependListener(name, leaveAll);
});
process.on('removeListener', (name, listener) => {
  if (name !== 'uncaughtException' || listener === leaveAll) return;
  const listeners = process.listeners('uncaughtException');
  if (listeners.length === 1 && listeners[0] === leaveAll) process.removeListener(name, leaveAll);
});

// ---- Domain

class Domain extends EventEmitter {
  constructor() {
    super();
    this.members = [];
    hook.enable();
    this.on('removeListener', updateExceptionCapture);
    this.on('newListener', updateExceptionCapture);
  }
}

exports.Domain = Domain;
exports.create = exports.createDomain = function createDomain() {
  return new Domain();
};

Domain.prototype.members = undefined;

// An exception that nobody caught while this domain was the active one.
Domain.prototype._errorHandler = function(error) {
  let caught = false;
  if ((typeof error === 'object' && error !== null) || typeof error === 'function') {
    setDomainOf(error, this);
    error.domainThrown = true;
  }
  while (exports.active === this) this.exit();

  if (stack.length === 0) {
    // Without a listener 'error' would throw, and 'uncaughtException' not be emitted.
    if (this.listenerCount('error') > 0) {
      // What the listener throws is nobody's to catch.
      setUncaughtExceptionCaptureCallback(null);
      try {
        caught = this.emit('error', error);
      } finally {
        updateExceptionCapture();
      }
    }
  } else {
    try {
      caught = this.emit('error', error);
    } catch (second) {
      // The listener threw: the next domain may catch that.
      updateExceptionCapture();
      if (stack.length === 0) throw second;
      activate(stack[stack.length - 1]);
      caught = process.domain._errorHandler(second);
    }
  }
  leaveAll();
  return caught;
};

Domain.prototype.enter = function() {
  activate(this);
  ArrayPrototypePush(stack, this);
  updateExceptionCapture();
};

Domain.prototype.exit = function() {
  const index = ArrayPrototypeLastIndexOf(stack, this);
  if (index === -1) return;
  ArrayPrototypeSplice(stack, index);
  activate(stack.length === 0 ? undefined : stack[stack.length - 1]);
  updateExceptionCapture();
};

Domain.prototype.add = function(emitter) {
  if (emitter.domain === this) return;
  if (emitter.domain) emitter.domain.remove(emitter);
  // Two domains that were members of each other would pass an error on for ever.
  if (this.domain && emitter instanceof Domain) {
    for (let outer = this.domain; outer; outer = outer.domain) {
      if (emitter === outer) return;
    }
  }
  setDomainOf(emitter, this);
  ArrayPrototypePush(this.members, emitter);
};

Domain.prototype.remove = function(emitter) {
  emitter.domain = null;
  const index = ArrayPrototypeIndexOf(this.members, emitter);
  if (index !== -1) ArrayPrototypeSplice(this.members, index, 1);
};

Domain.prototype.run = function(fn) {
  this.enter();
  const result = ReflectApply(fn, this, ArrayPrototypeSlice(arguments, 1));
  this.exit();
  return result;
};

function callIn(domain, fn, receiver, args) {
  domain.enter();
  const result = ReflectApply(fn, receiver, args);
  domain.exit();
  return result;
}

Domain.prototype.intercept = function(cb) {
  const self = this;
  return function runIntercepted(...args) {
    const error = args[0];
    if (error && error instanceof Error) {
      error.domainBound = cb;
      error.domainThrown = false;
      setDomainOf(error, self);
      self.emit('error', error);
      return undefined;
    }
    return callIn(self, cb, this, ArrayPrototypeSlice(args, 1));
  };
};

Domain.prototype.bind = function(cb) {
  const self = this;
  function runBound(...args) {
    return callIn(self, cb, this, args);
  }
  setDomainOf(runBound, this);
  return runBound;
};

// ---- emitters

EventEmitter.usingDomains = true;

const { init } = EventEmitter;
EventEmitter.init = function(opts) {
  setDomainOf(this, null);
  if (exports.active && !(this instanceof Domain)) this.domain = exports.active;
  return FunctionPrototypeCall(init, this, opts);
};

const { emit: emitPlainly } = EventEmitter.prototype;

EventEmitter.prototype.emit = function emit(...args) {
  const { domain } = this;
  const isError = args[0] === 'error';
  if (domain === null || domain === undefined || this === process ||
      (isError && this.listenerCount('error') > 0)) {
    return ReflectApply(emitPlainly, this, args);
  }
  if (isError) {
    const error = args.length > 1 && args[1] ? args[1] : new ERR_UNHANDLED_ERROR(args[1]);
    emitToDomain(this, domain, error);
    return false;
  }
  domain.enter();
  const result = ReflectApply(emitPlainly, this, args);
  domain.exit();
  return result;
};

// An 'error' without a listener is the domain's. Meanwhile the active domain is left: what its
// listener throws belongs to the one outside of it.
function emitToDomain(emitter, domain, error) {
  if (typeof error === 'object') {
    error.domainEmitter = emitter;
    setDomainOf(error, domain);
    error.domainThrown = false;
  }
  const priorStack = stack;
  const prior = process.domain;
  let count = stack.length;
  while (count > 0 && stack[count - 1] === prior) count--;
  exports._stack = stack = ArrayPrototypeSlice(priorStack, 0, count);
  activate(count > 0 ? stack[count - 1] : null);
  updateExceptionCapture();
  domain.emit('error', error);
  exports._stack = stack = priorStack;
  activate(prior);
  updateExceptionCapture();
}
