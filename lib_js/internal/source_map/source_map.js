'use strict';
// Source Map V3 (ECMA-426): from a place in code that runs to the place it was made from.

const {
  ArrayIsArray,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSort,
  Int8Array,
  ObjectKeys,
  StringPrototypeCharCodeAt,
} = primordials;

const { validateObject } = require('internal/validators');

const COMMA = 44;
const SEMICOLON = 59;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const digitOfCode = new Int8Array(128);
for (let i = 0; i < BASE64.length; i++) digitOfCode[StringPrototypeCharCodeAt(BASE64, i)] = i;

/** Reads the numbers of a `mappings` text, one after the other. */
class MappingReader {
  #text;
  #at = 0;

  constructor(text) {
    this.#text = text;
  }

  /** The code of the next character; NaN at the end. */
  peek() {
    return StringPrototypeCharCodeAt(this.#text, this.#at);
  }

  skip() {
    this.#at++;
  }

  /** Does another number belong to this segment? */
  hasField() {
    const code = this.peek();
    return code === code && code !== COMMA && code !== SEMICOLON;
  }

  /** Base 64, five bits a digit, the lowest first; the lowest bit of all is the sign. */
  number() {
    let value = 0;
    let shift = 0;
    let digit;
    do {
      digit = digitOfCode[this.peek()] ?? 0;
      this.#at++;
      value += (digit & 31) << shift;
      shift += 5;
    } while (digit & 32);
    const magnitude = value >>> 1;
    // A sign without a magnitude stands for the one number that has no positive.
    return value & 1 ? -magnitude | (1 << 31) : magnitude;
  }
}

/** Appends [line, column, source, originalLine, originalColumn, name] for each segment. */
function readMappings(map, line, column, segments) {
  const reader = new MappingReader(map.mappings);
  let source = 0;
  let originalLine = 0;
  let originalColumn = 0;
  let name = 0;
  for (;;) {
    if (reader.peek() === COMMA) {
      reader.skip();
    } else {
      while (reader.peek() === SEMICOLON) {
        line++;
        column = 0;
        reader.skip();
      }
      if (!reader.hasField() && reader.peek() !== COMMA) return;
    }
    column += reader.number();
    if (!reader.hasField()) {
      ArrayPrototypePush(segments, [line, column]);
      continue;
    }
    source += reader.number();
    originalLine += reader.number();
    originalColumn += reader.number();
    let originalName;
    if (reader.hasField()) {
      name += reader.number();
      originalName = map.names?.[name];
    }
    ArrayPrototypePush(
      segments, [line, column, map.sources[source], originalLine, originalColumn, originalName]);
  }
}

function copyPayload(payload) {
  validateObject(payload, 'payload');
  const copy = { ...payload };
  const keys = ObjectKeys(copy);
  for (let i = 0; i < keys.length; i++) {
    const value = copy[keys[i]];
    if (ArrayIsArray(value)) copy[keys[i]] = ArrayPrototypeSlice(value);
  }
  return copy;
}

function compareSegments(one, other) {
  return one[0] - other[0] || one[1] - other[1];
}

class SourceMap {
  #payload;
  #segments = [];
  #lineLengths;

  constructor(payload, { lineLengths } = { __proto__: null }) {
    this.#payload = copyPayload(payload);
    const { sections } = this.#payload;
    if (sections) {
      for (let i = 0; i < sections.length; i++) {
        const { map, offset } = sections[i];
        readMappings(map, offset.line, offset.column, this.#segments);
      }
    } else {
      readMappings(this.#payload, 0, 0, this.#segments);
    }
    ArrayPrototypeSort(this.#segments, compareSegments);
    if (ArrayIsArray(lineLengths) && lineLengths.length > 0) this.#lineLengths = lineLengths;
  }

  get payload() {
    return copyPayload(this.#payload);
  }

  /** Characters of each line of the code that runs. */
  get lineLengths() {
    return this.#lineLengths && ArrayPrototypeSlice(this.#lineLengths);
  }

  /** The last segment that begins at or before a place counted from 0; {} when there is none. */
  findEntry(lineOffset, columnOffset) {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { 0: line, 1: column } = this.#segments[middle];
      if (line < lineOffset || (line === lineOffset && column <= columnOffset)) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return {};
    const segment = this.#segments[low - 1];
    return {
      generatedLine: segment[0],
      generatedColumn: segment[1],
      originalSource: segment[2],
      originalLine: segment[3],
      originalColumn: segment[4],
      name: segment[5],
    };
  }

  /** The same for a place counted from 1, as call sites count, and beyond the segment's begin. */
  findOrigin(lineNumber, columnNumber) {
    const entry = this.findEntry(lineNumber - 1, columnNumber - 1);
    if (entry.originalSource === undefined || entry.originalLine === undefined ||
        entry.originalColumn === undefined) {
      return {};
    }
    return {
      name: entry.name,
      fileName: entry.originalSource,
      lineNumber: entry.originalLine + lineNumber - entry.generatedLine,
      columnNumber: entry.originalColumn + columnNumber - entry.generatedColumn,
    };
  }
}

module.exports = { SourceMap };
