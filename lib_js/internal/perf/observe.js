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
  ObjectDefineProperty,
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
const { now } = require('internal/perf/clock');
const { PerformanceNodeEntry, kSkipThrow } = require('internal/perf/performance_entry');
const { filterBufferMapByNameAndType } = require('internal/perf/timeline');
const { registerKind } = require('boot/turn');
const { kEmptyObject, kEnumerableProperty, lazyDOMException } = require('internal/util');
const { validateFunction, validateObject } = require('internal/validators');

/** bindings/src/kinds.rs */
const KIND_COLLECTIONS = 26;

const kInspect = SymbolFor('nodejs.util.inspect.custom');

const { constants, observeCollections, observerCounts, takeCollections } =
  internalBinding('performance');

/** Kinds that cost something while they are observed, and their places in observerCounts. */
const COUNTED = {
  __proto__: null,
  dns: constants.NODE_PERFORMANCE_ENTRY_TYPE_DNS,
  gc: constants.NODE_PERFORMANCE_ENTRY_TYPE_GC,
  http: constants.NODE_PERFORMANCE_ENTRY_TYPE_HTTP,
  http2: constants.NODE_PERFORMANCE_ENTRY_TYPE_HTTP2,
  net: constants.NODE_PERFORMANCE_ENTRY_TYPE_NET,
};

const supportedTypes = ObjectFreeze([
  'dns', 'function', 'gc', 'http', 'http2', 'mark', 'measure', 'net', 'resource',
]);

/** What an observer was first told: `entryTypes`, or one `type` after the other. */
const MULTIPLE = 1;
const SINGLE = 2;

const observers = new SafeSet();
const pending = new SafeSet();
let isScheduled = false;

function count(type, change) {
  const place = COUNTED[type];
  if (place === undefined) return;
  observerCounts[place] += change;
  if (type === 'http' && observerCounts[place] === (change > 0 ? 1 : 0)) {
    require('internal/perf/http_entries').watchHttp(change > 0);
  }
  if (type !== 'gc') return;
  if (change > 0) registerKind(KIND_COLLECTIONS, tellCollections);
  observeCollections(change > 0);
}

function hasObserver(type) {
  return observerCounts[COUNTED[type]] > 0;
}

function tellCollections() {
  const collections = takeCollections();
  for (let i = 0; i < collections.length; i += 4) {
    const { [i]: kind, [i + 1]: flags, [i + 2]: ago, [i + 3]: duration } = collections;
    enqueueWithFields('gc', 'gc', now() - ago, duration, { kind, flags });
  }
}

const CUSTOM_ACCESSORS =
  'Custom PerformanceEntry accessors are deprecated. Please use the detail property.';

/** Those of the garbage collector and of http2 have details as properties too, as of old. */
function enqueueWithFields(name, type, start, duration, detail) {
  const entry = new PerformanceNodeEntry(kSkipThrow, name, type, start, duration, detail);
  const { deprecate } = require('internal/util');
  const fields = { __proto__: null, ...detail };
  for (const key in fields) {
    ObjectDefineProperty(entry, key, {
      __proto__: null,
      configurable: true,
      enumerable: true,
      get: deprecate(() => fields[key], CUSTOM_ACCESSORS, 'DEP0152'),
      set: deprecate((value) => { fields[key] = value; }, CUSTOM_ACCESSORS, 'DEP0152'),
    });
  }
  enqueue(entry);
}

/** Remembers on `target` that something has begun, for stopPerf(). */
function startPerf(target, key, context = kEmptyObject) {
  target[key] = { ...context, startTime: now() };
}

function stopPerf(target, key, context = kEmptyObject) {
  const begun = target[key];
  if (!begun) return;
  const { name, type, startTime } = begun;
  enqueue(new PerformanceNodeEntry(kSkipThrow, name, type, startTime, now() - startTime,
                                   { ...begun.detail, ...context.detail }));
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
      (entry) => entry.name === name && (type == null || entry.entryType === type));
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
    if (observers.size === 0) return;
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
    require('internal/timers').setImmediate(PerformanceObserver.#dispatch);
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
      `PerformanceObserver can not change to ${
        mode === SINGLE ? 'single observation' : 'multiple observations'}`,
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
    this.#forgetTypes();
    ArrayPrototypeForEach(types, (type) => {
      if (ArrayPrototypeIncludes(supportedTypes, type)) this.#addType(type);
    });
  }

  #observeType(type, buffered) {
    this.#addType(type);
    if (!buffered) return;
    ArrayPrototypePushApply(this.#buffer, filterBufferMapByNameAndType(undefined, type));
    PerformanceObserver.#schedule(this);
  }

  #addType(type) {
    if (this.#entryTypes.has(type)) return;
    this.#entryTypes.add(type);
    count(type, 1);
  }

  #forgetTypes() {
    this.#entryTypes.forEach((type) => count(type, -1));
    this.#entryTypes.clear();
  }

  disconnect() {
    PerformanceObserver.#check(this);
    observers.delete(this);
    pending.delete(this);
    this.#buffer = [];
    this.#forgetTypes();
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
  enqueueWithFields,
  hasObserver,
  startPerf,
  stopPerf,
};
