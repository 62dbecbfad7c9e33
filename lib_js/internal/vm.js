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

/** Host symbol of scripts whose callback lacks --experimental-vm-modules. */
const kMissingFlag = Symbol('vm_dynamic_import_missing_flag');

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
  if (importModuleDynamically === kDefaultLoader) {
    const symbol = Symbol(filename);
    const importModule = importFrom(normalizeReferrerURL(filename));
    registerImporter(symbol, (specifier, attributes, phase) => {
      emitExperimentalWarning('vm.USE_MAIN_CONTEXT_DEFAULT_LOADER');
      return importModule(specifier, attributes, phase);
    });
    return symbol;
  }
  validateFunction(importModuleDynamically, 'options.importModuleDynamically');
  if (!getOptionValue('--experimental-vm-modules')) {
    // One symbol for all, as V8 keeps scripts by it: their owners must not hang on it.
    registerImporter(kMissingFlag, refuseWithoutFlag);
    return kMissingFlag;
  }
  const symbol = Symbol(filename);
  const { importByCallback } = require('internal/vm/module');
  registerImporter(symbol, (specifier, attributes, phase) =>
    importByCallback(importModuleDynamically, specifier, owner.referrer, attributes, phase));
  return symbol;
}

function refuseWithoutFlag() {
  throw new ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG();
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
