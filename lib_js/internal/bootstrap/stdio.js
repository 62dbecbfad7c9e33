'use strict';

// process.stdin, process.stdout and process.stderr, each made when it is first
// asked for, after what the descriptor is.

const { ErrnoException } = require('internal/errors');

const ops = internalBinding('process_ops');

// What ttyInfo() answers.
const FILE = 1;
const STREAM = 2;
const TERMINAL = 3;

const STDIN_CHUNK_BYTES = 64 * 1024;

let stdin;
let stdout;
let stderr;

/** A closed descriptor swallows what is written, as in Node. */
function createSink() {
  const { Writable } = require('stream');
  return new Writable({
    write(chunk, encoding, callback) {
      callback();
    },
  });
}

// Descriptors 1 and 2 are never closed: after destroy() the stream goes on.
function stayOpen(error, callback) {
  callback(error);
  this._undestroy();
  if (!this._writableState.emitClose) process.nextTick(() => this.emit('close'));
}

function createOutput(fd) {
  let stream;
  switch (ops.ttyInfo(fd)) {
    case TERMINAL: {
      const { WriteStream } = require('tty');
      stream = new WriteStream(fd);
      stream._type = 'tty';
      process.on('SIGWINCH', () => stream._refreshSize());
      break;
    }
    case FILE:
    case STREAM: {
      const { SyncOutput } = require('internal/bootstrap/output');
      stream = new SyncOutput(fd);
      stream._type = ops.ttyInfo(fd) === FILE ? 'fs' : 'pipe';
      break;
    }
    default:
      stream = createSink();
  }
  stream.fd = fd;
  stream._isStdio = true;
  stream.destroySoon = stream.destroy;
  stream._destroy = stayOpen;
  return stream;
}

/** A file is read when it is asked for: it never lets us wait. */
function createFileInput(fd) {
  const { Buffer } = require('buffer');
  const { Readable } = require('stream');
  const stream = new Readable({
    autoDestroy: false,
    highWaterMark: STDIN_CHUNK_BYTES,
    read(size) {
      const bytes = Buffer.allocUnsafeSlow(size);
      const count = internalBinding('fs_ops').read(fd, bytes, 0, size, -1);
      if (count < 0) {
        this.destroy(new ErrnoException(count, 'read'));
      } else {
        this.bytesRead += count;
        this.push(count === 0 ? null : bytes.subarray(0, count));
      }
    },
  });
  stream.bytesRead = 0;
  return stream;
}

function createEmptyInput() {
  const { Readable } = require('stream');
  const stream = new Readable({ read() {} });
  stream.push(null);
  return stream;
}

function createStreamInput(fd) {
  const { Socket } = require('net');
  const stream = new Socket({ fd, readable: true, writable: false, manualStart: true });
  // Nobody will end it: there is nothing to write.
  stream._writableState.ended = true;
  return stream;
}

/** Stops reading in earnest when a paused stdin is still paused a tick later. */
function stopWhilePaused(stream) {
  stream.on('pause', () => process.nextTick(() => {
    const handle = stream._handle;
    if (!handle || !handle.reading || stream.readableFlowing) return;
    stream._readableState.reading = false;
    handle.reading = false;
    handle.readStop();
  }));
}

function createInput() {
  switch (ops.ttyInfo(0)) {
    case TERMINAL: {
      const { ReadStream } = require('tty');
      return new ReadStream(0);
    }
    case FILE:
      return createFileInput(0);
    case STREAM:
      return createStreamInput(0);
    default:
      return createEmptyInput();
  }
}

function getStdin() {
  if (stdin !== undefined) return stdin;
  stdin = createInput();
  stdin.fd = 0;
  stopWhilePaused(stdin);
  return stdin;
}

function getStdout() {
  return stdout ??= createOutput(1);
}

function getStderr() {
  return stderr ??= createOutput(2);
}

module.exports = { getStderr, getStdin, getStdout };
