'use strict';

// TextEncoderStream and TextDecoderStream: https://encoding.spec.whatwg.org/#interface-textencoderstream

const {
  ObjectDefineProperties,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  Uint8Array,
} = primordials;

const { TextDecoder, TextEncoder } = require('internal/encoding');
const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
const { customInspectSymbol, kEmptyObject, kEnumerableProperty } = require('internal/util');
const { TransformStream } = require('internal/webstreams/transformstream');
const { customInspect } = require('internal/webstreams/util');

const STREAMING = { __proto__: null, stream: true };

function isHighSurrogate(unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}

class TextEncoderStream {
  #encoder = new TextEncoder();
  #transform;
  /** Half a character at the end of a chunk waits for the next. */
  #half = '';

  constructor() {
    this.#transform = new TransformStream({
      __proto__: null,
      transform: (chunk, controller) => {
        let text = this.#half + `${chunk}`;
        if (text === '') return;
        this.#half = '';
        if (isHighSurrogate(StringPrototypeCharCodeAt(text, text.length - 1))) {
          this.#half = StringPrototypeSlice(text, -1);
          text = StringPrototypeSlice(text, 0, -1);
          if (text === '') return;
        }
        controller.enqueue(this.#encoder.encode(text));
      },
      flush: (controller) => {
        if (this.#half !== '') controller.enqueue(new Uint8Array([0xEF, 0xBF, 0xBD]));
      },
    });
  }

  get encoding() {
    return this.#encoder.encoding;
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }

  [customInspectSymbol](depth, options) {
    const { encoding, readable, writable } = this;
    return customInspect(depth, options, 'TextEncoderStream', { encoding, readable, writable });
  }
}

class TextDecoderStream {
  #decoder;
  #transform;

  constructor(encoding = 'utf-8', options = kEmptyObject) {
    const decoder = this.#decoder = new TextDecoder(encoding, options);
    this.#transform = new TransformStream({
      __proto__: null,
      transform(chunk, controller) {
        if (chunk === undefined) throw new ERR_INVALID_ARG_TYPE('chunk', 'string', chunk);
        const text = decoder.decode(chunk, STREAMING);
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
        controller.terminate();
      },
    });
  }

  get encoding() {
    return this.#decoder.encoding;
  }

  get fatal() {
    return this.#decoder.fatal;
  }

  get ignoreBOM() {
    return this.#decoder.ignoreBOM;
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }

  [customInspectSymbol](depth, options) {
    const { encoding, fatal, ignoreBOM, readable, writable } = this;
    return customInspect(depth, options, 'TextDecoderStream',
                         { encoding, fatal, ignoreBOM, readable, writable });
  }
}

ObjectDefineProperties(TextEncoderStream.prototype, {
  encoding: kEnumerableProperty,
  readable: kEnumerableProperty,
  writable: kEnumerableProperty,
});

ObjectDefineProperties(TextDecoderStream.prototype, {
  encoding: kEnumerableProperty,
  fatal: kEnumerableProperty,
  ignoreBOM: kEnumerableProperty,
  readable: kEnumerableProperty,
  writable: kEnumerableProperty,
});

module.exports = { TextDecoderStream, TextEncoderStream };
