'use strict';
// What `vm` and the loaders share: compiling, and who answers import() of a compiled script.

const { Symbol } = primordials;

const { codes: {
  ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG,
} } = require('internal/errors');
const { normalizeReferrerURL } = require('internal/modules/helpers');
const { getOptionValue } = require('internal/options');
const { emitExperimentalWarning } = require('internal/util');
const { validateFunction } = require('internal/validators');

/** vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER */
const kDefaultLoader = Symbol('vm_dynamic_import_main_context_default');
/** vm.constants.DONT_CONTEXTIFY */
const kDontContextify = Symbol('vm_context_no_contextify');
/** Host symbol of scripts that gave no importModuleDynamically: import() rejects. */
const kNoImporter = Symbol('vm_dynamic_import_no_callback');

/**
 * The host symbol to compile with. `owner.referrer` is what the callback is told to import for; it
 * is known only when the code is compiled.
 * @param {Function | symbol | undefined} importModuleDynamically
 * @param {string} filename
 * @param {{ referrer: unknown }} owner
 */
function hostSymbolFor(importModuleDynamically, filename, owner) {
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
  if (!getOptionValue('--experimental-vm-modules')) {
    registerImporter(symbol, () => {
      throw new ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG();
    });
    return symbol;
  }
  const { importByCallback } = require('internal/vm/module');
  registerImporter(symbol, (specifier, attributes, phase) =>
    importByCallback(importModuleDynamically, specifier, owner.referrer, attributes, phase));
  return symbol;
}

function isContext(object) {
  return internalBinding('contextify').isContext(object);
}

module.exports = {
  hostSymbolFor,
  isContext,
  kDefaultLoader,
  kDontContextify,
};
