'use strict';
// The option breakOnSigint of vm: while the code runs SIGINT ends it, whoever listens otherwise.

const { ArrayPrototypeForEach } = primordials;

/** Runs `run()` with the program's listeners of SIGINT laid aside. */
function breakingOnSigint(run) {
  const listeners = process.rawListeners('SIGINT');
  if (listeners.length === 0) return run();
  process.removeAllListeners('SIGINT');
  try {
    return run();
  } finally {
    // A listener for once is still the wrapper that removes itself.
    ArrayPrototypeForEach(listeners, (listener) => process.addListener('SIGINT', listener));
  }
}

module.exports = { breakingOnSigint };
