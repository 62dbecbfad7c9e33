'use strict';

// The slow lane's parser: native's codec over bytes that JavaScript hands it.

const { FastBuffer } = require('internal/buffer');
const native = internalBinding('http_parser');
const { exchange: exchangeFrame, set: setFrame } = require('internal/async_context_frame');
const { watch } = require('internal/async_hooks');
const { destroyResource, enter, initResource, leave } =
  require('internal/async_hooks/resources');
const { makeError } = require('internal/http/parse_error');
const { methods } = internalBinding('http');

const REQUEST = 1;
const RESPONSE = 2;

// Events of native's execute().
const HEAD = 7;
const BODY = 8;
const END = 9;
const UPGRADE = 11;
const ERROR = 12;

const EMPTY = new Uint8Array(0);

/** A piece of the body: a place in the input, or bytes that native had kept. */
function bodySlice(bytes, start, end) {
  if (typeof start === 'object') {
    return new FastBuffer(start.buffer, start.byteOffset, start.length);
  }
  return new FastBuffer(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** Parsers that wait to be used again; `max` is http.setMaxIdleHTTPParsers(). */
const parsers = { max: 1000, idle: [] };

/**
 * One parser. The receiver has onHead(flags, length, head), onBody(chunk), onEnd(trailers);
 * onHead may return true to take the connection over (upgrade).
 */
class Parser {
  constructor() {
    this.number = -1;
    this.receiver = null;
    this.isTaken = false;
    this.frame = undefined; // The async context of what it tells, unless the socket's.
    this.resource = null; // What hooks see, while somebody watches.
    this.failure = -1; // Index of the error that ended the parsing.
    // Fields that Node's users know.
    this.socket = null;
    this.incoming = null;
    this.outgoing = null;
    this.maxHeaderPairs = 2000;
  }

  static acquire(type, receiver, headerBytesMax, lenientFlags, headersCountMax) {
    const parser = parsers.idle.pop() ?? new Parser();
    parser.number = native.create(type, headerBytesMax, lenientFlags, headersCountMax);
    parser.receiver = receiver;
    parser.isTaken = false;
    parser.failure = -1;
    return parser;
  }

  free() {
    if (this.number === -1) return;
    this.close();
    if (parsers.idle.length < parsers.max) parsers.idle.push(this);
  }

  close() {
    if (this.number === -1) return;
    native.free(this.number);
    if (this.resource !== null) destroyResource(this.resource);
    this.resource = null;
    this.frame = undefined;
    this.number = -1;
    this.receiver = null;
    this.socket = null;
    this.incoming = null;
    this.outgoing = null;
  }

  /** Has a message begun whose head is not complete? */
  isWithinHead() {
    return this.number !== -1 && native.hasRest(this.number) !== 0;
  }

  /** Hooks are told of the message that this parser works on. */
  watch(resource, trigger) {
    this.resource = resource;
    initResource(resource, resource.type, trigger);
  }

  setRequestMethod(method) {
    native.setRequestMethod(this.number, methods.indexOf(method));
  }

  /** @returns {number | Error} bytes consumed; fewer than given only if taken over. */
  execute(bytes) {
    const { number } = this;
    let offset = 0;
    for (;;) {
      if (this.number !== number) return bytes.length; // Freed by a callback.
      if (this.failure !== -1) return makeError(this.failure, 0, bytes);
      const events = native.execute(number, bytes, offset, bytes.length - offset);
      const error = this.dispatch(events, bytes);
      if (error !== undefined) return error;
      const consumed = events[events.length - 1];
      offset += consumed;
      if (this.isTaken || offset >= bytes.length || consumed === 0) return offset;
    }
  }

  /** The input has ended. */
  finish() {
    if (this.number === -1) return undefined;
    return this.dispatch(native.finish(this.number), EMPTY);
  }

  /** @returns {Error | undefined} */
  dispatch(events, bytes) {
    const prior = this.frame === undefined ? undefined : exchangeFrame(this.frame);
    const isFramed = this.frame !== undefined;
    let error;
    if (!watch.isOn || this.resource === null) {
      error = this.tell(events, bytes);
    } else {
      const id = enter(this.resource);
      error = this.tell(events, bytes);
      leave(id);
    }
    if (isFramed) setFrame(prior);
    return error;
  }

  tell(events, bytes) {
    const { number, receiver } = this;
    const end = events.length - 1;
    for (let i = 0; i < end && this.number === number;) {
      switch (events[i]) {
        case HEAD:
          if (receiver.onHead(events[i + 1], events[i + 2], events[i + 3])) this.isTaken = true;
          i += 4;
          break;
        case BODY:
          receiver.onBody(bodySlice(bytes, events[i + 1], events[i + 2]));
          i += 3;
          break;
        case END:
          receiver.onEnd(events[i + 1]);
          i += 2;
          break;
        case UPGRADE: // Said by the head already.
          i += 2;
          break;
        case ERROR:
          this.failure = events[i + 1];
          return makeError(this.failure, events[i + 2], bytes);
        default:
          throw new Error(`coring: unknown parser event ${events[i]}`);
      }
    }
    return undefined;
  }

  /** Names that Node's parser has and programs call. */
  remove() {}

  pause() {}

  resume() {}
}

module.exports = { Parser, REQUEST, RESPONSE, parsers };
