'use strict';

// Legacy public name of a part of `http`.

const { OutgoingMessage, parseUniqueHeadersOption } = require('internal/http/outgoing');
const { validateHeaderName, validateHeaderValue } = require('internal/http/tokens');

module.exports = {
  parseUniqueHeadersOption,
  validateHeaderName,
  validateHeaderValue,
  OutgoingMessage,
};
