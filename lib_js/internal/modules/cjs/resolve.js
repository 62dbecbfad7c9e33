'use strict';
// Where a CommonJS request leads: the lookup functions of Module that programs
// replace. They call one another through Module, so that a replacement counts.

const {
  ArrayIsArray,
  ArrayPrototypeFilter,
  ArrayPrototypeIncludes,
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  Boolean,
  Error,
  ObjectDefineProperty,
  ObjectKeys,
  RegExpPrototypeExec,
  SafeMap,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_MODULE_SPECIFIER,
} } = require('internal/errors');
const { BuiltinModule } = require('internal/bootstrap/realm');
const { getCjsConditions, getRequireStack, toRealPath } = require('internal/modules/helpers');
const packageJsonReader = require('internal/modules/package_json_reader');
const { getOptionValue } = require('internal/options');
const lazyURL = require('internal/util/lazy').getLazy(() => require('internal/url'));
const { emitExperimentalWarning, setOwnProperty } = require('internal/util');
const path = require('path');

const KIND_FILE = 0;
const KIND_DIRECTORY = 1;
const DOT = 46;

const PACKAGE_REQUEST = /^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/;
const ENCODED_SEPARATOR = /%2F|%5C/i;

/** Results of stat while one outermost require() runs. */
let statCache = null;

function stat(filename) {
  let kind = statCache?.get(filename);
  if (kind !== undefined) return kind;
  kind = internalBinding('fs_ops').internalModuleStat(filename);
  // What is missing now may be written by the module that is being loaded.
  if (kind >= 0) statCache?.set(filename, kind);
  return kind;
}

/** Between these two, the file system is taken to stand still. */
function beginStatCache() {
  statCache = new SafeMap();
}

function endStatCache() {
  statCache = null;
}

/** './x', '../x', '.' and '..' */
function isRelative(request) {
  if (StringPrototypeCharCodeAt(request, 0) !== DOT) return false;
  return request.length === 1 || request === '..' ||
    StringPrototypeStartsWith(request, './') || StringPrototypeStartsWith(request, '../');
}

/** Requests that can only mean a directory: 'a/', '.', 'a/..' */
function meansDirectory(request) {
  const last = StringPrototypeSlice(
    request, StringPrototypeLastIndexOf(request, '/') + 1);
  return request.length > 0 && (last === '' || last === '.' || last === '..');
}

function notFound(request, at) {
  const error = new Error(`Cannot find module '${request}'`);
  error.code = 'MODULE_NOT_FOUND';
  if (at) error.path = at;
  return error;
}

/** Gives `Module` its lookup functions. @returns {object} what the loader itself uses */
function installLookup(Module) {
  let modulePaths = [];
  let currentStat = stat;
  let readPackage =
    (requestPath) => packageJsonReader.read(path.resolve(requestPath, 'package.json'));

  // Both are old doors that some tools still replace.
  ObjectDefineProperty(Module, '_stat', {
    __proto__: null,
    get() { return currentStat; },
    set(replacement) {
      emitExperimentalWarning('Module._stat');
      currentStat = replacement;
    },
    configurable: true,
  });
  ObjectDefineProperty(Module, '_readPackage', {
    __proto__: null,
    get() { return readPackage; },
    set(replacement) {
      emitExperimentalWarning('Module._readPackage');
      readPackage = replacement;
    },
    configurable: true,
  });

  function finalPath(filename, isMain) {
    const keepLinks = getOptionValue(isMain ? '--preserve-symlinks-main' : '--preserve-symlinks');
    return keepLinks ? path.resolve(filename) : toRealPath(filename);
  }

  function tryFile(filename, isMain) {
    return currentStat(filename) === KIND_FILE ? finalPath(filename, isMain) : undefined;
  }

  function tryExtensions(base, extensions, isMain) {
    for (let i = 0; i < extensions.length; i++) {
      const found = tryFile(base + extensions[i], isMain);
      if (found) return found;
    }
    return false;
  }

  /** A directory: its package.json's main, else index. */
  function tryPackage(directory, extensions, isMain, request) {
    const { main, pjsonPath } = readPackage(directory);
    const index = path.resolve(directory, 'index');
    if (!main) return tryExtensions(index, extensions, isMain);
    const mainFile = path.resolve(directory, main);
    let found = tryFile(mainFile, isMain) || tryExtensions(mainFile, extensions, isMain) ||
      tryExtensions(path.resolve(mainFile, 'index'), extensions, isMain);
    if (found) return found;
    found = tryExtensions(index, extensions, isMain);
    if (!found) {
      const error = new Error(`Cannot find module '${mainFile}'. ` +
        'Please verify that the package.json has a valid "main" entry');
      error.code = 'MODULE_NOT_FOUND';
      error.path = pjsonPath;
      error.requestPath = request;
      throw error;
    }
    process.emitWarning(
      `Invalid 'main' field in '${pjsonPath}' of '${main}'. ` +
      'Please either fix that or report it to the module author',
      'DeprecationWarning', 'DEP0128');
    return found;
  }

  /** The file that an "exports" or "imports" target names; it must exist as it is. */
  function finalizeTarget(resolved, parentPath, packagePath) {
    if (RegExpPrototypeExec(ENCODED_SEPARATOR, resolved) !== null) {
      throw new ERR_INVALID_MODULE_SPECIFIER(
        resolved, 'must not include encoded "/" or "\\" characters', parentPath);
    }
    const filename = lazyURL().fileURLToPath(resolved);
    const found = tryFile(filename);
    if (!found) throw notFound(filename, packagePath);
    return found;
  }

  function resolveExports(pjsonPath, subpath, packageData, parentPath, conditions, request) {
    const { packageExportsResolve } = require('internal/modules/esm/resolve');
    try {
      return finalizeTarget(
        packageExportsResolve(
          lazyURL().pathToFileURL(pjsonPath), subpath, packageData,
          parentPath === null ? null : lazyURL().pathToFileURL(parentPath), conditions),
        parentPath, path.dirname(pjsonPath));
    } catch (error) {
      if (error.code === 'ERR_MODULE_NOT_FOUND') throw notFound(request, pjsonPath);
      throw error;
    }
  }

  /** name[/subpath] in one node_modules folder, if that package has "exports". */
  function tryPackageExports(folder, request, conditions) {
    const match = RegExpPrototypeExec(PACKAGE_REQUEST, request);
    if (match === null) return undefined;
    const directory = path.resolve(folder, match[1]);
    const packageData = readPackage(directory);
    if (!packageData.exists || packageData.exports == null) return undefined;
    return resolveExports(`${directory}/package.json`, `.${match[2] ?? ''}`, packageData, null,
                          conditions, request);
  }

  /** A package that requires itself by its own name. */
  function trySelf(parentPath, request, conditions) {
    if (!parentPath) return false;
    const { data, path: pjsonPath } = packageJsonReader.getNearestParentPackageJSON(parentPath);
    if (data.exports === undefined || data.name === undefined) return false;
    if (request !== data.name && !StringPrototypeStartsWith(request, `${data.name}/`)) {
      return false;
    }
    const subpath = `.${StringPrototypeSlice(request, data.name.length)}`;
    return resolveExports(pjsonPath, subpath, data, parentPath, conditions, subpath);
  }

  /** '#name' through the "imports" of the parent's package. */
  function tryImports(parentPath, request, conditions) {
    const nearest = packageJsonReader.getNearestParentPackageJSON(parentPath);
    if (nearest.data.imports == null) return undefined;
    const { packageImportsResolve } = require('internal/modules/esm/resolve');
    try {
      return finalizeTarget(
        packageImportsResolve(request, lazyURL().pathToFileURL(parentPath), conditions),
        parentPath, nearest.path);
    } catch (error) {
      if (error.code === 'ERR_MODULE_NOT_FOUND') throw notFound(request);
      throw error;
    }
  }

  /** Where `parent` stands, for self references and "imports". */
  function parentPathOf(parent) {
    if (!parent) return false;
    if (parent.filename) return parent.filename;
    if (parent.id === '<repl>' || parent.id === 'internal/preload') {
      try {
        return `${process.cwd()}/`;
      } catch {
        return false;
      }
    }
    return undefined;
  }

  Module._findPath = function(request, paths, isMain, conditions = getCjsConditions()) {
    const isAbsolute = path.isAbsolute(request);
    if (isAbsolute) paths = [''];
    else if (!paths || paths.length === 0) return false;

    const cacheKey = `${request}\x00${ArrayPrototypeJoin(paths, '\x00')}`;
    const cached = Module._pathCache[cacheKey];
    if (cached) return cached;

    let extensions;
    const wantsDirectory = meansDirectory(request);
    const staysInside = !isRelative(request) ||
      !StringPrototypeStartsWith(path.normalize(request), '..');

    for (let i = 0; i < paths.length; i++) {
      const folder = paths[i];
      if (typeof folder !== 'string') {
        throw new ERR_INVALID_ARG_TYPE('paths', 'array of strings', paths);
      }
      if (staysInside && folder && currentStat(folder) < KIND_DIRECTORY) continue;
      if (!isAbsolute) {
        const found = tryPackageExports(folder, request, conditions);
        if (found) return found;
      }
      const base = path.resolve(folder, request);
      const kind = currentStat(base);
      let filename;
      if (!wantsDirectory) {
        if (kind === KIND_FILE) filename = finalPath(base, isMain);
        if (!filename) {
          extensions ??= ObjectKeys(Module._extensions);
          filename = tryExtensions(base, extensions, isMain);
        }
      }
      if (!filename && kind === KIND_DIRECTORY) {
        extensions ??= ObjectKeys(Module._extensions);
        filename = tryPackage(base, extensions, isMain, request);
      }
      if (filename) {
        Module._pathCache[cacheKey] = filename;
        return filename;
      }
    }
    return false;
  };

  Module._nodeModulePaths = function(from) {
    from = path.resolve(from);
    const paths = [];
    while (from !== '/') {
      if (!StringPrototypeEndsWith(from, '/node_modules')) {
        ArrayPrototypePush(paths, `${from}/node_modules`);
      }
      const slash = StringPrototypeLastIndexOf(from, '/');
      from = slash === 0 ? '/' : StringPrototypeSlice(from, 0, slash);
    }
    ArrayPrototypePush(paths, '/node_modules');
    return paths;
  };

  Module._resolveLookupPaths = function(request, parent) {
    if (BuiltinModule.normalizeRequirableId(request)) return null;
    if (!isRelative(request)) {
      const paths = parent?.paths?.length ? ArrayPrototypeSlice(parent.paths) : [];
      for (let i = 0; i < modulePaths.length; i++) ArrayPrototypePush(paths, modulePaths[i]);
      return paths.length > 0 ? paths : null;
    }
    // -e and the REPL have no file of their own.
    if (!parent || !parent.id || !parent.filename) return ['.'];
    return [path.dirname(parent.filename)];
  };

  Module._initPaths = function() {
    const { HOME, NODE_PATH } = process.env;
    const paths = [];
    if (NODE_PATH) {
      const given = ArrayPrototypeFilter(StringPrototypeSplit(NODE_PATH, path.delimiter), Boolean);
      for (let i = 0; i < given.length; i++) ArrayPrototypePush(paths, given[i]);
    }
    if (HOME) {
      ArrayPrototypePush(paths, path.resolve(HOME, '.node_modules'));
      ArrayPrototypePush(paths, path.resolve(HOME, '.node_libraries'));
    }
    ArrayPrototypePush(paths, path.resolve(process.execPath, '..', '..', 'lib', 'node'));
    modulePaths = paths;
    // A copy: writing to it has no effect, as documented.
    Module.globalPaths = ArrayPrototypeSlice(paths);
  };

  /** Folders for `options.paths` of require.resolve(). */
  function pathsFromOption(request, given) {
    if (isRelative(request)) return given;
    const fakeParent = new Module('', null);
    const paths = [];
    for (let i = 0; i < given.length; i++) {
      fakeParent.paths = Module._nodeModulePaths(given[i]);
      const lookup = Module._resolveLookupPaths(request, fakeParent);
      for (let j = 0; j < lookup.length; j++) {
        if (!ArrayPrototypeIncludes(paths, lookup[j])) ArrayPrototypePush(paths, lookup[j]);
      }
    }
    return paths;
  }

  function notFoundFrom(request, parent) {
    const requireStack = getRequireStack(parent);
    let message = `Cannot find module '${request}'`;
    if (requireStack.length > 0) {
      message += `\nRequire stack:\n- ${ArrayPrototypeJoin(requireStack, '\n- ')}`;
    }
    const error = new Error(message);
    setOwnProperty(error, 'code', 'MODULE_NOT_FOUND');
    setOwnProperty(error, 'requireStack', requireStack);
    return error;
  }

  /** The module of a request through --experimental-package-map. */
  function tryPackageMap(request, parent, conditions) {
    const { packageMapResolve } = require('internal/modules/package_map');
    const parentPath = parentPathOf(parent);
    if (!parentPath) return undefined;
    const mapped = packageMapResolve(request, parentPath);
    if (mapped === undefined) throw notFoundFrom(request, parent);
    const { packagePath, subpath } = mapped;
    const pkg = readPackage(packagePath);
    if (pkg.exports !== undefined) {
      return resolveExports(path.resolve(packagePath, 'package.json'), subpath, pkg, parentPath,
                            conditions, subpath);
    }
    return Module._findPath(subpath, [packagePath], false, conditions);
  }

  Module._resolveFilename = function(request, parent, isMain, options) {
    if (BuiltinModule.normalizeRequirableId(request)) return request;
    const conditions = options?.conditions || getCjsConditions();
    if (getOptionValue('--experimental-package-map') &&
        !isRelative(request) && !path.isAbsolute(request)) {
      const found = tryPackageMap(request, parent, conditions);
      if (found !== undefined) return found;
    }
    let paths;
    if (ArrayIsArray(options?.paths)) {
      paths = pathsFromOption(request, options.paths);
    } else if (typeof options === 'object' && options !== null && options.paths !== undefined) {
      throw new ERR_INVALID_ARG_VALUE('options.paths', options.paths);
    } else {
      paths = Module._resolveLookupPaths(request, parent);
    }

    const parentPath = parentPathOf(parent);
    if (request[0] === '#' && (parent?.filename || parent?.id === '<repl>')) {
      const found = tryImports(parentPath, request, conditions);
      if (found) return found;
    }
    const self = trySelf(parentPath, request, conditions);
    if (self) {
      Module._pathCache[`${request}\x00${ArrayPrototypeJoin(paths, '\x00')}`] = self;
      return self;
    }
    const filename = Module._findPath(request, paths, isMain, conditions);
    if (filename) return filename;

    throw notFoundFrom(request, parent);
  };
}

module.exports = {
  beginStatCache,
  endStatCache,
  installLookup,
};
