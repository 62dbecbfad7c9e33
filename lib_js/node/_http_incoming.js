'use strict';

// Legacy public name of a part of `http`.

const { IncomingMessage, readStart, readStop } = require('internal/http/incoming');
const { kDetachAbortSignal } = require('internal/http/symbols');

module.exports = { IncomingMessage, kDetachAbortSignal, readStart, readStop };
