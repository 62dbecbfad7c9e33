'use strict';
// package.json files: read once, kept by path. A file that does not exist is
// remembered as null; one that cannot be parsed throws every time it is asked.

const {
  ArrayIsArray,
  JSONParse,
  ObjectSetPrototypeOf,
  SafeMap,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
} = primordials;

const { codes: {
  ERR_INVALID_MODULE_SPECIFIER,
  ERR_INVALID_PACKAGE_CONFIG,
  ERR_MISSING_ARGS,
  ERR_MODULE_NOT_FOUND,
} } = require('internal/errors');
const lazyURL = require('internal/util/lazy').getLazy(() => require('internal/url'));
const { validateString } = require('internal/validators');
const path = require('path');

// The loader's stat() result.
const KIND_DIRECTORY = 1;
const FILE_NAME = '/package.json';
const NODE_MODULES = '/node_modules';

/** @type {Map<string, { data: object, exists: true, path: string } | null>} */
const byPath = new SafeMap();
/** directory -> the nearest package.json above or in it, as in byPath */
const byDirectory = new SafeMap();

function stripBOM(text) {
  return StringPrototypeCharCodeAt(text, 0) === 0xFEFF ? StringPrototypeSlice(text, 1) : text;
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/** Keeps the fields that resolution looks at; undefined if one cannot be right. */
function pick(source) {
  if (!isObject(source) || ArrayIsArray(source)) return undefined;
  // What is missing must not be found on a polluted Object.prototype.
  ObjectSetPrototypeOf(source, null);
  const { exports, imports, main, name, type } = source;
  if (name !== undefined && typeof name !== 'string') return undefined;
  if (type !== undefined && typeof type !== 'string') return undefined;
  const data = { __proto__: null };
  if (name !== undefined) data.name = name;
  if (typeof main === 'string') data.main = main;
  data.type = type === 'module' || type === 'commonjs' ? type : 'none';
  if (isObject(exports) || typeof exports === 'string') data.exports = exports;
  if (isObject(imports)) data.imports = imports;
  return data;
}

function parse(text) {
  try {
    return pick(JSONParse(stripBOM(text)));
  } catch {
    return undefined;
  }
}

/** The entry of a path, read from disk the first time. */
function load(jsonPath, importedFrom) {
  let entry = byPath.get(jsonPath);
  if (entry !== undefined) return entry;
  const text = internalBinding('fs_ops').readFileUtf8(jsonPath);
  if (typeof text !== 'string') {
    byPath.set(jsonPath, null);
    return null;
  }
  const data = parse(text);
  if (data === undefined) {
    const whileImporting = importedFrom === undefined ? '' : ` while importing ${importedFrom}`;
    throw new ERR_INVALID_PACKAGE_CONFIG(`${jsonPath}${whileImporting}.`, undefined, undefined);
  }
  entry = { data, exists: true, path: jsonPath };
  byPath.set(jsonPath, entry);
  return entry;
}

function flat(entry, jsonPath) {
  if (entry === null) {
    return { __proto__: null, type: 'none', exists: false, pjsonPath: jsonPath };
  }
  return { __proto__: null, ...entry.data, exists: true, pjsonPath: entry.path };
}

/**
 * @param {string} jsonPath
 * @param {{ base?: string | URL, specifier?: string }} [options] who asks, for the error
 */
function read(jsonPath, options) {
  let importedFrom;
  if (options?.base != null) {
    const base = `${options.base}`;
    importedFrom = `"${options.specifier}" from ` +
      (StringPrototypeIndexOf(base, 'file:') === 0 ? lazyURL().fileURLToPath(base) : base);
  }
  return flat(load(jsonPath, importedFrom), jsonPath);
}

/** The entry for a directory: in it, or above it up to a node_modules folder. */
function nearest(directory) {
  let entry = byDirectory.get(directory);
  if (entry !== undefined) return entry;
  if (StringPrototypeEndsWith(directory, NODE_MODULES)) {
    entry = null;
  } else {
    entry = load((directory === '/' ? '' : directory) + FILE_NAME);
    if (entry === null && directory !== '/') entry = nearest(path.dirname(directory));
  }
  byDirectory.set(directory, entry);
  return entry;
}

function directoryOf(checkPath) {
  return StringPrototypeEndsWith(checkPath, '/') && checkPath.length > 1 ?
    StringPrototypeSlice(checkPath, 0, -1) : path.dirname(checkPath);
}

/** @returns {{ data: object, exists: boolean, path: string }} */
function getNearestParentPackageJSON(checkPath) {
  return nearest(directoryOf(checkPath)) ??
    { data: { __proto__: null, type: 'none' }, exists: false, path: checkPath };
}

/** @returns {'module' | 'commonjs' | 'none'} */
function getNearestParentPackageJSONType(checkPath) {
  return nearest(directoryOf(checkPath))?.data.type ?? 'none';
}

/** A path for a module URL; undefined when it has none. */
function pathOfURL(resolved) {
  const { URL, fileURLToPath, isURL } = lazyURL();
  const url = isURL(resolved) ? resolved : new URL(`${resolved}`);
  if (url.protocol !== 'file:') return undefined;
  return fileURLToPath(new URL(url.pathname, 'file:///'));
}

function getPackageScopeConfig(resolved) {
  const file = pathOfURL(resolved);
  if (file === undefined) return flat(null, '/package.json');
  return flat(nearest(directoryOf(file)), '/package.json');
}

function getPackageType(resolved) {
  const file = pathOfURL(resolved);
  return file === undefined ? 'none' : getNearestParentPackageJSONType(file);
}

/** 'name', '@scope/name' and what follows it, as './...'. */
function parsePackageName(specifier, base) {
  const isScoped = specifier[0] === '@';
  let end = StringPrototypeIndexOf(specifier, '/');
  let valid = true;
  if (isScoped) {
    if (end === -1) valid = false;
    else end = StringPrototypeIndexOf(specifier, '/', end + 1);
  }
  const packageName = end === -1 ? specifier : StringPrototypeSlice(specifier, 0, end);
  if (packageName[0] === '.' || StringPrototypeIndexOf(packageName, '\\') !== -1 ||
      StringPrototypeIndexOf(packageName, '%') !== -1) {
    valid = false;
  }
  if (!valid) {
    throw new ERR_INVALID_MODULE_SPECIFIER(
      specifier, 'is not a valid package name', lazyURL().fileURLToPath(base));
  }
  return {
    packageName,
    packageSubpath: end === -1 ? '.' : `.${StringPrototypeSlice(specifier, end)}`,
  };
}

/** Finds the package that a bare specifier means, from the importing URL upwards. */
function getPackageJSONURL(specifier, base) {
  const { packageName, packageSubpath } = parsePackageName(specifier, base);
  const found = (packageJSONPath) => ({
    packageJSONUrl: lazyURL().pathToFileURL(packageJSONPath), packageJSONPath, packageSubpath,
  });
  const scope = getPackageScopeConfig(base);
  if (scope.exists && scope.exports != null && scope.name === packageName) {
    return found(scope.pjsonPath);
  }
  const { internalModuleStat } = internalBinding('fs_ops');
  const importer = pathOfURL(base);
  let directory = importer === undefined ? '' : directoryOf(importer);
  while (directory !== '') {
    const folder = `${directory === '/' ? '' : directory}${NODE_MODULES}/${packageName}`;
    // A folder node_modules does not look into a node_modules of its own.
    if (!StringPrototypeEndsWith(directory, NODE_MODULES) &&
        internalModuleStat(folder) === KIND_DIRECTORY) {
      return found(folder + FILE_NAME);
    }
    if (directory === '/') break;
    const last = StringPrototypeLastIndexOf(directory, '/');
    directory = last === 0 ? '/' : StringPrototypeSlice(directory, 0, last);
  }
  throw new ERR_MODULE_NOT_FOUND(packageName, lazyURL().fileURLToPath(base), null);
}

/** module.findPackageJSON() */
function findPackageJSON(specifier, base = 'data:') {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('specifier');
  try {
    specifier = `${specifier}`;
  } catch {
    validateString(specifier, 'specifier');
  }
  let parentURL = base;
  const { URL, isURL, pathToFileURL } = lazyURL();
  if (!isURL(base)) {
    validateString(base, 'base');
    parentURL = path.isAbsolute(base) ? pathToFileURL(base) : new URL(base);
  }
  const isBare = specifier && specifier[0] !== '.' && specifier[0] !== '/' &&
    !URL.canParse(specifier);
  if (isBare) return getPackageJSONURL(specifier, parentURL).packageJSONPath;
  let target;
  try {
    const { defaultResolve } = require('internal/modules/esm/resolve');
    target = defaultResolve(specifier, { parentURL: `${parentURL}` }).url;
  } catch (error) {
    // A directory may well have a package.json.
    if (error.code !== 'ERR_UNSUPPORTED_DIR_IMPORT') throw error;
    target = error.url;
  }
  return nearest(directoryOf(lazyURL().fileURLToPath(target)))?.path;
}

module.exports = {
  findPackageJSON,
  getNearestParentPackageJSON,
  getNearestParentPackageJSONType,
  getPackageJSONURL,
  getPackageScopeConfig,
  getPackageType,
  read,
};
