'use strict';

// HTTPParser, as `_http_common` shows it to programs that parse messages by themselves: the codec
// of the library's own parsers under Node's names. Neither lane uses it. Of Node's class it has no
// consume() (its parser reads sockets by itself), and leniency is one of three, not bit by bit.

const { FastBuffer } = require('internal/buffer');
const { makeError } = require('internal/http/parse_error');
const { methods: methodNames } = require('internal/http/methods');
const { codes: { ERR_METHOD_NOT_IMPLEMENTED } } = require('internal/errors');

const { headers: parseHeaders, methods } = internalBinding('http');
const native = internalBinding('http_parser');

const HEAD_BYTES_MAX = 16384;
const HEADERS_COUNT_MAX = 1000;

// Events of native's execute().
const HEAD = 7;
const BODY = 8;
const END = 9;
const UPGRADE = 11;
const ERROR = 12;

const constants = {
  REQUEST: 1,
  RESPONSE: 2,
  kOnMessageBegin: 0,
  kOnHeaders: 1,
  kOnHeadersComplete: 2,
  kOnBody: 3,
  kOnMessageComplete: 4,
  kOnExecute: 5,
  kOnTimeout: 6,
  kLenientNone: 0,
  kLenientHeaders: 1,
  kLenientChunkedLength: 2,
  kLenientKeepAlive: 4,
  kLenientTransferEncoding: 8,
  kLenientVersion: 16,
  kLenientDataAfterClose: 32,
  kLenientOptionalLFAfterCR: 64,
  kLenientOptionalCRLFAfterChunk: 128,
  kLenientOptionalCRBeforeLF: 256,
  kLenientSpacesAfterChunkSize: 512,
  kLenientHeaderValueRelaxed: 1024,
  kLenientAll: 1023,
};

const { REQUEST, kOnMessageBegin, kOnHeaders, kOnHeadersComplete, kOnBody, kOnMessageComplete } =
  constants;

function lenienceWord(flags) {
  if (flags === 0) return 0;
  return flags === constants.kLenientHeaderValueRelaxed ? 2 : 1;
}

/** What the first line of a head says: its words, and the version. */
function firstLine(head) {
  const line = head.slice(0, head.indexOf('\n')).trimEnd();
  return line.split(' ');
}

class HTTPParser {
  #number = -1;
  #type = 0;
  #failure = -1;

  initialize(type, resource, maxHeaderSize = 0, lenientFlags = 0) {
    this.close();
    this.#type = type;
    this.#failure = -1;
    this.#number = native.create(
      type, maxHeaderSize || HEAD_BYTES_MAX, lenienceWord(lenientFlags), HEADERS_COUNT_MAX);
  }

  /** Gives the count of bytes that were parsed, or an Error. */
  execute(buffer, offset = 0, length = buffer.length - offset) {
    const end = offset + length;
    const start = offset;
    while (this.#number !== -1) {
      if (this.#failure !== -1) return makeError(this.#failure, 0, buffer);
      const events = native.execute(this.#number, buffer, offset, end - offset);
      const error = this.#tell(events, buffer);
      if (error !== undefined) return error;
      offset += events.at(-1);
      // After a head that asks for another protocol native waits to be told to go on.
      if (offset >= end || events.length === 1) break;
    }
    return offset - start;
  }

  finish() {
    if (this.#number === -1) return undefined;
    return this.#tell(native.finish(this.#number), new FastBuffer(0));
  }

  close() {
    if (this.#number !== -1) native.free(this.#number);
    this.#number = -1;
  }

  free() {
    this.close();
  }

  remove() {}

  #tell(events, buffer) {
    const number = this.#number;
    const end = events.length - 1;
    for (let i = 0; i < end && this.#number === number;) {
      switch (events[i]) {
        case HEAD:
          this.#head(events[i + 1], events[i + 3]);
          i += 4;
          break;
        case BODY: {
          const { 1: from, 2: to } = events.slice(i, i + 3);
          this[kOnBody]?.(typeof from === 'object' ?
            new FastBuffer(from.buffer, from.byteOffset, from.length) :
            new FastBuffer(buffer.buffer, buffer.byteOffset + from, to - from));
          i += 3;
          break;
        }
        case END:
          if (events[i + 1] !== undefined) this[kOnHeaders]?.(parseHeaders(events[i + 1]), '');
          this[kOnMessageComplete]?.();
          i += 2;
          break;
        case UPGRADE:
          i += 2;
          break;
        case ERROR:
          this.#failure = events[i + 1];
          return makeError(this.#failure, events[i + 2], buffer);
        default:
          throw new Error(`coring: unknown parser event ${events[i]}`);
      }
    }
    return undefined;
  }

  #head(flags, head) {
    this[kOnMessageBegin]?.();
    const words = firstLine(head);
    const headers = parseHeaders(head);
    const isRequest = this.#type === REQUEST;
    const version = words[isRequest ? 2 : 0];
    const answer = this[kOnHeadersComplete]?.(
      +version.at(-3), +version.at(-1), headers,
      isRequest ? methodNames.indexOf(methods[flags & 63]) : undefined,
      isRequest ? words[1] : undefined,
      isRequest ? undefined : flags & 0x3ff,
      isRequest ? undefined : words.slice(2).join(' '),
      (flags & (isRequest ? 1 << 11 : 1 << 12)) !== 0,
      (flags & (isRequest ? 1 << 7 : 1 << 11)) !== 0);
    if (answer) {
      throw new ERR_METHOD_NOT_IMPLEMENTED('skipping of the body by kOnHeadersComplete');
    }
  }
}

Object.assign(HTTPParser, constants);

module.exports = { HTTPParser };
