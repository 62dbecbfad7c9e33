'use strict';

// The async context: which AsyncLocalStorage holds which value, here and now. V8 carries one value
// through promises by itself (its continuation-preserved embedder data); whoever schedules a
// callback by other means takes current() at that time and set()s it around the call.
//
// A frame is not changed once made: a chain of pairs in which each storage occurs at most once, the
// youngest first. Most programs have one storage, for which a frame is one small object.
//
// Until the first frame is set the value can only be undefined, so programs without
// AsyncLocalStorage pay one test of a local variable instead of a call into native.

const { get: nativeGet, set: nativeSet } = internalBinding('async_context');

let everSet = false;

class AsyncContextFrame {
  constructor(storage, data, rest) {
    this.storage = storage;
    this.data = data;
    this.rest = rest;
  }

  // The current frame with `storage` set to `data`.
  static extend(storage, data) {
    const frame = current();
    const rest = frame === undefined ? undefined : without(frame, storage);
    return new AsyncContextFrame(storage, data, rest);
  }

  has(storage) {
    let frame = this;
    do {
      if (frame.storage === storage) return true;
      frame = frame.rest;
    } while (frame !== undefined);
    return false;
  }

  get(storage) {
    let frame = this;
    do {
      if (frame.storage === storage) return frame.data;
      frame = frame.rest;
    } while (frame !== undefined);
    return undefined;
  }

  static enabled = true;

  static current() {
    return current();
  }

  static set(frame) {
    set(frame);
  }

  static exchange(frame) {
    return exchange(frame);
  }

  static without(frame, storage) {
    return frame === undefined ? undefined : without(frame, storage);
  }

  // Forgets `storage` in the current context, and wherever its value came from the same run(). The
  // one change that is made to frames.
  static disable(storage) {
    for (let frame = current(); frame !== undefined; frame = frame.rest) {
      if (frame.storage !== storage) continue;
      frame.storage = undefined;
      frame.data = undefined;
    }
  }
}

// The same chain without one storage; shares what it can.
function without(frame, storage) {
  if (!frame.has(storage)) return frame;
  if (frame.storage === storage) return frame.rest;
  const rest = frame.rest === undefined ? undefined : without(frame.rest, storage);
  return new AsyncContextFrame(frame.storage, frame.data, rest);
}

function current() {
  return everSet ? nativeGet() : undefined;
}

function set(frame) {
  if (!everSet) {
    if (frame === undefined) return;
    everSet = true;
  }
  nativeSet(frame);
}

function exchange(frame) {
  const prior = current();
  if (frame !== prior) set(frame);
  return prior;
}

module.exports = AsyncContextFrame;
