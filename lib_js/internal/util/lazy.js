'use strict';

// Properties whose modules are loaded when somebody looks at them, and the ways in which Web IDL
// puts interfaces on a global.

const {
  FunctionPrototypeCall, ObjectDefineProperty, ObjectFreeze,
} = primordials;

// Makes `keys` of the module `id` properties of `target` that look plain and are loaded when
// first read: (target, id, keys, enumerable = true).
const { defineLazyProperties } = internalBinding('util');

const kEnumerableProperty = ObjectFreeze({ __proto__: null, enumerable: true });

function define(target, key, value, enumerable) {
  ObjectDefineProperty(target, key, {
    __proto__: null, value, writable: true, enumerable, configurable: true,
  });
}

/** An own, ordinary property even where the prototype has a setter. */
function setOwnProperty(target, key, value) {
  define(target, key, value, true);
  return value;
}

/** https://webidl.spec.whatwg.org/#define-the-operations */
function defineOperation(target, name, method) {
  define(target, name, method, true);
}

/** https://webidl.spec.whatwg.org/#es-interfaces */
function exposeInterface(target, name, interfaceObject) {
  define(target, name, interfaceObject, false);
}

/** https://webidl.spec.whatwg.org/#es-namespaces */
function exposeNamespace(target, name, namespaceObject) {
  define(target, name, namespaceObject, false);
}

function nameFunction(fn, name) {
  ObjectDefineProperty(fn, 'name', { __proto__: null, value: name, configurable: true });
}

/** The interfaces of the module `id` as Web IDL wants them: not enumerable. */
function exposeLazyInterfaces(target, id, keys) {
  defineLazyProperties(target, id, keys, false);
}

/** Attributes that stay accessors: https://webidl.spec.whatwg.org/#Replaceable */
function defineReplaceableLazyAttribute(target, id, keys, writable = true, check) {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    let value;
    let isKnown = false;
    const accessors = {
      get() {
        if (check !== undefined) FunctionPrototypeCall(check, this);
        if (!isKnown) {
          value = require(id)[key];
          isKnown = true;
        }
        return value;
      },
      set(replacement) {
        value = replacement;
        isKnown = true;
      },
    };
    nameFunction(accessors.get, `get ${key}`);
    nameFunction(accessors.set, `set ${key}`);
    ObjectDefineProperty(target, key, {
      __proto__: null,
      get: accessors.get,
      set: writable ? accessors.set : undefined,
      enumerable: true,
      configurable: true,
    });
  }
}

/** @returns {() => any} calls `initializer` once */
function getLazy(initializer) {
  let value;
  let isKnown = false;
  return () => {
    if (!isKnown) {
      value = initializer();
      isKnown = true;
    }
    return value;
  };
}

module.exports = {
  defineLazyProperties,
  defineOperation,
  defineReplaceableLazyAttribute,
  exposeInterface,
  exposeLazyInterfaces,
  exposeNamespace,
  getLazy,
  kEnumerableProperty,
  setOwnProperty,
};
