'use strict';

const { ArrayIsArray, ArrayPrototypeReverse } = primordials;

const { myersDiff } = require('internal/assert/myers_diff');
const { validateString, validateStringArray } = require('internal/validators');

function check(value, name) {
  if (ArrayIsArray(value)) {
    validateStringArray(value, name);
  } else {
    validateString(value, name);
  }
}

/** Public `util.diff`: [[1 | 0 | -1, value], ...] from the beginning to the end. */
function diff(actual, expected) {
  if (actual === expected) return [];
  check(actual, 'actual');
  check(expected, 'expected');
  return ArrayPrototypeReverse(myersDiff(actual, expected));
}

module.exports = { diff };
