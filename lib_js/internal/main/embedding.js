'use strict';
// What a single executable application runs: its main script, as a CommonJS module that is where
// the program's own file is. Its `require` knows the library only.

const { codes: { ERR_UNKNOWN_BUILTIN_MODULE } } = require('internal/errors');
const { BuiltinModule } = require('internal/bootstrap/realm');
const { Module } = require('internal/modules/cjs/loader');
const {
  getSourceMapCache,
  loadBuiltinModule,
  setHasStartedUserCJSExecution,
} = require('internal/modules/helpers');
const { emitExperimentalWarning } = require('internal/util');
const { emitWarningSync } = require('internal/process/warning');

let isSilent = true;
let hasWarned = false;

function warnOfFiles() {
  if (isSilent || hasWarned) return;
  hasWarned = true;
  emitWarningSync(
    'Currently the require() provided to the main script embedded into ' +
    'single-executable applications only supports loading built-in modules.\n' +
    'To load a module from disk after the single executable application is ' +
    'launched, use require("module").createRequire().\n' +
    'Support for bundled module loading or virtual file systems are under ' +
    'discussions in https://github.com/nodejs/single-executable');
}

function embedderRequire(id) {
  const known = BuiltinModule.normalizeRequirableId(id);
  if (known === undefined) {
    warnOfFiles();
    throw new ERR_UNKNOWN_BUILTIN_MODULE(id);
  }
  return loadBuiltinModule(known).exports;
}

/** A text that is a module, where none can be. */
function warnOfModule(content, name) {
  if (!internalBinding('modules').containsModuleSyntax(content, name)) return;
  emitWarningSync(
    `Failed to load the ES module: ${name}. Make sure to set "type": "module" in ` +
    'the nearest package.json file or use the .mjs extension.');
}

function compile(content, name, codeCache) {
  const { compileFunctionForCJSLoader } = internalBinding('modules');
  try {
    return compileFunctionForCJSLoader(content, name, true, false, codeCache);
  } catch (error) {
    warnOfModule(content, name);
    throw error;
  }
}

/** Runs the main script; it stands in the program's file, and its stack traces have its path. */
function runApplication() {
  const { 0: name, 1: content, 2: codeCache, 3: silent } = internalBinding('sea').main();
  isSilent = silent;
  if (!isSilent) emitExperimentalWarning('Single executable application');
  const { execPath } = process;
  const module = new Module(execPath, null);
  const compiled = compile(content, name, codeCache ?? undefined);
  getSourceMapCache()?.add(execPath, content, module, compiled.sourceMapURL);
  if (codeCache !== null && compiled.cachedDataRejected) {
    emitWarningSync('Code cache data rejected.');
  }
  module.filename = execPath;
  module.paths = Module._nodeModulePaths(execPath);
  embedderRequire.main = module;
  setHasStartedUserCJSExecution();
  const { function: run } = compiled;
  run(module.exports, embedderRequire, module, execPath, module.path);
}

module.exports = { runApplication };
