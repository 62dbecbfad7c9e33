'use strict';
// The `performance` object: https://w3c.github.io/performance-timeline/ and Node's additions.

const {
  MathFloor,
  NumberIsFinite,
  ObjectDefineProperties,
  SymbolToStringTag,
  TypeError,
} = primordials;

const {
  ERR_ILLEGAL_CONSTRUCTOR,
  ERR_INVALID_THIS,
  ERR_MISSING_ARGS,
} = require('internal/errors').codes;
const { Event, EventTarget, defineEventHandler, kTrustEvent } = require('internal/event_target');
const { getTimeOriginMs, now } = require('internal/perf/clock');
const { eventLoopUtilization } = require('internal/perf/event_loop_utilization');
const nodeTiming = require('internal/perf/nodetiming');
const { kSkipThrow } = require('internal/perf/performance_entry');
const { markResourceTiming } = require('internal/perf/resource_timing');
const {
  clearEntriesFromBuffer,
  filterBufferMapByNameAndType,
  setDispatchBufferFull,
  setResourceTimingBufferSize,
} = require('internal/perf/timeline');
const { timerify } = require('internal/perf/timerify');
const { clearMarkTimings, mark, measure } = require('internal/perf/usertiming');
const { customInspectSymbol, kEmptyObject, kEnumerableProperty } = require('internal/util');

const UINT32 = 2 ** 32;

/** WebIDL's unsigned long. */
function toUint32(value, name) {
  if (typeof value === 'symbol' || typeof value === 'bigint') {
    const error = new TypeError(
      `${name} is a ${typeof value === 'symbol' ? 'Symbol' : 'BigInt'} and cannot be ` +
      'converted to a number.');
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }
  const number = +value;
  if (!NumberIsFinite(number)) return 0;
  const rest = (number < 0 ? -MathFloor(-number) : MathFloor(number)) % UINT32;
  return rest < 0 ? rest + UINT32 : rest + 0;
}

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
    if (name !== undefined) name = `${name}`;
    clearMarkTimings(name);
    clearEntriesFromBuffer('mark', name);
  }

  clearMeasures(name = undefined) {
    Performance.#check(this);
    clearEntriesFromBuffer('measure', name === undefined ? undefined : `${name}`);
  }

  clearResourceTimings(name = undefined) {
    Performance.#check(this);
    clearEntriesFromBuffer('resource', name === undefined ? undefined : `${name}`);
  }

  getEntries() {
    Performance.#check(this);
    return filterBufferMapByNameAndType();
  }

  getEntriesByName(name, type = undefined) {
    Performance.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    name = `${name}`;
    return filterBufferMapByNameAndType(name, type === undefined ? undefined : `${type}`);
  }

  getEntriesByType(type) {
    Performance.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    return filterBufferMapByNameAndType(undefined, `${type}`);
  }

  mark(name, options = kEmptyObject) {
    Performance.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    return mark(name, options);
  }

  measure(name, startOrMeasureOptions = kEmptyObject, endMark = undefined) {
    Performance.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    return measure(name, startOrMeasureOptions, endMark);
  }

  now() {
    Performance.#check(this);
    return now();
  }

  setResourceTimingBufferSize(maxSize) {
    Performance.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('maxSize');
    setResourceTimingBufferSize(toUint32(maxSize, 'maxSize'));
  }

  get timeOrigin() {
    Performance.#check(this);
    return getTimeOriginMs();
  }

  toJSON() {
    Performance.#check(this);
    return {
      nodeTiming: this.nodeTiming,
      timeOrigin: getTimeOriginMs(),
      eventLoopUtilization: this.eventLoopUtilization(),
    };
  }

  [customInspectSymbol](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    return `Performance ${inspect({
      nodeTiming: this.nodeTiming,
      timeOrigin: this.timeOrigin,
    }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

function extension(value) {
  return { __proto__: null, value, writable: true, configurable: true };
}

ObjectDefineProperties(Performance.prototype, {
  clearMarks: kEnumerableProperty,
  clearMeasures: kEnumerableProperty,
  clearResourceTimings: kEnumerableProperty,
  getEntries: kEnumerableProperty,
  getEntriesByName: kEnumerableProperty,
  getEntriesByType: kEnumerableProperty,
  mark: kEnumerableProperty,
  measure: kEnumerableProperty,
  now: kEnumerableProperty,
  setResourceTimingBufferSize: kEnumerableProperty,
  timeOrigin: kEnumerableProperty,
  toJSON: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, value: 'Performance', configurable: true },
  eventLoopUtilization: extension(eventLoopUtilization),
  nodeTiming: extension(nodeTiming),
  markResourceTiming: extension(markResourceTiming),
  timerify: extension(timerify),
});
defineEventHandler(Performance.prototype, 'resourcetimingbufferfull');

const performance = new Performance(kSkipThrow);

setDispatchBufferFull((type) => {
  performance.dispatchEvent(new Event(type, { [kTrustEvent]: true }));
});

module.exports = { Performance, performance };
