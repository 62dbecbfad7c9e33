'use strict';
// What a stream keeps where programs do not see it, and its hold of the wire.

const { STREAM_CLOSED } = require('internal/http2/errors');
const { kState } = require('internal/http2/symbols');

const NO_ERROR = 0;

class StreamState {
  constructor(session) {
    this.session = session;
    this.id = undefined; // Until the peer can know of it.
    this.wire = undefined; // As long as native has the stream.
    this.frame = undefined; // The async context of a client's request.
    this.rstCode = NO_ERROR;
    this.isClosed = false;
    this.isAborted = false;
    this.isHead = false;
    this.isEndAfterHeaders = false;
    this.areHeadersSent = false;
    this.areTrailersReady = false;
    this.hasTrailers = false;
    this.isShut = false; // Native knows that no bytes will follow.
    this.isFile = false; // Native gets bytes of a file, past the Writable.
    this.didRead = false;
    this.isReading = false;
    this.unreadBytes = 0; // Came while nobody read: the window stays closed by so much.
    this.queuedBytes = 0;
    this.writeBytes = 0; // Of the write that is on its way.
    this.framedBytes = 0; // Of those, what is in frames and not with the transport.
    this.writePending = 0; // Halves of it that are not done: its bytes, the look for an end.
    this.writeCallback = null;
    this.writeError = null;
    this.endError = null;
    this.sentHeaders = undefined;
    this.sentList = undefined; // What was sent, if it was given as a list.
    this.sentTrailers = undefined;
    this.sentInfo = undefined;
    this.origin = undefined;
    this.timings = null;
    this.fileWritten = null; // Called when bytes of a file went out.
  }

  /**
   * True: the peer has closed the stream with what came last, and the program has not heard of it
   * yet. What it does till then goes nowhere, and is no error.
   */
  isGone(code) {
    return code === STREAM_CLOSED && !this.isClosed;
  }

  // What native does for a stream; each gives 0, or a code of nghttp2 that is less.

  /** @param {number} options  1: no body, 2: trailers are wanted */
  respond(fields, options) {
    const code = this.wire.respond(this.id, fields, options);
    return this.isGone(code) ? 0 : code;
  }

  info(fields) {
    const code = this.wire.info(this.id, fields);
    return this.isGone(code) ? 0 : code;
  }

  /** @returns {number} the promised stream */
  pushPromise(fields) {
    return this.wire.push(this.id, fields);
  }

  trailers(fields) {
    const code = this.wire.trailers(this.id, fields);
    return this.isGone(code) ? 0 : code;
  }

  /** Bytes that were counted are with native, or nowhere. */
  dropQueued(count) {
    this.queuedBytes -= count;
    if (this.session !== undefined) this.session[kState].queuedBytes -= count;
  }
}

module.exports = { StreamState };
