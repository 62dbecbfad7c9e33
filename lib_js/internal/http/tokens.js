'use strict';

// What may stand in a header: names are RFC 9110 tokens, values have no control characters.

const { ObjectDefineProperty } = primordials;

const {
  codes: { ERR_HTTP_INVALID_HEADER_VALUE, ERR_INVALID_CHAR, ERR_INVALID_HTTP_TOKEN },
  hideStackFrames,
} = require('internal/errors');

const isTokenCode = new Uint8Array(256);
const TOKEN_CHARACTERS = '!#$%&\'*+-.^_`|~' +
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
for (let i = 0; i < TOKEN_CHARACTERS.length; i++) isTokenCode[TOKEN_CHARACTERS.charCodeAt(i)] = 1;

function checkIsHttpToken(text) {
  const length = text.length;
  if (length === 0) return false;
  for (let i = 0; i < length; i++) {
    if (isTokenCode[text.charCodeAt(i)] !== 1) return false;
  }
  return true;
}

const STRICT_INVALID = /[^\t\x20-\x7e\x80-\xff]/;
// The Fetch standard's rule: only NUL, CR, LF and what is no byte are refused.
// eslint-disable-next-line no-control-regex
const LENIENT_INVALID = /[\x00\x0a\x0d]|[^\x00-\xff]/;

/** True if `value` holds a character that a header value must not have. */
function checkInvalidHeaderChar(value, lenient = false) {
  return lenient ? LENIENT_INVALID.test(value) : STRICT_INVALID.test(value);
}

const validateHeaderName = hideStackFrames((name, label) => {
  if (typeof name !== 'string' || !checkIsHttpToken(name)) {
    throw new ERR_INVALID_HTTP_TOKEN.HideStackFramesError(label || 'Header name', name);
  }
});

const validateHeaderValue = hideStackFrames((name, value, lenient) => {
  if (value === undefined) {
    throw new ERR_HTTP_INVALID_HEADER_VALUE.HideStackFramesError(value, name);
  }
  if (checkInvalidHeaderChar(value, lenient)) {
    throw new ERR_INVALID_CHAR.HideStackFramesError('header content', name);
  }
});

for (const { 0: name, 1: fn } of [['validateHeaderName', validateHeaderName],
                                  ['validateHeaderValue', validateHeaderValue]]) {
  ObjectDefineProperty(fn, 'name', { __proto__: null, value: name, configurable: true });
}

module.exports = {
  checkInvalidHeaderChar,
  checkIsHttpToken,
  validateHeaderName,
  validateHeaderValue,
};
