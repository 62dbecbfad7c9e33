'use strict';

// How events that programs make are read: field by field, in Node's order. A field that cannot be
// read, or is of another type, is missing.

const {
  ObjectIs,
  ObjectKeys,
  StringPrototypeToWellFormed,
  TypeError,
  TypedArrayPrototypeGetSymbolToStringTag,
} = primordials;

/** The value; undefined if reading it throws. */
function peek(object, name) {
  try {
    return object[name];
  } catch {
    return undefined;
  }
}

function missing(what) {
  return new TypeError(`Missing ${what}`);
}

/** @param {string} [place]  of the field, for the error */
function takeText(object, name, place = `${name} in event`) {
  const value = peek(object, name);
  if (typeof value !== 'string') throw missing(place);
  return StringPrototypeToWellFormed(value);
}

/** A text that may be missing. */
function takeTextOr(object, name, other) {
  const value = peek(object, name);
  return typeof value === 'string' ? StringPrototypeToWellFormed(value) : other;
}

function takeNumber(object, name) {
  const value = peek(object, name);
  if (typeof value !== 'number') throw missing(`${name} in event`);
  return value;
}

function takeInteger(object, name, place = `${name} in event`) {
  const value = peek(object, name);
  if (typeof value !== 'number' || !ObjectIs(value | 0, value)) throw missing(place);
  return value;
}

function takeFlag(object, name) {
  const value = peek(object, name);
  if (typeof value !== 'boolean') throw missing(`${name} in event`);
  return value;
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function takeObject(object, name, place = `${name} in event`) {
  const value = peek(object, name);
  if (!isObject(value)) throw missing(place);
  return value;
}

function takeBytes(object, name) {
  const value = takeObject(object, name);
  if (TypedArrayPrototypeGetSymbolToStringTag(value) !== 'Uint8Array') {
    throw new TypeError(`Expected ${name} to be Uint8Array in event`);
  }
  return value;
}

/** Is it an index of an array? V8 gives those as numbers, which are no names for Node. */
function isIndex(key) {
  const number = key >>> 0;
  return `${number}` === key && number !== 2 ** 32 - 1;
}

/** Names and values of headers, all of them texts. */
function takeHeaders(object, place) {
  const headers = takeObject(object, 'headers', `${place}.headers in event`);
  let names;
  try {
    names = ObjectKeys(headers);
  } catch {
    throw missing('response headers in event'); // Of requests, too.
  }
  const result = { __proto__: null };
  for (let i = 0; i < names.length; i++) {
    if (isIndex(names[i])) throw new TypeError('Invalid header name in event');
    const value = peek(headers, names[i]);
    if (typeof value !== 'string') throw new TypeError('Invalid header value in event');
    result[StringPrototypeToWellFormed(names[i])] = StringPrototypeToWellFormed(value);
  }
  return result;
}

module.exports = {
  peek,
  takeBytes,
  takeFlag,
  takeHeaders,
  takeInteger,
  takeNumber,
  takeObject,
  takeText,
  takeTextOr,
};
