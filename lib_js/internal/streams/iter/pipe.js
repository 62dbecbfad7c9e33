'use strict';

// pipeTo() and pipeToSync(): a source written to a writer. What a writer can take at once is never
// waited for.

const {
  ArrayIsArray, ArrayPrototypePop, SymbolAsyncIterator, SymbolIterator,
} = primordials;

const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE,
} = require('internal/errors').codes;
const { signalOf, validateTransforms } = require('internal/streams/iter/arguments');
const { lengthOf } = require('internal/streams/iter/bytes');
const { from, fromSync, has } = require('internal/streams/iter/from');
const { pipeline, pullSync } = require('internal/streams/iter/pull');
const { toAsyncStreamable, toStreamable } = require('internal/streams/iter/types');
const { isArrayBufferView, isUint8Array } = require('internal/util/types');
const { kEmptyObject } = require('internal/util');

/** Takes writer and options off the end of `args`: the rest are transforms. */
function takeWriter(args, isWriter) {
  const last = args.at(-1);
  const areOptions = typeof last === 'object' && last !== null && !isWriter(last);
  const options = areOptions && args.length > 0 ? ArrayPrototypePop(args) : kEmptyObject;
  if (args.length === 0) {
    throw new ERR_INVALID_ARG_VALUE(
      'args', areOptions ? [options] : args, 'pipeTo requires a writer argument');
  }
  return { options, writer: ArrayPrototypePop(args) };
}

function writesLater(writer) {
  return typeof writer?.write === 'function';
}

function writesNowOrLater(writer) {
  return typeof writer?.writeSync === 'function' || typeof writer?.write === 'function';
}

// ---- asynchronous ------------------------------------------------------------------------------

/** A writer, and how many bytes went to it. */
class Outlet {
  constructor(writer, signal) {
    this.writer = writer;
    this.options = signal === undefined ? undefined : { __proto__: null, signal };
    this.bytes = 0;
    this.takesNow = typeof writer.writeSync === 'function';
    this.takesBatches = typeof writer.writev === 'function';
    this.takesBatchesNow = this.takesBatches && typeof writer.writevSync === 'function';
  }

  /** @returns {number} how many chunks, from the `first` on, the writer took at once */
  writeNow(batch, first) {
    if (first === 0 && batch.length > 1 && this.takesBatches) {
      if (!this.takesBatchesNow || !this.writer.writevSync(batch)) return 0;
      this.bytes += lengthOf(batch);
      return batch.length;
    }
    let i = first;
    while (this.takesNow && i < batch.length && this.writer.writeSync(batch[i])) {
      this.bytes += batch[i++].byteLength;
    }
    return i - first;
  }

  /** Writes what of `batch` was not written at once. */
  async writeLater(batch, first) {
    if (first === 0 && batch.length > 1 && this.takesBatches) {
      await this.writer.writev(batch, this.options);
      this.bytes += lengthOf(batch);
      return;
    }
    for (let i = first; i < batch.length; i += this.writeNow(batch, i)) {
      await this.writer.write(batch[i], this.options);
      this.bytes += batch[i++].byteLength;
    }
  }

  async end() {
    if (typeof this.writer.endSync === 'function' && this.writer.endSync() >= 0) return;
    if (typeof this.writer.end === 'function') await this.writer.end(this.options);
  }
}

/** A synchronous source that can be written value by value, as it gives them. */
function isPlainIterable(source) {
  return has(source, SymbolIterator) && !ArrayIsArray(source) && !isArrayBufferView(source) &&
    !has(source, SymbolAsyncIterator) && !has(source, toAsyncStreamable) &&
    !has(source, toStreamable);
}

async function writeAll(batches, outlet) {
  for await (const batch of batches) {
    const count = outlet.writeNow(batch, 0);
    if (count < batch.length) await outlet.writeLater(batch, count);
  }
}

async function writeValues(source, outlet) {
  for (const value of source) {
    if (!isUint8Array(value)) {
      await writeAll(from([value]), outlet);
    } else if (outlet.writeNow([value], 0) === 0) {
      await outlet.writeLater([value], 0);
    }
  }
}

async function pipeTo(source, ...transforms) {
  const { options, writer } = takeWriter(transforms, writesLater);
  if (!writesLater(writer)) {
    throw new ERR_INVALID_ARG_TYPE('writer', 'object with a write method', writer);
  }
  validateTransforms(transforms);
  const signal = signalOf(options);
  if (signal?.aborted) throw signal.reason;
  const outlet = new Outlet(writer, signal);
  const isDirect = transforms.length === 0 && signal === undefined;
  const batches = from(source);
  try {
    if (isDirect && isPlainIterable(source)) await writeValues(source, outlet);
    else await writeAll(isDirect ? batches : pipeline(batches, transforms, signal), outlet);
    if (!options.preventClose) await outlet.end();
  } catch (error) {
    if (!options.preventFail && typeof writer.fail === 'function') writer.fail(error);
    throw error;
  }
  return outlet.bytes;
}

// ---- synchronous -------------------------------------------------------------------------------

function mustBeTaken(answer) {
  if (answer === false) {
    throw new ERR_OUT_OF_RANGE('write', 'within byte budget', 'budget exhausted');
  }
}

function writeAllSync(batches, writer) {
  const takesBatches = typeof writer.writevSync === 'function';
  let bytes = 0;
  for (const batch of batches) {
    if (batch.length > 1 && takesBatches) {
      mustBeTaken(writer.writevSync(batch));
    } else {
      for (let i = 0; i < batch.length; i++) mustBeTaken(writer.writeSync(batch[i]));
    }
    bytes += lengthOf(batch);
  }
  return bytes;
}

function endSync(writer) {
  if (typeof writer.endSync === 'function' && writer.endSync() >= 0) return;
  if (typeof writer.end === 'function') writer.end();
}

function pipeToSync(source, ...transforms) {
  const { options, writer } = takeWriter(transforms, writesNowOrLater);
  if (typeof writer?.writeSync !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('writer', 'object with a writeSync method', writer);
  }
  validateTransforms(transforms);
  const batches = fromSync(source);
  try {
    const bytes = writeAllSync(
      transforms.length === 0 ? batches : pullSync(batches, ...transforms),
      writer);
    if (!options.preventClose) endSync(writer);
    return bytes;
  } catch (error) {
    if (!options.preventFail && typeof writer.fail === 'function') writer.fail(error);
    throw error;
  }
}

module.exports = { pipeTo, pipeToSync };
