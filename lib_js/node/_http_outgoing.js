'use strict';

// Legacy public name of a part of `http`.

const {
  OutgoingMessage,
  kHighWaterMark,
  parseUniqueHeadersOption,
} = require('internal/http/outgoing');
const { validateHeaderName, validateHeaderValue } = require('internal/http/tokens');

module.exports = {
  kHighWaterMark,
  parseUniqueHeadersOption,
  validateHeaderName,
  validateHeaderValue,
  OutgoingMessage,
};
