'use strict';

// Warnings about what should no longer be used, each given once.

const {
  ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectSetPrototypeOf, ReflectApply,
  ReflectConstruct, SafeSet,
} = primordials;

const assert = require('internal/assert');
const { getOptionValue } = require('internal/options');

const codesWarned = new SafeSet();
const experimentsWarned = new SafeSet();

const always = () => true;

/** @returns {(arg?: any) => void} warns at its first call for which `shouldEmitWarning` agrees */
function getDeprecationWarningEmitter(code, message, deprecated, useEmitSync,
                                      shouldEmitWarning = always) {
  let warned = false;
  return (arg) => {
    if (warned || !shouldEmitWarning(arg)) return;
    warned = true;
    if (code === 'ExperimentalWarning') {
      process.emitWarning(message, code, deprecated);
    } else if (code === undefined) {
      process.emitWarning(message, 'DeprecationWarning', deprecated);
    } else if (!codesWarned.has(code)) {
      const emitWarning = useEmitSync ?
        require('internal/process/warning').emitWarningSync :
        process.emitWarning;
      emitWarning(message, 'DeprecationWarning', code, deprecated);
      codesWarned.add(code);
    }
  };
}

function isPendingDeprecation() {
  return getOptionValue('--pending-deprecation') && !getOptionValue('--no-deprecation');
}

function copyLength(from, to) {
  ObjectDefineProperty(to, 'length', {
    __proto__: null, ...ObjectGetOwnPropertyDescriptor(from, 'length'),
  });
}

/** Public `util.deprecate`. */
function deprecate(fn, message, code, useEmitSync, modifyPrototype = true) {
  if (code !== undefined) require('internal/validators').validateString(code, 'code');
  const warn = getDeprecationWarningEmitter(code, message, deprecated, useEmitSync);

  function deprecated(...args) {
    if (!process.noDeprecation) warn();
    return new.target ? ReflectConstruct(fn, args, new.target) : ReflectApply(fn, this, args);
  }

  if (modifyPrototype) {
    // So that static properties are found, and `instanceof` holds for both.
    ObjectSetPrototypeOf(deprecated, fn);
    if (fn.prototype) deprecated.prototype = fn.prototype;
    copyLength(fn, deprecated);
  }
  return deprecated;
}

/** As deprecate, but warns under --pending-deprecation only. */
function pendingDeprecate(fn, message, code) {
  const warn = getDeprecationWarningEmitter(code, message, deprecated, false, isPendingDeprecation);
  function deprecated(...args) {
    warn();
    return ReflectApply(fn, this, args);
  }
  copyLength(fn, deprecated);
  return deprecated;
}

/** @returns {(options: object) => void} warns if the options have `key` */
function deprecateProperty(key, message, code, isPending) {
  const warn = getDeprecationWarningEmitter(code, message, undefined, false, isPending);
  return (options) => {
    if (key in options) warn();
  };
}

function deprecateInstantiation(target, code, ...args) {
  assert(typeof code === 'string');
  const message = `Instantiating ${target.name} without the 'new' keyword has been deprecated.`;
  getDeprecationWarningEmitter(code, message, target)();
  return ReflectConstruct(target, args);
}

function emitExperimentalWarning(feature, messagePrefix, code, ctor) {
  if (experimentsWarned.has(feature)) return;
  experimentsWarned.add(feature);
  const message = `${feature} is an experimental feature and might change at any time`;
  process.emitWarning(`${messagePrefix || ''}${message}`, 'ExperimentalWarning', code, ctor);
}

module.exports = {
  deprecate,
  deprecateInstantiation,
  deprecateProperty,
  emitExperimentalWarning,
  getDeprecationWarningEmitter,
  isPendingDeprecation,
  pendingDeprecate,
};
