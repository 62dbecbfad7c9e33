'use strict';
// timerify(): a function that tells observers how long each of its calls took.

const {
  FunctionPrototypeCall,
  MathCeil,
  ObjectDefineProperties,
  ReflectApply,
  ReflectConstruct,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { nanosecondsOf, now } = require('internal/perf/clock');
const { enqueue } = require('internal/perf/observe');
const { PerformanceNodeEntry, kSkipThrow } = require('internal/perf/performance_entry');
const traces = require('internal/trace_events/flags');
const { kEmptyObject } = require('internal/util');
const { validateFunction, validateObject } = require('internal/validators');

function trace(name, start, duration) {
  const { at, nextId } = require('internal/trace_events/emit');
  const group = 'node,node.perf,node.perf.timerify';
  const id = nextId();
  at('asyncBegin', group, name, id, nanosecondsOf(start));
  at('asyncEnd', group, name, id, nanosecondsOf(start + duration));
}

function tell(name, start, args, histogram) {
  const duration = now() - start;
  if (traces.timerify) trace(name, start, duration);
  histogram?.record(MathCeil(duration * 1e6));
  const entry = new PerformanceNodeEntry(kSkipThrow, name, 'function', start, duration, args);
  for (let i = 0; i < args.length; i++) entry[i] = args[i];
  enqueue(entry);
}

function timerify(fn, options = kEmptyObject) {
  validateFunction(fn, 'fn');
  validateObject(options, 'options');
  const { histogram } = options;
  if (histogram !== undefined &&
      (typeof histogram?.record !== 'function' ||
       !require('internal/histogram').isHistogram(histogram))) {
    throw new ERR_INVALID_ARG_TYPE('options.histogram', 'RecordableHistogram', histogram);
  }

  function timerified(...args) {
    const start = now();
    if (new.target !== undefined) {
      const made = ReflectConstruct(fn, args, fn);
      tell(fn.name, start, args, histogram);
      return made;
    }
    const result = ReflectApply(fn, this, args);
    if (typeof result?.finally === 'function') {
      return FunctionPrototypeCall(
        result.finally, result, () => tell(fn.name, start, args, histogram));
    }
    tell(fn.name, start, args, histogram);
    return result;
  }

  ObjectDefineProperties(timerified, {
    length: { __proto__: null, configurable: false, enumerable: true, value: fn.length },
    name: {
      __proto__: null, configurable: false, enumerable: true, value: `timerified ${fn.name}`,
    },
  });
  return timerified;
}

module.exports = { timerify };
