'use strict';

// Decoders that go on where the last chunk ended. decode(bytes, stream) gives the text, without a
// leading byte order mark unless that is wanted.

const {
  StringPrototypeCharCodeAt, StringPrototypeIsWellFormed, StringPrototypeSlice,
  StringPrototypeToWellFormed, TypedArrayPrototypeSet, TypedArrayPrototypeSlice,
  TypedArrayPrototypeSubarray, Uint8Array,
} = primordials;

const { codes: { ERR_ENCODING_INVALID_ENCODED_DATA } } = require('internal/errors');

const { ucs2Slice } = internalBinding('buffer');
const { decodeUTF8 } = internalBinding('encoding_binding');

const BOM = 0xFEFF;

function concat(a, b) {
  const both = new Uint8Array(a.length + b.length);
  TypedArrayPrototypeSet(both, a);
  TypedArrayPrototypeSet(both, b, a.length);
  return both;
}

/** How many bytes a UTF-8 sequence with this first byte has; 0 if none begins so. */
function sequenceLength(lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/** Whether a second byte may follow the first: Unicode, table 3-7. */
function canFollow(lead, second) {
  if ((second & 0xC0) !== 0x80) return false;
  switch (lead) {
    case 0xE0: return second >= 0xA0;
    case 0xED: return second <= 0x9F;
    case 0xF0: return second >= 0x90;
    case 0xF4: return second <= 0x8F;
    default: return true;
  }
}

/** @returns {number} bytes at the end that begin a sequence whose rest is missing */
function unfinishedLength(bytes) {
  const { length } = bytes;
  for (let count = 1; count <= 3 && count <= length; count++) {
    const lead = bytes[length - count];
    if ((lead & 0xC0) === 0x80) continue; // Look for the byte that begins the sequence.
    if (count >= sequenceLength(lead)) return 0;
    return count === 1 || canFollow(lead, bytes[length - count + 1]) ? count : 0;
  }
  return 0;
}

class UTF8Stream {
  #fatal;
  #ignoreBOM;
  #started = false;
  /** @type {Uint8Array | undefined} */
  #rest;

  constructor(fatal, ignoreBOM) {
    this.#fatal = fatal;
    this.#ignoreBOM = ignoreBOM;
  }

  /** Nothing is left over from a chunk before. */
  get isFresh() {
    return this.#rest === undefined && !this.#started;
  }

  decode(chunk, stream) {
    if (chunk.length === 0 && stream) return '';
    let bytes = this.#rest === undefined ? chunk : concat(this.#rest, chunk);
    this.#rest = undefined;
    const started = this.#started;
    if (stream) {
      const unfinished = unfinishedLength(bytes);
      if (unfinished > 0) {
        const end = bytes.length - unfinished;
        this.#rest = TypedArrayPrototypeSlice(bytes, end);
        if (end === 0) return '';
        bytes = TypedArrayPrototypeSubarray(bytes, 0, end);
      }
    } else {
      this.#started = false;
    }
    try {
      const text = decodeUTF8(bytes, this.#ignoreBOM || started, this.#fatal);
      if (stream) this.#started = true;
      return text;
    } catch (error) {
      this.#rest = undefined;
      throw error;
    }
  }
}

const isHighSurrogate = (unit) => unit >= 0xD800 && unit <= 0xDBFF;

class UTF16Stream {
  #encoding;
  #isBig;
  #fatal;
  #ignoreBOM;
  #started = false;
  #rest = new Uint8Array(0);

  constructor(encoding, fatal, ignoreBOM) {
    this.#encoding = encoding;
    this.#isBig = encoding === 'utf-16be';
    this.#fatal = fatal;
    this.#ignoreBOM = ignoreBOM;
  }

  /** The whole units among the bytes, as text. */
  #units(bytes) {
    const even = bytes.length & ~1;
    if (!this.#isBig) return ucs2Slice(bytes, 0, even);
    const swapped = TypedArrayPrototypeSlice(bytes, 0, even);
    for (let i = 0; i < even; i += 2) {
      const high = swapped[i];
      swapped[i] = swapped[i + 1];
      swapped[i + 1] = high;
    }
    return ucs2Slice(swapped, 0, even);
  }

  #reset() {
    this.#started = false;
    this.#rest = new Uint8Array(0);
  }

  #fail() {
    this.#reset();
    throw new ERR_ENCODING_INVALID_ENCODED_DATA(this.#encoding, undefined);
  }

  decode(chunk, stream) {
    const bytes = this.#rest.length === 0 ? chunk : concat(this.#rest, chunk);
    let text = this.#units(bytes);
    let kept = bytes.length & 1;
    if (text !== '' && isHighSurrogate(StringPrototypeCharCodeAt(text, text.length - 1))) {
      kept += 2;
      text = StringPrototypeSlice(text, 0, -1);
    }
    this.#rest = TypedArrayPrototypeSlice(bytes, bytes.length - kept);
    // Whatever is left at the end is one error, be it half a unit or half a pair.
    const isTorn = !stream && kept > 0;
    if (this.#fatal && (isTorn || !StringPrototypeIsWellFormed(text))) this.#fail();
    text = StringPrototypeToWellFormed(text);
    if (text !== '') {
      if (!this.#started && !this.#ignoreBOM && StringPrototypeCharCodeAt(text, 0) === BOM) {
        text = StringPrototypeSlice(text, 1);
      }
      this.#started = true;
    }
    if (!stream) this.#reset();
    return isTorn ? `${text}\ufffd` : text;
  }
}

module.exports = { UTF16Stream, UTF8Stream };
