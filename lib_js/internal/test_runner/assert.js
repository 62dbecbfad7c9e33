'use strict';
// The assertions that `t.assert` offers: those of node:assert, and what programs register.

const { SafeMap } = primordials;

const assert = require('assert');
const { validateFunction, validateString } = require('internal/validators');

const kFromAssert = [
  'deepEqual', 'deepStrictEqual', 'doesNotMatch', 'doesNotReject', 'doesNotThrow', 'equal', 'fail',
  'ifError', 'match', 'notDeepEqual', 'notDeepStrictEqual', 'notEqual', 'notStrictEqual',
  'partialDeepStrictEqual', 'rejects', 'strictEqual', 'throws',
];

let assertions;

function getAssertionMap() {
  if (assertions === undefined) {
    assertions = new SafeMap();
    for (let i = 0; i < kFromAssert.length; i++) {
      assertions.set(kFromAssert[i], assert[kFromAssert[i]]);
    }
  }
  return assertions;
}

function register(name, fn) {
  validateString(name, 'name');
  validateFunction(fn, 'fn');
  getAssertionMap().set(name, fn);
}

module.exports = { getAssertionMap, register };
