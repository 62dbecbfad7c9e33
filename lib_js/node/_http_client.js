'use strict';

// Legacy public name of a part of `http`.

const { ClientRequest } = require('internal/http/client');

module.exports = { ClientRequest };
