'use strict';

// performance.nodeTiming: when this process came to which point. Every property is computed when
// it is read.

const { ObjectDefineProperty, ObjectSetPrototypeOf } = primordials;

const { customInspectSymbol } = require('internal/util');
const { now, sinceOrigin } = require('internal/perf/clock');
const { PerformanceEntry } = require('internal/perf/performance_entry');

const { constants, idleTime, loopMetrics, milestones } = internalBinding('performance');

function milestone(name) {
  const time = milestones()[constants[`NODE_PERFORMANCE_MILESTONE_${name}`]];
  return time === 0 ? -1 : sinceOrigin(time);
}

const GETTERS = {
  __proto__: null,
  duration: now,
  nodeStart: () => milestone('NODE_START'),
  v8Start: () => milestone('V8_START'),
  environment: () => milestone('ENVIRONMENT'),
  loopStart: () => milestone('LOOP_START'),
  loopExit: () => milestone('LOOP_EXIT'),
  bootstrapComplete: () => milestone('BOOTSTRAP_COMPLETE'),
  idleTime,
  uvMetricsInfo() {
    const { 0: loopCount, 1: events, 2: eventsWaiting } = loopMetrics();
    return { loopCount, events, eventsWaiting };
  },
};

class PerformanceNodeTiming {
  constructor() {
    const values = { __proto__: null, name: 'node', entryType: 'node', startTime: 0 };
    for (const key in values) {
      ObjectDefineProperty(this, key, {
        __proto__: null, enumerable: true, configurable: true, value: values[key],
      });
    }
    for (const key in GETTERS) {
      ObjectDefineProperty(this, key, {
        __proto__: null, enumerable: true, configurable: true, get: GETTERS[key],
      });
    }
  }

  [customInspectSymbol](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    return `PerformanceNodeTiming ${inspect(this.toJSON(), {
      ...options, depth: options.depth == null ? null : options.depth - 1,
    })}`;
  }

  toJSON() {
    return {
      name: 'node',
      entryType: 'node',
      startTime: this.startTime,
      duration: this.duration,
      nodeStart: this.nodeStart,
      v8Start: this.v8Start,
      bootstrapComplete: this.bootstrapComplete,
      environment: this.environment,
      loopStart: this.loopStart,
      loopExit: this.loopExit,
      idleTime: this.idleTime,
    };
  }
}

ObjectSetPrototypeOf(PerformanceNodeTiming.prototype, PerformanceEntry.prototype);

module.exports = new PerformanceNodeTiming();
