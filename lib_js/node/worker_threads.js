'use strict';
// worker_threads, seen from the one thread there is. Threads themselves are not
// built: `new Worker()` throws. What describes the main thread is Node's.
//
// Missing: Worker, MessageChannel, MessagePort, BroadcastChannel,
// receiveMessageOnPort, moveMessagePortToContext, postMessageToThread,
// markAsUntransferable, markAsUncloneable, isMarkedAsUntransferable, locks.

const {
  SafeMap,
  SymbolFor,
} = primordials;

const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');

const SHARE_ENV = SymbolFor('nodejs.worker_threads.SHARE_ENV');

const environmentData = new SafeMap();

/** Data that Workers would be given a copy of; `undefined` takes a key away. */
function setEnvironmentData(key, value) {
  if (value === undefined) environmentData.delete(key);
  else environmentData.set(key, value);
}

function getEnvironmentData(key) {
  return environmentData.get(key);
}

class Worker {
  constructor(filename, options = undefined) {
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('worker_threads.Worker (not built yet)');
  }
}

module.exports = {
  isInternalThread: false,
  isMainThread: true,
  resourceLimits: {},
  setEnvironmentData,
  getEnvironmentData,
  threadId: 0,
  threadName: '',
  SHARE_ENV,
  Worker,
  parentPort: null,
  workerData: null,
};
