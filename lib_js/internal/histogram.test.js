'use strict';

// Aim: histograms give the numbers of Node's, down to the bucket. Method: figures taken from Node
// 24; what comes of long sums may differ in the last digits.

const assert = require('assert');
const { createHistogram, eventLoopUtilization, monitorEventLoopDelay } = require('perf_hooks');
const { Worker } = require('worker_threads');
const { next, row, rows } = require('../fixtures/rows.test.cjs');

function of(values, options) {
  const histogram = createHistogram(options);
  for (const value of values) histogram.record(value);
  return histogram;
}

function near(actual, expected) {
  assert.ok(Math.abs(actual - expected) <= Math.abs(expected) * 1e-9, `${actual} not ${expected}`);
}

const few = of([1, 2, 3, 4, 10, 10, 50]);
const other = of([5, 6, 7, 8, 9, 100, 100, 200]);
const squares = of(Array.from({ length: 1000 }, (_, i) => i * i + 1));

rows('numbers', [
  ['mean', () => few.mean, 11.428571428571429], ['stddev', () => few.stddev, 16.10551939870431],
  ['skewness', () => few.skewness, 1.8602030882014526],
  ['kurtosis', () => few.kurtosis, 1.7587465094670751],
  ['max', () => squares.max, 998399], ['99 %', () => squares.percentile(99), 978431],
  ['rank', () => few.percentile(90), 10], ['cdf', () => squares.cdf(123456), 0.352],
  ['ks', () => few.ksTest(other), 0.5714285714285714],
  ['t', () => few.welchTest(other).tStatistic, -1.6269031528847795],
  ['p of t', () => few.welchTest(other).pValue, 0.14280889354705126],
  ['interval', () => few.welchTest(other).confidenceInterval.lower, -103.93185266980102],
  ['u', () => few.mannWhitneyTest(other).uStatistic, 15],
  ['p of u', () => few.mannWhitneyTest(other).pValue, 0.13177185141074],
  ['cohen', () => few.cohensD(other), -0.7900119765289628],
  ['cliff', () => few.cliffsD(other), -0.4642857142857143],
  ['from', () => squares.percentileCI(50).lower, 219135],
  ['to', () => squares.percentileCI(50).upper, 282111],
], (name, ask, expected) => near(ask(), expected));

row('percentiles halve what is left', () => {
  assert.deepStrictEqual(few.percentiles, new Map([[0, 1], [50, 4], [75, 10], [87.5, 50],
                                                   [100, 50]]));
  assert.deepStrictEqual(createHistogram().percentiles, new Map([[100, 0]]));
});

row('buckets of the program are counted to their upper end', () => {
  assert.deepStrictEqual([...few.linearBuckets(10)],
                         [[10, 6], [20, 0], [30, 0], [40, 0], [50, 1]]);
  assert.deepStrictEqual([...squares.logBuckets(1000, 10)],
                         [[1000, 32], [10000, 69], [99968, 216], [999936, 683]]);
});

row('what is too big is counted apart', () => {
  const small = of([1, 50, 100, 120, 1000], { lowest: 1, highest: 100, figures: 1 });
  assert.deepStrictEqual([small.count, small.exceeds, small.max], [3, 2, 103]);
});

row('a clone is the same histogram, in another thread too', async () => {
  const histogram = of([5]);
  structuredClone(histogram).record(7);
  assert.strictEqual(histogram.count, 2);
  const worker = new Worker(`
    const { parentPort } = require('worker_threads');
    parentPort.once('message', (histogram) => {
      histogram.record(100);
      parentPort.postMessage(histogram.count);
    });`, { eval: true });
  worker.postMessage(histogram);
  assert.deepStrictEqual(await next(worker, 'message'), [3]);
  assert.strictEqual(histogram.max, 100);
  await worker.terminate();
});

row('a delay of the loop is seen', async () => {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const end = Date.now() + 30;
  while (Date.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.strictEqual(delays.disable(), true);
  assert.ok(delays.max >= 25e6, `${delays.max}`);
});

row('waiting is idle and working is not', async () => {
  await new Promise(setImmediate);
  const before = eventLoopUtilization();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const waited = eventLoopUtilization(before);
  assert.ok(waited.idle > 20 && waited.utilization < 0.9, JSON.stringify(waited));
  const middle = eventLoopUtilization();
  const end = Date.now() + 20;
  while (Date.now() < end);
  assert.strictEqual(eventLoopUtilization(middle).idle, 0);
});
