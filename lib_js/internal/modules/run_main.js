'use strict';
// The entry point: which loader takes it, and what becomes of its promise.

const { StringPrototypeEndsWith } = primordials;

const { getNearestParentPackageJSONType } = require('internal/modules/package_json_reader');
const { getOptionValue } = require('internal/options');
const lazyURL = require('internal/util/lazy').getLazy(() => require('internal/url'));
const { getCWDURL, kEmptyObject } = require('internal/util');
const path = require('path');

/** Whether an ES module entry point has begun and not come to its end. */
let isPending = false;

/** The file that the command line means; extensions may be left out. */
function resolveMainPath(main) {
  const { Module } = require('internal/modules/cjs/loader');
  const found = Module._findPath(path.resolve(main), null, true);
  if (!found) return undefined;
  if (getOptionValue('--preserve-symlinks-main')) return found;
  return require('internal/modules/helpers').toRealPath(found);
}

/** Does the command line name modules or hooks that run before the program? */
function isLoaderOnCommandLine() {
  return (getOptionValue('--import') ?? []).length > 0 ||
    (getOptionValue('--experimental-loader') ?? []).length > 0;
}

function isForESMLoader(mainPath) {
  if (isLoaderOnCommandLine()) return true;
  if (!mainPath || StringPrototypeEndsWith(mainPath, '.cjs')) return false;
  if (StringPrototypeEndsWith(mainPath, '.mjs')) return true;
  if (StringPrototypeEndsWith(mainPath, '.wasm')) return true;
  if (getOptionValue('--strip-types') !== false) {
    if (StringPrototypeEndsWith(mainPath, '.cts')) return false;
    if (StringPrototypeEndsWith(mainPath, '.mts')) return true;
  }
  return getNearestParentPackageJSONType(mainPath) === 'module';
}

async function runWithLoader(callback) {
  const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
  const loader = getOrInitializeCascadedLoader();
  try {
    loader.waitForHooks();
    const imports = getOptionValue('--import') ?? [];
    for (let i = 0; i < imports.length; i++) {
      await loader.import(imports[i], getCWDURL().href, kEmptyObject);
    }
    await callback(loader);
  } catch (error) {
    const { hasUncaughtExceptionCaptureCallback } = require('internal/process/execution');
    if (hasUncaughtExceptionCaptureCallback()) process._fatalException(error);
    else internalBinding('errors').triggerUncaughtException(error, true);
  } finally {
    isPending = false;
  }
}

/** Preloads --import, then runs `callback(loader)`; errors are uncaught exceptions. */
function runEntryPointWithESMLoader(callback) {
  isPending = true;
  return runWithLoader(callback);
}

/** True at exit: the entry point waits for a promise that nobody will settle. */
function isEntryPointPending() {
  return isPending;
}

/** Module.runMain() */
function executeUserEntryPoint(main = process.argv[1]) {
  const isURL = getOptionValue('--entry-url');
  const mainPath = isURL ? undefined : resolveMainPath(main);
  if (!isURL && !isForESMLoader(mainPath)) {
    require('internal/modules/cjs/loader').wrapModuleLoad(main, null, true);
    return;
  }
  const { URL, pathToFileURL } = lazyURL();
  const url = isURL ? new URL(main, getCWDURL()) : pathToFileURL(mainPath || main);
  runEntryPointWithESMLoader((loader) => loader.import(
    url.href, undefined, { __proto__: null }, undefined, true));
}

module.exports = {
  executeUserEntryPoint,
  isEntryPointPending,
  isLoaderOnCommandLine,
  runEntryPointWithESMLoader,
};
