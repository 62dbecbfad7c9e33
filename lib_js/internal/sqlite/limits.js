'use strict';

// database.limits: SQLite's limits of a connection as properties, which are read and written where
// SQLite keeps them.

const {
  ArrayPrototypeIndexOf, ObjectDefineProperty, Proxy, ReflectDefineProperty, ReflectGet,
  ReflectGetOwnPropertyDescriptor, ReflectSet,
} = primordials;

const binding = internalBinding('sqlite');
const { kHandle } = require('internal/crypto/handles');
const { isInt32 } = require('internal/sqlite/answers');
const { invalidType, outOfRange } = require('internal/sqlite/errors');
const { LIMITS } = require('internal/sqlite/options');

/** SQLite makes the most that it was built for of it. */
const INT_MAX = 0x7fff_ffff;
/** To read a limit and leave it. */
const ONLY_READ = -1;

function newValue(value) {
  if (value === Infinity) return INT_MAX;
  if (!isInt32(value)) {
    throw invalidType('Limit value must be a non-negative integer or Infinity.');
  }
  if (value < 0) throw outOfRange('Limit value must be non-negative.');
  return value;
}

class Limits {
  #state;
  /** The values as they were last: programs that look at all properties find them here. */
  #target = {};

  constructor(state) {
    this.#state = state;
    for (let i = 0; i < LIMITS.length; i++) {
      ObjectDefineProperty(this.#target, LIMITS[i], {
        __proto__: null, value: undefined, enumerable: true, writable: true,
      });
    }
    this.proxy = new Proxy(this.#target, this.#handler());
    if (state.isOpen) this.#readAll();
  }

  /** The connection was closed; another one has its own. */
  forget() {
    for (let i = 0; i < LIMITS.length; i++) this.#target[LIMITS[i]] = undefined;
  }

  #readAll() {
    for (let i = 0; i < LIMITS.length; i++) this.#read(i);
  }

  #read(number) {
    this.#state.checkOpen();
    const value = binding.limit(this.#state[kHandle], number, ONLY_READ);
    this.#target[LIMITS[number]] = value;
    return value;
  }

  #write(number, value) {
    this.#state.checkOpen();
    this.#state.checkAccess();
    binding.limit(this.#state[kHandle], number, newValue(value));
    this.#read(number);
    return true;
  }

  #handler() {
    return {
      __proto__: null,
      get: (target, key, receiver) => {
        const number = ArrayPrototypeIndexOf(LIMITS, key);
        return number < 0 ? ReflectGet(target, key, receiver) : this.#read(number);
      },
      set: (target, key, value) => {
        const number = ArrayPrototypeIndexOf(LIMITS, key);
        return number < 0 ? ReflectSet(target, key, value) : this.#write(number, value);
      },
      defineProperty: (target, key, descriptor) => {
        const number = ArrayPrototypeIndexOf(LIMITS, key);
        if (number < 0) return ReflectDefineProperty(target, key, descriptor);
        return !('value' in descriptor) || this.#write(number, descriptor.value);
      },
      getOwnPropertyDescriptor: (target, key) => {
        const number = ArrayPrototypeIndexOf(LIMITS, key);
        if (number >= 0) this.#read(number);
        return ReflectGetOwnPropertyDescriptor(target, key);
      },
    };
  }
}

module.exports = { Limits };
