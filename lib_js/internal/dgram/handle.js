'use strict';

// A datagram socket of the kernel, under the names of Node's UDP handle: those who look inside a
// dgram.Socket find what they expect.

const { allocateTicket, registerKind } = require('boot/turn');
const { FastBuffer } = require('internal/buffer');
const { uvErrmapGet } = require('internal/errors');
const { isIP, parseIPv4 } = require('internal/net');
const { NumberMap } = require('internal/number_map');
const AsyncContextFrame = require('internal/async_context_frame');
const resources = require('internal/async_hooks/resources');
const { watch } = require('internal/async_hooks');

// Flags of bind(), with libuv's numbers.
const UDP_IPV6ONLY = 1;
const UDP_REUSEADDR = 4;
const UDP_REUSEPORT = 8;

// Flags of trySend(), above a port.
const SEND_CONNECTED = 1 << 16;
const SEND_SOON = 1 << 17;
const SEND_ASKED = 1 << 18;

/** Results of send() from here down: it is held until outcome() asks, or until the turn ends. */
const HELD = -4096;

const EBADF = -9;
const EAGAIN = -11;
const EEXIST = -17;
const EINVAL = -22;

const KIND_MESSAGE = 30;
const KIND_CLOSED = 31;
const FAMILY_V6 = 6;

let native;
function udp() {
  return native ??= internalBinding('udp_wrap');
}

/** handle number -> UDP */
const open = new NumberMap();

// IPv4 addresses as numbers: most answers go to where the last question came from.
let lastNumber = 0;
let lastText = '0.0.0.0';

function textOf(number) {
  if (number !== lastNumber) {
    lastText = `${number >>> 24}.${number >>> 16 & 255}.${number >>> 8 & 255}.${number & 255}`;
    lastNumber = number;
  }
  return lastText;
}

/** -1: it is no IPv4 address. */
function numberOf(text) {
  return text === lastText ? lastNumber >>> 0 : parseIPv4(text);
}

let triesFirst;
/** Whether datagrams are sent at once where there is room. */
function sendsAtOnce() {
  return triesFirst ??= !require('internal/options').getOptionValue('--test-udp-no-try-send');
}

class SendWrap {
  asyncType = 'UDPSENDWRAP';
}

function ticketOf(req) {
  return allocateTicket({
    asyncType: 'UDPSENDWRAP',
    oncomplete(result) {
      req.oncomplete?.(result < 0 ? result : 0, result);
    },
  });
}

function fillAddress(out, answer) {
  if (typeof answer === 'number') return answer;
  out.address = answer[1];
  out.family = answer[0] === FAMILY_V6 ? 'IPv6' : 'IPv4';
  out.port = answer[2];
  return 0;
}

class UDP {
  #handle;
  #closed;
  #isRefed = true;
  #isReceiving = false;

  /** @param {4 | 6} kind  The kernel's socket is made when it is bound or connected. */
  constructor(kind) {
    this.kind = kind;
    this.#handle = EBADF;
    this.onmessage = undefined;
    this.frame = AsyncContextFrame.current();
    if (watch.isOn) resources.initResource(this, 'UDPWRAP');
  }

  get fd() {
    return udp().fd(this.#handle);
  }

  #keep(handle) {
    if (handle < 0) return handle;
    this.#handle = handle;
    open.set(handle, this);
    if (!this.#isRefed) udp().unref(handle);
    return 0;
  }

  #make() {
    return this.#handle >= 0 ? 0 : this.#keep(udp().open(this.kind));
  }

  /** Takes over a socket that exists already, unless somebody receives on it. */
  open(fd) {
    for (const other of open.values()) {
      if (other.#isReceiving && other.fd === fd) return EEXIST;
    }
    return this.#keep(udp().openFd(fd));
  }

  bind(address, port, flags) {
    return this.#make() || udp().bind(this.#handle, address, port, flags);
  }

  bind6(address, port, flags) {
    this.kind = FAMILY_V6;
    return this.bind(address, port, flags);
  }

  connect(address, port) {
    return this.#make() || udp().connect(this.#handle, address, port);
  }

  disconnect() {
    return udp().disconnect(this.#handle);
  }

  /**
   * @param {SendWrap} req  its oncomplete(status, bytes) is called later if it has one
   * @param {Uint8Array[]} list  pieces of one datagram
   * @param {number} port  @param {string} address  '' where it is connected to
   * @param {boolean} mayBeHeld  others are likely to follow it
   * @returns {number}  0: it waits, and req will hear of it; below: -errno; above: it was sent, and
   *     this is one more than its bytes; from HELD down: it was held, and if req has an oncomplete,
   *     outcome() must be asked on a later tick
   */
  send(req, list, port, address, mayBeHeld = false) {
    const error = this.#make();
    if (error) return error;
    if (sendsAtOnce()) {
      let flags = 0;
      if (mayBeHeld) flags = req.oncomplete === undefined ? SEND_SOON : SEND_ASKED;
      const sent = this.#trySend(list, port, address, flags);
      if (sent !== EAGAIN) return sent < 0 ? sent : sent + 1;
    }
    udp().send(this.#handle, list, address, port, ticketOf(req));
    return 0;
  }

  #trySend(list, port, address, flags) {
    if (list.length === 1) {
      if (address === '') {
        return udp().trySendTo(this.#handle, list[0], 0, flags | SEND_CONNECTED);
      }
      const number = this.kind === FAMILY_V6 ? -1 : numberOf(address);
      if (number >= 0) return udp().trySendTo(this.#handle, list[0], number, port | flags);
    }
    return udp().trySend(this.#handle, list, address, port, flags);
  }

  /**
   * Tells what became of a datagram that was held, by the result of its send(): 0 if it was sent,
   * -errno, or undefined: it waits, and req will hear of it.
   */
  static outcome(held, req) {
    const number = HELD - held;
    const result = udp().outcome(number);
    if (result !== EAGAIN) return result;
    udp().answerLate(number, ticketOf(req));
    return undefined;
  }

  recvStart() {
    this.#isReceiving = true;
    return this.#make() || udp().receiveStart(this.#handle);
  }

  recvStop() {
    this.#isReceiving = false;
    return udp().receiveStop(this.#handle);
  }

  /** Its address is free at once. */
  close(callback) {
    this.#close(callback, true);
  }

  /** For sockets whose address nobody else will ask for: the end of the turn closes them all. */
  closeLater() {
    this.#close(undefined, false);
  }

  #close(callback, atOnce) {
    if (this.#closed !== undefined) return;
    this.#closed = callback ?? null;
    if (this.#handle >= 0) udp().close(this.#handle, atOnce);
    else if (watch.isOn) resources.destroyResource(this);
  }

  ref() {
    this.#isRefed = true;
    udp().ref(this.#handle);
  }

  unref() {
    this.#isRefed = false;
    udp().unref(this.#handle);
  }

  hasRef() {
    return this.#closed === undefined && this.#isRefed;
  }

  getsockname(out) {
    return fillAddress(out, udp().sockName(this.#handle));
  }

  getpeername(out) {
    return fillAddress(out, udp().peerName(this.#handle));
  }

  setBroadcast(on) {
    return udp().setBroadcast(this.#handle, Boolean(on));
  }

  setTTL(hops) {
    return hops >= 1 && hops <= 255 ? udp().setTTL(this.#handle, hops) : EINVAL;
  }

  setMulticastTTL(hops) {
    // NaN is 0, which stays on this machine.
    return hops < 0 || hops > 255 ? EINVAL : udp().setMulticastTTL(this.#handle, hops);
  }

  setMulticastLoopback(on) {
    return udp().setMulticastLoopback(this.#handle, Boolean(on));
  }

  setMulticastInterface(address) {
    if (!isIP(address)) return EINVAL;
    return udp().setMulticastInterface(this.#handle, address);
  }

  addMembership(group, interfaceAddress = '') {
    if (!isIP(group)) return EINVAL;
    return udp().setMembership(this.#handle, group, interfaceAddress, true);
  }

  dropMembership(group, interfaceAddress = '') {
    if (!isIP(group)) return EINVAL;
    return udp().setMembership(this.#handle, group, interfaceAddress, false);
  }

  addSourceSpecificMembership(source, group, interfaceAddress = '') {
    return udp().setSourceMembership(this.#handle, source, group, interfaceAddress, true);
  }

  dropSourceSpecificMembership(source, group, interfaceAddress = '') {
    return udp().setSourceMembership(this.#handle, source, group, interfaceAddress, false);
  }

  /** The size, or undefined with the reason in `ctx`. */
  bufferSize(bytes, isReceive, ctx) {
    const size = udp().bufferSize(this.#handle, bytes, !isReceive);
    if (size >= 0) return size;
    const { 0: code, 1: message } = uvErrmapGet(size);
    ctx.errno = size;
    ctx.code = code;
    ctx.message = message;
    ctx.syscall = isReceive ? 'uv_recv_buffer_size' : 'uv_send_buffer_size';
    return undefined;
  }

  getSendQueueSize() {
    return udp().lateBytes(this.#handle);
  }

  getSendQueueCount() {
    return udp().lateCount(this.#handle);
  }

  /** Native: something came, or an error. */
  static receive(handle, first, portAndFamily, memory) {
    const self = open.get(handle);
    if (self === undefined || self.onmessage === undefined || self.#closed !== undefined) return;
    const { frame } = self;
    if (frame !== undefined) AsyncContextFrame.set(frame);
    const id = watch.isOn ? resources.enter(self) : 0;
    if (memory === undefined) {
      self.onmessage(first, self, undefined, undefined);
    } else {
      const isV6 = (portAndFamily & 1) === 1;
      const buffer = isV6 ? new FastBuffer(memory, 0, first) : new FastBuffer(memory);
      self.onmessage(buffer.length, self, buffer, {
        address: isV6 ? new FastBuffer(memory, first).latin1Slice() : textOf(first),
        family: isV6 ? 'IPv6' : 'IPv4',
        port: portAndFamily >> 1,
        size: buffer.length,
      });
    }
    if (id !== 0) resources.leave(id);
    AsyncContextFrame.set(undefined);
  }

  static ended(handle) {
    const self = open.get(handle);
    if (self === undefined) return;
    open.delete(handle);
    if (watch.isOn) resources.destroyResource(self);
    self.#closed?.();
  }
}

registerKind(KIND_MESSAGE, UDP.receive);
registerKind(KIND_CLOSED, UDP.ended);

module.exports = {
  HELD, SendWrap, UDP, UDP_IPV6ONLY, UDP_REUSEADDR, UDP_REUSEPORT, numberOf,
};
