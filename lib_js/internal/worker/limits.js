'use strict';
// resourceLimits as they are in effect: what was not asked for is V8's choice for this machine.

const MEGABYTE = 1048576;
const DEFAULT_STACK_MB = 4;

/** @param {number[]} asked young, old, code, stack in MB; 0 is not asked */
function effectiveLimits({ 0: young, 1: old, 2: code, 3: stack }) {
  const HEAP_LIMIT = 5;
  const { heapStatistics, youngBytesMax } = internalBinding('v8');
  const heap = heapStatistics()[HEAP_LIMIT] / MEGABYTE;
  const ownYoung = youngBytesMax() / MEGABYTE;
  return {
    maxYoungGenerationSizeMb: young || ownYoung,
    maxOldGenerationSizeMb: old || heap - ownYoung,
    codeRangeSizeMb: code,
    stackSizeMb: stack || DEFAULT_STACK_MB,
  };
}

module.exports = { effectiveLimits };
