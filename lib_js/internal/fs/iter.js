'use strict';

// FileHandle.pull(), pullSync() and writer(): open files in pipelines of node:stream/iter. A handle
// is locked for as long as one of them uses it.

const {
  MathMin, ObjectDefineProperty, PromisePrototypeThen, PromiseReject, PromiseResolve,
  SymbolAsyncDispose, SymbolAsyncIterator, SymbolDispose, SymbolIterator,
} = primordials;

const { Buffer } = require('buffer');
const { ERR_INVALID_STATE, ERR_OUT_OF_RANGE } = require('internal/errors').codes;
const { answerOf } = require('internal/fs/answer');
const { checked } = require('internal/fs/error');
const { FileHandle, kLocked, kRef, kUnref, mustBeFree } = require('internal/fs/file_handle');
const { KEEP_POSITION, later, now } = require('internal/fs/ops');
const { signalOf, takeOptions } = require('internal/streams/iter/arguments');
const { chunkBytes, chunksBytes } = require('internal/streams/iter/bytes');
const { givingBatches } = require('internal/streams/iter/from');
const { pipeline, pullSync } = require('internal/streams/iter/pull');
const { CLOSED, CLOSING, FAILED, OPEN } = require('internal/streams/iter/sink');
const { kEmptyObject } = require('internal/util');
const { validateBoolean, validateInteger, validateObject } = require('internal/validators');

const DEFAULT_CHUNK_BYTES = 131072;

/** What a stream or a writer does with its handle. */
class Span {
  constructor(handle, options) {
    validateObject(options, 'options');
    const { autoClose = false, start = -1, limit = -1, chunkSize = DEFAULT_CHUNK_BYTES } = options;
    validateBoolean(autoClose, 'options.autoClose');
    if (start !== -1) validateInteger(start, 'options.start', 0);
    if (limit !== -1) validateInteger(limit, 'options.limit', 1);
    validateInteger(chunkSize, 'options.chunkSize', 1);
    this.handle = handle;
    this.autoClose = autoClose;
    this.position = start === -1 ? KEEP_POSITION : start;
    /** Bytes that may still be read or written. */
    this.left = limit === -1 ? Infinity : limit;
    this.chunkSize = chunkSize;
    this.isHeld = false;
  }

  lock() {
    this.handle[kLocked] = true;
  }

  /** From now on close() waits. */
  hold() {
    this.handle[kRef]();
    this.isHeld = true;
  }

  /** @returns {Promise<void> | undefined} when the handle is closed, if it is to be */
  release() {
    if (!this.isHeld) return undefined;
    this.isHeld = false;
    this.handle[kLocked] = false;
    this.handle[kUnref]();
    return this.autoClose ? this.handle.close() : undefined;
  }

  /** So many bytes are used up. @returns where they are in the file */
  take(count) {
    const { position } = this;
    this.left -= count;
    if (position !== KEEP_POSITION) this.position += count;
    return position;
  }
}

// ---- reading -----------------------------------------------------------------------------------

async function* read(span, signal) {
  while (span.left > 0) {
    if (signal?.aborted) throw signal.reason;
    const length = MathMin(span.chunkSize, span.left);
    const bytes = await answerOf(
      (done) => later.read(span.handle.fd, length, span.position, done), 'read');
    if (bytes.length === 0) return;
    span.take(bytes.length);
    yield [bytes];
  }
}

function* readSync(span) {
  while (span.left > 0) {
    const length = MathMin(span.chunkSize, span.left);
    const bytes = checked(now.read(span.handle.fd, length, span.position), 'read');
    if (bytes.length === 0) return;
    span.take(bytes.length);
    yield [bytes];
  }
}

function pull(...transforms) {
  mustBeFree(this);
  const options = takeOptions(transforms) ?? kEmptyObject;
  const span = new Span(this, options);
  const signal = signalOf(options);
  span.lock();
  return givingBatches({
    __proto__: null,
    async *[SymbolAsyncIterator]() {
      span.hold();
      try {
        const bytes = givingBatches(read(span, signal));
        if (transforms.length === 0) yield* bytes;
        else yield* pipeline(bytes, transforms, signal);
      } finally {
        await span.release();
      }
    },
  });
}

function pullFileSync(...transforms) {
  mustBeFree(this);
  const span = new Span(this, takeOptions(transforms) ?? kEmptyObject);
  span.lock();
  return givingBatches({
    __proto__: null,
    *[SymbolIterator]() {
      span.hold();
      try {
        const bytes = givingBatches(readSync(span));
        if (transforms.length === 0) yield* bytes;
        else yield* pullSync(bytes, ...transforms);
      } finally {
        span.release();
      }
    },
  });
}

// ---- writing -----------------------------------------------------------------------------------

class FileWriter {
  #span;
  #state = OPEN;
  #error;
  #total = 0;
  /** Settles when all that was asked for is written: a descriptor has one position. */
  #written = undefined;
  #flights = 0;
  #ending;

  constructor(span) {
    this.#span = span;
    span.lock();
    span.hold();
  }

  write(chunk, options) {
    const signal = signalOf(options);
    return this.#put('write', chunkBytes(chunk), signal);
  }

  writev(chunks, options) {
    const signal = signalOf(options);
    return this.#put('writev', Buffer.concat(chunksBytes(chunks)), signal);
  }

  #put(name, bytes, signal) {
    if (signal?.aborted) return PromiseReject(signal.reason);
    if (this.#state === FAILED) return PromiseReject(this.#error);
    if (this.#state !== OPEN) {
      return PromiseReject(new ERR_INVALID_STATE.TypeError('The writer is closed'));
    }
    const { left } = this.#span;
    if (bytes.byteLength > left) {
      return PromiseReject(new ERR_OUT_OF_RANGE(name, `<= ${left} bytes`, bytes.byteLength));
    }
    if (bytes.byteLength === 0) return PromiseResolve();
    const position = this.#span.take(bytes.byteLength);
    const start = () => this.#fly(bytes, position);
    this.#flights++;
    this.#span.handle[kRef]();
    this.#written = this.#flights === 1 ?
      start() : PromisePrototypeThen(this.#written, start, start);
    return this.#written;
  }

  async #fly(bytes, position) {
    const { handle } = this.#span;
    try {
      for (let at = 0; at < bytes.byteLength;) {
        const rest = at === 0 ? bytes : bytes.subarray(at);
        const place = position === KEEP_POSITION ? position : position + at;
        const count = await answerOf(
          (done) => later.write(handle.fd, rest, place, done), 'write');
        at += count;
        this.#total += count;
      }
    } finally {
      this.#flights--;
      handle[kUnref]();
    }
  }

  writeSync(chunk) {
    return this.#putSync(chunkBytes(chunk));
  }

  writevSync(chunks) {
    return this.#putSync(Buffer.concat(chunksBytes(chunks)));
  }

  #putSync(bytes) {
    const { chunkSize, handle, left } = this.#span;
    const count = bytes.byteLength;
    if (this.#state !== OPEN || this.#flights > 0) return false;
    if (count > chunkSize || count > left) return false;
    let position = this.#span.take(count);
    for (let at = 0; at < count;) {
      const wrote = checked(now.writeFrom(handle.fd, bytes, at, count - at, position), 'write');
      at += wrote;
      this.#total += wrote;
      if (position !== KEEP_POSITION) position += wrote;
    }
    return true;
  }

  end(options) {
    const signal = signalOf(options);
    if (signal?.aborted) return PromiseReject(signal.reason);
    if (this.#state === FAILED) return PromiseReject(this.#error);
    if (this.#state === OPEN) {
      this.#state = CLOSING;
      this.#ending = this.#end();
    }
    return this.#ending;
  }

  async #end() {
    try {
      await this.#written;
    } catch {
      // Whoever wrote that has heard of it.
    }
    this.#state = CLOSED;
    await this.#span.release();
    return this.#total;
  }

  endSync() {
    if (this.#state === CLOSED) return this.#total;
    if (this.#state !== OPEN || this.#flights > 0) return -1;
    this.#state = CLOSED;
    this.#span.release();
    this.#ending = PromiseResolve(this.#total);
    return this.#total;
  }

  fail(reason) {
    this.#fail(reason);
  }

  #fail(reason) {
    if (this.#state !== OPEN) return undefined;
    this.#state = FAILED;
    this.#error = reason ?? new ERR_INVALID_STATE('Failed');
    return this.#span.release();
  }

  async [SymbolAsyncDispose]() {
    if (this.#state === CLOSING) await this.#ending;
    else await this.#fail();
  }

  [SymbolDispose]() {
    this.#fail();
  }
}

function writer(options = kEmptyObject) {
  mustBeFree(this);
  return new FileWriter(new Span(this, options));
}

/** Handles have these methods under --experimental-stream-iter only. */
function extendFileHandle() {
  const methods = { __proto__: null, pull, pullSync: pullFileSync, writer };
  for (const name in methods) {
    ObjectDefineProperty(FileHandle.prototype, name, {
      __proto__: null, configurable: true, enumerable: true, value: methods[name], writable: true,
    });
  }
}

module.exports = { extendFileHandle };
