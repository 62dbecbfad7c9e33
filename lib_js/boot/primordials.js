'use strict';

// Fills `primordials` with the built-ins as they were before any user code ran, under Node's names:
// ArrayPrototypePush(list, x), MapPrototypeGetSize(map), SymbolIterator. Evaluated first; it may
// use nothing but the language itself.

const { bind, call, apply } = Function.prototype;
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;

// bind.bind(call)(fn) is fn with its receiver as first argument. V8 inlines it: nothing is faster.
const uncurryThis = bind.bind(call);
const applyBind = bind.bind(apply);
primordials.uncurryThis = uncurryThis;
primordials.applyBind = applyBind;

// Methods that take any number of values get a second form that takes a list:
// ArrayPrototypePushApply(list, items).
const variadic = new Set([
  'ArrayOf', 'ArrayPrototypePush', 'ArrayPrototypeUnshift', 'MathHypot', 'MathMax', 'MathMin',
  'StringFromCharCode', 'StringFromCodePoint', 'StringPrototypeConcat', 'TypedArrayOf',
]);

const capitalise = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;

/** @param {string | symbol} key  @param {string} infix  'Get', 'Set' or nothing */
function nameOf(prefix, key, infix) {
  // The description of a well-known symbol is 'Symbol.toStringTag'.
  const text = typeof key === 'symbol' ? `Symbol${capitalise(key.description.slice(7))}` :
    capitalise(key);
  return `${prefix}${infix}${text}`;
}

/**
 * Copies every own property of `source`. `adapt` says what a function becomes; accessors are
 * always uncurried.
 */
function copyAll(source, prefix, adapt) {
  for (const key of ownKeys(source)) {
    const desc = getOwnPropertyDescriptor(source, key);
    if ('get' in desc) {
      if (desc.get) primordials[nameOf(prefix, key, 'Get')] = uncurryThis(desc.get);
      if (desc.set) primordials[nameOf(prefix, key, 'Set')] = uncurryThis(desc.set);
      continue;
    }
    const name = nameOf(prefix, key, '');
    const { value } = desc;
    const copied = typeof value === 'function' ? adapt(value) : value;
    defineProperty(primordials, name, {
      __proto__: null, ...desc, value: copied, writable: true, configurable: true,
    });
    if (variadic.has(name)) {
      primordials[`${name}Apply`] =
        adapt === uncurryThis ? applyBind(value) : applyBind(value, source);
    }
  }
}

const asIs = (fn) => fn;

primordials.Proxy = Proxy;
primordials.globalThis = globalThis;
for (const fn of [
  decodeURI, decodeURIComponent, encodeURI, encodeURIComponent, escape, eval, unescape,
]) {
  primordials[fn.name] = fn;
}
for (const name of ['Atomics', 'JSON', 'Math', 'Proxy', 'Reflect']) {
  copyAll(globalThis[name], name, asIs);
}

const constructors = [
  'AggregateError', 'Array', 'ArrayBuffer', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'Boolean',
  'DataView', 'Date', 'Error', 'EvalError', 'FinalizationRegistry', 'Float16Array', 'Float32Array',
  'Float64Array', 'Function', 'Int16Array', 'Int32Array', 'Int8Array', 'Iterator', 'Map', 'Number',
  'Object', 'Promise', 'RangeError', 'ReferenceError', 'RegExp', 'Set', 'String', 'Symbol',
  'SyntaxError', 'TypeError', 'URIError', 'Uint16Array', 'Uint32Array', 'Uint8Array',
  'Uint8ClampedArray', 'WeakMap', 'WeakRef', 'WeakSet',
];
for (const name of constructors) {
  const original = globalThis[name];
  if (original === undefined) continue;
  primordials[name] = original;
  // The static methods of Promise need their receiver; those of Array and the rest do without.
  copyAll(original, name, name === 'Promise' ? (fn) => bind.call(fn, original) : asIs);
  copyAll(original.prototype, `${name}Prototype`, uncurryThis);
}

// %TypedArray% is abstract: TypedArrayFrom(Uint8Array, ...) names the concrete class it wants.
const TypedArray = getPrototypeOf(Uint8Array);
primordials.TypedArray = TypedArray;
copyAll(TypedArray, 'TypedArray', uncurryThis);
copyAll(TypedArray.prototype, 'TypedArrayPrototype', uncurryThis);

// Prototypes that have no global name.
const nameless = {
  __proto__: null,
  ArrayIterator: getPrototypeOf([][Symbol.iterator]()),
  AsyncFunction: getPrototypeOf(async function() {}),
  AsyncGeneratorFunction: getPrototypeOf(async function*() {}),
  AsyncIterator: getPrototypeOf(getPrototypeOf(async function*() {}.prototype)),
  GeneratorFunction: getPrototypeOf(function*() {}),
  IteratorHelper: getPrototypeOf([].values().map(asIs)),
  MapIterator: getPrototypeOf(new Map().entries()),
  RegExpStringIterator: getPrototypeOf(''.matchAll(/./g)),
  SetIterator: getPrototypeOf(new Set().values()),
  StringIterator: getPrototypeOf(''[Symbol.iterator]()),
  WrapForValidIterator: getPrototypeOf(Iterator.from({ __proto__: null, next: asIs })),
};
for (const name of ownKeys(nameless)) {
  const prototype = nameless[name];
  primordials[`${name}Prototype`] = prototype;
  copyAll(prototype, `${name}Prototype`, uncurryThis);
}

const {
  ArrayIteratorPrototypeNext, ArrayPrototypeMap, ArrayPrototypePushApply,
  ArrayPrototypeSlice, ArrayPrototypeSymbolIterator, FinalizationRegistry:
  FinalizationRegistryClass, FunctionPrototypeCall, Map: MapClass, ObjectFreeze,
  ObjectSetPrototypeOf, Promise: PromiseClass, PromisePrototypeThen, PromiseResolve,
  ReflectConstruct, RegExp: RegExpClass, RegExpPrototype, RegExpPrototypeExec,
  RegExpPrototypeGetSource, Set: SetClass, StringIteratorPrototypeNext,
  StringPrototypeSymbolIterator, SymbolIterator, SymbolMatch,
  SymbolMatchAll, SymbolReplace, SymbolSearch, SymbolSpecies, SymbolSplit, WeakMap: WeakMapClass,
  WeakRef: WeakRefClass, WeakSet: WeakSetClass,
} = primordials;

// ---- iterators that do not ask the (changeable) prototypes --------------------------------------

/** A class whose objects walk what `start` makes by `step`, whatever becomes of the prototypes. */
function safeIteratorClass(start, step) {
  class SafeIterator {
    constructor(iterable) {
      this._iterator = start(iterable);
    }
    next() {
      return step(this._iterator);
    }
    [SymbolIterator]() {
      return this;
    }
  }
  ObjectSetPrototypeOf(SafeIterator.prototype, null);
  ObjectFreeze(SafeIterator.prototype);
  ObjectFreeze(SafeIterator);
  return SafeIterator;
}

primordials.SafeArrayIterator =
  safeIteratorClass(ArrayPrototypeSymbolIterator, ArrayIteratorPrototypeNext);
primordials.SafeStringIterator =
  safeIteratorClass(StringPrototypeSymbolIterator, StringIteratorPrototypeNext);

// ---- collections that carry their own methods ---------------------------------------------------

function copyMissing(from, to) {
  for (const key of ownKeys(from)) {
    if (getOwnPropertyDescriptor(to, key) === undefined) {
      defineProperty(to, key, { __proto__: null, ...getOwnPropertyDescriptor(from, key) });
    }
  }
}

/**
 * Copies the methods of `unsafe` into its subclass `safe` and cuts the chain, so that a changed
 * Map.prototype is not felt.
 */
function makeSafe(unsafe, safe) {
  if (SymbolIterator in unsafe.prototype) {
    const sample = new unsafe();
    for (const key of ownKeys(unsafe.prototype)) {
      if (getOwnPropertyDescriptor(safe.prototype, key) !== undefined) continue;
      const desc = getOwnPropertyDescriptor(unsafe.prototype, key);
      if (typeof desc.value !== 'function' || desc.value.length !== 0) continue;
      const made = FunctionPrototypeCall(desc.value, sample);
      if (made === null || typeof made !== 'object' || !(SymbolIterator in made)) continue;
      const start = uncurryThis(desc.value);
      const SafeIterator = safeIteratorClass(start, uncurryThis(made.next));
      desc.value = function() {
        return new SafeIterator(this);
      };
      defineProperty(safe.prototype, key, { __proto__: null, ...desc });
    }
  }
  copyMissing(unsafe.prototype, safe.prototype);
  copyMissing(unsafe, safe);
  ObjectSetPrototypeOf(safe.prototype, null);
  ObjectFreeze(safe.prototype);
  ObjectFreeze(safe);
  return safe;
}
primordials.makeSafe = makeSafe;

// The explicit constructors look useless; the implicit ones may spread their arguments through
// Array.prototype[Symbol.iterator].
primordials.SafeMap = makeSafe(MapClass, class SafeMap extends MapClass {
  constructor(i) { super(i); }
});
primordials.SafeWeakMap = makeSafe(WeakMapClass, class SafeWeakMap extends WeakMapClass {
  constructor(i) { super(i); }
});
primordials.SafeSet = makeSafe(SetClass, class SafeSet extends SetClass {
  constructor(i) { super(i); }
});
primordials.SafeWeakSet = makeSafe(WeakSetClass, class SafeWeakSet extends WeakSetClass {
  constructor(i) { super(i); }
});
class SafeFinalizationRegistry extends FinalizationRegistryClass {
  constructor(cleanup) { super(cleanup); }
}
primordials.SafeFinalizationRegistry =
  makeSafe(FinalizationRegistryClass, SafeFinalizationRegistry);
primordials.SafeWeakRef = makeSafe(WeakRefClass, class SafeWeakRef extends WeakRefClass {
  constructor(target) { super(target); }
});

// ---- promises -----------------------------------------------------------------------------------

const SafePromise = makeSafe(PromiseClass, class SafePromise extends PromiseClass {
  constructor(executor) { super(executor); }
});

/** `finally` without looking `constructor` or `then` up on the promise itself. */
primordials.SafePromisePrototypeFinally = (promise, onFinally) => {
  const guarded = new SafePromise((yes, no) => PromisePrototypeThen(promise, yes, no));
  return new PromiseClass((resolve, reject) => {
    PromisePrototypeThen(guarded.finally(onFinally), resolve, reject);
  });
};

/** The language's own combinator over promises whose `then` and `constructor` nobody can change. */
function combine(method, items, map) {
  return new PromiseClass((resolve, reject) => {
    const guarded = ArrayPrototypeMap(items, (item, i) => new SafePromise((yes, no) => {
      PromisePrototypeThen(PromiseResolve(map === undefined ? item : map(item, i)), yes, no);
    }));
    const iterator = new primordials.SafeArrayIterator(guarded);
    PromisePrototypeThen(SafePromise[method](iterator), resolve, reject);
  });
}

/** Resolves with undefined once every item has settled; with `rejects` the first error ends it. */
function waitForAll(items, map, rejects) {
  return new PromiseClass((resolve, reject) => {
    let pending = items.length;
    if (pending === 0) resolve();
    const count = () => {
      if (--pending === 0) resolve();
    };
    for (let i = 0; i < items.length; i++) {
      const item = map === undefined ? items[i] : map(items[i], i);
      PromisePrototypeThen(PromiseResolve(item), count, rejects ? reject : count);
    }
  });
}

primordials.SafePromiseAll = (items, map) => combine('all', items, map);
primordials.SafePromiseAllReturnArrayLike = (items, map) => combine('all', items, map);
primordials.SafePromiseAllSettled = (items, map) => combine('allSettled', items, map);
primordials.SafePromiseAny = (items, map) => combine('any', items, map);
primordials.SafePromiseRace = (items, map) => combine('race', items, map);

primordials.SafePromiseAllReturnVoid = (items, map) => waitForAll(items, map, true);
primordials.SafePromiseAllSettledReturnVoid = (items, map) => waitForAll(items, map, false);

// ---- regular expressions ------------------------------------------------------------------------

// In the order of their letters. The getter of `flags` would ask the prototype, which users change.
const flagKeys = [
  ['hasIndices', 'd', primordials.RegExpPrototypeGetHasIndices],
  ['global', 'g', primordials.RegExpPrototypeGetGlobal],
  ['ignoreCase', 'i', primordials.RegExpPrototypeGetIgnoreCase],
  ['multiline', 'm', primordials.RegExpPrototypeGetMultiline],
  ['dotAll', 's', primordials.RegExpPrototypeGetDotAll],
  ['unicode', 'u', primordials.RegExpPrototypeGetUnicode],
  ['unicodeSets', 'v', primordials.RegExpPrototypeGetUnicodeSets],
  ['sticky', 'y', primordials.RegExpPrototypeGetSticky],
];
const originalMethods = [
  'exec', SymbolMatch, SymbolMatchAll, SymbolReplace, SymbolSearch, SymbolSplit,
].map((key) => [key, RegExpPrototype[key]]);

// Splitting builds a second pattern through `constructor[Symbol.species]`; it must be as hard.
class RegExpLikeForStringSplitting {
  #regex;
  constructor() {
    this.#regex = ReflectConstruct(RegExpClass, arguments);
  }
  get lastIndex() {
    return this.#regex.lastIndex;
  }
  set lastIndex(value) {
    this.#regex.lastIndex = value;
  }
  exec(text) {
    return RegExpPrototypeExec(this.#regex, text);
  }
}
ObjectSetPrototypeOf(RegExpLikeForStringSplitting.prototype, null);

/** Gives one pattern its own copies of all that String's methods would look up on it. */
primordials.hardenRegExp = function hardenRegExp(pattern) {
  const own = (key, value) => {
    defineProperty(pattern, key, {
      __proto__: null, configurable: true, enumerable: false, writable: true, value,
    });
  };
  for (let i = 0; i < originalMethods.length; i++) {
    own(originalMethods[i][0], originalMethods[i][1]);
  }
  let flags = '';
  for (let i = 0; i < flagKeys.length; i++) {
    const { 0: key, 1: letter, 2: has } = flagKeys[i];
    const isSet = has(pattern);
    if (isSet) flags += letter;
    own(key, isSet);
  }
  own('flags', flags);
  own('source', RegExpPrototypeGetSource(pattern));
  own('constructor', { __proto__: null, [SymbolSpecies]: RegExpLikeForStringSplitting });
  return pattern;
};

/** `String.prototype.search` for a pattern that a user may have changed. Leaves lastIndex alone. */
primordials.SafeStringPrototypeSearch = (text, pattern) => {
  const { lastIndex } = pattern;
  pattern.lastIndex = 0;
  const match = RegExpPrototypeExec(pattern, text);
  pattern.lastIndex = lastIndex;
  return match === null ? -1 : match.index;
};

// A very long list does not fit on the stack as arguments.
const argumentsMax = 2 ** 16;

primordials.SafeArrayPrototypePushApply = (list, items) => {
  let start = 0;
  for (; start + argumentsMax < items.length; start += argumentsMax) {
    ArrayPrototypePushApply(list, ArrayPrototypeSlice(items, start, start + argumentsMax));
  }
  const rest = start === 0 ? items : ArrayPrototypeSlice(items, start);
  return ArrayPrototypePushApply(list, rest);
};

// Users change these two; a copy would only mislead.
delete primordials.ErrorPrepareStackTrace;
delete primordials.ErrorStackTraceLimit;

ObjectSetPrototypeOf(primordials, null);
ObjectFreeze(primordials);
