'use strict';
// CommonJS whose source came from asynchronous hooks: what it requires goes through the hooks, too,
// and its modules are not those of require() elsewhere.

const {
  FunctionPrototypeCall,
  ObjectHasOwn,
  SafeMap,
  StringPrototypeStartsWith,
} = primordials;

const { codes: { ERR_REQUIRE_ESM } } = require('internal/errors');
const { BuiltinModule } = require('internal/bootstrap/realm');
const {
  Module,
  exportsOfNamespace,
  resolveForCJS,
  wrapModuleLoad,
} = require('internal/modules/cjs/loader');
const { getSourceMapCache, urlToFilename } = require('internal/modules/helpers');
const { STATUS } = require('internal/modules/esm/module_job');
const { getOptionValue } = require('internal/options');
const { pathToFileURL } = require('internal/url');
const { kEmptyObject, setOwnProperty } = require('internal/util');
const { dirname, extname } = require('path');

/** url -> Module, from the moment it begins to run */
const modules = new SafeMap();

function loader() {
  return require('internal/modules/esm/loader').getOrInitializeCascadedLoader();
}

function isBuiltin(specifier) {
  return StringPrototypeStartsWith(specifier, 'node:') ||
    BuiltinModule.normalizeRequirableId(specifier) !== undefined;
}

/** The specifier as import would say it. */
function toURL(specifier, module) {
  return isBuiltin(specifier) ? specifier :
    pathToFileURL(Module._resolveFilename(specifier, module)).href;
}

function exportsOf(job) {
  const running = modules.get(job.url);
  if (running !== undefined && job.status === STATUS.EVALUATING) return running.exports;
  const isOther = job.isCommonJS || job.type !== 'javascript' ||
    StringPrototypeStartsWith(job.url, 'node:');
  if (!isOther && getOptionValue('--require-module') === false) {
    throw new ERR_REQUIRE_ESM(job.url, true);
  }
  const namespace = job.runSync(undefined);
  if (job.type !== 'javascript' || StringPrototypeStartsWith(job.url, 'node:')) {
    return namespace.default;
  }
  if (ObjectHasOwn(namespace, 'module.exports')) return namespace['module.exports'];
  return exportsOfNamespace(job, namespace);
}

function makeRequire(module, url) {
  function require(specifier) {
    let attributes = kEmptyObject;
    const target = toURL(specifier, module);
    if (!isBuiltin(specifier)) {
      const extension = extname(urlToFilename(target));
      if (extension === '.node') return wrapModuleLoad(specifier, module);
      if (extension === '.json') attributes = { __proto__: null, type: 'json' };
    }
    return exportsOf(loader().getOrCreateModuleJob(target, url, attributes));
  }
  setOwnProperty(require, 'resolve', function resolve(specifier) {
    // Synchronous hooks see the request as it stands; the others what became of it.
    let target = specifier;
    if (!StringPrototypeStartsWith(specifier, 'node:')) {
      const { filename, url: resolved } = resolveForCJS(specifier, module, false);
      if (specifier !== filename) target = resolved ?? pathToFileURL(filename).href;
    }
    return urlToFilename(loader().resolveWithoutSyncHooks(target, url).url);
  });
  setOwnProperty(require, 'main', process.mainModule);
  return require;
}

/** @returns {unknown} the module's exports */
function runHookedCommonJS(url, filename, source, isMain) {
  const known = modules.get(url);
  if (known !== undefined) return known.exports;
  const module = new Module(filename);
  module.filename = filename;
  module.paths = Module._nodeModulePaths(dirname(filename));
  modules.set(url, module);
  if (isMain) {
    setOwnProperty(process, 'mainModule', module);
    module.id = '.';
  }
  const { compileFunctionForCJSLoader } = internalBinding('modules');
  const { function: compiled, sourceMapURL } =
    compileFunctionForCJSLoader(source, filename, isMain, false, undefined);
  getSourceMapCache()?.add(filename, source, module, sourceMapURL);
  FunctionPrototypeCall(compiled, module.exports, module.exports, makeRequire(module, url),
                        module, filename, dirname(filename));
  module.loaded = true;
  return module.exports;
}

module.exports = { runHookedCommonJS };
