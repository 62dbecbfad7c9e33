'use strict';
// What came from the peer, as native tells it: one flat list of kinds and values becomes events of
// sessions and streams, in the order in which it came.

const { watch } = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');
const { Buffer } = require('buffer');
const { ERR_HTTP2_SESSION_ERROR } = require('internal/errors').codes;
const { clientChannels, serverChannels } = require('internal/http2/channels');
const { ClientHttp2Stream } = require('internal/http2/client_stream');
const { NghttpError } = require('internal/http2/errors');
const { toHeaderObject } = require('internal/http2/headers');
const { ServerHttp2Stream } = require('internal/http2/server_stream');
const { kState, kUpdateTimer } = require('internal/http2/symbols');
const { runNextTicks } = require('internal/process/task_queues');
const { setImmediate } = require('internal/timers');

const { triggerUncaughtException } = internalBinding('errors');

const {
  HEADERS, PUSH_PROMISE, DATA, END, CLOSED, SETTINGS, SETTINGS_ACK, PING, PONG, GOAWAY, ALTSVC,
  ORIGIN, PRIORITY, PROTOCOL_ERROR, FRAME_ERROR, WRITTEN, WANT_TRAILERS,
} = internalBinding('http2');

/** How many places an event of each kind takes, with its kind. */
const SIZES = [];
SIZES[HEADERS] = 6;
SIZES[PUSH_PROMISE] = 6;
SIZES[DATA] = 4;
SIZES[END] = 2;
SIZES[CLOSED] = 3;
SIZES[SETTINGS] = 3;
SIZES[SETTINGS_ACK] = 1;
SIZES[PING] = 2;
SIZES[PONG] = 2;
SIZES[GOAWAY] = 4;
SIZES[ALTSVC] = 4;
SIZES[ORIGIN] = 2;
SIZES[PRIORITY] = 5;
SIZES[PROTOCOL_ERROR] = 2;
SIZES[FRAME_ERROR] = 4;
SIZES[WRITTEN] = 3;
SIZES[WANT_TRAILERS] = 2;

/** Kinds up to CLOSED and from WRITTEN on are of streams. */
function isOfStream(kind) {
  return kind <= CLOSED || kind >= WRITTEN;
}

const RESPONSE = 1; // Categories of HEADERS.
const PUSHED = 2;

const END_STREAM = 1; // A flag of frames.
const NO_ERROR = 0;
const REFUSED_STREAM = 7;
const MISDIRECTED = 421;

function failure(code, custom) {
  return new NghttpError(code, custom);
}

function emit(target, event, a, b, c, d) {
  target.emit(event, a, b, c, d);
}

/**
 * @param {boolean} drains  ticks run between events, as between two calls out of native: 'response'
 *     comes before the first 'data'
 */
function tell(wire, events, chunk, drains) {
  for (let at = 0; at < events.length;) {
    const here = at;
    at += SIZES[events[here]];
    if (wire.log !== null) wire.log.came(events, here);
    try {
      if (!isOfStream(events[here])) tellSession(wire, wire.session, events, here);
      else if (watch.isOn) tellWatched(wire.session, events, here, chunk);
      else tellStream(wire.session, events, here, chunk);
    } catch (error) {
      // A listener threw: that is no reason for others to lose what came, or to get it later.
      triggerUncaughtException(error, false);
    }
    if (drains && at < events.length) drainTicks();
  }
}

function drainTicks() {
  for (;;) {
    try {
      runNextTicks();
      return;
    } catch (error) {
      triggerUncaughtException(error, false);
    }
  }
}

const NOTHING = [undefined, undefined];

/**
 * Takes from what native told of a send that bytes of streams are in frames: their streams know
 * that no more is left of what they have written.
 * @returns {(Array | undefined)[]} that, and what else it told
 */
function splitWritten({ [kState]: { streams } }, events) {
  if (events === undefined) return NOTHING;
  if (events.length === SIZES[WRITTEN] && events[0] === WRITTEN) {
    streams.get(events[1])?.tellFramed(events[2]);
    return [events, undefined];
  }
  const written = [];
  const others = [];
  for (let at = 0; at < events.length;) {
    const kind = events[at];
    if (kind === WRITTEN) {
      streams.get(events[at + 1])?.tellFramed(events[at + 2]);
      written.push(kind, events[at + 1], events[at + 2]);
      at += SIZES[WRITTEN];
      continue;
    }
    for (const end = at + SIZES[kind]; at < end; at++) others.push(events[at]);
  }
  return [written.length === 0 ? undefined : written, others.length === 0 ? undefined : others];
}

/** In the scope of the stream, if there is one yet. */
function tellWatched(session, events, at, chunk) {
  const stream = session[kState].streams.get(events[at + 1]);
  const id = stream === undefined ? 0 : resources.enter(stream);
  try {
    tellStream(session, events, at, chunk);
  } finally {
    if (id !== 0) resources.leave(id);
  }
}

function tellStream(session, events, at, chunk) {
  const { streams } = session[kState];
  switch (events[at]) {
    case HEADERS:
      tellHeaders(session, events[at + 1], events[at + 2], events[at + 3], events[at + 4],
                  events[at + 5] ?? []);
      break;
    case PUSH_PROMISE:
      tellNewStream(session, events[at + 2], events[at + 3], events[at + 4], events[at + 5] ?? []);
      break;
    case DATA: {
      const from = events[at + 2];
      tellData(session, streams.get(events[at + 1]), chunk, from, from + events[at + 3]);
      break;
    }
    case END:
      streams.get(events[at + 1])?.tellEnd();
      break;
    case CLOSED:
      streams.get(events[at + 1])?.tellClosed(events[at + 2]);
      break;
    case WRITTEN:
      streams.get(events[at + 1])?.tellWritten(events[at + 2]);
      break;
    case WANT_TRAILERS:
      streams.get(events[at + 1])?.tellWantTrailers();
  }
}

/** What is no stream's. */
function tellSession(wire, session, events, at) {
  if (session.destroyed) return;
  switch (events[at]) {
    case SETTINGS:
      session.tellSettings(events[at + 1], events[at + 2]);
      break;
    case SETTINGS_ACK:
      wire.settingsTaken();
      break;
    case PING:
      session[kUpdateTimer]();
      session.emit('ping', bytesOf(events[at + 1]));
      break;
    case PONG:
      wire.pong(Buffer.from(events[at + 1].slice().buffer)); // Eight bytes for itself, as Node's.
      break;
    case GOAWAY:
      tellGoaway(session, events[at + 1], events[at + 2], events[at + 3]);
      break;
    case ALTSVC:
      session[kUpdateTimer]();
      session.emit('altsvc', events[at + 3], events[at + 2], events[at + 1]);
      break;
    case ORIGIN:
      session.tellOrigins?.(events[at + 1]);
      break;
    case PRIORITY:
      tellPriority(session, events[at + 1], events[at + 2], events[at + 3], events[at + 4]);
      break;
    case PROTOCOL_ERROR:
      session.destroy(failure(events[at + 1]));
      break;
    case FRAME_ERROR:
      tellFrameError(session, events[at + 1], events[at + 2], events[at + 3]);
  }
}

function bytesOf(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tellHeaders(session, id, category, flags, list, sensitive) {
  if (session.destroyed) return;
  const stream = session[kState].streams.get(id);
  if (stream === undefined) {
    tellNewStream(session, id, flags, list, sensitive);
    return;
  }
  session[kUpdateTimer]();
  const headers = toHeaderObject(list, sensitive);
  stream[kState].timings.headers();
  const isEnd = (flags & END_STREAM) !== 0;
  const status = headers[':status'];
  const event = eventOfHeaders(category, status, isEnd);
  if (status === MISDIRECTED) session.forgetOrigin?.(stream);
  stream.runAsRequest(event, headers, flags, list);
  if (event === 'response' || event === 'push') {
    const { finish } = clientChannels();
    if (finish.hasSubscribers) finish.publish({ stream, headers, flags });
  }
  if (isEnd) stream.push(null);
}

function eventOfHeaders(category, status, isEnd) {
  if (category === RESPONSE) {
    return !isEnd && status >= 100 && status < 200 ? 'headers' : 'response';
  }
  if (category === PUSHED) return 'push';
  if (status >= 200) return 'response';
  return isEnd ? 'trailers' : 'headers';
}

/** A request, or the promise of a response that was not asked for. */
function tellNewStream(session, id, flags, list, sensitive) {
  if (session.destroyed) return;
  const { wire, isServer } = session[kState];
  session[kUpdateTimer]();
  if (session.closed) {
    wire.reset(id, REFUSED_STREAM);
    return;
  }
  const headers = toHeaderObject(list, sensitive);
  const isEnd = (flags & END_STREAM) !== 0;
  const stream = isServer ? new ServerHttp2Stream(session, id, headers) :
    new ClientHttp2Stream(session, id);
  const { created, start } = isServer ? serverChannels() : clientChannels();
  if (created.hasSubscribers) created.publish({ stream, headers });
  if (start.hasSubscribers) start.publish({ stream, headers });
  stream[kState].timings.headers();
  if (isEnd) {
    stream.push(null);
    stream[kState].isEndAfterHeaders = true;
  }
  if (!isServer) {
    stream.end();
  } else if (headers[':method'] === 'HEAD') { // Its response has no body.
    stream.end();
    stream[kState].isHead = true;
  }
  process.nextTick(emit, session, 'stream', stream, headers, flags, list);
}

function tellData(session, stream, chunk, from, to) {
  if (stream === undefined || stream.destroyed) return;
  stream.tellData(chunk.subarray(from, to));
}

function tellGoaway(session, code, last, data) {
  const state = session[kState];
  session[kUpdateTimer]();
  state.goawayCode = code;
  state.goawayLast = last;
  session.emit('goaway', code, last, data === undefined ? undefined : bytesOf(data));
  if (code === NO_ERROR) session.close(); // What is open may come to its end.
  // The fault is not on this side, so no error is sent back.
  else session.destroy(new ERR_HTTP2_SESSION_ERROR(code), NO_ERROR);
}

function tellPriority(session, id, parent, weight, isExclusive) {
  const target = session[kState].streams.get(id) ?? session;
  if (target.destroyed) return;
  target[kUpdateTimer]();
  target.emit('priority', id, parent, weight, isExclusive);
}

function tellFrameError(session, id, type, code) {
  const stream = session[kState].streams.get(id);
  const target = stream ?? session;
  target[kUpdateTimer]();
  target.emit('frameError', type, code, id);
  // A GOAWAY with the right code may be on its way: it has a turn to come.
  setImmediate(() => {
    stream?.close(code);
    session.close();
  });
}

module.exports = { drainTicks, failure, splitWritten, tell };
