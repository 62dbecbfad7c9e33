'use strict';

// Legacy public name of a part of `http`.

const {
  OutgoingMessage,
  kHighWaterMark,
  parseUniqueHeadersOption,
} = require('internal/http/outgoing');
const { kUniqueHeaders } = require('internal/http/head');
const { validateHeaderName, validateHeaderValue } = require('internal/http/tokens');

module.exports = {
  kHighWaterMark,
  kUniqueHeaders,
  parseUniqueHeadersOption,
  validateHeaderName,
  validateHeaderValue,
  OutgoingMessage,
};
