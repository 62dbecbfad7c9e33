'use strict';

// Text as the inspector needs it: quoted, stripped of colours, measured in terminal columns.

const {
  ArrayPrototypePush, NumberParseInt, NumberPrototypeToString, RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace, SafeStringIterator, String, StringPrototypeCharCodeAt,
  StringPrototypeCodePointAt, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeNormalize, StringPrototypePadStart, StringPrototypeSlice, StringPrototypeSplit,
  StringPrototypeToUpperCase, hardenRegExp,
} = primordials;

const { validateString } = require('internal/validators');

// ---- quoting -----------------------------------------------------------------------------------

const SINGLE_QUOTE = 39;
const BACKSLASH = 92;

const shortEscapes = {
  '__proto__': null,
  '8': '\\b',
  '9': '\\t',
  '10': '\\n',
  '12': '\\f',
  '13': '\\r',
  '39': "\\'",
  '92': '\\\\',
};

function escapeUnit(unit) {
  const short = shortEscapes[unit];
  if (short !== undefined) return short;
  const hex = NumberPrototypeToString(unit, 16);
  if (unit > 0xFF) return `\\u${hex}`;
  return `\\x${StringPrototypePadStart(StringPrototypeToUpperCase(hex), 2, '0')}`;
}

/** Escapes control characters, backslashes, lone surrogates and, if asked, single quotes. */
function escape(text, escapeQuote) {
  let result = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = StringPrototypeCharCodeAt(text, i);
    if (unit >= 0xD800 && unit <= 0xDFFF) {
      const next = unit <= 0xDBFF ? StringPrototypeCharCodeAt(text, i + 1) : 0;
      if (next >= 0xDC00 && next <= 0xDFFF) { // NaN at the end of the text
        i++;
        continue;
      }
    } else if (unit >= 32 && (unit < 127 || unit > 159) && unit !== BACKSLASH &&
               (unit !== SINGLE_QUOTE || !escapeQuote)) {
      continue;
    }
    result += StringPrototypeSlice(text, from, i) + escapeUnit(unit);
    from = i + 1;
  }
  return from === 0 ? text : result + StringPrototypeSlice(text, from);
}

/** A string literal, in the quotes that need the least escaping. */
function quote(text) {
  let mark = "'";
  if (StringPrototypeIncludes(text, "'")) {
    if (!StringPrototypeIncludes(text, '"')) {
      mark = '"';
    } else if (!StringPrototypeIncludes(text, '`') && !StringPrototypeIncludes(text, '${')) {
      mark = '`';
    }
  }
  return `${mark}${escape(text, mark === "'")}${mark}`;
}

// ---- terminal control --------------------------------------------------------------------------

// ECMA-48: operating system commands end with BEL or ST; the others with a final byte.
const controlSequences = hardenRegExp(new RegExp(
  '(?:\\u001b\\][\\s\\S]*?(?:\\u0007|\\u001b\\\\|\\u009c))|' +
  '[\\u001b\\u009b][[\\]()#;?]*(?:\\d{1,4}(?:[;:]\\d{0,4})*)?[\\dA-PR-TZcf-nq-uy=><~]', 'g'));

/** Public `util.stripVTControlCharacters`. */
function stripVTControlCharacters(str) {
  validateString(str, 'str');
  const hasEscape = StringPrototypeIncludes(str, '\u001b');
  if (!hasEscape && !StringPrototypeIncludes(str, '\u009b')) return str;
  return RegExpPrototypeSymbolReplace(controlSequences, str, '');
}

// ---- width -------------------------------------------------------------------------------------

// Code points of two columns: East Asian Width W or F, and emoji (Unicode 17; hexadecimal).
const wideRanges =
  '1100-115f 231a-231b 2329-232a 23e9-23ec 23f0 23f3 25fd-25fe 2614-2615 2630-2637 2648-2653 ' +
  '267f 268a-268f 2693 26a1 26aa-26ab 26bd-26be 26c4-26c5 26ce 26d4 26ea 26f2-26f3 26f5 26fa ' +
  '26fd 2705 270a-270b 2728 274c 274e 2753-2755 2757 2795-2797 27b0 27bf 2b1b-2b1c 2b50 2b55 ' +
  '2e80-2e99 2e9b-2ef3 2f00-2fd5 2ff0-303e 3041-3096 3099-30ff 3105-312f 3131-318e 3190-31e5 ' +
  '31ef-321e 3220-3247 3250-a48c a490-a4c6 a960-a97c ac00-d7a3 f900-faff fe10-fe19 fe30-fe52 ' +
  'fe54-fe66 fe68-fe6b ff01-ff60 ffe0-ffe6 16fe0-16fe4 16ff0-16ff6 17000-18cd5 18cff-18d1e ' +
  '18d80-18df2 1aff0-1aff3 1aff5-1affb 1affd-1affe 1b000-1b122 1b132 1b150-1b152 1b155 ' +
  '1b164-1b167 1b170-1b2fb 1d300-1d356 1d360-1d376 1f004 1f0cf 1f18e 1f191-1f19a 1f1e6-1f202 ' +
  '1f210-1f23b 1f240-1f248 1f250-1f251 1f260-1f265 1f300-1f320 1f32d-1f335 1f337-1f37c ' +
  '1f37e-1f393 1f3a0-1f3ca 1f3cf-1f3d3 1f3e0-1f3f0 1f3f4 1f3f8-1f43e 1f440 1f442-1f4fc ' +
  '1f4ff-1f53d 1f54b-1f54e 1f550-1f567 1f57a 1f595-1f596 1f5a4 1f5fb-1f64f 1f680-1f6c5 1f6cc ' +
  '1f6d0-1f6d2 1f6d5-1f6d8 1f6dc-1f6df 1f6eb-1f6ec 1f6f4-1f6fc 1f7e0-1f7eb 1f7f0 1f90c-1f93a ' +
  '1f93c-1f945 1f947-1f9ff 1fa70-1fa7c 1fa80-1fa8a 1fa8e-1fac6 1fac8 1facd-1fadc 1fadf-1faea ' +
  '1faef-1faf8 20000-2fffd 30000-3fffd';

/** [first, last, first, last, ...], made when text beyond ASCII is measured for the first time. */
let wide;
let zeroWidth;

function parseRanges() {
  wide = [];
  const ranges = StringPrototypeSplit(wideRanges, ' ');
  for (let i = 0; i < ranges.length; i++) {
    const { 0: first, 1: last = first } = StringPrototypeSplit(ranges[i], '-');
    ArrayPrototypePush(wide, NumberParseInt(first, 16), NumberParseInt(last, 16));
  }
  zeroWidth = hardenRegExp(/^[\p{Mn}\p{Me}\p{Cc}\p{Cf}\p{Emoji_Modifier}]/u);
}

function isWide(point) {
  let low = 0;
  let high = wide.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (point > wide[2 * middle + 1]) {
      low = middle + 1;
    } else if (point < wide[2 * middle]) {
      high = middle - 1;
    } else {
      return true;
    }
  }
  return false;
}

function widthBeyondAscii(text) {
  if (wide === undefined) parseRanges();
  let width = 0;
  for (const char of new SafeStringIterator(StringPrototypeNormalize(text, 'NFC'))) {
    const point = StringPrototypeCodePointAt(char, 0);
    if (isWide(point)) {
      width += 2;
    } else if (point === 0xAD || RegExpPrototypeExec(zeroWidth, char) === null) {
      width++; // The soft hyphen is a format character, but shows.
    }
  }
  return width;
}

/** @returns {number} columns that the text takes in a terminal */
function getStringWidth(str, removeControlChars = true) {
  if (removeControlChars) str = stripVTControlCharacters(str);
  let width = 0;
  for (let i = 0; i < str.length; i++) {
    const unit = StringPrototypeCharCodeAt(str, i);
    if (unit >= 127) return width + widthBeyondAscii(StringPrototypeSlice(str, i));
    if (unit >= 32) width++;
  }
  return width;
}

/** What readline skips over: a coarser notion than that of getStringWidth. */
function isZeroWidthCodePoint(code) {
  return code <= 0x1F || // C0 control codes
    (code >= 0x7F && code <= 0x9F) || // C1 control codes
    (code >= 0x300 && code <= 0x36F) || // combining diacritical marks
    (code >= 0x200B && code <= 0x200F) || // invisible modifiers
    (code >= 0x20D0 && code <= 0x20FF) || // combining marks for symbols
    (code >= 0xFE00 && code <= 0xFE0F) || // variation selectors
    (code >= 0xFE20 && code <= 0xFE2F) || // combining half marks
    (code >= 0xE0100 && code <= 0xE01EF); // variation selectors
}

// ---- digits ------------------------------------------------------------------------------------

/** '-1234567' -> '-1_234_567' */
function groupFromRight(digits) {
  const start = digits[0] === '-' ? 1 : 0;
  let end = digits.length;
  let grouped = '';
  for (; end - start > 3; end -= 3) {
    grouped = `_${StringPrototypeSlice(digits, end - 3, end)}${grouped}`;
  }
  return StringPrototypeSlice(digits, 0, end) + grouped;
}

/** '1234567' -> '123_456_7', for what stands behind the decimal point */
function groupFromLeft(digits) {
  let grouped = '';
  let start = 0;
  for (; digits.length - start > 3; start += 3) {
    grouped += `${StringPrototypeSlice(digits, start, start + 3)}_`;
  }
  return grouped + StringPrototypeSlice(digits, start);
}

/** A number with separators, unless it has no plain digits (exponents, NaN, Infinity). */
function groupNumber(number) {
  const text = String(number);
  if (text === 'NaN' || StringPrototypeIncludes(text, 'e') || StringPrototypeIncludes(text, 'y')) {
    return text;
  }
  const point = StringPrototypeIndexOf(text, '.');
  if (point === -1) return groupFromRight(text);
  return `${groupFromRight(StringPrototypeSlice(text, 0, point))}.` +
    groupFromLeft(StringPrototypeSlice(text, point + 1));
}

module.exports = {
  escape,
  getStringWidth,
  groupFromRight,
  groupNumber,
  isZeroWidthCodePoint,
  quote,
  stripVTControlCharacters,
};
