'use strict';

// RFC 3492, in the API of Punycode.js 2.1, which Node deprecates (DEP0040).

const {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypeSplice,
  MathFloor,
  RangeError,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  StringFromCharCode,
  StringFromCodePoint,
  StringPrototypeCharCodeAt,
  StringPrototypeCodePointAt,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeToLowerCase,
} = primordials;

const { isInsideNodeModules } = internalBinding('util');

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const INT_MAX = 0x7fffffff;

const notAscii = /[^\0-\x7F]/;
const encodedLabel = /^xn--/;
// Dots of IDNA 2003.
const otherDots = /[\u3002\uFF0E\uFF61]/g;

if (!isInsideNodeModules(100, true)) {
  process.emitWarning(
    'The `punycode` module is deprecated. Please use a userland alternative instead.',
    'DeprecationWarning', 'DEP0040');
}

const errors = {
  'overflow': 'Overflow: input needs wider integers to process',
  'not-basic': 'Illegal input >= 0x80 (not a basic code point)',
  'invalid-input': 'Invalid input',
};

// Uncaught, an error shows the line that threw it, which has a tab in Node.
function error(type) {
	throw new RangeError(errors[type]);
}

/** 0..25 -> a..z, 26..35 -> 0..9 */
function digitToCode(digit) {
  return digit < 26 ? digit + 97 : digit + 22;
}

/** The reverse; BASE for what is no digit. */
function codeToDigit(code) {
  if (code >= 48 && code < 58) return code - 22;
  const letter = code | 0x20;
  return letter >= 97 && letter <= 122 && code < 128 ? letter - 97 : BASE;
}

function threshold(k, bias) {
  if (k <= bias) return T_MIN;
  return k >= bias + T_MAX ? T_MAX : k - bias;
}

/** Section 3.4. */
function adapt(delta, count, isFirst) {
  delta = isFirst ? MathFloor(delta / DAMP) : delta >> 1;
  delta += MathFloor(delta / count);
  let k = 0;
  for (; delta > (BASE - T_MIN) * T_MAX >> 1; k += BASE) {
    delta = MathFloor(delta / (BASE - T_MIN));
  }
  return MathFloor(k + (BASE - T_MIN + 1) * delta / (delta + SKEW));
}

function ucs2decode(string) {
  const points = [];
  for (let i = 0; i < string.length; i++) {
    const point = StringPrototypeCodePointAt(string, i);
    if (point > 0xffff) i++;
    ArrayPrototypePush(points, point);
  }
  return points;
}

const ucs2encode = (codePoints) => StringFromCodePoint(...codePoints);

/** One generalised variable-length integer from `at` on: [value, next place], or an error. */
function readInteger(input, at, bias) {
  let value = 0;
  for (let weight = 1, k = BASE; ; k += BASE) {
    if (at >= input.length) return 'invalid-input';
    const digit = codeToDigit(StringPrototypeCharCodeAt(input, at++));
    if (digit >= BASE) return 'invalid-input';
    if (digit > MathFloor((INT_MAX - value) / weight)) return 'overflow';
    value += digit * weight;
    const t = threshold(k, bias);
    if (digit < t) return [value, at];
    if (weight > MathFloor(INT_MAX / (BASE - t))) return 'overflow';
    weight *= BASE - t;
  }
}

function writeInteger(value, bias) {
  let text = '';
  for (let k = BASE; ; k += BASE) {
    const t = threshold(k, bias);
    if (value < t) return text + StringFromCharCode(digitToCode(value));
    const rest = value - t;
    text += StringFromCharCode(digitToCode(t + rest % (BASE - t)));
    value = MathFloor(rest / (BASE - t));
  }
}

const decode = function(input) {
  const output = [];
  const basics = StringPrototypeLastIndexOf(input, '-');
  for (let i = 0; i < basics; i++) {
    const code = StringPrototypeCharCodeAt(input, i);
    if (code >= 0x80) error('not-basic');
    ArrayPrototypePush(output, code);
  }

  let n = INITIAL_N;
  let bias = INITIAL_BIAS;
  let i = 0;
  for (let at = basics > 0 ? basics + 1 : 0; at < input.length;) {
    const read = readInteger(input, at, bias);
    if (typeof read === 'string') error(read);
    const { 0: delta, 1: next } = read;
    if (delta > INT_MAX - i) error('overflow');
    const place = i + delta;
    const count = output.length + 1;
    bias = adapt(delta, count, i === 0 && n === INITIAL_N);
    const wraps = MathFloor(place / count);
    if (wraps > INT_MAX - n) error('overflow');
    n += wraps;
    i = place % count;
    ArrayPrototypeSplice(output, i++, 0, n);
    at = next;
  }
  return StringFromCodePoint(...output);
};

/** The smallest code point that is at least n. */
function nextPoint(points, n) {
  let next = INT_MAX;
  for (let i = 0; i < points.length; i++) {
    if (points[i] >= n && points[i] < next) next = points[i];
  }
  return next;
}

const encode = function(input) {
  const points = ucs2decode(input);
  let output = '';
  for (let i = 0; i < points.length; i++) {
    if (points[i] < 0x80) output += StringFromCharCode(points[i]);
  }
  const basics = output.length;
  let handled = basics;
  if (basics > 0) output += '-';

  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  while (handled < points.length) {
    const next = nextPoint(points, n);
    if (next - n > MathFloor((INT_MAX - delta) / (handled + 1))) error('overflow');
    delta += (next - n) * (handled + 1);
    n = next;
    for (let i = 0; i < points.length; i++) {
      if (points[i] < n && ++delta > INT_MAX) error('overflow');
      if (points[i] !== n) continue;
      output += writeInteger(delta, bias);
      bias = adapt(delta, handled + 1, handled === basics);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output;
};

/** Applies convert to every label of a domain, or of the domain of a mail address. */
function mapDomain(text, convert) {
  const parts = StringPrototypeSplit(text, '@');
  let prefix = '';
  if (parts.length > 1) {
    prefix = `${parts[0]}@`;
    text = parts[1];
  }
  const labels = StringPrototypeSplit(
    RegExpPrototypeSymbolReplace(otherDots, text, '.'), '.');
  // From the end: which of two faulty labels throws can be seen.
  for (let i = labels.length - 1; i >= 0; i--) labels[i] = convert(labels[i]);
  return `${prefix}${ArrayPrototypeJoin(labels, '.')}`;
}

const toUnicode = function(input) {
  return mapDomain(input, (label) => {
    if (RegExpPrototypeExec(encodedLabel, label) === null) return label;
    return decode(StringPrototypeToLowerCase(StringPrototypeSlice(label, 4)));
  });
};

const toASCII = function(input) {
  return mapDomain(input, (label) => {
    return RegExpPrototypeExec(notAscii, label) === null ? label : `xn--${encode(label)}`;
  });
};

module.exports = {
  version: '2.1.0',
  ucs2: {
    decode: ucs2decode,
    encode: ucs2encode,
  },
  decode,
  encode,
  toASCII,
  toUnicode,
};
