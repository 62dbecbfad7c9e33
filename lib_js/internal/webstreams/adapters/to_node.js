'use strict';

// Readable.fromWeb(), Writable.fromWeb(), Duplex.fromWeb().

const {
  PromisePrototypeThen,
  SafePromiseAllReturnVoid,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  Uint8Array,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_STREAM_PREMATURE_CLOSE },
} = require('internal/errors');
const { TextEncoder } = require('internal/encoding');
const { destroyer: destroy } = require('internal/streams/destroy');
const Duplex = require('internal/streams/duplex');
const Readable = require('internal/streams/readable');
const { isWritableEnded } = require('internal/streams/utils');
const Writable = require('internal/streams/writable');
const { kEmptyObject, normalizeEncoding } = require('internal/util');
const { validateBoolean, validateObject } = require('internal/validators');
const { isReadableStream } = require('internal/webstreams/readablestream');
const { kState, soon } = require('internal/webstreams/util');
const { isWritableStream } = require('internal/webstreams/writablestream');
const { Buffer } = require('buffer');

const encoder = new TextEncoder();

/** What a callback throws is nobody's rejection: it is told as an uncaught exception. */
function throwing(callback, error) {
  try {
    callback(error);
  } catch (thrown) {
    process.nextTick(() => { throw thrown; });
  }
}

/** As `throwing`, but the stream is there to be told. */
function destroying(node, callback, error) {
  try {
    callback(error);
  } catch (thrown) {
    process.nextTick(() => destroy(node, thrown));
  }
}

/** The readable half of a stream of Node. It is its own read request: see readable_state.js. */
class ReadableHalf {
  constructor(readableStream) {
    this.reader = readableStream.getReader()[kState];
    this.node = undefined;
    this.isClosed = false;
  }

  attach(node, onError) {
    this.node = node;
    PromisePrototypeThen(this.reader.closed.promise, () => { this.isClosed = true; }, onError);
  }

  read() {
    this.reader.stream.read(this);
  }

  chunk(value) {
    soon(() => this.node.push(value));
  }

  close() {
    soon(() => this.node.push(null));
  }

  error(error) {
    soon(() => destroy(this.node, error));
  }

  cancel(error) {
    return this.isClosed ? undefined : this.reader.stream.cancel(error);
  }
}

class WritableHalf {
  constructor(writableStream, decodesStrings) {
    this.writer = writableStream.getWriter();
    this.decodesStrings = decodesStrings;
    this.node = undefined;
    this.isClosed = false;
  }

  attach(node, onError) {
    this.node = node;
    PromisePrototypeThen(this.writer.closed, () => {
      this.isClosed = true;
      if (!isWritableEnded(node)) destroy(node, new ERR_STREAM_PREMATURE_CLOSE());
    }, onError);
  }

  write(chunk, encoding, callback) {
    const { writer } = this;
    if (this.decodesStrings && typeof chunk === 'string') chunk = bytesOf(chunk, encoding);
    const done = (error) => {
      try {
        callback(error);
      } catch (thrown) {
        destroy(this.node, thrown);
      }
    };
    PromisePrototypeThen(
      PromisePrototypeThen(writer.ready, () => writer.write(chunk)), done, done);
  }

  writev(chunks, callback) {
    const { writer } = this;
    const done = (error) => destroying(this.node, callback, error);
    const writeAll = () => SafePromiseAllReturnVoid(chunks, ({ chunk }) => writer.write(chunk));
    PromisePrototypeThen(PromisePrototypeThen(writer.ready, writeAll), done, done);
  }

  final(callback) {
    if (this.isClosed) return;
    const done = (error) => destroying(this.node, callback, error);
    PromisePrototypeThen(this.writer.close(), done, done);
  }
}

function bytesOf(text, encoding) {
  if (normalizeEncoding(encoding) === 'utf8') return encoder.encode(text);
  const bytes = Buffer.from(text, encoding);
  return new Uint8Array(
    TypedArrayPrototypeGetBuffer(bytes), TypedArrayPrototypeGetByteOffset(bytes),
    TypedArrayPrototypeGetByteLength(bytes));
}

function newStreamReadableFromReadableStream(readableStream, options = kEmptyObject) {
  if (!isReadableStream(readableStream)) {
    throw new ERR_INVALID_ARG_TYPE('readableStream', 'ReadableStream', readableStream);
  }
  validateObject(options, 'options');
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  validateEncoding(encoding);
  validateBoolean(objectMode, 'options.objectMode');
  const half = new ReadableHalf(readableStream);
  const readable = new Readable({
    objectMode,
    highWaterMark,
    encoding,
    signal,
    read() { half.read(); },
    destroy(error, callback) {
      const done = () => throwing(callback, error);
      if (half.isClosed) done();
      else PromisePrototypeThen(half.cancel(error), done, done);
    },
  });
  half.attach(readable, (error) => {
    half.isClosed = true;
    destroy(readable, error);
  });
  return readable;
}

function validateEncoding(encoding) {
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) {
    throw new ERR_INVALID_ARG_VALUE('options.encoding', encoding);
  }
}

function newStreamWritableFromWritableStream(writableStream, options = kEmptyObject) {
  if (!isWritableStream(writableStream)) {
    throw new ERR_INVALID_ARG_TYPE('writableStream', 'WritableStream', writableStream);
  }
  validateObject(options, 'options');
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  validateBoolean(decodeStrings, 'options.decodeStrings');
  const half = new WritableHalf(writableStream, decodeStrings && !objectMode);
  const writable = new Writable({
    highWaterMark,
    objectMode,
    decodeStrings,
    signal,
    write(chunk, encoding, callback) { half.write(chunk, encoding, callback); },
    writev(chunks, callback) { half.writev(chunks, callback); },
    final(callback) { half.final(callback); },
    destroy(error, callback) {
      const done = () => throwing(callback, error);
      if (half.isClosed) {
        done();
        return;
      }
      const { writer } = half;
      const over = error !== undefined && error !== null ? writer.abort(error) : writer.close();
      PromisePrototypeThen(over, done, done);
    },
  });
  half.attach(writable, (error) => {
    half.isClosed = true;
    destroy(writable, error);
  });
  return writable;
}

function newStreamDuplexFromReadableWritablePair(pair = kEmptyObject, options = kEmptyObject) {
  validateObject(pair, 'pair');
  const { readable, writable } = pair;
  if (!isReadableStream(readable)) {
    throw new ERR_INVALID_ARG_TYPE('pair.readable', 'ReadableStream', readable);
  }
  if (!isWritableStream(writable)) {
    throw new ERR_INVALID_ARG_TYPE('pair.writable', 'WritableStream', writable);
  }
  validateObject(options, 'options');
  const {
    allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark,
    signal,
  } = options;
  validateBoolean(objectMode, 'options.objectMode');
  validateEncoding(encoding);
  const output = new WritableHalf(writable, decodeStrings && !objectMode);
  const input = new ReadableHalf(readable);
  const duplex = new Duplex({
    allowHalfOpen,
    highWaterMark,
    objectMode,
    encoding,
    decodeStrings,
    signal,
    write(chunk, chunkEncoding, callback) { output.write(chunk, chunkEncoding, callback); },
    writev(chunks, callback) { output.writev(chunks, callback); },
    final(callback) { output.final(callback); },
    read() { input.read(); },
    destroy(error, callback) {
      const done = () => throwing(callback, error);
      if (output.isClosed && input.isClosed) {
        done();
        return;
      }
      const ends = [output.isClosed ? undefined : output.writer.abort(error), input.cancel(error)];
      PromisePrototypeThen(SafePromiseAllReturnVoid(ends), done, done);
    },
  });
  const onError = (error) => {
    output.isClosed = true;
    input.isClosed = true;
    destroy(duplex, error);
  };
  output.attach(duplex, onError);
  input.attach(duplex, onError);
  return duplex;
}

module.exports = {
  newStreamDuplexFromReadableWritablePair,
  newStreamReadableFromReadableStream,
  newStreamWritableFromWritableStream,
};
