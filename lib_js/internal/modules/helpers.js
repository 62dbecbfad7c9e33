'use strict';
// What both module loaders need: conditions, real paths, require functions.

const {
  ArrayPrototypeForEach,
  ArrayPrototypePush,
  ObjectDefineProperty,
  ObjectFreeze,
  ObjectPrototypeHasOwnProperty,
  SafeMap,
  SafeSet,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_RETURN_PROPERTY_VALUE,
} } = require('internal/errors');
const { BuiltinModule } = require('internal/bootstrap/realm');
const { getOptionValue } = require('internal/options');
const lazyURL = require('internal/util/lazy').getLazy(() => require('internal/url'));
const { setOwnProperty } = require('internal/util');
const { validateString } = require('internal/validators');
const path = require('path');

const realPaths = new SafeMap();
let cjsConditions;
let cjsConditionsArray;

/** The path without symbolic links. Throws what fs.realpathSync() throws. */
function toRealPath(requestPath) {
  let real = realPaths.get(requestPath);
  if (real === undefined) {
    // Through the public function, which tools that pack programs replace.
    real = require('fs').realpathSync(requestPath);
    realPaths.set(requestPath, real);
  }
  return real;
}

/** The conditions that hold for require(); computed at the first use after start. */
function initializeCjsConditions() {
  cjsConditionsArray = ['require', 'node'];
  if (!getOptionValue('--no-addons')) ArrayPrototypePush(cjsConditionsArray, 'node-addons');
  ArrayPrototypeForEach(getOptionValue('--conditions') ?? [],
                        (condition) => ArrayPrototypePush(cjsConditionsArray, condition));
  if (getOptionValue('--require-module') !== false) {
    ArrayPrototypePush(cjsConditionsArray, 'module-sync');
  }
  ObjectFreeze(cjsConditionsArray);
  cjsConditions = new SafeSet(cjsConditionsArray);
}

function getCjsConditions() {
  if (cjsConditions === undefined) initializeCjsConditions();
  return cjsConditions;
}

function getCjsConditionsArray() {
  if (cjsConditionsArray === undefined) initializeCjsConditions();
  return cjsConditionsArray;
}

/** A module of the library that users may load, evaluated; undefined for others. */
function loadBuiltinModule(id) {
  if (!BuiltinModule.canBeRequiredByUsers(id)) return undefined;
  const builtin = BuiltinModule.get(id);
  builtin.compileForPublicLoader();
  return builtin;
}

/** process.getBuiltinModule() */
function getBuiltinModule(id) {
  validateString(id, 'id');
  const normalized = BuiltinModule.normalizeRequirableId(id);
  return normalized === undefined ? undefined : loadBuiltinModule(normalized).exports;
}

/** Not at load time (a cycle); in makeRequireFunction() `require` is already the one it makes. */
const cjsLoader = () => require('internal/modules/cjs/loader');

/** The modules that led to this one, itself first: what errors print as "Require stack". */
function getRequireStack(module) {
  const { recordOf } = cjsLoader();
  const stack = [];
  for (let cursor = module; cursor; cursor = recordOf(cursor).firstParent) {
    ArrayPrototypePush(stack, cursor.filename || cursor.id);
  }
  return stack;
}

/** The `require` that a CommonJS module sees. */
function makeRequireFunction(mod) {
  const { Module, resolveForRequire } = cjsLoader();
  if (!(mod instanceof Module)) throw new ERR_INVALID_ARG_TYPE('mod', 'Module', mod);

  function require(path) {
    return mod.require(path);
  }

  function resolve(request, options) {
    validateString(request, 'request');
    return resolveForRequire(request, mod, options);
  }

  function paths(request) {
    validateString(request, 'request');
    return Module._resolveLookupPaths(request, mod);
  }

  require.resolve = resolve;
  resolve.paths = paths;
  setOwnProperty(require, 'main', process.mainModule);
  // Deprecated, and as present as ever.
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

function stripBOM(content) {
  return StringPrototypeCharCodeAt(content, 0) === 0xFEFF ?
    StringPrototypeSlice(content, 1) : content;
}

/** Makes `fs`, `path`, ... global for -e and -p, loaded when first named. */
function addBuiltinLibsToObject(object, moduleName) {
  const { Module } = require('internal/modules/cjs/loader');
  const dummy = new Module(moduleName);
  ArrayPrototypeForEach(Module.builtinModules, (name) => {
    // A global of the same name is the module itself, but for `crypto`, which is less than it.
    if (name[0] === '_' || StringPrototypeIncludes(name, '/') ||
        StringPrototypeIncludes(name, ':') ||
        (name !== 'crypto' && ObjectPrototypeHasOwnProperty(object, name))) {
      return;
    }
    const replace = (value) => {
      delete object[name];
      object[name] = value;
    };
    const define = (get) => ObjectDefineProperty(object, name, {
      __proto__: null, get, set: replace, enumerable: false, configurable: true,
    });
    define(() => {
      const library = dummy.require(name);
      try {
        define(() => library);
      } catch {
        // Somebody made the property fixed meanwhile.
      }
      return library;
    });
  });
}

/** The URL that a dynamic import's referrer name stands for. */
function normalizeReferrerURL(referrerName) {
  if (typeof referrerName !== 'string') return undefined;
  if (path.isAbsolute(referrerName)) return lazyURL().pathToFileURL(referrerName).href;
  if (StringPrototypeStartsWith(referrerName, 'file://') || lazyURL().URL.canParse(referrerName)) {
    return referrerName;
  }
  return undefined;
}

/** A path for a file: URL, the text itself for anything else. */
function urlToFilename(url) {
  if (!url || !StringPrototypeStartsWith(url, 'file://')) return url;
  try {
    return lazyURL().fileURLToPath(url);
  } catch {
    return lazyURL().URL.parse(url)?.pathname ?? url;
  }
}

function assertBufferSource(body, allowString, hookName) {
  if (allowString && typeof body === 'string') return;
  const { isArrayBufferView, isAnyArrayBuffer } = require('internal/util/types');
  if (isArrayBufferView(body) || isAnyArrayBuffer(body)) return;
  throw new ERR_INVALID_RETURN_PROPERTY_VALUE(
    `${allowString ? 'string, ' : ''}array buffer, or typed array`, hookName, 'source', body);
}

/** 'commonjs', 'module', undefined where the source has to tell; other formats as they are. */
function formatWithoutTypes(format) {
  switch (format) {
    case 'commonjs-typescript': return 'commonjs';
    case 'module-typescript': return 'module';
    case 'typescript': return undefined;
    default: return format;
  }
}

function isTypeScript(format) {
  return formatWithoutTypes(format) !== format;
}

/** Source text out of what a load hook or fs gave. */
function stringify(body) {
  if (typeof body === 'string') return body;
  assertBufferSource(body, false, 'load');
  const { TextDecoder } = require('internal/encoding');
  return new TextDecoder().decode(body);
}

let compileCache;

/** The code cache on disk; undefined until it is switched on. */
function getCompileCache() {
  return compileCache;
}

function setCompileCache(cache) {
  compileCache = cache;
}

let sourceMapCache;

/** Takes source maps of compiled code; undefined unless source maps are switched on. */
function getSourceMapCache() {
  return sourceMapCache;
}

function setSourceMapCache(cache) {
  sourceMapCache = cache;
}

/** A native ES module, with the code cache if there is one. */
function compileSourceText(url, source) {
  const wrap = compileThroughCache(url, source);
  if (sourceMapCache !== undefined) {
    sourceMapCache.add(url, source, wrap, internalBinding('modules').sourceMapURL(wrap));
  }
  return wrap;
}

function compileThroughCache(url, source) {
  const { createCachedData, createSourceText } = internalBinding('modules');
  if (compileCache === undefined) return createSourceText(url, source, undefined);
  const entry = compileCache.find('ESM', url, source);
  const wrap = createSourceText(url, source, undefined, undefined, 0, 0, entry.data);
  compileCache.settle(entry, wrap.cachedDataRejected, () => createCachedData(wrap));
  return wrap;
}

/** `report(filename)` is set when somebody watches this program: internal/watch_mode/report.js. */
const dependencies = { __proto__: null, report: undefined };

let startedCJS = false;
let startedESM = false;

module.exports = {
  addBuiltinLibsToObject,
  assertBufferSource,
  compileSourceText,
  dependencies,
  formatWithoutTypes,
  getBuiltinModule,
  getCjsConditions,
  getCjsConditionsArray,
  getCompileCache,
  getRequireStack,
  getSourceMapCache,
  hasStartedUserCJSExecution: () => startedCJS,
  hasStartedUserESMExecution: () => startedESM,
  initializeCjsConditions,
  isTypeScript,
  loadBuiltinModule,
  makeRequireFunction,
  normalizeReferrerURL,
  setCompileCache,
  setSourceMapCache,
  setHasStartedUserCJSExecution() { startedCJS = true; },
  setHasStartedUserESMExecution() { startedESM = true; },
  stringify,
  stripBOM,
  toRealPath,
  urlToFilename,
};
