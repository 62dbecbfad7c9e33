'use strict';
// What `vm` and the loaders share: who answers import() of a compiled script.

const { Symbol } = primordials;

const { codes: {
  ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG,
} } = require('internal/errors');
const { normalizeReferrerURL } = require('internal/modules/helpers');
const { emitExperimentalWarning } = require('internal/util');
const { validateFunction } = require('internal/validators');

/** vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER */
const kDefaultLoader = Symbol('vm_dynamic_import_main_context_default');
/** vm.constants.DONT_CONTEXTIFY */
const kDontContextify = Symbol('vm_context_no_contextify');
/** Host symbol of scripts that gave no importModuleDynamically: import() rejects. */
const kNoImporter = Symbol('vm_dynamic_import_no_callback');

/**
 * The host symbol to compile with.
 * @param {Function | symbol | undefined} importModuleDynamically
 * @param {string} filename
 */
function hostSymbolFor(importModuleDynamically, filename) {
  if (importModuleDynamically === undefined) return kNoImporter;
  const { importFrom, registerImporter } = require('internal/modules/esm/utils');
  const symbol = Symbol(filename);
  if (importModuleDynamically === kDefaultLoader) {
    const importModule = importFrom(normalizeReferrerURL(filename));
    registerImporter(symbol, (specifier, attributes, phase) => {
      emitExperimentalWarning('vm.USE_MAIN_CONTEXT_DEFAULT_LOADER');
      return importModule(specifier, attributes, phase);
    });
    return symbol;
  }
  validateFunction(importModuleDynamically, 'options.importModuleDynamically');
  // A callback would have to give a vm.Module, which needs a flag that is not built.
  registerImporter(symbol, () => {
    throw new ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG();
  });
  return symbol;
}

/** Contexts are not built yet: nothing is one. */
function isContext() {
  return false;
}

module.exports = {
  hostSymbolFor,
  isContext,
  kDefaultLoader,
  kDontContextify,
};
