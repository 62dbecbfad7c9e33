'use strict';
// MessageEvent. https://html.spec.whatwg.org/multipage/comms.html#messageevent
// Its arguments are refused in the words of undici, whose class Node has.

const {
  ArrayFrom,
  JSONStringify,
  ObjectDefineProperties,
  ObjectFreeze,
  String,
  SymbolIterator,
  SymbolToStringTag,
  TypeError,
} = primordials;

const { Event } = require('internal/events/event');
const { kEnumerableProperty } = require('internal/util');

function fail(message) {
  // Node's has no code.
  // eslint-disable-next-line no-restricted-syntax
  throw new TypeError(`MessageEvent constructor: ${message}`);
}

function shown(value) {
  return typeof value === 'object' && value !== null ? JSONStringify(value) : String(value);
}

function toPort(value, name) {
  const { MessagePort } = require('internal/worker/io');
  if (value instanceof MessagePort) return value;
  fail(`Expected ${name} ("${shown(value)}") to be an instance of MessagePort.`);
}

function toPorts(value) {
  if (value === null || value === undefined || typeof value[SymbolIterator] !== 'function') {
    fail(`eventInitDict.ports (${shown(value)}) is not iterable.`);
  }
  return ArrayFrom(value, (port, i) => toPort(port, `eventInitDict.ports[${i}]`));
}

let receivedEvent;

class MessageEvent extends Event {
  #data = null;
  #origin = '';
  #lastEventId = '';
  #source = null;
  #ports = ObjectFreeze([]);

  constructor(type, eventInitDict = {}) {
    if (arguments.length === 0) fail('1 argument required, but only 0 present.');
    super(type, eventInitDict);
    const init = eventInitDict ?? {};
    if (init.data !== undefined) this.#data = init.data;
    if (init.origin !== undefined) this.#origin = `${init.origin}`;
    if (init.lastEventId !== undefined) this.#lastEventId = `${init.lastEventId}`;
    if (init.source !== undefined && init.source !== null) {
      this.#source = toPort(init.source, 'eventInitDict.source');
    }
    if (init.ports !== undefined) this.#ports = ObjectFreeze(toPorts(init.ports));
  }

  get data() { return this.#data; }

  get origin() { return this.#origin; }

  get lastEventId() { return this.#lastEventId; }

  get source() { return this.#source; }

  get ports() { return this.#ports; }

  initMessageEvent(
    type, bubbles = false, cancelable = false, data = null, origin = '', lastEventId = '',
    source = null, ports = []) {
    // The private fields are looked at first: a foreign receiver fails as it should.
    this.#data = data;
    this.initEvent(type, bubbles, cancelable);
    this.#origin = `${origin}`;
    this.#lastEventId = `${lastEventId}`;
    this.#source = source;
    this.#ports = ObjectFreeze(toPorts(ports));
  }

  // What a port received: data and ports need no check, and data may be undefined.
  static {
    receivedEvent = (type, data, ports, options) => {
      const event = new MessageEvent(type, options);
      event.#data = data;
      if (ports !== undefined) event.#ports = ports;
      return event;
    };
  }
}

ObjectDefineProperties(MessageEvent.prototype, {
  [SymbolToStringTag]: { __proto__: null, value: 'MessageEvent', configurable: true },
  data: kEnumerableProperty,
  origin: kEnumerableProperty,
  lastEventId: kEnumerableProperty,
  source: kEnumerableProperty,
  ports: kEnumerableProperty,
  initMessageEvent: kEnumerableProperty,
});

module.exports = { MessageEvent, receivedEvent };
