'use strict';
// resourceLimits as they are in effect: what was not asked for is V8's choice for this machine.

const MEGABYTE = 1048576;
const DEFAULT_STACK_MB = 4;
const DEFAULT_YOUNG_MB = 48;

/** @param {number[]} asked young, old, code, stack in MB; 0 is not asked */
function effectiveLimits({ 0: young, 1: old, 2: code, 3: stack }) {
  const HEAP_LIMIT = 5;
  const heap = internalBinding('v8').heapStatistics()[HEAP_LIMIT] / MEGABYTE;
  return {
    maxYoungGenerationSizeMb: young || DEFAULT_YOUNG_MB,
    maxOldGenerationSizeMb: old || heap - DEFAULT_YOUNG_MB,
    codeRangeSizeMb: code,
    stackSizeMb: stack || DEFAULT_STACK_MB,
  };
}

module.exports = { effectiveLimits };
