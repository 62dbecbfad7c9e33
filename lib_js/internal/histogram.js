'use strict';

// Histograms: createHistogram() of perf_hooks, and what monitorEventLoopDelay() is made of. The
// values are counted natively; what is asked for rarely is computed from the buckets here.

const {
  ArrayIsArray,
  ArrayPrototypeSlice,
  ArrayPrototypeSort,
  BigInt,
  Map,
  MapPrototypeEntries,
  MapPrototypeSet,
  Number,
  NumberIsNaN,
  NumberMAX_SAFE_INTEGER,
  ObjectFromEntries,
  SafeFinalizationRegistry,
  Symbol,
} = primordials;

const {
  ERR_ILLEGAL_CONSTRUCTOR,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_THIS,
  ERR_OUT_OF_RANGE,
} = require('internal/errors').codes;
const lazyStatistics = () => require('internal/perf/statistics');
const { customInspectSymbol, kEmptyObject, lazyDOMException } = require('internal/util');
const { validateInteger, validateNumber, validateObject } = require('internal/validators');
const { kClone, kDeserialize, markTransferMode } = require('internal/worker/transfer_symbols');

const native = internalBinding('performance');

const kDestroy = Symbol('kDestroy');
const kHandle = Symbol('kHandle');
const kRecordable = Symbol('kRecordable');
const kSkipThrow = Symbol('kSkipThrow');

// Places in the list of bindings/src/histogram.rs.
const COUNT = 0;
const MIN = 1;
const MAX = 2;
const MEAN = 3;
const STDDEV = 4;
const EXCEEDS = 5;
const EWMA_MEAN = 6;
const EWMA_STDDEV = 7;
const EWMA_ERROR_RATE = 8;

const INT64_MAX = 9223372036854775807n;

// ---- handles. A histogram that was cloned is one native thing behind several handles, which may
// be of several threads.

let registry;

/** What Node has as a native object. */
class NativeHistogram {
  constructor(handle) {
    this.handle = handle;
    registry ??= new SafeFinalizationRegistry(native.histogramFree);
    registry.register(this, handle);
  }

  static create(lowest, highest, figures) {
    const handle = native.histogramCreate(lowest, highest, figures);
    if (handle === 0) throw new ERR_INVALID_ARG_VALUE.RangeError('options.highest', highest);
    return new NativeHistogram(handle);
  }

  /** @param {number} number  what histogramShare() gave for it */
  static adopt(number) {
    const handle = native.histogramAdopt(number);
    if (handle === 0) throw lazyDOMException('The histogram is gone', 'DataCloneError');
    return new NativeHistogram(handle);
  }

  ask(question) {
    return native.histogramAnswer(this.handle, question);
  }

  buckets() {
    return native.histogramBuckets(this.handle);
  }
}

function isHistogram(object) {
  return object?.[kHandle] !== undefined;
}

function check(self) {
  if (!isHistogram(self)) throw new ERR_INVALID_THIS('Histogram');
}

function checkOther(other) {
  if (!isHistogram(other)) throw new ERR_INVALID_ARG_TYPE('other', 'Histogram', other);
}

function checkPercentile(percentile, name) {
  validateNumber(percentile, name);
  if (NumberIsNaN(percentile) || percentile <= 0 || percentile > 100) {
    throw new ERR_OUT_OF_RANGE(name, '> 0 && <= 100', percentile);
  }
}

function checkShare(value, name) {
  validateNumber(value, name);
  if (NumberIsNaN(value) || value <= 0 || value >= 1) {
    throw new ERR_OUT_OF_RANGE(name, '> 0 && < 1', value);
  }
}

function confidenceOf(options) {
  validateObject(options, 'options');
  const { confidence = 0.95 } = options;
  checkShare(confidence, 'options.confidence');
  return confidence;
}

function compare(self, other, name) {
  check(self);
  checkOther(other);
  if (self[kHandle] === null) return undefined;
  return lazyStatistics()[name](self[kHandle].buckets(), other[kHandle].buckets());
}

function levels(self, first, next) {
  const map = new Map();
  const own = self[kHandle];
  if (own === null) return map;
  lazyStatistics().eachLevel(
    own.buckets(), first, next, (value) => native.histogramLowest(own.handle, value),
    (key, count) => MapPrototypeSet(map, key, count));
  return map;
}

class Histogram {
  constructor(secret = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  [customInspectSymbol](depth, options) {
    if (depth < 0) return this;
    const { min, max, mean, exceeds, stddev, skewness, kurtosis, count, percentiles } = this;
    const { inspect } = require('internal/util/inspect');
    return `Histogram ${inspect({
      min, max, mean, exceeds, stddev, skewness, kurtosis, count, percentiles,
    }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }

  get count() {
    check(this);
    return this[kHandle]?.ask(COUNT);
  }

  get countBigInt() {
    check(this);
    return BigInt(this[kHandle]?.ask(COUNT));
  }

  ccdf(value) {
    check(this);
    validateNumber(value, 'value');
    return 1 - this.cdf(value);
  }

  cdf(value) {
    check(this);
    validateNumber(value, 'value');
    if (this[kHandle] === null) return undefined;
    return lazyStatistics().cdf(this[kHandle].buckets(), value);
  }

  countAt(value) {
    check(this);
    validateNumber(value, 'value');
    if (this[kHandle] === null) return undefined;
    return native.histogramCountAt(this[kHandle].handle, value);
  }

  get min() {
    check(this);
    return this[kHandle]?.ask(MIN);
  }

  get minBigInt() {
    check(this);
    return this.count === 0 ? INT64_MAX : BigInt(this[kHandle]?.ask(MIN));
  }

  get max() {
    check(this);
    return this[kHandle]?.ask(MAX);
  }

  get maxBigInt() {
    check(this);
    return BigInt(this[kHandle]?.ask(MAX));
  }

  get mean() {
    check(this);
    return this[kHandle]?.ask(MEAN);
  }

  get exceeds() {
    check(this);
    return this[kHandle]?.ask(EXCEEDS);
  }

  get exceedsBigInt() {
    check(this);
    return BigInt(this[kHandle]?.ask(EXCEEDS));
  }

  get ewmaMean() {
    check(this);
    return this[kHandle]?.ask(EWMA_MEAN);
  }

  get ewmaStddev() {
    check(this);
    return this[kHandle]?.ask(EWMA_STDDEV);
  }

  get ewmaErrorRate() {
    check(this);
    return this[kHandle]?.ask(EWMA_ERROR_RATE);
  }

  burnRate(sloTarget) {
    check(this);
    checkShare(sloTarget, 'sloTarget');
    if (this[kHandle] === null) return undefined;
    return this[kHandle].ask(EWMA_ERROR_RATE) / (1 - sloTarget);
  }

  ksTest(other) {
    return compare(this, other, 'ksTest');
  }

  welchTest(other, options = kEmptyObject) {
    check(this);
    checkOther(other);
    const confidence = confidenceOf(options);
    if (this[kHandle] === null) return undefined;
    const { tStatistic, degreesOfFreedom, pValue, lower, upper } =
      lazyStatistics().welchTest(this[kHandle].buckets(), other[kHandle].buckets(), confidence);
    return {
      __proto__: null,
      tStatistic,
      degreesOfFreedom,
      pValue,
      confidenceInterval: { __proto__: null, lower, upper },
    };
  }

  mannWhitneyTest(other) {
    const result = compare(this, other, 'mannWhitneyTest');
    return result === undefined ? undefined : { __proto__: null, ...result };
  }

  cohensD(other) {
    return compare(this, other, 'cohensD');
  }

  cliffsD(other) {
    return compare(this, other, 'cliffsD');
  }

  get kurtosis() {
    check(this);
    if (this[kHandle] === null) return undefined;
    return lazyStatistics().kurtosis(this[kHandle].buckets());
  }

  linearBuckets(stepSize) {
    check(this);
    validateInteger(stepSize, 'stepSize', 1);
    return levels(this, stepSize, (level) => level + stepSize);
  }

  logBuckets(firstBucket, base) {
    check(this);
    validateInteger(firstBucket, 'firstBucket', 1);
    validateNumber(base, 'base');
    if (base <= 1) throw new ERR_OUT_OF_RANGE('base', '> 1', base);
    // Levels are integers; a base near 1 must not stand still.
    return levels(this, firstBucket, (level) => {
      const next = level * base;
      return next - next % 1 > level ? next - next % 1 : level + 1;
    });
  }

  get skewness() {
    check(this);
    if (this[kHandle] === null) return undefined;
    return lazyStatistics().skewness(this[kHandle].buckets());
  }

  get stddev() {
    check(this);
    return this[kHandle]?.ask(STDDEV);
  }

  percentile(percentile) {
    check(this);
    checkPercentile(percentile, 'percentile');
    if (this[kHandle] === null) return undefined;
    return native.histogramPercentile(this[kHandle].handle, percentile);
  }

  percentileBigInt(percentile) {
    check(this);
    checkPercentile(percentile, 'percentile');
    if (this[kHandle] === null) return undefined;
    return BigInt(native.histogramPercentile(this[kHandle].handle, percentile));
  }

  percentileCI(percentile, options = kEmptyObject) {
    check(this);
    checkPercentile(percentile, 'percentile');
    const confidence = confidenceOf(options);
    if (this[kHandle] === null) return undefined;
    const value = this.percentile(percentile);
    if (this.count < 2) return { __proto__: null, value, lower: value, upper: value };
    const { lower, upper } =
      lazyStatistics().percentileBounds(this[kHandle].buckets(), percentile, confidence);
    return { __proto__: null, value, lower, upper };
  }

  get percentiles() {
    check(this);
    return percentilesOf(this, (value) => value);
  }

  get percentilesBigInt() {
    check(this);
    return percentilesOf(this, BigInt);
  }

  percentilesAt(percentiles) {
    check(this);
    if (!ArrayIsArray(percentiles)) {
      throw new ERR_INVALID_ARG_TYPE('percentiles', 'Array', percentiles);
    }
    for (let i = 0; i < percentiles.length; i++) {
      checkPercentile(percentiles[i], `percentiles[${i}]`);
    }
    const map = new Map();
    const sorted = ArrayPrototypeSort(ArrayPrototypeSlice(percentiles), (a, b) => a - b);
    for (let i = 0; i < sorted.length; i++) {
      MapPrototypeSet(map, sorted[i], this.percentile(sorted[i]));
    }
    return map;
  }

  reset() {
    check(this);
    if (this[kHandle] !== null) native.histogramReset(this[kHandle].handle);
  }

  [kClone]() {
    return {
      data: { number: native.histogramShare(this[kHandle].handle) },
      deserializeInfo: 'internal/histogram:ClonedHistogram',
    };
  }

  [kDeserialize]({ number }) {
    this[kHandle] = NativeHistogram.adopt(number);
  }

  toJSON() {
    return {
      count: this.count,
      min: this.min,
      max: this.max,
      mean: this.mean,
      exceeds: this.exceeds,
      stddev: this.stddev,
      skewness: this.skewness,
      kurtosis: this.kurtosis,
      ewmaMean: this.ewmaMean,
      ewmaStddev: this.ewmaStddev,
      ewmaErrorRate: this.ewmaErrorRate,
      percentiles: ObjectFromEntries(MapPrototypeEntries(this.percentiles)),
    };
  }
}

function percentilesOf(self, convert) {
  const map = new Map();
  if (self[kHandle] !== null) {
    lazyStatistics().eachPercentile(self[kHandle].buckets(), (percentile, value) => {
      MapPrototypeSet(map, percentile, convert(value));
    });
  }
  return map;
}

/** What may be recorded, as a number. */
function checkedValue(value, name) {
  if (typeof value !== 'bigint') {
    validateInteger(value, name, 1);
    return value;
  }
  if (value < 1n || value > INT64_MAX) {
    const error = new ERR_OUT_OF_RANGE(name, '>= 1', value);
    error.message = 'value is out of range';
    throw error;
  }
  return Number(value);
}

class RecordableHistogram extends Histogram {
  constructor(secret = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    super(secret);
  }

  record(val) {
    if (this[kRecordable] === undefined) throw new ERR_INVALID_THIS('RecordableHistogram');
    native.histogramRecord(this[kHandle].handle, checkedValue(val, 'val'));
  }

  recordDelta() {
    if (this[kRecordable] === undefined) throw new ERR_INVALID_THIS('RecordableHistogram');
    native.histogramRecordDelta(this[kHandle].handle);
  }

  recordCorrected(val, expectedInterval) {
    if (this[kRecordable] === undefined) throw new ERR_INVALID_THIS('RecordableHistogram');
    if (typeof val === 'bigint' && typeof expectedInterval !== 'bigint') {
      throw new ERR_INVALID_ARG_TYPE('expectedInterval', 'bigint', expectedInterval);
    }
    if (typeof val === 'number' && typeof expectedInterval === 'bigint') {
      throw new ERR_INVALID_ARG_TYPE('expectedInterval', 'number', expectedInterval);
    }
    native.histogramRecordCorrected(
      this[kHandle].handle, checkedValue(val, 'val'),
      checkedValue(expectedInterval, 'expectedInterval'));
  }

  subtract(other) {
    if (this[kRecordable] === undefined) throw new ERR_INVALID_THIS('RecordableHistogram');
    if (other[kRecordable] === undefined) {
      throw new ERR_INVALID_ARG_TYPE('other', 'RecordableHistogram', other);
    }
    native.histogramSubtract(this[kHandle].handle, other[kHandle].handle);
  }

  add(other) {
    if (this[kRecordable] === undefined) throw new ERR_INVALID_THIS('RecordableHistogram');
    if (other[kRecordable] === undefined) {
      throw new ERR_INVALID_ARG_TYPE('other', 'RecordableHistogram', other);
    }
    native.histogramAdd(this[kHandle].handle, other[kHandle].handle);
  }

  [kClone]() {
    return {
      data: { number: native.histogramShare(this[kHandle].handle) },
      deserializeInfo: 'internal/histogram:ClonedRecordableHistogram',
    };
  }

  [kDeserialize]({ number }) {
    this[kHandle] = NativeHistogram.adopt(number);
  }
}

/** Called when one was cloned; its kDeserialize gives it a handle. */
function ClonedHistogram(handle) {
  const histogram = new Histogram(kSkipThrow);
  markTransferMode(histogram, true, false);
  histogram[kHandle] = handle;
  return histogram;
}
ClonedHistogram.prototype[kDeserialize] = () => {};

function ClonedRecordableHistogram(handle) {
  const histogram = new RecordableHistogram(kSkipThrow);
  markTransferMode(histogram, true, false);
  histogram[kRecordable] = true;
  histogram[kHandle] = handle;
  return histogram;
}
ClonedRecordableHistogram.prototype[kDeserialize] = () => {};

function createHistogram(options = kEmptyObject) {
  validateObject(options, 'options');
  const {
    lowest = 1, highest = NumberMAX_SAFE_INTEGER, figures = 3, halfLife = 0, threshold = 0,
  } = options;
  if (typeof lowest !== 'bigint') {
    validateInteger(lowest, 'options.lowest', 1, NumberMAX_SAFE_INTEGER);
  }
  if (typeof highest !== 'bigint') {
    validateInteger(highest, 'options.highest', 2 * Number(lowest), NumberMAX_SAFE_INTEGER);
  } else if (highest < 2n * BigInt(lowest)) {
    throw new ERR_INVALID_ARG_VALUE.RangeError('options.highest', highest);
  }
  validateInteger(figures, 'options.figures', 1, 5);
  validateNumber(halfLife, 'options.halfLife');
  if (halfLife < 0) throw new ERR_OUT_OF_RANGE('options.halfLife', '>= 0', halfLife);
  validateNumber(threshold, 'options.threshold');
  if (threshold < 0) throw new ERR_OUT_OF_RANGE('options.threshold', '>= 0', threshold);
  const handle = NativeHistogram.create(Number(lowest), Number(highest), figures);
  if (halfLife > 0) native.histogramSmooth(handle.handle, halfLife, threshold);
  return new ClonedRecordableHistogram(handle);
}

module.exports = {
  ClonedHistogram,
  ClonedRecordableHistogram,
  Histogram,
  NativeHistogram,
  RecordableHistogram,
  createHistogram,
  isHistogram,
  kDestroy,
  kHandle,
  kSkipThrow,
};
