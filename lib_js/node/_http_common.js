'use strict';

// Legacy public name of a part of `http`.

const { checkInvalidHeaderChar, checkIsHttpToken } = require('internal/http/tokens');
const { parsers } = require('internal/http/parser');
const { isLenient } = require('internal/http/lenience');
const { methods } = require('internal/http/methods');

module.exports = {
  _checkInvalidHeaderChar: checkInvalidHeaderChar,
  _checkIsHttpToken: checkIsHttpToken,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  CRLF: '\r\n',
  methods,
  isLenient,
  parsers,
};
