'use strict';

// What a ChildProcess holds as `_handle`: one native child, and the place where the page entry of
// its end finds it again.

const {
  ArrayPrototypePush,
  ObjectEntries,
  SafeMap,
} = primordials;

const { registerKind } = require('boot/turn');
const { current: currentFrame, set: setFrame } = require('internal/async_context_frame');
const { watch } = require('internal/async_hooks');
const { callRequest, initResource } = require('internal/async_hooks/resources');
const { StreamHandle } = require('internal/net/handle');
const { ChannelHandle } = require('internal/child_process/channel_handle');
const { signals } = require('internal/constants_os');

const native = internalBinding('process_wrap');

const KIND_CHILD = 22;

// What native knows of a descriptor of the child; from 0 on it is one of ours.
const STDIO_NOTHING = -1;
const STDIO_PIPE = -2;
const STDIO_CHANNEL = -3;

/** Children that have not ended, by their native handle. */
const running = new SafeMap();

/** The name that Node has for a signal: the last of several. */
function signalName(number) {
  let found = null;
  const entries = ObjectEntries(signals);
  for (let i = 0; i < entries.length; i++) {
    if (entries[i][1] === number) {
      found = entries[i][0];
      break;
    }
  }
  return found;
}

/** Native's word for one item of a validated stdio array. */
function stdioKind(item) {
  switch (item.type) {
    case 'ignore': return STDIO_NOTHING;
    case 'pipe': case 'overlapped': return item.ipc ? STDIO_CHANNEL : STDIO_PIPE;
    case 'wrap': return item.handle.fd;
    default: return item.fd;
  }
}

/** Arguments of any type become text, as in Node. */
function toTexts(values) {
  const texts = [];
  for (let i = 0; i < values.length; i++) ArrayPrototypePush(texts, `${values[i]}`);
  return texts;
}

class Process {
  constructor() {
    this.onexit = null;
    this.pid = undefined;
    this.number = -1;
    this.isUnreffed = false;
    this.frame = undefined;
    if (watch.isOn) initResource(this, 'PROCESSWRAP');
  }

  /** Starts it; pipes and channel land in `options.stdio[i].handle`. 0 or -errno. */
  spawn(options) {
    const { stdio } = options;
    const kinds = [];
    for (let i = 0; i < stdio.length; i++) ArrayPrototypePush(kinds, stdioKind(stdio[i]));
    const { 0: status, 1: number, 2: pid, 3: ends } = native.spawn(
      options.file, toTexts(options.args), toTexts(options.envPairs), options.cwd || undefined,
      kinds, options.uid, options.gid, Boolean(options.detached));
    if (ends !== undefined) {
      for (let i = 0; i < stdio.length; i++) {
        if (ends[i] < 0) continue;
        stdio[i].handle = stdio[i].ipc ?
          new ChannelHandle(ends[i]) : new StreamHandle(ends[i], true);
      }
    }
    if (status === 0) {
      this.pid = pid;
      this.number = number;
      this.frame = currentFrame();
      running.set(number, this);
    }
    return status;
  }

  kill(signal) {
    return native.kill(this.number, signal);
  }

  close() {
    native.unref(this.number);
  }

  ref() {
    native.ref(this.number);
  }

  unref() {
    native.unref(this.number);
  }

  hasRef() {
    return native.hasRef(this.number);
  }
}

registerKind(KIND_CHILD, (number, code, signal) => {
  const child = running.get(number);
  running.delete(number);
  if (child === undefined || child.onexit === null) return;
  if (child.frame !== undefined) setFrame(child.frame);
  const name = signal === 0 ? null : signalName(signal);
  if (watch.isOn) callRequest(child, () => child.onexit(code, name));
  else child.onexit(code, name);
  setFrame(undefined);
});

module.exports = { Process, STDIO_NOTHING, STDIO_PIPE, signalName, stdioKind, toTexts };
