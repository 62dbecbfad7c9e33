'use strict';
// PerformanceObserver: entries are collected as they come and told in one batch
// after the current turn's I/O.

const {
  ArrayFrom,
  ArrayIsArray,
  ArrayPrototypeFilter,
  ArrayPrototypeForEach,
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  ArrayPrototypePushApply,
  ArrayPrototypeSlice,
  ArrayPrototypeSort,
  ObjectDefineProperties,
  ObjectFreeze,
  SafeSet,
  SymbolFor,
  SymbolToStringTag,
} = primordials;

const { codes: {
  ERR_ILLEGAL_CONSTRUCTOR,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_THIS,
  ERR_MISSING_ARGS,
} } = require('internal/errors');
const { kSkipThrow } = require('internal/perf/performance_entry');
const { kEmptyObject, kEnumerableProperty, lazyDOMException } = require('internal/util');
const { validateFunction, validateObject } = require('internal/validators');

const kInspect = SymbolFor('nodejs.util.inspect.custom');

const supportedTypes = ObjectFreeze(['function', 'mark', 'measure']);

/** What an observer was first told: `entryTypes`, or one `type` after the other. */
const MULTIPLE = 1;
const SINGLE = 2;

const observers = new SafeSet();
const pending = new SafeSet();
let isScheduled = false;

/** (type) -> entries of the timeline so far, for `buffered: true` */
let bufferedEntries;

function setBufferedEntries(fn) {
  bufferedEntries = fn;
}

function byStart(left, right) {
  return left.startTime - right.startTime;
}

function nestedOptions(options) {
  return { ...options, depth: options.depth == null ? null : options.depth - 1 };
}

class PerformanceObserverEntryList {
  #entries;

  constructor(secret = undefined, entries = []) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this.#entries = ArrayPrototypeSort(entries, byStart);
  }

  static #check(list) {
    if (!(#entries in list)) throw new ERR_INVALID_THIS('PerformanceObserverEntryList');
  }

  getEntries() {
    PerformanceObserverEntryList.#check(this);
    return ArrayPrototypeSlice(this.#entries);
  }

  getEntriesByType(type) {
    PerformanceObserverEntryList.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    type = `${type}`;
    return ArrayPrototypeFilter(this.#entries, (entry) => entry.entryType === type);
  }

  getEntriesByName(name, type = undefined) {
    PerformanceObserverEntryList.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    name = `${name}`;
    return ArrayPrototypeFilter(
      this.#entries,
      (entry) => entry.name === name && (type === undefined || entry.entryType === `${type}`));
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    return `PerformanceObserverEntryList ${inspect(this.#entries, nestedOptions(options))}`;
  }
}

ObjectDefineProperties(PerformanceObserverEntryList.prototype, {
  getEntries: kEnumerableProperty,
  getEntriesByType: kEnumerableProperty,
  getEntriesByName: kEnumerableProperty,
  [SymbolToStringTag]: {
    __proto__: null, value: 'PerformanceObserverEntryList', configurable: true,
  },
});

class PerformanceObserver {
  #buffer = [];
  #entryTypes = new SafeSet();
  #mode;
  #callback;

  constructor(callback) {
    validateFunction(callback, 'callback');
    this.#callback = callback;
  }

  static get supportedEntryTypes() {
    return supportedTypes;
  }

  static #check(observer) {
    if (!(#mode in observer)) throw new ERR_INVALID_THIS('PerformanceObserver');
  }

  /** Hands an entry to those who wait for its kind. */
  static enqueue(entry) {
    for (const observer of observers) {
      if (!observer.#entryTypes.has(entry.entryType)) continue;
      ArrayPrototypePush(observer.#buffer, entry);
      PerformanceObserver.#schedule(observer);
    }
  }

  static #schedule(observer) {
    pending.add(observer);
    if (isScheduled) return;
    isScheduled = true;
    require('timers').setImmediate(PerformanceObserver.#dispatch);
  }

  static #dispatch() {
    isScheduled = false;
    const due = ArrayFrom(pending);
    pending.clear();
    ArrayPrototypeForEach(due, (observer) => {
      const callback = observer.#callback;
      callback.call(
        observer, new PerformanceObserverEntryList(kSkipThrow, observer.takeRecords()), observer);
    });
  }

  #setMode(entryTypes) {
    const mode = entryTypes === undefined ? SINGLE : MULTIPLE;
    this.#mode ??= mode;
    if (this.#mode === mode) return;
    throw lazyDOMException(
      `PerformanceObserver can not change to ${mode === SINGLE ? 'single' : 'multiple'}`,
      'InvalidModificationError');
  }

  observe(options = kEmptyObject) {
    PerformanceObserver.#check(this);
    validateObject(options, 'options');
    const { entryTypes, type, buffered } = { ...options };
    if (entryTypes === undefined && type === undefined) {
      throw new ERR_MISSING_ARGS('options.entryTypes', 'options.type');
    }
    if (entryTypes != null && type != null) {
      throw new ERR_INVALID_ARG_VALUE(
        'options.entryTypes', entryTypes,
        'options.entryTypes can not set with options.type together');
    }
    this.#setMode(entryTypes);
    if (this.#mode === MULTIPLE) this.#observeTypes(entryTypes);
    else if (!ArrayPrototypeIncludes(supportedTypes, type)) return;
    else this.#observeType(type, buffered);
    if (this.#entryTypes.size > 0) observers.add(this);
    else this.disconnect();
  }

  #observeTypes(types) {
    if (!ArrayIsArray(types)) {
      throw new ERR_INVALID_ARG_TYPE('options.entryTypes', 'string[]', types);
    }
    this.#entryTypes.clear();
    ArrayPrototypeForEach(types, (type) => {
      if (ArrayPrototypeIncludes(supportedTypes, type)) this.#entryTypes.add(type);
    });
  }

  #observeType(type, buffered) {
    this.#entryTypes.add(type);
    if (!buffered) return;
    ArrayPrototypePushApply(this.#buffer, bufferedEntries(type));
    PerformanceObserver.#schedule(this);
  }

  disconnect() {
    PerformanceObserver.#check(this);
    observers.delete(this);
    pending.delete(this);
    this.#buffer = [];
    this.#entryTypes.clear();
    this.#mode = undefined;
  }

  takeRecords() {
    const records = this.#buffer;
    this.#buffer = [];
    return records;
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const shown = {
      connected: observers.has(this),
      pending: pending.has(this),
      entryTypes: ArrayFrom(this.#entryTypes),
      buffer: this.#buffer,
    };
    return `PerformanceObserver ${inspect(shown, nestedOptions(options))}`;
  }
}

const { enqueue } = PerformanceObserver;
delete PerformanceObserver.enqueue;

ObjectDefineProperties(PerformanceObserver.prototype, {
  observe: kEnumerableProperty,
  disconnect: kEnumerableProperty,
  takeRecords: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, value: 'PerformanceObserver', configurable: true },
});

module.exports = {
  PerformanceObserver,
  PerformanceObserverEntryList,
  enqueue,
  setBufferedEntries,
};
