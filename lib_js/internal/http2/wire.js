'use strict';
// A wire: native's session of HTTP/2 between a transport and an Http2Session. Bytes that come are
// given to native, and what it tells is told on; what native wants to send is gathered until the
// end of the turn and written at once. Nothing of a program is called from inside native.

const { Buffer } = require('buffer');
const { watch } = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');
const { logOf } = require('internal/http2/debug');
const { PROTOCOL } = require('internal/http2/errors');
const { numbersOfSettings } = require('internal/http2/settings');
const { kState } = require('internal/http2/symbols');
const { SessionTimings } = require('internal/http2/timings');
const { now } = require('internal/perf/clock');
const { setImmediate } = require('internal/timers');
const arrivals = require('internal/http2/arrivals');

const native = internalBinding('http2');

const CLOSED = -1;
const NOT_LOOKED = -1; // At how far the transport is.

// Bits of native's wants().
const READS = 1;
const WRITES = 2;
const GAVE_UP = 4;
const MEGABYTE = 1e6; // Of the option maxSessionMemory.
const OUTSTANDING_MAX = 10; // Pings and settings that were not answered, unless options say more.

/** Numbers of native's open(), in its order. */
function numbersOfOptions(options) {
  const whitespace = options.strictFieldWhitespaceValidation;
  return [
    number(options.maxDeflateDynamicTableSize),
    number(options.maxReservedRemoteStreams),
    number(options.peerMaxConcurrentStreams),
    number(options.paddingStrategy),
    number(options.maxSettings),
    number(options.maxSessionMemory) * MEGABYTE,
    number(options.maxHeaderListPairs),
    number(options.maxOutstandingSettings),
    number(options.streamResetBurst),
    number(options.streamResetRate),
    whitespace === undefined ? NaN : Number(whitespace),
    number(options.maxSessionInvalidFrames),
    number(options.maxSessionRejectedStreams),
    number(options.maxSendHeaderBlockLength),
  ];
}

function number(value) {
  return typeof value === 'number' ? value : NaN;
}

function outstanding(value) {
  return typeof value === 'number' && value >= 1 ? value : OUTSTANDING_MAX;
}

/** A ping or settings on their way: whom to tell, when they went, what hooks see. */
class Sent {
  constructor(done, type) {
    this.done = done;
    this.at = now();
    this.resource = watch.isOn ? new resources.Request(type) : undefined;
  }

  answer(isAnswered, duration, payload) {
    const { done, resource } = this;
    if (resource === undefined) done(isAnswered, duration, payload);
    else resources.callRequest(resource, () => done(isAnswered, duration, payload));
  }
}

class Wire {
  /** @param {object} session  an Http2Session, which is told what comes */
  constructor(session, socket, isServer, options) {
    this.session = session;
    this.socket = socket;
    this.number = native.open(isServer, numbersOfOptions(options));
    this.log = logOf(isServer);
    this.log?.session('setting up session handle');
    this.isClosing = false;
    this.isTelling = false; // Events are being told: nothing is flushed before they are through.
    this.isSending = false;
    this.isBlocked = false; // The transport holds enough.
    this.isScheduled = false;
    // A stream of JavaScript says in the middle of anything that it has taken what was written.
    this.isNative = socket._handle != null;
    this.hasReceived = false; // Since the last flush of a turn.
    this.isGraceful = false; // Tell the session when all is out.
    this.progress = 0; // Grows with each write of the transport, for timeouts.
    this.progressSeen = 0;
    this.unwritten = []; // For each write of the transport, which streams have bytes in it.
    this.resets = []; // Streams and codes of RST_STREAM that wait.
    this.pings = [];
    this.pingsMax = outstanding(options.maxOutstandingPings);
    this.settingsSent = [];
    this.timings = new SessionTimings();
    this.settingsMax = outstanding(options.maxOutstandingSettings);
    this.onData = (chunk) => this.receive(chunk);
    this.onDrain = () => {
      this.isBlocked = false;
      this.progress++;
      this.flush(true);
    };
    this.onWritten = (error) => {
      this.progress++;
      const events = this.unwritten.shift();
      if (events === undefined || error || this.number === CLOSED) return;
      if (this.isNative) this.tell(events, undefined, false);
      else setImmediate(() => { if (!this.isClosing) this.tell(events, undefined, true); });
    };
    this.runFlush = () => {
      this.isScheduled = false;
      this.hasReceived = false;
      this.flush(true);
    };
    socket.on('drain', this.onDrain);
    if (watch.isOn) resources.initResource(this, 'HTTP2SESSION');
  }

  /** From here on bytes of the transport are taken. */
  start() {
    if (this.number === CLOSED) return;
    this.socket.on('data', this.onData);
    if (this.socket.isPaused()) this.socket.resume();
  }

  receive(chunk) {
    // More in one turn: native ends a session that is flooded when its GOAWAY is out, not before.
    if (this.hasReceived) this.flush(false);
    this.hasReceived = true;
    if (this.number === CLOSED || this.isClosing) return;
    const { 1: events, 2: code, 3: custom } = native.receive(this.number, chunk);
    if (events !== undefined) this.tell(events, chunk, true);
    if (code < 0) {
      arrivals.drainTicks(); // Streams that came before are told of while they live.
      this.session.destroy(arrivals.failure(code, custom));
    }
    this.schedule();
  }

  tell(events, chunk, drains) {
    const outer = this.isTelling;
    this.isTelling = true;
    if (watch.isOn) this.tellWatched(events, chunk, drains);
    else arrivals.tell(this, events, chunk, drains);
    this.isTelling = outer;
    if (!outer && this.resets.length > 0 && this.number !== CLOSED) this.sendResets();
  }

  tellWatched(events, chunk, drains) {
    const id = resources.enter(this);
    arrivals.tell(this, events, chunk, drains);
    resources.leave(id);
  }

  /** What native wants to send goes out at the end of this turn. */
  schedule() {
    if (this.isScheduled || this.number === CLOSED) return;
    this.isScheduled = true;
    setImmediate(this.runFlush);
  }

  /** @param {boolean} isOutermost  no program is on the stack */
  flush(isOutermost) {
    if (this.isSending || this.isBlocked || this.number === CLOSED) return;
    this.send(false, isOutermost);
    if (this.number === CLOSED || this.isClosing || this.isBlocked) return;
    if (this.isGraceful && !this.hasPending()) this.session.settled();
    if (this.number !== CLOSED && !this.isClosing) this.lookForEnd();
  }

  /** Native may have ended the session for what the peer did, and have told nobody. */
  lookForEnd() {
    const wants = native.wants(this.number);
    if ((wants & (READS | WRITES)) !== 0) return;
    setImmediate(() => {
      if (this.isClosing) return;
      this.session.ended((wants & GAVE_UP) !== 0 ? arrivals.failure(PROTOCOL) : undefined);
    });
  }

  send(isLast, isOutermost) {
    const { socket } = this;
    this.isSending = true;
    socket.cork?.();
    try {
      while (this.number !== CLOSED && (isLast || !this.isBlocked)) {
        if (socket.destroyed || socket.writableEnded) break;
        const sent = native.send(this.number);
        if (sent === undefined) break;
        const { 0: bytes, 2: code } = sent;
        let { 1: events } = sent;
        if (bytes !== undefined) {
          // Bytes of a stream count as written when the transport has taken them.
          const { 0: written, 1: others } = arrivals.splitWritten(this.session, events);
          this.unwritten.push(written);
          events = others;
          if (!socket.write(bytes, this.onWritten)) this.isBlocked = true;
        }
        if (events !== undefined) this.tell(events, undefined, isOutermost);
        if (code < 0) {
          if (!this.isClosing) this.session.destroy(arrivals.failure(code));
          break;
        }
      }
    } finally {
      this.isSending = false;
      socket.uncork?.();
    }
  }

  /** True if native has frames that did not go to the transport yet. */
  hasPending() {
    return this.number !== CLOSED && (this.isBlocked || (native.wants(this.number) & WRITES) !== 0);
  }

  /** Gives bytes away before a frame that would make native forget them. */
  flushBefore() {
    if (!this.isSending) this.flush(false);
  }

  did(result) {
    this.schedule();
    return result;
  }

  // Fields are what buildNgHeaderString() gives: a text, and how many are in it.

  request(fields, options) {
    const id = this.did(native.request(this.number, fields[0], fields[1], options));
    if (this.log !== null) {
      this.log.session('initiating request');
      if (id > 0) this.log.framesOf(id, 'reading starting');
    }
    return id;
  }

  respond(id, fields, options) {
    this.log?.stream(id, 'initiating response');
    return this.did(native.respond(this.number, id, fields[0], fields[1], options));
  }

  info(id, fields) {
    this.log?.stream(id, 'sending additional headers');
    return this.did(native.info(this.number, id, fields[0], fields[1]));
  }

  push(id, fields) {
    this.log?.stream(id, 'initiating push stream');
    return this.did(native.push(this.number, id, fields[0], fields[1]));
  }

  trailers(id, fields) {
    this.log?.stream(id, 'sending trailers');
    return this.did(native.trailers(this.number, id, fields[0], fields[1]));
  }

  write(id, bytes) {
    this.progressSeen = NOT_LOOKED; // The first time-out behind a write finds that it is new.
    return this.did(native.write(this.number, id, bytes));
  }

  end(id) {
    return this.did(native.end(this.number, id));
  }

  /** While events are told it waits: what is left of a stream may be among them. */
  reset(id, code) {
    if (this.isTelling) {
      this.resets.push(id, code);
      return;
    }
    this.flushBefore();
    this.did(native.rst(this.number, id, code));
  }

  sendResets() {
    const { resets } = this;
    this.resets = [];
    for (let i = 0; i < resets.length; i += 2) this.reset(resets[i], resets[i + 1]);
  }

  consume(id, count) {
    if (this.number === CLOSED) return;
    native.consume(this.number, id, count);
    this.schedule();
  }

  goaway(code, last, data) {
    this.log?.session('submitting goaway');
    return this.did(native.goaway(this.number, code, last, data));
  }

  altsvc(id, origin, value) {
    return this.did(native.altsvc(this.number, id, origin, value));
  }

  origin(list) {
    return this.did(native.origin(this.number, list));
  }

  setNextStream(id) {
    return native.setNextStream(this.number, id);
  }

  setLocalWindow(size) {
    return this.did(native.setLocalWindow(this.number, size));
  }

  /** @returns {boolean} false: too many are on their way */
  ping(payload, done) {
    const ping = new Sent(done, 'HTTP2PING');
    if (this.pings.length >= this.pingsMax) {
      ping.answer(false, 0, payload);
      return false;
    }
    if (payload === undefined) {
      payload = Buffer.allocUnsafe(8);
      payload.writeDoubleBE(now());
    }
    this.pings.push(ping);
    this.did(native.ping(this.number, payload));
    return true;
  }

  pong(payload) {
    const ping = this.pings.shift();
    if (ping === undefined) {
      this.session.destroy(arrivals.failure(PROTOCOL));
      return;
    }
    const duration = now() - ping.at;
    this.timings.pingRTT = duration;
    ping.answer(true, duration, payload);
  }

  /** @returns {boolean} false: too many are on their way */
  settings(settings, done) {
    const sent = new Sent(done, 'HTTP2SETTINGS');
    if (this.settingsSent.length >= this.settingsMax) {
      sent.answer(false, 0);
      return false;
    }
    this.settingsSent.push(sent);
    this.log?.session('submitting settings');
    this.did(native.settings(this.number, numbersOfSettings(settings)));
    return true;
  }

  settingsTaken() {
    const sent = this.settingsSent.shift();
    if (sent === undefined) this.session.destroy(arrivals.failure(PROTOCOL));
    else sent.answer(true, now() - sent.at);
  }

  localSettings() {
    return native.localSettings(this.number);
  }

  remoteSettings() {
    return native.remoteSettings(this.number);
  }

  sessionState() {
    return native.sessionState(this.number);
  }

  streamState(id) {
    return native.streamState(this.number, id);
  }

  counters() {
    return native.counters(this.number);
  }

  /** Says goodbye, if the transport can, and ends; then calls `done`. */
  close(code, isTransportGone, done) {
    if (this.isClosing) return;
    this.isClosing = true;
    this.log?.session('start closing/destroying');
    const { pings } = this;
    this.pings = [];
    this.settingsSent = [];
    if (!isTransportGone && !this.socket.destroyed) {
      native.terminate(this.number, code ?? 0);
      this.send(true, false);
    }
    this.timings.end(this.session[kState].isServer, native.counters(this.number));
    native.close(this.number);
    this.number = CLOSED;
    // The transport may live on: it holds nothing of the session.
    this.socket.removeListener('drain', this.onDrain);
    this.socket.removeListener('data', this.onData);
    setImmediate(() => {
      for (let i = 0; i < pings.length; i++) pings[i].answer(false, 0, undefined);
      if (watch.isOn) resources.destroyResource(this);
    });
    done();
  }
}

module.exports = { Wire };
