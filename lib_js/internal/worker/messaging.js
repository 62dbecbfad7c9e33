'use strict';
// postMessageToThread(): from any thread to any other. The main thread knows a port to each of
// them; a message goes to it, and from there to its destination. The verdict comes back through a
// port that goes with the message: if that is closed without one, nobody was there.

const { Promise, SafeMap } = primordials;

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
const { clearTimeout, setTimeout } = require('internal/timers');

const REGISTER = 'register';
const UNREGISTER = 'unregister';
const DELIVER = 'deliver';

// Verdicts.
const DELIVERED = 1;
const FAILED = 2;
const ERRORED = 3;

/** Of the main thread: ports by thread. */
const threads = new SafeMap();

/** Of a worker: its port to the main thread. */
let toMain;

function settle(reply, verdict) {
  reply.postMessage(verdict);
  reply.close();
}

/** Gives a message to this thread's listeners. */
function deliver({ source, value, reply }) {
  let verdict = ERRORED;
  try {
    verdict = process.emit('workerMessage', value, source) ? DELIVERED : FAILED;
  } catch {
    // Told to the sender, who alone waits for something.
  }
  settle(reply, verdict);
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
    settle(message.reply, FAILED);
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

/** @returns {Promise<number>} the verdict, or undefined when the time was up */
function send(message, transferList, timeout) {
  const { port1, port2 } = new MessageChannel();
  message.reply = port2;
  message.transferList = [...transferList ?? [], port2];
  if (self.isMainThread) route(message);
  else toMain.postMessage(message, message.transferList);
  return new Promise((resolve) => {
    let timer;
    const end = (verdict) => {
      if (timer !== undefined) clearTimeout(timer);
      resolve(verdict);
      port1.close();
    };
    port1.on('message', end);
    port1.on('close', () => end(FAILED));
    if (timeout !== undefined) timer = setTimeout(end, timeout);
  });
}

async function postMessageToThread(threadId, value, transferList, timeout) {
  if (typeof transferList === 'number' && timeout === undefined) {
    timeout = transferList;
    transferList = [];
  }
  if (timeout !== undefined) validateNumber(timeout, 'timeout', 0);
  if (threadId === self.threadId) throw new ERR_WORKER_MESSAGING_SAME_THREAD();
  const message = { type: DELIVER, source: self.threadId, destination: threadId, value };
  switch (await send(message, transferList, timeout)) {
    case undefined:
      throw new ERR_WORKER_MESSAGING_TIMEOUT();
    case DELIVERED:
      return;
    case ERRORED:
      throw new ERR_WORKER_MESSAGING_ERRORED();
    default:
      throw new ERR_WORKER_MESSAGING_FAILED();
  }
}

module.exports = { postMessageToThread, registerThread, setMainPort, unregisterThread };
