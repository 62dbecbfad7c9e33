'use strict';

// The objects that programs hold are shells around a state that only this library finds.

const { ObjectAssign, ObjectDefineProperty, ReflectApply } = primordials;

const { illegalConstructor, illegalInvocation } = require('internal/sqlite/errors');
const { markAsUncloneable } = require('internal/worker/js_transferable');

/** Gives back what it is constructed on, so that a class may put a private field there. */
class Given {
  constructor(object) {
    return object;
  }
}

/**
 * A private place for a state on any object: one class for each kind of shell. None can be cloned:
 * of proxies V8 says so itself.
 */
function makeShells(isProxy = false) {
  return class Shells extends Given {
    #state;

    constructor(object, state) {
      super(object);
      this.#state = state;
      if (!isProxy) markAsUncloneable(object);
    }

    /** The state of a shell; throws for all other values, as V8 does of a method's receiver. */
    static of(object) {
      if (typeof object !== 'object' || object === null || !(#state in object)) {
        throw illegalInvocation();
      }
      return object.#state;
    }

    static has(object) {
      return typeof object === 'object' && object !== null && #state in object;
    }
  };
}

/** A class whose instances only this library makes. */
function makeClass(name, methods) {
  function Class() {
    throw illegalConstructor();
  }
  ObjectDefineProperty(Class, 'name', { __proto__: null, value: name, configurable: true });
  ObjectAssign(Class.prototype, methods);
  return Class;
}

/** Properties of each instance: { name: function that reads it }. In Node these have no name. */
function defineGetters(object, getters) {
  for (const name in getters) {
    const get = getters[name];
    ObjectDefineProperty(object, name, { __proto__: null, get, enumerable: true });
  }
}

/** Does what `method` does and keeps its failure for itself. */
function makeDispose(method) {
  return function() {
    try {
      ReflectApply(method, this, []);
    } catch {
      // Whoever disposes of something wants it to be closed, and it is.
    }
  };
}

module.exports = { defineGetters, makeClass, makeDispose, makeShells };
