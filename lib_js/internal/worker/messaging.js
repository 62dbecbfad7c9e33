'use strict';
// postMessageToThread(): from any thread to any other. The main thread knows a port to each of
// them; a message goes to it, from there to its destination, and the verdict comes back through a
// flag in shared memory, so that a destination that does not run is no reason to wait for ever.

const {
  AtomicsNotify,
  AtomicsStore,
  AtomicsWaitAsync,
  Int32Array,
  SafeMap,
} = primordials;

const {
  codes: {
    ERR_WORKER_MESSAGING_ERRORED,
    ERR_WORKER_MESSAGING_FAILED,
    ERR_WORKER_MESSAGING_SAME_THREAD,
    ERR_WORKER_MESSAGING_TIMEOUT,
  },
} = require('internal/errors');
const { validateNumber } = require('internal/validators');
const { MessageChannel } = require('internal/worker/io');
const self = require('internal/worker/self');

const REGISTER = 'register';
const UNREGISTER = 'unregister';
const DELIVER = 'deliver';

// Verdicts, in the shared flag.
const WAITING = 0;
const DELIVERED = 1;
const FAILED = 2;
const ERRORED = 3;

/** Of the main thread: ports by thread. */
const threads = new SafeMap();

/** Of a worker: its port to the main thread. */
let toMain;

function settle(flag, verdict) {
  AtomicsStore(flag, 0, verdict);
  AtomicsNotify(flag, 0);
}

/** Gives a message to this thread's listeners. */
function deliver({ source, value, flag }) {
  try {
    settle(flag, process.emit('workerMessage', value, source) ? DELIVERED : FAILED);
  } catch {
    settle(flag, ERRORED);
  }
}

function onMessageAtMain(message) {
  switch (message.type) {
    case REGISTER:
      addThread(message.threadId, message.port);
      break;
    case UNREGISTER:
      threads.get(message.threadId)?.close();
      threads.delete(message.threadId);
      break;
    default:
      route(message);
  }
}

/** The main thread passes a message on, or keeps it when it is its own. */
function route(message) {
  if (message.destination === 0) {
    deliver(message);
    return;
  }
  const port = threads.get(message.destination);
  if (port === undefined) {
    settle(message.flag, FAILED);
    return;
  }
  port.postMessage(message, message.transferList);
}

function listen(port, receive) {
  port.on('message', receive);
  // It keeps nobody alive.
  port.unref();
}

function addThread(threadId, port) {
  threads.set(threadId, port);
  listen(port, onMessageAtMain);
}

/**
 * Makes a worker reachable. Called by its maker, which gives one end to the worker and one to the
 * main thread.
 * @returns the worker's end
 */
function registerThread(threadId) {
  const { port1, port2 } = new MessageChannel();
  if (self.isMainThread) addThread(threadId, port1);
  else toMain?.postMessage({ type: REGISTER, threadId, port: port1 }, [port1]);
  return port2;
}

function unregisterThread(threadId) {
  if (self.isMainThread) onMessageAtMain({ type: UNREGISTER, threadId });
  else toMain?.postMessage({ type: UNREGISTER, threadId });
}

/** Of a worker: the port that its maker has made. */
function setMainPort(port) {
  toMain = port;
  listen(port, deliver);
}

async function postMessageToThread(threadId, value, transferList, timeout) {
  if (typeof transferList === 'number' && timeout === undefined) {
    timeout = transferList;
    transferList = [];
  }
  if (timeout !== undefined) validateNumber(timeout, 'timeout', 0);
  if (threadId === self.threadId) throw new ERR_WORKER_MESSAGING_SAME_THREAD();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const verdict = AtomicsWaitAsync(flag, 0, WAITING, timeout);
  const message = {
    type: DELIVER, source: self.threadId, destination: threadId, value, flag, transferList,
  };
  if (self.isMainThread) route(message);
  else toMain.postMessage(message, transferList);
  // The wait keeps no loop alive, and the verdict must not be lost.
  const { refAdd } = internalBinding('turn');
  refAdd(1);
  let waited;
  try {
    waited = verdict.async ? await verdict.value : verdict.value;
  } finally {
    refAdd(-1);
  }
  if (waited === 'timed-out') throw new ERR_WORKER_MESSAGING_TIMEOUT();
  switch (flag[0]) {
    case DELIVERED:
      return;
    case ERRORED:
      throw new ERR_WORKER_MESSAGING_ERRORED();
    default:
      throw new ERR_WORKER_MESSAGING_FAILED();
  }
}

module.exports = { postMessageToThread, registerThread, setMainPort, unregisterThread };
