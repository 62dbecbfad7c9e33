'use strict';
// v8.Serializer and v8.Deserializer with their default subclasses, and the pair of functions that
// most programs use. Native does the work; these objects hold its handles.

const {
  Error,
  Float16Array,
  Float32Array,
  Float64Array,
  Int16Array,
  Int32Array,
  Int8Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
  ObjectPrototypeToString,
  SafeFinalizationRegistry,
  Symbol,
  Uint16Array,
  Uint32Array,
  Uint8Array,
  Uint8ClampedArray,
} = primordials;

const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const {
  codes: { ERR_CONSTRUCT_CALL_REQUIRED, ERR_INVALID_ARG_TYPE },
} = require('internal/errors');
const { inspect } = require('internal/util/inspect');
const { isArrayBufferView } = require('internal/util/types');

const native = internalBinding('serdes');

const kHandle = Symbol('kHandle');

/** Their places are numbers in the format. */
const VIEWS = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  Float32Array, Float64Array, DataView, FastBuffer, BigInt64Array, BigUint64Array, Float16Array,
];
const DATA_VIEW = 9;
const BUFFER = 10;

let writers;
let readers;

function checkNew(target, name) {
  if (target !== undefined) return;
  const error = new ERR_CONSTRUCT_CALL_REQUIRED(name);
  error.message = `Class constructor ${name} cannot be invoked without 'new'`;
  throw error;
}

function checkView(view, name) {
  if (isArrayBufferView(view)) return;
  const error = new ERR_INVALID_ARG_TYPE(name, 'Buffer', view);
  error.message = `${name} must be a TypedArray or a DataView`;
  throw error;
}

/** Frees the native half when the object is collected. */
function closeWriter(handle) { native.closeSerializer(handle); }
function closeReader(handle) { native.closeDeserializer(handle); }

function hide(object, handle) {
  Object.defineProperty(object, kHandle, {
    __proto__: null, value: handle, enumerable: false, writable: true,
  });
}

function Serializer() {
  checkNew(new.target, 'Serializer');
  hide(this, native.openSerializer(this));
  writers ??= new SafeFinalizationRegistry(closeWriter);
  writers.register(this, this[kHandle], this);
}

Serializer.prototype.writeHeader = function writeHeader() {
  native.writeHeader(this[kHandle]);
};

Serializer.prototype.writeValue = function writeValue(value) {
  return native.writeValue(this[kHandle], value);
};

Serializer.prototype.releaseBuffer = function releaseBuffer() {
  return native.releaseBuffer(this[kHandle]);
};

Serializer.prototype.transferArrayBuffer = function transferArrayBuffer(id, arrayBuffer) {
  native.transferOut(this[kHandle], id, arrayBuffer);
};

Serializer.prototype.writeUint32 = function writeUint32(value) {
  native.writeUint32(this[kHandle], value);
};

Serializer.prototype.writeUint64 = function writeUint64(hi, lo) {
  native.writeUint64(this[kHandle], hi, lo);
};

Serializer.prototype.writeDouble = function writeDouble(value) {
  native.writeDouble(this[kHandle], value);
};

Serializer.prototype.writeRawBytes = function writeRawBytes(source) {
  checkView(source, 'source');
  native.writeRawBytes(this[kHandle], source);
};

Serializer.prototype._setTreatArrayBufferViewsAsHostObjects = function(flag) {
  native.treatViewsAsHostObjects(this[kHandle], flag);
};

Serializer.prototype._getDataCloneError = Error;

function Deserializer(buffer) {
  checkNew(new.target, 'Deserializer');
  checkView(buffer, 'buffer');
  this.buffer = buffer;
  hide(this, native.openDeserializer(this, buffer));
  readers ??= new SafeFinalizationRegistry(closeReader);
  readers.register(this, this[kHandle], this);
}

/** What native could not read is at the end of the bytes. */
function read(value, name) {
  if (value === undefined) {
    // Node throws it from native code, without a code.
    // eslint-disable-next-line no-restricted-syntax
    throw new Error(`${name}() failed`);
  }
  return value;
}

Deserializer.prototype.readHeader = function readHeader() {
  return native.readHeader(this[kHandle]);
};

Deserializer.prototype.readValue = function readValue() {
  return native.readValue(this[kHandle]);
};

Deserializer.prototype.getWireFormatVersion = function getWireFormatVersion() {
  return native.wireFormatVersion(this[kHandle]);
};

Deserializer.prototype.transferArrayBuffer = function transferArrayBuffer(id, arrayBuffer) {
  native.transferIn(this[kHandle], id, arrayBuffer);
};

Deserializer.prototype.readUint32 = function readUint32() {
  return read(native.readUint32(this[kHandle]), 'ReadUint32');
};

Deserializer.prototype.readUint64 = function readUint64() {
  return read(native.readUint64(this[kHandle]), 'ReadUint64');
};

Deserializer.prototype.readDouble = function readDouble() {
  return read(native.readDouble(this[kHandle]), 'ReadDouble');
};

Deserializer.prototype._readRawBytes = function _readRawBytes(length) {
  return read(native.readRawBytes(this[kHandle], length), 'ReadRawBytes');
};

Deserializer.prototype.readRawBytes = function readRawBytes(length) {
  const offset = this._readRawBytes(length);
  return new FastBuffer(this.buffer.buffer, this.buffer.byteOffset + offset, length);
};

/** Which view of VIEWS the object is; undefined for other host objects. */
function indexOfView(view) {
  if (!isArrayBufferView(view)) return undefined;
  const tag = ObjectPrototypeToString(view);
  for (let i = 0; i < VIEWS.length; i++) {
    if (i !== BUFFER && tag === `[object ${VIEWS[i].name}]`) return i;
  }
  return undefined;
}

class DefaultSerializer extends Serializer {
  constructor() {
    super();
    this._setTreatArrayBufferViewsAsHostObjects(true);
  }

  _writeHostObject(abView) {
    // Buffers come back as Buffers.
    const index = abView.constructor === Buffer ? BUFFER : indexOfView(abView);
    if (index === undefined) {
      throw new this._getDataCloneError(`Unserializable host object: ${inspect(abView)}`);
    }
    this.writeUint32(index);
    this.writeUint32(abView.byteLength);
    this.writeRawBytes(new Uint8Array(abView.buffer, abView.byteOffset, abView.byteLength));
  }
}

class DefaultDeserializer extends Deserializer {
  _readHostObject() {
    const index = this.readUint32();
    const View = VIEWS[index];
    const count = this.readUint32();
    const offset = this._readRawBytes(count);
    const size = index === DATA_VIEW ? 1 : View.BYTES_PER_ELEMENT;
    const { buffer } = this;
    const start = buffer.byteOffset + offset;
    if (start % size === 0) return new View(buffer.buffer, start, count / size);
    // Not aligned for the view: a copy is.
    const copy = new Uint8Array(buffer.buffer, start, count).slice();
    return new View(copy.buffer, copy.byteOffset, count / size);
  }
}

function serialize(value) {
  const serializer = new DefaultSerializer();
  try {
    serializer.writeHeader();
    serializer.writeValue(value);
    return serializer.releaseBuffer();
  } finally {
    writers.unregister(serializer);
    closeWriter(serializer[kHandle]);
  }
}

function deserialize(buffer) {
  const deserializer = new DefaultDeserializer(buffer);
  try {
    deserializer.readHeader();
    return deserializer.readValue();
  } finally {
    readers.unregister(deserializer);
    closeReader(deserializer[kHandle]);
  }
}

module.exports = {
  DefaultDeserializer,
  DefaultSerializer,
  Deserializer,
  Serializer,
  deserialize,
  serialize,
};
