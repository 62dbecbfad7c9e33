'use strict';

// A net.Socket whose handle is any stream of JavaScript: what a TLSSocket has below it when it was
// given a stream that is no socket.

const { Symbol } = primordials;

const { Buffer } = require('buffer');
const { Socket } = require('net');
const errno = require('internal/errno');
const { ERR_STREAM_WRAP } = require('internal/errors').codes;
const { setImmediate } = require('internal/timers');

const EBADF = -9;
const ECANCELED = -125;
const EPIPE = -32;
/** As many queued bytes make a writer wait for whenDrained(): every write here does. */
const QUEUED_BYTES_MAX = 65536;

const kStream = Symbol('kStream');

/** Has of a StreamHandle what sockets call. */
class StreamTransport {
  constructor(stream) {
    this[kStream] = stream;
    this.owner = null;
    this.reading = false;
    this.bytesRead = 0;
    this.bytesWritten = 0;
    this.writeQueueSize = 0;
    this.pendingCount = 0; // Writes that the stream has not done.
    this.failure = 0;
    this.ondrained = null;
    this.onshutdown = null;
    this.closing = false;
    this.isPipe = true;
  }

  readStart() {
    this[kStream].resume();
    return 0;
  }

  readStop() {
    this[kStream].pause();
    return 0;
  }

  handleRead(bytes) {
    if (this.closing) return;
    this.bytesRead += bytes.length;
    this.owner?._onread(this, bytes.length, bytes);
  }

  handleEnd() {
    if (!this.closing) this.owner?._onread(this, 0, undefined);
  }

  writeBuffer(bytes) {
    if (this.closing) return EBADF;
    const count = bytes.byteLength;
    this.pendingCount++;
    this.bytesWritten += count;
    this.writeQueueSize += count;
    this[kStream].write(bytes, (error) => {
      if (error && this.failure === 0) this.failure = errno[`UV_${error.code}`] ?? EPIPE;
      // The other side has had its turn when the writer hears of it.
      setImmediate(() => this.written(count));
    });
    return QUEUED_BYTES_MAX;
  }

  writeBuffers(list) {
    const stream = this[kStream];
    stream.cork();
    let queued = 0;
    for (let i = 0; i < list.length && queued >= 0; i++) queued = this.writeBuffer(list[i]);
    stream.uncork();
    return queued;
  }

  writeString(text, encoding) {
    return this.writeBuffer(Buffer.from(text, encoding));
  }

  written(count) {
    this.writeQueueSize -= count;
    if (--this.pendingCount > 0) return;
    const callback = this.ondrained;
    this.ondrained = null;
    if (callback !== null) callback(this.failure);
    if (this.onshutdown !== null && !this.closing) this.endStream();
  }

  whenDrained(callback) {
    this.ondrained = callback;
    if (this.pendingCount === 0) process.nextTick(() => this.drainedAlready());
    return 0;
  }

  drainedAlready() {
    const callback = this.ondrained;
    this.ondrained = null;
    if (callback !== null) callback(this.failure);
  }

  shutdown(callback) {
    if (this.closing) return EBADF;
    this.onshutdown = callback;
    if (this.pendingCount === 0) process.nextTick(() => this.endStream());
    return 0;
  }

  endStream() {
    if (this.closing || this.onshutdown === null) return;
    this[kStream].end(() => this.finishShutdown(0));
  }

  finishShutdown(status) {
    const callback = this.onshutdown;
    this.onshutdown = null;
    if (callback !== null) callback(status);
  }

  close(callback) {
    if (this.closing) return;
    this.closing = true;
    const { ondrained, onshutdown } = this;
    this.ondrained = null;
    this.onshutdown = null;
    this[kStream].destroy();
    setImmediate(() => {
      if (ondrained !== null) ondrained(ECANCELED);
      if (onshutdown !== null) onshutdown(ECANCELED);
      if (callback !== undefined) callback();
    });
  }
}

class JSStreamSocket extends Socket {
  constructor(stream) {
    const handle = new StreamTransport(stream);
    super({ handle, manualStart: true });
    this.stream = stream;
    stream.pause();
    stream.on('error', (error) => this.emit('error', error));
    const onData = (chunk) => {
      if (typeof chunk !== 'string' && stream.readableObjectMode !== true) {
        handle.handleRead(chunk);
        return;
      }
      stream.pause();
      stream.removeListener('data', onData);
      this.emit('error', new ERR_STREAM_WRAP());
    };
    stream.on('data', onData);
    stream.once('end', () => handle.handleEnd());
    stream.once('close', () => this.destroy());
    this.readable = stream.readable;
    this.writable = stream.writable;
    this.read(0);
  }

  /** A name that it had. */
  static get StreamWrap() {
    return JSStreamSocket;
  }

  isClosing() {
    return !this.readable || !this.writable;
  }

  readStart() {
    return this.stream.resume(), 0;
  }

  readStop() {
    return this.stream.pause(), 0;
  }
}

module.exports = JSStreamSocket;
