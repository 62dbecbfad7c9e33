'use strict';

// HTTPParser, as `_http_common` shows it to programs that parse messages by themselves: the codec
// of the library's own parsers under Node's names. Neither lane uses it. Of Node's class it has no
// consume() (its parser reads sockets by itself), and leniency is one of three, not bit by bit.

const { ReflectApply } = primordials;

const { watch } = require('internal/async_hooks');
const { destroyResource, enter, initResource, leave } =
  require('internal/async_hooks/resources');
const { FastBuffer } = require('internal/buffer');
const { bareError } = require('internal/http/parse_error');
const { firstLine, readRequestLine } = require('internal/http/request_line');
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

/** 'HTTP/1.1 200 Whatever it says' */
function readStatusLine(head) {
  const words = firstLine(head).split(' ');
  const version = words[0];
  const reason = words.slice(2).join(' ');
  return { target: undefined, major: +version.at(-3), minor: +version.at(-1), reason };
}

class HTTPParser {
  #number = -1;
  #type = 0;
  #failure = -1;
  #url = '';
  /** The program's object, which stands for the messages while hooks watch. */
  #resource;
  /** What follows is of another protocol; the end of the message was told with its head. */
  #isUpgrade = false;

  initialize(type, resource, maxHeaderSize = 0, lenientFlags = 0) {
    this.close();
    this.#type = type;
    this.#failure = -1;
    this.#url = '';
    this.#isUpgrade = false;
    if (watch.isOn) {
      this.#resource = resource;
      initResource(resource, type === REQUEST ? 'HTTPINCOMINGMESSAGE' : 'HTTPCLIENTREQUEST');
    }
    this.#number = native.create(
      type, maxHeaderSize || HEAD_BYTES_MAX, lenienceWord(lenientFlags), HEADERS_COUNT_MAX);
  }

  /** Gives the count of bytes that were parsed, or an Error. */
  execute(buffer, offset = 0, length = buffer.length - offset) {
    const end = offset + length;
    const start = offset;
    while (this.#number !== -1) {
      if (this.#failure !== -1) return bareError(this.#failure, 0);
      const events = native.execute(this.#number, buffer, offset, end - offset);
      const error = this.#tell(events, buffer);
      if (error !== undefined) return error;
      offset += events.at(-1);
      if (offset >= end || events.length === 1 || this.#isUpgrade) break;
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
    if (this.#resource !== undefined) destroyResource(this.#resource);
    this.#resource = undefined;
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
        case BODY:
          this.#body(buffer, events[i + 1], events[i + 2]);
          i += 3;
          break;
        case END:
          if (this.#isUpgrade) this.#isUpgrade = false;
          else this.#end(events[i + 1]);
          i += 2;
          break;
        case UPGRADE:
          i += 2;
          break;
        case ERROR:
          this.#failure = events[i + 1];
          return bareError(this.#failure, events[i + 2]);
        default:
          throw new Error(`coring: unknown parser event ${events[i]}`);
      }
    }
    return undefined;
  }

  /** Calls what the program has set, in the scope of its object. */
  #call(which, ...args) {
    const callback = this[which];
    if (typeof callback !== 'function') return undefined;
    const id = watch.isOn && this.#resource !== undefined ? enter(this.#resource) : 0;
    const answer = ReflectApply(callback, this, args);
    if (id !== 0) leave(id);
    return answer;
  }

  /** Bytes of their own, or a part of those that came. */
  #body(buffer, from, to) {
    this.#call(kOnBody, typeof from === 'object' ?
      new FastBuffer(from.buffer, from.byteOffset, from.length) :
      new FastBuffer(buffer.buffer, buffer.byteOffset + from, to - from));
  }

  #end(trailers) {
    if (trailers !== undefined) this.#call(kOnHeaders, parseHeaders(trailers), this.#url);
    this.#call(kOnMessageComplete);
  }

  #head(flags, head) {
    this.#call(kOnMessageBegin);
    const headers = parseHeaders(head);
    const isRequest = this.#type === REQUEST;
    const { target, major, minor, reason } =
      isRequest ? readRequestLine(head) : readStatusLine(head);
    const isUpgrade = (flags & (isRequest ? 1 << 11 : 1 << 12)) !== 0;
    this.#url = target ?? '';
    const answer = this.#call(
      kOnHeadersComplete, major, minor, headers,
      isRequest ? methodNames.indexOf(methods[flags & 63]) : undefined,
      target,
      isRequest ? undefined : flags & 0x3ff,
      reason,
      isUpgrade,
      (flags & (isRequest ? 1 << 7 : 1 << 11)) !== 0);
    if (answer) {
      throw new ERR_METHOD_NOT_IMPLEMENTED('skipping of the body by kOnHeadersComplete');
    }
    if (!isUpgrade) return;
    this.#end(undefined);
    this.#isUpgrade = true;
  }
}

Object.assign(HTTPParser, constants);

module.exports = { HTTPParser };
