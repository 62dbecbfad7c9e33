'use strict';

// Encodings of Chinese, Japanese and Korean: native has their tables, and between the chunks of a
// stream also a decoder, which is given back with the last chunk or when nobody can send one.

const { SafeFinalizationRegistry } = primordials;

const {
  codes: { ERR_ENCODING_INVALID_ENCODED_DATA, ERR_MEMORY_ALLOCATION_FAILED },
} = require('internal/errors');

const native = internalBinding('text_decoder');

const known = {
  '__proto__': null,
  'gbk': true,
  'gb18030': true,
  'big5': true,
  'euc-jp': true,
  'iso-2022-jp': true,
  'shift_jis': true,
  'euc-kr': true,
};

const isLegacy = (encoding) => known[encoding] === true;

let registry;

class LegacyStream {
  #encoding;
  #fatal;
  /** Of native's decoder, in the middle of a stream. */
  #handle;

  constructor(encoding, fatal) {
    this.#encoding = encoding;
    this.#fatal = fatal;
  }

  #open() {
    const handle = native.open(this.#encoding);
    if (handle === undefined) throw new ERR_MEMORY_ALLOCATION_FAILED();
    registry ??= new SafeFinalizationRegistry((abandoned) => native.close(abandoned));
    registry.register(this, handle, this);
    this.#handle = handle;
  }

  #forget() {
    this.#handle = undefined;
    registry.unregister(this);
  }

  decode(chunk, stream) {
    let text;
    if (!stream && this.#handle === undefined) {
      text = native.decode(this.#encoding, chunk, this.#fatal);
    } else {
      if (this.#handle === undefined) this.#open();
      text = native.write(this.#handle, chunk, !stream, this.#fatal);
      if (!stream || text === undefined) this.#forget();
    }
    if (text === undefined) throw new ERR_ENCODING_INVALID_ENCODED_DATA(this.#encoding, undefined);
    return text;
  }
}

module.exports = { LegacyStream, isLegacy };
