'use strict';

// The Event and CustomEvent classes. What a dispatch changes in an event goes through the symbols
// exported here; internal/event_target is their only user.

const {
  NumberIsInteger,
  ObjectAssign,
  ObjectDefineProperties,
  ObjectGetOwnPropertyDescriptor,
  Symbol,
  SymbolFor,
  SymbolToStringTag,
} = primordials;

const { codes: { ERR_INVALID_THIS, ERR_MISSING_ARGS } } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { kEmptyObject, kEnumerableProperty } = require('internal/util');

const kTrustEvent = Symbol('kTrustEvent'); // Option of the constructor.
const kTarget = Symbol('kTarget');
const kFlags = Symbol('kFlags');
const kInspect = SymbolFor('nodejs.util.inspect.custom');

const BUBBLES = 1 << 0;
const CANCELABLE = 1 << 1;
const COMPOSED = 1 << 2;
const TRUSTED = 1 << 3;
const PREVENTED = 1 << 4;
const PROPAGATION_STOPPED = 1 << 5;
const IMMEDIATELY_STOPPED = 1 << 6;
const DISPATCHING = 1 << 7;
const IN_PASSIVE_LISTENER = 1 << 8;

let now;

class Event {
  #type;
  #timeStamp;

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    let flags = 0;
    if (options != null) {
      validateObject(options, 'options');
      if (options.bubbles) flags |= BUBBLES;
      if (options.cancelable) flags |= CANCELABLE;
      if (options.composed) flags |= COMPOSED;
      if (options[kTrustEvent]) flags |= TRUSTED;
    }
    now ??= require('internal/perf/clock').now;
    this.#type = `${type}`;
    this.#timeStamp = now();
    this[kTarget] = null;
    this[kFlags] = flags;
  }

  initEvent(type, bubbles = false, cancelable = false) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    const flags = flagsOf(this);
    if (flags & DISPATCHING) return;
    this.#type = `${type}`;
    this[kFlags] = (flags & ~(BUBBLES | CANCELABLE)) |
      (bubbles ? BUBBLES : 0) | (cancelable ? CANCELABLE : 0);
  }

  stopImmediatePropagation() {
    flagsOf(this);
    // By way of the public method: subclasses override it.
    this.stopPropagation();
    this[kFlags] |= IMMEDIATELY_STOPPED;
  }

  preventDefault() {
    const flags = flagsOf(this);
    if ((flags & (CANCELABLE | IN_PASSIVE_LISTENER)) === CANCELABLE) this[kFlags] |= PREVENTED;
  }

  get target() {
    flagsOf(this);
    return this[kTarget];
  }

  get currentTarget() {
    return flagsOf(this) & DISPATCHING ? this[kTarget] : null;
  }

  get srcElement() {
    flagsOf(this);
    return this[kTarget];
  }

  get type() {
    flagsOf(this);
    return this.#type;
  }

  get cancelable() {
    return (flagsOf(this) & CANCELABLE) !== 0;
  }

  get defaultPrevented() {
    return isPrevented(flagsOf(this));
  }

  get timeStamp() {
    flagsOf(this);
    return this.#timeStamp;
  }

  composedPath() {
    return flagsOf(this) & DISPATCHING ? [this[kTarget]] : [];
  }

  get returnValue() {
    return !isPrevented(flagsOf(this));
  }

  set returnValue(value) {
    flagsOf(this);
    if (!value) this.preventDefault();
  }

  get bubbles() {
    return (flagsOf(this) & BUBBLES) !== 0;
  }

  get composed() {
    return (flagsOf(this) & COMPOSED) !== 0;
  }

  get eventPhase() {
    return flagsOf(this) & DISPATCHING ? Event.AT_TARGET : Event.NONE;
  }

  get cancelBubble() {
    return (flagsOf(this) & PROPAGATION_STOPPED) !== 0;
  }

  set cancelBubble(value) {
    flagsOf(this);
    if (value) this[kFlags] |= PROPAGATION_STOPPED;
  }

  stopPropagation() {
    flagsOf(this);
    this[kFlags] |= PROPAGATION_STOPPED;
  }

  [kInspect](depth, options) {
    flagsOf(this);
    const { name } = this.constructor;
    if (depth < 0) return name;
    const { inspect } = require('internal/util/inspect');
    return `${name} ${inspect({
      type: this.#type,
      defaultPrevented: this.defaultPrevented,
      cancelable: this.cancelable,
      timeStamp: this.#timeStamp,
    }, deeper(options))}`;
  }
}

// Inspect options for what is one level further in.
function deeper(options) {
  const { depth } = options;
  return ObjectAssign({}, options, { depth: NumberIsInteger(depth) ? depth - 1 : depth });
}

// Every member asks its receiver's flags first: only an event has them.
function flagsOf(event) {
  const flags = event?.[kFlags];
  if (flags === undefined) throw new ERR_INVALID_THIS('Event');
  return flags;
}

function isPrevented(flags) {
  return (flags & (CANCELABLE | PREVENTED)) === (CANCELABLE | PREVENTED);
}

function tag(value) {
  return { __proto__: null, writable: false, enumerable: false, configurable: true, value };
}

function phase(value) {
  return { __proto__: null, writable: false, enumerable: true, configurable: false, value };
}

const { get: isTrusted } = ObjectGetOwnPropertyDescriptor({
  get isTrusted() {
    return (this?.[kFlags] & TRUSTED) !== 0;
  },
}, 'isTrusted');

ObjectDefineProperties(Event.prototype, {
  [SymbolToStringTag]: tag('Event'),
  initEvent: kEnumerableProperty,
  stopImmediatePropagation: kEnumerableProperty,
  preventDefault: kEnumerableProperty,
  target: kEnumerableProperty,
  currentTarget: kEnumerableProperty,
  srcElement: kEnumerableProperty,
  type: kEnumerableProperty,
  cancelable: kEnumerableProperty,
  defaultPrevented: kEnumerableProperty,
  timeStamp: kEnumerableProperty,
  composedPath: kEnumerableProperty,
  returnValue: kEnumerableProperty,
  bubbles: kEnumerableProperty,
  composed: kEnumerableProperty,
  eventPhase: kEnumerableProperty,
  cancelBubble: kEnumerableProperty,
  stopPropagation: kEnumerableProperty,
  // Not configurable: nobody may fake trust.
  isTrusted: { __proto__: null, configurable: false, enumerable: true, get: isTrusted },
});

ObjectDefineProperties(Event, {
  NONE: phase(0),
  CAPTURING_PHASE: phase(1),
  AT_TARGET: phase(2),
  BUBBLING_PHASE: phase(3),
});

class CustomEvent extends Event {
  #detail;

  constructor(type, options = kEmptyObject) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    super(type, options);
    this.#detail = options?.detail ?? null;
  }

  get detail() {
    if (this === null || typeof this !== 'object' || !(#detail in this)) {
      throw new ERR_INVALID_THIS('CustomEvent');
    }
    return this.#detail;
  }
}

ObjectDefineProperties(CustomEvent.prototype, {
  [SymbolToStringTag]: tag('CustomEvent'),
  detail: kEnumerableProperty,
});

module.exports = {
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
};
