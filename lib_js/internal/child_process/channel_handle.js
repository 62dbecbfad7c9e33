'use strict';

// The native end of a channel of messages, and the place where its page entries find it again.

const {
  ArrayPrototypePush,
  ArrayPrototypeShift,
  SafeMap,
} = primordials;

const { registerKind } = require('boot/turn');
const { current: currentFrame, set: setFrame } = require('internal/async_context_frame');

const native = internalBinding('channel_wrap');

const KIND_READ = 23;
const KIND_SENT = 24;
const KIND_CLOSED = 25;
const EBADF = -9;

const open = new SafeMap();

class ChannelHandle {
  constructor(number) {
    this.number = number;
    this.frame = currentFrame();
    this.closing = false;
    /** onread(count, bytes): bytes that came; 0 the end, or -errno. */
    this.onread = null;
    this.onclosed = null;
    this.waiting = []; // Callbacks of messages that are not sent yet.
    open.set(number, this);
  }

  /** Takes over a descriptor that the process was started with. */
  static open(fd) {
    const number = native.open(fd);
    return number < 0 ? number : new ChannelHandle(number);
  }

  get fd() {
    return this.closing ? -1 : native.fd(this.number);
  }

  get writeQueueSize() {
    return this.closing ? 0 : native.queuedBytes(this.number);
  }

  readStart() {
    return this.closing ? EBADF : native.readStart(this.number);
  }

  readStop() {
    return this.closing ? EBADF : native.readStop(this.number);
  }

  /**
   * Sends a string or bytes, and the descriptor of `handle` along.
   * 0: sent; 1: `callback(status)` will be called; else -errno.
   */
  write(data, handle, callback) {
    if (this.closing) return EBADF;
    const fd = handle ? handle.fd : -1;
    if (handle && fd < 0) return EBADF;
    const result = native.write(this.number, data, fd);
    if (result === 1) ArrayPrototypePush(this.waiting, callback);
    return result;
  }

  /** The descriptor that came with a message, or -1. */
  takeDescriptor() {
    return this.closing ? -1 : native.takeDescriptor(this.number);
  }

  ref() {
    if (!this.closing) native.ref(this.number);
  }

  unref() {
    if (!this.closing) native.unref(this.number);
  }

  hasRef() {
    return !this.closing && native.hasRef(this.number);
  }

  close(callback) {
    if (this.closing) return;
    this.closing = true;
    if (typeof callback === 'function') this.onclosed = callback;
    native.close(this.number);
  }
}

function register(kind, call) {
  registerKind(kind, (number, a, b, value) => {
    const channel = open.get(number);
    if (channel === undefined) return;
    if (channel.frame !== undefined) setFrame(channel.frame);
    call(channel, a, value);
    setFrame(undefined);
  });
}

register(KIND_READ, (channel, count, bytes) => {
  if (channel.onread !== null && !channel.closing) channel.onread(count, bytes);
});

register(KIND_SENT, (channel, status) => {
  const callback = ArrayPrototypeShift(channel.waiting);
  if (callback !== undefined) callback(status);
});

register(KIND_CLOSED, (channel) => {
  open.delete(channel.number);
  if (channel.onclosed !== null) channel.onclosed();
});

module.exports = { ChannelHandle };
