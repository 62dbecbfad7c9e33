'use strict';

// Legacy public name of a part of `http`.

const { ObjectDefineProperty } = primordials;

const { checkInvalidHeaderChar, checkIsHttpToken } = require('internal/http/tokens');
const { parsers } = require('internal/http/parser');
const { isLenient } = require('internal/http/lenience');
const { methods } = require('internal/http/methods');
const { kIncomingMessage, kSkipPendingData } = require('internal/http/symbols');

module.exports = {
  _checkInvalidHeaderChar: checkInvalidHeaderChar,
  _checkIsHttpToken: checkIsHttpToken,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  CRLF: '\r\n',
  methods,
  isLenient,
  kIncomingMessage,
  kSkipPendingData,
  parsers,
};

// Not loaded by those who only want the regular expressions.
ObjectDefineProperty(module.exports, 'HTTPParser', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return require('internal/http/http_parser').HTTPParser; },
});
