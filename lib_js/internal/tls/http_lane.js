'use strict';

// Connections of an https.Server in the fast lane of HTTP: their handshake was JavaScript's, then
// native opens and seals the records itself, and requests come as page entries. The TLSSocket stays
// the socket of its requests.

const { ObjectGetOwnPropertyDescriptors, ObjectKeys, ReflectApply } = primordials;

const { watch } = require('internal/async_hooks');
const { Lane } = require('internal/http/lane');
const { LaneHandle, becomeFacade } = require('internal/http/lane_socket');
const { kSettings } = require('internal/http/symbols');
const { StreamHandle, put, take } = require('internal/net/handle');
const { TLSWrap } = require('internal/tls/wrap_handle');

const binding = internalBinding('tls');
const native = internalBinding('http');

/** The `_handle` of a TLSSocket whose records native opens. */
class SecureLaneHandle extends LaneHandle {
  constructor(lane, wrap) {
    super(lane);
    this.wrap = wrap;
  }

  /** As Node counts: plaintext. */
  get bytesRead() { return binding.bytesRead(this.wrap.connection); }
  get bytesWritten() {
    return binding.bytesWritten(this.wrap.connection) + binding.unsealedBytes(this.number) +
      this.corkedBytes;
  }

  /** What a connection failed with. */
  errorOf(status) {
    const failure = binding.failure(this.wrap.connection);
    return failure === undefined ? super.errorOf(status) : this.wrap.errorOf(failure);
  }

  /** Plaintext that came with the end of the handshake. */
  feed(plain) {
    binding.feed(this.number, plain);
  }

  /** Records that came in one turn with those that ended the handshake; or what is tapped. */
  handleRead(count, bytes) {
    if (this.isTapped || count === 0) super.handleRead(count, bytes);
    else this.wrap._onread(this.wrap._parent, count, bytes);
  }

  /** With close_notify the connection ends as a whole. */
  endHalf() {
    return false;
  }

  leave() {
    this.uncork();
    const { wrap, number } = this;
    const rest = native.takeUnparsed(number);
    const { bytesRead, bytesWritten } = this;
    if (native.detach(number) < 0) return null;
    wrap.bytesRead = bytesRead - (rest?.length ?? 0); // Given anew, that is counted anew.
    wrap.bytesWritten = bytesWritten;
    take(number);
    put(number, wrap._parent);
    wrap.lane = null;
    wrap.reading = false; // Native has read for itself, and tells of the end anew.
    wrap.isEnded = false;
    wrap._parent.reading = false;
    if (rest !== undefined) process.nextTick(giveRest, wrap, rest);
    return wrap;
  }

  close(callback) {
    this.wrap.socket.ssl = null;
    return super.close(callback);
  }

  /** The connection is gone: what JavaScript had made for it goes, too. */
  handleClosed() {
    const { wrap } = this;
    const raw = wrap._parentWrap;
    wrap.closing = true;
    wrap.lane = null;
    wrap._parent.closing = true;
    if (raw === null) {
      wrap.leaveServer();
    } else {
      raw._handle = null;
      raw.destroy();
    }
    wrap.destroySSL();
    super.handleClosed();
  }
}

function giveRest(wrap, bytes) {
  wrap.give(bytes);
}

// What programs ask of a TLSSocket is its TLSWrap's to answer. But what they have gathered it would
// seal, and native once more: that goes chunk by chunk.
const methods = ObjectGetOwnPropertyDescriptors(TLSWrap.prototype);
for (const name of ObjectKeys(methods)) {
  const { value } = methods[name];
  if (typeof value !== 'function' || name in SecureLaneHandle.prototype ||
      name === 'writeChunks') {
    continue;
  }
  SecureLaneHandle.prototype[name] = function(...args) {
    return ReflectApply(value, this.wrap, args);
  };
}

/** Is nobody else interested in the socket, and nothing under way on it? */
function isFree(socket, wrap) {
  return wrap instanceof TLSWrap && wrap._parent instanceof StreamHandle && !wrap._parent.isPipe &&
    (wrap.accepted !== null || wrap._parentWrap?._handle === wrap._parent) &&
    !wrap.closing && !wrap.isEnding && !wrap.isEnded &&
    wrap.pendingWrite === null && wrap.blocks === 0 &&
    socket.readableLength === 0 && socket.readableFlowing === null &&
    socket.listenerCount('data') === 0 && socket.listenerCount('readable') === 0;
}

/** True: native serves the connection from here on. */
function enterLane(server, socket) {
  const listener = server._handle;
  const wrap = socket._handle;
  // Hooks see a connection and its TLS from their begin to their end.
  if (watch.init > 0 || watch.destroy > 0) return false;
  if (!listener?.isLaneAdopting || server[kSettings] === undefined || !isFree(socket, wrap)) {
    return false;
  }
  const transport = wrap._parent;
  const { number } = transport;
  if (binding.adopt(number, wrap.connection, listener.number) !== 0) return false;
  const lane = new Lane(number, server, transport.frame);
  take(number);
  put(number, lane);
  const handle = new SecureLaneHandle(lane, wrap);
  wrap.lane = handle;
  socket._handle = handle;
  becomeFacade(lane, socket, handle);
  return true;
}

module.exports = { enterLane };
