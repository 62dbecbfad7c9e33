'use strict';
// Errors on their way from one thread to another: with their class if it is one of the language,
// and all properties that a copy can hold. An error that can be copied in no way arrives as the
// text that util.inspect() makes of it.

const {
  AggregateError,
  Error,
  ErrorPrototype,
  EvalError,
  FunctionPrototypeCall,
  ObjectCreate,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyNames,
  ObjectGetPrototypeOf,
  ObjectKeys,
  ObjectPrototype,
  ObjectPrototypeToString,
  ObjectSetPrototypeOf,
  RangeError,
  ReferenceError,
  SafeSet,
  Symbol,
  SymbolFor,
  SymbolKeyFor,
  SymbolPrototypeGetDescription,
  SyntaxError,
  TypeError,
  URIError,
} = primordials;

const { inspect } = require('internal/util/inspect');
const { structuredClone } = require('internal/worker/js_transferable');

const ERROR = 'error';
const VALUE = 'value';
const TEXT = 'text';
const SHOWN = 'shown';
const CIRCULAR = 'circular';
const SYMBOL = 'symbol'; // Of the registry that all threads have alike.
const OWN_SYMBOL = 'own symbol'; // Of one thread: the other makes one of the same description.

const CAUSE_DEPTH_MAX = 8;
const customInspect = SymbolFor('nodejs.util.inspect.custom');

const classes = {
  __proto__: null,
  Error, TypeError, RangeError, URIError, SyntaxError, ReferenceError, EvalError, AggregateError,
};

function isErrorLike(value) {
  return typeof value === 'object' && value !== null &&
    ObjectPrototypeToString(value) === '[object Error]';
}

/** The name of the nearest class that the other thread has, too. */
function classOf(error) {
  let proto = ObjectGetPrototypeOf(error);
  while (proto !== null) {
    const name = ObjectGetOwnPropertyDescriptor(proto, 'constructor')?.value?.name;
    if (typeof name === 'string' && classes[name] !== undefined) return name;
    proto = ObjectGetPrototypeOf(proto);
  }
  return undefined;
}

/** Properties of the error and of what stands between it and its class; getters are read. */
function propertiesOf(error, target, path, found) {
  const parent = ObjectGetPrototypeOf(target);
  if (parent !== null && parent !== ObjectPrototype && parent !== ErrorPrototype) {
    propertiesOf(error, parent, path, found);
  }
  const names = ObjectGetOwnPropertyNames(target);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const descriptor = ObjectGetOwnPropertyDescriptor(target, name);
    let { value } = descriptor;
    if (typeof descriptor.get === 'function') {
      try {
        value = FunctionPrototypeCall(descriptor.get, error);
      } catch {
        // A getter that throws has nothing to tell.
        continue;
      }
    } else if (!('value' in descriptor)) {
      continue;
    }
    if (name === '__proto__' || typeof value === 'function') continue;
    const isCause = name === 'cause';
    if (isCause) value = describeCause(value, path);
    found[name] = { value, enumerable: descriptor.enumerable, isCause };
  }
  return found;
}

function describeCause(cause, path) {
  if (path.has(cause)) return { kind: CIRCULAR };
  if (path.size >= CAUSE_DEPTH_MAX) return { kind: TEXT, text: inspect(cause) };
  return serializeError(cause, path);
}

function describeError(error, path) {
  const name = classOf(error);
  if (name === undefined) return undefined;
  path.add(error);
  try {
    const properties = propertiesOf(error, error, path, ObjectCreate(null));
    return copied({ kind: ERROR, name, properties });
  } finally {
    path.delete(error);
  }
}

/** The description itself, if a message can hold it. */
function copied(description) {
  structuredClone(description);
  return description;
}

/** What a message can hold of anything that was thrown. */
function serializeError(error, path = new SafeSet()) {
  if (typeof error === 'symbol') {
    const key = SymbolKeyFor(error);
    if (key !== undefined) return { kind: SYMBOL, key };
    return { kind: OWN_SYMBOL, description: SymbolPrototypeGetDescription(error) };
  }
  try {
    if (isErrorLike(error)) {
      const description = describeError(error, path);
      if (description !== undefined) return description;
    }
  } catch {
    // Something in it cannot be copied.
  }
  try {
    if (typeof error === 'object' && error !== null && customInspect in error) {
      return { kind: SHOWN, text: inspect(error) };
    }
  } catch {
    // A proxy, or its inspection threw.
  }
  try {
    if (!isErrorLike(error)) return copied({ kind: VALUE, value: error });
  } catch {
    // As above.
  }
  return { kind: TEXT, text: inspect(error) };
}

function reviveError({ name, properties }) {
  const error = new Error();
  delete error.stack;
  ObjectSetPrototypeOf(error, classes[name].prototype);
  const keys = ObjectKeys(properties);
  for (let i = 0; i < keys.length; i++) {
    const { value, enumerable, isCause } = properties[keys[i]];
    ObjectDefineProperty(error, keys[i], {
      __proto__: null,
      value: isCause ? deserializeError(value) : value,
      enumerable,
      writable: true,
      configurable: true,
    });
  }
  return error;
}

function deserializeError(description) {
  switch (description.kind) {
    case ERROR:
      return reviveError(description);
    case VALUE:
      return description.value;
    case SYMBOL:
      return SymbolFor(description.key);
    case OWN_SYMBOL:
      return Symbol(description.description);
    case SHOWN:
      return { __proto__: null, [customInspect]: () => description.text };
    case CIRCULAR:
      return { __proto__: null, [customInspect]: () => '[Circular object]' };
    default:
      return description.text;
  }
}

module.exports = { deserializeError, serializeError };
