'use strict';
// CommonJS: Module, its cache, and how a file becomes exports. Lookup lives in
// cjs/resolve.js. What Node keeps in private symbols is kept here in a record
// stamped onto the module object, which no program sees.

const {
  ArrayIsArray,
  ArrayPrototypeIncludes,
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSplice,
  FunctionPrototypeCall,
  JSONParse,
  ObjectDefineProperty,
  ObjectFreeze,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  ObjectPrototype,
  ObjectPrototypeHasOwnProperty,
  ObjectSetPrototypeOf,
  Proxy,
  ReflectSet,
  SafeMap,
  SafeSet,
  String,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const { codes: {
  ERR_INVALID_ARG_VALUE,
  ERR_REQUIRE_CYCLE_MODULE,
  ERR_REQUIRE_ESM,
  ERR_UNKNOWN_BUILTIN_MODULE,
  ERR_UNKNOWN_MODULE_FORMAT,
} } = require('internal/errors');
const { BuiltinModule } = require('internal/bootstrap/realm');
const assert = require('internal/assert');
const {
  convertCJSFilenameToURL,
  convertURLToCJSFilename,
  loadHooks,
  loadWithHooks,
  registerHooks,
  resolveHooks,
  resolveWithHooks,
  validateLoadStrict,
} = require('internal/modules/customization_hooks');
const { beginStatCache, endStatCache, installLookup } = require('internal/modules/cjs/resolve');
const {
  dependencies,
  formatWithoutTypes,
  getCjsConditions,
  getCjsConditionsArray,
  getCompileCache,
  getSourceMapCache,
  initializeCjsConditions,
  isTypeScript,
  loadBuiltinModule,
  makeRequireFunction,
  setHasStartedUserCJSExecution,
  stripBOM,
} = require('internal/modules/helpers');
const packageJsonReader = require('internal/modules/package_json_reader');
const { getOptionValue } = require('internal/options');
const lazyURL = require('internal/util/lazy').getLazy(() => require('internal/url'));
const {
  emitExperimentalWarning,
  isInsideNodeModules,
  isUnderNodeModules,
  kEmptyObject,
  pendingDeprecate,
  setOwnProperty,
} = require('internal/util');
const { isProxy } = require('internal/util/types');
const { validateString } = require('internal/validators');
const path = require('path');
const traces = require('internal/trace_events/flags');
const { debuglog } = require('internal/util/debuglog');

class Bare {
  constructor(object) {
    return object;
  }
}

/** What the loaders know about a module and programs do not. */
class ModuleRecord extends Bare {
  #record;

  constructor(module, parent) {
    super(module);
    this.#record = {
      __proto__: null,
      firstParent: parent,
      lastParent: parent,
      url: undefined,
      format: undefined,
      source: undefined,
      isMain: false,
      isExecuting: false,
      // What `exports` was when the module had run, until an import takes it.
      exportsAtLoad: undefined,
      // The ES module that require() of this file leads to.
      requiredESM: undefined,
    };
  }

  static of(module) {
    if (!(#record in module)) new ModuleRecord(module, undefined);
    return module.#record;
  }
}

const recordOf = ModuleRecord.of;

/** `${parent.path}\0${request}` -> filename, so that a second require() is one look-up. */
const relativeResolveCache = { __proto__: null };

let requireDepth = 0;
let isPreloading = false;
let wrapperPatched = false;

let onRequire;
let timesModules; // Whether NODE_DEBUG asks how long modules take.

/** require() with its diagnostics channel, and timed if somebody wants that. */
function wrapModuleLoad(request, parent, isMain, internalOptions) {
  // Made at run time: channels are held by weak references, which no snapshot keeps.
  onRequire ??= require('diagnostics_channel').tracingChannel('module.require');
  timesModules ??= debuglog('module_timer').enabled;
  const isTimed = timesModules || traces.moduleTimer;
  // As many frames as Node has: programs count those of their errors.
  if (!isTimed && !onRequire.hasSubscribers) {
    return Module._load(request, parent, isMain, internalOptions);
  }
  const timing = isTimed ? require('internal/modules/timing') : undefined;
  const key = timing?.startTimer(request, parent, timesModules);
  try {
    return onRequire.traceSync(
      Module._load,
      { __proto__: null, parentFilename: parent?.filename, id: request },
      Module, request, parent, isMain, internalOptions);
  } finally {
    timing?.endTimer(key);
  }
}

function addChild(parent, child, unique) {
  const children = parent?.children;
  if (children && !(unique && ArrayPrototypeIncludes(children, child))) {
    ArrayPrototypePush(children, child);
  }
}

function Module(id = '', parent) {
  this.id = id;
  this.path = path.dirname(id);
  setOwnProperty(this, 'exports', {});
  new ModuleRecord(this, parent);
  addChild(parent, this, false);
  this.filename = null;
  this.loaded = false;
  this.children = [];
}

Module._cache = { __proto__: null };
Module._pathCache = { __proto__: null };
Module._extensions = { __proto__: null };
Module.globalPaths = [];
installLookup(Module);

// Module.wrapper and Module.wrap work until somebody changes them; from then on
// every file is compiled through them.
let wrapper = new Proxy(
  ['(function (exports, require, module, __filename, __dirname) { ', '\n});'],
  {
    __proto__: null,
    set(target, property, value, receiver) {
      wrapperPatched = true;
      return ReflectSet(target, property, value, receiver);
    },
    defineProperty(target, property, descriptor) {
      wrapperPatched = true;
      return ObjectDefineProperty(target, property, descriptor);
    },
  });

let wrap = function(script) { // eslint-disable-line func-style
  return Module.wrapper[0] + script + Module.wrapper[1];
};

ObjectDefineProperty(Module, 'wrap', {
  __proto__: null,
  get() { return wrap; },
  set(value) {
    wrapperPatched = true;
    wrap = value;
  },
});

ObjectDefineProperty(Module, 'wrapper', {
  __proto__: null,
  get() { return wrapper; },
  set(value) {
    wrapperPatched = true;
    wrapper = value;
  },
});

const preloadingDescriptor = { __proto__: null, get() { return isPreloading; } };
ObjectDefineProperty(Module.prototype, 'isPreloading', preloadingDescriptor);
ObjectDefineProperty(BuiltinModule.prototype, 'isPreloading', preloadingDescriptor);

const parentDeprecation = 'module.parent is deprecated due to accuracy issues. Please use ' +
  'require.main to find program entry point instead.';
ObjectDefineProperty(Module.prototype, 'parent', {
  __proto__: null,
  get: pendingDeprecate(function() {
    return recordOf(this).firstParent;
  }, parentDeprecation, 'DEP0144'),
  set: pendingDeprecate(function(value) {
    recordOf(this).firstParent = value;
  }, parentDeprecation, 'DEP0144'),
});

ObjectDefineProperty(Module.prototype, 'constructor', {
  __proto__: null, get() { return Module; }, enumerable: false, configurable: false,
});

Module._debug = pendingDeprecate(
  (...args) => require('internal/util/debuglog').debuglog('module')(...args),
  'Module._debug is deprecated.', 'DEP0077');
Module.isBuiltin = BuiltinModule.isBuiltin;

/** Run-time half of this file: called once per start, before any user code. */
function initializeCJS() {
  // Options may have added modules to those of the snapshot.
  const ids = BuiltinModule.getAllBuiltinModuleIds();
  if (ids.length !== Module.builtinModules.length) Module.builtinModules = ObjectFreeze(ids);
  initializeCjsConditions();
  if (!getOptionValue('--no-global-search-paths')) Module._initPaths();
  Module.runMain = require('internal/modules/run_main').executeUserEntryPoint;
}

// Cycles.

function warnAboutMissingExport(property) {
  process.emitWarning(
    `Accessing non-existent property '${String(property)}' of module exports ` +
    'inside circular dependency');
}

/** Prototype of unfinished exports: names what a cycle asks for too early. */
const unfinishedExportsPrototype = new Proxy({}, {
  __proto__: null,
  get(target, property) {
    // __esModule is asked for by every transpiled import.
    if (property in target || property === '__esModule') return target[property];
    warnAboutMissingExport(property);
    return undefined;
  },
  getOwnPropertyDescriptor(target, property) {
    if (ObjectPrototypeHasOwnProperty(target, property) || property === '__esModule') {
      return ObjectGetOwnPropertyDescriptor(target, property);
    }
    warnAboutMissingExport(property);
    return undefined;
  },
});

function hasPrototype(exports, prototype) {
  return exports && !isProxy(exports) && ObjectGetPrototypeOf(exports) === prototype;
}

/** What a module that is still being loaded gives to those who require it. */
function exportsInCycle(module) {
  const { requiredESM, lastParent } = recordOf(module);
  if (requiredESM !== undefined && !require('internal/modules/esm/module_job')
    .isEvaluated(requiredESM)) {
    let message = `Cannot require() ES Module ${module.id} in a cycle.`;
    if (lastParent) message += ` (from ${lastParent.filename})`;
    throw new ERR_REQUIRE_CYCLE_MODULE(message);
  }
  if (hasPrototype(module.exports, ObjectPrototype) && !module.exports.__esModule) {
    ObjectSetPrototypeOf(module.exports, unfinishedExportsPrototype);
  }
  return module.exports;
}

// Resolution, with hooks.

function resolveByLookup(specifier, parent, isMain, options) {
  const filename = Module._resolveFilename(specifier, parent, isMain, options).toString();
  return { __proto__: null, url: undefined, format: undefined, filename };
}

function resolveDefault(specifier, parent, isMain, options) {
  if (!StringPrototypeStartsWith(specifier, 'node:')) {
    return resolveByLookup(specifier, parent, isMain, options);
  }
  const id = BuiltinModule.normalizeRequirableId(specifier);
  if (id === undefined) throw new ERR_UNKNOWN_BUILTIN_MODULE(specifier);
  return { __proto__: null, url: specifier, format: 'builtin', filename: id };
}

/**
 * @param {object} [resolveOptions] of require.resolve(), which is more lenient than require()
 * @returns {{ url?: string, format?: string, filename: string }}
 */
function resolveForCJS(specifier, parent, isMain, resolveOptions) {
  const resolve = resolveOptions === undefined ? resolveDefault : resolveByLookup;
  if (resolveHooks.length === 0) return resolve(specifier, parent, isMain, resolveOptions);
  let parentURL;
  if (parent) {
    const record = recordOf(parent);
    record.url ??= convertCJSFilenameToURL(parent.filename);
    parentURL = record.url ?? undefined;
  }
  const defaultStep = (requested, { conditions }) => {
    let conditionSet = getCjsConditions();
    if (conditions !== undefined && conditions !== getCjsConditionsArray()) {
      if (!ArrayIsArray(conditions)) {
        throw new ERR_INVALID_ARG_VALUE('context.conditions', conditions, 'expected an array');
      }
      conditionSet = new SafeSet(conditions);
    }
    const found = resolve(requested, parent, isMain, {
      __proto__: null, paths: resolveOptions?.paths, conditions: conditionSet,
    });
    return { __proto__: null, url: found.url ?? convertCJSFilenameToURL(found.filename),
             format: found.format };
  };
  const { url, format } = resolveWithHooks(
    specifier, parentURL, undefined, getCjsConditionsArray(), defaultStep);
  return { __proto__: null, url, format, filename: convertURLToCJSFilename(url), parentURL };
}

/** require.resolve() */
function resolveForRequire(request, parent, options) {
  const { url, filename } = resolveForCJS(request, parent, false, options ?? kEmptyObject);
  return url === request && StringPrototypeStartsWith(request, 'node:') ? url : filename;
}

// Loading.

function readSource(filename, format) {
  switch (format) {
    case undefined:
    case null:
    case 'module':
    case 'commonjs':
    case 'json':
    case 'commonjs-typescript':
    case 'module-typescript':
    case 'typescript':
      // Through the public function, which tools that pack programs replace.
      return require('fs').readFileSync(filename, 'utf8');
    case 'builtin':
      return null;
    default:
      throw new ERR_UNKNOWN_MODULE_FORMAT(format, convertCJSFilenameToURL(filename));
  }
}

/** The last step of the chain of load hooks. */
function defaultLoadStep(url, filename) {
  return (requested, { format }) => ({
    source: readSource(requested === url ? filename : convertURLToCJSFilename(requested), format),
    format,
  });
}

/** A builtin's exports, or what a load hook made of its name. */
function loadBuiltin(id, url, format) {
  if (loadHooks.length !== 0) {
    url ??= `node:${id}`;
    const result = loadWithHooks(url, format || 'builtin', undefined, getCjsConditionsArray(),
                                 defaultLoadStep(url, id), validateLoadStrict);
    if (result.format && result.format !== 'builtin') return { exports: undefined, result };
  }
  return { exports: loadBuiltinModule(id).exports, result: undefined };
}

/** Source and format of a file, from whoever already has them, hooks, or disk. */
function loadSource(module, filename, format) {
  const record = recordOf(module);
  record.format ??= format;
  if (record.source !== undefined) return { source: record.source, format: record.format };
  if (loadHooks.length === 0) return { source: readSource(filename, format), format };
  record.url ??= convertCJSFilenameToURL(filename);
  const result = loadWithHooks(record.url, record.format, undefined, getCjsConditionsArray(),
                               defaultLoadStep(record.url, filename), validateLoadStrict);
  if (result.format !== undefined) record.format = result.format;
  record.source = result.source;
  return { source: record.source, format: record.format };
}

/** From the cache, unless the module is not there. */
function fromCache(filename, parent) {
  const cached = Module._cache[filename];
  if (cached === undefined) return undefined;
  addChild(parent, cached, true);
  return { exports: cached.loaded ? cached.exports : exportsInCycle(cached) };
}

function makeModule(filename, parent, isMain, url, format, source) {
  const module = new Module(filename, parent);
  const record = recordOf(module);
  record.url = url;
  record.format = format;
  record.source = source;
  if (isMain) {
    setOwnProperty(process, 'mainModule', module);
    setOwnProperty(module.require, 'main', process.mainModule);
    module.id = '.';
    record.isMain = true;
  }
  return module;
}

/** Takes back what a module that threw has left behind. */
function forget(module, filename, parent, cacheKey) {
  delete Module._cache[filename];
  if (parent === undefined) return;
  delete relativeResolveCache[cacheKey];
  const children = parent?.children;
  if (!ArrayIsArray(children)) return;
  const index = ArrayPrototypeIndexOf(children, module);
  if (index !== -1) ArrayPrototypeSplice(children, index, 1);
}

/**
 * @param {object} [internalOptions] from the ES loader, which has resolved already:
 *   { resolved: { filename, url, format }, source }
 */
Module._load = function(request, parent, isMain, internalOptions = kEmptyObject) {
  let cacheKey;
  if (parent) {
    cacheKey = `${parent.path}\x00${request}`;
    const known = relativeResolveCache[cacheKey];
    if (known !== undefined) {
      const cached = fromCache(known, parent);
      if (cached !== undefined) return cached.exports;
      delete relativeResolveCache[cacheKey];
    }
  }

  const resolved = internalOptions.resolved ?? resolveForCJS(request, parent, isMain);
  const { url, filename } = resolved;
  dependencies.report?.(filename);
  let { format } = resolved;
  let source = internalOptions.source;
  let hooked = false;

  const takeHooked = (builtin) => {
    ({ source, format } = builtin.result);
    hooked = true;
  };
  if (request === url && StringPrototypeStartsWith(request, 'node:')) {
    const builtin = loadBuiltin(filename, url, format);
    if (builtin.result === undefined) return builtin.exports;
    takeHooked(builtin);
  }
  if (!hooked) {
    const cached = fromCache(filename, parent);
    if (cached !== undefined) return cached.exports;
    // Not before the cache: programs replace builtins by writing to it.
    if (BuiltinModule.canBeRequiredWithoutScheme(filename)) {
      const builtin = loadBuiltin(filename, url, format);
      if (builtin.result === undefined) return builtin.exports;
      takeHooked(builtin);
    }
  }

  const module = makeModule(filename, parent, isMain, url, format, source);
  Module._cache[filename] = module;
  if (parent !== undefined) relativeResolveCache[cacheKey] = filename;

  let threw = true;
  try {
    module.load(filename);
    threw = false;
  } finally {
    if (threw) {
      forget(module, filename, parent, cacheKey);
    } else if (hasPrototype(module.exports, unfinishedExportsPrototype)) {
      ObjectSetPrototypeOf(module.exports, ObjectPrototype);
    }
  }
  return module.exports;
};

/** The longest suffix that has a handler: 'a.b.js' may be a '.b.js'. */
function findLongestRegisteredExtension(filename) {
  const name = path.basename(filename);
  let dot = StringPrototypeIndexOf(name, '.', 0);
  while (dot !== -1) {
    // A leading dot hides a file; it begins no extension.
    if (dot !== 0) {
      const extension = StringPrototypeSlice(name, dot);
      if (Module._extensions[extension]) return extension;
    }
    dot = StringPrototypeIndexOf(name, '.', dot + 1);
  }
  return '.js';
}

function extensionOfFormat(format) {
  if (format === 'addon') return '.node';
  return format === 'json' ? '.json' : '.js';
}

Module.prototype.load = function(filename) {
  assert(!this.loaded);
  this.filename ??= filename;
  this.paths ??= Module._nodeModulePaths(path.dirname(filename));
  const { format } = recordOf(this);
  const extension = format === undefined ?
    findLongestRegisteredExtension(filename) : extensionOfFormat(format);
  Module._extensions[extension](this, filename);
  this.loaded = true;
  recordOf(this).exportsAtLoad = this.exports;
};

Module.prototype.require = function(id) {
  validateString(id, 'id');
  if (id === '') throw new ERR_INVALID_ARG_VALUE('id', id, 'must be a non-empty string');
  requireDepth++;
  try {
    return wrapModuleLoad(id, this, false);
  } finally {
    requireDepth--;
  }
};

// Compiling.

/**
 * @returns {{ function?: Function, canParseAsESM?: boolean, sourceMapURL?: string }}
 */
function wrapSafe(filename, content, module, format) {
  if (wrapperPatched) {
    const { compileScript, runScript } = internalBinding('contextify');
    const { script } = compileScript(Module.wrap(content), filename, 0, 0, undefined);
    return {
      __proto__: null,
      function: runScript(script, null, -1, true),
      canParseAsESM: false,
      sourceMapURL: undefined,
    };
  }
  const isMain = module !== undefined && recordOf(module).isMain;
  const detectModule = format !== 'commonjs' && (isMain ?
    getOptionValue('--experimental-detect-module') !== false :
    getOptionValue('--require-module') !== false);
  if (!isMain || detectModule) return compileWrapped(filename, content, isMain, detectModule);
  try {
    return compileWrapped(filename, content, isMain, detectModule);
  } catch (error) {
    warnAboutESM(filename, content);
    throw error;
  }
}

/** The entry point is no script: perhaps it was meant to be a module. */
function warnAboutESM(filename, content) {
  if (!internalBinding('modules').containsModuleSyntax(content, filename)) return;
  require('internal/process/warning').emitWarningSync(
    `Failed to load the ES module: ${filename}. Make sure to set "type": "module" in ` +
    'the nearest package.json file or use the .mjs extension.');
}

function compileWrapped(filename, content, isMain, detectModule) {
  const { compileFunctionForCJSLoader, functionCachedData } = internalBinding('modules');
  const cache = getCompileCache();
  if (cache === undefined) {
    return compileFunctionForCJSLoader(content, filename, isMain, detectModule, undefined);
  }
  const entry = cache.find('CommonJS', filename, content);
  const result =
    compileFunctionForCJSLoader(content, filename, isMain, detectModule, entry.data);
  if (result.function !== undefined) {
    cache.settle(entry, result.cachedDataRejected, () => functionCachedData(result.function));
  }
  return result;
}

function withoutTypes(module, content, filename) {
  const { stripTypeScriptModuleTypes } = require('internal/modules/typescript');
  const record = recordOf(module);
  record.url ??= convertCJSFilenameToURL(filename);
  return stripTypeScriptModuleTypes(content, filename, record.url);
}

/** --inspect-brk: the program's own file begins with a pause. */
function callPaused(fn, receiver, ...args) {
  return require('internal/inspector/port').callOnStart(fn, receiver, ...args);
}

Module.prototype._compile = function(content, filename, format) {
  let compiled;
  if (isTypeScript(format)) {
    content = withoutTypes(this, content, filename);
    format = formatWithoutTypes(format);
  }
  if (format !== 'module') {
    const result = wrapSafe(filename, content, this, format);
    compiled = result.function;
    getSourceMapCache()?.add(filename, content, this, result.sourceMapURL);
    if (result.canParseAsESM) format = 'module';
  }
  if (format === 'module') {
    loadESMFromCJS(this, filename, content);
    return undefined;
  }
  const dirname = path.dirname(filename);
  const require = makeRequireFunction(this);
  const { exports } = this;
  const record = recordOf(this);
  setHasStartedUserCJSExecution();
  if (requireDepth === 0) beginStatCache();
  record.isExecuting = true;
  const isPaused = record.isMain && getOptionValue('--inspect-brk') && process._eval === undefined;
  const call = isPaused ? callPaused : FunctionPrototypeCall;
  const result = call(compiled, exports, exports, require, this, filename, dirname);
  record.isExecuting = false;
  if (requireDepth === 0) endStatCache();
  return result;
};

// require() of ES modules.

let traceRequireModule;

function warnAboutRequiredESM(module, record) {
  traceRequireModule ??= getOptionValue('--trace-require-module') || false;
  if (traceRequireModule === false) return;
  const { lastParent: parent } = record;
  if (traceRequireModule === 'no-node-modules' &&
      (parent ? isUnderNodeModules(parent.filename) : isInsideNodeModules())) {
    return;
  }
  let prefix;
  if (parent) {
    let from = parent.filename || parent.id;
    if (from === 'internal/preload') from = '--require';
    else if (from === '<repl>') from = 'The REPL';
    else if (from === '.') from = 'The entry point';
    else from &&= `CommonJS module ${from}`;
    const to = module.id || module.filename;
    if (from && to) prefix = `${from} is loading ES Module ${to} using require().\n`;
  }
  emitExperimentalWarning('Support for loading ES Module in require()', prefix, undefined,
                          parent?.require);
}

function loadESMFromCJS(module, filename, source) {
  const record = recordOf(module);
  if (record.isMain) {
    const { runEntryPointWithESMLoader } = require('internal/modules/run_main');
    runEntryPointWithESMLoader((loader) => loader.import(
      lazyURL().pathToFileURL(filename).href, undefined, { __proto__: null }, undefined, true));
    // An ES module entry point is no `module`.
    setOwnProperty(process, 'mainModule', undefined);
    return;
  }
  warnAboutRequiredESM(module, record);
  const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
  const { job, namespace } = getOrInitializeCascadedLoader()
    .importSyncForRequire(module, record, filename, source);
  module.exports = exportsOfNamespace(job, namespace);
}

/** The value of require() for an ES module. */
function exportsOfNamespace(job, namespace) {
  if (ObjectHasOwn(namespace, 'module.exports')) return namespace['module.exports'];
  // A default export has to be told from `module.exports = ...`: transpiled
  // importers look for __esModule.
  if (!ObjectHasOwn(namespace, 'default') || ObjectHasOwn(namespace, '__esModule')) {
    return namespace;
  }
  return require('internal/modules/esm/module_job').createRequiredFacade(job);
}

// Extensions.

/** The format that a file's name and package give; undefined is for the parser to say. */
function formatOfFile(filename) {
  if (StringPrototypeEndsWith(filename, '.cjs')) return 'commonjs';
  if (StringPrototypeEndsWith(filename, '.mjs')) return 'module';
  if (StringPrototypeEndsWith(filename, '.js')) {
    const type = packageJsonReader.getNearestParentPackageJSONType(filename);
    return type === 'none' ? undefined : type;
  }
  if (!StringPrototypeEndsWith(filename, 'ts') ||
      getOptionValue('--strip-types') === false) {
    return undefined;
  }
  if (StringPrototypeEndsWith(filename, '.cts')) return 'commonjs-typescript';
  if (StringPrototypeEndsWith(filename, '.mts')) return 'module-typescript';
  if (!StringPrototypeEndsWith(filename, '.ts')) return undefined;
  const type = packageJsonReader.getNearestParentPackageJSONType(filename);
  return type === 'none' ? 'typescript' : `${type}-typescript`;
}

Module._extensions['.js'] = function(module, filename) {
  const { source, format } = loadSource(module, filename, formatOfFile(filename));
  if ((format === 'module' || format === 'module-typescript') &&
      getOptionValue('--require-module') === false &&
      !recordOf(module).isMain) {
    const { exists, path: pjsonPath } = packageJsonReader.getNearestParentPackageJSON(filename);
    const { containsModuleSyntax } = internalBinding('modules');
    throw new ERR_REQUIRE_ESM(
      filename, containsModuleSyntax(source, filename),
      recordOf(module).firstParent?.filename,
      exists && StringPrototypeEndsWith(filename, '.js') ? pjsonPath : undefined);
  }
  module._compile(source, filename, format);
};

Module._extensions['.json'] = function(module, filename) {
  const { source } = loadSource(module, filename, 'json');
  try {
    setOwnProperty(module, 'exports', JSONParse(stripBOM(source)));
  } catch (error) {
    error.message = `${filename}: ${error.message}`;
    throw error;
  }
};

Module._extensions['.node'] = function(module, filename) {
  // Throws a clear error until addons are built.
  return process.dlopen(module, path.toNamespacedPath(filename));
};

// The rest of the public surface.

function createRequire(filenameOrURL) {
  let filename = filenameOrURL;
  let url;
  const isPath = typeof filenameOrURL === 'string' && path.isAbsolute(filenameOrURL);
  if (!isPath) {
    const isText = typeof filenameOrURL === 'string' || lazyURL().isURL(filenameOrURL);
    try {
      if (isText) {
        url = new (lazyURL().URL)(filenameOrURL);
        filename = lazyURL().fileURLToPath(url);
      }
    } catch {
      url = undefined;
    }
    if (url === undefined) {
      throw new ERR_INVALID_ARG_VALUE(
        'filename', filenameOrURL,
        'must be a file URL object, file URL string, or absolute path string');
    }
  }
  // A directory stands for a file in it.
  if (StringPrototypeEndsWith(filename, '/')) filename = path.join(filename, 'noop.js');
  const module = new Module(filename);
  module.filename = filename;
  recordOf(module).url = url?.href;
  module.paths = Module._nodeModulePaths(module.path);
  return makeRequireFunction(module);
}

Module.createRequire = createRequire;

/** -r */
Module._preloadModules = function(requests) {
  if (!ArrayIsArray(requests)) return;
  isPreloading = true;
  try {
    // 'internal/preload' stands for no file: it only says where lookup begins.
    const parent = new Module('internal/preload', null);
    try {
      parent.paths = Module._nodeModulePaths(process.cwd());
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    for (let i = 0; i < requests.length; i++) parent.require(requests[i]);
  } finally {
    isPreloading = false;
  }
};

Module.syncBuiltinESMExports = function syncBuiltinESMExports() {
  for (const { 1: builtin } of new SafeMap(BuiltinModule.map)) {
    if (BuiltinModule.canBeRequiredWithoutScheme(builtin.id)) builtin.syncExports();
  }
};

Module.builtinModules = ObjectFreeze(BuiltinModule.getAllBuiltinModuleIds());
Module.Module = Module;
Module.registerHooks = registerHooks;

module.exports = {
  Module,
  exportsOfNamespace,
  findLongestRegisteredExtension,
  initializeCJS,
  loadSource,
  recordOf,
  resolveForCJS,
  resolveForRequire,
  wrapModuleLoad,
  wrapSafe,
};
