'use strict';

// TextEncoder and TextDecoder: https://encoding.spec.whatwg.org/
// Missing: the Chinese, Japanese and Korean encodings, whose tables are big.

const {
  Boolean, ObjectDefineProperties, StringPrototypeCharCodeAt, Symbol, SymbolToStringTag,
  Uint32Array,
  Uint8Array,
} = primordials;

const {
  codes: { ERR_ENCODING_NOT_SUPPORTED, ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS },
} = require('internal/errors');
const {
  customInspectSymbol, getConstructorOf, kEmptyObject, kEnumerableProperty,
} = require('internal/util');
const { isAnyArrayBuffer, isArrayBufferView, isUint8Array } = require('internal/util/types');
const {
  kValidateObjectAllowObjectsAndNull, validateObject, validateString,
} = require('internal/validators');
const { getEncodingFromLabel } = require('internal/encoding/labels');
const { decodeSingleByte, isSingleByte } = require('internal/encoding/single_byte');
const { UTF16Stream, UTF8Stream } = require('internal/encoding/streams');

const {
  decodeUTF8, encodeInto, encodeIntoInHeap, encodeUtf8String,
} = internalBinding('encoding_binding');

/** Texts up to this length are encoded here if they are ASCII. */
const SHORT_UNITS = 24;

const FLAG_FATAL = 2;
const FLAG_IGNORE_BOM = 4;

const kFlags = Symbol('flags');
const kHandle = Symbol('handle');
const empty = new Uint8Array(0);
/** What encodeInto() has read and written; more than two, so that it lies outside V8's heap. */
const counts = new Uint32Array(32);

/** @param {any} depth  as given to custom inspect functions */
const isTooDeep = (depth) => typeof depth === 'number' && depth < 0;

class TextEncoder {
  #brand = true;

  static #check(value) {
    if (value === null || typeof value !== 'object' || !(#brand in value)) {
      throw new ERR_INVALID_THIS('TextEncoder');
    }
  }

  get encoding() {
    TextEncoder.#check(this);
    return 'utf-8';
  }

  encode(input = '') {
    TextEncoder.#check(this);
    return encodeUtf8String(`${input}`);
  }

  encodeInto(src, dest) {
    TextEncoder.#check(this);
    validateString(src, 'src');
    if (!dest || !isUint8Array(dest)) throw new ERR_INVALID_ARG_TYPE('dest', 'Uint8Array', dest);
    const { length } = src;
    if (length <= SHORT_UNITS && length <= dest.length) {
      // A call into native costs more than that.
      let i = 0;
      for (; i < length; i++) {
        const unit = StringPrototypeCharCodeAt(src, i);
        if (unit > 0x7F) break;
        dest[i] = unit;
      }
      if (i === length) return { read: length, written: length };
    }
    if (encodeInto(src, dest, counts) < 0) encodeIntoInHeap(src, dest, counts);
    return { read: counts[0], written: counts[1] };
  }

  [customInspectSymbol](depth, opts) {
    TextEncoder.#check(this);
    const constructor = getConstructorOf(this) ?? TextEncoder;
    if (isTooDeep(depth)) return opts.stylize(`[${constructor.name}]`, 'special');
    const shown = { __proto__: { constructor }, encoding: this.encoding };
    return require('internal/util/inspect').inspect(shown, opts);
  }
}

ObjectDefineProperties(TextEncoder.prototype, {
  __proto__: null,
  encode: kEnumerableProperty,
  encodeInto: kEnumerableProperty,
  encoding: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'TextEncoder' },
});

/** The bytes of a buffer or view; none if it is detached. */
function notBytes(input) {
  return new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'ArrayBufferView'], input);
}

function bytesOf(input) {
  if (isUint8Array(input)) return input;
  try {
    if (isAnyArrayBuffer(input)) return new Uint8Array(input);
    if (isArrayBufferView(input)) {
      return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    }
  } catch {
    return empty;
  }
  throw notBytes(input);
}

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  /** Keeps what a chunk has begun; undefined for encodings of one byte. */
  #stream;

  constructor(encoding = 'utf-8', options = kEmptyObject) {
    const label = `${encoding}`;
    validateObject(options, 'options', kValidateObjectAllowObjectsAndNull);
    const name = getEncodingFromLabel(label);
    if (name === undefined) throw new ERR_ENCODING_NOT_SUPPORTED(label);
    this.#encoding = name;
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
    if (name === 'utf-8') {
      this.#stream = new UTF8Stream(this.#fatal, this.#ignoreBOM);
    } else if (name === 'utf-16le' || name === 'utf-16be') {
      this.#stream = new UTF16Stream(name, this.#fatal, this.#ignoreBOM);
    } else if (!isSingleByte(name)) {
      const { LegacyStream, isLegacy } = require('internal/encoding/legacy');
      if (!isLegacy(name)) throw new ERR_ENCODING_NOT_SUPPORTED(name);
      this.#stream = new LegacyStream(name, this.#fatal);
    }
  }

  static #check(value) {
    if (value === null || typeof value !== 'object' || !(#encoding in value)) {
      throw new ERR_INVALID_THIS('TextDecoder');
    }
  }

  decode(input = empty, options = kEmptyObject) {
    TextDecoder.#check(this);
    validateObject(options, 'options', kValidateObjectAllowObjectsAndNull);
    const stream = Boolean(options?.stream);
    const decoder = this.#stream;
    if (decoder === undefined) {
      return decodeSingleByte(this.#encoding, bytesOf(input), this.#fatal);
    }
    if (this.#encoding === 'utf-8' && !stream && decoder.isFresh) {
      if (!isArrayBufferView(input) && !isAnyArrayBuffer(input)) throw notBytes(input);
      return decodeUTF8(input, this.#ignoreBOM, this.#fatal);
    }
    return decoder.decode(bytesOf(input), stream);
  }

  get encoding() {
    TextDecoder.#check(this);
    return this.#encoding;
  }

  get fatal() {
    TextDecoder.#check(this);
    return this.#fatal;
  }

  get ignoreBOM() {
    TextDecoder.#check(this);
    return this.#ignoreBOM;
  }

  [customInspectSymbol](depth, opts) {
    TextDecoder.#check(this);
    const constructor = getConstructorOf(this) ?? TextDecoder;
    if (isTooDeep(depth)) return opts.stylize(`[${constructor.name}]`, 'special');
    const shown = {
      __proto__: { constructor },
      encoding: this.encoding,
      fatal: this.fatal,
      ignoreBOM: this.ignoreBOM,
    };
    if (opts.showHidden) {
      shown[kFlags] = (this.#fatal ? FLAG_FATAL : 0) | (this.#ignoreBOM ? FLAG_IGNORE_BOM : 0);
      shown[kHandle] = undefined;
    }
    return `${constructor.name} ${require('internal/util/inspect').inspect(shown)}`;
  }
}

ObjectDefineProperties(TextDecoder.prototype, {
  __proto__: null,
  decode: kEnumerableProperty,
  encoding: kEnumerableProperty,
  fatal: kEnumerableProperty,
  ignoreBOM: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'TextDecoder' },
});

module.exports = { TextDecoder, TextEncoder, getEncodingFromLabel };
