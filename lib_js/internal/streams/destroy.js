'use strict';

// The beginning (_construct) and the end (_destroy, 'error', 'close') of a stream's life. Both
// halves of a Duplex go through them together.

const { Symbol } = primordials;

const {
  AbortError,
  aggregateTwoErrors,
  codes: { ERR_MULTIPLE_CALLBACK },
} = require('internal/errors');
const {
  kIsDestroyed,
  isDestroyed,
  isFinished,
  isServerRequest,
  kState,
  kErrorEmitted,
  kEmitClose,
  kClosed,
  kCloseEmitted,
  kConstructed,
  kDestroyed,
  kAutoDestroy,
  kErrored,
} = require('internal/streams/utils');

const kDestroy = Symbol('kDestroy');
const kConstruct = Symbol('kConstruct');

// Whether either half has the bit.
function eitherHas(r, w, bit) {
  return (w !== undefined && w !== null && (w[kState] & bit) !== 0) ||
    (r !== undefined && r !== null && (r[kState] & bit) !== 0);
}

function setBit(r, w, bit) {
  if (w) w[kState] |= bit;
  if (r) r[kState] |= bit;
}

// The first error stays a stream's error.
function noteError(r, w, error) {
  // Captures the stack now, before callers unwind.
  error.stack; // eslint-disable-line no-unused-expressions
  if (w && !w.errored) w.errored = error;
  if (r && !r.errored) r.errored = error;
}

// Method of all streams.
function destroy(error, callback) {
  const r = this._readableState;
  const w = this._writableState;
  if (eitherHas(r, w, kDestroyed)) {
    if (typeof callback === 'function') callback();
    return this;
  }
  if (error) noteError(r, w, error);
  setBit(r, w, kDestroyed);
  if (((w || r)[kState] & kConstructed) === 0) {
    // What is being built cannot be torn down: wait.
    this.once(kDestroy, function(constructError) {
      startDestroy(this, aggregateTwoErrors(constructError, error), callback);
    });
  } else {
    startDestroy(this, error, callback);
  }
  return this;
}

function startDestroy(stream, error, callback) {
  let called = false;

  function onDestroyed(error) {
    if (called) return;
    called = true;
    const r = stream._readableState;
    const w = stream._writableState;
    if (error) noteError(r, w, error);
    setBit(r, w, kClosed);
    if (typeof callback === 'function') callback(error);
    if (error) process.nextTick(emitErrorAndClose, stream, error);
    else process.nextTick(emitClose, stream);
  }

  try {
    stream._destroy(error || null, onDestroyed);
  } catch (thrown) {
    onDestroyed(thrown);
  }
}

function emitErrorAndClose(stream, error) {
  emitError(stream, error);
  emitClose(stream);
}

function emitClose(stream) {
  const r = stream._readableState;
  const w = stream._writableState;
  setBit(r, w, kCloseEmitted);
  if (eitherHas(r, w, kEmitClose)) stream.emit('close');
}

function emitError(stream, error) {
  const r = stream._readableState;
  const w = stream._writableState;
  if (eitherHas(r, w, kErrorEmitted)) return;
  setBit(r, w, kErrorEmitted);
  stream.emit('error', error);
}

// Method of all streams: makes a destroyed stream usable again, for reconnecting sockets.
function undestroy() {
  const r = this._readableState;
  const w = this._writableState;
  if (r) {
    r.constructed = true;
    r.closed = false;
    r.closeEmitted = false;
    r.destroyed = false;
    r.errored = null;
    r.errorEmitted = false;
    r.reading = false;
    r.ended = r.endEmitted = r.readable === false;
  }
  if (w) {
    w.constructed = true;
    w.closed = false;
    w.closeEmitted = false;
    w.destroyed = false;
    w.errored = null;
    w.errorEmitted = false;
    w.finalCalled = false;
    w.prefinished = false;
    w.ended = w.ending = w.finished = w.writable === false;
  }
}

// An error of the stream's own: destroys it, or with autoDestroy off only emits it.
function errorOrDestroy(stream, error, sync) {
  const r = stream._readableState;
  const w = stream._writableState;
  // States that are not ours (of old versions of the stream module) have no bits.
  if ((w && (w[kState] ? w[kState] & kDestroyed : w.destroyed)) ||
      (r && (r[kState] ? r[kState] & kDestroyed : r.destroyed))) {
    return;
  }
  if (eitherHas(r, w, kAutoDestroy)) {
    stream.destroy(error);
  } else if (error) {
    error.stack; // eslint-disable-line no-unused-expressions
    if (w && (w[kState] & kErrored) === 0) w.errored = error;
    if (r && (r[kState] & kErrored) === 0) r.errored = error;
    if (sync) process.nextTick(emitError, stream, error);
    else emitError(stream, error);
  }
}

// Runs _construct() on the next tick, and onConstructed() after it has called back.
function construct(stream, onConstructed) {
  if (typeof stream._construct !== 'function') return;
  const r = stream._readableState;
  const w = stream._writableState;
  if (r) r[kState] &= ~kConstructed;
  if (w) w[kState] &= ~kConstructed;
  stream.once(kConstruct, onConstructed);
  // A class may call this once per half.
  if (stream.listenerCount(kConstruct) === 1) process.nextTick(startConstruct, stream);
}

function startConstruct(stream) {
  let called = false;

  function onConstruct(error) {
    if (called) {
      errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    const r = stream._readableState;
    const w = stream._writableState;
    setBit(r, w, kConstructed);
    if ((w || r).destroyed) stream.emit(kDestroy, error);
    else if (error) errorOrDestroy(stream, error, true);
    else stream.emit(kConstruct);
  }

  try {
    stream._construct((error) => process.nextTick(onConstruct, error));
  } catch (thrown) {
    process.nextTick(onConstruct, thrown);
  }
}

// ---- destroying whatever it is

function isRequest(stream) {
  return stream?.setHeader && typeof stream.abort === 'function';
}

function emitLegacyError(stream, error) {
  stream.emit('error', error);
  process.nextTick(emitLegacyClose, stream);
}

function emitLegacyClose(stream) {
  stream.emit('close');
}

function destroyer(stream, error) {
  if (!stream || isDestroyed(stream)) return;
  if (!error && !isFinished(stream)) error = new AbortError();

  if (isServerRequest(stream)) {
    stream.socket = null;
    stream.destroy(error);
  } else if (isRequest(stream)) {
    stream.abort();
  } else if (isRequest(stream.req)) {
    stream.req.abort();
  } else if (typeof stream.destroy === 'function') {
    stream.destroy(error);
  } else if (typeof stream.close === 'function') {
    stream.close();
  } else if (error) {
    process.nextTick(emitLegacyError, stream, error);
  } else {
    process.nextTick(emitLegacyClose, stream);
  }
  if (!stream.destroyed) stream[kIsDestroyed] = true;
}

module.exports = { construct, destroyer, destroy, undestroy, errorOrDestroy };
