'use strict';
// What stands behind `mock.property().mock`: the reads and writes that were made.

const {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  Error,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  Proxy,
  ReflectGet,
  SafeMap,
} = primordials;

const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateInteger } = require('internal/validators');

class MockPropertyContext {
  #object;
  #name;
  #descriptor;
  #original;
  #value;
  #onceValues = new SafeMap(); // Number of the access -> value for it alone.
  #accesses = [];

  /** @param {any} [value]  without it the property keeps its own */
  constructor(object, name, value) {
    this.#object = object;
    this.#name = name;
    this.#original = object[name];
    this.#value = arguments.length > 2 ? value : this.#original;
    this.#descriptor = ObjectGetOwnPropertyDescriptor(object, name);
    if (!this.#descriptor) {
      throw new ERR_INVALID_ARG_VALUE('propertyName', name, 'is not a property of the object');
    }
    const { configurable, enumerable } = this.#descriptor;
    ObjectDefineProperty(object, name, {
      __proto__: null,
      configurable,
      enumerable,
      get: () => this.#access('get', this.#value),
      set: (newValue) => this.mockImplementation(newValue),
    });
  }

  get accesses() {
    return ArrayPrototypeSlice(this.#accesses, 0);
  }

  accessCount() {
    return this.#accesses.length;
  }

  mockImplementation(value) {
    if (!this.#descriptor.writable) {
      throw new ERR_INVALID_ARG_VALUE('propertyName', this.#name, 'cannot be set');
    }
    this.#value = this.#access('set', value);
  }

  mockImplementationOnce(value, onAccess) {
    const next = this.#accesses.length;
    const access = onAccess ?? next;
    validateInteger(access, 'onAccess', next);
    this.#onceValues.set(access, value);
  }

  resetAccesses() {
    this.#accesses = [];
  }

  restore() {
    ObjectDefineProperty(this.#object, this.#name, {
      __proto__: null, ...this.#descriptor, value: this.#original,
    });
  }

  /** Takes a note; returns the value that was read or is written. */
  #access(type, value) {
    const count = this.#accesses.length;
    if (this.#onceValues.has(count)) {
      value = this.#onceValues.get(count);
      this.#onceValues.delete(count);
    }
    ArrayPrototypePush(this.#accesses, { __proto__: null, type, value, stack: new Error() });
    return value;
  }
}

const { restore } = MockPropertyContext.prototype;

/** The object itself, with `.mock`. */
function mockedObject(object, context) {
  return new Proxy(object, {
    __proto__: null,
    get(target, property, receiver) {
      return property === 'mock' ? context : ReflectGet(target, property, receiver);
    },
  });
}

module.exports = { MockPropertyContext, mockedObject, restoreProperty: restore };
