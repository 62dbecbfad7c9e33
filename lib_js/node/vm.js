'use strict';
// vm: scripts and functions from text, and contexts to run them in. The module classes stand in
// internal/vm/module.

const {
  ArrayFrom,
  ArrayPrototypeForEach,
  MathTrunc,
  ObjectFreeze,
  ObjectGetPrototypeOf,
  PromiseResolve,
  Symbol,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { emitExperimentalWarning, kEmptyObject } = require('internal/util');
const {
  kValidateObjectAllowArray,
  kValidateObjectAllowNullable,
  validateArray,
  validateBoolean,
  validateBuffer,
  validateInt32,
  validateObject,
  validateOneOf,
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

/** Option of Script: the context in which a SyntaxError is made. */
const kParsingContext = Symbol('script parsing context');

let contextsCount = 1;

function isContext(object) {
  validateObject(object, 'object', kValidateObjectAllowArray);
  return isContextified(object);
}

function validateContext(contextifiedObject) {
  if (isContext(contextifiedObject)) return;
  throw new ERR_INVALID_ARG_TYPE('contextifiedObject', 'vm.Context', contextifiedObject);
}

function validatePlace(filename, lineOffset, columnOffset) {
  validateString(filename, 'options.filename');
  validateInt32(lineOffset, 'options.lineOffset');
  validateInt32(columnOffset, 'options.columnOffset');
}

/** The arguments of native's runScript(); null as context means this one. */
function runArguments(script, contextified, options) {
  validateObject(options, 'options');
  const { timeout = -1, displayErrors = true, breakOnSigint = false } = options;
  if (options.timeout !== undefined) validateUint32(timeout, 'options.timeout', true);
  validateBoolean(displayErrors, 'options.displayErrors');
  validateBoolean(breakOnSigint, 'options.breakOnSigint');
  return [script, contextified, timeout, displayErrors, breakOnSigint];
}

function runBreakingOnSigint(args) {
  const { runScript } = internalBinding('contextify');
  const { breakingOnSigint } = require('internal/vm/sigint');
  return breakingOnSigint(() => runScript(args[0], args[1], args[2], args[3], true));
}

// Methods call native code themselves, and a script is compiled by Script's constructor: traces of
// what a script throws show as many frames of the library as Node's.

/** The half of Script that Node has in native code. */
class ContextifyScript {
  #script;

  constructor(compiled, owner, cachedData, produceCachedData) {
    owner.referrer = this;
    this.#script = compiled.script;
    if (cachedData !== undefined) this.cachedDataRejected = compiled.cachedDataRejected;
    if (produceCachedData) {
      if (compiled.cachedData !== undefined) this.cachedData = compiled.cachedData;
      this.cachedDataProduced = compiled.cachedData !== undefined;
    }
    this.sourceURL = compiled.sourceURL;
    this.sourceMapURL = compiled.sourceMapURL;
  }

  createCachedData() {
    return internalBinding('contextify').createCachedData(this.#script);
  }

  static scriptOf(script) {
    return script.#script;
  }
}

const { scriptOf } = ContextifyScript;
delete ContextifyScript.scriptOf;

class Script extends ContextifyScript {
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
      [kParsingContext]: parsingContext,
    } = options;
    validatePlace(filename, lineOffset, columnOffset);
    if (cachedData !== undefined) validateBuffer(cachedData, 'options.cachedData');
    validateBoolean(produceCachedData, 'options.produceCachedData');
    const owner = { __proto__: null, referrer: undefined };
    const compiled = internalBinding('contextify').compileScript(
      code, filename, lineOffset, columnOffset,
      hostSymbolFor(importModuleDynamically, filename, owner),
      cachedData, produceCachedData, parsingContext);
    super(compiled, owner, cachedData, produceCachedData);
  }

  runInThisContext(options) {
    if (options === undefined) options = kEmptyObject;
    const args = runArguments(scriptOf(this), null, options);
    if (args[4]) return runBreakingOnSigint(args);
    return internalBinding('contextify').runScript(args[0], args[1], args[2], args[3], false);
  }

  runInContext(contextifiedObject, options) {
    if (options === undefined) options = kEmptyObject;
    validateContext(contextifiedObject);
    const args = runArguments(scriptOf(this), contextifiedObject, options);
    if (args[4]) return runBreakingOnSigint(args);
    return internalBinding('contextify').runScript(args[0], args[1], args[2], args[3], false);
  }

  runInNewContext(contextObject, options) {
    if (options === undefined) options = kEmptyObject;
    const context = createContext(contextObject, contextOptionsOf(options));
    return this.runInContext(context, options);
  }
}

function validateCodeGeneration(codeGeneration, name) {
  if (codeGeneration === undefined) return;
  validateObject(codeGeneration, name);
  const { strings = true, wasm = true } = codeGeneration;
  validateBoolean(strings, `${name}.strings`);
  validateBoolean(wasm, `${name}.wasm`);
}

/** The options of createContext() among those of runInNewContext(). */
function contextOptionsOf(options) {
  if (!options) return {};
  const { contextName: name, contextOrigin: origin, contextCodeGeneration, microtaskMode } =
    options;
  if (name !== undefined) validateString(name, 'options.contextName');
  if (origin !== undefined) validateString(origin, 'options.contextOrigin');
  validateCodeGeneration(contextCodeGeneration, 'options.contextCodeGeneration');
  if (microtaskMode !== undefined) validateString(microtaskMode, 'options.microtaskMode');
  return { name, origin, codeGeneration: contextCodeGeneration, microtaskMode };
}

function createContext(contextObject = {}, options = kEmptyObject) {
  const isOrdinary = contextObject === kDontContextify;
  if (!isOrdinary && isContext(contextObject)) return contextObject;
  validateObject(options, 'options');
  const {
    name = `VM Context ${contextsCount++}`,
    origin,
    codeGeneration,
    microtaskMode,
    importModuleDynamically,
  } = options;
  validateString(name, 'options.name');
  if (origin !== undefined) validateString(origin, 'options.origin');
  validateCodeGeneration(codeGeneration, 'options.codeGeneration');
  const { strings = true, wasm = true } = codeGeneration ?? kEmptyObject;
  validateOneOf(microtaskMode, 'options.microtaskMode', ['afterEvaluate', undefined]);
  const owner = { __proto__: null, referrer: undefined };
  const global = internalBinding('contextify').makeContext(
    isOrdinary ? undefined : contextObject, strings, wasm, microtaskMode === 'afterEvaluate',
    hostSymbolFor(importModuleDynamically, name, owner), name);
  owner.referrer = isOrdinary ? global : contextObject;
  const protoMode = getOptionValue('--disable-proto');
  if (protoMode) disableProtoOf(owner.referrer, protoMode);
  return owner.referrer;
}

/** Each context has an Object.prototype of its own, reached past names that the program gave. */
function disableProtoOf(owner, mode) {
  const { compileScript, runScript } = internalBinding('contextify');
  const { script } = compileScript('({})', 'evalmachine.<anonymous>', 0, 0, undefined);
  const { disableProto } = require('internal/disable_proto');
  disableProto(ObjectGetPrototypeOf(runScript(script, owner, -1, true)), mode);
}

function createScript(code, options) {
  return new Script(code, options);
}

function runInContext(code, contextifiedObject, options) {
  validateContext(contextifiedObject);
  if (typeof options === 'string') options = { filename: options };
  options = { ...options, [kParsingContext]: contextifiedObject };
  return createScript(code, options).runInContext(contextifiedObject, options);
}

function runInNewContext(code, contextObject, options) {
  if (typeof options === 'string') options = { filename: options };
  contextObject = createContext(contextObject, contextOptionsOf(options));
  options = { ...options, [kParsingContext]: contextObject };
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
  const owner = { __proto__: null, referrer: undefined };
  const compiled = internalBinding('contextify').compileFunction(
    code, filename, lineOffset, columnOffset,
    hostSymbolFor(importModuleDynamically, filename, owner),
    cachedData, produceCachedData, parsingContext, contextExtensions, params);
  const { function: fn } = compiled;
  owner.referrer = fn;
  if (produceCachedData) {
    fn.cachedDataProduced = compiled.cachedData !== undefined;
    if (compiled.cachedData !== undefined) fn.cachedData = compiled.cachedData;
  }
  if (cachedData !== undefined) fn.cachedDataRejected = compiled.cachedDataRejected;
  return fn;
}

/**
 * V8's own measurement is not reachable from here: the heap's statistics answer. They do not tell
 * contexts apart, so that each one's range is all there is, and its estimate an equal share.
 */
function measureMemory(options = kEmptyObject) {
  emitExperimentalWarning('vm.measureMemory');
  validateObject(options, 'options');
  const { mode = 'summary', execution = 'default' } = options;
  validateOneOf(mode, 'options.mode', ['summary', 'detailed']);
  validateOneOf(execution, 'options.execution', ['default', 'eager']);
  // In the order of v8.getHeapStatistics().
  const { 0: size, 4: used, 9: contexts } = internalBinding('v8').heapStatistics();
  const result = { total: { jsMemoryEstimate: used, jsMemoryRange: [used, size] } };
  if (mode === 'detailed') {
    const share = () => ({
      jsMemoryEstimate: MathTrunc(used / contexts),
      jsMemoryRange: [0, contexts === 1 ? size : used],
    });
    result.current = share();
    result.other = ArrayFrom({ __proto__: null, length: contexts - 1 }, share);
  }
  return PromiseResolve(result);
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
  measureMemory,
  constants: ObjectFreeze({
    __proto__: null,
    USE_MAIN_CONTEXT_DEFAULT_LOADER: kDefaultLoader,
    DONT_CONTEXTIFY: kDontContextify,
  }),
};

// The vm module is patched to include the module classes when the flag is given; the flag is known
// when `vm` is first loaded, which is never while the snapshot is built.
if (require('internal/options').getOptionValue('--experimental-vm-modules')) {
  const { Module, SourceTextModule, SyntheticModule } = require('internal/vm/module');
  module.exports.Module = Module;
  module.exports.SourceTextModule = SourceTextModule;
  module.exports.SyntheticModule = SyntheticModule;
}
