'use strict';

// URLSearchParams: a flat list of names and values. A URL that owns one hears
// of every change.

const {
  ArrayIsArray,
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  FunctionPrototypeCall,
  IteratorPrototype,
  ObjectDefineProperties,
  ObjectSetPrototypeOf,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  SafeMap,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeToWellFormed,
  SymbolFor,
  SymbolIterator,
  SymbolToStringTag,
} = primordials;

const {
  ERR_ARG_NOT_ITERABLE,
  ERR_INVALID_THIS,
  ERR_INVALID_TUPLE,
  ERR_MISSING_ARGS,
} = require('internal/errors').codes;
const { kEnumerableProperty, removeColors } = require('internal/util');
const { validateFunction } = require('internal/validators');
const { decodeForm, encodeForm } = require('internal/querystring');

const {
  constants: { kDisallowCloneAndTransfer },
  privateSymbols: { transfer_mode_private_symbol },
} = internalBinding('util');

const PERCENT = 37;
const AMPERSAND = 38;
const PLUS = 43;
const EQUALS = 61;

const kInspect = SymbolFor('nodejs.util.inspect.custom');

// Handed out of the class, for URL and for the iterator only.
let listOf;
let adopt;
let reload;
let onChange;

/** WebIDL's USVString. */
function toUSVString(value) {
  return StringPrototypeToWellFormed(`${value}`);
}

/** application/x-www-form-urlencoded text, perhaps with a '?' before it -> flat list. */
function parseQuery(query) {
  const list = [];
  const { length } = query;
  let start = query[0] === '?' ? 1 : 0;
  let equals = -1;
  let isEncoded = false;
  for (let i = start; i <= length; i++) {
    const code = i < length ? StringPrototypeCharCodeAt(query, i) : AMPERSAND;
    if (code === AMPERSAND) {
      if (i > start) {
        const name = StringPrototypeSlice(query, start, equals < 0 ? i : equals);
        const value = equals < 0 ? '' : StringPrototypeSlice(query, equals + 1, i);
        if (isEncoded) ArrayPrototypePush(list, decodeForm(name), decodeForm(value));
        else ArrayPrototypePush(list, name, value);
      }
      start = i + 1;
      equals = -1;
      isEncoded = false;
    } else if (code === EQUALS) {
      if (equals < 0) equals = i;
    } else if (code === PLUS || code === PERCENT) {
      isEncoded = true;
    }
  }
  return list;
}

function serialize(list) {
  let text = '';
  for (let i = 0; i < list.length; i += 2) {
    if (i > 0) text += '&';
    text += `${encodeForm(list[i])}=${encodeForm(list[i + 1])}`;
  }
  return text;
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function refusePair() {
  throw new ERR_INVALID_TUPLE('Each query pair', '[name, value]');
}

/** From a sequence of pairs. */
function listFromPairs(pairs) {
  const list = [];
  for (const pair of pairs) {
    if (ArrayIsArray(pair)) {
      if (pair.length !== 2) refusePair();
      ArrayPrototypePush(list, toUSVString(pair[0]), toUSVString(pair[1]));
      continue;
    }
    if (!isObject(pair) || typeof pair[SymbolIterator] !== 'function') refusePair();
    const before = list.length;
    for (const part of pair) ArrayPrototypePush(list, toUSVString(part));
    if (list.length !== before + 2) refusePair();
  }
  return list;
}

/** From a record. Two keys that are one USVString: the later value counts. */
function listFromRecord(record) {
  const list = [];
  const places = new SafeMap();
  const keys = ReflectOwnKeys(record);
  for (let i = 0; i < keys.length; i++) {
    const descriptor = ReflectGetOwnPropertyDescriptor(record, keys[i]);
    if (descriptor === undefined || !descriptor.enumerable) continue;
    const name = toUSVString(keys[i]);
    const value = toUSVString(record[keys[i]]);
    const place = places.get(name);
    if (place !== undefined) {
      list[place] = value;
    } else {
      places.set(name, ArrayPrototypePush(list, name, value) - 1);
    }
  }
  return list;
}

/** Sorts pairs by name in UTF-16 units, equal names as they were: merges runs. */
function sortPairs(list) {
  const { length } = list;
  let from = list;
  let into = ArrayPrototypeSlice(list);
  for (let run = 2; run < length; run *= 2) {
    for (let start = 0; start < length; start += 2 * run) {
      mergeRuns(from, into, start, start + run, start + 2 * run);
    }
    const merged = into;
    into = from;
    from = merged;
  }
  if (from === list) return;
  for (let i = 0; i < length; i++) list[i] = from[i];
}

function mergeRuns(from, into, start, middle, end) {
  const { length } = from;
  if (middle > length) middle = length;
  if (end > length) end = length;
  let left = start;
  let right = middle;
  for (let i = start; i < end; i += 2) {
    const takeLeft = left < middle && (right >= end || from[left] <= from[right]);
    const at = takeLeft ? left : right;
    into[i] = from[at];
    into[i + 1] = from[at + 1];
    if (takeLeft) left += 2;
    else right += 2;
  }
}

class URLSearchParamsIterator {
  #params;
  #kind;
  #index = 0;

  constructor(params, kind) {
    this.#params = params;
    this.#kind = kind;
  }

  #pick(name, value) {
    if (this.#kind === 'key') return name;
    return this.#kind === 'value' ? value : [name, value];
  }

  next() {
    if (typeof this !== 'object' || this === null || !(#params in this)) {
      throw new ERR_INVALID_THIS('URLSearchParamsIterator');
    }
    const list = listOf(this.#params);
    const index = this.#index;
    if (index >= list.length) return { value: undefined, done: true };
    this.#index = index + 2;
    return { value: this.#pick(list[index], list[index + 1]), done: false };
  }

  [kInspect](depth, ctx) {
    if (typeof this !== 'object' || this === null || !(#params in this)) {
      throw new ERR_INVALID_THIS('URLSearchParamsIterator');
    }
    if (typeof depth === 'number' && depth < 0) return ctx.stylize('[Object]', 'special');
    const options = { ...ctx };
    if (depth !== null) options.depth = depth - 1;
    const list = listOf(this.#params);
    const rest = [];
    for (let i = this.#index; i < list.length; i += 2) {
      ArrayPrototypePush(rest, this.#pick(list[i], list[i + 1]));
    }
    const { inspect } = require('internal/util/inspect');
    const isLong = StringPrototypeIncludes(inspect(rest, options), '\n');
    const items = ArrayPrototypeMap(rest, (item) => inspect(item, options));
    const text = isLong ?
      `\n  ${ArrayPrototypeJoin(items, ',\n  ')}` : ` ${ArrayPrototypeJoin(items, ', ')}`;
    return `${this[SymbolToStringTag]} {${text} }`;
  }
}

// https://webidl.spec.whatwg.org/#es-iterator-prototype-object
delete URLSearchParamsIterator.prototype.constructor;
ObjectSetPrototypeOf(URLSearchParamsIterator.prototype, IteratorPrototype);
ObjectDefineProperties(URLSearchParamsIterator.prototype, {
  [SymbolToStringTag]: {
    __proto__: null, configurable: true, value: 'URLSearchParams Iterator',
  },
  next: kEnumerableProperty,
});

class URLSearchParams {
  #list = [];
  #owner;
  // What toString() gives until something changes.
  #text;

  static {
    listOf = (params) => params.#list;
    adopt = (params, owner) => { params.#owner = owner; };
    reload = (params, query) => {
      params.#list = parseQuery(query);
      params.#text = undefined;
    };
  }

  constructor(init = undefined) {
    this[transfer_mode_private_symbol] = kDisallowCloneAndTransfer;
    if (init === undefined) return;
    if (!isObject(init)) {
      this.#list = parseQuery(toUSVString(init));
      return;
    }
    const method = init[SymbolIterator];
    if (method === this[SymbolIterator] && #list in init) {
      this.#list = ArrayPrototypeSlice(init.#list);
    } else if (method == null) {
      this.#list = listFromRecord(init);
    } else if (typeof method === 'function') {
      this.#list = listFromPairs(init);
    } else {
      throw new ERR_ARG_NOT_ITERABLE('Query pairs');
    }
  }

  static #check(params) {
    if (typeof params !== 'object' || params === null || !(#list in params)) {
      throw new ERR_INVALID_THIS('URLSearchParams');
    }
  }

  #changed() {
    this.#text = undefined;
    if (this.#owner !== undefined) onChange(this.#owner);
  }

  [kInspect](depth, ctx) {
    URLSearchParams.#check(this);
    if (typeof depth === 'number' && depth < 0) return ctx.stylize('[Object]', 'special');
    const options = { ...ctx };
    if (depth !== null) options.depth = depth - 1;
    const list = this.#list;
    const { inspect } = require('internal/util/inspect');
    const pairs = [];
    let width = -2;
    for (let i = 0; i < list.length; i += 2) {
      const pair = `${inspect(list[i], options)} => ${inspect(list[i + 1], options)}`;
      ArrayPrototypePush(pairs, pair);
      width += removeColors(pair).length + 2;
    }
    const { name } = this.constructor;
    if (width > ctx.breakLength) return `${name} {\n  ${ArrayPrototypeJoin(pairs, ',\n  ')} }`;
    return pairs.length > 0 ? `${name} { ${ArrayPrototypeJoin(pairs, ', ')} }` : `${name} {}`;
  }

  get size() {
    URLSearchParams.#check(this);
    return this.#list.length / 2;
  }

  append(name, value) {
    URLSearchParams.#check(this);
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('name', 'value');
    ArrayPrototypePush(this.#list, toUSVString(name), toUSVString(value));
    this.#changed();
  }

  delete(name, value = undefined) {
    URLSearchParams.#check(this);
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('name');
    name = toUSVString(name);
    if (value !== undefined) value = toUSVString(value);
    const list = this.#list;
    let kept = 0;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) continue;
      list[kept] = list[i];
      list[kept + 1] = list[i + 1];
      kept += 2;
    }
    list.length = kept;
    this.#changed();
  }

  get(name) {
    URLSearchParams.#check(this);
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('name');
    name = toUSVString(name);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name) return list[i + 1];
    }
    return null;
  }

  getAll(name) {
    URLSearchParams.#check(this);
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('name');
    name = toUSVString(name);
    const list = this.#list;
    const values = [];
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name) ArrayPrototypePush(values, list[i + 1]);
    }
    return values;
  }

  has(name, value = undefined) {
    URLSearchParams.#check(this);
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('name');
    name = toUSVString(name);
    if (value !== undefined) value = toUSVString(value);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) return true;
    }
    return false;
  }

  set(name, value) {
    URLSearchParams.#check(this);
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('name', 'value');
    name = toUSVString(name);
    value = toUSVString(value);
    const list = this.#list;
    let found = false;
    let kept = 0;
    for (let i = 0; i < list.length; i += 2) {
      const isNamed = list[i] === name;
      if (isNamed && found) continue;
      found ||= isNamed;
      list[kept] = list[i];
      list[kept + 1] = isNamed ? value : list[i + 1];
      kept += 2;
    }
    list.length = kept;
    if (!found) ArrayPrototypePush(list, name, value);
    this.#changed();
  }

  sort() {
    URLSearchParams.#check(this);
    sortPairs(this.#list);
    this.#changed();
  }

  // Not [Symbol.iterator], because the function's name must be `entries`.
  entries() {
    URLSearchParams.#check(this);
    return new URLSearchParamsIterator(this, 'key+value');
  }

  forEach(callback, thisArg = undefined) {
    URLSearchParams.#check(this);
    validateFunction(callback, 'callback');
    // The callback may change the list, or have the URL replace it.
    for (let i = 0; i < this.#list.length; i += 2) {
      const list = this.#list;
      FunctionPrototypeCall(callback, thisArg, list[i + 1], list[i], this);
    }
  }

  keys() {
    URLSearchParams.#check(this);
    return new URLSearchParamsIterator(this, 'key');
  }

  values() {
    URLSearchParams.#check(this);
    return new URLSearchParamsIterator(this, 'value');
  }

  toString() {
    URLSearchParams.#check(this);
    return this.#text ??= serialize(this.#list);
  }
}

ObjectDefineProperties(URLSearchParams.prototype, {
  append: kEnumerableProperty,
  delete: kEnumerableProperty,
  get: kEnumerableProperty,
  getAll: kEnumerableProperty,
  has: kEnumerableProperty,
  set: kEnumerableProperty,
  size: kEnumerableProperty,
  sort: kEnumerableProperty,
  entries: kEnumerableProperty,
  forEach: kEnumerableProperty,
  keys: kEnumerableProperty,
  values: kEnumerableProperty,
  toString: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'URLSearchParams' },
  [SymbolIterator]: {
    __proto__: null,
    configurable: true,
    value: URLSearchParams.prototype.entries,
    writable: true,
  },
});

/** URL says here, once, what to do with a URL whose params the user has changed. */
function onOwnerChange(callback) {
  onChange = callback;
}

/** The params of a URL. */
function createOwned(query, owner) {
  const params = new URLSearchParams();
  reload(params, query);
  adopt(params, owner);
  return params;
}

/** The URL's query was replaced. */
function replaceQuery(params, query) {
  reload(params, query);
}

module.exports = { URLSearchParams, createOwned, onOwnerChange, replaceQuery };
