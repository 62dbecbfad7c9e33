'use strict';
// What kind of module a URL names: by scheme, extension, package "type", and at
// last by what its source looks like.

const {
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeIncludes,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
} = primordials;

const { codes: { ERR_UNKNOWN_FILE_EXTENSION } } = require('internal/errors');
const { getPackageScopeConfig, getPackageType } =
  require('internal/modules/package_json_reader');
const { getOptionValue } = require('internal/options');
const { fileURLToPath } = require('internal/url');

const extensionFormatMap = {
  __proto__: null,
  '.cjs': 'commonjs',
  '.js': 'module',
  '.json': 'json',
  '.mjs': 'module',
  '.wasm': 'wasm',
};

const DATA_MIME = /^([^/]+\/[^;,]+)(?:;[^,]*)?,/;
const JAVASCRIPT_MIME = /^\s*(text|application)\/javascript\s*(;\s*charset=utf-?8\s*)?$/i;

const PLAIN_TEXT_MIME = /^\s*text\/plain\s*(;\s*charset=utf-?8\s*)?$/i;

/** package.json paths that a program has been told about. */
const warnedAbout = new SafeSet();

/** The extension of a URL's path, '' for none; a leading dot begins none. */
function extname(url) {
  const { pathname } = url;
  const name = StringPrototypeSlice(pathname, StringPrototypeLastIndexOf(pathname, '/') + 1);
  const dot = StringPrototypeLastIndexOf(name, '.');
  return dot <= 0 ? '' : StringPrototypeSlice(name, dot);
}

function detectModuleFormat(source, url) {
  const detect = getOptionValue('--experimental-detect-module') !== false;
  if (!detect) return 'commonjs';
  if (!source) return null;
  const { containsModuleSyntax } = internalBinding('modules');
  const { stringify } = require('internal/modules/helpers');
  return containsModuleSyntax(stringify(source), fileURLToPath(url), url.href) ?
    'module' : 'commonjs';
}

function warnAboutTypelessPackage(pjsonPath, url) {
  if (StringPrototypeIncludes(url.pathname, '/node_modules/') || warnedAbout.has(pjsonPath)) {
    return;
  }
  warnedAbout.add(pjsonPath);
  process.emitWarning(
    `Module type of ${url} is not specified and it doesn't parse as CommonJS.\n` +
    'Reparsing as ES module because module syntax was detected. ' +
    'This incurs a performance overhead.\n' +
    `To eliminate this warning, add "type": "module" to ${pjsonPath}.`,
    { code: 'MODULE_TYPELESS_PACKAGE_JSON' });
}

/** What has no extension is told by its first bytes, before it is loaded. */
function isWasmFile(url, source) {
  const { isWasm } = require('internal/modules/esm/wasm');
  if (source != null) return isWasm(source);
  try {
    return isWasm(require('fs').readFileSync(url));
  } catch {
    // Loading it will say so.
    return false;
  }
}

/** .ts: the package says, else the source, which has to be seen without its types. */
function formatOfTypeScript(url, source) {
  const scope = getPackageScopeConfig(url);
  if (scope.type !== 'none') return `${scope.type}-typescript`;
  if (!source) return null;
  const { stripTypeScriptModuleTypes } = require('internal/modules/typescript');
  const { stringify } = require('internal/modules/helpers');
  const code = stripTypeScriptModuleTypes(stringify(source), fileURLToPath(url));
  const format = detectModuleFormat(code, url);
  if (format === 'module' && scope.exists) warnAboutTypelessPackage(scope.pjsonPath, url);
  return `${format}-typescript`;
}

/** The format that types are erased from; undefined for others. */
function typeScriptFormat(extension, url, source) {
  if (getOptionValue('--strip-types') === false) return undefined;
  switch (extension) {
    case '.ts': return formatOfTypeScript(url, source);
    case '.cts': return 'commonjs-typescript';
    case '.mts': return 'module-typescript';
    default: return undefined;
  }
}

function formatOfFile(url, source, ignoreErrors) {
  const extension = extname(url);
  if (extension === '.js') {
    const scope = getPackageScopeConfig(url);
    if (scope.type !== 'none') return scope.type;
    const format = detectModuleFormat(source, url);
    if (format === 'module' && scope.exists) warnAboutTypelessPackage(scope.pjsonPath, url);
    return format;
  }
  if (extension === '') {
    const type = getPackageType(url);
    if (type === 'commonjs') return type;
    if (type === 'module') return isWasmFile(url, source) ? 'wasm' : 'module';
    if (source && isWasmFile(url, source)) return 'wasm';
    return source ? detectModuleFormat(source, url) : null;
  }
  const format = extensionFormatMap[extension] ?? typeScriptFormat(extension, url, source);
  if (format !== undefined || ignoreErrors) return format;
  throw new ERR_UNKNOWN_FILE_EXTENSION(extension, fileURLToPath(url));
}

function formatOfData(url) {
  const mime = RegExpPrototypeExec(DATA_MIME, url.pathname)?.[1];
  if (mime === undefined) return null;
  if (RegExpPrototypeExec(JAVASCRIPT_MIME, mime) !== null) return 'module';
  if (mime === 'application/wasm') return 'wasm';
  if (getOptionValue('--experimental-import-text') &&
      RegExpPrototypeExec(PLAIN_TEXT_MIME, mime) !== null) {
    return 'text';
  }
  return mime === 'application/json' ? 'json' : null;
}

function format(url, context, ignoreErrors) {
  const source = context?.source;
  // Asked for as text, everything is text.
  if (context?.importAttributes?.type === 'text' && getOptionValue('--experimental-import-text')) {
    return 'text';
  }
  switch (url.protocol) {
    case 'node:':
    case 'coring:':
      return 'builtin';
    case 'data:':
      return formatOfData(url);
    case 'file:':
      return formatOfFile(url, source, ignoreErrors);
    default:
      return null;
  }
}

/**
 * null: nothing is known without (more) source. Throws for a file extension
 * that nobody knows.
 */
function defaultGetFormat(url, context) {
  return format(url, context, false);
}

function defaultGetFormatWithoutErrors(url, context) {
  return format(url, context, true);
}

module.exports = {
  defaultGetFormat,
  defaultGetFormatWithoutErrors,
  extensionFormatMap,
  extname,
};
