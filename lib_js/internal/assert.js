'use strict';

// A check of our own code: its failure is a bug of this library, never of the user.

let ERR_INTERNAL_ASSERTION;

/** The errors are checked by this function themselves, so they are loaded late. */
function loadError() {
  ERR_INTERNAL_ASSERTION ??= require('internal/errors').codes.ERR_INTERNAL_ASSERTION;
}

function assert(value, message) {
  if (!value) {
    loadError();
    throw new ERR_INTERNAL_ASSERTION(message);
  }
}

assert.fail = function fail(message) {
  loadError();
  throw new ERR_INTERNAL_ASSERTION(message);
};

module.exports = assert;
