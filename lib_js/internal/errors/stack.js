'use strict';

// What `error.stack` says. V8 asks prepareStackTraceCallback once, when a stack is first read.

const {
  ArrayPrototypeFilter, ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeUnshift, Error,
  ErrorCaptureStackTrace, ErrorPrototypeToString, ObjectGetOwnPropertyDescriptor, ObjectHasOwn,
  ObjectIsExtensible, ReflectApply, SafeSet, SafeWeakMap, StringPrototypeStartsWith, Symbol,
} = primordials;

/** On errors of this library: their stack shows the code. */
const kIsNodeError = Symbol('kIsNodeError');

const mainError = Error;
/** error -> function (error, frames) that formats this one stack */
const overrideStackTrace = new SafeWeakMap();
let internalPrepareStackTrace = defaultPrepareStackTrace;

// Where native enters JavaScript, and what runs the ticks: Node has one frame for all of it.
const DOOR = 'node:internal/boot/turn';
const TICKS = 'node:internal/process/task_queues';
const TICKS_NAME = 'processTicksAndRejections';

/** Is this a frame that Node would not have? */
function isDoor(frame) {
  const file = frame.getFileName();
  return file === DOOR || (file === TICKS && frame.getFunctionName() !== TICKS_NAME &&
    frame.getFunctionName() !== 'nextTick' && frame.getFunctionName() !== 'queueMicrotask');
}

/** The frames without those at the outer end that Node would not have. */
function withoutDoor(frames) {
  let end = frames.length;
  while (end > 0 && frames[end - 1].isAsync()) end--;
  let first = end;
  let keepsTicks = false;
  for (let i = end - 1; i >= 0; i--) {
    if (isDoor(frames[i])) first = i;
    else if (frames[i].getFileName() === TICKS && !keepsTicks) keepsTicks = true;
    else break;
  }
  if (first === end) return frames;
  const shown = [];
  for (let i = 0; i < frames.length; i++) {
    if (i < first || i >= end || !isDoor(frames[i])) ArrayPrototypePush(shown, frames[i]);
  }
  return shown;
}

// What Node calls as methods of process; tools look for these names.
const OF_PROCESS = new SafeSet([TICKS_NAME, 'processTimers', 'processImmediate']);

function textOfFrame(frame) {
  const isOfProcess = OF_PROCESS.has(frame.getFunctionName()) &&
    StringPrototypeStartsWith(frame.getFileName() ?? '', 'node:internal/');
  return isOfProcess ? `process.${frame}` : `${frame}`;
}

function defaultPrepareStackTrace(error, frames) {
  const head = kIsNodeError in error ?
    `${error.name} [${error.code}]: ${error.message}` :
    ErrorPrototypeToString(error);
  if (frames.length === 0) return head;
  let text = head;
  for (let i = 0; i < frames.length; i++) text += `\n    at ${textOfFrame(frames[i])}`;
  return text;
}

/** Source maps put their own formatter here. */
function setInternalPrepareStackTrace(callback) {
  internalPrepareStackTrace = callback;
}

/**
 * @param {object} realm  globalThis of the realm in which the error was made
 * @param {Error} error
 * @param {CallSite[]} frames
 * @param {boolean} isShadow  of a ShadowRealm, which the main realm must not see
 */
function prepareStackTraceCallback(realm, error, frames, isShadow) {
  frames = withoutDoor(frames);
  const override = overrideStackTrace.get(error);
  if (override !== undefined) {
    overrideStackTrace.delete(error);
    return override(error, frames);
  }
  const realmError = realm.Error;
  if (typeof realmError?.prepareStackTrace === 'function') {
    return realmError.prepareStackTrace(error, frames);
  }
  // Errors of other realms have always obeyed the main one too.
  if (!isShadow && typeof mainError.prepareStackTrace === 'function') {
    return mainError.prepareStackTrace(error, frames);
  }
  return internalPrepareStackTrace(error, frames);
}

/** The value that Error.prepareStackTrace has when a program starts. */
function ErrorPrepareStackTrace(error, trace) {
  return internalPrepareStackTrace(error, trace);
}

/** A frozen Error (--frozen-intrinsics, SES) keeps its limit. */
function isErrorStackTraceLimitWritable() {
  const desc = ObjectGetOwnPropertyDescriptor(mainError, 'stackTraceLimit');
  if (desc === undefined) return ObjectIsExtensible(mainError);
  return ObjectHasOwn(desc, 'writable') ? desc.writable : desc.set !== undefined;
}

/** Runs `make` while no error captures its stack. */
function withoutStack(make) {
  if (!isErrorStackTraceLimitWritable()) return make();
  const limit = mainError.stackTraceLimit;
  mainError.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    mainError.stackTraceLimit = limit;
  }
}

/** Errors thrown by `fn` look as if its caller had thrown them. */
function hideStackFrames(fn) {
  function wrappedFn(...args) {
    try {
      return ReflectApply(fn, this, args);
    } catch (error) {
      if (mainError.stackTraceLimit) ErrorCaptureStackTrace(error, wrappedFn);
      throw error;
    }
  }
  wrappedFn.withoutStackTrace = fn;
  return wrappedFn;
}

/** Shows only the user's frames of this error. */
function hideInternalStackFrames(error) {
  overrideStackTrace.set(error, (error, frames) => {
    const shown = typeof frames !== 'object' ? frames :
      ArrayPrototypeFilter(
        frames, (frame) => !StringPrototypeStartsWith(frame.getFileName() || '', 'node:internal'));
    ArrayPrototypeUnshift(shown, error);
    return ArrayPrototypeJoin(shown, '\n    at ');
  });
}

let overflowName;
let overflowMessage;

/** Whether V8 ran out of stack; learnt from V8 itself, once. */
function isStackOverflowError(error) {
  if (overflowMessage === undefined) {
    try {
      (function overflow() { overflow(); })();
    } catch (sample) {
      overflowName = sample.name;
      overflowMessage = sample.message;
    }
  }
  return error && error.name === overflowName && error.message === overflowMessage;
}

module.exports = {
  ErrorPrepareStackTrace,
  defaultPrepareStackTrace,
  hideInternalStackFrames,
  hideStackFrames,
  isErrorStackTraceLimitWritable,
  isStackOverflowError,
  kIsNodeError,
  overrideStackTrace,
  prepareStackTraceCallback,
  setInternalPrepareStackTrace,
  withoutStack,
};
