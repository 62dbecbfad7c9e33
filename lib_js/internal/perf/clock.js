'use strict';
// Milliseconds since the process began, as performance.now() gives them.

const { monotonicNow } = internalBinding('performance');

// The origin on both clocks, filled in at run time by boot/start.js.
let originNanoseconds = 0;
let originMilliseconds = 0;

/**
 * @param {number} hrtimeOrigin  monotonic, in nanoseconds
 * @param {number} timeOriginMs  since 1970
 */
function setTimeOrigin(hrtimeOrigin, timeOriginMs) {
  originNanoseconds = hrtimeOrigin;
  originMilliseconds = timeOriginMs;
}

function now() {
  return (monotonicNow() - originNanoseconds) / 1e6;
}

/** @param {number} nanoseconds  of the monotonic clock */
function sinceOrigin(nanoseconds) {
  return (nanoseconds - originNanoseconds) / 1e6;
}

/** The same back: of the monotonic clock. @param {number} ms  since the origin */
function nanosecondsOf(ms) {
  return originNanoseconds + ms * 1e6;
}

module.exports = {
  getTimeOriginMs: () => originMilliseconds,
  nanosecondsOf,
  now,
  setTimeOrigin,
  sinceOrigin,
};
