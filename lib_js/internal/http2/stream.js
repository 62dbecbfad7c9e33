'use strict';
// Http2Stream: one request with its response, as a Duplex over a wire (internal/http2/wire).

const { Buffer } = require('buffer');
const { Duplex } = require('stream');
const {
  AbortError,
  aggregateTwoErrors,
  codes: {
    ERR_HTTP2_INVALID_STREAM,
    ERR_HTTP2_STREAM_ERROR,
    ERR_HTTP2_TRAILERS_ALREADY_SENT,
    ERR_HTTP2_TRAILERS_NOT_READY,
  },
} = require('internal/errors');
const AsyncContextFrame = require('internal/async_context_frame');
const { watch } = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');
const { clientChannels, serverChannels } = require('internal/http2/channels');
const { NghttpError, nameOfCode } = require('internal/http2/errors');
const {
  assertValidPseudoHeaderTrailer,
  buildNgHeaderString,
  objectOfList,
} = require('internal/http2/headers');
const { validateOptionalObject } = require('internal/http2/settings');
const { StreamState } = require('internal/http2/stream_state');
const {
  kInit,
  kMaybeDestroy,
  kProxySocket,
  kRequest,
  kState,
  kUpdateTimer,
} = require('internal/http2/symbols');
const { setTimeout, timedOut } = require('internal/http2/timeout');
const { StreamTimings } = require('internal/http2/timings');
const { kTimeout, setImmediate } = require('internal/timers');
const { customInspectSymbol: kInspect, deprecate } = require('internal/util');
const { format } = require('internal/util/inspect');
const { validateFunction, validateInteger } = require('internal/validators');

const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const CANCEL = 8;
const MAX_U32 = 2 ** 32 - 1;
/** As many times its bytes of DATA a stream may keep in memory. */
const HELD_RATIO_MAX = 8;

// What is done about RST_STREAM when a stream closes.
const NO_RESET = 0;
const RESET = 1; // When all is written.
const RESET_NOW = 2;

class Http2Stream extends Duplex {
  constructor(session) {
    super({ allowHalfOpen: true, decodeStrings: false, autoDestroy: false });
    // Writes wait until the stream has its number.
    this.cork();
    this[kState] = new StreamState(session);
    this[kTimeout] = null;
    this[kRequest] = null;
    this[kProxySocket] = null;
    // So that didRead tells whether anybody ever read.
    this._readableState.readingMore = true;
    this.on('pause', onPause);
  }

  [kInit](id) {
    const state = this[kState];
    const session = state.session[kState];
    session.streams.set(id, this);
    state.id = id;
    state.wire = session.wire;
    state.timings = new StreamTimings();
    if (watch.isOn) resources.initResource(this, 'HTTP2STREAM');
    this.uncork();
    this.emit('ready');
  }

  [kUpdateTimer]() {
    if (this.destroyed) return;
    this[kTimeout]?.refresh();
    this[kState].session?.[kUpdateTimer]();
  }

  [kInspect](depth, options) {
    if (typeof depth === 'number' && depth < 0) return this;
    return `Http2Stream ${format({
      id: this[kState].id || '<pending>',
      closed: this.closed,
      destroyed: this.destroyed,
      state: this.state,
      readableState: this._readableState,
      writableState: this._writableState,
    })}`;
  }

  get bufferSize() {
    return this[kState].queuedBytes + this.writableLength;
  }

  get endAfterHeaders() {
    return this[kState].isEndAfterHeaders;
  }

  get sentHeaders() {
    const state = this[kState];
    if (state.sentHeaders === undefined && state.sentList !== undefined) {
      state.sentHeaders = objectOfList(state.sentList);
    }
    return state.sentHeaders;
  }

  get sentTrailers() {
    return this[kState].sentTrailers;
  }

  get sentInfoHeaders() {
    return this[kState].sentInfo;
  }

  get pending() {
    return this[kState].id === undefined;
  }

  get id() {
    return this[kState].id;
  }

  get session() {
    return this[kState].session;
  }

  get headersSent() {
    return this[kState].areHeadersSent;
  }

  get aborted() {
    return this[kState].isAborted;
  }

  get headRequest() {
    return this[kState].isHead;
  }

  get rstCode() {
    return this[kState].rstCode;
  }

  get closed() {
    return this[kState].isClosed;
  }

  get state() {
    const { id, wire } = this[kState];
    if (this.destroyed || id === undefined) return {};
    const numbers = wire.streamState(id);
    if (numbers === undefined) return {};
    return {
      state: numbers[0],
      weight: numbers[1],
      sumDependencyWeight: numbers[2],
      localClose: numbers[3],
      remoteClose: numbers[4],
      localWindowSize: numbers[5],
    };
  }

  _onTimeout() {
    timedOut(this, this[kState].wire);
  }

  _write(data, encoding, callback) {
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : data;
    dispatch(this, [bytes], bytes.byteLength, callback, false, data, encoding);
  }

  _writev(chunks, callback) {
    const list = [];
    let count = 0;
    for (let i = 0; i < chunks.length; i++) {
      const { chunk, encoding } = chunks[i];
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
      count += bytes.byteLength;
      list.push(bytes);
    }
    dispatch(this, list, count, callback, true, chunks, '');
  }

  _final(callback) {
    const state = this[kState];
    if (state.isFile) {
      callback();
      return;
    }
    if (this.pending) {
      this.once('ready', () => this._final(callback));
      return;
    }
    const session = state.session;
    shut(this);
    callback();
    if (session !== undefined && !session[kState].isServer) {
      const { bodySent } = clientChannels();
      if (bodySent.hasSubscribers) bodySent.publish({ stream: this });
    }
  }

  _read() {
    if (this.destroyed) {
      this.push(null);
      return;
    }
    const state = this[kState];
    if (!state.didRead) {
      this._readableState.readingMore = false;
      state.didRead = true;
    }
    if (this.pending) this.once('ready', onResume);
    else onResume.call(this);
  }

  sendTrailers(headers) {
    if (this.destroyed || this.closed) throw new ERR_HTTP2_INVALID_STREAM();
    const state = this[kState];
    if (state.sentTrailers !== undefined) throw new ERR_HTTP2_TRAILERS_ALREADY_SENT();
    if (!state.areTrailersReady) throw new ERR_HTTP2_TRAILERS_NOT_READY();
    validateOptionalObject(headers, 'headers');
    headers = Object.assign({ __proto__: null }, headers);
    this[kUpdateTimer]();
    const fields = buildNgHeaderString(
      headers, assertValidPseudoHeaderTrailer, state.session[kState].isStrict);
    state.sentTrailers = headers;
    setImmediate(finishTrailers, this, fields);
  }

  close(code = NO_ERROR, callback) {
    validateInteger(code, 'code', 0, MAX_U32);
    if (callback !== undefined) validateFunction(callback, 'callback');
    if (this.closed) return;
    if (callback !== undefined) this.once('close', callback);
    closeStream(this, code, RESET);
  }

  _destroy(error, callback) {
    const state = this[kState];
    const { id, session } = state;
    const { destroyCode, goawayCode, isServer, pending, streams } = session[kState];
    const code = codeOfDestroy(this, error, goawayCode || destroyCode);
    const isKnown = state.wire !== undefined;
    if (!this.closed) closeStream(this, code, isKnown ? RESET_NOW : NO_RESET);
    this.push(null);
    if (isKnown) {
      streams.delete(id);
      state.timings.end(id, state.wire.timings);
    } else {
      pending.delete(this);
    }
    session[kState].queuedBytes -= state.queuedBytes;
    state.queuedBytes = 0;
    // CANCEL is how a peer says that it lost interest: 'aborted' told so.
    if (error == null && code !== NO_ERROR && code !== CANCEL) {
      error = new ERR_HTTP2_STREAM_ERROR(nameOfCode(code));
    }
    state.session = undefined;
    state.wire = undefined;
    setImmediate(afterDestroy, this, session);
    if (error) {
      const { error: channel } = isServer ? serverChannels() : clientChannels();
      if (channel.hasSubscribers) channel.publish({ stream: this, error });
    }
    callback(error);
  }

  /** Destroyed as soon as it is closed, and the program has read to the end. */
  [kMaybeDestroy](code = NO_ERROR) {
    if (code !== NO_ERROR) {
      this.destroy();
      return;
    }
    if (!this.writableFinished) return;
    const state = this[kState];
    if (!this.readable && this.closed) {
      this.destroy();
      return;
    }
    // A server that has answered without a look at the request's body is through with it. A turn
    // later, so that pushed streams get through before.
    if (state.areHeadersSent && state.session !== undefined && state.session[kState].isServer &&
        !state.hasTrailers && !state.didRead && this.readableFlowing === null) {
      setImmediate(closeQuietly, this);
    }
  }

  /** Emits a tick later what came, in the async context of the request. */
  runAsRequest(event, headers, flags, list) {
    const { frame } = this[kState];
    if (frame === undefined) {
      process.nextTick(emit, this, event, headers, flags, list);
      return;
    }
    const outer = AsyncContextFrame.exchange(frame);
    process.nextTick(emit, this, event, headers, flags, list);
    AsyncContextFrame.set(outer);
  }

  tellData(bytes) {
    const state = this[kState];
    this[kUpdateTimer]();
    // A window counts bytes of DATA: a few of them shall not keep all that came with them.
    if (bytes.length * HELD_RATIO_MAX < bytes.buffer.byteLength) bytes = Buffer.from(bytes);
    state.timings.read(bytes.length);
    const isReading = state.isReading;
    if (!this.push(bytes)) state.isReading = false;
    if (isReading) state.wire?.consume(state.id, bytes.length);
    else state.unreadBytes += bytes.length;
  }

  tellEnd() {
    this[kUpdateTimer]();
    if (this._readableState.endEmitted) {
      this[kMaybeDestroy]();
      return;
    }
    this.on('end', this[kMaybeDestroy]);
    this.push(null);
    this.read(0);
  }

  tellClosed(code) {
    if (this.destroyed) return;
    if (!this.closed) closeStream(this, code, NO_RESET);
    const state = this[kState];
    if (code !== NO_ERROR) {
      this.destroy();
      return;
    }
    if (!this.readable) {
      // The last bytes are in frames but not with the transport: 'finish' comes first.
      if (state.framedBytes === 0 || state.framedBytes !== state.writeBytes) this.destroy();
      return;
    }
    this.on('end', this[kMaybeDestroy]);
    this.push(null);
    // What nobody began to read is thrown away, so that the stream comes to its end.
    if (state.session !== undefined && state.session[kState].isServer && !state.didRead &&
        this.readableFlowing === null) {
      this.resume();
    } else {
      this.read(0);
    }
  }

  /** So many bytes are in frames. */
  tellFramed(count) {
    this[kState].framedBytes += count;
  }

  /** The transport has taken them. */
  tellWritten(count) {
    const state = this[kState];
    state.framedBytes -= count;
    state.timings.written(count);
    state.dropQueued(count);
    if (state.fileWritten !== null) {
      state.fileWritten();
      return;
    }
    state.writeBytes -= count;
    if (state.writeBytes === 0 && state.writePending !== 0) halfDone(this);
  }

  tellWantTrailers() {
    this[kState].areTrailersReady = true;
    if (this.destroyed || this.closed) return;
    if (!this.emit('wantTrailers')) this.sendTrailers({});
  }
}

Http2Stream.prototype.setTimeout = setTimeout;
Http2Stream.prototype.priority = deprecate(function priority(options) {
  if (this.destroyed) throw new ERR_HTTP2_INVALID_STREAM();
}, 'http2Stream.priority is longer supported after priority signalling was deprecated in RFC 9113',
                                           'DEP0194');

function emit(stream, event, headers, flags, list) {
  stream.emit(event, headers, flags, list);
}

function closeQuietly(stream) {
  stream.close();
}

function onResume() {
  const state = this[kState];
  if (this.destroyed || state.wire === undefined) return;
  state.isReading = true;
  if (state.unreadBytes === 0) return;
  const count = state.unreadBytes;
  state.unreadBytes = 0;
  state.wire.consume(state.id, count);
}

function onPause() {
  this[kState].isReading = false;
}

/** One write of the Writable: there is never a second one before `callback`. */
function dispatch(stream, list, count, callback, writev, data, encoding) {
  if (stream.pending) { // Uncorked by its program before it has a number.
    stream.once('ready', () => {
      dispatch(stream, list, count, callback, writev, data, encoding);
    });
    return;
  }
  if (stream.destroyed) return;
  const state = stream[kState];
  stream[kUpdateTimer]();
  if (!state.areHeadersSent) stream.respond();
  const { session, wire } = state;
  if (wire === undefined) return; // respond() had to destroy it.
  state.writeCallback = callback;
  state.writeError = null;
  state.endError = null;
  state.writePending = 1;
  state.writeBytes = count;
  if (!state.hasTrailers) {
    // The last DATA frame can carry END_STREAM, if the end is known before it goes out.
    state.writePending = 2;
    process.nextTick(lookForEnd, stream);
  }
  state.queuedBytes += count;
  session[kState].queuedBytes += count;
  for (let i = 0; i < list.length; i++) {
    if (list[i].byteLength === 0) continue;
    const code = wire.write(state.id, list[i]);
    if (code < 0) {
      if (state.isGone(code)) state.dropQueued(count);
      else state.writeError = new NghttpError(code);
      process.nextTick(halfDone, stream);
      break;
    }
  }
  if (count === 0) process.nextTick(halfDone, stream);
  if (!session[kState].isServer) {
    const { bodyChunkSent } = clientChannels();
    if (bodyChunkSent.hasSubscribers) bodyChunkSent.publish({ stream, writev, data, encoding });
  }
}

function halfDone(stream) {
  const state = stream[kState];
  if (state.writePending === 0 || --state.writePending !== 0) return;
  const callback = state.writeCallback;
  const error = aggregateTwoErrors(state.endError, state.writeError);
  state.writeCallback = null;
  state.writeError = null;
  state.endError = null;
  if (error) stream.destroy(error);
  callback(error);
}

function lookForEnd(stream) {
  const state = stream[kState];
  const writable = stream._writableState;
  if (state.writeError === null && writable.ending && writable.buffered.length === 0 &&
      !state.hasTrailers) {
    shut(stream);
  }
  halfDone(stream);
}

/** No bytes will follow: tells native. */
function shut(stream) {
  const state = stream[kState];
  if (state.wire === undefined || state.isShut) return;
  state.isShut = true;
  state.wire.end(state.id);
  stream.on('finish', onFinish);
}

function onFinish() {
  this[kMaybeDestroy]();
}

function finishTrailers(stream, fields) {
  if (stream.destroyed) return;
  const state = stream[kState];
  state.hasTrailers = false;
  const code = state.trailers(fields);
  if (code < 0) stream.destroy(new NghttpError(code));
  else stream[kMaybeDestroy]();
}

function closeStream(stream, code, reset) {
  const state = stream[kState];
  const { isServer } = state.session[kState];
  state.isClosed = true;
  state.rstCode = code;
  stream.setTimeout(0);
  stream.removeAllListeners('timeout');
  const isEnding = stream._writableState.ending;
  if (!isEnding) {
    if (!state.isAborted) {
      state.isAborted = true;
      stream.emit('aborted');
    }
    stream.end();
  }
  if (reset !== NO_RESET) {
    if (!isEnding || stream.writableFinished || code !== NO_ERROR || reset === RESET_NOW) {
      sendReset(stream, code);
    } else {
      stream.once('finish', () => sendReset(stream, code));
    }
  }
  const { close } = isServer ? serverChannels() : clientChannels();
  if (close.hasSubscribers) close.publish({ stream });
}

function sendReset(stream, code) {
  const state = stream[kState];
  if (stream.pending) {
    // It has to be opened before it can be reset.
    stream.push(null);
    stream.once('ready', () => state.wire?.reset(state.id, code));
    return;
  }
  state.wire?.reset(state.id, code);
}

/** The code of a stream that is destroyed. One that closed well stays so, whatever comes then. */
function codeOfDestroy(stream, error, sessionCode) {
  if (error == null) return stream.closed ? stream.rstCode : sessionCode;
  if (sessionCode) return sessionCode;
  return error instanceof AbortError ? CANCEL : INTERNAL_ERROR;
}

function afterDestroy(stream, session) {
  const state = stream[kState];
  const { fileWritten, writeCallback } = state;
  state.fileWritten = null;
  state.writeCallback = null;
  state.writePending = 0;
  fileWritten?.();
  writeCallback?.(null);
  if (watch.isOn) resources.destroyResource(stream);
  session[kMaybeDestroy]();
}

module.exports = { Http2Stream };
