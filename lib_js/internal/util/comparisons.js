'use strict';

// Deep equality: loose (assert.deepEqual), strict (util.isDeepStrictEqual), and partial, where the
// first value may hold more than the second.

const {
  Array, ArrayBuffer, ArrayIsArray, ArrayPrototypePush, BigInt, BigInt64Array,
  BigIntPrototypeValueOf, BigUint64Array, Boolean, BooleanPrototypeValueOf, DataView, Date,
  DatePrototypeGetTime, Error, Float16Array, Float32Array, Float64Array, Function, Int16Array,
  Int32Array, Int8Array, Map, Number, NumberPrototypeValueOf, Object,
  ObjectGetOwnPropertyDescriptor, ObjectGetOwnPropertySymbols, ObjectGetPrototypeOf, ObjectHasOwn,
  ObjectIs, ObjectKeys, ObjectPrototypePropertyIsEnumerable, ObjectPrototypeToString, Promise,
  RegExp, SafeSet, Set, String, StringPrototypeValueOf, Symbol, SymbolPrototypeValueOf,
  SymbolToStringTag, TypedArrayPrototypeGetLength, TypedArrayPrototypeGetSymbolToStringTag,
  Uint16Array, Uint32Array, Uint8Array, Uint8ClampedArray, WeakMap, WeakSet,
} = primordials;

const { isError } = require('internal/util');
const types = require('internal/util/types');

const { compare } = internalBinding('buffer');
const {
  constants: { ONLY_ENUMERABLE, SKIP_SYMBOLS },
  getOwnNonIndexProperties,
} = internalBinding('util');

// Modes.
const kLoose = 0;
const kPartial = 1;
const kStrict = 2;
const kStrictWithoutPrototypes = 3;

// What an object holds besides its properties.
const kNothing = 0;
const kElements = 1;
const kSetValues = 2;
const kMapEntries = 3;

/** Classes whose objects are known by `constructor`; of all others the prototypes are compared. */
const wellKnown = new SafeSet([
  Array, ArrayBuffer, BigInt, BigInt64Array, BigUint64Array, Boolean, DataView, Date, Error,
  Float16Array, Float32Array, Float64Array, Function, Int16Array, Int32Array, Int8Array, Map,
  Number, Object, Promise, RegExp, Set, String, Symbol, Uint16Array, Uint32Array, Uint8Array,
  Uint8ClampedArray, WeakMap, WeakSet,
]);

let BufferClass;

function isWellKnown(ctor) {
  BufferClass ??= require('buffer').Buffer;
  return wellKnown.has(ctor) || ctor === BufferClass;
}

function isURL(value) {
  return require('internal/url').isURL(value);
}

// ---- one kind after the other ------------------------------------------------------------------

function isEqualBoxed(a, b) {
  if (types.isNumberObject(a)) {
    return types.isNumberObject(b) &&
      ObjectIs(NumberPrototypeValueOf(a), NumberPrototypeValueOf(b));
  }
  if (types.isStringObject(a)) {
    return types.isStringObject(b) && StringPrototypeValueOf(a) === StringPrototypeValueOf(b);
  }
  if (types.isBooleanObject(a)) {
    return types.isBooleanObject(b) && BooleanPrototypeValueOf(a) === BooleanPrototypeValueOf(b);
  }
  if (types.isBigIntObject(a)) {
    return types.isBigIntObject(b) && BigIntPrototypeValueOf(a) === BigIntPrototypeValueOf(b);
  }
  return types.isSymbolObject(b) && SymbolPrototypeValueOf(a) === SymbolPrototypeValueOf(b);
}

/** Whether the bytes of `b` come in `a` in their order, with others between them. */
function hasBytesInOrder(a, b) {
  const surplus = TypedArrayPrototypeGetLength(a) - TypedArrayPrototypeGetLength(b);
  let skipped = 0;
  for (let i = 0; i < b.length; i++) {
    while (skipped <= surplus && a[i + skipped] !== b[i]) skipped++;
    if (skipped > surplus) return false;
  }
  return true;
}

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** In loose mode 0 equals -0. */
function isEqualFloats(a, b) {
  const { length } = a;
  if (length !== b.length) return false;
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

function isEqualViews(a, b, mode) {
  const tag = TypedArrayPrototypeGetSymbolToStringTag(a);
  if (tag !== TypedArrayPrototypeGetSymbolToStringTag(b)) return false;
  if (a.byteLength !== b.byteLength) {
    return mode === kPartial && hasBytesInOrder(bytesOf(a), bytesOf(b));
  }
  const isFloat = tag === 'Float64Array' || tag === 'Float32Array' || tag === 'Float16Array';
  return mode === kLoose && isFloat ? isEqualFloats(a, b) : compare(a, b) === 0;
}

function isEqualBuffers(a, b, mode) {
  if (a.byteLength === b.byteLength) return compare(new Uint8Array(a), new Uint8Array(b)) === 0;
  return mode === kPartial && hasBytesInOrder(new Uint8Array(a), new Uint8Array(b));
}

function isEqualDates(a, b) {
  const timeA = DatePrototypeGetTime(a);
  const timeB = DatePrototypeGetTime(b);
  return timeA === timeB || (timeA !== timeA && timeB !== timeB);
}

function isEqualRegExps(a, b) {
  return a.source === b.source && a.flags === b.flags && a.lastIndex === b.lastIndex;
}

/** Hidden properties of errors count; their stacks do not. */
function isEqualErrors(a, b, mode, memo) {
  if (!isError(b)) return false;
  const sameHidden = (key) => (
    ObjectPrototypePropertyIsEnumerable(b, key) || // compared with all others
    (mode === kPartial && (b[key] === undefined || (key === 'message' && b[key] === ''))) ||
    isEqual(a[key], b[key], mode, memo)
  );
  if (!sameHidden('message') || !sameHidden('name') || !sameHidden('cause') ||
      !sameHidden('errors')) {
    return false;
  }
  const hasCause = ObjectHasOwn(b, 'cause');
  return hasCause === ObjectHasOwn(a, 'cause') || (mode === kPartial && !hasCause);
}

function isEqualKeys(a, b, mode, memo) {
  const keys = require('internal/crypto/keys');
  if (types.isKeyObject(a)) {
    return types.isKeyObject(b) && keys.getKeyObjectType(a) === keys.getKeyObjectType(b) &&
      keys.getKeyObjectHandle(a).equals(keys.getKeyObjectHandle(b));
  }
  return types.isCryptoKey(b) &&
    keys.getCryptoKeyType(a) === keys.getCryptoKeyType(b) &&
    keys.getCryptoKeyExtractable(a) === keys.getCryptoKeyExtractable(b) &&
    isEqual(keys.getCryptoKeyAlgorithm(a), keys.getCryptoKeyAlgorithm(b), mode, memo) &&
    keys.getCryptoKeyUsagesMask(a) === keys.getCryptoKeyUsagesMask(b) &&
    keys.getCryptoKeyHandle(a).equals(keys.getCryptoKeyHandle(b));
}

let cryptoKeyTags;

/** Known by tag or class first, so that cryptography is not loaded for plain objects. */
function isKey(value) {
  if (!process.versions.openssl) return false;
  cryptoKeyTags ??= new SafeSet(['CryptoKey', 'KeyObject', 'SecretKeyObject', 'PublicKeyObject',
                                 'PrivateKeyObject', 'AsymmetricKeyObject']);
  return (cryptoKeyTags.has(value[SymbolToStringTag]) ||
      cryptoKeyTags.has(value.constructor?.name)) &&
    (types.isKeyObject(value) || types.isCryptoKey(value));
}

// ---- values ------------------------------------------------------------------------------------

function isEqual(a, b, mode, memo) {
  if (a === b) return a !== 0 || mode === kLoose || ObjectIs(a, b);
  if (mode === kLoose) {
    if (a === null || typeof a !== 'object') {
      // eslint-disable-next-line eqeqeq
      return (b === null || typeof b !== 'object') && (a == b || (a !== a && b !== b));
    }
    if (b === null || typeof b !== 'object') return false;
  } else {
    if (typeof a === 'number') return a !== a && b !== b;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  }
  return isEqualObject(a, b, mode, memo);
}

function hasSamePrototype(a, b) {
  const { constructor } = a;
  if (isWellKnown(constructor) ||
      (constructor !== undefined && !ObjectHasOwn(a, 'constructor'))) {
    return constructor === b.constructor;
  }
  return ObjectGetPrototypeOf(a) === ObjectGetPrototypeOf(b);
}

const hasSameTag = (a, b) => a[SymbolToStringTag] === b[SymbolToStringTag];

function hasSameKind(a, b, kindA) {
  if (a[SymbolToStringTag] !== undefined && b[SymbolToStringTag] !== undefined) {
    return hasSameTag(a, b);
  }
  return kindA === ObjectPrototypeToString(b);
}

/** Sizes must agree; in partial mode `a` may be bigger. */
const sizesFit = (a, b, mode) => a === b || (mode === kPartial && a > b);

function isEqualObject(a, b, mode, memo) {
  if (mode === kStrict && !hasSamePrototype(a, b)) return false;

  if (ArrayIsArray(a)) {
    return ArrayIsArray(b) && sizesFit(a.length, b.length, mode) && hasSameTag(a, b) &&
      isEqualList(a, b, mode, memo, kElements);
  }
  const kind = a[SymbolToStringTag] === undefined ? ObjectPrototypeToString(a) : undefined;
  if (kind === '[object Object]') {
    return hasSameKind(a, b, kind) && isEqualContents(a, b, mode, memo, kNothing);
  }
  if (types.isSet(a)) {
    return types.isSet(b) && sizesFit(a.size, b.size, mode) && hasSameTag(a, b) &&
      isEqualContents(a, b, mode, memo, kSetValues);
  }
  if (types.isMap(a)) {
    return types.isMap(b) && sizesFit(a.size, b.size, mode) && hasSameTag(a, b) &&
      isEqualContents(a, b, mode, memo, kMapEntries);
  }
  if (types.isArrayBufferView(a)) {
    return types.isArrayBufferView(b) && isEqualViews(a, b, mode) &&
      isEqualList(a, b, mode, memo, kNothing);
  }
  return isEqualSpecial(a, b, mode, memo, kind) && isEqualContents(a, b, mode, memo, kNothing);
}

function isOfKnownKind(value) {
  return ArrayIsArray(value) || types.isArrayBufferView(value) || types.isSet(value) ||
    types.isMap(value) || types.isDate(value) || types.isRegExp(value) ||
    types.isAnyArrayBuffer(value);
}

/** Everything that the properties of an object do not tell. */
function isEqualSpecial(a, b, mode, memo, kind) {
  if (types.isDate(a)) return types.isDate(b) && hasSameTag(a, b) && isEqualDates(a, b);
  if (types.isRegExp(a)) return types.isRegExp(b) && isEqualRegExps(a, b) && hasSameTag(a, b);
  if (types.isAnyArrayBuffer(a)) {
    return types.isAnyArrayBuffer(b) && hasSameTag(a, b) && isEqualBuffers(a, b, mode);
  }
  if (!hasSameKind(a, b, kind ?? ObjectPrototypeToString(a)) || isOfKnownKind(b)) return false;
  if (isError(a)) return isEqualErrors(a, b, mode, memo);
  if (types.isBoxedPrimitive(a)) return isEqualBoxed(a, b);
  if (isURL(a)) return isURL(b) && a.href === b.href;
  if (isKey(a)) return isEqualKeys(a, b, mode, memo);
  // What cannot be looked into is equal to itself only.
  return !types.isBoxedPrimitive(b) && !isError(b) && !types.isWeakMap(a) &&
    !types.isWeakSet(a) && !types.isPromise(a);
}

// ---- properties --------------------------------------------------------------------------------

/** Arrays and views: their elements are no keys. */
function isEqualList(a, b, mode, memo, holds) {
  const filter = mode === kLoose ? ONLY_ENUMERABLE | SKIP_SYMBOLS : ONLY_ENUMERABLE;
  const keysB = getOwnNonIndexProperties(b, filter);
  if (mode !== kPartial && keysB.length !== getOwnNonIndexProperties(a, filter).length) {
    return false;
  }
  if (keysB.length === 0 && (holds === kNothing || b.length === 0)) return true;
  return isEqualInCycle(a, b, mode, undefined, keysB, memo, holds);
}

function addSymbols(object, keys) {
  const symbols = ObjectGetOwnPropertySymbols(object);
  for (let i = 0; i < symbols.length; i++) {
    if (ObjectPrototypePropertyIsEnumerable(object, symbols[i])) {
      ArrayPrototypePush(keys, symbols[i]);
    }
  }
}

function isEqualContents(a, b, mode, memo, holds) {
  const keysB = ObjectKeys(b);
  let keysA;
  if (mode !== kPartial) {
    keysA = ObjectKeys(a);
    if (keysA.length !== keysB.length) return false;
  }
  if (mode !== kLoose) {
    addSymbols(b, keysB);
    if (keysA !== undefined) {
      addSymbols(a, keysA);
      if (keysA.length !== keysB.length) return false;
    }
  }
  if (keysB.length === 0 && (holds === kNothing || b.size === 0)) return true;
  return isEqualInCycle(a, b, mode, keysA, keysB, memo, holds);
}

/**
 * The objects that are being compared, outermost first. Circles are rare and this costs, so a first
 * run goes without (memo null) and trusts the end of the stack to tell.
 */
class Memo {
  constructor(a, b) {
    this.a = a;
    this.b = b;
    /** Everything in progress, once there is more than the outermost pair. */
    this.active = undefined;
  }
}

function isEqualInCycle(a, b, mode, keysA, keysB, memo, holds) {
  if (memo === null) return isEqualParts(a, b, mode, keysA, keysB, null, holds);
  if (memo === undefined) {
    return isEqualParts(a, b, mode, keysA, keysB, new Memo(a, b), holds);
  }
  if (memo.active === undefined) {
    if (memo.a === a) return memo.b === b;
    if (memo.b === b) return false;
    memo.active = new SafeSet([memo.a, memo.b, a, b]);
    const result = isEqualParts(a, b, mode, keysA, keysB, memo, holds);
    memo.active = undefined;
    return result;
  }
  const { active } = memo;
  const size = active.size;
  active.add(a);
  active.add(b);
  // Both known: the circle closes on both sides. One known: it closes on one side only.
  if (active.size !== size + 2) return active.size === size;
  const result = isEqualParts(a, b, mode, keysA, keysB, memo, holds);
  active.delete(a);
  active.delete(b);
  return result;
}

function isEqualParts(a, b, mode, keysA, keysB, memo, holds) {
  return isEqualProperties(a, b, mode, keysA, keysB, memo) &&
    (holds === kNothing ||
     (holds === kElements && isEqualElements(a, b, mode, memo)) ||
     (holds === kSetValues && isEqualSet(a, b, mode, memo)) ||
     (holds === kMapEntries && isEqualMap(a, b, mode, memo)));
}

function isEqualProperties(a, b, mode, keysA, keysB, memo) {
  let i = 0;
  // Mostly both have the same keys in the same order.
  if (keysA !== undefined) {
    for (; i < keysB.length && keysA[i] === keysB[i]; i++) {
      if (!isEqual(a[keysB[i]], b[keysB[i]], mode, memo)) return false;
    }
  }
  for (; i < keysB.length; i++) {
    const key = keysB[i];
    const desc = ObjectGetOwnPropertyDescriptor(a, key);
    if (desc === undefined || !desc.enumerable) return false;
    const value = desc.writable === undefined ? a[key] : desc.value;
    if (!isEqual(value, b[key], mode, memo)) return false;
  }
  return true;
}

// ---- elements ----------------------------------------------------------------------------------

const isHole = (list, i) => list[i] === undefined && !ObjectHasOwn(list, i);

function isEqualElements(a, b, mode, memo) {
  if (mode === kPartial) return hasElementsInOrder(a, b, memo);
  for (let i = 0; i < a.length; i++) {
    if (isHole(b, i)) return isEqualSparse(a, b, mode, memo, i);
    // Loosely, null goes for a hole, and in Node even for any other element.
    if (mode === kLoose && b[i] === null) continue;
    if (isHole(a, i) || !isEqual(a[i], b[i], mode, memo)) return false;
  }
  return true;
}

function isEqualSparse(a, b, mode, memo, from) {
  const keysA = ObjectKeys(a);
  const keysB = ObjectKeys(b);
  if (keysA.length !== keysB.length) return false;
  for (let i = from; i < keysB.length; i++) {
    const key = keysB[i];
    if (isHole(a, key) || !isEqual(a[key], b[key], mode, memo)) return false;
  }
  return true;
}

/** Whether the elements of `b` come in `a` in their order, with others between them. */
function hasElementsInOrder(a, b, memo) {
  let at = 0;
  for (let i = 0; i < b.length; i++, at++) {
    if (isHole(b, i)) return hasSparseInOrder(a, b, memo, at, i);
    const last = a.length - b.length + i;
    while (!isHole(a, at) && !isEqual(a[at], b[i], kPartial, memo)) {
      if (++at > last) return false;
    }
    if (isHole(a, at)) return hasSparseInOrder(a, b, memo, at, i);
  }
  return true;
}

function hasSparseInOrder(a, b, memo, fromA, fromB) {
  const keysA = ObjectKeys(a);
  const keysB = ObjectKeys(b);
  const surplus = keysA.length - fromA - (keysB.length - fromB);
  if (surplus < 0) return false;
  let skipped = 0;
  for (let i = 0; fromB + i < keysB.length; i++) {
    const wanted = b[keysB[fromB + i]];
    while (!isEqual(a[keysA[fromA + i + skipped]], wanted, kPartial, memo)) {
      if (++skipped > surplus) return false;
    }
  }
  return true;
}

// ---- sets and maps -----------------------------------------------------------------------------

/** Candidates of which each may be taken once. */
class Pool {
  constructor() {
    this.items = [];
    this.start = 0;
  }

  add(item) {
    ArrayPrototypePush(this.items, item);
  }

  get isEmpty() {
    return this.start === this.items.length;
  }

  /** Takes an item that fits. Those in the same or in the reverse order are found at once. */
  take(fits) {
    const { items, start } = this;
    if (start === items.length) return false;
    if (fits(items[start])) {
      this.start++;
      return true;
    }
    for (let i = items.length - 1; i > start; i--) {
      if (fits(items[i])) {
        items[i] = items[items.length - 1];
        items.length--;
        return true;
      }
    }
    return false;
  }
}

/**
 * Whether something that is == this primitive could be in a set: true or false, or the one value
 * to look for. Numbers in strings have too many spellings to look for.
 */
function looseTwin(primitive) {
  switch (typeof primitive) {
    case 'undefined': return null;
    case 'object': return undefined; // null
    case 'symbol': return false;
    case 'string':
    case 'number': return !(+primitive !== +primitive);
    default: return true;
  }
}

function mightHaveLoose(a, b, primitive) {
  const twin = looseTwin(primitive);
  return twin != null ? twin : !b.has(twin) && a.has(twin);
}

function isEqualSet(a, b, mode, memo) {
  let pool;
  for (const value of b.values()) {
    if (a.has(value)) continue;
    const isPrimitive = typeof value !== 'object' || value === null;
    if (isPrimitive && (mode !== kLoose || !mightHaveLoose(a, b, value))) return false;
    pool ??= new Pool();
    pool.add(value);
  }
  if (pool === undefined) return true;

  for (const value of a.values()) {
    if (b.has(value)) continue;
    if (!pool.take((item) => isEqual(value, item, mode, memo))) {
      if (mode !== kPartial) return false;
    } else if (pool.isEmpty) {
      return true;
    }
  }
  return pool.isEmpty;
}

function mightHaveLooseKey(a, b, key, item, memo) {
  const twin = looseTwin(key);
  if (twin != null) return twin;
  return a.has(twin) && !b.has(twin) && isEqual(a.get(twin), item, kLoose, memo);
}

function isEqualMap(a, b, mode, memo) {
  let pool;
  for (const { 0: key, 1: item } of b.entries()) {
    if (typeof key !== 'object' || key === null) {
      const other = a.get(key);
      const isThere = other !== undefined || a.has(key);
      if (isThere && isEqual(other, item, mode, memo)) continue;
      if (mode !== kLoose || !mightHaveLooseKey(a, b, key, item, memo)) return false;
    }
    pool ??= new Pool();
    pool.add(key);
  }
  if (pool === undefined) return true;

  for (const { 0: key, 1: item } of a.entries()) {
    if (typeof key !== 'object' || key === null) {
      if (mode === kPartial) continue;
      const isThere = b.has(key);
      if (mode !== kLoose && !isThere) return false;
      if (isThere && (mode !== kLoose || isEqual(item, b.get(key), mode, memo))) continue;
    }
    const fits = (other) => (
      isEqual(key, other, mode, memo) && isEqual(item, b.get(other), mode, memo));
    if (!pool.take(fits)) {
      if (mode !== kPartial) return false;
    } else if (pool.isEmpty && mode === kPartial) {
      return true;
    }
  }
  return pool.isEmpty;
}

// ---- entry -------------------------------------------------------------------------------------

let watchesCircles = false;

function compareValues(a, b, mode) {
  if (!watchesCircles) {
    try {
      return isEqual(a, b, mode, null);
    } catch {
      // Most likely a circle; where there is one, there will be more.
      watchesCircles = true;
    }
  }
  return isEqual(a, b, mode, undefined);
}

module.exports = {
  isDeepEqual(a, b) {
    return compareValues(a, b, kLoose);
  },
  isDeepStrictEqual(a, b, skipPrototype) {
    return compareValues(a, b, skipPrototype ? kStrictWithoutPrototypes : kStrict);
  },
  isPartialStrictEqual(a, b) {
    return compareValues(a, b, kPartial);
  },
};
