'use strict';
// Http2Session: one connection of HTTP/2, with what both ends have in common.

const { EventEmitter, captureRejectionSymbol } = require('events');
const {
  ERR_HTTP2_INVALID_SESSION,
  ERR_HTTP2_MAX_PENDING_SETTINGS_ACK,
  ERR_HTTP2_NO_MEM,
  ERR_HTTP2_PING_CANCEL,
  ERR_HTTP2_PING_LENGTH,
  ERR_HTTP2_SESSION_ERROR,
  ERR_HTTP2_SETTINGS_CANCEL,
  ERR_HTTP2_SOCKET_BOUND,
  ERR_HTTP2_STREAM_CANCEL,
  ERR_OUT_OF_RANGE,
  ERR_SOCKET_CLOSED,
} = require('internal/errors').codes;
const { NO_MEMORY } = require('internal/http2/errors');
const {
  settingsOfNumbers,
  validateOptionalObject,
  validateSettings,
} = require('internal/http2/settings');
const { faceOfSession } = require('internal/http2/socket_face');
const {
  kBound,
  kMaybeDestroy,
  kSocket,
  kState,
  kUpdateTimer,
} = require('internal/http2/symbols');
const { setTimeout, timedOut } = require('internal/http2/timeout');
const { Wire } = require('internal/http2/wire');
const { remove } = require('internal/linkedlist');
const { NumberMap } = require('internal/number_map');
const { clearTimeout, kTimeout, setImmediate } = require('internal/timers');
const { customInspectSymbol: kInspect } = require('internal/util');
const { format } = require('internal/util/inspect');
const {
  validateBuffer,
  validateFunction,
  validateInt32,
  validateNumber,
} = require('internal/validators');

const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const CANCEL = 8;
const STREAM_ID_MAX = 2 ** 32 - 1;
const SERVER = 0; // Of http2.constants.
const CLIENT = 1;
/** How long the transport of a destroyed session may stand still. */
const LINGER_MS = 2000;

/** What a session remembers; those of a server are in its list. */
class SessionState {
  constructor(session, isServer, options, socket) {
    this._idleNext = null;
    this._idlePrev = null;
    this.session = session;
    this.isServer = isServer;
    this.isStrict = options.strictSingleValueFields;
    this.socket = socket;
    this.face = null;
    this.server = undefined;
    this.wire = undefined; // From the transport's connect to the end.
    this.encrypted = undefined;
    this.alpnProtocol = undefined;
    this.isReady = false;
    this.isClosed = false;
    this.isDestroyed = false;
    this.destroyCode = NO_ERROR;
    this.goawayCode = null;
    this.goawayLast = null;
    this.streams = new NumberMap();
    this.pending = new Set(); // Streams without a number.
    this.settingsPending = 0;
    this.queuedBytes = 0;
    this.localSettings = undefined;
    this.remoteSettings = undefined;
    this.remoteNumbers = undefined; // Of the last SETTINGS that was told.
    this.localCustom = undefined; // Settings that have no name.
    this.remoteCustom = undefined;
    this.remoteCustomWanted = options.remoteCustomSettings ?? [];
    this.originSet = undefined;
    this.originsMax = 0;
    this.pendingRequests = null;
    this.authority = undefined;
    this.protocol = undefined;
  }
}

class Http2Session extends EventEmitter {
  constructor(isServer, options, socket) {
    super();
    if (socket[kBound] !== undefined) throw new ERR_HTTP2_SOCKET_BOUND();
    socket[kBound] = this;
    this[kState] = new SessionState(this, isServer, options, socket);
    this[kTimeout] = null;
    socket.on('error', onSocketError);
    socket.on('close', onSocketClose);
    socket.setNoDelay?.();
    socket.disableRenegotiation?.();
    if (socket.connecting || socket.secureConnecting) {
      socket.once(socket.secureConnecting === undefined ? 'connect' : 'secureConnect', () => {
        try {
          setUp(this, socket, options);
        } catch (error) {
          socket.destroy(error);
        }
      });
    } else {
      setUp(this, socket, options);
    }
  }

  get [kSocket]() {
    return this[kState].socket;
  }

  get encrypted() {
    return this[kState].encrypted;
  }

  get alpnProtocol() {
    return this[kState].alpnProtocol;
  }

  get originSet() {
    if (!this.encrypted || this.destroyed) return undefined;
    return Array.from(require('internal/http2/origins').originsOf(this));
  }

  get connecting() {
    return !this[kState].isReady;
  }

  get closed() {
    return this[kState].isClosed;
  }

  get destroyed() {
    return this[kState].isDestroyed;
  }

  get socket() {
    const state = this[kState];
    if (state.face === null) state.face = faceOfSession(this);
    return state.face; // undefined once the session is over.
  }

  get type() {
    return this[kState].isServer ? SERVER : CLIENT;
  }

  get goawayCode() {
    return this[kState].goawayCode || NO_ERROR;
  }

  get goawayLastStreamID() {
    return this[kState].goawayLast || 0;
  }

  get pendingSettingsAck() {
    return this[kState].settingsPending > 0;
  }

  get state() {
    if (this.connecting || this.destroyed) return {};
    const numbers = this[kState].wire.sessionState();
    return {
      effectiveLocalWindowSize: numbers[0],
      effectiveRecvDataLength: numbers[1],
      nextStreamID: numbers[2],
      localWindowSize: numbers[3],
      lastProcStreamID: numbers[4],
      remoteWindowSize: numbers[5],
      outboundQueueSize: numbers[6],
      deflateDynamicTableSize: numbers[7],
      inflateDynamicTableSize: numbers[8],
    };
  }

  get localSettings() {
    const state = this[kState];
    if (state.localSettings !== undefined) return state.localSettings;
    if (this.destroyed || this.connecting) return {};
    return state.localSettings = settingsOfNumbers(state.wire.localSettings(), state.localCustom);
  }

  get remoteSettings() {
    const state = this[kState];
    if (state.remoteSettings !== undefined) return state.remoteSettings;
    if (this.destroyed || this.connecting) return {};
    return state.remoteSettings = settingsOfNumbers(
      state.remoteNumbers ?? state.wire.remoteSettings(), state.remoteCustom);
  }

  setNextStreamID(id) {
    checkAlive(this);
    validateNumber(id, 'id');
    if (id <= 0 || id > STREAM_ID_MAX) {
      throw new ERR_OUT_OF_RANGE('id', `> 0 and <= ${STREAM_ID_MAX}`, id);
    }
    this[kState].wire.setNextStream(id);
  }

  setLocalWindowSize(windowSize) {
    checkAlive(this);
    validateInt32(windowSize, 'windowSize', 0);
    if (this[kState].wire.setLocalWindow(windowSize) === NO_MEMORY) {
      this.destroy(new ERR_HTTP2_NO_MEM());
    }
  }

  ping(payload, callback) {
    checkAlive(this);
    if (typeof payload === 'function') {
      callback = payload;
      payload = undefined;
    }
    if (payload) {
      validateBuffer(payload, 'payload');
      if (payload.byteLength !== 8) throw new ERR_HTTP2_PING_LENGTH();
    }
    validateFunction(callback, 'callback');
    const done = (isAnswered, duration, bytes) => {
      if (isAnswered) callback(null, duration, bytes);
      else callback(new ERR_HTTP2_PING_CANCEL());
    };
    if (this.connecting || this.closed) {
      process.nextTick(done, false, 0, payload);
      return;
    }
    return this[kState].wire.ping(payload || undefined, done);
  }

  settings(settings, callback) {
    checkAlive(this);
    validateOptionalObject(settings, 'settings');
    validateSettings(settings);
    if (callback) validateFunction(callback, 'callback');
    this[kState].settingsPending++;
    const copy = { ...settings };
    if (this.connecting) this.once('connect', () => submitSettings(this, copy, callback));
    else submitSettings(this, copy, callback);
  }

  goaway(code = NO_ERROR, lastStreamID = 0, opaqueData) {
    checkAlive(this);
    if (opaqueData !== undefined) validateBuffer(opaqueData, 'opaqueData');
    validateNumber(code, 'code');
    validateNumber(lastStreamID, 'lastStreamID');
    const send = () => sendGoaway(this, code, lastStreamID, opaqueData);
    if (this.connecting) this.once('connect', send);
    else send();
  }

  destroy(error = NO_ERROR, code) {
    if (this.destroyed) return;
    if (typeof error === 'number') {
      code = error;
      error = code === NO_ERROR ? undefined : new ERR_HTTP2_SESSION_ERROR(code);
    }
    if (code === undefined && error != null) code = INTERNAL_ERROR;
    tearDown(this, code, error);
  }

  close(callback) {
    if (this.closed || this.destroyed) return;
    const state = this[kState];
    state.isClosed = true;
    if (typeof callback === 'function') this.once('close', callback);
    this.goaway();
    if (state.wire !== undefined) state.wire.isGraceful = true;
    this[kMaybeDestroy]();
  }

  [captureRejectionSymbol](error, event, stream) {
    if (event === 'stream') stream.destroy(error);
    else this.destroy(error);
  }

  [kMaybeDestroy](error) {
    if (error == null) {
      const { pending, streams, wire } = this[kState];
      if (!this.closed || streams.size > 0 || pending.size > 0 || wire?.hasPending()) return;
    }
    this.destroy(error);
  }

  /** Tells the session that all it had is with its transport. */
  settled() {
    this[kMaybeDestroy]();
  }

  /** Tells the session that native will neither read nor write any more. */
  ended(error) {
    this.destroy(error);
  }

  /**
   * @param {Float64Array} numbers  as they are after this frame: the next may have come already
   * @param {number[] | undefined} custom  number and value in turn of settings without a name
   */
  tellSettings(numbers, custom) {
    this[kUpdateTimer]();
    const state = this[kState];
    state.remoteSettings = undefined;
    state.remoteNumbers = numbers;
    for (let i = 0; custom !== undefined && i < custom.length; i += 2) {
      if (!state.remoteCustomWanted.includes(custom[i])) continue;
      state.remoteCustom ??= {};
      state.remoteCustom[custom[i]] = custom[i + 1];
    }
    if (this.listenerCount('remoteSettings') > 0) this.emit('remoteSettings', this.remoteSettings);
  }

  [kUpdateTimer]() {
    if (!this.destroyed) this[kTimeout]?.refresh();
  }

  _onTimeout() {
    timedOut(this, this[kState].wire);
  }

  ref() {
    this[kSocket]?.ref?.();
  }

  unref() {
    this[kSocket]?.unref?.();
  }

  [kInspect](depth, options) {
    if (typeof depth === 'number' && depth < 0) return this;
    return `Http2Session ${format({
      type: this.type,
      closed: this.closed,
      destroyed: this.destroyed,
      state: this.state,
      localSettings: this.localSettings,
      remoteSettings: this.remoteSettings,
    })}`;
  }
}

Http2Session.prototype.setTimeout = setTimeout;

function checkAlive(session) {
  if (session.destroyed) throw new ERR_HTTP2_INVALID_SESSION();
}

function emitConnect(session, socket) {
  session.emit('connect', session, socket);
}

/** The transport is there. */
function setUp(session, socket, options) {
  const state = session[kState];
  if (session.destroyed) {
    process.nextTick(emitConnect, session, socket);
    return;
  }
  state.isReady = true;
  const wire = new Wire(session, socket, state.isServer, options);
  state.wire = wire;
  wire.isGraceful = state.isClosed;
  state.encrypted = Boolean(socket.encrypted);
  state.alpnProtocol = state.encrypted ? socket.alpnProtocol : 'h2c';
  session.settings(typeof options.settings === 'object' ? options.settings : {});
  if (state.isServer && Array.isArray(options.origins)) session.origin(...options.origins);
  process.nextTick(emitConnect, session, socket);
  // Not before somebody could listen for what comes.
  process.nextTick(() => wire.start());
}

function submitSettings(session, settings, callback) {
  if (session.destroyed) return;
  session[kUpdateTimer]();
  if (settings.customSettings !== undefined) {
    session[kState].localCustom = { ...session[kState].localCustom, ...settings.customSettings };
  }
  const isSent = session[kState].wire.settings(settings, (isTaken, duration) => {
    const state = session[kState];
    state.settingsPending--;
    state.localSettings = undefined;
    if (!isTaken) {
      callback?.(new ERR_HTTP2_SETTINGS_CANCEL());
      return;
    }
    const { localSettings } = session;
    callback?.(null, localSettings, duration);
    session.emit('localSettings', localSettings);
  });
  if (!isSent) session.destroy(new ERR_HTTP2_MAX_PENDING_SETTINGS_ACK());
}

function sendGoaway(session, code, last, data) {
  if (session.destroyed) return;
  session[kUpdateTimer]();
  session[kState].wire.goaway(code, last, data);
}

function tearDown(session, code, error) {
  const state = session[kState];
  const { socket, wire } = state;
  state.isDestroyed = true;
  state.destroyCode = code;
  // setTimeout() does nothing for a session that is destroyed: the timer goes by itself.
  if (session[kTimeout] !== null) clearTimeout(session[kTimeout]);
  session[kTimeout] = null;
  session.removeAllListeners('timeout');
  if (state.pending.size > 0 || state.streams.size > 0) {
    const cancelled = new ERR_HTTP2_STREAM_CANCEL(error);
    for (const stream of [...state.pending]) stream.destroy(cancelled);
    for (const stream of state.streams.values()) stream.destroy(error);
  }
  if (wire === undefined) finishTearDown(session, error);
  else wire.close(code, socket.destroyed, () => finishTearDown(session, error));
}

function finishTearDown(session, error) {
  const state = session[kState];
  const { socket } = state;
  state.socket = undefined;
  state.face = undefined;
  state.wire = undefined;
  remove(state);
  if (socket === undefined) {
    process.nextTick(emitClose, session, error);
    return;
  }
  socket[kBound] = undefined;
  if (socket.destroyed) {
    process.nextTick(emitClose, session, error);
    return;
  }
  socket.on('close', () => emitClose(session, error));
  if (session.closed) {
    socket.resume(); // So that the peer's end is seen.
    socket.end();
    return;
  }
  // A peer that does not read holds up the end, but not for ever.
  socket.setTimeout?.(LINGER_MS, () => socket.destroy(error));
  socket.end(() => setImmediate(() => socket.destroy(error)));
}

function emitClose(session, error) {
  if (error) session.emit('error', error);
  session.emit('close');
}

function onSocketError(error) {
  const session = this[kBound];
  if (session === undefined) return;
  // After a GOAWAY the peer may go as it likes.
  if (error.code === 'ECONNRESET' && session[kState].goawayCode !== null) session.destroy();
  else session.destroy(error);
}

function onSocketClose() {
  const session = this[kBound];
  if (session === undefined) return;
  const error = session.connecting ? new ERR_SOCKET_CLOSED() : null;
  const state = session[kState];
  for (const stream of state.streams.values()) stream.close(CANCEL);
  for (const stream of [...state.pending]) stream.close(CANCEL);
  session.close();
  if (!session.destroyed) tearDown(session, NO_ERROR, error);
}

module.exports = { Http2Session };
