'use strict';

// Writables of node:stream as writers, and the other way round.

const {
  NumberMAX_SAFE_INTEGER, PromiseReject, PromiseResolve, PromisePrototypeThen,
  PromiseWithResolvers, SafeWeakMap, SymbolAsyncDispose, SymbolDispose,
} = primordials;

const {
  AbortError,
  codes: {
    ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE, ERR_STREAM_WRITE_AFTER_END,
  },
} = require('internal/errors');
const { POLICIES, signalOf } = require('internal/streams/iter/arguments');
const { chunkBytes, chunksBytes, lengthOf } = require('internal/streams/iter/bytes');
const { has } = require('internal/streams/iter/from');
const { drainableProtocol } = require('internal/streams/iter/types');
const { queueMicrotask } = require('internal/process/task_queues');
const { kEmptyObject } = require('internal/util');
const { validateArray, validateObject, validateOneOf } = require('internal/validators');

const DEFAULT_HIGH_WATER_MARK_BYTES = 16384;

// ---- from a Writable ---------------------------------------------------------------------------

/** A Writable (or what looks like one), and who waits until it has room. */
class Outlet {
  constructor(writable, policy) {
    this.writable = writable;
    this.policy = policy;
    this.total = 0;
    this.waiting = [];
    this.listeners = undefined;
  }

  get isOver() {
    const { writable } = this;
    return Boolean(writable.destroyed || writable.writableEnded || writable.errored);
  }

  get isFull() {
    const { writableHighWaterMark: most = DEFAULT_HIGH_WATER_MARK_BYTES, writableLength = 0 } =
      this.writable;
    return writableLength >= most;
  }

  get canWrite() {
    return this.isOver ? null : !this.isFull;
  }

  /** Settles when there is room, or there will be none. */
  wait() {
    const waiter = PromiseWithResolvers();
    this.waiting.push(waiter);
    if (this.listeners === undefined) this.listen();
    return waiter.promise;
  }

  listen() {
    const { writable } = this;
    this.listeners = {
      __proto__: null,
      drain: () => this.settle((waiter) => waiter.resolve(true)),
      finish: () => this.settle((waiter) => waiter.resolve(false)),
      error: (error) => this.settle((waiter) => waiter.reject(error)),
      close: () => this.settle((waiter) => waiter.reject(new AbortError())),
    };
    for (const name in this.listeners) writable.on(name, this.listeners[name]);
  }

  settle(how) {
    const { listeners, waiting, writable } = this;
    if (listeners === undefined) return;
    this.waiting = [];
    this.listeners = undefined;
    const off = typeof writable.off === 'function' ? 'off' : 'removeListener';
    for (const name in listeners) {
      // The error of a failing stream is told here, and would find nobody else.
      if (name !== 'error' || !writable.destroyed) writable[off](name, listeners[name]);
    }
    for (let i = 0; i < waiting.length; i++) how(waiting[i]);
  }

  async write(batch, put) {
    if (this.isOver) throw new ERR_STREAM_WRITE_AFTER_END();
    const isFull = this.isFull;
    if (isFull && this.policy === 'strict') {
      throw new ERR_INVALID_STATE.RangeError(
        'Backpressure violation: buffer is full. ' +
        'Await each write() call to respect backpressure.');
    }
    this.total += lengthOf(batch);
    if (isFull && this.policy === 'drop-newest') return;
    if (!put(batch) && this.policy === 'unbounded') await this.wait();
  }

  end() {
    if (this.isOver) return PromiseResolve(this.total);
    const ended = PromiseWithResolvers();
    this.writable.end((error) => {
      if (error) ended.reject(error);
      else ended.resolve(this.total);
    });
    return ended.promise;
  }

  destroy(reason) {
    this.settle((waiter) => waiter.reject(reason ?? new AbortError()));
    if (typeof this.writable.destroy === 'function') this.writable.destroy(reason);
  }
}

function writerOf(writable, policy) {
  const outlet = new Outlet(writable, policy);
  const putOne = (batch) => writable.write(batch[0]);
  const putAll = (batch) => {
    let hasRoom = true;
    writable.cork?.();
    for (let i = 0; i < batch.length; i++) hasRoom = writable.write(batch[i]);
    writable.uncork?.();
    return hasRoom;
  };
  return {
    __proto__: null,
    get canWrite() {
      return outlet.canWrite;
    },
    // A Writable takes nothing at once.
    writeSync(chunk) {
      return false;
    },
    writevSync(chunks) {
      return false;
    },
    write(chunk, options) {
      signalOf(options);
      let bytes;
      try {
        bytes = chunkBytes(chunk);
      } catch (error) {
        return PromiseReject(error);
      }
      return outlet.write([bytes], putOne);
    },
    writev(chunks, options) {
      validateArray(chunks, 'chunks');
      signalOf(options);
      return outlet.write(chunksBytes(chunks), putAll);
    },
    endSync() {
      return -1;
    },
    end(options) {
      signalOf(options);
      return outlet.end();
    },
    fail(reason) {
      outlet.destroy(reason);
    },
    [SymbolAsyncDispose]() {
      if (!outlet.isOver) outlet.destroy();
      return PromiseResolve();
    },
    [SymbolDispose]() {
      outlet.destroy();
    },
    [drainableProtocol]() {
      const { canWrite } = outlet;
      if (canWrite === null) return null;
      return canWrite ? PromiseResolve(true) : outlet.wait();
    },
  };
}

/** Writers by Writable, and by policy. */
const known = new SafeWeakMap();

function fromWritable(writable, options = kEmptyObject) {
  if (!has(writable, 'write') || !has(writable, 'on')) {
    throw new ERR_INVALID_ARG_TYPE('writable', 'Writable', writable);
  }
  validateObject(options, 'options');
  const { backpressure: policy = 'strict' } = options;
  validateOneOf(policy, 'options.backpressure', POLICIES);
  if (policy === 'drop-oldest') {
    throw new ERR_INVALID_ARG_VALUE(
      'options.backpressure', policy, 'drop-oldest is not supported for classic stream.Writable');
  }
  if (writable.writableObjectMode) {
    throw new ERR_INVALID_STATE('Cannot create a stream/iter Writer from an object-mode Writable');
  }
  let writers = known.get(writable);
  if (writers === undefined) {
    writers = { __proto__: null };
    known.set(writable, writers);
  }
  return writers[policy] ??= writerOf(writable, policy);
}

// ---- to a Writable -----------------------------------------------------------------------------

/** Tries at once, then asynchronously. @param now() whether it is done */
function attempt(now, later, callback) {
  try {
    if (now()) queueMicrotask(callback);
    else PromisePrototypeThen(PromiseResolve(later()), () => callback(), callback);
  } catch (error) {
    callback(error);
  }
}

function batchOfEntries(entries) {
  const batch = [];
  for (let i = 0; i < entries.length; i++) batch.push(entries[i].chunk);
  return batch;
}

function toWritable(writer) {
  if (!has(writer, 'write')) throw new ERR_INVALID_ARG_TYPE('writer', 'Writer', writer);
  const Writable = require('internal/streams/writable');
  return new Writable({
    __proto__: null,
    // The writer has a bound of its own.
    highWaterMark: NumberMAX_SAFE_INTEGER,
    write(chunk, encoding, callback) {
      attempt(() => has(writer, 'writeSync') && writer.writeSync(chunk),
              () => writer.write(chunk), callback);
    },
    writev: !has(writer, 'writev') ? undefined : function(entries, callback) {
      const batch = batchOfEntries(entries);
      attempt(() => has(writer, 'writevSync') && writer.writevSync(batch),
              () => writer.writev(batch), callback);
    },
    final(callback) {
      attempt(() => has(writer, 'endSync') && writer.endSync() >= 0,
              () => (has(writer, 'end') ? writer.end() : undefined), callback);
    },
    // The writer is told of an error, and who wrote: there is no event for those.
    destroy(error, callback) {
      try {
        if (error && has(writer, 'fail')) writer.fail(error);
        callback();
      } catch (failure) {
        callback(failure);
      }
    },
  });
}

module.exports = { fromWritable, toWritable };
