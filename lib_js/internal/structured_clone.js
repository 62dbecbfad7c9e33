'use strict';
// structuredClone(): checked here, done by V8's serializer in native code.

const { SymbolIterator } = primordials;

const { codes: { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } } = require('internal/errors');

function invalid(message) {
  const error = new ERR_INVALID_ARG_TYPE('options', 'Object', undefined);
  error.message = `Failed to execute 'structuredClone': ${message}`;
  return error;
}

function structuredClone(value, options) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('The value argument must be specified');
  let transfer = [];
  if (options != null) {
    if (typeof options !== 'object' && typeof options !== 'function') {
      throw invalid('Options cannot be converted to a dictionary');
    }
    const given = options.transfer;
    if (given !== undefined) {
      if (given === null || typeof given !== 'object' ||
          typeof given[SymbolIterator] !== 'function') {
        throw invalid('transfer in Options cannot be converted to sequence.');
      }
      transfer = [...given];
    }
  }
  return internalBinding('messaging').structuredClone(value, transfer);
}

module.exports = { structuredClone };
