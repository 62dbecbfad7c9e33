'use strict';
// Where an import leads, by the algorithm of Node's doc/api/esm.md. Files are
// checked to exist here, so that what is returned can be loaded.

const {
  ArrayIsArray,
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  JSONStringify,
  ObjectGetOwnPropertyNames,
  ObjectPrototypeHasOwnProperty,
  RegExp,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  SafeSet,
  String,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeReplace,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
  encodeURIComponent,
} = primordials;

const { codes: {
  ERR_INPUT_TYPE_NOT_ALLOWED,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_MODULE_SPECIFIER,
  ERR_INVALID_PACKAGE_CONFIG,
  ERR_INVALID_PACKAGE_TARGET,
  ERR_INVALID_URL,
  ERR_MODULE_NOT_FOUND,
  ERR_PACKAGE_IMPORT_NOT_DEFINED,
  ERR_PACKAGE_PATH_NOT_EXPORTED,
  ERR_UNSUPPORTED_DIR_IMPORT,
  ERR_UNSUPPORTED_RESOLVE_REQUEST,
} } = require('internal/errors');
const { BuiltinModule } = require('internal/bootstrap/realm');
const { defaultGetFormatWithoutErrors } = require('internal/modules/esm/get_format');
const { getConditionsSet } = require('internal/modules/esm/utils');
const { toRealPath } = require('internal/modules/helpers');
const packageJsonReader = require('internal/modules/package_json_reader');
const { getOptionValue } = require('internal/options');
const { fileURLToPath, isURL, pathToFileURL, URL } = require('internal/url');
const { getCWDURL, setOwnProperty } = require('internal/util');
const path = require('path');

const KIND_FILE = 0;
const KIND_DIRECTORY = 1;

const ENCODED_SEPARATOR = /%2F|%5C/i;
const STAR = /\*/g;
const DOUBLE_SLASH = /[/\\][/\\]/;

// A segment '', '.', '..' or 'node_modules', in any encoding. The empty segment
// is only deprecated.
const DOTS = '(?:\\.|%2e){1,2}';
const NODE_MODULES = ArrayPrototypeJoin(ArrayPrototypeMap(
  StringPrototypeSplit('node_modules', ''), (letter) => {
    const code = letter.charCodeAt(0);
    const upper = letter === '_' ? '' : `|%${(code - 32).toString(16)}`;
    return `(?:${letter}|%${code.toString(16)}${upper})`;
  }), '');
const FORBIDDEN_SEGMENT = new RegExp(
  `(?:^|[\\\\/])(?:${DOTS}|${NODE_MODULES})(?:[\\\\/]|$)`, 'i');
const EMPTY_SEGMENT = /(?:^|[\\/])(?:[\\/]|$)/;

const warnedAbout = new SafeSet();

/** fileURLToPath(), and for what is no file: the URL itself. */
function readable(base) {
  try {
    return fileURLToPath(base);
  } catch {
    return String(base);
  }
}

function folderOf(packageJSONUrl) {
  return fileURLToPath(new URL('.', packageJSONUrl));
}

// Deprecations.

function warnAboutTrailingSlash(match, packageJSONUrl, base) {
  const pjsonPath = fileURLToPath(packageJSONUrl);
  const key = `${pjsonPath}|${match}`;
  if (process.noDeprecation || warnedAbout.has(key)) return;
  warnedAbout.add(key);
  process.emitWarning(
    `Use of deprecated trailing slash pattern mapping "${match}" in the "exports" field module ` +
    `resolution of the package at ${pjsonPath}` +
    `${base ? ` imported from ${fileURLToPath(base)}` : ''}. ` +
    'Mapping specifiers ending in "/" is no longer supported.',
    'DeprecationWarning', 'DEP0155');
}

function warnAboutEmptySegment(target, request, match, scope, isTarget) {
  if (process.noDeprecation) return;
  const isDouble = RegExpPrototypeExec(DOUBLE_SLASH, isTarget ? target : request) !== null;
  process.emitWarning(
    `Use of deprecated ${isDouble ? 'double slash' : 'leading or trailing slash matching'} ` +
    `resolving "${target}" for module request "${request}" ` +
    `${request !== match ? `matched to "${match}" ` : ''}in the ` +
    `"${scope.isImports ? 'imports' : 'exports'}" field module resolution of the package at ` +
    `${fileURLToPath(scope.packageJSONUrl)}` +
    `${scope.base ? ` imported from ${fileURLToPath(scope.base)}` : ''}.`,
    'DeprecationWarning', 'DEP0166');
}

/** import of a package by "main" with guessing is for CommonJS. */
function warnAboutLegacyMain(url, filename, packagePath, base, main) {
  if (process.noDeprecation || defaultGetFormatWithoutErrors(url) !== 'module') return;
  const file = StringPrototypeSlice(filename, packagePath.length);
  const importer = fileURLToPath(base);
  let message;
  if (!main) {
    message = `No "main" or "exports" field defined in the package.json for ${packagePath} ` +
      `resolving the main entry point "${file}", imported from ${importer}.\n` +
      'Default "index" lookups for the main are deprecated for ES modules.';
  } else if (path.resolve(packagePath, main) !== filename) {
    message = `Package ${packagePath} has a "main" field set to "${main}", excluding the full ` +
      `filename and extension to the resolved file at "${file}", imported from ${importer}.\n ` +
      'Automatic extension resolution of the "main" field is deprecated for ES modules.';
  } else {
    return;
  }
  process.emitWarning(message, 'DeprecationWarning', 'DEP0151');
}

// "exports" and "imports". `scope` says whose they are:
// { packageJSONUrl, base, conditions, isImports }

function invalidTarget(key, target, scope) {
  const text = typeof target === 'object' && target !== null ?
    JSONStringify(target, null, '') : `${target}`;
  return new ERR_INVALID_PACKAGE_TARGET(
    folderOf(scope.packageJSONUrl), key, text, scope.isImports,
    scope.base && fileURLToPath(scope.base));
}

function invalidSubpath(request, match, scope) {
  const field = scope.isImports ? 'imports' : 'exports';
  return new ERR_INVALID_MODULE_SPECIFIER(
    request,
    `request is not a valid match in pattern "${match}" for the "${field}" resolution of ` +
    `${fileURLToPath(scope.packageJSONUrl)}`,
    scope.base && fileURLToPath(scope.base));
}

function notExported(subpath, packageJSONUrl, base) {
  return new ERR_PACKAGE_PATH_NOT_EXPORTED(
    folderOf(packageJSONUrl), subpath, base && fileURLToPath(base));
}

function fill(pattern, subpath) {
  return RegExpPrototypeSymbolReplace(STAR, pattern, () => subpath);
}

/**
 * @param {string} target
 * @param {string | undefined} subpath  what `*` stands for; undefined without a pattern
 * @param {string} match  the key
 */
function resolveTargetString(target, subpath, match, scope, isPathMap) {
  const isPattern = subpath !== undefined;
  if (!StringPrototypeStartsWith(target, './')) {
    const mayLeave = scope.isImports && target[0] !== '/' &&
      !StringPrototypeStartsWith(target, '../') && !URL.canParse(target);
    if (!mayLeave) throw invalidTarget(match, target, scope);
    // "imports" may name another package.
    return packageResolve(isPattern ? fill(target, subpath) : target, scope.packageJSONUrl,
                          scope.conditions);
  }
  const request = isPattern ? StringPrototypeReplace(match, '*', () => subpath) : match;
  const inside = StringPrototypeSlice(target, 2);
  if (RegExpPrototypeExec(FORBIDDEN_SEGMENT, inside) !== null) {
    throw invalidTarget(match, target, scope);
  }
  if (!isPathMap && RegExpPrototypeExec(EMPTY_SEGMENT, inside) !== null) {
    warnAboutEmptySegment(isPattern ? fill(target, subpath) : target, request, match, scope, true);
  }
  const resolved = new URL(target, scope.packageJSONUrl);
  const packagePath = new URL('.', scope.packageJSONUrl).pathname;
  if (!StringPrototypeStartsWith(resolved.pathname, packagePath)) {
    throw invalidTarget(match, target, scope);
  }
  if (!isPattern || subpath === '') return resolved;
  if (RegExpPrototypeExec(FORBIDDEN_SEGMENT, subpath) !== null) {
    throw invalidSubpath(request, match, scope);
  }
  if (!isPathMap && RegExpPrototypeExec(EMPTY_SEGMENT, subpath) !== null) {
    warnAboutEmptySegment(fill(target, subpath), request, match, scope, false);
  }
  return new URL(fill(resolved.href, subpath));
}

function isArrayIndex(key) {
  const number = +key;
  return `${number}` === key && number >= 0 && number < 0xFFFF_FFFF;
}

/** undefined: no condition holds. null: hidden on purpose. */
function resolveTarget(target, subpath, match, scope, isPathMap) {
  if (typeof target === 'string') {
    return resolveTargetString(target, subpath, match, scope, isPathMap);
  }
  if (target === null) return null;
  if (ArrayIsArray(target)) return resolveFallbacks(target, subpath, match, scope, isPathMap);
  if (typeof target !== 'object') throw invalidTarget(match, target, scope);

  const keys = ObjectGetOwnPropertyNames(target);
  for (let i = 0; i < keys.length; i++) {
    if (isArrayIndex(keys[i])) {
      throw new ERR_INVALID_PACKAGE_CONFIG(
        fileURLToPath(scope.packageJSONUrl), scope.base,
        '"exports" cannot contain numeric property keys.');
    }
  }
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] !== 'default' && !scope.conditions.has(keys[i])) continue;
    const found = resolveTarget(target[keys[i]], subpath, match, scope, isPathMap);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An array: the first that is a valid target. */
function resolveFallbacks(targets, subpath, match, scope, isPathMap) {
  // An empty array hides, as null does.
  let last = targets.length === 0 ? null : undefined;
  for (let i = 0; i < targets.length; i++) {
    let found;
    try {
      found = resolveTarget(targets[i], subpath, match, scope, isPathMap);
    } catch (error) {
      last = error;
      if (error.code !== 'ERR_INVALID_PACKAGE_TARGET') throw error;
      continue;
    }
    if (found === undefined) continue;
    if (found !== null) return found;
    last = null;
  }
  if (last == null) return last;
  throw last;
}

/** Whether "exports" is the target of '.' itself, not a map of subpaths. */
function isSugar(exports, packageJSONUrl, base) {
  if (typeof exports === 'string' || ArrayIsArray(exports)) return true;
  if (typeof exports !== 'object' || exports === null) return false;
  const keys = ObjectGetOwnPropertyNames(exports);
  let sugar = false;
  for (let i = 0; i < keys.length; i++) {
    const isCondition = keys[i] === '' || keys[i][0] !== '.';
    if (i === 0) sugar = isCondition;
    if (sugar === isCondition) continue;
    throw new ERR_INVALID_PACKAGE_CONFIG(
      fileURLToPath(packageJSONUrl), base,
      '"exports" cannot contain some keys starting with \'.\' and some not. The exports object ' +
      'must either be an object of package subpath keys or an object of main entry condition ' +
      'name keys only.');
  }
  return sugar;
}

/** Longer before `*` wins, then longer as a whole. Negative: `left` is more specific. */
function compareKeys(left, right) {
  const star = (key) => StringPrototypeIndexOf(key, '*');
  const length = (key) => (star(key) === -1 ? key.length : star(key) + 1);
  if (length(left) !== length(right)) return length(right) - length(left);
  if (star(left) === -1) return 1;
  if (star(right) === -1) return -1;
  return right.length - left.length;
}

/** The best pattern of `map` for a request: { key, subpath }, or undefined. */
function matchPattern(map, request, onTrailingSlash) {
  let best;
  const keys = ObjectGetOwnPropertyNames(map);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const star = StringPrototypeIndexOf(key, '*');
    if (star === -1 || !StringPrototypeStartsWith(request, StringPrototypeSlice(key, 0, star))) {
      continue;
    }
    if (StringPrototypeEndsWith(request, '/')) onTrailingSlash?.(request);
    const trailer = StringPrototypeSlice(key, star + 1);
    if (request.length >= key.length && StringPrototypeEndsWith(request, trailer) &&
        StringPrototypeLastIndexOf(key, '*') === star &&
        (best === undefined || compareKeys(best.key, key) > 0)) {
      best = {
        key, subpath: StringPrototypeSlice(request, star, request.length - trailer.length),
      };
    }
  }
  return best;
}

function isExactKey(map, request) {
  return ObjectPrototypeHasOwnProperty(map, request) && !StringPrototypeIncludes(request, '*');
}

/**
 * @param {URL} packageJSONUrl
 * @param {string} packageSubpath  '.' or './...'
 * @param {{ exports: any }} packageConfig
 * @returns {URL}
 */
function packageExportsResolve(packageJSONUrl, packageSubpath, packageConfig, base, conditions) {
  let { exports } = packageConfig;
  if (isSugar(exports, packageJSONUrl, base)) exports = { '.': exports };
  const scope = { packageJSONUrl, base, conditions, isImports: false };
  const isFolder = StringPrototypeEndsWith(packageSubpath, '/');
  let resolved;
  if (isExactKey(exports, packageSubpath) && !isFolder) {
    resolved = resolveTarget(exports[packageSubpath], undefined, packageSubpath, scope, false);
  } else {
    const best = matchPattern(
      exports, packageSubpath,
      (request) => warnAboutTrailingSlash(request, packageJSONUrl, base));
    if (best !== undefined) {
      resolved = resolveTarget(exports[best.key], best.subpath, best.key, scope, isFolder);
    }
  }
  if (resolved == null) throw notExported(packageSubpath, packageJSONUrl, base);
  return resolved;
}

/** @param {string} name  '#...' */
function packageImportsResolve(name, base, conditions) {
  if (name === '#' || StringPrototypeEndsWith(name, '/')) {
    throw new ERR_INVALID_MODULE_SPECIFIER(
      name, 'is not a valid internal imports specifier name', fileURLToPath(base));
  }
  const packageConfig = packageJsonReader.getPackageScopeConfig(base);
  const { imports } = packageConfig;
  let packageJSONUrl;
  if (packageConfig.exists) {
    packageJSONUrl = pathToFileURL(packageConfig.pjsonPath);
    if (imports) {
      const scope = { packageJSONUrl, base, conditions, isImports: true };
      let resolved;
      if (isExactKey(imports, name)) {
        resolved = resolveTarget(imports[name], undefined, name, scope, false);
      } else {
        const best = matchPattern(imports, name);
        if (best !== undefined) {
          resolved = resolveTarget(imports[best.key], best.subpath, best.key, scope, false);
        }
      }
      if (resolved != null) return resolved;
    }
  }
  throw new ERR_PACKAGE_IMPORT_NOT_DEFINED(
    name, packageJSONUrl && folderOf(packageJSONUrl), fileURLToPath(base));
}

// Packages without "exports".

function legacyMainResolve(packageJSONUrl, packageConfig, base) {
  const { internalModuleStat } = internalBinding('fs_ops');
  const folder = folderOf(packageJSONUrl);
  const { main } = packageConfig;
  const indexes = ['index.js', 'index.json', 'index.node'];
  const candidates = main ? [
    main, `${main}.js`, `${main}.json`, `${main}.node`,
    `${main}/index.js`, `${main}/index.json`, `${main}/index.node`, ...indexes,
  ] : indexes;
  for (let i = 0; i < candidates.length; i++) {
    const filename = path.resolve(folder, candidates[i]);
    if (internalModuleStat(filename) !== KIND_FILE) continue;
    const url = pathToFileURL(filename);
    warnAboutLegacyMain(url, filename, folder, base, main);
    return url;
  }
  throw new ERR_MODULE_NOT_FOUND(
    main ? path.resolve(folder, main) : path.resolve(folder, './index.js'),
    base && fileURLToPath(base), undefined);
}

/** A bare specifier. @returns {URL} */
/** What --experimental-package-map says; nothing else counts then. */
function placeInMap(specifier, base) {
  const { packageMapResolve } = require('internal/modules/package_map');
  const parentPath = fileURLToPath(base);
  const mapped = packageMapResolve(specifier, parentPath);
  if (mapped === undefined) throw new ERR_MODULE_NOT_FOUND(specifier, parentPath, null);
  const packageJSONPath = `${mapped.packagePath}/package.json`;
  return {
    packageJSONPath,
    packageJSONUrl: pathToFileURL(packageJSONPath),
    packageSubpath: mapped.subpath,
  };
}

function packageResolve(specifier, base, conditions) {
  if (BuiltinModule.canBeRequiredWithoutScheme(specifier)) return new URL(`node:${specifier}`);
  const { packageJSONUrl, packageJSONPath, packageSubpath } =
    getOptionValue('--experimental-package-map') ? placeInMap(specifier, base) :
      packageJsonReader.getPackageJSONURL(specifier, base);
  const packageConfig = packageJsonReader.read(packageJSONPath, { specifier, base });
  if (packageConfig.exports != null) {
    return packageExportsResolve(packageJSONUrl, packageSubpath, packageConfig, base, conditions);
  }
  if (packageSubpath === '.') return legacyMainResolve(packageJSONUrl, packageConfig, base);
  return new URL(packageSubpath, packageJSONUrl);
}

/** Checks that a file: URL is a file, and follows its links. */
function finalizeResolution(resolved, base, preserveSymlinks) {
  if (RegExpPrototypeExec(ENCODED_SEPARATOR, resolved.pathname) !== null) {
    throw new ERR_INVALID_MODULE_SPECIFIER(
      resolved.pathname, 'must not include encoded "/" or "\\" characters', readable(base));
  }
  let filename;
  try {
    filename = fileURLToPath(resolved);
  } catch (error) {
    setOwnProperty(error, 'input', `${resolved}`);
    setOwnProperty(error, 'module', `${base}`);
    throw error;
  }
  const isFolderName = StringPrototypeEndsWith(filename, '/');
  const kind = internalBinding('fs_ops').internalModuleStat(filename);
  if (kind === KIND_DIRECTORY) {
    throw new ERR_UNSUPPORTED_DIR_IMPORT(filename, readable(base), String(resolved));
  }
  if (kind !== KIND_FILE) {
    throw new ERR_MODULE_NOT_FOUND(filename || resolved.pathname, readable(base), resolved);
  }
  if (preserveSymlinks) return resolved;
  const real = toRealPath(filename);
  if (real === filename) return resolved;
  const { search, hash } = resolved;
  resolved = pathToFileURL(`${real}${isFolderName ? '/' : ''}`);
  resolved.search = search;
  resolved.hash = hash;
  return resolved;
}

/** './x', '../x', '.', '..' */
function isRelativeSpecifier(specifier) {
  return specifier === '.' || specifier === '..' ||
    StringPrototypeStartsWith(specifier, './') || StringPrototypeStartsWith(specifier, '../');
}

function isPathSpecifier(specifier) {
  return specifier[0] === '/' || isRelativeSpecifier(specifier);
}

function unsupportedRequest(specifier, base, cause) {
  const error = new ERR_UNSUPPORTED_RESOLVE_REQUEST(specifier, base);
  setOwnProperty(error, 'cause', cause);
  return error;
}

/** @returns {URL} */
function moduleResolve(specifier, base, conditions, preserveSymlinks) {
  const protocol = StringPrototypeSlice(base, 0, StringPrototypeIndexOf(base, ':') + 1);
  let resolved;
  if (isPathSpecifier(specifier)) {
    try {
      resolved = new URL(specifier, base);
    } catch (cause) {
      throw unsupportedRequest(specifier, base, cause);
    }
  } else if (protocol === 'file:' && specifier[0] === '#') {
    resolved = packageImportsResolve(specifier, base, conditions);
  } else {
    resolved = URL.parse(specifier);
    if (resolved === null) {
      // data: modules stand nowhere, so packages cannot be found from them.
      if (protocol === 'data:' && !BuiltinModule.canBeRequiredWithoutScheme(specifier)) {
        throw unsupportedRequest(specifier, base, new ERR_INVALID_URL(specifier));
      }
      resolved = packageResolve(specifier, base, conditions);
    }
  }
  return resolved.protocol === 'file:' ?
    finalizeResolution(resolved, base, preserveSymlinks) : resolved;
}

/** A relative URL from the folder of `parentURL` to a path, both URL-encoded. */
function relativeURL(parentURL, toPathname) {
  const folder = StringPrototypeSlice(
    parentURL, 'file://'.length, StringPrototypeLastIndexOf(parentURL, '/'));
  const relative = path.posix.relative(folder, toPathname);
  return StringPrototypeStartsWith(relative, '../') ? relative : `./${relative}`;
}

/** What require() would have found: worth a hint when import finds nothing. */
function findAsCommonJS(specifier, parentURL) {
  try {
    const { Module } = require('internal/modules/cjs/loader');
    const parent = fileURLToPath(parentURL);
    const module = new Module(parent, null);
    module.paths = Module._nodeModulePaths(parent);
    const found = Module._resolveFilename(specifier, module, false);
    if (isRelativeSpecifier(specifier)) {
      return relativeURL(parentURL, pathToFileURL(found).pathname);
    }
    if (!specifier || isPathSpecifier(specifier) || specifier[0] === '.') return found;
    const slash = StringPrototypeIndexOf(specifier, '/');
    const name = slash === -1 ? specifier : StringPrototypeSlice(specifier, 0, slash);
    const needle = `/node_modules/${name}/`;
    const index = StringPrototypeLastIndexOf(found, needle);
    if (index === -1) return `${pathToFileURL(found)}`;
    const parts = StringPrototypeSplit(StringPrototypeSlice(found, index + needle.length), '/');
    return `${name}/${ArrayPrototypeJoin(ArrayPrototypeMap(parts, encodeURIComponent), '/')}`;
  } catch {
    return undefined;
  }
}

function addHint(error, specifier, parentURL) {
  if (StringPrototypeStartsWith(specifier, 'file://')) specifier = fileURLToPath(specifier);
  const found = findAsCommonJS(specifier, parentURL);
  if (!found || found === specifier) return;
  const hint = `Did you mean to import ${JSONStringify(found)}?`;
  const { stack } = error;
  const end = StringPrototypeIndexOf(stack, '\n');
  error.stack = `${StringPrototypeSlice(stack, 0, end)}\n${hint}` +
    StringPrototypeSlice(stack, end);
  error.message += `\n${hint}`;
}

/**
 * The last step of the chain of resolve hooks.
 * @param {{ parentURL?: string, conditions?: string[] }} context  no parent: the entry point
 */
function defaultResolve(specifier, context = {}) {
  let { parentURL } = context;
  if (parentURL !== undefined && typeof parentURL !== 'string' && !isURL(parentURL)) {
    throw new ERR_INVALID_ARG_TYPE('parentURL', ['string', 'URL'], parentURL);
  }
  const parsed = isPathSpecifier(specifier) ?
    (parentURL ? URL.parse(specifier, parentURL) : null) : URL.parse(specifier);
  if (parsed?.protocol === 'data:') return { __proto__: null, url: parsed.href };
  if (parsed?.protocol === 'node:' || parsed?.protocol === 'coring:') {
    return { __proto__: null, url: specifier };
  }
  const isMain = parentURL === undefined;
  if (isMain) {
    parentURL = getCWDURL().href;
    if (getOptionValue('--input-type')) throw new ERR_INPUT_TYPE_NOT_ALLOWED();
  }
  let url;
  try {
    url = moduleResolve(
      specifier, `${parentURL}`, getConditionsSet(context.conditions),
      getOptionValue(isMain ? '--preserve-symlinks-main' : '--preserve-symlinks'));
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'ERR_UNSUPPORTED_DIR_IMPORT') {
      addHint(error, specifier, `${parentURL}`);
    }
    throw error;
  }
  return { __proto__: null, url: url.href, format: defaultGetFormatWithoutErrors(url, context) };
}

module.exports = {
  defaultResolve,
  packageExportsResolve,
  packageImportsResolve,
  packageResolve,
};
