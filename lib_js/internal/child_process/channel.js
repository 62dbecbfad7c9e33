'use strict';

// Messages between parent and child: send(), 'message', disconnect(). `target` is the
// ChildProcess in the parent and `process` in the child.
//
// A handle goes with a NODE_HANDLE message, and nothing else is sent until the other side has said
// NODE_HANDLE_ACK: what is sent meanwhile waits in `_handleQueue`.

const {
  ArrayPrototypePush,
  ObjectDefineProperty,
  StringPrototypeStartsWith,
  Symbol,
} = primordials;

const EventEmitter = require('events');
const {
  ErrnoException,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_IPC_CHANNEL_CLOSED,
    ERR_IPC_DISCONNECTED,
    ERR_MISSING_ARGS,
  },
} = require('internal/errors');
const { deprecate, kEmptyObject } = require('internal/util');
const { validateObject } = require('internal/validators');
const {
  conversionOf,
  receiveHandle,
  typeOfHandle,
  waitingHandle,
} = require('internal/child_process/handles');

const kChannelHandle = Symbol('kChannelHandle');
const kPendingMessages = Symbol('kPendingMessages');

const INTERNAL_PREFIX = 'NODE_';
const ACK = 'NODE_HANDLE_ACK';
const NACK = 'NODE_HANDLE_NACK';
const HANDLE = 'NODE_HANDLE';
const RETRANSMISSIONS_MAX = 3;
/** With more waiting than this, send() tells its caller to slow down. */
const QUEUED_BYTES_MAX = 128 * 1024;

/** 'close' of a child comes when everything that it waits for has ended. */
function maybeClose(child) {
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) {
    child.emit('close', child.exitCode, child.signalCode);
  }
}

/** What programs see as `channel`: it keeps the process alive, or not. */
class Control extends EventEmitter {
  #channel;
  #refs = 0;
  #isSetByUser = false;

  constructor(channel) {
    super();
    this.#channel = channel;
    this[kPendingMessages] = [];
  }

  // The underlying handle follows the number of listeners, until the user says otherwise.
  refCounted() {
    if (++this.#refs === 1 && !this.#isSetByUser) this.#channel.ref();
  }

  unrefCounted() {
    if (--this.#refs === 0 && !this.#isSetByUser) {
      this.#channel.unref();
      this.emit('unref');
    }
  }

  ref() {
    this.#isSetByUser = true;
    this.#channel.ref();
  }

  unref() {
    this.#isSetByUser = true;
    this.#channel.unref();
  }

  get fd() {
    return this.#channel ? this.#channel.fd : undefined;
  }
}

function isInternal(message) {
  return message !== null && typeof message === 'object' && typeof message.cmd === 'string' &&
    message.cmd.length > INTERNAL_PREFIX.length &&
    StringPrototypeStartsWith(message.cmd, INTERNAL_PREFIX);
}

/** Messages nobody listens to wait for the first listener. */
function emitMessage(target, event, message, handle) {
  if (event === 'internalMessage' || target.listenerCount('message') > 0) {
    target.emit(event, message, handle);
  } else if (target.channel) {
    ArrayPrototypePush(target.channel[kPendingMessages], { event, message, handle });
  }
}

function deliver(target, message, handle, internal) {
  if (!target.channel) return;
  const event = internal ? 'internalMessage' : 'message';
  process.nextTick(emitMessage, target, event, message, handle);
}

function deliverPending(target) {
  if (!target.channel || target.listenerCount('message') === 0) return;
  const messages = target.channel[kPendingMessages];
  target.channel[kPendingMessages] = [];
  for (let i = 0; i < messages.length; i++) {
    const { event, message, handle } = messages[i];
    emitMessage(target, event, message, handle);
  }
}

// --- Receiving

/** A handle has come, or should have: tells the other side, then the program. */
function receiveWithHandle(target, message, handle) {
  if (handle === undefined) {
    target._send({ cmd: NACK }, null, true);
    return;
  }
  target._send({ cmd: ACK }, null, true);
  receiveHandle(target, message, handle, (received) => {
    deliver(target, message.msg, received, isInternal(message.msg));
  });
}

function closePending(target) {
  target._pendingMessage.handle.close();
  target._pendingMessage = null;
}

/** Sends what waited for the other side's answer. */
function sendQueue(target) {
  const queue = target._handleQueue;
  target._handleQueue = null;
  if (queue === null) return;
  for (let i = 0; i < queue.length; i++) {
    const { message, handle, options, callback } = queue[i];
    target._send(message, handle, options, callback);
  }
  if (!target.connected && target.channel && !target._handleQueue) target._disconnect();
}

/** The handle did not arrive: once more, if it has not failed too often. */
function sendAgain(target, channel) {
  const pending = target._pendingMessage;
  if (pending === null) {
    sendQueue(target);
    return;
  }
  if (pending.retransmissions++ < RETRANSMISSIONS_MAX) {
    channel.resend(pending.message, pending.handle);
    return;
  }
  closePending(target);
  process.emitWarning(
    'Handle did not reach the receiving process correctly', 'SentHandleNotReceivedWarning');
  sendQueue(target);
}

function onInternalMessage(target, channel, message, handle) {
  switch (message.cmd) {
    case ACK:
      if (target._pendingMessage !== null) closePending(target);
      sendQueue(target);
      break;
    case NACK:
      sendAgain(target, channel);
      break;
    case HANDLE:
      receiveWithHandle(target, message, handle);
      break;
    default:
  }
}

function onMessage(target, channel, message) {
  const isOurs = isInternal(message);
  let handle;
  if (isOurs && message.cmd === HANDLE) {
    const fd = channel.takeDescriptor();
    if (fd >= 0) handle = waitingHandle(fd);
  }
  if (target.channel) deliver(target, message, handle, isOurs);
  else handle?.close();
}

function endChannel(target, channel) {
  channel.buffering = false;
  target.disconnect();
  channel.onread = null;
  channel.close();
  target[kChannelHandle] = null;
  maybeClose(target);
}

// --- Sending

function validateMessage(message) {
  if (message === undefined) throw new ERR_MISSING_ARGS('message');
  const type = typeof message;
  if (type !== 'string' && type !== 'object' && type !== 'number' && type !== 'boolean') {
    throw new ERR_INVALID_ARG_TYPE(
      'message', ['string', 'object', 'number', 'boolean'], message);
  }
}

function reportSendError(target, error, options, callback) {
  if (options.swallowErrors) return;
  if (typeof callback === 'function') process.nextTick(callback, error);
  else process.nextTick(() => target.emit('error', error));
}

/** What becomes of the sender's own handle: closed once it has arrived. */
function keepUntilAcknowledged(target, message, handle, options) {
  if (!handle || options.keepOpen || !conversionOf(message.type).isMoved) return;
  target._pendingMessage = { message, handle, retransmissions: 0 };
}

function setUpSending(target, channel, control, codec) {
  /** The message itself; true while not too much waits. */
  function write(message, handle, options, callback) {
    const data = codec.encode(message);
    const status = channel.write(data, handle, (failed) => {
      control.unrefCounted();
      const error = failed < 0 ? new ErrnoException(failed, 'write') : null;
      if (error !== null) reportSendError(target, error, options, callback);
      else if (typeof callback === 'function') callback(null);
    });
    if (status < 0) {
      if (handle && !options.keepOpen && conversionOf(message.type).isMoved) handle.close();
      reportSendError(target, new ErrnoException(status, 'write'), options, callback);
    } else {
      if (handle) {
        target._handleQueue ??= [];
        keepUntilAcknowledged(target, message, handle, options);
      }
      if (status === 1) control.refCounted();
      else if (typeof callback === 'function') process.nextTick(callback, null);
    }
    return channel.writeQueueSize < QUEUED_BYTES_MAX;
  }

  target.send = function(message, handle, options, callback) {
    if (typeof handle === 'function') {
      callback = handle;
      handle = undefined;
      options = undefined;
    } else if (typeof options === 'function') {
      callback = options;
      options = undefined;
    } else if (options !== undefined) {
      validateObject(options, 'options');
    }
    options = { swallowErrors: false, ...options };
    if (this.connected) return this._send(message, handle, options, callback);
    const error = new ERR_IPC_CHANNEL_CLOSED();
    if (typeof callback === 'function') process.nextTick(callback, error);
    else process.nextTick(() => this.emit('error', error));
    return false;
  };

  target._send = function(message, handle, options, callback) {
    validateMessage(message);
    if (typeof options === 'boolean') options = { swallowErrors: options };
    options ??= kEmptyObject;
    const isAnswer = message?.cmd === ACK || message?.cmd === NACK;
    if (handle) message = { cmd: HANDLE, type: typeOfHandle(handle), msg: message };
    if (this._handleQueue !== null && !isAnswer) {
      const waiting = handle ? message.msg : message;
      ArrayPrototypePush(this._handleQueue, { message: waiting, handle, options, callback });
      return this._handleQueue.length === 1;
    }
    let native;
    if (handle) {
      native = conversionOf(message.type).send(target, message, handle, options);
      // Without a native handle (it was sent before) the message goes alone.
      if (!native) message = message.msg;
    }
    return write(message, native, options, callback);
  };

  channel.resend = (message, handle) => channel.write(codec.encode(message), handle, () => {});
}

function setUpDisconnecting(target, channel) {
  target.connected = true;

  target.disconnect = function() {
    if (!this.connected) {
      this.emit('error', new ERR_IPC_DISCONNECTED());
      return;
    }
    // What is queued goes first: the acknowledgement disconnects.
    this.connected = false;
    if (this._handleQueue === null) this._disconnect();
  };

  target._disconnect = function() {
    this.channel = null;
    this[kChannelHandle] = null;
    if (this._pendingMessage !== null) closePending(this);
    let isFinished = false;
    function finish() {
      if (isFinished) return;
      isFinished = true;
      channel.close();
      target.emit('disconnect');
    }
    // A message that has begun to come is taken before.
    if (channel.buffering) {
      target.once('message', finish);
      target.once('internalMessage', finish);
    } else {
      process.nextTick(finish);
    }
  };
}

/** Node's old name of the property. */
function defineOldName(target, control) {
  const [get, set] = [() => control, (value) => { target.channel = value; }];
  const text = '_channel is deprecated. Use ChildProcess.channel instead.';
  ObjectDefineProperty(target, '_channel', {
    __proto__: null,
    get: deprecate(get, text, 'DEP0129'),
    set: deprecate(set, text, 'DEP0129'),
    configurable: true,
    enumerable: false,
  });
}

/** Gives `target` everything that talks through `channel`; the control object comes back. */
function setupChannel(target, channel, serialization = 'json') {
  const { createCodec } = require('internal/child_process/serialization');
  const codec = createCodec(serialization);
  const control = new Control(channel);
  target.channel = control;
  target[kChannelHandle] = channel;
  defineOldName(target, control);
  target._handleQueue = null;
  target._pendingMessage = null;
  channel.buffering = false;
  channel.sockets = { got: { __proto__: null }, send: { __proto__: null } };
  channel.onread = (count, bytes) => {
    if (count <= 0) {
      endChannel(target, channel);
      return;
    }
    channel.buffering = codec.decode(bytes, (message) => onMessage(target, channel, message));
  };
  target.on('internalMessage', (message, handle) => {
    onInternalMessage(target, channel, message, handle);
  });
  target.on('newListener', () => process.nextTick(deliverPending, target));
  setUpSending(target, channel, control, codec);
  setUpDisconnecting(target, channel);
  channel.readStart();
  return control;
}

module.exports = { kChannelHandle, maybeClose, setupChannel };
