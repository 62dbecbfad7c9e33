'use strict';
// The public module `module`: the CommonJS Module itself.

const { Module } = require('internal/modules/cjs/loader');
const { ObjectFreeze } = primordials;

const { getCompileCache } = require('internal/modules/helpers');
const { defineLazyProperties, getLazy } = require('internal/util/lazy');
const { register } = require('internal/modules/esm/loader');
const { findPackageJSON } = require('internal/modules/package_json_reader');

const compileCache = getLazy(() => require('internal/modules/compile_cache'));

Module.register = register;

const compileCacheStatus = ObjectFreeze({
  __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3,
});

Module.constants = ObjectFreeze({ __proto__: null, compileCacheStatus });
Module.enableCompileCache = function enableCompileCache(options) {
  return compileCache().enableCompileCache(options);
};
Module.findPackageJSON = findPackageJSON;
Module.flushCompileCache = function flushCompileCache() {
  getCompileCache()?.flush();
};
Module.getCompileCacheDir = function getCompileCacheDir() {
  return getCompileCache()?.directory;
};
Module.stripTypeScriptTypes = function stripTypeScriptTypes(code, options = undefined) {
  return require('internal/modules/typescript').stripTypeScriptTypes(code, options);
};

const sourceMaps = getLazy(() => require('internal/source_map/source_map_cache'));

Module.findSourceMap = function findSourceMap(sourceURL) {
  return sourceMaps().findSourceMap(sourceURL);
};
defineLazyProperties(Module, 'internal/source_map/source_map', ['SourceMap']);
Module.getSourceMapsSupport = function getSourceMapsSupport() {
  return sourceMaps().getSourceMapsSupport();
};
Module.setSourceMapsSupport = function setSourceMapsSupport(enabled, options = undefined) {
  sourceMaps().setSourceMapsSupport(enabled, options);
};

module.exports = Module;
