'use strict';

// The one door from native into JavaScript. Native fills the page with the entries of a turn and
// calls deliver() once; every entry goes to the function registered for its kind, and after every
// entry ticks and microtasks are drained, as Node does after every callback. Behind the last one
// native does it anyway, and lets V8 forget the targets of weak references.
//
//   page (Int32Array of 4100)
//   [4i .. 4i+3]  entry i: kind, handle, a, b      values[i]: string | Uint8Array | undefined
//   [4096] CURSOR      first entry not yet begun; native sets it to 0 before a new delivery
//   [4097] TICK        1 while nextTick's queue has something in it
//   [4098] REJECTIONS  1 while promise rejections wait to be looked at
//   [4099] IMMEDIATES  > 0: so many ref'd immediates; < 0: only unref'd ones; 0: none
//
// There is no try/catch here: an exception goes up to native, which asks uncaught() and, if the
// program lives on, calls deliver() again with the same arguments to go on at CURSOR.

const { runMicrotasks, hasMicrotasks, setCallbacks, getPage } = internalBinding('turn');
const {
  processTicksAndRejections,
  startTaskQueues,
} = require('internal/process/task_queues');
const { promiseRejectHandler } = require('internal/process/promises');
const { processTimers, processImmediate, startTimers } = require('internal/timers');
const AsyncContextFrame = require('internal/async_context_frame');

const { watch, clearAsyncIdStack } = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');

const { current: currentFrame, set: setFrame } = AsyncContextFrame;

const CURSOR = 4096;
const TICK = 4097;
const REJECTIONS = 4098;
const KINDS_COUNT = 32;
const KIND_TICKET = 20;

let page;

function unknownKind(handle, a, b) {
  // Native and the library disagree about their contract: a bug here, not the program's.
  throw new Error(`coring: no receiver for a native entry (handle ${handle}, ${a}, ${b})`);
}

const receivers = [];
for (let kind = 0; kind < KINDS_COUNT; kind++) receivers.push(unknownKind);

// receive(handle, a, b, value) gets every entry of this kind.
function registerKind(kind, receive) {
  receivers[kind] = receive;
}

function deliver(count, values) {
  let index = page[CURSOR];
  setFrame(undefined); // An exception may have left another.
  clearAsyncIdStack();
  while (index < count) {
    const at = index << 2;
    const value = values[index];
    page[CURSOR] = ++index;
    receivers[page[at]](page[at + 1], page[at + 2], page[at + 3], value);
    if (page[TICK] === 0 && hasMicrotasks()) runMicrotasks();
    // Asked anew, because a microtask may have called nextTick or left a rejection.
    if (page[TICK] !== 0 || page[REJECTIONS] !== 0) processTicksAndRejections();
  }
}

// What native calls after an uncaught exception was handled, and wherever else ticks may wait.
function drain() {
  setFrame(undefined);
  clearAsyncIdStack();
  processTicksAndRejections();
}

// For a receiver with several things of its own to deliver: what comes between two of them.
function settle() {
  if (page[TICK] === 0 && hasMicrotasks()) runMicrotasks();
  if (page[TICK] !== 0 || page[REJECTIONS] !== 0) processTicksAndRejections();
}

// Tickets: a small integer names whoever waits for an answer. The owner's oncomplete(result, value)
// is called once, in the async context the ticket was taken in; the ticket is free again by then.
// An owner with an `asyncType` is an async resource of that type.
const owners = [];
const frames = [];
const freeTickets = [];

function allocateTicket(owner) {
  const ticket = freeTickets.length !== 0 ? freeTickets.pop() : owners.length;
  owners[ticket] = owner;
  frames[ticket] = currentFrame();
  if (watch.isOn && owner.asyncType !== undefined) {
    resources.initResource(owner, owner.asyncType);
  }
  return ticket;
}

// Gives back a ticket whose op was refused at once, so that no answer will come.
function releaseTicket(ticket) {
  owners[ticket] = undefined;
  frames[ticket] = undefined;
  freeTickets.push(ticket);
}

/** Those who wait for an answer, for process._getActiveRequests(). */
function ticketOwners() {
  return owners.filter((owner) => owner !== undefined);
}

function answerTicket(ticket, result, b, value) {
  const owner = owners[ticket];
  const frame = frames[ticket];
  releaseTicket(ticket);
  if (watch.isOn && owner.asyncType !== undefined) {
    setFrame(frame);
    resources.callRequest(owner, () => owner.oncomplete(result, value));
    setFrame(undefined);
    return;
  }
  if (frame === undefined) {
    owner.oncomplete(result, value);
    return;
  }
  setFrame(frame);
  owner.oncomplete(result, value);
  setFrame(undefined);
}

registerKind(KIND_TICKET, answerTicket);

// Run time begins: the page becomes known and native learns whom to call. `rest` holds the
// callbacks that other modules own: uncaught, beforeExit, exit.
function startTurns(rest) {
  page = getPage();
  startTaskQueues(page);
  startTimers(page);
  setCallbacks({
    deliver,
    processTimers,
    processImmediate,
    processTicks: drain,
    promiseReject: promiseRejectHandler,
    ...rest,
  });
}

module.exports = {
  registerKind,
  deliver,
  allocateTicket,
  releaseTicket,
  settle,
  ticketOwners,
  startTurns,
};
