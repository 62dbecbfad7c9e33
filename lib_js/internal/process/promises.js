'use strict';

// Promise rejections nobody handled. V8 reports every rejection without a handler at once; whether
// it stays unhandled is only judged at the end of the drain that follows the current entry, by
// processPromiseRejections(). What happens then is the mode of --unhandled-rejections.

const {
  Error,
  ObjectPrototypeHasOwnProperty,
  SafeMap,
  SafeWeakMap,
} = primordials;

const { triggerUncaughtException, noSideEffectsToString } = internalBinding('errors');
const { isErrorStackTraceLimitWritable } = require('internal/errors');
const FixedQueue = require('internal/fixed_queue');
const {
  pushAsyncContext,
  popAsyncContext,
  symbols: { async_id_symbol, trigger_async_id_symbol },
} = require('internal/async_hooks');
const AsyncContextFrame = require('internal/async_context_frame');
const traces = require('internal/trace_events/flags');

const REJECTIONS = 4098; // Page word; see boot/turn.js.

// v8::PromiseRejectEvent
const REJECT_WITH_NO_HANDLER = 0;
const HANDLER_ADDED_AFTER_REJECT = 1;
const REJECT_AFTER_RESOLVED = 2;
const RESOLVE_AFTER_RESOLVED = 3;

let page;
let settle; // The mode's function, chosen when the first rejection comes.
let lastRejectionId = 0;
let handledAfterCount = 0;

// Rejected in this drain, not judged yet. A map holds the promise alive until then.
let pending = new SafeMap();
// Judged unhandled; remembered only to tell the program if a handler comes late.
const judged = new SafeWeakMap();
const handledLate = new FixedQueue();

class Rejection {
  constructor(reason) {
    this.reason = reason;
    this.id = ++lastRejectionId;
    this.domain = process.domain;
    this.frame = AsyncContextFrame.current();
    this.warned = false;
  }
}

function promiseRejectHandler(type, promise, reason) {
  switch (type) {
    case REJECT_WITH_NO_HANDLER:
      pending.set(promise, new Rejection(reason));
      page[REJECTIONS] = 1;
      if (traces.rejections) tellCounts();
      break;
    case HANDLER_ADDED_AFTER_REJECT:
      handledAfterCount++;
      if (traces.rejections) tellCounts();
      noteLateHandler(promise);
      break;
    case REJECT_AFTER_RESOLVED:
      noteMultipleResolve('reject', promise, reason);
      break;
    case RESOLVE_AFTER_RESOLVED:
      noteMultipleResolve('resolve', promise, reason);
      break;
  }
}

/** For traces: how many rejections had no handler, and how many of them got one. */
function tellCounts() {
  require('internal/trace_events/emit').counter(
    'node,node.promises,node.promises.rejections', 'rejections',
    { unhandled: lastRejectionId, handledAfter: handledAfterCount });
}

function noteLateHandler(promise) {
  if (pending.delete(promise)) return;
  const rejection = judged.get(promise);
  if (rejection === undefined) return;
  judged.delete(promise);
  if (!rejection.warned) return;
  handledLate.push({ promise, warning: new PromiseRejectionHandledWarning(rejection.id) });
  page[REJECTIONS] = 1;
}

let warnMultipleResolves;

function noteMultipleResolve(type, promise, reason) {
  if (process.listenerCount('multipleResolves') === 0) return;
  process.nextTick(() => {
    if (!process.emit('multipleResolves', type, promise, reason)) return;
    warnMultipleResolves ??= require('internal/util').deprecate(
      () => {}, 'The multipleResolves event has been deprecated.', 'DEP0160');
    warnMultipleResolves();
  });
}

// Returns whether user code ran, and so may have scheduled more.
function processPromiseRejections() {
  let ran = false;
  let late;
  while ((late = handledLate.shift()) !== null) {
    ran = true;
    if (!process.emit('rejectionHandled', late.promise)) process.emitWarning(late.warning);
  }

  const batch = pending;
  if (batch.size === 0) return ran;
  pending = new SafeMap();
  settle ??= settleByMode();
  for (const { 0: promise, 1: rejection } of batch.entries()) {
    // Taken out first: should settle() throw, the rest must still be judged afterwards.
    judged.set(promise, rejection);
    rejection.warned = true;
    const prior = AsyncContextFrame.exchange(rejection.frame);
    let completed = false;
    const id = promise[async_id_symbol];
    if (id !== undefined) pushAsyncContext(id, promise[trigger_async_id_symbol], promise);
    try {
      settle(promise, rejection);
      completed = true;
    } finally {
      if (id !== undefined) popAsyncContext(id);
      AsyncContextFrame.set(prior);
      if (!completed) putBack(batch, promise);
    }
  }
  return true;
}

// A listener threw: the rejections after `promise` go back in front of newer ones.
function putBack(batch, promise) {
  const rest = new SafeMap();
  let passed = false;
  for (const { 0: other, 1: rejection } of batch.entries()) {
    if (passed) rest.set(other, rejection);
    else if (other === promise) passed = true;
  }
  for (const { 0: other, 1: rejection } of pending.entries()) rest.set(other, rejection);
  pending = rest;
  page[REJECTIONS] = 1;
}

// ---- the modes

function settleByMode() {
  const { getOptionValue } = require('internal/options');
  switch (getOptionValue('--unhandled-rejections')) {
    case 'none': return emitUnhandled;
    case 'warn': return emitAndWarn;
    case 'strict': return throwThenEmit;
    case 'warn-with-error-code': return emitOrWarnAndFail;
    default: return emitOrThrow;
  }
}

// Returns whether somebody listened.
function emitUnhandled(promise, { reason, domain }) {
  return domain ? domain.emit('error', reason) :
    process.emit('unhandledRejection', reason, promise);
}

function emitOrThrow(promise, rejection) {
  if (!emitUnhandled(promise, rejection)) {
    triggerUncaughtException(errorFor(rejection.reason), true /* fromPromise */);
  }
}

function throwThenEmit(promise, rejection) {
  triggerUncaughtException(errorFor(rejection.reason), true /* fromPromise */);
  if (!emitUnhandled(promise, rejection)) warnUnhandled(rejection);
}

function emitAndWarn(promise, rejection) {
  emitUnhandled(promise, rejection);
  warnUnhandled(rejection);
}

function emitOrWarnAndFail(promise, rejection) {
  if (emitUnhandled(promise, rejection)) return;
  warnUnhandled(rejection);
  process.exitCode = 1;
}

// ---- errors and warnings

function isErrorLike(value) {
  return typeof value === 'object' && value !== null &&
    ObjectPrototypeHasOwnProperty(value, 'stack');
}

function errorFor(reason) {
  return isErrorLike(reason) ? reason : new UnhandledPromiseRejection(reason);
}

class UnhandledPromiseRejection extends Error {
  code = 'ERR_UNHANDLED_REJECTION';
  name = 'UnhandledPromiseRejection';

  constructor(reason) {
    super('This error originated either by throwing inside of an async function without a catch ' +
      'block, or by rejecting a promise which was not handled with .catch(). The promise ' +
      `rejected with the reason "${noSideEffectsToString(reason)}".`);
  }
}

class UnhandledPromiseRejectionWarning extends Error {
  name = 'UnhandledPromiseRejectionWarning';

  constructor(id) {
    // No stack of its own: the place that judges the rejection says nothing to the user.
    const stackTraceLimit = Error.stackTraceLimit;
    const writable = isErrorStackTraceLimitWritable();
    if (writable) Error.stackTraceLimit = 0;
    super('Unhandled promise rejection. This error originated either by throwing inside of an ' +
      'async function without a catch block, or by rejecting a promise which was not handled ' +
      'with .catch(). To terminate the node process on unhandled promise rejection, use the CLI ' +
      'flag `--unhandled-rejections=strict` (see ' +
      'https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). ' +
      `(rejection id: ${id})`);
    if (writable) Error.stackTraceLimit = stackTraceLimit;
  }
}

class PromiseRejectionHandledWarning extends Error {
  name = 'PromiseRejectionHandledWarning';

  constructor(id) {
    super(`Promise rejection was handled asynchronously (rejection id: ${id})`);
    this.id = id;
  }
}

function warnUnhandled({ reason, id }) {
  const warning = new UnhandledPromiseRejectionWarning(id);
  const name = 'UnhandledPromiseRejectionWarning';
  try {
    if (isErrorLike(reason)) {
      warning.stack = reason.stack;
      process.emitWarning(reason.stack, name);
    } else {
      process.emitWarning(noSideEffectsToString(reason), name);
    }
  } catch {
    // reason.stack was a throwing getter or no string.
    process.emitWarning(noSideEffectsToString(reason), name);
  }
  process.emitWarning(warning);
}

// Run time begins: called once by internal/process/task_queues.
function startRejections(sharedPage) {
  page = sharedPage;
}

module.exports = {
  promiseRejectHandler,
  processPromiseRejections,
  startRejections,
};
