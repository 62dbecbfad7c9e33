'use strict';

// What an object is called: its constructor, the tag on it, the keys that are shown.

const {
  AggregateError, Array, ArrayBuffer, ArrayPrototypePush,
  ArrayPrototypePushApply, Boolean, DataView, Date, Error, Function, Map, Number, Object,
  ObjectGetOwnPropertyDescriptor, ObjectGetOwnPropertyNames, ObjectGetOwnPropertySymbols,
  ObjectGetPrototypeOf, ObjectHasOwn, ObjectKeys, ObjectPrototypePropertyIsEnumerable, Promise,
  RangeError, ReflectOwnKeys, RegExp, SafeMap, SafeSet, Set, String, StringPrototypeIndexOf,
  StringPrototypeToLowerCase, SymbolToStringTag, TypeError, TypedArray, WeakMap, WeakSet,
} = primordials;

const assert = require('internal/assert');
const { isModuleNamespaceObject, isNativeError } = require('internal/util/types');

const { getConstructorName: nativeConstructorName } = internalBinding('util');

// Layers of a user's prototypes whose properties are shown with showHidden.
const prototypeLayersMax = 3;

// What ECMAScript itself defines. SharedArrayBuffer is missing as in Node, where V8 puts it on the
// global too late to be noticed.
const builtInObjects = new SafeSet([
  'AggregateError', 'Array', 'ArrayBuffer', 'AsyncDisposableStack', 'Atomics', 'BigInt',
  'BigInt64Array', 'BigUint64Array', 'Boolean', 'DataView', 'Date', 'DisposableStack', 'Error',
  'EvalError', 'FinalizationRegistry', 'Float16Array', 'Float32Array', 'Float64Array', 'Function',
  'Infinity', 'Int16Array', 'Int32Array', 'Int8Array', 'Intl', 'Iterator', 'JSON', 'Map', 'Math',
  'NaN', 'Number', 'Object', 'Promise', 'Proxy', 'RangeError', 'ReferenceError', 'Reflect',
  'RegExp', 'Set', 'String', 'SuppressedError', 'Symbol', 'SyntaxError', 'TypeError', 'URIError',
  'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray', 'WeakMap', 'WeakRef', 'WeakSet',
]);

/** Prototype -> name; these keep their names whatever becomes of `constructor`. */
const wellKnown = new SafeMap();
const wellKnownClasses = [
  Array, ArrayBuffer, Function, Map, Set, Object, TypedArray, RegExp, Date, DataView, Error,
  AggregateError, RangeError, TypeError, Boolean, Number, String, Promise, WeakMap, WeakSet,
];
for (let i = 0; i < wellKnownClasses.length; i++) {
  const { name, prototype } = wellKnownClasses[i];
  wellKnown.set(prototype, name);
}

/** document.all and its like: https://tc39.es/ecma262/#sec-IsHTMLDDA-internal-slot */
function isUndetectable(value) {
  return typeof value === 'undefined' && value !== undefined;
}

function isInstance(value, ctor) {
  try {
    return value instanceof ctor;
  } catch {
    return false;
  }
}

/** The constructor that this very object names, if it is a function with a name. */
function ownConstructor(object) {
  const ctor = ObjectGetOwnPropertyDescriptor(object, 'constructor')?.value;
  return typeof ctor === 'function' && ctor.name !== '' ? ctor : undefined;
}

function isBuiltInPrototype(object) {
  const ctor = ObjectGetOwnPropertyDescriptor(object, 'constructor')?.value;
  return typeof ctor === 'function' && builtInObjects.has(ctor.name);
}

/** Adds what a user's prototypes hold (but functions) to `output`: showHidden only. */
function addPrototypeProperties(ctx, main, object, depth, output) {
  const above = new SafeSet();
  for (let layer = 0; layer < prototypeLayersMax; layer++) {
    if (layer > 0 || main === object) {
      object = ObjectGetPrototypeOf(object);
      if (object === null || isBuiltInPrototype(object)) return;
    }
    const keys = ReflectOwnKeys(object);
    const { seen } = ctx;
    ctx.seen = { value: main, outer: seen };
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key === 'constructor' || ObjectHasOwn(main, key) || above.has(key)) continue;
      const desc = ObjectGetOwnPropertyDescriptor(object, key);
      if (typeof desc.value === 'function') continue;
      const text = ctx.formatProperty(object, depth, key, desc, main);
      ArrayPrototypePush(output, ctx.colors ? `\u001b[2m${text}\u001b[22m` : text);
    }
    ctx.seen = seen;
    above.clear();
    for (let i = 0; i < keys.length; i++) above.add(keys[i]);
  }
}

/**
 * @param {string[] | undefined} protoProps  filled with properties of prototypes, if given
 * @returns {string | null} null for objects without a prototype
 */
function getConstructorName(value, ctx, depth, protoProps) {
  let first;
  for (let object = value; object || isUndetectable(object);) {
    // No prototype is an instance of its own class; whatever inherits from it is.
    const known = object === value ? undefined : wellKnown.get(object);
    if (known !== undefined) {
      if (protoProps !== undefined && first !== object) {
        addPrototypeProperties(ctx, value, first || value, depth, protoProps);
      }
      return known;
    }
    const ctor = ownConstructor(object);
    if (ctor !== undefined && isInstance(value, ctor)) {
      if (protoProps !== undefined && (first !== object || !builtInObjects.has(ctor.name))) {
        addPrototypeProperties(ctx, value, first || value, depth, protoProps);
      }
      return String(ctor.name);
    }
    object = ObjectGetPrototypeOf(object);
    if (first === undefined) first = object;
  }
  if (first === null) return null;

  // A prototype that leads to no constructor.
  const name = nativeConstructorName(value);
  if (ctx.isTooDeep(depth)) return `${name} <Complex prototype>`;
  const outer = getConstructorName(first, ctx, depth + 1, protoProps);
  return `${name} <${outer ?? ctx.inspectPrototype(first)}>`;
}

/** The tag of a value, if it says more than its own properties will. */
function getTag(value, showHidden) {
  let tag;
  try {
    tag = value[SymbolToStringTag];
  } catch {
    return '';
  }
  if (typeof tag !== 'string' || tag === '') return '';
  const isShownAnyway = ObjectHasOwn(value, SymbolToStringTag) &&
    (showHidden || ObjectPrototypePropertyIsEnumerable(value, SymbolToStringTag));
  return isShownAnyway ? '' : tag;
}

/** Whether the tag is a word of its own in the name: 'Map' in 'FooMap', but not in 'Mapping'. */
function isTagInName(name, tag) {
  const at = StringPrototypeIndexOf(name, tag);
  if (at === -1) return false;
  const next = name[at + tag.length];
  return next === undefined || next !== StringPrototypeToLowerCase(next);
}

/** 'Foo [tag] ', 'Map(3) ', '[Set(1): null prototype] ' */
function getPrefix(name, tag, fallback, size = '') {
  if (name === null) {
    const shown = tag !== '' && fallback !== tag ? `[${tag}] ` : '';
    return `[${fallback}${size}: null prototype] ${shown}`;
  }
  if (tag === '' || tag === name || isTagInName(name, tag)) return `${name}${size} `;
  return `${name}${size} [${tag}] `;
}

/** The prefix of an object that is nothing special. */
function getPlainPrefix(value, name, tag) {
  if (name !== null) return getPrefix(name, tag, '');
  const fallback = nativeConstructorName(value);
  return getPrefix(name, tag, fallback === tag ? 'Object' : fallback);
}

function getKeys(value, showHidden) {
  const symbols = ObjectGetOwnPropertySymbols(value);
  let keys;
  if (showHidden) {
    keys = ObjectGetOwnPropertyNames(value);
    if (symbols.length !== 0) ArrayPrototypePushApply(keys, symbols);
    return keys;
  }
  try {
    keys = ObjectKeys(value);
  } catch (error) {
    // The namespace of a module that is not evaluated: https://github.com/tc39/ecma262/issues/1209
    assert(isNativeError(error) && error.name === 'ReferenceError' &&
           isModuleNamespaceObject(value));
    keys = ObjectGetOwnPropertyNames(value);
  }
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i];
    if (ObjectPrototypePropertyIsEnumerable(value, symbol)) ArrayPrototypePush(keys, symbol);
  }
  return keys;
}

module.exports = {
  builtInObjects,
  getConstructorName,
  getKeys,
  getPlainPrefix,
  getPrefix,
  getTag,
  isUndetectable,
};
