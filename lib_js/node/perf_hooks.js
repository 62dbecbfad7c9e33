'use strict';
// node:perf_hooks. Observers of 'http2' and 'quic' would wait in vain: coring has neither.

const { ObjectDefineProperty, ObjectFreeze } = primordials;

const { eventLoopUtilization } = require('internal/perf/event_loop_utilization');
const { PerformanceObserver, PerformanceObserverEntryList } = require('internal/perf/observe');
const { Performance, performance } = require('internal/perf/performance');
const { PerformanceEntry } = require('internal/perf/performance_entry');
const { PerformanceResourceTiming } = require('internal/perf/resource_timing');
const { timerify } = require('internal/perf/timerify');
const { PerformanceMark, PerformanceMeasure } = require('internal/perf/usertiming');
const { kEmptyObject } = require('internal/util');

const { constants: hidden } = internalBinding('performance');

const constants = {
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
};
// Node has the numbers of its native side there too, out of sight.
for (const name in hidden) {
  ObjectDefineProperty(constants, name, { __proto__: null, value: hidden[name] });
}
ObjectFreeze(constants);

// Few programs want histograms; their modules are loaded for those that do.

function monitorEventLoopDelay(options = kEmptyObject) {
  return require('internal/perf/event_loop_delay')(options);
}

function createHistogram(options = kEmptyObject) {
  return require('internal/histogram').createHistogram(options);
}

module.exports = {
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
  PerformanceResourceTiming,
  monitorEventLoopDelay,
  eventLoopUtilization,
  timerify,
  createHistogram,
  performance,
};

ObjectDefineProperty(module.exports, 'constants', {
  __proto__: null, configurable: false, enumerable: true, value: constants,
});
