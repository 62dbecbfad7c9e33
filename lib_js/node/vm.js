'use strict';
// vm for this context. Contexts of their own, cached data, timeouts, measureMemory()
// and the module classes are not built: they throw ERR_METHOD_NOT_IMPLEMENTED or are
// absent.

const { ArrayPrototypeForEach, ObjectFreeze } = primordials;

const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_METHOD_NOT_IMPLEMENTED,
} } = require('internal/errors');
const { kEmptyObject } = require('internal/util');
const {
  kValidateObjectAllowArray,
  kValidateObjectAllowNullable,
  validateArray,
  validateBoolean,
  validateBuffer,
  validateInt32,
  validateObject,
  validateString,
  validateStringArray,
  validateUint32,
} = require('internal/validators');
const {
  hostSymbolFor,
  isContext: isContextified,
  kDefaultLoader,
  kDontContextify,
} = require('internal/vm');

function isContext(object) {
  validateObject(object, 'object', kValidateObjectAllowArray);
  return isContextified(object);
}

function validateContext(contextifiedObject) {
  if (isContext(contextifiedObject)) return;
  throw new ERR_INVALID_ARG_TYPE('contextifiedObject', 'vm.Context', contextifiedObject);
}

/** Refuses what would be ignored. */
function refuse(wanted, what) {
  if (wanted) throw new ERR_METHOD_NOT_IMPLEMENTED(what);
}

function validatePlace(filename, lineOffset, columnOffset) {
  validateString(filename, 'options.filename');
  validateInt32(lineOffset, 'options.lineOffset');
  validateInt32(columnOffset, 'options.columnOffset');
}

function validateRunOptions(options) {
  validateObject(options, 'options');
  const { timeout, displayErrors = true, breakOnSigint = false } = options;
  if (timeout !== undefined) validateUint32(timeout, 'options.timeout', true);
  validateBoolean(displayErrors, 'options.displayErrors');
  validateBoolean(breakOnSigint, 'options.breakOnSigint');
  refuse(timeout !== undefined, 'The option timeout of vm');
  refuse(breakOnSigint, 'The option breakOnSigint of vm');
}

class Script {
  #script;

  constructor(code, options = kEmptyObject) {
    code = `${code}`;
    if (typeof options === 'string') options = { filename: options };
    else validateObject(options, 'options');
    const {
      filename = 'evalmachine.<anonymous>',
      lineOffset = 0,
      columnOffset = 0,
      cachedData,
      produceCachedData = false,
      importModuleDynamically,
    } = options;
    validatePlace(filename, lineOffset, columnOffset);
    if (cachedData !== undefined) {
      validateBuffer(cachedData, 'options.cachedData');
      // As if V8 had found it to be of another version: allowed, and only slower.
      this.cachedDataRejected = true;
    }
    validateBoolean(produceCachedData, 'options.produceCachedData');
    if (produceCachedData) this.cachedDataProduced = false;
    const { compileScript } = internalBinding('contextify');
    this.#script = compileScript(
      code, filename, lineOffset, columnOffset, hostSymbolFor(importModuleDynamically, filename));
  }

  runInThisContext(options = kEmptyObject) {
    validateRunOptions(options);
    return internalBinding('contextify').runScript(this.#script);
  }

  runInContext(contextifiedObject, options) {
    validateContext(contextifiedObject);
    return this.runInThisContext(options);
  }

  runInNewContext(contextObject, options) {
    return this.runInContext(createContext(contextObject, options), options);
  }

  createCachedData() {
    throw new ERR_METHOD_NOT_IMPLEMENTED('script.createCachedData()');
  }
}

function createContext(contextObject = {}, options = kEmptyObject) {
  if (contextObject !== kDontContextify && isContext(contextObject)) return contextObject;
  validateObject(options, 'options');
  throw new ERR_METHOD_NOT_IMPLEMENTED('vm.createContext()');
}

function createScript(code, options) {
  return new Script(code, options);
}

function runInContext(code, contextifiedObject, options) {
  validateContext(contextifiedObject);
  return createScript(code, options).runInContext(contextifiedObject, options);
}

function runInNewContext(code, contextObject, options) {
  if (typeof options === 'string') options = { filename: options };
  return createScript(code, options).runInNewContext(contextObject, options);
}

function runInThisContext(code, options) {
  if (typeof options === 'string') options = { filename: options };
  return createScript(code, options).runInThisContext(options);
}

function compileFunction(code, params, options = kEmptyObject) {
  validateString(code, 'code');
  validateObject(options, 'options');
  if (params !== undefined) validateStringArray(params, 'params');
  const {
    filename = '',
    columnOffset = 0,
    lineOffset = 0,
    cachedData,
    produceCachedData = false,
    parsingContext,
    contextExtensions = [],
    importModuleDynamically,
  } = options;
  validatePlace(filename, lineOffset, columnOffset);
  if (cachedData !== undefined) validateBuffer(cachedData, 'options.cachedData');
  validateBoolean(produceCachedData, 'options.produceCachedData');
  if (parsingContext !== undefined && (typeof parsingContext !== 'object' ||
      parsingContext === null || !isContext(parsingContext))) {
    throw new ERR_INVALID_ARG_TYPE('options.parsingContext', 'Context', parsingContext);
  }
  validateArray(contextExtensions, 'options.contextExtensions');
  ArrayPrototypeForEach(contextExtensions, (extension, i) => {
    validateObject(extension, `options.contextExtensions[${i}]`, kValidateObjectAllowNullable);
  });
  refuse(contextExtensions.length > 0, 'The option contextExtensions of vm.compileFunction()');
  const compiled = internalBinding('contextify').compileFunction(
    code, filename, lineOffset, columnOffset, params ?? [],
    hostSymbolFor(importModuleDynamically, filename));
  if (cachedData !== undefined) compiled.cachedDataRejected = true;
  if (produceCachedData) compiled.cachedDataProduced = false;
  return compiled;
}

module.exports = {
  Script,
  createContext,
  createScript,
  runInContext,
  runInNewContext,
  runInThisContext,
  isContext,
  compileFunction,
  constants: ObjectFreeze({
    __proto__: null,
    USE_MAIN_CONTEXT_DEFAULT_LOADER: kDefaultLoader,
    DONT_CONTEXTIFY: kDontContextify,
  }),
};
