'use strict';
// What a timeline holds: something with a name, a kind, a start and a duration.

const {
  ObjectDefineProperties,
  ObjectDefineProperty,
  Symbol,
  SymbolFor,
  SymbolToStringTag,
} = primordials;

const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS } } = require('internal/errors');
const { kEnumerableProperty } = require('internal/util');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
/** First argument of constructors that programs may not call. */
const kSkipThrow = Symbol('kSkipThrow');

class PerformanceEntry {
  #name;
  #entryType;
  #startTime;
  #duration;

  constructor(secret = undefined, name, entryType, startTime, duration) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this.#name = name;
    this.#entryType = entryType;
    this.#startTime = startTime;
    this.#duration = duration;
  }

  static #check(entry) {
    if (!(#name in entry)) throw new ERR_INVALID_THIS('PerformanceEntry');
  }

  get name() {
    PerformanceEntry.#check(this);
    return this.#name;
  }

  get entryType() {
    PerformanceEntry.#check(this);
    return this.#entryType;
  }

  get startTime() {
    PerformanceEntry.#check(this);
    return this.#startTime;
  }

  get duration() {
    PerformanceEntry.#check(this);
    return this.#duration;
  }

  toJSON() {
    PerformanceEntry.#check(this);
    return {
      name: this.#name,
      entryType: this.#entryType,
      startTime: this.#startTime,
      duration: this.#duration,
    };
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const nested = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `${this.constructor.name} ${inspect(this.toJSON(), nested)}`;
  }
}

ObjectDefineProperties(PerformanceEntry.prototype, {
  name: kEnumerableProperty,
  entryType: kEnumerableProperty,
  startTime: kEnumerableProperty,
  duration: kEnumerableProperty,
  toJSON: kEnumerableProperty,
});

ObjectDefineProperty(PerformanceEntry.prototype, SymbolToStringTag, {
  __proto__: null, value: 'PerformanceEntry', configurable: true,
});

/** An entry of Node's own kinds ('function', ...), with what it is about as `detail`. */
class PerformanceNodeEntry extends PerformanceEntry {
  #detail;

  constructor(secret = undefined, name, entryType, startTime, duration, detail) {
    super(secret, name, entryType, startTime, duration);
    this.#detail = detail;
  }

  get detail() {
    if (!(#detail in this)) throw new ERR_INVALID_THIS('NodePerformanceEntry');
    return this.#detail;
  }

  toJSON() {
    return { ...super.toJSON(), detail: this.detail };
  }
}

module.exports = {
  PerformanceEntry,
  PerformanceNodeEntry,
  kSkipThrow,
};
