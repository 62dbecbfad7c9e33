'use strict';

// printf for JavaScript: `util.format`.

const {
  JSONStringify, Number, NumberParseFloat, NumberParseInt, ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf, ObjectHasOwn, String, StringPrototypeCharCodeAt, StringPrototypeIndexOf,
  StringPrototypeSlice, StringPrototypeSplit, SymbolToPrimitive,
} = primordials;

const { builtInObjects } = require('internal/util/inspect/identity');

const { getProxyDetails } = internalBinding('util');

const PERCENT = 37;

const firstLine = (error) => StringPrototypeSplit(error.message, '\n', 1)[0];
let circularMessage;

/** What V8 says of circular structures; asked of V8 itself, once. */
function getCircularMessage() {
  if (circularMessage === undefined) {
    try {
      const circle = {};
      circle.circle = circle;
      JSONStringify(circle);
    } catch (error) {
      circularMessage = firstLine(error);
    }
  }
  return circularMessage;
}

function tryStringify(value) {
  try {
    return JSONStringify(value);
  } catch (error) {
    if (error.name === 'TypeError' && firstLine(error) === getCircularMessage()) {
      return '[Circular]';
    }
    throw error;
  }
}

/** Whether turning the object into a string would run nothing of the user's. */
function hasBuiltInToString(value) {
  const target = getProxyDetails(value, false);
  if (target === null) return true; // revoked
  if (target !== undefined) value = target;

  const hasToString = typeof value.toString === 'function';
  const hasToPrimitive = typeof value[SymbolToPrimitive] === 'function';
  if (!hasToString && !hasToPrimitive) return true;
  const owns = (object) => (
    (hasToString && ObjectHasOwn(object, 'toString')) ||
    (hasToPrimitive && ObjectHasOwn(object, SymbolToPrimitive))
  );
  if (owns(value)) return false;
  // Whose function is it?
  let owner = ObjectGetPrototypeOf(value);
  while (!owns(owner)) owner = ObjectGetPrototypeOf(owner);
  const ctor = ObjectGetOwnPropertyDescriptor(owner, 'constructor')?.value;
  return typeof ctor === 'function' && builtInObjects.has(ctor.name);
}

/** @param {{inspect: Function, formatNumber: Function, formatBigInt: Function}} tools */
function makeFormatter({ inspect, formatNumber, formatBigInt }) {
  function formatString(value, options) {
    if (typeof value === 'number') return formatNumber(value, options);
    if (typeof value === 'bigint') return formatBigInt(value, options);
    if (typeof value !== 'object' || value === null || !hasBuiltInToString(value)) {
      return String(value);
    }
    return inspect(value, { ...options, compact: 3, colors: false, depth: 0 });
  }

  function formatAsNumber(value, options, parse, keepsBigInt) {
    if (keepsBigInt && typeof value === 'bigint') return formatBigInt(value, options);
    if (typeof value === 'symbol') return 'NaN';
    return formatNumber(parse(value), options);
  }

  /** @returns {string | undefined} undefined if `letter` is no placeholder */
  function fill(letter, value, options) {
    switch (letter) {
      case 115: return formatString(value, options); // s
      case 106: return tryStringify(value) ?? 'undefined'; // j
      case 100: return formatAsNumber(value, options, Number, true); // d
      case 105: return formatAsNumber(value, options, NumberParseInt, true); // i
      case 102: return formatAsNumber(value, options, NumberParseFloat, false); // f
      case 79: return inspect(value, options); // O
      case 111: // o
        return inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 });
      case 99: return ''; // c: CSS is for browsers
      default: return undefined;
    }
  }

  /** @param {any[]} args  a format, or whatever, then values */
  return function formatAll(options, args) {
    const first = args[0];
    let used = 0;
    let text = '';
    let separator = '';
    if (typeof first === 'string') {
      if (args.length === 1) return first;
      let done = 0;
      let at = StringPrototypeIndexOf(first, '%');
      for (; at !== -1 && at < first.length - 1; at = StringPrototypeIndexOf(first, '%', at)) {
        const letter = StringPrototypeCharCodeAt(first, at + 1);
        if (letter === PERCENT) {
          text += StringPrototypeSlice(first, done, at + 1);
          done = at + 2;
        } else if (used + 1 < args.length) {
          const filled = fill(letter, args[used + 1], options);
          if (filled !== undefined) {
            used++;
            text += StringPrototypeSlice(first, done, at) + filled;
            done = at + 2;
          }
        }
        at += 2;
      }
      if (done !== 0) {
        used++;
        separator = ' ';
        text += StringPrototypeSlice(first, done);
      }
    }
    for (; used < args.length; used++) {
      const value = args[used];
      text += separator + (typeof value === 'string' ? value : inspect(value, options));
      separator = ' ';
    }
    return text;
  };
}

module.exports = { makeFormatter };
