'use strict';
// Tags of tests, and filters on them. A tag is a non-empty string; case does not matter.

const { ObjectFreeze, SafeSet, StringPrototypeToLowerCase } = primordials;

const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { emitExperimentalWarning } = require('internal/util');
const { validateArray, validateString } = require('internal/validators');

const kEmptyTagArray = ObjectFreeze([]);

/** One tag in the form that is compared. `name` is what errors call it. */
function validateAndCanonicalizeTagFilter(value, name) {
  validateString(value, name);
  if (value === '') throw new ERR_INVALID_ARG_VALUE(name, value, 'must not be empty');
  return StringPrototypeToLowerCase(value);
}

/** The tags of one test, each once, in the order given. */
function validateAndCanonicalizeTagValues(tags, name) {
  validateArray(tags, name);
  if (tags.length === 0) return kEmptyTagArray;
  emitExperimentalWarning('Test tags');
  const unique = new SafeSet();
  for (let i = 0; i < tags.length; i++) {
    unique.add(validateAndCanonicalizeTagFilter(tags[i], `${name}[${i}]`));
  }
  return ObjectFreeze([...unique]);
}

/** Whether a test with this set of tags has all that the filters name. */
function evaluateTagFilters(filters, tags) {
  for (let i = 0; i < filters.length; i++) {
    if (!tags.has(filters[i])) return false;
  }
  return true;
}

module.exports = {
  evaluateTagFilters,
  kEmptyTagArray,
  validateAndCanonicalizeTagFilter,
  validateAndCanonicalizeTagValues,
};
