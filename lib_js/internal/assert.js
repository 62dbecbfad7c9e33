'use strict';

// A check of our own code: its failure is a bug of this library, never of the user.

let codes;

function assert(value, message) {
  if (!value) {
    // Required here, because the errors themselves are checked by this function.
    codes ??= require('internal/errors').codes;
    throw new codes.ERR_INTERNAL_ASSERTION(message);
  }
}

function fail(message) {
  assert(false, message);
}

assert.fail = fail;

module.exports = assert;
