'use strict';
// Marks and measures: https://w3c.github.io/user-timing/

const { ObjectDefineProperty, SafeMap, SafeSet, SymbolToStringTag } = primordials;

const { codes: {
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_THIS,
  ERR_MISSING_ARGS,
  ERR_PERFORMANCE_INVALID_TIMESTAMP,
  ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS,
} } = require('internal/errors');
const { nanosecondsOf, now } = require('internal/perf/clock');
const { enqueue } = require('internal/perf/observe');
const { PerformanceEntry, kSkipThrow } = require('internal/perf/performance_entry');
const { bufferUserTiming } = require('internal/perf/timeline');
const traces = require('internal/trace_events/flags');
const { kEmptyObject, kEnumerableProperty, lazyDOMException } = require('internal/util');
const { validateNumber, validateObject } = require('internal/validators');

/** Points of PerformanceNodeTiming, which are marks that are always there. */
const MILESTONES = new SafeSet([
  'nodeStart', 'v8Start', 'environment', 'loopStart', 'loopExit', 'bootstrapComplete',
]);

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

  constructor(name, options = kEmptyObject) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    name = `${name}`;
    if (MILESTONES.has(name)) throw new ERR_INVALID_ARG_VALUE('name', name);
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
/** name -> time of its last mark */
const markTimes = new SafeMap();

/** The time that a mark's name, or a number, stands for. */
function timeOf(mark) {
  if (mark === undefined) return undefined;
  if (typeof mark === 'number') {
    if (mark < 0) throw new ERR_PERFORMANCE_INVALID_TIMESTAMP(mark);
    return mark;
  }
  const name = `${mark}`;
  if (MILESTONES.has(name)) return require('internal/perf/nodetiming')[name];
  const time = markTimes.get(name);
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

const TRACED_AS = 'node,node.perf,node.perf.usertiming';

function tellMark({ name, startTime }) {
  const { NONE, at } = require('internal/trace_events/emit');
  at('mark', TRACED_AS, name, NONE, nanosecondsOf(startTime));
}

function tellMeasure({ name, startTime, duration }) {
  const { at, nextId } = require('internal/trace_events/emit');
  const id = nextId();
  at('asyncBegin', TRACED_AS, name, id, nanosecondsOf(startTime));
  at('asyncEnd', TRACED_AS, name, id, nanosecondsOf(startTime + duration));
}

function mark(name, options) {
  const made = new PerformanceMark(name, options);
  markTimes.set(made.name, made.startTime);
  enqueue(made);
  bufferUserTiming(made, 'mark');
  if (traces.usertiming) tellMark(made);
  return made;
}

function measure(name, startOrMeasureOptions, endMark) {
  name = `${name}`;
  const { startTime, duration, detail } = spanOf(startOrMeasureOptions, endMark);
  const made = new PerformanceMeasure(kSkipThrow, name, startTime, duration, cloneDetail(detail));
  enqueue(made);
  bufferUserTiming(made, 'measure');
  if (traces.usertiming) tellMeasure(made);
  return made;
}

/** @param {string} [name]  all of them without it */
function clearMarkTimings(name) {
  if (name === undefined) {
    markTimes.clear();
    return;
  }
  if (MILESTONES.has(name)) throw new ERR_INVALID_ARG_VALUE('name', name);
  markTimes.delete(name);
}

module.exports = { PerformanceMark, PerformanceMeasure, clearMarkTimings, mark, measure };
