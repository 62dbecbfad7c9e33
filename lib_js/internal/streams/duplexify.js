'use strict';

// Duplex.from(): a Duplex of nearly anything.

const { FunctionPrototypeCall, PromiseWithResolvers } = primordials;

const {
  isReadable,
  isWritable,
  isIterable,
  isNodeStream,
  isReadableNodeStream,
  isWritableNodeStream,
  isDuplexNodeStream,
  isReadableStream,
  isWritableStream,
} = require('internal/streams/utils');
const { eos } = require('internal/streams/end-of-stream');
const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE },
} = require('internal/errors');
const { destroyer } = require('internal/streams/destroy');
const Duplex = require('internal/streams/duplex');
const Readable = require('internal/streams/readable');
const Writable = require('internal/streams/writable');
const from = require('internal/streams/from');

// By its own name, so that it can be told from what the program made.
class Duplexify extends Duplex {}

module.exports = function duplexify(body, name) {
  if (isDuplexNodeStream(body)) return body;
  if (isReadableNodeStream(body)) return joinPair(body, undefined);
  if (isWritableNodeStream(body)) return joinPair(undefined, body);
  if (isNodeStream(body)) return joinPair(false, false);
  if (isReadableStream(body)) return joinPair(Readable.fromWeb(body), undefined);
  if (isWritableStream(body)) return joinPair(undefined, Writable.fromWeb(body));
  if (typeof body === 'function') return fromFunction(body, name);
  if (typeof body?.arrayBuffer === 'function' && require('internal/blob').isBlob(body)) {
    return duplexify(body.arrayBuffer());
  }
  if (isIterable(body)) return from(Duplexify, body, { objectMode: true, writable: false });
  if (isReadableStream(body?.readable) && isWritableStream(body?.writable)) {
    return Duplexify.fromWeb(body);
  }
  if (typeof body?.writable === 'object' || typeof body?.readable === 'object') {
    const { readable, writable } = body;
    return joinPair(
      readable && !isReadableNodeStream(readable) ? duplexify(readable) : readable || undefined,
      writable && !isWritableNodeStream(writable) ? duplexify(writable) : writable || undefined);
  }
  if (typeof body?.then === 'function') return fromPromise(body);
  throw new ERR_INVALID_ARG_TYPE(
    name,
    ['Blob', 'ReadableStream', 'WritableStream', 'Stream', 'Iterable', 'AsyncIterable',
     'Function', '{ readable, writable } pair', 'Promise'],
    body);
};

function fromPromise(promise) {
  const duplex = new Duplexify({ objectMode: true, writable: false, read() {} });
  FunctionPrototypeCall(promise.then, promise, (value) => {
    if (value != null) duplex.push(value);
    duplex.push(null);
  }, (error) => destroyer(duplex, error));
  return duplex;
}

// A function is given an async iterable of what is written; what it returns is read.
function fromFunction(fn, name) {
  const { value, write, final, destroy } = callWithInput(fn);
  if (isDuplexNodeStream(value)) return value;
  if (isIterable(value)) {
    return from(Duplexify, value, { objectMode: true, write, final, destroy });
  }
  if (typeof value?.then !== 'function') {
    throw new ERR_INVALID_RETURN_VALUE('Iterable, AsyncIterable or AsyncFunction', name, value);
  }
  // An async function reads only; it ends the stream when it ends.
  let duplex;
  const promise = FunctionPrototypeCall(value.then, value, (result) => {
    if (result != null) throw new ERR_INVALID_RETURN_VALUE('nully', 'body', result);
  }, (error) => destroyer(duplex, error));
  duplex = new Duplexify({
    objectMode: true,
    readable: false,
    write,
    final(callback) {
      final(async () => {
        try {
          await promise;
          process.nextTick(callback, null);
        } catch (error) {
          process.nextTick(callback, error);
        }
      });
    },
    destroy,
  });
  return duplex;
}

function callWithInput(fn) {
  const { AbortController } = require('internal/abort_controller');
  const controller = new AbortController();
  const { signal } = controller;
  // The next write, as a promise for the generator below.
  let { promise, resolve } = PromiseWithResolvers();

  async function* input() {
    while (true) {
      const awaited = promise;
      promise = null;
      const { chunk, done, callback } = await awaited;
      process.nextTick(callback);
      if (done) return;
      if (signal.aborted) throw new AbortError(undefined, { cause: signal.reason });
      ({ promise, resolve } = PromiseWithResolvers());
      yield chunk;
    }
  }

  function give(entry) {
    const accept = resolve;
    resolve = null;
    accept(entry);
  }

  return {
    value: fn(input(), { signal }),
    write(chunk, encoding, callback) {
      give({ chunk, done: false, callback });
    },
    final(callback) {
      give({ chunk: undefined, done: true, callback });
    },
    destroy(error, callback) {
      controller.abort(error);
      // Lets a generator that waits for input come to its end.
      if (resolve !== null) give({ chunk: undefined, done: true, callback() {} });
      callback(error);
    },
  };
}

// Makes one Duplex of a stream to read from and a stream to write to; either may be missing.
function joinPair(source, dest) {
  const r = source && typeof source.read !== 'function' ? Readable.wrap(source) : source;
  const w = dest;
  const join = new Join(r, w);
  if (isWritable(w)) join.write();
  if (isReadable(r)) join.read();
  return join.duplex;
}

class Join {
  constructor(r, w) {
    this.r = r;
    this.w = w;
    this.ondrain = undefined;
    this.onfinish = undefined;
    this.onreadable = undefined;
    this.onclose = undefined; // null: one side is over.
    this.duplex = new Duplexify({
      readableObjectMode: !!r?.readableObjectMode,
      writableObjectMode: !!w?.writableObjectMode,
      readable: !!isReadable(r),
      writable: !!isWritable(w),
    });
    this.duplex._destroy = (error, callback) => this.destroy(error, callback);
  }

  call(name) {
    const callback = this[name];
    this[name] = null;
    if (callback) callback();
  }

  write() {
    const { r, w, duplex } = this;
    eos(w, (error) => {
      if (error) destroyer(r, error);
      this.onSideFinished(error);
    });
    duplex._write = (chunk, encoding, callback) => {
      if (w.write(chunk, encoding)) callback();
      else this.ondrain = callback;
    };
    duplex._final = (callback) => {
      w.end();
      this.onfinish = callback;
    };
    w.on('drain', () => this.call('ondrain'));
    w.on('finish', () => this.call('onfinish'));
  }

  read() {
    const { r, w, duplex } = this;
    eos(r, (error) => {
      if (error) destroyer(w, error);
      this.onSideFinished(error);
    });
    r.on('readable', () => this.call('onreadable'));
    r.on('end', () => duplex.push(null));
    duplex._read = () => {
      while (true) {
        const chunk = r.read();
        if (chunk === null) {
          this.onreadable = duplex._read;
          return;
        }
        if (!duplex.push(chunk)) return;
      }
    };
  }

  onSideFinished(error) {
    const callback = this.onclose;
    this.onclose = null;
    if (callback) callback(error);
    else if (error) this.duplex.destroy(error);
  }

  destroy(error, callback) {
    if (!error && this.onclose !== null) error = new AbortError();
    this.onreadable = null;
    this.ondrain = null;
    this.onfinish = null;
    if (this.onclose === null) {
      callback(error);
      return;
    }
    this.onclose = callback;
    destroyer(this.w, error);
    destroyer(this.r, error);
  }
}
