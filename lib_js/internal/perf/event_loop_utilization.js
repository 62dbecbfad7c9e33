'use strict';

// eventLoopUtilization(): how much of its time the loop was not waiting.

const { idleTime, milestones, constants: { NODE_PERFORMANCE_MILESTONE_LOOP_START: LOOP_START } } =
  internalBinding('performance');

function eventLoopUtilization(util1, util2) {
  return internalEventLoopUtilization(milestones()[LOOP_START] / 1e6, idleTime(), util1, util2);
}

/** @param {number} loopStart  ms of the monotonic clock; 0: the loop has not begun */
function internalEventLoopUtilization(loopStart, idle, util1, util2) {
  if (loopStart <= 0) return { idle: 0, active: 0, utilization: 0 };
  if (util2) return ratio(util1.idle - util2.idle, util1.active - util2.active);
  const { 0: seconds, 1: nanoseconds } = process.hrtime();
  const active = seconds * 1e3 + nanoseconds / 1e6 - loopStart - idle;
  return util1 ? ratio(idle - util1.idle, active - util1.active) : ratio(idle, active);
}

function ratio(idle, active) {
  return { idle, active, utilization: active / (idle + active) };
}

module.exports = { eventLoopUtilization, internalEventLoopUtilization };
