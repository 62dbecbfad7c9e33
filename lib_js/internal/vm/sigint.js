'use strict';

// breakOnSigint: SIGINT ends the script instead of reaching the program's listeners.

const { ErrnoException } = require('internal/errors');
const { start, stop } = internalBinding('sigint');

let depth = 0;
let wasMissed = false;

function startWatch() {
  if (depth++ > 0) return;
  const errno = start();
  if (errno >= 0) return;
  depth--;
  throw new ErrnoException(errno, 'sigint');
}

/** @returns {boolean} the signal came, but found no script to break */
function stopWatch() {
  if (--depth > 0) return false;
  return stop();
}

/** Calls run(); the program's listeners of SIGINT are away meanwhile. */
function breakingOnSigint(run) {
  const listeners = process.rawListeners('SIGINT');
  if (listeners.length > 0) process.removeAllListeners('SIGINT');
  startWatch();
  try {
    return run();
  } finally {
    wasMissed = stopWatch();
    for (let i = 0; i < listeners.length; i++) process.addListener('SIGINT', listeners[i]);
  }
}

/** Whether the last breakingOnSigint() had a signal that came too late for its script. */
function takeMissed() {
  const missed = wasMissed;
  wasMissed = false;
  return missed;
}

module.exports = { breakingOnSigint, takeMissed };
