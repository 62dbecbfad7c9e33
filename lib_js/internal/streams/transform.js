'use strict';

// Transform: what is written comes out changed. While the readable side is full the callback of the
// last write is kept, and called when somebody reads.

const { ObjectSetPrototypeOf, Symbol } = primordials;

module.exports = Transform;

const Duplex = require('internal/streams/duplex');
const { getHighWaterMark } = require('internal/streams/state');
const { kTransformation } = require('internal/streams/writable_state');
const { codes: { ERR_METHOD_NOT_IMPLEMENTED } } = require('internal/errors');

ObjectSetPrototypeOf(Transform.prototype, Duplex.prototype);
ObjectSetPrototypeOf(Transform, Duplex);

const kCallback = Symbol('kCallback');

function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);

  if (options && getHighWaterMark(this, options, 'readableHighWaterMark', true) === 0) {
    // A readable side that buffers nothing needs a writable side that buffers nothing either, or
    // nobody would notice the back-pressure.
    options = {
      ...options,
      highWaterMark: null,
      readableHighWaterMark: 0,
      writableHighWaterMark: options.writableHighWaterMark || 0,
    };
  }
  Duplex.call(this, options);

  // push() comes from _transform(), hardly ever from inside of _read().
  this._readableState.sync = false;
  this[kCallback] = null;
  if (options) {
    if (typeof options.transform === 'function') this._transform = options.transform;
    if (typeof options.flush === 'function') this._flush = options.flush;
  }
  const events = this._events;
  if (events.prefinish === undefined && events.newListener === undefined) {
    // What on() would do; transforms are made per request.
    events.prefinish = prefinish;
    this._eventsCount++;
  } else {
    this.on('prefinish', prefinish);
  }
}

function final(callback) {
  if (typeof this._flush !== 'function' || this.destroyed) {
    this.push(null);
    callback?.();
    return;
  }
  this._flush((error, data) => {
    if (error) {
      if (callback) callback(error);
      else this.destroy(error);
      return;
    }
    if (data != null) this.push(data);
    this.push(null);
    callback?.();
  });
}

// Subclasses that override _final() still get flushed.
function prefinish() {
  if (this._final !== final) final.call(this);
}

Transform.prototype._final = final;

Transform.prototype._transform = function(chunk, encoding, callback) {
  throw new ERR_METHOD_NOT_IMPLEMENTED('_transform()');
};

/** The write that _transform() has. One callback serves all chunks, if they come in turn. */
class Transformation {
  constructor(stream) {
    this.stream = stream;
    this.callback = null;
    this.lengthBefore = 0;
    this.isBusy = false;
    this.done = (error, value) => onTransformed(this, error, value);
  }
}

Transform.prototype._write = function(chunk, encoding, callback) {
  const writable = this._writableState;
  let transformation = writable[kTransformation] ??= new Transformation(this);
  // A _writev() may call for several chunks at once.
  if (transformation.isBusy) transformation = new Transformation(this);
  transformation.isBusy = true;
  transformation.callback = callback;
  transformation.lengthBefore = this._readableState.length;
  this._transform(chunk, encoding, transformation.done);
};

function onTransformed(transformation, error, value) {
  const { stream, callback, lengthBefore } = transformation;
  transformation.isBusy = false;
  if (error) {
    callback(error);
    return;
  }
  const readable = stream._readableState;
  if (value != null) stream.push(value);
  if (readable.ended) {
    // Nobody will read any more; the tick keeps an endless writer from recursing.
    process.nextTick(callback);
  } else if (stream._writableState.ended || lengthBefore === readable.length ||
             readable.length < readable.highWaterMark) {
    callback();
  } else {
    stream[kCallback] = callback;
  }
}

Transform.prototype._read = function() {
  const callback = this[kCallback];
  if (callback) {
    this[kCallback] = null;
    callback();
  }
};
