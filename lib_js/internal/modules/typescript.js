'use strict';
// TypeScript with erasable types: amaro (SWC as WebAssembly), as in Node, puts blanks in their
// place, so that lines and columns stay what they were. What has code behind it, such as enums, is
// refused unless --experimental-transform-types asks for code.

const { StringPrototypeIndexOf, StringPrototypeSlice } = primordials;

const { Buffer } = require('buffer');
const {
  ERR_INTERNAL_ASSERTION,
  ERR_INVALID_TYPESCRIPT_SYNTAX,
  ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING,
  ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX,
  ERR_WEBASSEMBLY_NOT_SUPPORTED,
} = require('internal/errors').codes;
const { getCompileCache } = require('internal/modules/helpers');
const { getOptionValue } = require('internal/options');
const { emitExperimentalWarning, isUnderNodeModules, kEmptyObject } = require('internal/util');
const {
  validateBoolean, validateObject, validateOneOf, validateString,
} = require('internal/validators');

const ERASE = 'strip-only';
const TRANSFORM = 'transform';

/** What stands for the name of text from the command line. */
const EVAL = '[eval]';

let transformSync;

function loadParser() {
  if (typeof WebAssembly === 'undefined') throw new ERR_WEBASSEMBLY_NOT_SUPPORTED('TypeScript');
  ({ transformSync } = require('npm/amaro/dist/index'));
}

/** The error that programs see for one of SWC's, below the place that it is about. */
function syntaxError(failure) {
  const { code, filename, message, snippet, startLine } = failure;
  if (code !== 'UnsupportedSyntax' && code !== 'InvalidSyntax') {
    return new ERR_INTERNAL_ASSERTION(message ?? `${failure}`);
  }
  const error = code === 'UnsupportedSyntax' ?
    new ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX(message) : new ERR_INVALID_TYPESCRIPT_SYNTAX(message);
  error.stack = `${filename}:${startLine}\n${snippet}\n${error.stack}`;
  return error;
}

function parse(source, options) {
  if (transformSync === undefined) loadParser();
  try {
    return transformSync(source, options);
  } catch (failure) {
    throw syntaxError(failure); // node-do-not-add-exception-line
  }
}

function toJavaScript(source, mode, sourceMap, filename) {
  const { code, map } = parse(source, { mode, sourceMap, filename });
  if (map) {
    const data = Buffer.from(map).toString('base64');
    return `${code}\n\n//# sourceMappingURL=data:application/json;base64,${data}`;
  }
  return filename ? `${code}\n\n//# sourceURL=${filename}` : code;
}

let isTransformTold = false;

function modeOfProcess() {
  if (!getOptionValue('--experimental-transform-types')) return ERASE;
  if (!isTransformTold) emitExperimentalWarning('Transform Types');
  isTransformTold = true;
  return TRANSFORM;
}

/** By what the compile cache keeps it. */
function kindOf(mode, sourceMap) {
  if (mode === ERASE) return 'StrippedTypeScript';
  return sourceMap ? 'TransformedTypeScriptWithSourceMaps' : 'TransformedTypeScript';
}

/** The JavaScript of a module; `filename` is its path or URL, or EVAL. */
function stripTypeScriptModuleTypes(source, filename, sourceURL = filename) {
  if (isUnderNodeModules(filename)) {
    throw new ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING(filename);
  }
  const sourceMap = getOptionValue('--enable-source-maps') === true;
  const mode = modeOfProcess();
  const make = () => toJavaScript(source, mode, sourceMap, sourceURL);
  const cache = getCompileCache();
  if (cache === undefined) return make();
  return cache.transpiled(kindOf(mode, sourceMap), filename, source, make);
}

/** module.stripTypeScriptTypes() */
function stripTypeScriptTypes(code, options = kEmptyObject) {
  emitExperimentalWarning('stripTypeScriptTypes');
  validateString(code, 'code');
  validateObject(options, 'options');
  const { mode = 'strip', sourceMap = false, sourceUrl = '' } = options;
  validateOneOf(mode, 'options.mode', ['strip', 'transform']);
  validateBoolean(sourceMap, 'options.sourceMap');
  validateString(sourceUrl, 'options.sourceUrl');
  if (mode !== 'strip') return toJavaScript(code, TRANSFORM, sourceMap, sourceUrl);
  validateOneOf(sourceMap, 'options.sourceMap', [false, undefined]);
  return toJavaScript(code, ERASE, false, sourceUrl);
}

/** Lines of nothing but types are no code that could have run. */
function stripTypeScriptTypesForCoverage(code) {
  return toJavaScript(code, ERASE, undefined, undefined);
}

/** V8's error says where; below its place TypeScript says what. */
function belowPlace(stack, message) {
  const end = StringPrototypeIndexOf(stack, '\n\n');
  if (end === -1) return `${message}\n\n${stack}`;
  return `${StringPrototypeSlice(stack, 0, end)}\n${message}${StringPrototypeSlice(stack, end)}`;
}

/**
 * `error`: the source of the command line is no JavaScript. What `compile(text)` makes of it as
 * TypeScript; if it is that neither, the error, to which `explain(stack, message)` adds why.
 */
function compileWithoutTypes(error, source, compile, explain) {
  try {
    return compile(stripTypeScriptModuleTypes(source, EVAL));
  } catch (failure) {
    if (failure.code !== 'ERR_INVALID_TYPESCRIPT_SYNTAX' &&
        failure.code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
      throw failure;
    }
    error.stack = explain(error.stack, failure.message);
    throw error;
  }
}

module.exports = {
  EVAL,
  belowPlace,
  compileWithoutTypes,
  stripTypeScriptModuleTypes,
  stripTypeScriptTypes,
  stripTypeScriptTypesForCoverage,
};
