'use strict';
// What stands behind `mock.fn().mock`: the calls that were made, and what answers the next one.

const {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  Error,
  ObjectDefineProperty,
  Proxy,
  ReflectApply,
  ReflectConstruct,
  ReflectGet,
  SafeMap,
} = primordials;

const { validateFunction, validateInteger } = require('internal/validators');

/** These two are given by the class to this file only: programs see the class's methods. */
let takeImplementation;
let recordCall;

class MockFunctionContext {
  #calls = [];
  #implementations = new SafeMap(); // Number of the call -> function for it alone.
  #implementation;
  #origin;
  #times;

  /**
   * @param {Function} implementation
   * @param {object} origin  { original }; of a method { object, methodName, descriptor }
   * @param {number} times  how many calls are mocked
   */
  constructor(implementation, origin, times) {
    this.#implementation = implementation;
    this.#origin = origin;
    this.#times = times;
  }

  static {
    takeImplementation = (context) => context.#takeImplementation();
    recordCall = (context, call) => ArrayPrototypePush(context.#calls, call);
  }

  get calls() {
    return ArrayPrototypeSlice(this.#calls, 0);
  }

  callCount() {
    return this.#calls.length;
  }

  mockImplementation(implementation) {
    validateFunction(implementation, 'implementation');
    this.#implementation = implementation;
  }

  mockImplementationOnce(implementation, onCall) {
    validateFunction(implementation, 'implementation');
    const next = this.#calls.length;
    const call = onCall ?? next;
    validateInteger(call, 'onCall', next);
    this.#implementations.set(call, implementation);
  }

  restore() {
    const { descriptor, object, original, methodName } = this.#origin;
    if (typeof methodName === 'string') {
      ObjectDefineProperty(object, methodName, { __proto__: null, ...descriptor });
    } else {
      this.#implementation = original;
    }
  }

  resetCalls() {
    this.#calls = [];
  }

  #takeImplementation() {
    const call = this.#calls.length;
    const implementation = this.#implementations.get(call) ?? this.#implementation;
    this.#implementations.delete(call);
    if (call + 1 === this.#times) this.restore();
    return implementation;
  }
}

const { restore } = MockFunctionContext.prototype;

/** Calls `act(implementation)` and takes a note of it. */
function record(context, args, self, target, act) {
  const implementation = takeImplementation(context);
  let result;
  let error;
  try {
    result = act(implementation);
  } catch (thrown) {
    error = thrown;
    throw thrown;
  } finally {
    recordCall(context, {
      __proto__: null,
      arguments: args,
      error,
      result,
      // Where the call was made, for programs to look at.
      stack: new Error(),
      target,
      this: target === undefined ? self : result,
    });
  }
  return result;
}

/** A function that looks like `original` and is answered by `context`. */
function mockFunction(original, context) {
  return new Proxy(original, {
    __proto__: null,
    apply(_, self, args) {
      return record(context, args, self, undefined,
                    (implementation) => ReflectApply(implementation, self, args));
    },
    construct(target, args, newTarget) {
      return record(context, args, undefined, target,
                    (implementation) => ReflectConstruct(implementation, args, newTarget));
    },
    get(target, property, receiver) {
      return property === 'mock' ? context : ReflectGet(target, property, receiver);
    },
  });
}

module.exports = { MockFunctionContext, mockFunction, restoreFunction: restore };
