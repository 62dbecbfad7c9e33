'use strict';
// mock.module(): other exports for a module, for all who require or import it from now on.

const {
  ArrayPrototypeFilter,
  Error,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyDescriptors,
  ObjectKeys,
  ObjectSetPrototypeOf,
  SafeMap,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_STATE,
} } = require('internal/errors');
const { Module } = require('internal/modules/cjs/loader');
const { fileURLToPath, isURL, pathToFileURL, URLParse } = require('internal/url');
const { emitExperimentalWarning, kEmptyObject } = require('internal/util');
const { validateBoolean, validateObject, validateOneOf } = require('internal/validators');
const { constants: { kBadExportsMessage, kMockSearchParam }, hooks,
        mocks } = require('internal/test_runner/mock/loader');

const { _load: realLoad, _nodeModulePaths, _resolveFilename, isBuiltin } = Module;

const kFormats = [
  'builtin', 'commonjs-typescript', 'commonjs', 'json', 'module-typescript', 'module',
];

/** What require() asks for, as a file name or node: URL -> the mock. */
const mocksByPath = new SafeMap();
/** URL -> exports, for the sources that the load hook makes. */
let exportsByURL;
let loader;

let warnAboutNamed;
let warnAboutDefault;

function warnAboutOldOptions(options) {
  const { deprecateProperty } = require('internal/util');
  warnAboutNamed ??= deprecateProperty(
    'namedExports',
    'mock.module(): options.namedExports is deprecated. Use options.exports instead.');
  warnAboutDefault ??= deprecateProperty(
    'defaultExport',
    'mock.module(): options.defaultExport is deprecated. Use options.exports.default instead.');
  warnAboutNamed(options);
  warnAboutDefault(options);
}

function copyOwn(from, to) {
  const descriptors = ObjectGetOwnPropertyDescriptors(from);
  const names = ObjectKeys(descriptors);
  for (let i = 0; i < names.length; i++) ObjectSetPrototypeOf(descriptors[names[i]], null);
  ObjectDefineProperties(to, descriptors);
}

/** @returns {{ cache: boolean, named: object }} the exports by name, 'default' among them */
function parseOptions(options) {
  const { cache = false } = options;
  validateBoolean(cache, 'options.cache');
  const isGiven = (name) => name in options;
  warnAboutOldOptions(options);
  const named = { __proto__: null };
  if (isGiven('exports')) validateObject(options.exports, 'options.exports');
  if (isGiven('namedExports')) validateObject(options.namedExports, 'options.namedExports');
  if (isGiven('exports') && (isGiven('namedExports') || isGiven('defaultExport'))) {
    const others = ArrayPrototypeFilter(['namedExports', 'defaultExport'], isGiven);
    const quoted = others.length === 2 ?
      `'options.${others[0]}' or 'options.${others[1]}'` : `'options.${others[0]}'`;
    throw new ERR_INVALID_ARG_VALUE(
      'options.exports', options.exports, `cannot be used with ${quoted}`);
  }
  if (isGiven('exports')) copyOwn(options.exports, named);
  if (isGiven('namedExports')) copyOwn(options.namedExports, named);
  if (isGiven('defaultExport')) {
    ObjectDefineProperty(named, 'default', {
      __proto__: null, ...ObjectGetOwnPropertyDescriptor(options, 'defaultExport'),
    });
  }
  return { __proto__: null, cache, named };
}

function namesWithoutDefault(named) {
  return ArrayPrototypeFilter(ObjectKeys(named), (name) => name !== 'default');
}

/** What require() gives: the default export with the named ones on it. */
function commonJSExports(named) {
  const exports = 'default' in named ? named.default : {};
  const names = namesWithoutDefault(named);
  if (names.length > 0 && (typeof exports !== 'object' || exports === null)) {
    // What Node throws here has no code.
    throw new Error(kBadExportsMessage);
  }
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperty(exports, names[i], ObjectGetOwnPropertyDescriptor(named, names[i]));
  }
  return exports;
}

function withoutMockParam(request) {
  const url = URLParse(request);
  if (!url?.searchParams.has(kMockSearchParam)) return request;
  url.searchParams.delete(kMockSearchParam);
  return url.href;
}

/** Takes the place of Module._load. */
function loadMocked(request, parent, isMain) {
  request = withoutMockParam(request);
  const path = isBuiltin(request) ?
    withScheme(request) : _resolveFilename(request, parent, isMain);
  const mock = mocksByPath.get(path);
  if (mock === undefined) return realLoad(request, parent, isMain);
  const { cache, caller, named } = mock;
  if (cache && Module._cache[path]) return Module._cache[path].exports;
  const exports = commonJSExports(named);
  if (cache) {
    const entry = new Module(path, caller);
    entry.exports = exports;
    entry.filename = path;
    entry.loaded = true;
    entry.paths = _nodeModulePaths(entry.path);
    Module._cache[path] = entry;
  }
  return exports;
}

function withScheme(id) {
  return StringPrototypeStartsWith(id, 'node:') ? id : `node:${id}`;
}

function installHooks() {
  if (loader !== undefined) return;
  const { registerHooks } = require('internal/modules/customization_hooks');
  const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
  loader = getOrInitializeCascadedLoader();
  exportsByURL = new SafeMap();
  // The sources of mocks run as the program's code: they find it by name.
  require('test').mock._mockExports = exportsByURL;
  registerHooks(hooks);
  Module._load = loadMocked;
}

/**
 * Where require() would find it, if that is another file than import's (packages may have both).
 * @returns {string | undefined}
 */
function pathOfRequire(specifier, callerURL, path) {
  if (isBuiltin(specifier) || StringPrototypeStartsWith(specifier, 'data:') ||
      !StringPrototypeStartsWith(callerURL, 'file://')) {
    return undefined;
  }
  try {
    const callerPath = fileURLToPath(callerURL);
    const module = new Module(callerPath, null);
    module.paths = _nodeModulePaths(callerPath);
    const found = _resolveFilename(specifier, module, false);
    const isFile = typeof found === 'string' && StringPrototypeIncludes(found, '/');
    return isFile && found !== path ? found : undefined;
  } catch {
    return undefined; // For import only.
  }
}

/** A place in require()'s world that a mock takes. */
class TakenPath {
  #path;
  #former;

  constructor(path, mock) {
    this.#path = path;
    this.#former = ObjectGetOwnPropertyDescriptor(Module._cache, path);
    mocksByPath.set(path, mock);
    delete Module._cache[path];
  }

  restore() {
    mocksByPath.delete(this.#path);
    delete Module._cache[this.#path];
    if (this.#former !== undefined) Module._cache[this.#path] = this.#former.value;
  }
}

class MockModuleContext {
  #taken = [];
  #mock;

  constructor(specifier, url, paths, caller, { cache, named }) {
    const former = mocks.get(url);
    if (former?.active) {
      throw new ERR_INVALID_STATE(`Cannot mock '${specifier}'. The module is already mocked.`);
    }
    const mock = {
      __proto__: null,
      url,
      cache,
      caller,
      named,
      exportNames: namesWithoutDefault(named),
      hasDefaultExport: 'default' in named,
      localVersion: former?.localVersion ?? 0,
      active: true,
    };
    this.#mock = mock;
    mocks.set(url, mock);
    exportsByURL.set(url, {
      __proto__: null,
      named,
      default: named.default,
      commonJS: () => commonJSExports(named),
    });
    for (let i = 0; i < paths.length; i++) this.#taken[i] = new TakenPath(paths[i], mock);
  }

  restore() {
    if (this.#mock === undefined) return;
    this.#mock.active = false;
    this.#mock.localVersion++;
    this.#mock = undefined;
    for (let i = 0; i < this.#taken.length; i++) this.#taken[i].restore();
  }
}

const { restore: restoreModule } = MockModuleContext.prototype;

/** @param {string} callerFile  path or URL of the file that asks */
function mockModule(specifier, options, callerFile) {
  emitExperimentalWarning('Module mocking');
  if (typeof specifier !== 'string') {
    if (!isURL(specifier)) {
      throw new ERR_INVALID_ARG_TYPE('specifier', ['string', 'URL'], specifier);
    }
    specifier = `${specifier}`;
  }
  validateObject(options, 'options');
  const parsed = parseOptions(options);
  installHooks();

  const bare = StringPrototypeStartsWith(specifier, 'node:') ?
    StringPrototypeSlice(specifier, 5) : specifier;
  const caller = StringPrototypeStartsWith(callerFile, 'file://') ?
    callerFile : pathToFileURL(callerFile).href;
  const { format, url } = loader.resolve(bare, caller, kEmptyObject);
  // Of a file that could be either the format is not known yet.
  if (format) validateOneOf(format, 'format', kFormats);
  const baseURL = URLParse(url);
  if (!baseURL) throw new ERR_INVALID_ARG_VALUE('specifier', specifier, 'cannot compute URL');
  if (baseURL.searchParams.has(kMockSearchParam)) {
    throw new ERR_INVALID_STATE(`Cannot mock '${specifier}'. The module is already mocked.`);
  }
  const path = StringPrototypeStartsWith(url, 'file://') ? fileURLToPath(url) : undefined;
  const paths = [baseURL.href];
  if (path !== undefined) paths[paths.length] = path;
  const other = pathOfRequire(bare, caller, path);
  if (other !== undefined) paths[paths.length] = other;
  return new MockModuleContext(bare, baseURL.href, paths, caller, parsed);
}

module.exports = { mockModule, restoreModule };
