'use strict';

// How messages become bytes and back. `encode(message)` gives what is written; `decode(bytes, got)`
// calls got(message) for every message that is whole now, and says whether a part is left.
//
//   json      one line of JSON each
//   advanced  four bytes of length (big endian), then V8's serialisation

const {
  JSONParse,
  JSONStringify,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} = primordials;

const { Buffer } = require('buffer');

const LENGTH_BYTES = 4;

class LineCodec {
  #decoder = new (require('string_decoder').StringDecoder)('utf8');
  #rest = '';

  encode(message) {
    return `${JSONStringify(message)}\n`;
  }

  decode(bytes, got) {
    const text = this.#decoder.write(bytes);
    let start = 0;
    let end = StringPrototypeIndexOf(text, '\n');
    while (end !== -1) {
      const line = `${this.#rest}${StringPrototypeSlice(text, start, end)}`;
      this.#rest = '';
      start = end + 1;
      got(JSONParse(line));
      end = StringPrototypeIndexOf(text, '\n', start);
    }
    this.#rest += start === 0 ? text : StringPrototypeSlice(text, start);
    return this.#rest !== '';
  }
}

class FrameCodec {
  #chunks = [];
  #count = 0;

  encode(message) {
    const { serialize } = internalBinding('ipc_serdes');
    return serialize(message, Buffer);
  }

  decode(bytes, got) {
    const { deserialize } = internalBinding('ipc_serdes');
    this.#chunks.push(bytes);
    this.#count += bytes.length;
    // Joined only when something is whole: a long message costs no more than its length.
    let needed = this.#neededBytes();
    while (this.#count >= needed) {
      const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
      this.#chunks = [all.subarray(needed)];
      this.#count -= needed;
      const body = all.subarray(LENGTH_BYTES, needed);
      needed = this.#neededBytes();
      got(deserialize(body));
    }
    return this.#count > 0;
  }

  /** Bytes that must be here before anything can be taken out. */
  #neededBytes() {
    if (this.#count < LENGTH_BYTES) return LENGTH_BYTES + 1;
    let head = this.#chunks[0];
    if (head.length < LENGTH_BYTES) {
      this.#chunks = [head = Buffer.concat(this.#chunks)];
    }
    return LENGTH_BYTES + head.readUInt32BE(0);
  }
}

function createCodec(serialization) {
  return serialization === 'advanced' ? new FrameCodec() : new LineCodec();
}

module.exports = { createCodec };
