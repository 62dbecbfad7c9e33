'use strict';

// Callback-taking functions as promise-returning ones.

const {
  ArrayPrototypePush, ObjectDefineProperties, ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptors, ObjectGetPrototypeOf, ObjectSetPrototypeOf, Promise,
  ReflectApply, ReflectOwnKeys, Symbol, SymbolFor,
} = primordials;

const { isPromise } = internalBinding('types');

const customPromisify = SymbolFor('nodejs.util.promisify.custom');
/** Names for the values of a callback that gets several: ['bytesRead', 'buffer'] for fs.read. */
const customPromisifyArgs = Symbol('customPromisifyArgs');

function markCustom(fn) {
  return ObjectDefineProperty(fn, customPromisify, {
    __proto__: null, value: fn, enumerable: false, writable: false, configurable: true,
  });
}

function nameValues(names, values) {
  const named = {};
  for (let i = 0; i < names.length; i++) named[names[i]] = values[i];
  return named;
}

function promisify(original) {
  const { validateFunction } = require('internal/validators');
  validateFunction(original, 'original');
  const custom = original[customPromisify];
  if (custom) {
    validateFunction(custom, 'util.promisify.custom');
    return markCustom(custom);
  }
  const names = original[customPromisifyArgs];

  function fn(...args) {
    return new Promise((resolve, reject) => {
      ArrayPrototypePush(args, (error, ...values) => {
        if (error) {
          reject(error);
        } else {
          const isNamed = names !== undefined && values.length > 1;
          resolve(isNamed ? nameValues(names, values) : values[0]);
        }
      });
      if (isPromise(ReflectApply(original, this, args))) {
        process.emitWarning(
          'Calling promisify on a function that returns a Promise is likely a mistake.',
          'DeprecationWarning', 'DEP0174');
      }
    });
  }

  ObjectSetPrototypeOf(fn, ObjectGetPrototypeOf(original));
  markCustom(fn);
  const descriptors = ObjectGetOwnPropertyDescriptors(original);
  const keys = ReflectOwnKeys(descriptors);
  for (let i = 0; i < keys.length; i++) ObjectSetPrototypeOf(descriptors[keys[i]], null);
  return ObjectDefineProperties(fn, descriptors);
}
promisify.custom = customPromisify;

module.exports = { customPromisifyArgs, promisify };
