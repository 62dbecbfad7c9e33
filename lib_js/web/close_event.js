'use strict';
// CloseEvent: https://websockets.spec.whatwg.org/#the-closeevent-interface

const {
  ObjectDefineProperties,
  StringPrototypeToWellFormed,
  SymbolToStringTag,
} = primordials;

const { Event } = require('internal/event_target');
const { ERR_INVALID_THIS } = require('internal/errors').codes;
const { kEnumerableProperty } = require('internal/util');
const { convertToInt } = require('internal/webidl');

class CloseEvent extends Event {
  #wasClean;
  #code;
  #reason;

  constructor(type, eventInitDict = { __proto__: null }) {
    if (arguments.length === 0) super();
    else super(type, eventInitDict);
    this.#code = convertToInt(eventInitDict?.code ?? 0, 16);
    this.#reason = StringPrototypeToWellFormed(`${eventInitDict?.reason ?? ''}`);
    this.#wasClean = !!eventInitDict?.wasClean;
  }

  static #check(event) {
    if (typeof event !== 'object' || event === null || !(#code in event)) {
      throw new ERR_INVALID_THIS('CloseEvent');
    }
  }

  get wasClean() {
    CloseEvent.#check(this);
    return this.#wasClean;
  }

  get code() {
    CloseEvent.#check(this);
    return this.#code;
  }

  get reason() {
    CloseEvent.#check(this);
    return this.#reason;
  }
}

ObjectDefineProperties(CloseEvent.prototype, {
  wasClean: kEnumerableProperty,
  code: kEnumerableProperty,
  reason: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'CloseEvent' },
});

module.exports = { CloseEvent };
