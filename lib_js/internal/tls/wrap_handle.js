'use strict';

// What a TLSSocket holds as `_handle`: one native connection (libssl over memory) between its owner
// and a transport, which is the handle of a net.Socket or of another stream (js_stream_socket).
// It has the methods of a StreamHandle, so that net.Socket does not know the difference.

const { ArrayIsArray, Error, TypeError } = primordials;

const { settle } = require('boot/turn');
const { lastError, nativeError, orThrow, toError } = require('internal/crypto/failure');
const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const { StreamHandle } = require('internal/net/handle');
const { setImmediate } = require('internal/timers');
const { watch } = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');

const {
  ErrnoException,
  codes: { ERR_TLS_RENEGOTIATION_UNSUPPORTED },
} = require('internal/errors');
const { isArrayBufferView } = require('internal/util/types');

const binding = internalBinding('tls');
const { triggerUncaughtException } = internalBinding('errors');

/** Reading certificates takes more modules than most connections need. */
const certificates = () => require('internal/tls/peer_certificate');

const EBADF = -9;
const EPROTO = -71;
const ECANCELED = -125;
/** As many queued bytes make a net.Socket wait for whenDrained(). */
const QUEUED_BYTES_MAX = 65536;

/** Native's numbers for encodings, and bytes per character. */
const ENCODINGS = { __proto__: null, utf8: 1, latin1: 2, ucs2: 3 };
const WIDTHS = { __proto__: null, latin1: 1, ucs2: 2 };

// Bits of what native tells (bindings/src/tls/README.md).
const HANDSHAKE_DONE = 1;
const PAUSED = 2;
const NEW_SESSION = 4;
const KEYLOG = 8;
const OCSP_RESPONSE = 16;
const CLOSE_NOTIFY = 32;
const RENEGOTIATION = 64;
const FATAL = 128;
const PAUSED_PSK = 512;
const NEEDS_OWNER = HANDSHAKE_DONE | PAUSED | NEW_SESSION | KEYLOG | OCSP_RESPONSE |
  RENEGOTIATION | PAUSED_PSK;

const NO_CERTIFICATE = ['unable to get issuer certificate', 'UNABLE_TO_GET_ISSUER_CERT'];
/** Reasons that are often an authority of the machine's own, of which Node reminds. */
const ROOT_MAY_BE_LOCAL = {
  __proto__: null,
  DEPTH_ZERO_SELF_SIGNED_CERT: true,
  UNABLE_TO_GET_ISSUER_CERT: true,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: true,
};
const HINT =
  '; if the root CA is installed locally, try running Node.js with --use-system-ca';

let isTraceTold = false;

function acknowledge(handle) {
  const callback = handle.pendingWrite;
  if (callback === null || handle.closing) return;
  handle.pendingWrite = null;
  handle.waitingBytes = 0;
  callback(0);
}

class TLSWrap {
  /**
   * @param {object} transport  a StreamHandle, or what behaves as one
   * @param {?net.Socket} parent  whose handle the transport is; null: it is the owner's alone
   * @param {SecureContext} context
   * @param {TLSSocket} owner
   */
  constructor(transport, parent, context, isServer, owner) {
    this._parent = transport;
    this._parentWrap = parent;
    this.accepted = null; // Stands for `_parentWrap` until that is made.
    this._secureContext = context;
    this.connection = orThrow(binding.open(context.context.number, isServer));
    this.isServer = isServer;
    this.isNative = transport instanceof StreamHandle;
    this.socket = owner;
    this.owner = owner; // Of the plaintext: another TLSWrap, when the socket has TLS inside of it.
    this.events = null; // Who is told of the handshake: TLSSocket's own listeners.
    this.reading = transport.reading;
    this.bytesRead = 0;
    this.bytesWritten = 0;
    this.waitingBytes = 0;
    this.queuedBytes = 0; // In the transport, behind the last write.
    this.pendingWrite = null; // Whom to tell that a write is done.
    this.held = null; // Written before the peer was known: nobody else may read it.
    this.isStarted = isServer;
    this.isSecure = false;
    this.hasSessionEvents = false;
    this.isKeepingSession = false; // The program is told of a session, and the client waits.
    this.isEnded = false; // The other side will say no more.
    this.isEnding = false; // The end came with what is just acted on.
    this.isOutermost = false; // What is acted on came from the kernel: there may be ticks between.
    this.isShut = false; // Nor will we.
    this.closing = false;
    this.lane = null; // While native opens the records itself (internal/tls/http_lane).
    this.blocks = 0; // Reasons to hold back what goes to the transport.
    this.blockedWire = [];
    this.blockedShutdown = null;
    transport.owner = this;
    if (watch.isOn) resources.initResource(this, 'TLSWRAP');
  }

  // --- What native answers

  /** Does what one call of native asks for; gives the bytes queued in the transport, or -errno. */
  act(answer) {
    if (typeof answer === 'number') {
      if (answer > 0) this.tell(answer, undefined, undefined);
      return answer < 0 ? answer : 0;
    }
    if (answer === null) {
      this.events.onerror(this, lastError());
      return 0;
    }
    const events = answer[0];
    const wire = answer[1];
    if (events !== 0) return this.actOn(answer, events, wire);
    const queued = wire === undefined ? 0 : this.send(new FastBuffer(wire));
    if (answer[2] !== undefined) this.give(new FastBuffer(answer[2]));
    return queued;
  }

  /** The same, where something happened besides bytes. */
  actOn(answer, events, wire) {
    // The last word of a client's handshake waits until it knows its peer: else a server that is
    // refused would take the connection for made.
    const isLastWord = !this.isServer && (events & HANDSHAKE_DONE) !== 0;
    if (isLastWord) this.block();
    let queued = 0;
    if (wire !== undefined) {
      if (this.isServer && (events & NEW_SESSION) !== 0) this.events.beforeSession(this);
      queued = this.send(new FastBuffer(wire));
    }
    const plain = answer[2] === undefined ? undefined : new FastBuffer(answer[2]);
    this.tell(events, plain, answer[3]);
    if (isLastWord) this.unblock();
    return queued;
  }

  /** What happened, then the plaintext, then how it ended. */
  tell(events, plain, failure) {
    const isDone = (events & HANDSHAKE_DONE) !== 0;
    if ((events & CLOSE_NOTIFY) !== 0) this.isEnding = true;
    if (isDone) this.isSecure = true;
    if ((events & NEEDS_OWNER) !== 0) this.tellOwner(events);
    if (plain !== undefined) this.give(plain);
    if ((events & CLOSE_NOTIFY) !== 0) {
      // What the plaintext set off in ticks comes before the end.
      if (plain !== undefined && this.isOutermost && this.lane === null) settle();
      this.end();
    }
    if ((events & FATAL) !== 0) {
      if (!this.closing) this.events.onerror(this, this.errorOf(failure));
    } else if (isDone && this.held !== null) {
      this.writeHeld();
    }
  }

  /** What waits for the handshake fails as a write, in Node, and so does its socket. */
  errorOf(failure) {
    const error = toError(failure);
    return this.held === null ? error : new ErrnoException(EPROTO, 'write', error.message);
  }

  /** What a listener throws is no reason to lose what came with the event, nor to hold back. */
  tellOwner(events) {
    try {
      this.events.onevents(this, events);
    } catch (error) {
      triggerUncaughtException(error, false);
    }
  }

  /** The handshake is over, and the owner still wants this peer. */
  writeHeld() {
    const list = this.held;
    this.held = null;
    if (this.closing || this.socket.destroyed) return;
    const queued = this.act(binding.writev(this.connection, list));
    if (queued < 0) this.owner._onwriteerror(this, queued);
    else if (this.pendingWrite !== null) this.acknowledgeLater(queued);
  }

  send(wire) {
    if (this.closing || this.isShut) return 0;
    if (this.blocks > 0) {
      this.blockedWire.push(wire);
      return 0;
    }
    return this._parent.writeBuffer(wire);
  }

  give(plain) {
    if (this.closing || this.isEnded) return;
    this.bytesRead += plain.length;
    if (this.lane !== null) {
      this.lane.feed(plain);
      return;
    }
    if (!watch.isOn) {
      this.owner._onread(this, plain.length, plain);
      return;
    }
    const id = resources.enter(this);
    this.owner._onread(this, plain.length, plain);
    resources.leave(id);
  }

  end() {
    if (this.closing || this.isEnded) return;
    this.isEnded = true;
    if (this.lane !== null) this.lane.feed(undefined);
    else this.owner._onread(this, 0, undefined);
  }

  // --- What the transport tells

  /** Node's name for bytes that came another way. */
  receive(bytes) {
    if (!this.closing) this.openRecords(bytes);
  }

  /** Records came; undefined: the other side's end. */
  openRecords(bytes) {
    if (!this.goesThrough()) {
      this.act(binding.receive(this.connection, bytes));
      return;
    }
    const answer = binding.receiveThrough(this.connection, this._parent.number, bytes);
    // Mostly nothing but plaintext comes of it.
    if (typeof answer !== 'object' || answer === null || ArrayIsArray(answer)) this.act(answer);
    else this.give(new FastBuffer(answer));
  }

  /**
   * May native give records to the transport itself? Not where we may want to hold them back. In
   * the lane it must: that seals whatever is written to the transport.
   */
  goesThrough() {
    if (this.lane !== null) return true;
    return this.isNative && this.blocks === 0 && !this.isShut &&
      (this.isServer ? !this.hasSessionEvents : this.isSecure);
  }

  _onread(transport, count, bytes) {
    if (this.closing) return;
    if (count > 0) {
      this.isOutermost = typeof transport.number === 'number'; // Of native: no program calls.
      try {
        this.openRecords(bytes);
      } finally {
        this.isOutermost = false;
      }
    } else if (count === 0) {
      if (this.isEnded) return;
      this.openRecords(undefined);
      this.end();
    } else {
      this.owner._onread(this, count, undefined);
    }
  }

  _onwriteerror(transport, status) {
    if (!this.closing) this.owner._onwriteerror(this, status);
  }

  // --- Writing

  /** The handshake of a client begins. */
  start() {
    if (this.isStarted || this.closing) return;
    this.isStarted = true;
    const queued = this.act(binding.start(this.connection));
    if (queued < 0) this.owner._onwriteerror(this, queued);
  }

  /** Goes on after a pause. */
  resume() {
    if (this.closing) return;
    const queued = this.act(binding.resume(this.connection));
    if (queued < 0) this.owner._onwriteerror(this, queued);
  }

  /** Every write waits for whenDrained(): Node's are never done at once. */
  wrote(answer, count) {
    this.bytesWritten += count;
    this.waitingBytes += count;
    const queued = this.act(answer);
    if (queued < 0) return queued;
    this.queuedBytes = queued;
    return QUEUED_BYTES_MAX;
  }

  /** True: the bytes wait until the peer is known. */
  holds(list, count) {
    if (!this.isStarted) this.start();
    if (this.isSecure) return false; // A stream of JavaScript may have answered at once.
    this.held = this.held === null ? list : [...this.held, ...list];
    this.bytesWritten += count;
    this.waitingBytes += count;
    return true;
  }

  writeBuffer(bytes) {
    if (this.closing) return EBADF;
    if (!this.isSecure && this.holds([bytes], bytes.byteLength)) return QUEUED_BYTES_MAX;
    return this.seal(bytes, 0, bytes.byteLength);
  }

  writeBuffers(list) {
    if (this.closing) return EBADF;
    let count = 0;
    for (let i = 0; i < list.length; i++) count += list[i].byteLength;
    if (!this.isSecure && this.holds(list, count)) return QUEUED_BYTES_MAX;
    if (!this.goesThrough()) return this.wrote(binding.writev(this.connection, list), count);
    return this.wroteThrough(
      binding.writevThrough(this.connection, this._parent.number, list), count);
  }

  seal(data, encoding, count) {
    if (!this.goesThrough()) {
      return this.wrote(binding.write(this.connection, data, encoding), count);
    }
    return this.wroteThrough(
      binding.writeThrough(this.connection, this._parent.number, data, encoding), count);
  }

  /** As `wrote`; of records that native has given to the transport, if it says a number. */
  wroteThrough(answer, count) {
    if (typeof answer !== 'number') return this.wrote(answer, count);
    this.bytesWritten += count;
    this.waitingBytes += count;
    if (answer < 0) return answer;
    this.queuedBytes = answer;
    return QUEUED_BYTES_MAX;
  }

  writeString(text, encoding) {
    if (!this.isSecure) return this.writeBuffer(Buffer.from(text, encoding));
    if (this.closing) return EBADF;
    const count = encoding === 'utf8' ? Buffer.byteLength(text) : text.length * WIDTHS[encoding];
    return this.seal(text, ENCODINGS[encoding], count);
  }

  /** What a corked socket has gathered, some of it text. */
  writeChunks(chunks) {
    const list = [];
    for (let i = 0; i < chunks.length; i++) {
      const { chunk, encoding } = chunks[i];
      list.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    }
    return this.writeBuffers(list);
  }

  whenDrained(callback) {
    this.pendingWrite = callback;
    if (this.isSecure || this.closing) this.acknowledgeLater(this.queuedBytes);
    return 0;
  }

  acknowledgeLater(queued) {
    if (queued < QUEUED_BYTES_MAX) {
      process.nextTick(acknowledge, this);
      return;
    }
    this._parent.whenDrained((status) => {
      const callback = this.pendingWrite;
      if (callback === null) return;
      this.pendingWrite = null;
      this.waitingBytes = 0;
      callback(status);
    });
  }

  get writeQueueSize() {
    return this.pendingWrite === null ? 0 : this.waitingBytes + this._parent.writeQueueSize;
  }

  // --- Holding back

  block() {
    this.blocks++;
  }

  unblock() {
    if (--this.blocks > 0 || this.closing || this.socket.destroyed) return;
    const queued = this.sendBlocked();
    if (queued < 0) {
      this.owner._onwriteerror(this, queued);
      return;
    }
    const shutdown = this.blockedShutdown;
    this.blockedShutdown = null;
    if (shutdown === null) return;
    const error = this._parent.shutdown(shutdown);
    if (error < 0) shutdown(error);
  }

  sendBlocked() {
    const wire = this.blockedWire;
    this.blockedWire = [];
    let queued = 0;
    for (let i = 0; i < wire.length && queued >= 0; i++) queued = this._parent.writeBuffer(wire[i]);
    if (queued >= 0) this.queuedBytes = queued;
    return queued;
  }

  // --- Ending

  shutdown(callback) {
    if (this.closing) return EBADF;
    this.act(binding.shutdown(this.connection));
    if (this.closing) return ECANCELED;
    this.isShut = true;
    if (this.blocks > 0) {
      this.blockedShutdown = callback;
      return 0;
    }
    return this._parent.shutdown(callback);
  }

  close(callback) {
    if (this.closing) return;
    // A peer that the program was told of is accepted, and gets what was said in the same breath.
    if (this.blocks > 0 && !this.isServer && !this.socket.secureConnecting) this.sendBlocked();
    this.closing = true;
    this.socket.ssl = null;
    const done = () => {
      const write = this.pendingWrite;
      this.pendingWrite = null;
      const isSent = this.held === null && this.queuedBytes < QUEUED_BYTES_MAX;
      if (write !== null) write(isSent ? 0 : ECANCELED);
      this.destroySSL();
      if (callback !== undefined) callback();
      if (watch.isOn) resources.destroyResource(this);
    };
    const parent = this._parentWrap;
    if (parent !== null && parent._handle === null) {
      setImmediate(done); // It was closed before.
    } else if (parent !== null && parent._handle === this._parent) {
      parent.once('close', done);
      parent.destroy();
    } else {
      this._parent.close(done);
      this.leaveServer();
    }
  }

  /** Where no net.Socket does it. */
  leaveServer() {
    const { accepted } = this;
    this.accepted = null;
    if (accepted !== null) accepted.close();
  }

  /** Frees the native connection. */
  destroySSL() {
    if (this.connection === EBADF) return;
    binding.close(this.connection);
    this.connection = EBADF;
    this.blockedWire = [];
  }

  /** Another attempt to connect has a transport of its own. */
  replaceTransport(transport) {
    const last = this._parent;
    transport.owner = this;
    this._parent = transport;
    this.isNative = transport instanceof StreamHandle;
    last.owner = null;
    last.close();
  }

  // --- What programs set before the handshake, by Node's names

  setVerifyMode(isRequested, isRejecting) {
    binding.setVerifyMode(this.connection, isRequested, isRejecting);
  }

  setServername(name) {
    orThrow(binding.setServername(this.connection, name));
  }

  setSession(session) {
    if (typeof session === 'string') session = Buffer.from(session, 'latin1');
    if (!isArrayBufferView(session)) {
      throw nativeError('ERR_INVALID_ARG_TYPE', 'Session must be a buffer');
    }
    // What is no session (any more) is not offered.
    if (binding.setSession(this.connection, session) === null) {
      internalBinding('crypto').takeFailure();
    }
  }

  setALPNProtocols(wire) {
    if (!isArrayBufferView(wire)) throw new TypeError('Must give a Buffer as first argument');
    if (wire.length > 0) orThrow(binding.setAlpn(this.connection, wire));
  }

  requestOCSP() {
    binding.requestOcsp(this.connection);
  }

  pauseOnHello() {
    binding.pauseOnHello(this.connection);
  }

  enableSessionCallbacks() {
    this.hasSessionEvents = true;
    binding.enableSessionEvents(this.connection);
  }

  enableKeylogCallback() {
    binding.enableKeylog(this.connection);
  }

  enablePskCallback(hint) {
    if (binding.enablePsk(this.connection, hint) !== null) return;
    const error = lastError();
    // Nobody listens yet.
    process.nextTick(() => { if (!this.closing) this.events.onerror(this, error); });
  }

  setMaxSendFragment(size) {
    return binding.setMaxSendFragment(this.connection, size);
  }

  setKeyCert(context) {
    orThrow(binding.answerContext(this.connection, context.number));
  }

  enableTrace() {
    if (isTraceTold) return;
    isTraceTold = true;
    process.emitWarning('TLS is not traced: AWS-LC cannot print what it does');
  }

  // --- What they ask

  verifyError() {
    let found = binding.verifyError(this.connection);
    if (found === undefined) return null;
    if (!this.hasPeerCertificate()) found = NO_CERTIFICATE;
    const { 0: message, 1: code } = found;
    const error = new Error(ROOT_MAY_BE_LOCAL[code] ? message + HINT : message);
    error.code = code;
    return error;
  }

  getALPNNegotiatedProtocol() {
    return binding.alpnSelected(this.connection);
  }

  getServername() {
    return binding.servername(this.connection) ?? false;
  }

  getSession() {
    return binding.getSession(this.connection);
  }

  getTLSTicket() {
    return binding.getTicket(this.connection);
  }

  isSessionReused() {
    return binding.sessionReused(this.connection);
  }

  getCipher() {
    const found = binding.cipher(this.connection);
    if (found === undefined) return undefined;
    return { name: found[0], standardName: found[1], version: found[2] };
  }

  getProtocol() {
    return binding.protocol(this.connection);
  }

  getEphemeralKeyInfo() {
    if (this.isServer) return null;
    const found = binding.ephemeralKey(this.connection);
    if (found === undefined) return {};
    return { type: found[0], name: found[1], size: found[2] ?? undefined };
  }

  getSharedSigalgs() {
    return binding.sharedSigalgs(this.connection);
  }

  getFinished() {
    return binding.finished(this.connection);
  }

  getPeerFinished() {
    return binding.peerFinished(this.connection);
  }

  exportKeyingMaterial(length, label, context) {
    return orThrow(binding.exportKeyingMaterial(this.connection, length, label, context));
  }

  getPeerCertificate(isDetailed) {
    return certificates().peerCertificate(this.connection, isDetailed);
  }

  /** Of the peer's certificate what checkServerIdentity() looks at. */
  getPeerIdentity() {
    return certificates().peerIdentity(this.connection);
  }

  hasPeerCertificate() {
    return binding.peerCertificates(this.connection) !== undefined;
  }

  getCertificate() {
    return certificates().ownCertificate(this.connection);
  }

  getPeerX509Certificate() {
    return certificates().peerX509(this.connection);
  }

  getX509Certificate() {
    return certificates().ownX509(this.connection);
  }

  renegotiate() {
    if (binding.renegotiate(this.connection) !== null) return;
    internalBinding('crypto').takeFailure();
    throw new ERR_TLS_RENEGOTIATION_UNSUPPORTED();
  }

  disableRenegotiation() {
    binding.disableRenegotiation(this.connection);
  }

  // --- What is the transport's

  readStart() {
    return this.closing ? EBADF : this._parent.readStart();
  }

  readStop() {
    return this.closing ? EBADF : this._parent.readStop();
  }

  open(number) {
    this._parent.open(number);
  }

  connect(...args) {
    return this._parent.connect(...args);
  }

  getAsyncId() {
    return resources.idOf(this);
  }

  watchRequest(name, type) {
    this._parent.watchRequest(name, type);
  }

  asyncReset() {
    this._parent.asyncReset?.();
  }

  ref() {
    this._parent.ref?.();
  }

  unref() {
    this._parent.unref?.();
  }

  hasRef() {
    return this._parent.hasRef?.() ?? false;
  }

  getsockname(out) {
    return this._parent.getsockname?.(out) ?? EBADF;
  }

  getpeername(out) {
    return this._parent.getpeername?.(out) ?? EBADF;
  }

  setNoDelay(on) {
    return this._parent.setNoDelay?.(on);
  }

  setKeepAlive(on, delaySeconds, intervalSeconds, probesCount) {
    return this._parent.setKeepAlive?.(on, delaySeconds, intervalSeconds, probesCount);
  }

  get fd() {
    return this._parent?.fd ?? -1;
  }

  get number() {
    return this._parent.number;
  }

  get boundFd() {
    return this._parent.boundFd;
  }

  get frame() {
    return this._parent.frame;
  }

  get isPipe() {
    return this._parent.isPipe;
  }

  get isUnreffed() {
    return this._parent.isUnreffed;
  }

  get isIdle() {
    return this._parent.isIdle;
  }

  set isIdle(isIdle) {
    this._parent.isIdle = isIdle;
  }

  set onconnect(callback) {
    this._parent.onconnect = callback;
  }
}

module.exports = {
  HANDSHAKE_DONE,
  KEYLOG,
  NEW_SESSION,
  OCSP_RESPONSE,
  PAUSED,
  PAUSED_PSK,
  RENEGOTIATION,
  TLSWrap,
};
