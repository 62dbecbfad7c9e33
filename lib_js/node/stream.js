'use strict';

// node:stream: the class Stream with everything else hung on it.

const { ObjectDefineProperty, ObjectKeys, ReflectApply } = primordials;

const { Stream } = require('internal/streams/legacy');
const utils = require('internal/streams/utils');
const Readable = require('internal/streams/readable');
const Writable = require('internal/streams/writable');
const Duplex = require('internal/streams/duplex');
const Transform = require('internal/streams/transform');
const PassThrough = require('internal/streams/passthrough');
const duplexPair = require('internal/streams/duplexpair');
const { pipeline } = require('internal/streams/pipeline');
const { addAbortSignal } = require('internal/streams/add-abort-signal');
const { eos } = require('internal/streams/end-of-stream');
const { destroyer } = require('internal/streams/destroy');
const compose = require('internal/streams/compose');
const {
  setDefaultHighWaterMark,
  getDefaultHighWaterMark,
} = require('internal/streams/state');
const {
  streamReturningOperators,
  promiseReturningOperators,
} = require('internal/streams/operators');
const { codes: { ERR_ILLEGAL_CONSTRUCTOR } } = require('internal/errors');
const { promisify: { custom: customPromisify } } = require('internal/util');
const { FastBuffer } = require('internal/buffer');
const { isArrayBufferView, isUint8Array } = require('internal/util/types');

module.exports = Stream;

// finish(result) turns what the operator returns into what the method returns.
function addOperators(operators, finish) {
  for (const key of ObjectKeys(operators)) {
    const operator = operators[key];
    const method = function(...args) {
      if (new.target) throw new ERR_ILLEGAL_CONSTRUCTOR();
      return finish(ReflectApply(operator, this, args));
    };
    ObjectDefineProperty(method, 'name', { __proto__: null, value: operator.name });
    ObjectDefineProperty(method, 'length', { __proto__: null, value: operator.length });
    ObjectDefineProperty(Readable.prototype, key, {
      __proto__: null,
      value: method,
      enumerable: false,
      configurable: true,
      writable: true,
    });
  }
}

addOperators(streamReturningOperators, (iterable) => Readable.from(iterable));
addOperators(promiseReturningOperators, (promise) => promise);

Stream.isDestroyed = utils.isDestroyed;
Stream.isDisturbed = utils.isDisturbed;
Stream.isErrored = utils.isErrored;
Stream.isReadable = utils.isReadable;
Stream.isWritable = utils.isWritable;
Stream.Readable = Readable;
Stream.Writable = Writable;
Stream.Duplex = Duplex;
Stream.Transform = Transform;
Stream.PassThrough = PassThrough;
Stream.duplexPair = duplexPair;
Stream.pipeline = pipeline;
Stream.addAbortSignal = addAbortSignal;
Stream.finished = eos;
Stream.destroy = destroyer;
Stream.compose = compose;
Stream.setDefaultHighWaterMark = setDefaultHighWaterMark;
Stream.getDefaultHighWaterMark = getDefaultHighWaterMark;

function promisesProperty(object, key, configurable, get) {
  ObjectDefineProperty(object, key, { __proto__: null, configurable, enumerable: true, get });
}

promisesProperty(Stream, 'promises', true, () => require('stream/promises'));
promisesProperty(pipeline, customPromisify, false, () => require('stream/promises').pipeline);
promisesProperty(eos, customPromisify, false, () => require('stream/promises').finished);

// Old streams without a module of their own reach the classes through this.
Stream.Stream = Stream;
Stream._isArrayBufferView = isArrayBufferView;
Stream._isUint8Array = isUint8Array;
Stream._uint8ArrayToBuffer = function _uint8ArrayToBuffer(chunk) {
  return new FastBuffer(chunk.buffer, chunk.byteOffset, chunk.byteLength);
};
