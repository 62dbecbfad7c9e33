'use strict';
// Import attributes: which ones exist, and which a format demands.

const { ObjectKeys, ObjectPrototypeHasOwnProperty } = primordials;

const { codes: {
  ERR_IMPORT_ATTRIBUTE_MISSING,
  ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE,
  ERR_IMPORT_ATTRIBUTE_UNSUPPORTED,
} } = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { validateString } = require('internal/validators');

/** The type of whatever is not marked; also the cache's name for it. */
const kImplicitTypeAttribute = 'javascript';

const TYPE_OF_FORMAT = {
  __proto__: null,
  builtin: kImplicitTypeAttribute,
  commonjs: kImplicitTypeAttribute,
  json: 'json',
  module: kImplicitTypeAttribute,
  wasm: kImplicitTypeAttribute,
};

function isTextAllowed() {
  return getOptionValue('--experimental-import-text');
}

/** Throws unless `attributes` suit a module of `format`. */
function validateAttributes(url, format, attributes = { __proto__: null }) {
  const keys = ObjectKeys(attributes);
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] !== 'type') {
      throw new ERR_IMPORT_ATTRIBUTE_UNSUPPORTED(keys[i], attributes[keys[i]], url);
    }
  }
  const wanted = format === 'text' && isTextAllowed() ? 'text' : TYPE_OF_FORMAT[format];
  // Formats of load hooks are theirs to judge.
  if (wanted === undefined || wanted === attributes.type && wanted !== kImplicitTypeAttribute) {
    return true;
  }
  if (!ObjectPrototypeHasOwnProperty(attributes, 'type')) {
    if (wanted === kImplicitTypeAttribute) return true;
    throw new ERR_IMPORT_ATTRIBUTE_MISSING(url, 'type', wanted);
  }
  const { type } = attributes;
  validateString(type, 'type');
  const isKnown = type === 'json' || (type === 'text' && isTextAllowed());
  if (!isKnown) throw new ERR_IMPORT_ATTRIBUTE_UNSUPPORTED('type', type, url);
  throw new ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE(url, type);
}

module.exports = {
  kImplicitTypeAttribute,
  validateAttributes,
};
