'use strict';
// MockTracker: `mock` of node:test and of each test, which undoes all of its mocks at once.

const {
  ArrayPrototypePush,
  FunctionPrototypeCall,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { getStructuredStack, kEmptyObject } = require('internal/util');
const {
  validateBoolean,
  validateFunction,
  validateInteger,
  validateObject,
} = require('internal/validators');
const { MockFunctionContext, mockFunction,
        restoreFunction } = require('internal/test_runner/mock/functions');
const { MockPropertyContext, mockedObject,
        restoreProperty } = require('internal/test_runner/mock/property');

/** Stands for "the original". */
function kDefaultFunction() {}

function validateKey(value, name) {
  if (typeof value === 'string' || typeof value === 'symbol') return;
  throw new ERR_INVALID_ARG_TYPE(name, ['string', 'symbol'], value);
}

function validateTimes(times) {
  if (times !== Infinity) validateInteger(times, 'options.times', 1);
}

function isObject(value) {
  return value !== null && typeof value === 'object';
}

function findDescriptor(object, name) {
  for (let host = object; host !== null; host = ObjectGetPrototypeOf(host)) {
    const descriptor = ObjectGetOwnPropertyDescriptor(host, name);
    if (descriptor) return descriptor;
  }
  return undefined;
}

class MockTracker {
  #mocks = [];
  #timers;

  get timers() {
    if (this.#timers === undefined) {
      const { MockTimers } = require('internal/test_runner/mock/mock_timers');
      this.#timers = new MockTimers();
    }
    return this.#timers;
  }

  #track(context, restore) {
    ArrayPrototypePush(this.#mocks, { __proto__: null, context, restore });
  }

  /** ([original[, implementation]][, options]) */
  fn(original = function() {}, implementation = original, options = kEmptyObject) {
    if (isObject(original)) {
      options = original;
      original = function() {};
      implementation = original;
    } else if (isObject(implementation)) {
      options = implementation;
      implementation = original;
    }
    validateFunction(original, 'original');
    validateFunction(implementation, 'implementation');
    validateObject(options, 'options');
    const { times = Infinity } = options;
    validateTimes(times);
    const context = new MockFunctionContext(
      implementation, { __proto__: null, original }, times);
    this.#track(context, restoreFunction);
    return mockFunction(original, context);
  }

  /** (objectOrFunction, methodName[, implementation][, options]) */
  method(objectOrFunction, methodName, implementation = kDefaultFunction, options = kEmptyObject) {
    validateKey(methodName, 'methodName');
    if (typeof objectOrFunction !== 'function') validateObject(objectOrFunction, 'object');
    if (isObject(implementation)) {
      options = implementation;
      implementation = kDefaultFunction;
    }
    validateFunction(implementation, 'implementation');
    validateObject(options, 'options');
    const { getter = false, setter = false, times = Infinity } = options;
    validateBoolean(getter, 'options.getter');
    validateBoolean(setter, 'options.setter');
    validateTimes(times);
    if (setter && getter) {
      throw new ERR_INVALID_ARG_VALUE(
        'options.setter', setter, "cannot be used with 'options.getter'");
    }
    const descriptor = findDescriptor(objectOrFunction, methodName);
    const key = getter ? 'get' : setter ? 'set' : 'value';
    const original = descriptor?.[key];
    if (typeof original !== 'function') {
      throw new ERR_INVALID_ARG_VALUE('methodName', original, 'must be a method');
    }
    const origin = { __proto__: null, descriptor, object: objectOrFunction, methodName };
    const context = new MockFunctionContext(
      implementation === kDefaultFunction ? original : implementation, origin, times);
    this.#track(context, restoreFunction);
    const mock = mockFunction(original, context);
    ObjectDefineProperty(objectOrFunction, methodName, {
      __proto__: null, ...descriptor, [key]: mock,
    });
    return mock;
  }

  getter(object, methodName, implementation = kDefaultFunction, options = kEmptyObject) {
    return this.#accessor('getter', object, methodName, implementation, options);
  }

  setter(object, methodName, implementation = kDefaultFunction, options = kEmptyObject) {
    return this.#accessor('setter', object, methodName, implementation, options);
  }

  #accessor(kind, object, methodName, implementation, options) {
    if (isObject(implementation)) {
      options = implementation;
      implementation = kDefaultFunction;
    } else {
      validateObject(options, 'options');
    }
    const { [kind]: isWanted = true } = options;
    if (isWanted === false) {
      throw new ERR_INVALID_ARG_VALUE(`options.${kind}`, isWanted, 'cannot be false');
    }
    return this.method(object, methodName, implementation, {
      __proto__: null, ...options, [kind]: isWanted,
    });
  }

  module(specifier, options = kEmptyObject) {
    const { mockModule, restoreModule } = require('internal/test_runner/mock/modules');
    // Frame 0 is this method; the caller's file is what `specifier` is relative to.
    const caller = getStructuredStack()[1]?.getFileName();
    const context = mockModule(specifier, options, caller);
    this.#track(context, restoreModule);
    return context;
  }

  /** @param {any} [value]  without it the property keeps its own */
  property(object, propertyName, value) {
    validateObject(object, 'object');
    validateKey(propertyName, 'propertyName');
    const context = arguments.length > 2 ?
      new MockPropertyContext(object, propertyName, value) :
      new MockPropertyContext(object, propertyName);
    this.#track(context, restoreProperty);
    return mockedObject(object, context);
  }

  reset() {
    this.restoreAll();
    this.#timers?.reset();
    this.#mocks = [];
  }

  restoreAll() {
    for (let i = 0; i < this.#mocks.length; i++) {
      const { context, restore } = this.#mocks[i];
      FunctionPrototypeCall(restore, context);
    }
  }
}

if (!getOptionValue('--experimental-test-module-mocks')) delete MockTracker.prototype.module;

module.exports = { MockTracker };
