'use strict';

// What `error.stack` says. V8 asks prepareStackTraceCallback once, when a stack is first read.

const {
  ArrayPrototypeFilter, ArrayPrototypeJoin, ArrayPrototypeUnshift, Error, ErrorCaptureStackTrace,
  ErrorPrototypeToString, ObjectGetOwnPropertyDescriptor, ObjectHasOwn, ObjectIsExtensible,
  ReflectApply, SafeWeakMap, StringPrototypeStartsWith, Symbol,
} = primordials;

/** On errors of this library: their stack shows the code. */
const kIsNodeError = Symbol('kIsNodeError');

const mainError = Error;
/** error -> function (error, frames) that formats this one stack */
const overrideStackTrace = new SafeWeakMap();
let internalPrepareStackTrace = defaultPrepareStackTrace;

function defaultPrepareStackTrace(error, frames) {
  const head = kIsNodeError in error ?
    `${error.name} [${error.code}]: ${error.message}` :
    ErrorPrototypeToString(error);
  if (frames.length === 0) return head;
  return `${head}\n    at ${ArrayPrototypeJoin(frames, '\n    at ')}`;
}

/** Source maps put their own formatter here. */
function setInternalPrepareStackTrace(callback) {
  internalPrepareStackTrace = callback;
}

/**
 * @param {object} realm  globalThis of the realm in which the error was made
 * @param {Error} error
 * @param {CallSite[]} frames
 */
function prepareStackTraceCallback(realm, error, frames) {
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
  if (typeof mainError.prepareStackTrace === 'function') {
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
