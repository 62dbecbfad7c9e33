'use strict';

// One queue of inotify(7) for the whole core, and who wants to hear of which watch. The kernel
// gives two watches of one file the same number, so a number may have several listeners.

const { DataView, SafeMap, SafeSet } = primordials;

const { allocateTicket } = require('boot/turn');
const AsyncContextFrame = require('internal/async_context_frame');
const { runNextTicks } = require('internal/process/task_queues');

const IN_MODIFY = 0x2;
const IN_ATTRIB = 0x4;
const IN_MOVED_FROM = 0x40;
const IN_MOVED_TO = 0x80;
const IN_CREATE = 0x100;
const IN_DELETE = 0x200;
const IN_DELETE_SELF = 0x400;
const IN_MOVE_SELF = 0x800;
const IN_IGNORED = 0x8000;
const IN_ISDIR = 0x4000_0000;

const WATCHED = IN_ATTRIB | IN_CREATE | IN_MODIFY | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF |
  IN_MOVED_FROM | IN_MOVED_TO;
const CHANGED = IN_ATTRIB | IN_MODIFY;

/** Room for some hundred events; a single one fits in any case (16 + 255 + 1 bytes). */
const READ_BYTES = 16 * 1024;
const RECORD_BYTES = 16;

let queue = -1;
let isReading = false;
const listeners = new SafeMap();
/** Events that are read and not told yet. */
const pending = [];

/** One watch of one listener: listener(mask, name) with the name's bytes, or without. */
class Watch {
  constructor(number, listener) {
    this.number = number;
    this.listener = listener;
    this.frame = AsyncContextFrame.current();
    this.isRef = false;
    this.isClosed = false;
  }

  /** While it is ref'd the program does not end. */
  ref() {
    if (this.isRef || this.isClosed) return;
    this.isRef = true;
    internalBinding('turn').refAdd(1);
  }

  unref() {
    if (!this.isRef) return;
    this.isRef = false;
    internalBinding('turn').refAdd(-1);
  }

  close() {
    if (this.isClosed) return;
    this.unref();
    this.isClosed = true;
    const all = listeners.get(this.number);
    if (all === undefined || !all.delete(this) || all.size !== 0) return;
    listeners.delete(this.number);
    // It fails if the file is gone already.
    internalBinding('fs_watch').remove(queue, this.number);
  }
}

/** @returns {Watch | number} a negative errno if it is refused */
function watch(path, listener) {
  const { add, open } = internalBinding('fs_watch');
  if (queue < 0) {
    const opened = open();
    if (opened < 0) return opened;
    queue = opened;
  }
  const number = add(queue, path, WATCHED);
  if (number < 0) return number;
  const made = new Watch(number, listener);
  let all = listeners.get(number);
  if (all === undefined) {
    all = new SafeSet();
    listeners.set(number, all);
  }
  all.add(made);
  if (!isReading) read();
  return made;
}

function read() {
  isReading = true;
  internalBinding('fs_ring').readIdle(queue, READ_BYTES, allocateTicket({ oncomplete: take }));
}

function take(result, bytes) {
  isReading = false;
  if (result > 0) parse(bytes);
  if (listeners.size !== 0 && result > 0) read();
  tell();
}

function parse(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const number = view.getInt32(at, true);
    const mask = view.getUint32(at + 4, true);
    const nameBytes = view.getUint32(at + 12, true);
    const start = at + RECORD_BYTES;
    at = start + nameBytes;
    let end = start;
    while (end < at && bytes[end] !== 0) end++;
    const name = nameBytes === 0 ? undefined : bytes.subarray(start, end);
    pending.push({ number, mask, name, hearers: undefined });
  }
}

/** One event after the other; ticks and microtasks of each come before the next. */
function tell() {
  try {
    while (pending.length !== 0) {
      tellAll(pending[0]);
      pending.shift();
    }
  } finally {
    // A listener threw: the others hear the rest.
    if (pending.length !== 0) require('internal/timers').setImmediate(tell);
  }
}

function tellAll(event) {
  const { number, mask, name } = event;
  event.hearers ??= [...listeners.get(number) ?? []];
  if ((mask & IN_IGNORED) !== 0) listeners.delete(number);
  while (event.hearers.length !== 0) {
    const watch = event.hearers.shift();
    if (watch.isClosed) continue;
    AsyncContextFrame.set(watch.frame);
    watch.listener(mask, name);
    AsyncContextFrame.set(undefined);
    runNextTicks();
  }
}

/** Node's two words for all that can happen. */
function eventType(mask) {
  return (mask & ~(CHANGED | IN_ISDIR)) !== 0 ? 'rename' : 'change';
}

module.exports = {
  IN_CREATE, IN_DELETE, IN_DELETE_SELF, IN_IGNORED, IN_ISDIR, IN_MOVED_FROM, IN_MOVED_TO,
  eventType, watch,
};
