'use strict';

// Blob whose bytes lie in memory: one copy made by the constructor and shared
// by all its slices. Also the registry behind URL.createObjectURL().

const {
  MathFloor,
  MathMax,
  MathMin,
  MathRandom,
  MathTrunc,
  NumberPrototypeToString,
  NumberIsNaN,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  PromiseReject,
  PromiseResolve,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  SafeMap,
  StringPrototypePadStart,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  Symbol,
  SymbolIterator,
  SymbolToStringTag,
  TypeError,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSlice,
  TypedArrayPrototypeSubarray,
  Uint8Array,
} = primordials;

const { kMaxLength, utf8Slice } = internalBinding('buffer');
const {
  ERR_BUFFER_TOO_LARGE,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_THIS,
  ERR_METHOD_NOT_IMPLEMENTED,
} = require('internal/errors').codes;
const {
  customInspectSymbol,
  kEmptyObject,
  kEnumerableProperty,
} = require('internal/util');
const { inspect } = require('internal/util/inspect');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');
const { validateDictionary } = require('internal/validators');
const { utf8 } = require('internal/buffer/encodings');
const { fromText } = require('internal/buffer/pool');

const kBytes = Symbol('kBytes');
const kType = Symbol('kType');

const STREAM_CHUNK_BYTES = 64 * 1024;
const OBJECT_URL_PREFIX = 'blob:nodedata:';

const notInTypes = /[^\u{0020}-\u{007E}]/u;
const lineEnds = /\r\n|\r|\n/g;

/** @type {Map<string, Blob>} */
const objectUrls = new SafeMap();

function isBlob(object) {
  return object?.[kBytes] !== undefined;
}

function requireBlob(object) {
  if (!isBlob(object)) throw new ERR_INVALID_THIS('Blob');
}

/** The bytes of one part, which may still be the user's own memory. */
function bytesOf(part, endings) {
  if (isBlob(part)) return part[kBytes];
  if (isAnyArrayBuffer(part)) return new Uint8Array(part);
  if (isArrayBufferView(part)) {
    return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  }
  if (typeof part === 'symbol') {
    throw new ERR_INVALID_ARG_TYPE('sources', ['string', 'Blob', 'ArrayBuffer'], part);
  }
  let text = `${part}`;
  if (endings === 'native') text = RegExpPrototypeSymbolReplace(lineEnds, text, '\n');
  return text === '' ? new Uint8Array() : fromText(text, utf8);
}

/** WebIDL's sequence: any object with an iterator. */
function joinParts(sources, endings) {
  if ((typeof sources !== 'object' && typeof sources !== 'function') || sources === null ||
      typeof sources[SymbolIterator] !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('sources', 'a sequence', sources);
  }
  const parts = [];
  let total = 0;
  for (const part of sources) {
    const bytes = bytesOf(part, endings);
    total += bytes.length;
    parts[parts.length] = bytes;
  }
  if (total > kMaxLength) throw new ERR_BUFFER_TOO_LARGE(kMaxLength);
  const joined = new Uint8Array(total);
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    TypedArrayPrototypeSet(joined, parts[i], at);
    at += parts[i].length;
  }
  return joined;
}

function normalizeType(type) {
  type = `${type}`;
  return RegExpPrototypeExec(notInTypes, type) === null ? StringPrototypeToLowerCase(type) : '';
}

/** WebIDL's clamped long long, counted from the end if negative. */
function toPosition(value, name, size) {
  if (typeof value === 'bigint' || typeof value === 'symbol') {
    const kind = typeof value === 'bigint' ? 'BigInt' : 'Symbol';
    const error = new TypeError(`${name} is a ${kind} and cannot be converted to a number.`);
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }
  value = +value;
  value = NumberIsNaN(value) ? 0 : MathTrunc(value);
  return value < 0 ? MathMax(size + value, 0) : MathMin(value, size);
}

class Blob {
  constructor(sources = [], options) {
    validateDictionary(options, 'options');
    const { endings = 'transparent', type = '' } = options ?? kEmptyObject;
    const ends = `${endings}`;
    if (ends !== 'transparent' && ends !== 'native') {
      throw new ERR_INVALID_ARG_VALUE('options.endings', ends);
    }
    this[kBytes] = joinParts(sources, ends);
    this[kType] = normalizeType(type);
  }

  [customInspectSymbol](depth, options) {
    if (depth < 0) return this;
    return `Blob ${inspect({ size: this.size, type: this.type }, {
      ...options,
      depth: options.depth == null ? null : options.depth - 1,
    })}`;
  }

  get type() {
    requireBlob(this);
    return this[kType];
  }

  get size() {
    requireBlob(this);
    return this[kBytes].length;
  }

  slice(start = 0, end = this[kBytes]?.length, contentType = '') {
    requireBlob(this);
    const size = this[kBytes].length;
    const from = toPosition(start, 'start', size);
    const to = MathMax(toPosition(end, 'end', size), from);
    return createBlob(TypedArrayPrototypeSubarray(this[kBytes], from, to),
                      normalizeType(contentType));
  }

  arrayBuffer() {
    if (!isBlob(this)) return PromiseReject(new ERR_INVALID_THIS('Blob'));
    return PromiseResolve(TypedArrayPrototypeGetBuffer(TypedArrayPrototypeSlice(this[kBytes])));
  }

  text() {
    if (!isBlob(this)) return PromiseReject(new ERR_INVALID_THIS('Blob'));
    const bytes = this[kBytes];
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return PromiseResolve(utf8Slice(bytes, marked ? 3 : 0, bytes.length));
  }

  bytes() {
    if (!isBlob(this)) return PromiseReject(new ERR_INVALID_THIS('Blob'));
    return PromiseResolve(TypedArrayPrototypeSlice(this[kBytes]));
  }

  stream() {
    requireBlob(this);
    return streamOf(this[kBytes], 'blob.stream()');
  }

  textStream() {
    requireBlob(this);
    const stream = streamOf(this[kBytes], 'blob.textStream()');
    const { TextDecoderStream } = require('internal/webstreams/encoding');
    return stream.pipeThrough(new TextDecoderStream());
  }
}

/** A web stream of the bytes in pieces, once the library has web streams. */
function streamOf(bytes, method) {
  const { BuiltinModule } = require('internal/bootstrap/realm');
  if (!BuiltinModule.exists('internal/webstreams/readablestream')) {
    throw new ERR_METHOD_NOT_IMPLEMENTED(method);
  }
  const { ReadableStream } = require('internal/webstreams/readablestream');
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (at < bytes.length) {
        controller.enqueue(TypedArrayPrototypeSlice(bytes, at, at + STREAM_CHUNK_BYTES));
        at += STREAM_CHUNK_BYTES;
        return;
      }
      controller.close();
      // For byob readers: see https://streams.spec.whatwg.org/#example-rbs-pull
      controller.byobRequest?.respond(0);
    },
  });
}

function BlobOfBytes(bytes, type) {
  this[kBytes] = bytes;
  this[kType] = type;
}
ObjectSetPrototypeOf(BlobOfBytes, Blob);
BlobOfBytes.prototype = Blob.prototype;

/** A Blob over bytes that nobody will change. */
function createBlob(bytes, type = '') {
  return new BlobOfBytes(bytes, type);
}

/** The bytes a Blob holds; the caller must not change them. */
function bytesOfBlob(blob) {
  return blob[kBytes];
}

ObjectDefineProperty(Blob.prototype, SymbolToStringTag, {
  __proto__: null, configurable: true, value: 'Blob',
});
ObjectDefineProperties(Blob.prototype, {
  size: kEnumerableProperty,
  type: kEnumerableProperty,
  slice: kEnumerableProperty,
  stream: kEnumerableProperty,
  textStream: kEnumerableProperty,
  text: kEnumerableProperty,
  arrayBuffer: kEnumerableProperty,
  bytes: kEnumerableProperty,
});

function randomHex(digits) {
  const value = MathFloor(MathRandom() * 16 ** digits);
  return StringPrototypePadStart(NumberPrototypeToString(value, 16), digits, '0');
}

/** URL.createObjectURL(): the name is in the shape of a version 4 UUID. */
function createObjectURL(blob) {
  const variant = '89ab'[MathFloor(MathRandom() * 4)];
  const id = `${randomHex(8)}-${randomHex(4)}-4${randomHex(3)}-${variant}${randomHex(3)}-` +
    `${randomHex(6)}${randomHex(6)}`;
  objectUrls.set(id, blob);
  return `${OBJECT_URL_PREFIX}${id}`;
}

/** The id in an object URL, or '' if it is none; a fragment does not count. */
function idOf(url) {
  const { URL } = require('internal/url');
  const parsed = URL.parse(`${url}`);
  if (parsed === null) return '';
  const href = `${parsed.protocol}${parsed.pathname}`;
  return StringPrototypeStartsWith(href, OBJECT_URL_PREFIX) ?
    StringPrototypeSlice(href, OBJECT_URL_PREFIX.length) : '';
}

function revokeObjectURL(url) {
  objectUrls.delete(idOf(url));
}

function resolveObjectURL(url) {
  const blob = objectUrls.get(idOf(url));
  return blob === undefined ? undefined : createBlob(blob[kBytes], blob[kType]);
}

module.exports = {
  Blob,
  bytesOfBlob,
  createBlob,
  createObjectURL,
  isBlob,
  resolveObjectURL,
  revokeObjectURL,
};
