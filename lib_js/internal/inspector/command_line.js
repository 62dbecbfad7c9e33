'use strict';

// What the command line of debuggers has beside V8's own: require(). It is global while such a line
// is evaluated, as V8's own functions are. Native calls both, around an evaluation.

const {
  ArrayPrototypePushApply,
  ObjectDefineProperty,
  ObjectPrototypeHasOwnProperty,
  globalThis,
} = primordials;

const path = require('path');

let consoleRequire;

/** Lines that are being evaluated, one within the other. */
let depth = 0;
let isInstalled = false;

function makeRequire() {
  const { Module } = require('internal/modules/cjs/loader');
  const { makeRequireFunction } = require('internal/modules/helpers');
  const { tryGetCwd } = require('internal/process/execution');
  const module = new Module('<inspector console>');
  module.paths = [];
  ArrayPrototypePushApply(module.paths, Module._nodeModulePaths(path.resolve(tryGetCwd())));
  ArrayPrototypePushApply(module.paths, Module.globalPaths);
  return makeRequireFunction(module);
}

function install() {
  depth++;
  if (depth > 1 || ObjectPrototypeHasOwnProperty(globalThis, 'require')) return;
  consoleRequire ??= makeRequire();
  ObjectDefineProperty(globalThis, 'require', {
    __proto__: null, value: consoleRequire, configurable: true, enumerable: false, writable: true,
  });
  isInstalled = true;
}

function remove() {
  depth--;
  if (depth > 0 || !isInstalled) return;
  isInstalled = false;
  // The line may have made one of its own.
  if (globalThis.require === consoleRequire) delete globalThis.require;
}

module.exports = { install, remove };
