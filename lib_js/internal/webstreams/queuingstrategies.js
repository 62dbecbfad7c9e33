'use strict';

// ByteLengthQueuingStrategy and CountQueuingStrategy. The high water mark is looked at by the
// stream that gets it.

const { ObjectDefineProperties, ObjectDefineProperty, SymbolToStringTag } = primordials;

const { ERR_MISSING_OPTION } = require('internal/errors').codes;
const { customInspectSymbol, kEnumerableProperty } = require('internal/util');
const { validateObject } = require('internal/validators');
const { customInspect, toStringTag } = require('internal/webstreams/util');

// The standard has one size function per global, both called `size`.
const byteSizeFunction = ObjectDefineProperty((chunk) => chunk.byteLength, 'name', {
  __proto__: null, value: 'size', configurable: true,
});
const countSizeFunction = ObjectDefineProperty(() => 1, 'name', {
  __proto__: null, value: 'size', configurable: true,
});

function checkedInit(init) {
  validateObject(init, 'init');
  const { highWaterMark } = init;
  if (highWaterMark === undefined) throw new ERR_MISSING_OPTION('init.highWaterMark');
  return +highWaterMark;
}

class ByteLengthQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    this.#highWaterMark = checkedInit(init);
  }

  get highWaterMark() {
    return this.#highWaterMark;
  }

  get size() {
    this.#highWaterMark; // Throws if this is another thing.
    return byteSizeFunction;
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'ByteLengthQueuingStrategy', {
      highWaterMark: this.highWaterMark,
    });
  }
}

class CountQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    this.#highWaterMark = checkedInit(init);
  }

  get highWaterMark() {
    return this.#highWaterMark;
  }

  get size() {
    this.#highWaterMark;
    return countSizeFunction;
  }

  [customInspectSymbol](depth, options) {
    return customInspect(depth, options, 'CountQueuingStrategy', {
      highWaterMark: this.highWaterMark,
    });
  }
}

for (const Strategy of [ByteLengthQueuingStrategy, CountQueuingStrategy]) {
  ObjectDefineProperties(Strategy.prototype, {
    highWaterMark: kEnumerableProperty,
    size: kEnumerableProperty,
    [SymbolToStringTag]: toStringTag(Strategy.name),
  });
}

module.exports = {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  /** For streams that ask whether a strategy counts, and need not call it then. */
  countSizeFunction,
};
