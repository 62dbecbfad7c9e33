'use strict';
// --experimental-package-map: a JSON file says where packages are and which packages each one may
// reach by name; folders named node_modules then mean nothing.

const {
  JSONParse,
  ObjectEntries,
  SafeMap,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} = primordials;

const { codes: {
  ERR_PACKAGE_MAP_EXTERNAL_FILE,
  ERR_PACKAGE_MAP_INVALID,
  ERR_PACKAGE_MAP_KEY_NOT_FOUND,
} } = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { fileURLToPath, pathToFileURL, URL } = require('internal/url');
const { emitExperimentalWarning, setOwnProperty } = require('internal/util');
const path = require('path');

function invalid(configPath, reason, cause) {
  const error = new ERR_PACKAGE_MAP_INVALID(configPath, reason);
  if (cause !== undefined) setOwnProperty(error, 'cause', cause);
  return error;
}

/** `attempt()`, or an error of the map that has what was thrown as its cause. */
function orInvalid(configPath, reason, attempt) {
  try {
    return attempt();
  } catch (cause) {
    throw invalid(configPath, reason, cause);
  }
}

/** The folder that the entry of one package names. */
function folderOf(configPath, base, key, { url }) {
  if (url === undefined) throw invalid(configPath, `package "${key}" is missing "url" field`);
  if (typeof url !== 'string') {
    throw invalid(configPath, `package "${key}" has invalid "url" field: ` +
      `expected string, got ${typeof url}`);
  }
  if (url === '') throw invalid(configPath, `package "${key}" has an empty "url" field`);
  const target = orInvalid(configPath, `package "${key}" has invalid url "${url}"`,
                           () => new URL(url, base));
  if (target.protocol !== 'file:') {
    throw invalid(configPath, `package "${key}" has unsupported URL scheme in url "${url}"; ` +
      'only file: URLs and relative URLs are currently supported');
  }
  return orInvalid(configPath, `package "${key}" has invalid file url "${url}"`,
                   () => fileURLToPath(target));
}

/** `name`, `name/sub`, `@scope/name/sub` */
function splitSpecifier(specifier) {
  let slash = StringPrototypeIndexOf(specifier, '/');
  if (specifier[0] === '@' && slash !== -1) {
    slash = StringPrototypeIndexOf(specifier, '/', slash + 1);
  }
  if (slash === -1) return { name: specifier, subpath: '.' };
  return {
    name: StringPrototypeSlice(specifier, 0, slash),
    subpath: `.${StringPrototypeSlice(specifier, slash)}`,
  };
}

class PackageMap {
  #configPath;
  /** key -> { folder, dependencies: Map } */
  #packages = new SafeMap();
  #keyOfFolder = new SafeMap();

  constructor(configPath, data) {
    this.#configPath = configPath;
    if (!data.packages || typeof data.packages !== 'object') {
      throw invalid(configPath, 'missing "packages" object');
    }
    const base = new URL('./', pathToFileURL(configPath));
    const entries = ObjectEntries(data.packages);
    for (let i = 0; i < entries.length; i++) {
      const { 0: key, 1: entry } = entries[i];
      const folder = folderOf(configPath, base, key, entry);
      const other = this.#keyOfFolder.get(folder);
      if (other !== undefined) {
        throw invalid(configPath, `packages "${other}" and "${key}" have the same url ` +
          `"${entry.url}"; this will be supported in the future`);
      }
      this.#keyOfFolder.set(folder, key);
      const dependencies = new SafeMap(ObjectEntries(entry.dependencies ?? {}));
      this.#packages.set(key, { __proto__: null, folder, dependencies });
    }
  }

  /** The key of the innermost package around a file. */
  #keyAround(filename) {
    let folder = path.resolve(filename);
    for (;;) {
      const key = this.#keyOfFolder.get(folder);
      if (key !== undefined) return key;
      const parent = path.dirname(folder);
      if (parent === folder) return undefined;
      folder = parent;
    }
  }

  resolve(specifier, parentPath) {
    const parentKey = this.#keyAround(parentPath);
    if (parentKey === undefined) {
      throw new ERR_PACKAGE_MAP_EXTERNAL_FILE(specifier, parentPath, this.#configPath);
    }
    const { name, subpath } = splitSpecifier(specifier);
    const key = this.#packages.get(parentKey).dependencies.get(name);
    if (key === undefined) return undefined;
    const target = this.#packages.get(key);
    if (target === undefined) throw new ERR_PACKAGE_MAP_KEY_NOT_FOUND(key, this.#configPath);
    return { packagePath: target.folder, subpath };
  }
}

function load(given) {
  const { readFileSync, realpathSync } = require('fs');
  const text = orInvalid(given, 'failed to read', () => readFileSync(given, 'utf8'));
  // Modules are known by their real paths.
  const configPath = realpathSync(given);
  const data = orInvalid(configPath, 'invalid JSON', () => JSONParse(text));
  return new PackageMap(configPath, data);
}

let packageMap;

function hasPackageMap() {
  return !!getOptionValue('--experimental-package-map');
}

/**
 * @param {string} specifier a bare one
 * @param {string} parentPath
 * @returns {{ packagePath: string, subpath: string } | undefined} undefined: not a dependency
 */
function packageMapResolve(specifier, parentPath) {
  if (packageMap === undefined) {
    emitExperimentalWarning('Package maps');
    const configPath = path.resolve(getOptionValue('--experimental-package-map'));
    // A map that cannot be read is told once; then it is an empty one.
    packageMap = new PackageMap(configPath, { packages: {} });
    packageMap = load(configPath);
  }
  return packageMap.resolve(specifier, parentPath);
}

module.exports = { hasPackageMap, packageMapResolve };
