'use strict';
// The clock, marks, measures, observers and timerify(). Absent: nodeTiming,
// eventLoopUtilization(), histograms and monitorEventLoopDelay(), resource timing;
// observers are told of marks, measures and timerified functions only.

const {
  ArrayPrototypeFilter,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSort,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectFreeze,
  SymbolFor,
  SymbolToStringTag,
} = primordials;

const { codes: {
  ERR_ILLEGAL_CONSTRUCTOR,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_THIS,
  ERR_MISSING_ARGS,
  ERR_PERFORMANCE_INVALID_TIMESTAMP,
  ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS,
} } = require('internal/errors');
const { EventTarget } = require('internal/event_target');
const { getTimeOriginMs, now } = require('internal/perf/clock');
const {
  PerformanceObserver,
  PerformanceObserverEntryList,
  enqueue,
  setBufferedEntries,
} = require('internal/perf/observe');
const { PerformanceEntry, kSkipThrow } = require('internal/perf/performance_entry');
const { timerify } = require('internal/perf/timerify');
const { kEnumerableProperty, lazyDOMException } = require('internal/util');
const { validateNumber, validateObject } = require('internal/validators');

const kInspect = SymbolFor('nodejs.util.inspect.custom');

const constants = ObjectFreeze({
  __proto__: null,
  NODE_PERFORMANCE_GC_MAJOR: 4,
  NODE_PERFORMANCE_GC_MINOR: 1,
  NODE_PERFORMANCE_GC_MINOR_MARK_SWEEP: 2,
  NODE_PERFORMANCE_GC_INCREMENTAL: 8,
  NODE_PERFORMANCE_GC_WEAKCB: 16,
  NODE_PERFORMANCE_GC_FLAGS_NO: 0,
  NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2,
  NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
  NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
  NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
});

/** Marks may not take the names of PerformanceNodeTiming's points. */
const RESERVED_MARKS = ObjectFreeze({
  __proto__: null,
  nodeStart: true, v8Start: true, environment: true, loopStart: true, loopExit: true,
  bootstrapComplete: true,
});

/** Marks and measures keep a copy of what is given to them. */
function cloneDetail(detail) {
  if (detail == null) return null;
  if (typeof detail !== 'object' && typeof detail !== 'function' && typeof detail !== 'symbol') {
    return detail;
  }
  return require('internal/structured_clone').structuredClone(detail);
}

class PerformanceMark extends PerformanceEntry {
  #detail;

  constructor(name, options = { __proto__: null }) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    name = `${name}`;
    if (RESERVED_MARKS[name]) throw new ERR_INVALID_ARG_VALUE('name', name);
    if (options != null) validateObject(options, 'options');
    const startTime = options?.startTime ?? now();
    validateNumber(startTime, 'startTime');
    if (startTime < 0) throw new ERR_PERFORMANCE_INVALID_TIMESTAMP(startTime);
    super(kSkipThrow, name, 'mark', startTime, 0);
    this.#detail = cloneDetail(options?.detail);
  }

  get detail() {
    if (!(#detail in this)) throw new ERR_INVALID_THIS('PerformanceMark');
    return this.#detail;
  }

  toJSON() {
    return { ...super.toJSON(), detail: this.detail };
  }
}

class PerformanceMeasure extends PerformanceEntry {
  #detail;

  constructor(secret = undefined, name, startTime, duration, detail) {
    super(secret, name, 'measure', startTime, duration);
    this.#detail = detail;
  }

  get detail() {
    if (!(#detail in this)) throw new ERR_INVALID_THIS('PerformanceMeasure');
    return this.#detail;
  }

  toJSON() {
    return { ...super.toJSON(), detail: this.detail };
  }
}

for (const Entry of [PerformanceMark, PerformanceMeasure]) {
  ObjectDefineProperty(Entry.prototype, 'detail', kEnumerableProperty);
  ObjectDefineProperty(Entry.prototype, SymbolToStringTag, {
    __proto__: null, value: Entry.name, configurable: true,
  });
}
/** @type {PerformanceMark[]} */
let marks = [];
/** @type {PerformanceMeasure[]} */
let measures = [];
/** name -> time of its last mark */
const markTimes = { __proto__: null };

/** The time that a mark's name, or a number, stands for. */
function timeOf(mark) {
  if (mark === undefined) return undefined;
  if (typeof mark === 'number') {
    if (mark < 0) throw new ERR_PERFORMANCE_INVALID_TIMESTAMP(mark);
    return mark;
  }
  const name = `${mark}`;
  const time = markTimes[name];
  if (time === undefined) {
    throw lazyDOMException(`The "${name}" performance mark has not been set`, 'SyntaxError');
  }
  return time;
}

/** start, end and duration, of which any two give the third. */
function spanOf(startOrOptions, endMark) {
  const options = typeof startOrOptions === 'object' && startOrOptions !== null ?
    startOrOptions : undefined;
  const { start, end } = options ?? {};
  const duration = timeOf(options?.duration);
  if (options !== undefined && (start !== undefined || end !== undefined)) {
    if (endMark !== undefined) {
      throw new ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS('endMark must not be specified');
    }
    if (start !== undefined && end !== undefined && duration !== undefined) {
      throw new ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS(
        'Must not have options.start, options.end, and options.duration specified');
    }
  }
  let endTime;
  if (endMark !== undefined) endTime = timeOf(endMark);
  else if (end !== undefined) endTime = timeOf(end);
  else if (duration !== undefined && start !== undefined) endTime = timeOf(start) + duration;
  else endTime = now();

  let startTime = 0;
  if (start !== undefined) startTime = timeOf(start);
  else if (duration !== undefined && end !== undefined) startTime = timeOf(end) - duration;
  else if (options === undefined) startTime = timeOf(startOrOptions) ?? 0;
  return { startTime, duration: endTime - startTime, detail: options?.detail };
}

function byStart(left, right) {
  return left.startTime - right.startTime;
}

function allEntries() {
  const all = ArrayPrototypeSlice(marks);
  for (let i = 0; i < measures.length; i++) ArrayPrototypePush(all, measures[i]);
  return ArrayPrototypeSort(all, byStart);
}

setBufferedEntries((type) => (type === 'mark' ? marks : type === 'measure' ? measures : []));

class Performance extends EventTarget {
  #isPerformance = true;

  constructor(secret = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    super();
  }

  static #check(self) {
    if (typeof self !== 'object' || self === null || !(#isPerformance in self)) {
      throw new ERR_INVALID_THIS('Performance');
    }
  }

  clearMarks(name = undefined) {
    Performance.#check(this);
    if (name === undefined) {
      marks = [];
      for (const key in markTimes) delete markTimes[key];
      return;
    }
    name = `${name}`;
    marks = ArrayPrototypeFilter(marks, (entry) => entry.name !== name);
    delete markTimes[name];
  }

  clearMeasures(name = undefined) {
    Performance.#check(this);
    measures = name === undefined ? [] :
      ArrayPrototypeFilter(measures, (entry) => entry.name !== `${name}`);
  }

  getEntries() {
    Performance.#check(this);
    return allEntries();
  }

  getEntriesByName(name, type = undefined) {
    Performance.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    name = `${name}`;
    return ArrayPrototypeFilter(
      allEntries(),
      (entry) => entry.name === name && (type === undefined || entry.entryType === `${type}`));
  }

  getEntriesByType(type) {
    Performance.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    type = `${type}`;
    return ArrayPrototypeFilter(allEntries(), (entry) => entry.entryType === type);
  }

  mark(name, options = { __proto__: null }) {
    Performance.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    const mark = new PerformanceMark(name, options);
    markTimes[mark.name] = mark.startTime;
    ArrayPrototypePush(marks, mark);
    enqueue(mark);
    return mark;
  }

  measure(name, startOrMeasureOptions = { __proto__: null }, endMark = undefined) {
    Performance.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    name = `${name}`;
    const { startTime, duration, detail } = spanOf(startOrMeasureOptions, endMark);
    const measure = new PerformanceMeasure(
      kSkipThrow, name, startTime, duration, cloneDetail(detail));
    ArrayPrototypePush(measures, measure);
    enqueue(measure);
    return measure;
  }

  now() {
    Performance.#check(this);
    return now();
  }

  get timeOrigin() {
    Performance.#check(this);
    return getTimeOriginMs();
  }

  toJSON() {
    Performance.#check(this);
    return { timeOrigin: getTimeOriginMs() };
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const nested = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `Performance ${inspect({ timeOrigin: getTimeOriginMs() }, nested)}`;
  }
}

ObjectDefineProperties(Performance.prototype, {
  clearMarks: kEnumerableProperty,
  clearMeasures: kEnumerableProperty,
  getEntries: kEnumerableProperty,
  getEntriesByName: kEnumerableProperty,
  getEntriesByType: kEnumerableProperty,
  mark: kEnumerableProperty,
  measure: kEnumerableProperty,
  now: kEnumerableProperty,
  timeOrigin: kEnumerableProperty,
  timerify: { __proto__: null, value: timerify, writable: true, configurable: true },
  toJSON: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, value: 'Performance', configurable: true },
});

const performance = new Performance(kSkipThrow);

module.exports = {
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
  constants,
  performance,
  timerify,
};
