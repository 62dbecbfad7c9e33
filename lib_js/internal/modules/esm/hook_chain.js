'use strict';
// The chains of asynchronous resolve and load hooks, in the thread that runs them. The hook that
// was registered last runs first; the library's own step is the end of each chain.

const {
  ArrayPrototypePush,
  ObjectAssign,
  ObjectDefineProperty,
  ReflectSet,
  SafeMap,
} = primordials;

const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_RETURN_PROPERTY_VALUE,
  ERR_INVALID_RETURN_VALUE,
  ERR_LOADER_CHAIN_INCOMPLETE,
} } = require('internal/errors');
const { defaultLoadSync, throwUnknownModuleFormat } = require('internal/modules/esm/load');
const { defaultResolve } = require('internal/modules/esm/resolve');
const { stringify } = require('internal/modules/helpers');
const { getDefaultConditions } = require('internal/modules/esm/utils');
const { URL } = require('internal/url');
const { kEmptyObject } = require('internal/util');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');
const { validateObject, validateString } = require('internal/validators');

let hasWarnedOfPreload = false;
let hasWarnedOfAssertions = false;

function warnOfAssertions() {
  if (hasWarnedOfAssertions) return;
  hasWarnedOfAssertions = true;
  process.emitWarning(
    'Use `importAttributes` instead of `importAssertions`', 'ExperimentalWarning');
}

/** Lets old hooks find the attributes under their old name. */
function withAssertions(context) {
  return ObjectDefineProperty(context, 'importAssertions', {
    __proto__: null,
    configurable: true,
    get() {
      warnOfAssertions();
      return this.importAttributes;
    },
    set(value) {
      warnOfAssertions();
      return ReflectSet(this, 'importAttributes', value);
    },
  });
}

/** The library's load step: CommonJS is left to require(), unless a hook has its source. */
async function defaultLoad(url, context) {
  const loaded = defaultLoadSync(url, context);
  if (loaded.format === 'commonjs' && context?.source == null) loaded.source = null;
  return loaded;
}

const defaultResolveStep = async (specifier, context) => defaultResolve(specifier, context);

/**
 * Runs one chain.
 * @param {{ fn: Function, url: string }[]} hooks
 * @param {'resolve' | 'load'} name
 * @param {Function} validateArgument (at, value)
 */
async function runChain(hooks, name, subject, context, validateArgument) {
  const nextName = name === 'resolve' ? 'nextResolve' : 'nextLoad';
  let at = '';
  let isFinished = false;
  let isShort = false;
  const step = (index) => ObjectDefineProperty(async (argument = undefined, override) => {
    const { fn, url } = hooks[index];
    at = `${url} '${name}'`;
    const place = `${at} hook's ${nextName}()`;
    validateArgument(place, argument);
    if (override) validateObject(override, `${place} context`);
    if (index === 0) isFinished = true;
    if (override) ObjectAssign(context, override);
    const output = await fn(argument, context, index === 0 ? undefined : step(index - 1));
    if (typeof output !== 'object' || output === null) {
      throw new ERR_INVALID_RETURN_VALUE('an object', place, output);
    }
    if (output.shortCircuit === true) isShort = true;
    return output;
  }, 'name', { __proto__: null, value: nextName });
  const output = await step(hooks.length - 1)(subject, context);
  if (typeof output !== 'object' || output === null) {
    throw new ERR_INVALID_RETURN_VALUE('an object', at, output);
  }
  if (!isFinished && !isShort) throw new ERR_LOADER_CHAIN_INCOMPLETE(at);
  return { at, output };
}

function expect(isValid, expected, at, property, value) {
  if (!isValid) throw new ERR_INVALID_RETURN_PROPERTY_VALUE(expected, at, property, value);
}

function validateSpecifier(place, specifier) {
  validateString(specifier, `${place} specifier`);
}

function validateURL(place, url) {
  if (typeof url !== 'string') {
    throw new ERR_INVALID_ARG_TYPE(`${place} url`, 'a URL string', url);
  }
  if (!URL.canParse(url)) {
    throw new ERR_INVALID_ARG_VALUE(`${place} url`, url, 'should be a URL string');
  }
}

class HookChain {
  #resolve = [{ fn: defaultResolveStep, url: 'node:internal/modules/esm/resolve' }];
  #load = [{ fn: defaultLoad, url: 'node:internal/modules/esm/load' }];
  /** What has been asked for modules of this thread: the loader is synchronous, hooks are not. */
  #resolved = new SafeMap();
  #loaded = new SafeMap();

  /** Are there hooks besides the library's own? */
  get #isCustomized() {
    return this.#resolve.length > 1 || this.#load.length > 1;
  }

  /** Imports a module of hooks, through the hooks that are there already. */
  async register(specifier, parentURL, data) {
    const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
    const exports =
      await getOrInitializeCascadedLoader().import(specifier, parentURL, kEmptyObject);
    await this.add(specifier, exports, data);
  }

  add(url, { globalPreload, initialize, load, resolve }, data) {
    if (!initialize && globalPreload && !hasWarnedOfPreload) {
      hasWarnedOfPreload = true;
      process.emitWarning(
        '`globalPreload` has been removed; use `initialize` instead.', 'UnsupportedWarning');
    }
    if (resolve) ArrayPrototypePush(this.#resolve, { __proto__: null, fn: resolve, url });
    if (load) ArrayPrototypePush(this.#load, { __proto__: null, fn: load, url });
    return initialize?.(data);
  }

  async resolve(specifier, parentURL, importAttributes = { __proto__: null }) {
    const context = withAssertions(
      { conditions: getDefaultConditions(), importAttributes, parentURL });
    const { at, output } =
      await runChain(this.#resolve, 'resolve', specifier, context, validateSpecifier);
    const { format, url } = output;
    expect(typeof url === 'string' && URL.canParse(url), 'a URL string', at, 'url', url);
    let attributes = output.importAttributes;
    if (!('importAttributes' in output) && 'importAssertions' in output) {
      warnOfAssertions();
      attributes = output.importAssertions;
    }
    expect(attributes == null || typeof attributes === 'object',
           'an object', at, 'importAttributes', attributes);
    expect(format == null || typeof format === 'string', 'a string', at, 'format', format);
    return { __proto__: null, format, importAttributes: attributes, url };
  }

  async load(url, context = {}) {
    const { at, output } =
      await runChain(this.#load, 'load', url, withAssertions(context), validateURL);
    const { format, source } = output;
    const { responseURL = url } = output;
    expect(typeof responseURL === 'string' && URL.parse(responseURL)?.href === responseURL,
           'undefined or a fully resolved URL string', at, 'responseURL', responseURL);
    if (format == null) throwUnknownModuleFormat(url, format);
    expect(typeof format === 'string', 'a string', at, 'format', format);
    expect(source == null || typeof source === 'string' || isAnyArrayBuffer(source) ||
           isArrayBufferView(source),
           'a string, an ArrayBuffer, or a TypedArray', at, 'source', source);
    return { __proto__: null, format, responseURL, source };
  }

  // For the modules of this thread.

  /** Asks the hooks for everything below a request, so that the loader finds the answers. */
  async prepare(specifier, parentURL, attributes, has) {
    if (!this.#isCustomized) return;
    const key = `${parentURL}\0${attributes.type}\0${specifier}`;
    let resolved = this.#resolved.get(key);
    if (resolved === undefined) {
      resolved = await this.resolve(specifier, parentURL, attributes);
      this.#resolved.set(key, resolved);
    }
    const { url, format, importAttributes = attributes } = resolved;
    if (this.#loaded.has(url) || has(url)) return;
    const loaded = await this.load(url, { format, importAttributes });
    this.#loaded.set(url, loaded);
    if (loaded.format !== 'module' || loaded.source == null) return;
    const { createSourceText, getModuleRequests } = internalBinding('modules');
    let requests;
    try {
      requests = getModuleRequests(createSourceText(url, stringify(loaded.source), undefined));
    } catch {
      // The loader will find the same error, and tell.
      return;
    }
    for (let i = 0; i < requests.length; i++) {
      await this.prepare(requests[i][0], url, requests[i][1], has);
    }
  }

  /** @returns {object | undefined} undefined: no hook was asked */
  preparedResolve(specifier, parentURL, attributes) {
    return this.#resolved.get(`${parentURL}\0${attributes?.type}\0${specifier}`);
  }

  preparedLoad(url) {
    const loaded = this.#loaded.get(url);
    this.#loaded.delete(url);
    return loaded;
  }
}

module.exports = { HookChain };
