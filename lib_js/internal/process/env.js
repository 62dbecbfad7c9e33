'use strict';

// process.env: an object of strings. Reads are plain property reads of the
// target; what is written is coerced to a string and told to native, too, so
// that HOME, TZ and child processes follow. Each core has its own copy.

const {
  ObjectAssign,
  ObjectKeys,
  ObjectPrototype,
  Proxy,
  ReflectDeleteProperty,
  ReflectGet,
  ReflectGetOwnPropertyDescriptor,
  ReflectHas,
  ReflectOwnKeys,
  SafeSet,
  StringPrototypeSlice,
  TypeError,
} = primordials;

const { getOptionValue } = require('internal/options');

const DEP0104 = 'Assigning any value other than a string, number, or boolean to a ' +
  'process.env property is deprecated. Please make sure to convert the value to a string ' +
  'before setting process.env with it.';

let warned = false;

function warnOfCoercion(value) {
  const type = typeof value;
  if (type === 'string' || type === 'number' || type === 'boolean' || warned) return;
  if (!getOptionValue('--pending-deprecation')) return;
  warned = true;
  process.emitWarning(DEP0104, 'DeprecationWarning', 'DEP0104');
}

/** Node throws this one from native; the table of codes does not have it. */
function refuseDescriptor(message) {
  const error = new TypeError(message);
  error.code = 'ERR_INVALID_OBJECT_DEFINE_PROPERTY';
  throw error;
}

/** A template, not String(): a symbol must throw. */
function toText(value) {
  return `${value}`;
}

/** TZ takes effect at once, for Date and Intl. */
function changeTimeZone(zone) {
  const { redetect, set } = internalBinding('time_zone');
  if (zone === undefined) redetect();
  else set(zone[0] === ':' ? StringPrototypeSlice(zone, 1) : zone);
}

function assign(target, key, value) {
  warnOfCoercion(value);
  const name = toText(key);
  const text = toText(value);
  // Names that no environment can hold are dropped in silence, as by setenv(3).
  if (internalBinding('process_ops').envSet(name, text)) {
    target[name] = text;
    if (name === 'TZ') changeTimeZone(text);
  }
  return true;
}

const traps = {
  __proto__: null,

  set(target, key, value) {
    return assign(target, key, value);
  },

  defineProperty(target, key, descriptor) {
    if ('get' in descriptor || 'set' in descriptor) {
      refuseDescriptor(
        "'process.env' does not accept an accessor(getter/setter) descriptor");
    }
    if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
      refuseDescriptor(
        "'process.env' only accepts a configurable, writable, and enumerable data descriptor");
    }
    return assign(target, key, descriptor.value);
  },

  deleteProperty(target, key) {
    if (typeof key === 'string' && ReflectDeleteProperty(target, key)) {
      internalBinding('process_ops').envDelete(key);
      if (key === 'TZ') changeTimeZone(undefined);
    }
    return true;
  },
};

/** The target as the environment of all threads that share it is now. */
function refresh(target) {
  const { envGet, envKeys } = internalBinding('process_ops');
  const names = envKeys();
  const gone = new SafeSet(ObjectKeys(target));
  for (let i = 0; i < names.length; i++) {
    gone.delete(names[i]);
    const value = envGet(names[i]);
    if (value !== undefined) target[names[i]] = value;
  }
  gone.forEach((name) => delete target[name]);
  return target;
}

// What is added to the traps once another thread may write, too.
const sharedTraps = {
  __proto__: null,

  get(target, key, receiver) {
    if (typeof key !== 'string') return ReflectGet(target, key, receiver);
    const value = internalBinding('process_ops').envGet(key);
    return value === undefined ? ObjectPrototype[key] : value;
  },

  has(target, key) {
    return ReflectHas(refresh(target), key);
  },

  ownKeys(target) {
    return ReflectOwnKeys(refresh(target));
  },

  getOwnPropertyDescriptor(target, key) {
    return ReflectGetOwnPropertyDescriptor(refresh(target), key);
  },
};

/** From now on other threads may change what createEnv() made. */
function shareEnv() {
  ObjectAssign(traps, sharedTraps);
}

/** The environment as it is now. */
function createEnv() {
  return new Proxy(internalBinding('process_ops').environment(), traps);
}

module.exports = { createEnv, shareEnv };
