'use strict';
// node:test/reporters. Each reporter loads when it is asked for.

const { ObjectDefineProperties, ReflectConstruct } = primordials;

function lazy(id) {
  return {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      return require(id);
    },
  };
}

ObjectDefineProperties(module.exports, {
  __proto__: null,
  dot: lazy('internal/test_runner/reporter/dot'),
  junit: lazy('internal/test_runner/reporter/junit'),
  spec: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    // A class that may be called without `new`.
    value: function spec() {
      return ReflectConstruct(require('internal/test_runner/reporter/spec'), arguments);
    },
  },
  tap: lazy('internal/test_runner/reporter/tap'),
  lcov: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    value: function lcov() {
      return ReflectConstruct(require('internal/test_runner/reporter/lcov'), arguments);
    },
  },
});
