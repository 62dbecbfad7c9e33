'use strict';
// FormData: https://xhr.spec.whatwg.org/#interface-formdata
// Errors read as those of Node, which has it from undici: they carry no code.

const {
  ArrayPrototypePush,
  ArrayPrototypeSplice,
  FunctionPrototypeCall,
  IteratorPrototype,
  ObjectDefineProperties,
  ObjectSetPrototypeOf,
  StringPrototypeToWellFormed,
  SymbolIterator,
  SymbolToStringTag,
  TypeError,
} = primordials;

const { isBlob } = require('internal/blob');
const { File, isFile } = require('internal/file');
const { customInspectSymbol, kEnumerableProperty } = require('internal/util');
const { markAsUncloneable } = require('internal/worker/js_transferable');

/* eslint-disable no-restricted-syntax */

function requireArguments(count, required, method) {
  if (count >= required) return;
  throw new TypeError(
    `FormData.${method}: ${required} argument${required === 1 ? '' : 's'} required, but` +
    `${count > 0 ? ' only' : ''} ${count} found.`);
}

/** WebIDL's USVString. */
function toText(value) {
  return StringPrototypeToWellFormed(`${value}`);
}

class Entry {
  constructor(name, value) {
    this.name = name;
    this.value = value;
  }
}

/** https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#create-an-entry */
function makeEntry(method, args) {
  requireArguments(args.length, 2, method);
  const { 0: name, 1: value, 2: filename } = args;
  const text = toText(name);
  if (!isBlob(value)) {
    if (args.length > 2) {
      throw new TypeError(
        `FormData.${method}: Expected value ("${describe(value)}") to be an instance of Blob.`);
    }
    return new Entry(text, toText(value));
  }
  const newName = filename === undefined ? undefined : toText(filename);
  if (isFile(value) && newName === undefined) return new Entry(text, value);
  const lastModified = isFile(value) ? value.lastModified : undefined;
  const options = { __proto__: null, type: value.type, lastModified };
  return new Entry(text, new File([value], newName ?? value.name ?? 'blob', options));
}

function describe(value) {
  return typeof value === 'string' ? `"${value}"` : `${value}`;
}

let entriesOf;

class FormData {
  /** @type {Entry[]} */
  #entries = [];

  constructor(form = undefined) {
    markAsUncloneable(this);
    if (form === undefined) return;
    throw new TypeError('FormData constructor: Argument 1 could not be converted to: undefined.');
  }

  static {
    entriesOf = (self) => {
      if (typeof self === 'object' && self !== null && #entries in self) return self.#entries;
      const error = new TypeError('Illegal invocation');
      error.code = 'ERR_INVALID_THIS';
      throw error;
    };
  }

  append(name, value, filename = undefined) {
    ArrayPrototypePush(entriesOf(this), makeEntry('append', arguments));
  }

  delete(name) {
    const entries = entriesOf(this);
    requireArguments(arguments.length, 1, 'delete');
    name = toText(name);
    for (let i = entries.length - 1; i >= 0; i--) {
      if (entries[i].name === name) ArrayPrototypeSplice(entries, i, 1);
    }
  }

  get(name) {
    const entries = entriesOf(this);
    requireArguments(arguments.length, 1, 'get');
    name = toText(name);
    for (let i = 0; i < entries.length; i++) {
      if (entries[i].name === name) return entries[i].value;
    }
    return null;
  }

  getAll(name) {
    const entries = entriesOf(this);
    requireArguments(arguments.length, 1, 'getAll');
    name = toText(name);
    const values = [];
    for (let i = 0; i < entries.length; i++) {
      if (entries[i].name === name) ArrayPrototypePush(values, entries[i].value);
    }
    return values;
  }

  has(name) {
    const entries = entriesOf(this);
    requireArguments(arguments.length, 1, 'has');
    name = toText(name);
    for (let i = 0; i < entries.length; i++) {
      if (entries[i].name === name) return true;
    }
    return false;
  }

  set(name, value, filename = undefined) {
    const entries = entriesOf(this);
    const entry = makeEntry('set', arguments);
    let isPlaced = false;
    for (let i = 0; i < entries.length; i++) {
      if (entries[i].name !== entry.name) continue;
      if (isPlaced) {
        ArrayPrototypeSplice(entries, i--, 1);
      } else {
        entries[i] = entry;
        isPlaced = true;
      }
    }
    if (!isPlaced) ArrayPrototypePush(entries, entry);
  }

  keys() {
    return new FormDataIterator(entriesOf(this), KEYS);
  }

  values() {
    return new FormDataIterator(entriesOf(this), VALUES);
  }

  entries() {
    return new FormDataIterator(entriesOf(this), ENTRIES);
  }

  forEach(callback, thisArg = undefined) {
    const entries = entriesOf(this);
    requireArguments(arguments.length, 1, 'forEach');
    if (typeof callback !== 'function') {
      throw new TypeError(
        'Failed to execute \'forEach\' on \'FormData\': parameter 1 is not of type \'Function\'.');
    }
    for (let i = 0; i < entries.length; i++) {
      FunctionPrototypeCall(callback, thisArg, entries[i].value, entries[i].name, this);
    }
  }

  [customInspectSymbol](depth, options) {
    const shown = { __proto__: null };
    const entries = entriesOf(this);
    for (let i = 0; i < entries.length; i++) {
      const { name, value } = entries[i];
      if (shown[name] === undefined) {
        shown[name] = [value];
      } else {
        ArrayPrototypePush(shown[name], value);
      }
    }
    for (const name in shown) {
      if (shown[name].length === 1) shown[name] = shown[name][0];
    }
    const { inspect } = require('internal/util/inspect');
    const text = inspect(shown, { ...options, depth: options.depth ?? depth });
    // An object without a prototype says so first.
    return `FormData ${text.slice(text.indexOf(']') + 2)}`;
  }
}

ObjectDefineProperties(FormData.prototype, {
  append: kEnumerableProperty,
  delete: kEnumerableProperty,
  get: kEnumerableProperty,
  getAll: kEnumerableProperty,
  has: kEnumerableProperty,
  set: kEnumerableProperty,
  keys: kEnumerableProperty,
  values: kEnumerableProperty,
  entries: kEnumerableProperty,
  forEach: kEnumerableProperty,
  [SymbolIterator]: {
    __proto__: null, configurable: true, enumerable: false, writable: true,
    value: FormData.prototype.entries,
  },
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'FormData' },
});

const KEYS = 0;
const VALUES = 1;
const ENTRIES = 2;

/** It sees what is added and taken away while it goes on. */
class FormDataIterator {
  #entries;
  #kind;
  #index = 0;

  constructor(entries, kind) {
    this.#entries = entries;
    this.#kind = kind;
  }

  next() {
    if (typeof this !== 'object' || this === null || !(#entries in this)) {
      throw new TypeError(
        '\'next\' called on an object that does not implement interface FormData Iterator.');
    }
    const entry = this.#entries[this.#index];
    if (entry === undefined) return { value: undefined, done: true };
    this.#index++;
    const { name, value } = entry;
    if (this.#kind === KEYS) return { value: name, done: false };
    return { value: this.#kind === VALUES ? value : [name, value], done: false };
  }
}

delete FormDataIterator.prototype.constructor;
ObjectSetPrototypeOf(FormDataIterator.prototype, IteratorPrototype);
ObjectDefineProperties(FormDataIterator.prototype, {
  next: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'FormData Iterator' },
});

module.exports = { FormData };
