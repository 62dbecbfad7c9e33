'use strict';
// module.registerHooks(): synchronous resolve and load hooks that require() and
// import share. The hook registered last runs first; each may call the next one.

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSplice,
  ObjectAssign,
  ObjectFreeze,
  StringPrototypeStartsWith,
} = primordials;

const { BuiltinModule } = require('internal/bootstrap/realm');
const { codes: { ERR_INVALID_RETURN_PROPERTY_VALUE } } = require('internal/errors');
const lazyURL = require('internal/util/lazy').getLazy(() => require('internal/url'));
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');
const { validateFunction } = require('internal/validators');
const { isAbsolute } = require('path');

/** @type {ModuleHooks[]} */
const resolveHooks = [];
/** @type {ModuleHooks[]} */
const loadHooks = [];

function removeFrom(hooks, hook) {
  const index = ArrayPrototypeIndexOf(hooks, hook);
  if (index !== -1) ArrayPrototypeSplice(hooks, index, 1);
}

class ModuleHooks {
  constructor(resolve, load) {
    this.resolve = resolve;
    this.load = load;
    if (resolve) ArrayPrototypePush(resolveHooks, this);
    if (load) ArrayPrototypePush(loadHooks, this);
    ObjectFreeze(this);
  }

  deregister() {
    removeFrom(resolveHooks, this);
    removeFrom(loadHooks, this);
  }
}

function registerHooks(hooks) {
  const { resolve, load } = hooks;
  if (resolve) validateFunction(resolve, 'hooks.resolve');
  if (load) validateFunction(load, 'hooks.load');
  return new ModuleHooks(resolve, load);
}

/** What require() calls a filename, as hooks see it: a URL. */
function convertCJSFilenameToURL(filename) {
  if (!filename) return filename;
  const id = BuiltinModule.normalizeRequirableId(filename);
  if (id !== undefined) return `node:${id}`;
  // A scheme-only builtin is known to require() by its bare id.
  if (BuiltinModule.canBeRequiredByUsers(filename)) return `node:${filename}`;
  return isAbsolute(filename) ? lazyURL().pathToFileURL(filename).href : filename;
}

function convertURLToCJSFilename(url) {
  if (!url) return url;
  const id = BuiltinModule.normalizeRequirableId(url);
  if (id !== undefined) return id;
  return StringPrototypeStartsWith(url, 'file://') ? lazyURL().fileURLToPath(url) : url;
}

/**
 * Runs a chain of hooks over `subject` (a specifier or a URL). A hook that
 * neither calls its next step nor says `shortCircuit: true` is a mistake.
 */
function runHooks(hooks, name, subject, context, defaultStep, validate) {
  let deepest = hooks.length;
  function step(index) {
    return (argument, override) => {
      deepest = index;
      if (override && override !== context) ObjectAssign(context, override);
      const result = index === 0 ?
        defaultStep(argument, context) :
        hooks[index - 1][name](argument, context, step(index - 1));
      if (index > 0 && deepest === index && !result.shortCircuit) {
        throw new ERR_INVALID_RETURN_PROPERTY_VALUE(
          'true', name, 'shortCircuit', result.shortCircuit);
      }
      return validate(argument, context, result);
    };
  }
  return step(hooks.length)(subject, context);
}

function expect(valid, expected, hook, property, value) {
  if (!valid) throw new ERR_INVALID_RETURN_PROPERTY_VALUE(expected, hook, property, value);
}

function validateResolve(specifier, context, result) {
  const { url, format, importAttributes } = result;
  expect(typeof url === 'string', 'a URL string', 'resolve', 'url', url);
  expect(!format || typeof format === 'string', 'a string', 'resolve', 'format', format);
  expect(!importAttributes || typeof importAttributes === 'object',
         'an object', 'resolve', 'importAttributes', importAttributes);
  return { __proto__: null, url, format, importAttributes };
}

function validateLoadStrict(url, context, result) {
  const { source, format } = result;
  const hasSource = typeof source === 'string' || isAnyArrayBuffer(source) ||
    isArrayBufferView(source);
  expect(hasSource || StringPrototypeStartsWith(url, 'node:') || format === 'addon',
         'a string, an ArrayBuffer, or a TypedArray', 'load', 'source', source);
  expect(format === undefined || typeof format === 'string', 'a string', 'load', 'format', format);
  return result;
}

/** import may leave the source of CommonJS to require(). */
function validateLoadSloppy(url, context, result) {
  if (result.format === 'commonjs' && result.source == null) return result;
  return validateLoadStrict(url, context, result);
}

class ModuleResolveContext {
  constructor(parentURL, importAttributes, conditions) {
    this.parentURL = parentURL;
    this.importAttributes = importAttributes;
    this.conditions = conditions;
  }
}

class ModuleLoadContext {
  constructor(format, importAttributes, conditions) {
    this.format = format;
    this.importAttributes = importAttributes;
    this.conditions = conditions;
  }
}

function resolveWithHooks(specifier, parentURL, importAttributes, conditions, defaultResolve) {
  const context = new ModuleResolveContext(parentURL, importAttributes, conditions);
  if (resolveHooks.length === 0) return defaultResolve(specifier, context);
  return runHooks(resolveHooks, 'resolve', specifier, context, defaultResolve, validateResolve);
}

function loadWithHooks(url, format, importAttributes, conditions, defaultLoad, validate) {
  const context = new ModuleLoadContext(format, importAttributes, conditions);
  if (loadHooks.length === 0) return defaultLoad(url, context);
  const result = runHooks(loadHooks, 'load', url, context, defaultLoad, validate);
  const { source } = result;
  const { isTypeScript } = require('internal/modules/helpers');
  const isText = result.format === undefined || result.format === 'module' ||
    result.format === 'commonjs' || result.format === 'json' || isTypeScript(result.format);
  if (isText && (isAnyArrayBuffer(source) || isArrayBufferView(source))) {
    const { TextDecoder } = require('internal/encoding');
    result.source = new TextDecoder().decode(source);
  }
  return result;
}

module.exports = {
  convertCJSFilenameToURL,
  convertURLToCJSFilename,
  loadHooks,
  loadWithHooks,
  registerHooks,
  resolveHooks,
  resolveWithHooks,
  validateLoadSloppy,
  validateLoadStrict,
};
