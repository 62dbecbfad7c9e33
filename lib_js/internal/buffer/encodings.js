'use strict';

// One record for each encoding a Buffer knows, and how to find it by name.
// write() is given a string and numbers that fit, slice() numbers that fit.

const {
  SafeMap,
  StringPrototypeCharCodeAt,
  StringPrototypeToLowerCase,
} = primordials;

const {
  asciiSlice,
  base64Slice,
  base64Write,
  base64urlSlice,
  base64urlWrite,
  byteLengthUtf8,
  hexSlice,
  hexWrite,
  latin1Slice,
  ucs2Slice,
  ucs2Write,
  utf8Slice,
} = internalBinding('buffer');
const { encodingsMap } = require('internal/util');
const { putLatin1, putUtf8 } = require('internal/buffer');

const EQUALS_SIGN = 61;

function sameLength(string) {
  return string.length;
}

function twiceLength(string) {
  return string.length * 2;
}

function halfLength(string) {
  return string.length >>> 1;
}

/** How many bytes base64 text makes, padding or not; whitespace is not looked for. */
function base64Length(string) {
  let { length } = string;
  if (length > 0 && StringPrototypeCharCodeAt(string, length - 1) === EQUALS_SIGN) length--;
  if (length > 1 && StringPrototypeCharCodeAt(string, length - 1) === EQUALS_SIGN) length--;
  // Not a shift right of length * 3, which is wrong from 1.4 GiB on.
  return (length - length % 4) / 4 * 3 + ((length % 4) * 3 >>> 2);
}

// [names, id, bytes for a char at most, byteLength, write, slice]; the first
// name is the one that Node normalises to.
const TABLE = [
  [['utf8', 'utf-8'], encodingsMap.utf8, 3, byteLengthUtf8, putUtf8, utf8Slice],
  [['utf16le', 'ucs2', 'ucs-2', 'utf-16le'], encodingsMap.utf16le, 2, twiceLength, ucs2Write,
   ucs2Slice],
  [['latin1', 'binary'], encodingsMap.latin1, 1, sameLength, putLatin1, latin1Slice],
  [['ascii'], encodingsMap.ascii, 1, sameLength, putLatin1, asciiSlice],
  [['base64'], encodingsMap.base64, 1, base64Length, base64Write, base64Slice],
  [['base64url'], encodingsMap.base64url, 1, base64Length, base64urlWrite, base64urlSlice],
  [['hex'], encodingsMap.hex, 1, halfLength, hexWrite, hexSlice],
];

const known = new SafeMap();
for (let i = 0; i < TABLE.length; i++) {
  const { 0: names, 1: id, 2: bytesMax, 3: byteLength, 4: write, 5: slice } = TABLE[i];
  const encoding = { name: names[0], id, bytesMax, byteLength, write, slice };
  for (let k = 0; k < names.length; k++) known.set(names[k], encoding);
}

const utf8 = known.get('utf8');
const hex = known.get('hex');
const base64 = known.get('base64');
const latin1 = known.get('latin1');

/** The record for a name in any case, or undefined. */
function findEncoding(name) {
  if (name === 'utf8') return utf8;
  // As programs write them; a map would hash them each time.
  if (name === 'hex') return hex;
  if (name === 'base64') return base64;
  if (name === 'latin1') return latin1;
  const found = known.get(name);
  if (found !== undefined) return found;
  name = `${name}`;
  // The longest name is base64url.
  return name.length > 9 ? undefined : known.get(StringPrototypeToLowerCase(name));
}

module.exports = { findEncoding, utf8 };
