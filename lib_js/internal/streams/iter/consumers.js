'use strict';

// What ends a stream: all of its bytes, as one value. And tap() and ondrain().

const { ArrayPrototypePush } = primordials;

const { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = require('internal/errors').codes;
const { getEncodingFromLabel, TextDecoder } = require('internal/encoding');
const { interruptible } = require('internal/streams/iter/abort');
const { signalOf } = require('internal/streams/iter/arguments');
const { joined, lengthOf } = require('internal/streams/iter/bytes');
const { from, fromSync, has } = require('internal/streams/iter/from');
const { drainableProtocol } = require('internal/streams/iter/types');
const { kEmptyObject } = require('internal/util');
const {
  validateFunction, validateInteger, validateObject, validateString,
} = require('internal/validators');

const decoding = { __proto__: null, fatal: true };

function validateOptions(options) {
  validateObject(options, 'options');
  const { encoding, limit } = options;
  if (limit !== undefined) validateInteger(limit, 'options.limit', 0);
  if (encoding === undefined) return;
  validateString(encoding, 'options.encoding');
  if (getEncodingFromLabel(encoding) === undefined) {
    throw new ERR_INVALID_ARG_VALUE.RangeError('options.encoding', encoding);
  }
}

/** Chunks of a stream, and how many bytes they are. */
class Gathered {
  constructor(limit = Infinity) {
    this.limit = limit;
    this.chunks = [];
    this.bytes = 0;
  }

  add(batch) {
    this.bytes += lengthOf(batch);
    if (this.bytes > this.limit) {
      throw new ERR_OUT_OF_RANGE('totalBytes', `<= ${this.limit}`, this.bytes);
    }
    for (let i = 0; i < batch.length; i++) ArrayPrototypePush(this.chunks, batch[i]);
  }
}

async function gather(source, options) {
  validateOptions(options);
  const signal = signalOf(options);
  if (signal?.aborted) throw signal.reason;
  const gathered = new Gathered(options.limit);
  for await (const batch of interruptible(from(source), signal)) gathered.add(batch);
  return gathered;
}

function gatherSync(source, options) {
  validateOptions(options);
  const gathered = new Gathered(options.limit);
  for (const batch of fromSync(source)) gathered.add(batch);
  return gathered;
}

function bytesIn({ bytes, chunks }) {
  return joined(chunks, bytes);
}

function textIn(gathered, { encoding = 'utf-8' }) {
  return new TextDecoder(encoding, decoding).decode(bytesIn(gathered));
}

async function bytes(source, options = kEmptyObject) {
  return bytesIn(await gather(source, options));
}

function bytesSync(source, options = kEmptyObject) {
  return bytesIn(gatherSync(source, options));
}

async function text(source, options = kEmptyObject) {
  return textIn(await gather(source, options), options);
}

function textSync(source, options = kEmptyObject) {
  return textIn(gatherSync(source, options), options);
}

async function arrayBuffer(source, options = kEmptyObject) {
  return bytesIn(await gather(source, options)).buffer;
}

function arrayBufferSync(source, options = kEmptyObject) {
  return bytesIn(gatherSync(source, options)).buffer;
}

async function array(source, options = kEmptyObject) {
  return (await gather(source, options)).chunks;
}

function arraySync(source, options = kEmptyObject) {
  return gatherSync(source, options).chunks;
}

/** A transform that shows every batch to `callback` and changes nothing. */
function tap(callback) {
  validateFunction(callback, 'callback');
  return async (chunks, options) => {
    await callback(chunks, options);
    return chunks;
  };
}

function tapSync(callback) {
  validateFunction(callback, 'callback');
  return (chunks) => {
    callback(chunks);
    return chunks;
  };
}

/** When a writer can take more; null: it cannot be asked, or will never take more. */
function ondrain(drainable) {
  return has(drainable, drainableProtocol) ? drainable[drainableProtocol]() : null;
}

module.exports = {
  array, arrayBuffer, arrayBufferSync, arraySync, bytes, bytesSync, ondrain, tap, tapSync, text,
  textSync,
};
