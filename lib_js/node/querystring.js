'use strict';

const {
  ArrayIsArray,
  ArrayPrototypePush,
  MathAbs,
  NumberIsFinite,
  ObjectKeys,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  decodeURIComponent,
} = primordials;

const { Buffer } = require('buffer');
const { encodeComponent, percentDecode, toText } = require('internal/querystring');

const MAX_KEYS_DEFAULT = 1000;

const pluses = /\+/g;
const escapes = /%[0-9a-fA-F]{2}/;

// Node's exports, which users may replace: escape and unescape are looked up
// here whenever they are needed.
const QueryString = module.exports = {
  unescapeBuffer,
  unescape: qsUnescape,
  escape: qsEscape,
  stringify,
  encode: stringify,
  parse,
  decode: parse,
};

function unescapeBuffer(s, decodeSpaces) {
  // Units beyond Latin-1 lose their high byte, as in Node.
  return percentDecode(Buffer.from(`${s}`, 'latin1'), decodeSpaces === true);
}

function qsUnescape(s, decodeSpaces) {
  try {
    return decodeURIComponent(s);
  } catch {
    return `${QueryString.unescapeBuffer(s, decodeSpaces)}`;
  }
}

function qsEscape(str) {
  return encodeComponent(typeof str === 'string' ? str : toText(str));
}

function primitiveText(value) {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return NumberIsFinite(value) ? `${value}` : '';
    case 'bigint':
      return `${value}`;
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return '';
  }
}

function encodePrimitive(value, encode) {
  const text = primitiveText(value);
  if (encode !== qsEscape) return encode(text);
  // Of what is no string, only a number so large has something to encode: a plus sign.
  if (typeof value === 'number' ? MathAbs(value) < 1e21 : typeof value !== 'string') return text;
  return text === '' ? '' : encode(text);
}

/**
 * @param {Record<string, any>} obj
 * @param {string} [sep]
 * @param {string} [eq]
 * @param {{ encodeURIComponent?: (text: string) => string }} [options]
 * @returns {string}
 */
function stringify(obj, sep, eq, options) {
  if (obj === null || typeof obj !== 'object') return '';
  sep ||= '&';
  eq ||= '=';
  const encode = typeof options?.encodeURIComponent === 'function' ?
    options.encodeURIComponent : QueryString.escape;

  const keys = ObjectKeys(obj);
  let fields = '';
  for (let i = 0; i < keys.length; i++) {
    const value = obj[keys[i]];
    const start = `${encodePrimitive(keys[i], encode)}${eq}`;
    const values = ArrayIsArray(value) ? value : [value];
    for (let j = 0; j < values.length; j++) {
      if (fields !== '') fields += sep;
      fields += `${start}${encodePrimitive(values[j], encode)}`;
    }
  }
  return fields;
}

function decodeWith(decode, text) {
  try {
    return decode(text);
  } catch {
    return QueryString.unescape(text, true);
  }
}

function addValue(obj, key, value) {
  const current = obj[key];
  if (current === undefined) obj[key] = value;
  else if (ArrayIsArray(current)) ArrayPrototypePush(current, value);
  else obj[key] = [current, value];
}

/** A key or value as it stands in the query -> as it was meant. */
function decodePart(text, decode, isCustom) {
  if (text === '') return text;
  if (StringPrototypeIncludes(text, '+')) {
    text = RegExpPrototypeSymbolReplace(pluses, text, isCustom ? '%20' : ' ');
  }
  return isCustom || RegExpPrototypeExec(escapes, text) !== null ?
    decodeWith(decode, text) : text;
}

/**
 * @param {string} qs
 * @param {string} [sep]
 * @param {string} [eq]
 * @param {{ maxKeys?: number, decodeURIComponent?: (text: string) => string }} [options]
 * @returns {Record<string, string | string[]>}
 */
function parse(qs, sep, eq, options) {
  const obj = { __proto__: null };
  if (typeof qs !== 'string' || qs.length === 0) return obj;
  sep = sep ? `${sep}` : '&';
  eq = eq ? `${eq}` : '=';
  let limit = MAX_KEYS_DEFAULT;
  if (typeof options?.maxKeys === 'number') limit = options.maxKeys;
  const decode = typeof options?.decodeURIComponent === 'function' ?
    options.decodeURIComponent : QueryString.unescape;
  const isCustom = decode !== qsUnescape;

  // Most queries have nothing to decode.
  const isPlain = !isCustom && !StringPrototypeIncludes(qs, '%') &&
    !StringPrototypeIncludes(qs, '+');

  const { length } = qs;
  for (let start = 0, count = 0; start < length && (count < limit || !(limit > 0)); count++) {
    let end = sep === '' ? -1 : StringPrototypeIndexOf(qs, sep, start);
    if (end === -1) end = length;
    if (end > start) {
      let at = StringPrototypeIndexOf(qs, eq, start);
      if (at === -1 || at + eq.length > end) at = end;
      const key = StringPrototypeSlice(qs, start, at);
      const value = at === end ? '' : StringPrototypeSlice(qs, at + eq.length, end);
      if (isPlain) addValue(obj, key, value);
      else addValue(obj, decodePart(key, decode, isCustom), decodePart(value, decode, isCustom));
    }
    start = end + sep.length;
  }
  return obj;
}
