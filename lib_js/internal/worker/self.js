'use strict';
// What this thread is among the threads of the program. A worker's start fills it in before
// anything else of the library asks.

const self = {
  isMainThread: true,
  isInternalThread: false,
  threadId: 0,
  threadName: '',
  /** Effective limits of a worker, in MB; none of the main thread's. */
  resourceLimits: {},
  /** Of a worker: the port to its maker. */
  port: undefined,
  /** How often the main thread has changed the directory; shared by all threads. */
  cwdCounter: undefined,
};

module.exports = self;
