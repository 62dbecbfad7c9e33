'use strict';

// Calls that take long: through native's compute lane, their answer by a callback.

const { allocateTicket, releaseTicket } = require('boot/turn');
const { lastError, orThrow, toError } = require('internal/crypto/failure');

/** What an op takes instead of a ticket when it shall answer at once. */
const NOW = -1;

/** What waits for an answer; `asyncType` is for async_hooks. */
class Job {
  constructor(asyncType, done) {
    this.asyncType = asyncType;
    this.done = done;
  }

  oncomplete(result, value) {
    if (result < 0) this.done(toError(value));
    else this.done(null, value);
  }
}

/**
 * @param {string} asyncType
 * @param {(ticket: number) => null | undefined} start  the op; null: it was refused
 * @param {(error: Error | null, result: any) => void} done
 */
function startJob(asyncType, start, done) {
  const ticket = allocateTicket(new Job(asyncType, done));
  if (start(ticket) !== null) return;
  releaseTicket(ticket);
  throw lastError();
}

/** The same at once: the result, or the failure thrown. */
function runNow(start) {
  return orThrow(start(NOW));
}

function asItIs(result) {
  return result;
}

/**
 * At once, or (with a callback) in native's compute lane.
 * @param {Function | undefined} callback
 * @param {(result: any) => any} [shape]  what the program gets of native's result
 */
function run(asyncType, start, callback, shape = asItIs) {
  if (callback === undefined) return shape(runNow(start));
  startJob(asyncType, start, (error, result) => {
    if (error !== null) callback(error);
    else callback(null, shape(result));
  });
}

module.exports = { NOW, run, runNow, startJob };
