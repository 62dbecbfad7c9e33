'use strict';

// What a response writes before the next tick. Node corks the socket with the first write and
// uncorks it in a tick: until then the bytes can be forgotten, by whoever destroys the socket.

const { kHighWaterMark } = require('internal/http/outgoing');
const { framingLines } = require('internal/http/framing');
const { kHeadFlags, kNeedDrain } = require('internal/http/symbols');
const { codes: { ERR_STREAM_DESTROYED } } = require('internal/errors');

const native = internalBinding('http');

/** A head is not much longer than what JavaScript knows of it. */
const LINES_BYTES_MAX = 512;

/** Of one connection, used again and again. Mostly there is one chunk. */
class Corked {
  constructor(lane) {
    this.lane = lane;
    this.res = null;
    this.isHeadDue = false;
    this.bytes = 0; // As Node counts: characters of strings.
    this.chunk = undefined;
    this.encoding = undefined;
    this.callback = undefined;
    this.more = null; // Further chunks, each with its encoding and callback.
  }

  begin(res) {
    this.res = res;
    this.isHeadDue = !res._headerSent;
    this.bytes = 0;
    res._headerSent = true;
    process.nextTick(uncorkNT, this);
  }

  /** Gives what write() says. */
  add(chunk, encoding, callback) {
    const { lane, res } = this;
    this.bytes += chunk.length;
    if (this.callback === undefined) {
      this.chunk = chunk;
      this.encoding = encoding;
      this.callback = callback;
    } else {
      (this.more ??= []).push(chunk, encoding, callback);
    }
    const { facade } = lane;
    const bytesMax = facade === null ? res[kHighWaterMark] : facade.writableHighWaterMark;
    const queued = native.queuedBytes(lane.number);
    if (queued + this.bytes + LINES_BYTES_MAX < bytesMax) return !res[kNeedDrain];
    return queued + this.length() < bytesMax && !res[kNeedDrain];
  }

  /** Of the message, so far. */
  length() {
    const { res } = this;
    let length = this.bytes;
    if (this.isHeadDue) {
      length += res._header.length + framingLines(res, res[kHeadFlags]).length + 2;
    }
    if (!res.chunkedEncoding || this.callback === undefined) return length;
    length += framesLength(this.chunk);
    const more = this.more ?? [];
    for (let i = 0; i < more.length; i += 3) length += framesLength(more[i]);
    return length;
  }

  /** Ends it; what it held of further chunks. */
  leave() {
    const { more } = this;
    this.lane.corked = null;
    this.chunk = undefined;
    this.callback = undefined;
    this.more = null;
    return more;
  }

  /** To native. */
  uncork() {
    const { lane, res, chunk, encoding, callback, isHeadDue } = this;
    if (lane.corked !== this) return;
    const more = this.leave();
    const queued = lane.sendNow(res, isHeadDue, chunk, encoding);
    if (queued < 0) {
      failWrites(res, callback, more, 0);
      return;
    }
    lane.afterWrite(res, queued, callback);
    if (more !== null) sendMore(lane, res, more);
    if (res[kNeedDrain]) lane.awaitDrain();
  }

  /** The connection was destroyed. */
  forget() {
    const { callback, res } = this;
    failWrites(res, callback, this.leave(), 0);
  }
}

/** What a chunk has around it. */
function framesLength(chunk) {
  return chunk.length === 0 ? 0 : chunk.length.toString(16).length + 4;
}

function sendMore(lane, res, more) {
  for (let i = 0; i < more.length; i += 3) {
    const queued = lane.sendNow(res, false, more[i], more[i + 1]);
    if (queued < 0) {
      failWrites(res, undefined, more, i);
      return;
    }
    lane.afterWrite(res, queued, more[i + 2]);
  }
}

/** A write, and those behind it from `index` on, will not be done. */
function failWrites(res, callback, more, index) {
  const error = res.errored ?? new ERR_STREAM_DESTROYED('write');
  if (callback !== undefined) process.nextTick(callback, error);
  if (more === null) return;
  for (; index < more.length; index += 3) process.nextTick(more[index + 2], error);
}

function uncorkNT(corked) {
  corked.uncork();
}

module.exports = { Corked };
