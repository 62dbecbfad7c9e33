'use strict';
// Errors on their way to another process or thread. V8 itself keeps only message and stack; here the
// class (if it is one of the language's) and all properties that can be cloned are kept, too, and
// causes. What cannot be cloned arrives as its inspected text.

const {
  AggregateError,
  ArrayPrototypePush,
  Error,
  EvalError,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyNames,
  ObjectGetPrototypeOf,
  ObjectPrototype,
  RangeError,
  ReferenceError,
  ReflectApply,
  SafeMap,
  SafeSet,
  SymbolFor,
  SyntaxError,
  TypeError,
  URIError,
} = primordials;

const kInspect = SymbolFor('nodejs.util.inspect.custom');

const classes = {
  __proto__: null,
  AggregateError, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
};

const namesOfPrototypes = new SafeMap();
for (const name in classes) namesOfPrototypes.set(classes[name].prototype, name);

/** The language's class that the error is of; undefined for what is no error. */
function classOf(value) {
  let prototype = value;
  while ((prototype = ObjectGetPrototypeOf(prototype)) !== null) {
    const name = namesOfPrototypes.get(prototype);
    if (name !== undefined) return name;
  }
  return undefined;
}

function isClonable(value) {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  try {
    require('v8').serialize(value);
    return true;
  } catch {
    return false;
  }
}

/** Own and inherited properties, the nearest of each name; functions are left out. */
function propertiesOf(error) {
  const seen = new SafeSet();
  const properties = [];
  for (let host = error; host !== null && host !== ObjectPrototype;
    host = ObjectGetPrototypeOf(host)) {
    const names = ObjectGetOwnPropertyNames(host);
    for (let i = 0; i < names.length; i++) {
      if (seen.has(names[i])) continue;
      seen.add(names[i]);
      const { get, value, enumerable } = ObjectGetOwnPropertyDescriptor(host, names[i]);
      const property = { __proto__: null, name: names[i], value, enumerable };
      if (get !== undefined && !readGetter(property, get, error)) continue;
      if (typeof property.value !== 'function') ArrayPrototypePush(properties, property);
    }
  }
  return properties;
}

function readGetter(property, get, error) {
  try {
    property.value = ReflectApply(get, error, []);
    return true;
  } catch {
    return false;
  }
}

function serializeOther(value) {
  if (isClonable(value)) return { __proto__: null, value };
  const { inspect } = require('internal/util/inspect');
  return { __proto__: null, text: inspect(value) };
}

/** @returns {object} something that V8 can clone */
function serializeError(value, seen = new SafeSet()) {
  const isObject = typeof value === 'object' && value !== null;
  const name = isObject && !seen.has(value) ? classOf(value) : undefined;
  if (name === undefined) return serializeOther(value);
  seen.add(value);
  const properties = [];
  const found = propertiesOf(value);
  for (let i = 0; i < found.length; i++) {
    const { name: key, value: inner, enumerable } = found[i];
    const isError = typeof inner === 'object' && inner !== null && classOf(inner) !== undefined;
    const packed = isError || key === 'cause' || !isClonable(inner);
    ArrayPrototypePush(properties, {
      name: key, enumerable, packed, value: packed ? serializeError(inner, seen) : inner,
    });
  }
  return { error: name, properties };
}

function deserializeError(data) {
  if (data.text !== undefined) {
    const { text } = data;
    return { [kInspect]: () => text };
  }
  if (data.error === undefined) return data.value;
  // Made by its class, to be an error for isError() too; all properties come from the other side.
  const Class = classes[data.error];
  const error = data.error === 'AggregateError' ? new Class([]) : new Class();
  delete error.stack;
  const { properties } = data;
  for (let i = 0; i < properties.length; i++) {
    const { name, enumerable, packed, value } = properties[i];
    ObjectDefineProperty(error, name, {
      __proto__: null,
      value: packed ? deserializeError(value) : value,
      enumerable,
      writable: true,
      configurable: true,
    });
  }
  return error;
}

module.exports = { deserializeError, serializeError };
