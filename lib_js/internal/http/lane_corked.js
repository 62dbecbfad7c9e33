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

class Corked {
  constructor(lane, res) {
    this.lane = lane;
    this.res = res;
    this.isHeadDue = !res._headerSent;
    this.bytes = 0; // As Node counts: characters of strings.
    this.chunks = []; // Each with its encoding and callback.
    res._headerSent = true;
    process.nextTick(uncorkNT, this);
  }

  /** Gives what write() says. */
  add(chunk, encoding, callback) {
    const { lane, res } = this;
    this.bytes += chunk.length;
    this.chunks.push(chunk, encoding, callback);
    const { facade } = lane;
    const bytesMax = facade === null ? res[kHighWaterMark] : facade.writableHighWaterMark;
    const queued = native.queuedBytes(lane.number);
    if (queued + this.bytes + LINES_BYTES_MAX < bytesMax) return !res[kNeedDrain];
    return queued + this.length() < bytesMax && !res[kNeedDrain];
  }

  /** Of the message, so far. */
  length() {
    const { chunks, res } = this;
    let length = this.bytes;
    if (this.isHeadDue) {
      length += res._header.length + framingLines(res, res[kHeadFlags]).length + 2;
    }
    if (!res.chunkedEncoding) return length;
    for (let i = 0; i < chunks.length; i += 3) {
      const count = chunks[i].length;
      if (count !== 0) length += count.toString(16).length + 4;
    }
    return length;
  }

  /** To native. */
  uncork() {
    const { chunks, lane, res } = this;
    if (lane.corked !== this) return;
    lane.corked = null;
    for (let i = 0; i < chunks.length; i += 3) {
      const queued = lane.sendNow(res, this.isHeadDue, chunks[i], chunks[i + 1]);
      this.isHeadDue = false;
      if (queued < 0) failWrites(res, chunks, i);
      if (queued < 0) return;
      lane.afterWrite(res, queued, chunks[i + 2]);
    }
    if (res[kNeedDrain]) lane.awaitDrain();
  }

  /** The connection was destroyed. */
  forget() {
    const { chunks, lane, res } = this;
    lane.corked = null;
    failWrites(res, chunks, 0);
  }
}

/** The writes from `index` on will not be done. */
function failWrites(res, chunks, index) {
  const error = res.errored ?? new ERR_STREAM_DESTROYED('write');
  for (; index < chunks.length; index += 3) process.nextTick(chunks[index + 2], error);
}

function uncorkNT(corked) {
  corked.uncork();
}

module.exports = { Corked };
