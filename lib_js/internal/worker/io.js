'use strict';
// MessagePort, MessageChannel, BroadcastChannel. Native keeps the queues and tells by a page entry
// that a port has something; the messages themselves are taken from here, one by one, so that a
// listener that stops or closes its port leaves the rest where it is.

const {
  ArrayPrototypePush,
  FunctionPrototypeCall,
  ObjectAssign,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  SafeMap,
  Symbol,
  SymbolFor,
  SymbolIterator,
} = primordials;

const {
  codes: {
    ERR_CLOSED_MESSAGE_PORT,
    ERR_CONSTRUCT_CALL_INVALID,
    ERR_CONSTRUCT_CALL_REQUIRED,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_THIS,
    ERR_MISSING_ARGS,
  },
  ErrnoException,
} = require('internal/errors');
const {
  EventTarget,
  NodeEventTarget,
  defineEventHandler,
  initNodeEventTarget,
  kCreateEvent,
  kNewListener,
  kRemoveListener,
  kTrustEvent,
} = require('internal/event_target');
const { Event } = require('internal/events/event');
const { customInspectSymbol: kInspect, kEnumerableProperty } = require('internal/util');
const { registerKind, settle } = require('boot/turn');
const { defineLazyProperties } = require('internal/util/lazy');
const AsyncContextFrame = require('internal/async_context_frame');
const { emitDestroy, emitInit, newAsyncId, watch } = require('internal/async_hooks');
const {
  PORT,
  deserializeMessage,
  kDeserialize,
  kTransfer,
  markTransferMode,
  serializeMessage,
} = require('internal/worker/js_transferable');

const native = internalBinding('messaging');
const { refAdd } = internalBinding('turn');

const ENTRY_PORT = 28;
const NONE = -1; // Instead of a handle: the port is closed or has moved.
const CLOSED = -1; // Instead of a message: the other end is closed.

// A port closes at the end of the turn: until then it delivers what it has.
const OPEN = 0;
const CLOSING = 1;
const TELLING = 2; // Its listeners hear 'close'.
const GONE = 3;

const kAsyncId = Symbol('async_id_symbol');
const kHybridDispatch = SymbolFor('nodejs.internal.kHybridDispatch');
const kCurrentlyReceivingPorts = SymbolFor('nodejs.internal.kCurrentlyReceivingPorts');

const trusted = { __proto__: null, [kTrustEvent]: true };

let createFastMessageEvent;

/** What came, as the event that programs know. */
function receivedEvent(type, data, ports) {
  createFastMessageEvent ??= require('npm/undici/lib/web/websocket/events').createFastMessageEvent;
  return createFastMessageEvent(type, { data, ports });
}

/** Ports of this thread by native handle. */
const ports = new SafeMap();

function toHandle(handle) {
  if (handle < 0) throw new ErrnoException(handle, 'MessagePort');
  return handle;
}

/** Node throws these from native code, in words of their own. */
function worded(error, message) {
  error.message = message;
  return error;
}

function optionsError(message) {
  return worded(new ERR_INVALID_ARG_TYPE('transferList', 'Array', undefined), message);
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** The items of an iterable; undefined for what is none. */
function toList(iterable) {
  if (!isObject(iterable)) return undefined;
  const method = iterable[SymbolIterator];
  if (typeof method !== 'function') return undefined;
  const iterator = FunctionPrototypeCall(method, iterable);
  if (!isObject(iterator)) return undefined;
  const { next } = iterator;
  if (typeof next !== 'function') return undefined;
  const list = [];
  for (;;) {
    const result = FunctionPrototypeCall(next, iterator);
    if (!isObject(result)) return undefined;
    if (result.done) return list;
    ArrayPrototypePush(list, result.value);
  }
}

/** The second argument of postMessage(): a list, or an object with one. */
function toTransferList(options) {
  if (options === undefined || options === null) return undefined;
  if (!isObject(options)) {
    throw optionsError('Optional transferList argument must be an iterable');
  }
  const list = toList(options);
  if (list !== undefined) return list;
  const { transfer } = options;
  if (transfer === undefined) return undefined;
  const transferList = toList(transfer);
  if (transferList === undefined) {
    throw optionsError('Optional options.transfer argument must be an iterable');
  }
  return transferList;
}

/** Async hooks meet a port before it has anything of its own, as in Node. */
function Opening() {
  if (watch.init === 0) return;
  const id = newAsyncId();
  emitInit(id, 'MESSAGEPORT', undefined, this);
  this[kAsyncId] = id;
}

class Port extends Opening {
  #handle;
  #state = OPEN;
  #isReferenced = false;
  #foreign; // Of a port that has moved to another context: what stands for it there.
  #frame = AsyncContextFrame.current();

  constructor(handle) {
    super();
    initNodeEventTarget(this);
    this.#handle = handle;
    this[kCurrentlyReceivingPorts] = undefined;
    markTransferMode(this, false, true);
    ports.set(handle, this);
  }

  postMessage(message, transferList) {
    if (arguments.length === 0) {
      throw worded(new ERR_MISSING_ARGS('message'),
                   'Not enough arguments to MessagePort.postMessage');
    }
    return Port.post(this, message, transferList);
  }

  start() {
    if (this.#handle !== NONE) native.portReceives(this.#handle, true);
  }

  close(callback) {
    if (typeof callback === 'function') this.once('close', callback);
    this.#leave();
  }

  ref() {
    if (this.#state >= TELLING || this.#isReferenced) return;
    this.#isReferenced = true;
    refAdd(1);
  }

  unref() {
    if (!this.#isReferenced) return;
    this.#isReferenced = false;
    refAdd(-1);
  }

  hasRef() {
    return this.#isReferenced;
  }

  [kNewListener](size, type, listener, once, capture, passive, weak) {
    super[kNewListener](size, type, listener, once, capture, passive, weak);
    if (type !== 'message' || size !== 1) return;
    this.ref();
    FunctionPrototypeCall(start, this);
  }

  [kRemoveListener](size, type, listener, capture) {
    super[kRemoveListener](size, type, listener, capture);
    if (type !== 'message' || size !== 0) return;
    this.unref();
    if (this.#handle !== NONE) native.portReceives(this.#handle, false);
  }

  [kCreateEvent](data, type) {
    if (type !== 'message' && type !== 'messageerror') return super[kCreateEvent](data, type);
    return receivedEvent(type, data, this[kCurrentlyReceivingPorts]);
  }

  [kTransfer]() {
    const goods = native.portDetach(this.#handle);
    ports.delete(this.#handle);
    this.#handle = NONE;
    this.#leave();
    return { data: undefined, deserializeInfo: PORT, goods };
  }

  /** All that there is to a port came with its goods. */
  [kDeserialize]() {}

  [kInspect](depth, options) {
    if (!(#handle in this)) {
      // To an async hook it is not finished, but open. The rest is what stands below.
      return 'active' in this ? this : inspectAs(this, { active: true, refed: false });
    }
    return inspectAs(this, this.#state === GONE ?
      { active: false } : { active: true, refed: this.#isReferenced });
  }

  /** Closes at the end of the turn; the loop waits for that. */
  #leave() {
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    require('internal/timers').setImmediate(() => {
      if (this.#handle !== NONE) {
        native.portClose(this.#handle);
        ports.delete(this.#handle);
        this.#handle = NONE;
      }
      if (this.#isReferenced) refAdd(-1);
      this.#isReferenced = false;
      this.#state = TELLING;
      try {
        this.dispatchEvent(new Event('close', trusted));
      } finally {
        this.#state = GONE;
        if (this[kAsyncId] !== undefined) emitDestroy(this[kAsyncId]);
      }
    });
  }

  /** A port of this context that takes over for `port`, seen from `sandbox`'s context. */
  static move(port, sandbox) {
    const { checkSandbox, makeForeign } = require('internal/worker/foreign_port');
    if (port.#state !== OPEN) throw new ERR_CLOSED_MESSAGE_PORT();
    checkSandbox(sandbox);
    const moved = receivePort(port[kTransfer]().goods);
    moved.#foreign = makeForeign(moved, sandbox, Port.drain);
    return moved.#foreign;
  }

  static isOpen(port) {
    return port.#state === OPEN;
  }

  static isPort(value) {
    return typeof value === 'object' && value !== null && #handle in value;
  }

  static post(port, message, options) {
    const transferList = toTransferList(options);
    const isLost = transferList?.some(
      (other) => Port.isPort(other) && native.portsFace(port.#handle, other.#handle)) === true;
    const number = serializeMessage(message, transferList, port);
    if (isLost) {
      process.emitWarning(
        'The target port was posted to itself, and the communication channel was lost');
      native.discard(number);
      port.close();
      return undefined;
    }
    if (port.#state !== OPEN) {
      native.discard(number);
      return undefined;
    }
    native.portPost(port.#handle, number);
    return true;
  }

  /** Delivers one message to the listeners. */
  static emit(port, number) {
    let type = 'message';
    let data;
    let received;
    const foreign = port.#foreign;
    try {
      ({ value: data, ports: received } = deserializeMessage(number, foreign));
    } catch (error) {
      type = 'messageerror';
      data = error;
    }
    if (foreign !== undefined) {
      require('internal/worker/foreign_port').emitForeign(foreign, type, data, received);
      return;
    }
    port[kCurrentlyReceivingPorts] = received;
    const frame = port.#frame;
    if (frame !== undefined) AsyncContextFrame.set(frame);
    try {
      port[kHybridDispatch](data, type);
    } finally {
      port[kCurrentlyReceivingPorts] = undefined;
      if (frame !== undefined) AsyncContextFrame.set(undefined);
    }
  }

  /** All that is there now, or a turn's measure of it. */
  static receive(handle) {
    const port = ports.get(handle);
    if (port === undefined) return;
    let left = native.portBegin(handle);
    try {
      while (left-- > 0) {
        const number = native.portReceive(handle, false);
        if (number === undefined) return;
        if (number === CLOSED) {
          port.close();
          return;
        }
        Port.emit(port, number);
        settle();
        if (port.#handle !== handle) return;
      }
    } finally {
      // Also after an exception that the program lived through.
      if (port.#handle === handle) native.portGoOn(handle);
    }
  }

  /** Delivers everything at once, whether the port receives or not: its thread is ending. */
  static drain(port) {
    if (port.#handle === NONE) return;
    for (;;) {
      const number = native.portReceive(port.#handle, true);
      if (number === undefined || number === CLOSED) return;
      Port.emit(port, number);
      if (port.#handle === NONE) return;
    }
  }

  static receiveOne(port) {
    if (port.#handle === NONE) return undefined;
    const number = native.portReceive(port.#handle, true);
    if (number === undefined) return undefined;
    if (number === CLOSED) {
      port.close();
      return undefined;
    }
    return { message: deserializeMessage(number).value };
  }
}

function inspectAs(port, state) {
  return ObjectAssign({ __proto__: MessagePort.prototype }, state, port);
}

ObjectSetPrototypeOf(Port.prototype, NodeEventTarget.prototype);

const { drain: drainMessagePort, isOpen, isPort, move, post, receive, receiveOne } = Port;
const { start } = Port.prototype;
registerKind(ENTRY_PORT, receive);

/** Ports come from channels and messages only. */
function MessagePort() {
  throw new ERR_CONSTRUCT_CALL_INVALID();
}
ObjectSetPrototypeOf(MessagePort, NodeEventTarget);
MessagePort.prototype = Port.prototype;
ObjectDefineProperty(MessagePort.prototype, 'constructor', {
  __proto__: null, value: MessagePort, writable: true, enumerable: false, configurable: true,
});
ObjectDefineProperties(MessagePort.prototype, {
  postMessage: kEnumerableProperty,
  start: kEnumerableProperty,
  close: kEnumerableProperty,
  ref: kEnumerableProperty,
  unref: kEnumerableProperty,
  hasRef: kEnumerableProperty,
});
defineEventHandler(MessagePort.prototype, 'message');
defineEventHandler(MessagePort.prototype, 'messageerror');

function createPort(handle) {
  return new Port(toHandle(handle));
}

/** A port that came with a message, or with a thread. */
function receivePort(goods) {
  return createPort(native.portAttach(goods));
}

function MessageChannel() {
  if (new.target === undefined) {
    throw worded(new ERR_CONSTRUCT_CALL_REQUIRED('MessageChannel'),
                 'Cannot call constructor without `new`');
  }
  const { 0: one, 1: other } = native.openChannel();
  this.port1 = createPort(one);
  this.port2 = createPort(other);
}

function isDetachedPort(value) {
  return isPort(value) && !isOpen(value);
}

function moveMessagePortToContext(...args) {
  if (!isPort(args[0])) throw notAPort(args[0]);
  return move(args[0], args[1]);
}

function notAPort(value) {
  return worded(new ERR_INVALID_ARG_TYPE('port', 'MessagePort', value),
                'The "port" argument must be a MessagePort instance');
}

function receiveMessageOnPort(port) {
  if (!isPort(port) && !isBroadcastChannel(port)) throw notAPort(port);
  return receiveOne(isPort(port) ? port : portOfBroadcastChannel(port));
}

// ---- BroadcastChannel

let isBroadcastChannel;
let portOfBroadcastChannel;

class BroadcastChannel extends EventTarget {
  #name;
  #port;

  constructor(name) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    super();
    this.#name = `${name}`;
    this.#port = createPort(native.openBroadcast(this.#name));
    this.#port.on('message', this.#onMessage);
    this.#port.on('messageerror', this.#onMessageError);
  }

  #onMessage = (data) => {
    this.dispatchEvent(receivedEvent('message', data));
  };

  #onMessageError = (error) => {
    this.dispatchEvent(receivedEvent('messageerror', error));
  };

  [kInspect](depth, options) {
    checkThis(this);
    if (depth < 0) return 'BroadcastChannel';
    const { inspect } = require('internal/util/inspect');
    const opts = {
      ...options, depth: options.depth == null ? null : options.depth - 1,
    };
    return `BroadcastChannel ${inspect({
      name: this.#name, active: this.#port !== undefined,
    }, opts)}`;
  }

  get name() {
    checkThis(this);
    return this.#name;
  }

  close() {
    checkThis(this);
    if (this.#port === undefined) return;
    // A port delivers what it has until the turn ends; a channel says no more.
    this.#port.off('message', this.#onMessage);
    this.#port.off('messageerror', this.#onMessageError);
    this.#port.close();
    this.#port = undefined;
  }

  postMessage(message) {
    checkThis(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('message');
    if (this.#port === undefined) {
      const { DOMException } = require('internal/domexception');
      throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError');
    }
    post(this.#port, message, undefined);
  }

  ref() {
    checkThis(this);
    this.#port?.ref();
    return this;
  }

  unref() {
    checkThis(this);
    this.#port?.unref();
    return this;
  }

  static {
    isBroadcastChannel = (value) => typeof value === 'object' && value !== null && #name in value;
    portOfBroadcastChannel = (channel) => channel.#port;
  }
}

function checkThis(value) {
  if (!isBroadcastChannel(value)) throw new ERR_INVALID_THIS('BroadcastChannel');
}

ObjectDefineProperties(BroadcastChannel.prototype, {
  name: kEnumerableProperty,
  close: kEnumerableProperty,
  postMessage: kEnumerableProperty,
});
defineEventHandler(BroadcastChannel.prototype, 'message');
defineEventHandler(BroadcastChannel.prototype, 'messageerror');

/** Has `emitter`'s listeners of `name` start the port and keep it, and the last one let it go. */
function setupPortReferencing(port, emitter, name) {
  emitter.on('newListener', (event) => {
    if (event !== name || emitter.listenerCount(name) !== 0) return;
    port.ref();
    port.start();
  });
  emitter.on('removeListener', (event) => {
    if (event === name && emitter.listenerCount(name) === 0) port.unref();
  });
}

module.exports = {
  BroadcastChannel,
  MessageChannel,
  MessagePort,
  createPort,
  drainMessagePort,
  isDetachedPort,
  moveMessagePortToContext,
  receiveMessageOnPort,
  receivePort,
  setupPortReferencing,
};

// Node keeps these here; programs without workers do without them.
defineLazyProperties(module.exports, 'internal/worker/stdio', [
  'ReadableWorkerStdio', 'WritableWorkerStdio', 'kStdioWantsMoreDataCallback', 'messageTypes',
]);
