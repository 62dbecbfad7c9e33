'use strict';
// What ES modules and scripts share: conditions, and who answers import() and
// import.meta for a piece of compiled code.

const {
  ArrayIsArray,
  ArrayPrototypeForEach,
  ArrayPrototypePush,
  ObjectFreeze,
  SafeSet,
  SafeWeakMap,
  StringPrototypeStartsWith,
} = primordials;

const { codes: {
  ERR_INVALID_ARG_VALUE,
  ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING,
} } = require('internal/errors');
const { normalizeReferrerURL } = require('internal/modules/helpers');
const { getOptionValue } = require('internal/options');

let defaultConditions;
let defaultConditionsSet;

/**
 * symbol -> async (specifier, attributes, phase). Compiled code carries the
 * symbol as its host-defined option, and keeps its importer alive by it; code without one is known
 * by its name.
 */
const importers = new SafeWeakMap();
/** native module -> (meta), for modules that are not the loader's */
const metaInitializers = new SafeWeakMap();

function initializeDefaultConditions() {
  defaultConditions = ['node', 'import'];
  if (getOptionValue('--require-module') !== false) {
    ArrayPrototypePush(defaultConditions, 'module-sync');
  }
  if (!getOptionValue('--no-addons')) ArrayPrototypePush(defaultConditions, 'node-addons');
  ArrayPrototypeForEach(getOptionValue('--conditions') ?? [],
                        (condition) => ArrayPrototypePush(defaultConditions, condition));
  ObjectFreeze(defaultConditions);
  defaultConditionsSet = new SafeSet(defaultConditions);
}

function getDefaultConditions() {
  return defaultConditions;
}

function getConditionsSet(conditions) {
  if (conditions === undefined || conditions === defaultConditions) return defaultConditionsSet;
  if (!ArrayIsArray(conditions)) {
    throw new ERR_INVALID_ARG_VALUE('conditions', conditions, 'expected an array');
  }
  return new SafeSet(conditions);
}

/** Lets `importer` answer import() of code compiled with `symbol`. */
function registerImporter(symbol, importer) {
  importers.set(symbol, importer);
}

/** Lets `initialize` fill import.meta of a native module. */
function registerMetaInitializer(wrap, initialize) {
  metaInitializers.set(wrap, initialize);
}

/** A function that imports as a module of that URL would. */
function importFrom(parentURL) {
  return (specifier, attributes, phase) => {
    const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
    return getOrInitializeCascadedLoader().import(specifier, parentURL, attributes, phase);
  };
}

async function importModuleDynamically(referrer, specifier, attributes, phase) {
  // Indirect eval() and the like: code that stands nowhere, or in the library that called it.
  if (referrer == null) throw new ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING();
  if (typeof referrer !== 'symbol') {
    if (StringPrototypeStartsWith(referrer, 'node:')) {
      throw new ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING();
    }
    return importFrom(normalizeReferrerURL(referrer))(specifier, attributes, phase);
  }
  const importer = importers.get(referrer);
  if (importer === undefined) throw new ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING();
  return importer(specifier, attributes, phase);
}

/** Run-time half of this file: called once per start, before any user code. */
function initializeESM() {
  initializeDefaultConditions();
  const { setImportModuleDynamically, setInitializeImportMeta } = internalBinding('modules');
  setImportModuleDynamically(importModuleDynamically);
  setInitializeImportMeta((meta, wrap) => {
    const initialize = metaInitializers.get(wrap);
    if (initialize !== undefined) return initialize(meta);
    const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
    return getOrInitializeCascadedLoader().initializeImportMeta(meta, wrap);
  });
}

module.exports = {
  getConditionsSet,
  getDefaultConditions,
  importFrom,
  initializeESM,
  registerImporter,
  registerMetaInitializer,
};
