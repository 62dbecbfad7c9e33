'use strict';
// What NODE_DEBUG=http2 says of a session, and NODE_DEBUG_NATIVE=http2 of its frames.

const { newAsyncId } = require('internal/async_hooks');
const { debuglog } = require('internal/util/debuglog');

const {
  HEADERS, PUSH_PROMISE, DATA, END, CLOSED, SETTINGS, SETTINGS_ACK, PING, PONG, GOAWAY, ALTSVC,
  ORIGIN, FRAME_ERROR,
} = internalBinding('http2');

const debug = debuglog('http2');

/** The environment is not part of the snapshot. */
let isFrames;

function showsFrames() {
  return isFrames ??=
    (process.env.NODE_DEBUG_NATIVE ?? '').toLowerCase().split(',').includes('http2');
}

class SessionLog {
  constructor(isServer) {
    this.name = isServer ? 'server' : 'client';
    this.full = `Http2Session ${this.name} (${newAsyncId()})`;
    this.streams = new Map(); // Numbers of streams in what is said of frames.
  }

  session(text, ...values) {
    debug(`Http2Session ${this.name}: ${text}`, ...values);
  }

  stream(id, text, ...values) {
    debug(`Http2Stream ${id} [Http2Session ${this.name}]: ${text}`, ...values);
  }

  frames(text) {
    if (showsFrames()) process.stderr.write(`${this.full} ${text}\n`);
  }

  framesOf(id, text) {
    if (!showsFrames()) return;
    let number = this.streams.get(id);
    if (number === undefined) this.streams.set(id, number = newAsyncId());
    process.stderr.write(`HttpStream ${id} (${number}) [${this.full}] ${text}\n`);
  }

  /** An event of native's, before it is told. */
  came(events, at) {
    const id = events[at + 1];
    switch (events[at]) {
      case HEADERS:
        this.frames(`handle headers frame for stream ${id}`);
        if (!this.streams.has(id)) this.framesOf(id, 'reading starting');
        this.stream(id, 'headers received');
        break;
      case PUSH_PROMISE:
        this.framesOf(events[at + 2], 'reading starting');
        this.stream(events[at + 2], 'headers received');
        break;
      case DATA:
      case END:
        this.frames(`handling data frame for stream ${id}`);
        break;
      case CLOSED:
        this.framesOf(id, `closed with code ${events[at + 2]}`);
        this.framesOf(id, 'tearing down stream');
        this.streams.delete(id);
        this.stream(id, 'closed with code %d', events[at + 2]);
        break;
      case FRAME_ERROR:
        this.session('error sending frame type %d on stream %d, code: %d',
                     events[at + 2], id, events[at + 3]);
        break;
      default:
        this.cameToSession(events, at);
    }
  }

  cameToSession(events, at) {
    switch (events[at]) {
      case SETTINGS:
        this.frames('handling settings frame');
        this.session('new settings received');
        break;
      case SETTINGS_ACK:
        this.session('settings received');
        break;
      case PING:
        this.session('new ping received');
        break;
      case PONG:
        this.frames('handling ping frame');
        break;
      case GOAWAY:
        this.frames('handling goaway frame');
        this.session('goaway %d received [last stream id: %d]', events[at + 1], events[at + 2]);
        break;
      case ALTSVC:
        this.session('altsvc received: stream: %d, origin: %s, alt: %s',
                     events[at + 1], events[at + 2], events[at + 3]);
        break;
      case ORIGIN:
        this.session('origin received: %j', events[at + 1]);
    }
  }
}

/** @returns {SessionLog | null} null: nothing is to be said */
function logOf(isServer) {
  return debug.enabled || showsFrames() ? new SessionLog(isServer) : null;
}

module.exports = { logOf };
