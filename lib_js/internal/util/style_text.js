'use strict';

// `util.styleText`: text in colours, which survive other coloured text inside.

const {
  ArrayIsArray, NumberParseInt, ObjectGetOwnPropertyNames, RegExpPrototypeExec,
  StringPrototypeIndexOf, StringPrototypeSlice, hardenRegExp,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { inspect } = require('internal/util/inspect');
const {
  validateBoolean, validateObject, validateOneOf, validateString,
} = require('internal/validators');

const hexColor = hardenRegExp(/^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/);
const BOLD = 1;
const DIM = 2;

const sequence = (code) => `\u001b[${code}m`;

/** '#rgb' or '#rrggbb' -> the codes of a 24 bit foreground */
function codesOfHex(hex) {
  const digits = hex.length === 4 ? 1 : 2;
  let code = '38;2';
  for (let i = 1; i < hex.length; i += digits) {
    const part = StringPrototypeSlice(hex, i, i + digits);
    code += `;${NumberParseInt(digits === 1 ? part + part : part, 16)}`;
  }
  return [code, 39];
}

/** @returns {[on: number | string, off: number]} */
function codesOf(name) {
  if (typeof name === 'string' && name[0] === '#') {
    if (RegExpPrototypeExec(hexColor, name) === null) {
      throw new ERR_INVALID_ARG_VALUE(
        'format', name, 'must be a valid hex color (#RGB or #RRGGBB)');
    }
    return codesOfHex(name);
  }
  const codes = inspect.colors[name];
  if (!codes) validateOneOf(name, 'format', ObjectGetOwnPropertyNames(inspect.colors));
  return codes;
}

/**
 * Where something inside the text switches the style off, it is switched on again; not at the very
 * end. Bold and dim share their off code, so for them both codes are needed.
 */
function reopen(text, on, off, keepsOff) {
  let result = '';
  let from = 0;
  let at = StringPrototypeIndexOf(text, off);
  while (at !== -1 && at + off.length < text.length) {
    result += StringPrototypeSlice(text, from, at) + (keepsOff ? off : '') + on;
    from = at + off.length;
    at = StringPrototypeIndexOf(text, off, from);
  }
  return from === 0 ? text : result + StringPrototypeSlice(text, from);
}

/** Whether the stream shows colours. */
function isColored(stream) {
  const { isNodeStream, isReadableStream, isWritableStream } = require('internal/streams/utils');
  if (!isReadableStream(stream) && !isWritableStream(stream) && !isNodeStream(stream)) {
    throw new ERR_INVALID_ARG_TYPE(
      'stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  return require('internal/util/colors').shouldColorize(stream);
}

/** @param {string | string[]} format  names of `inspect.colors`, '#rgb', 'none' */
function styleText(format, text, options) {
  const validateStream = options?.validateStream ?? true;
  validateString(text, 'text');
  if (options !== undefined) validateObject(options, 'options');
  validateBoolean(validateStream, 'options.validateStream');
  const isPlain = validateStream && !isColored(options?.stream ?? process.stdout);

  const names = ArrayIsArray(format) ? format : [format];
  let before = '';
  let after = '';
  let styled = text;
  for (let i = 0; i < names.length; i++) {
    if (names[i] === 'none') continue;
    const codes = codesOf(names[i]);
    const on = sequence(codes[0]);
    const off = sequence(codes[1]);
    before += on;
    after = off + after;
    styled = reopen(styled, on, off, codes[0] === BOLD || codes[0] === DIM);
  }
  return isPlain ? text : before + styled + after;
}

module.exports = { styleText };
