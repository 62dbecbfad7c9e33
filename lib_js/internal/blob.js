'use strict';

// Blob: a list of parts, which are bytes in memory (one copy, made by the constructor and shared by
// slices) or ranges of files (internal/fs/blob_of_file.js). Also the registry behind
// URL.createObjectURL().

const {
  ArrayPrototypePush,
  MathFloor,
  MathMax,
  MathMin,
  MathRandom,
  NumberPrototypeToString,
  ObjectDefineProperties,
  ObjectDefineProperty,
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
  SymbolToStringTag,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSlice,
  TypedArrayPrototypeSubarray,
  Uint8Array,
} = primordials;

const { kMaxLength, utf8Slice } = internalBinding('buffer');
const {
  ERR_BUFFER_TOO_LARGE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_STATE,
  ERR_INVALID_THIS,
} = require('internal/errors').codes;
const { customInspectSymbol, kEmptyObject, kEnumerableProperty } = require('internal/util');
const { inspect } = require('internal/util/inspect');
const { isAnyArrayBuffer, isArrayBufferView, isUint8Array } = require('internal/util/types');
const { validateDictionary } = require('internal/validators');
const { converters, createSequenceConverter } = require('internal/webidl');
const { kClone, kDeserialize, markTransferMode } = require('internal/worker/transfer_symbols');
const { utf8 } = require('internal/buffer/encodings');
const { fromText } = require('internal/buffer/pool');

const kParts = Symbol('kParts');
const kSize = Symbol('kSize');
const kType = Symbol('kType');
/** What our own code gives to the constructor, to fill the blob in itself. */
const kEmpty = Symbol('kEmpty');

const STREAM_CHUNK_BYTES = 64 * 1024;
const OBJECT_URL_PREFIX = 'blob:nodedata:';

const notInTypes = /[^\u{0020}-\u{007E}]/u;
const lineEnds = /\r\n|\r|\n/g;

/** @type {Map<string, Blob>} */
const objectUrls = new SafeMap();

function isBlob(object) {
  return object?.[kParts] !== undefined;
}

function requireBlob(object) {
  if (!isBlob(object)) throw new ERR_INVALID_THIS('Blob');
}

const toSources = createSequenceConverter((source, options) => {
  if (isBlob(source) || isAnyArrayBuffer(source) || isArrayBufferView(source)) return source;
  return converters.DOMString(source, options);
});

/** A copy of the program's memory, or the bytes of a text. */
function bytesOf(source, endings) {
  if (isAnyArrayBuffer(source)) return TypedArrayPrototypeSlice(new Uint8Array(source));
  if (isArrayBufferView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return TypedArrayPrototypeSlice(new Uint8Array(buffer, byteOffset, byteLength));
  }
  if (endings === 'native') source = RegExpPrototypeSymbolReplace(lineEnds, source, '\n');
  const bytes = source === '' ? new Uint8Array() : fromText(source, utf8);
  // The pool is no place for what lives long.
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer.byteLength === byteLength ?
    new Uint8Array(buffer, byteOffset, byteLength) : TypedArrayPrototypeSlice(
      new Uint8Array(buffer, byteOffset, byteLength));
}

function normalizeType(type) {
  type = `${type}`;
  return RegExpPrototypeExec(notInTypes, type) === null ? StringPrototypeToLowerCase(type) : '';
}

/** A position, counted from the end if negative. */
function toPosition(value, context, size) {
  const position = converters['long long'](value, { __proto__: null, context, clamp: true });
  return position < 0 ? MathMax(size + position, 0) : MathMin(position, size);
}

/** The parts between two positions; `slice` of a part is that of the same name. */
function partsBetween(parts, from, to) {
  const kept = [];
  let at = 0;
  for (let i = 0; i < parts.length && at < to; i++) {
    const part = parts[i];
    const start = MathMax(from - at, 0);
    const end = MathMin(to - at, part.length);
    if (start < end || (part.length === 0 && !isUint8Array(part))) {
      ArrayPrototypePush(kept, isUint8Array(part) ?
        TypedArrayPrototypeSubarray(part, start, end) : part.slice(start, end));
    }
    at += part.length;
  }
  return kept;
}

/** All bytes in memory of their own; undefined if some have to be read first. */
function bytesNow(blob) {
  const joined = new Uint8Array(blob[kSize]);
  let at = 0;
  const parts = blob[kParts];
  for (let i = 0; i < parts.length; i++) {
    if (!isUint8Array(parts[i])) return undefined;
    TypedArrayPrototypeSet(joined, parts[i], at);
    at += parts[i].length;
  }
  return joined;
}

async function readBytes(blob) {
  const joined = new Uint8Array(blob[kSize]);
  let at = 0;
  const parts = blob[kParts];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    TypedArrayPrototypeSet(joined, isUint8Array(part) ? part : await part.read(0, part.length), at);
    at += part.length;
  }
  return joined;
}

/** A promise of what `convert` makes of all bytes. */
function whole(blob, convert) {
  if (!isBlob(blob)) return PromiseReject(new ERR_INVALID_THIS('Blob'));
  const bytes = bytesNow(blob);
  if (bytes !== undefined) return PromiseResolve(convert(bytes));
  return (async () => convert(await readBytes(blob)))();
}

function textOf(bytes) {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return utf8Slice(bytes, marked ? 3 : 0, bytes.length);
}

class Blob {
  constructor(sources = [], options) {
    markTransferMode(this, true, false);
    if (sources === kEmpty) {
      this[kParts] = [];
      this[kSize] = 0;
      this[kType] = '';
      return;
    }
    const given = toSources(sources);
    validateDictionary(options, 'options');
    const { endings = 'transparent', type = '' } = options ?? kEmptyObject;
    const ends = `${endings}`;
    if (ends !== 'transparent' && ends !== 'native') {
      throw new ERR_INVALID_ARG_VALUE('options.endings', ends);
    }
    const parts = [];
    let size = 0;
    for (let i = 0; i < given.length; i++) {
      if (isBlob(given[i])) {
        const others = given[i][kParts];
        for (let j = 0; j < others.length; j++) ArrayPrototypePush(parts, others[j]);
        size += given[i][kSize];
        continue;
      }
      const bytes = bytesOf(given[i], ends);
      if (bytes.length > 0) ArrayPrototypePush(parts, bytes);
      size += bytes.length;
    }
    if (size > kMaxLength) throw new ERR_BUFFER_TOO_LARGE(kMaxLength);
    this[kParts] = parts;
    this[kSize] = size;
    this[kType] = normalizeType(type);
  }

  [customInspectSymbol](depth, options) {
    if (depth < 0) return this;
    return `Blob ${inspect({ size: this.size, type: this.type }, {
      ...options,
      depth: options.depth == null ? null : options.depth - 1,
    })}`;
  }

  [kClone]() {
    return { data: cloneData(this), deserializeInfo: 'internal/blob:ClonedBlob' };
  }

  [kDeserialize](data) {
    fillClone(this, data);
  }

  get type() {
    requireBlob(this);
    return this[kType];
  }

  get size() {
    requireBlob(this);
    return this[kSize];
  }

  slice(start = 0, end = this[kSize], contentType = '') {
    requireBlob(this);
    const size = this[kSize];
    const from = toPosition(start, 'start', size);
    const to = MathMax(toPosition(end, 'end', size), from);
    return createBlob(partsBetween(this[kParts], from, to), to - from, normalizeType(contentType));
  }

  arrayBuffer() {
    return whole(this, TypedArrayPrototypeGetBuffer);
  }

  text() {
    return whole(this, textOf);
  }

  bytes() {
    return whole(this, (bytes) => bytes);
  }

  stream() {
    requireBlob(this);
    return streamOf(this[kParts]);
  }

  textStream() {
    requireBlob(this);
    const { TextDecoderStream } = require('internal/webstreams/encoding');
    return streamOf(this[kParts]).pipeThrough(new TextDecoderStream());
  }
}

/** What a message carries of a blob. */
function cloneData(blob) {
  const parts = blob[kParts];
  for (let i = 0; i < parts.length; i++) {
    if (!isUint8Array(parts[i])) {
      throw new ERR_INVALID_STATE.TypeError('File-backed Blobs are not cloneable');
    }
  }
  return { bytes: bytesNow(blob), type: blob[kType] };
}

function fillClone(blob, { bytes, type }) {
  blob[kParts] = bytes.length > 0 ? [bytes] : [];
  blob[kSize] = bytes.length;
  blob[kType] = type;
}

/** Called when one was cloned; its kDeserialize fills it. */
function ClonedBlob() {
  return new Blob(kEmpty);
}
ClonedBlob.prototype[kDeserialize] = () => {};

/** The source of a byte stream over parts: a chunk is at most a part. */
class PartsSource {
  constructor(parts) {
    this.parts = parts;
    this.type = 'bytes';
    this.index = 0;
    this.at = 0;
  }

  pull(controller) {
    const { parts } = this;
    if (this.index === parts.length) {
      controller.close();
      // For byob readers: see https://streams.spec.whatwg.org/#example-rbs-pull
      controller.byobRequest?.respond(0);
      return undefined;
    }
    const part = parts[this.index];
    const { at } = this;
    const end = MathMin(at + STREAM_CHUNK_BYTES, part.length);
    this.at = end;
    if (end === part.length) {
      this.index++;
      this.at = 0;
    }
    if (isUint8Array(part)) {
      controller.enqueue(TypedArrayPrototypeSlice(part, at, end));
      return undefined;
    }
    return this.#pullFile(controller, part, at, end);
  }

  async #pullFile(controller, part, at, end) {
    const bytes = await part.read(at, end);
    if (bytes.length > 0) controller.enqueue(bytes);
    else await this.pull(controller);
  }

  cancel() {
    this.parts = [];
    this.index = 0;
  }
}

function streamOf(parts) {
  const { ReadableStream } = require('internal/webstreams/readablestream');
  return new ReadableStream(new PartsSource(parts));
}

/**
 * @param parts bytes that nobody will change, or what has `length`, `slice(start, end)` and
 *   `read(start, end)`, a promise of bytes
 */
function createBlob(parts, size, type = '') {
  const blob = new Blob(kEmpty);
  blob[kParts] = parts;
  blob[kSize] = size;
  blob[kType] = type;
  return blob;
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
  return blob === undefined ? undefined : createBlob(blob[kParts], blob[kSize], blob[kType]);
}

module.exports = {
  Blob,
  ClonedBlob,
  bytesNow,
  cloneData,
  createBlob,
  createObjectURL,
  fillClone,
  isBlob,
  kEmpty,
  resolveObjectURL,
  revokeObjectURL,
};
