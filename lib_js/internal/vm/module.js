'use strict';
// vm.Module, SourceTextModule and SyntheticModule (--experimental-vm-modules): modules that the
// program links itself.

const {
  ArrayIsArray,
  ArrayPrototypeForEach,
  ArrayPrototypeIndexOf,
  ArrayPrototypeMap,
  ArrayPrototypeSome,
  JSONStringify,
  ObjectDefineProperty,
  ObjectFreeze,
  ObjectGetPrototypeOf,
  ObjectSetPrototypeOf,
  PromiseReject,
  SafeMap,
  SafePromiseAllReturnArrayLike,
  Symbol,
  SymbolToStringTag,
  TypeError,
} = primordials;

const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_THIS,
  ERR_MODULE_LINK_MISMATCH,
  ERR_VM_MODULE_ALREADY_LINKED,
  ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA,
  ERR_VM_MODULE_CACHED_DATA_REJECTED,
  ERR_VM_MODULE_DIFFERENT_CONTEXT,
  ERR_VM_MODULE_LINK_FAILURE,
  ERR_VM_MODULE_NOT_MODULE,
  ERR_VM_MODULE_STATUS,
} } = require('internal/errors');
const { registerImporter, registerMetaInitializer } = require('internal/modules/esm/utils');
const {
  customInspectSymbol,
  emitExperimentalWarning,
  getConstructorOf,
  kEmptyObject,
} = require('internal/util');
const { isModuleNamespaceObject } = require('internal/util/types');
const {
  validateArray,
  validateBoolean,
  validateBuffer,
  validateFunction,
  validateInt32,
  validateObject,
  validateString,
  validateUint32,
} = require('internal/validators');
const { isContext } = require('internal/vm');

const binding = internalBinding('modules');

// V8's states, by number.
const INSTANTIATED = 2;
const EVALUATED = 4;
const ERRORED = 5;
const STATUS_NAMES = ['unlinked', 'linking', 'linked', 'evaluating', 'evaluated', 'errored'];

const PHASE_SOURCE = 0;
const PHASE_NAMES = { __proto__: null, [PHASE_SOURCE]: 'source', 2: 'evaluation' };

const kLink = Symbol('kLink');
/** On contexts: the number of the next module that has no identifier. */
const kNextModule = Symbol('kPerContextModuleId');

let nextModule = 0;

/** `vm:module(0)`, counted for each context. */
function nextIdentifier(context) {
  if (context === undefined) return `vm:module(${nextModule++})`;
  const number = context[kNextModule] ?? 0;
  ObjectDefineProperty(context, kNextModule, {
    __proto__: null, value: number + 1, writable: true, enumerable: false, configurable: true,
  });
  return `vm:module(${number})`;
}

/** Is it a module of ours? Set by Module, which alone can tell. */
let isModule;
/** The native module of a Module. Throws ERR_INVALID_THIS for what is none. */
let wrapOf;

class Module {
  #wrap;
  #context;

  static {
    isModule = (object) => typeof object === 'object' && object !== null && #wrap in object;
    wrapOf = (object, name) => {
      if (isModule(object)) return object.#wrap;
      throw new ERR_INVALID_THIS(name);
    };
  }

  /** @param {{ context?: object, identifier?: string, make: Function }} options */
  constructor(options) {
    emitExperimentalWarning('VM Modules');
    if (new.target === Module) throw new TypeError('Module is not a constructor');
    const { context, make } = options;
    if (context !== undefined) {
      validateObject(context, 'context');
      if (!isContext(context)) {
        throw new ERR_INVALID_ARG_TYPE('options.context', 'vm.Context', context);
      }
    }
    let { identifier } = options;
    if (identifier === undefined) identifier = nextIdentifier(context);
    else validateString(identifier, 'options.identifier');
    this.#wrap = make(identifier, this);
    this.#context = context;
  }

  get identifier() {
    return binding.url(wrapOf(this, 'Module'));
  }

  get context() {
    wrapOf(this, 'Module');
    return this.#context;
  }

  get namespace() {
    const wrap = wrapOf(this, 'Module');
    if (binding.getStatus(wrap) < INSTANTIATED) {
      throw new ERR_VM_MODULE_STATUS('must not be unlinked or linking');
    }
    return binding.getNamespace(wrap);
  }

  get status() {
    return STATUS_NAMES[binding.getStatus(wrapOf(this, 'Module'))];
  }

  get error() {
    const wrap = wrapOf(this, 'Module');
    if (binding.getStatus(wrap) !== ERRORED) throw new ERR_VM_MODULE_STATUS('must be errored');
    return binding.getError(wrap);
  }

  async link(linker) {
    const wrap = wrapOf(this, 'Module');
    validateFunction(linker, 'linker');
    if (this.status === 'linked') throw new ERR_VM_MODULE_ALREADY_LINKED();
    if (this.status !== 'unlinked') throw new ERR_VM_MODULE_STATUS('must be unlinked');
    await this[kLink](linker);
    binding.instantiate(wrap);
  }

  evaluate(options = kEmptyObject) {
    try {
      const wrap = wrapOf(this, 'Module');
      validateObject(options, 'options');
      const { timeout, breakOnSigint = false } = options;
      if (timeout !== undefined) validateUint32(timeout, 'options.timeout', true);
      validateBoolean(breakOnSigint, 'options.breakOnSigint');
      const status = binding.getStatus(wrap);
      if (status !== INSTANTIATED && status !== EVALUATED && status !== ERRORED) {
        throw new ERR_VM_MODULE_STATUS('must be one of linked, evaluated, or errored');
      }
      const { evaluate } = binding;
      if (!breakOnSigint) return evaluate(wrap, timeout, false);
      const { breakingOnSigint } = require('internal/vm/sigint');
      return breakingOnSigint(() => evaluate(wrap, timeout, true));
    } catch (error) {
      return PromiseReject(error);
    }
  }

  [customInspectSymbol](depth, options) {
    wrapOf(this, 'Module');
    if (typeof depth === 'number' && depth < 0) return this;
    const constructor = getConstructorOf(this) || Module;
    const { status, identifier, context } = this;
    const shown = { __proto__: null, status, identifier, context };
    ObjectSetPrototypeOf(shown, ObjectGetPrototypeOf(this));
    ObjectDefineProperty(shown, SymbolToStringTag, {
      __proto__: null, value: constructor.name, configurable: true,
    });
    const { inspect } = require('internal/util/inspect');
    return inspect(shown, { ...options, customInspect: false });
  }
}

/** What a request may lead to: a Module of the same context. */
function validateLinked(module, context) {
  if (!isModule(module)) throw new ERR_VM_MODULE_NOT_MODULE();
  if (module.context !== context) throw new ERR_VM_MODULE_DIFFERENT_CONTEXT();
}

function makeSourceText(sourceText, options) {
  const { lineOffset = 0, columnOffset = 0, cachedData, context } = options;
  const { importModuleDynamically, initializeImportMeta } = options;
  return (identifier, module) => {
    const symbol = Symbol(identifier);
    if (importModuleDynamically !== undefined) {
      registerImporter(symbol, (specifier, attributes, phase) =>
        importByCallback(importModuleDynamically, specifier, module, attributes, phase));
    }
    const wrap = binding.createSourceText(
      identifier, sourceText, symbol, context, lineOffset, columnOffset, cachedData);
    if (wrap.cachedDataRejected) throw new ERR_VM_MODULE_CACHED_DATA_REJECTED();
    // Without a callback `import.meta` is an empty object.
    registerMetaInitializer(wrap, (meta) => initializeImportMeta?.(meta, module));
    return wrap;
  };
}

class SourceTextModule extends Module {
  #hasError = false;
  #error;
  #isLinking = false;
  #isLinked = false;
  #requests;
  #specifiers;

  constructor(sourceText, options = kEmptyObject) {
    validateString(sourceText, 'sourceText');
    validateObject(options, 'options');
    const {
      lineOffset = 0,
      columnOffset = 0,
      initializeImportMeta,
      importModuleDynamically,
      context,
      identifier,
      cachedData,
    } = options;
    validateInt32(lineOffset, 'options.lineOffset');
    validateInt32(columnOffset, 'options.columnOffset');
    if (initializeImportMeta !== undefined) {
      validateFunction(initializeImportMeta, 'options.initializeImportMeta');
    }
    if (importModuleDynamically !== undefined) {
      validateFunction(importModuleDynamically, 'options.importModuleDynamically');
    }
    if (cachedData !== undefined) validateBuffer(cachedData, 'options.cachedData');
    super({
      __proto__: null,
      context,
      identifier,
      make: makeSourceText(sourceText, {
        __proto__: null, lineOffset, columnOffset, cachedData, context,
        initializeImportMeta, importModuleDynamically,
      }),
    });
    const wrap = wrapOf(this, 'SourceTextModule');
    this.#requests = ObjectFreeze(ArrayPrototypeMap(
      binding.getModuleRequests(wrap),
      ({ 0: specifier, 1: attributes, 2: phase }) => ObjectFreeze({
        __proto__: null, specifier, attributes: ObjectFreeze(attributes), phase: PHASE_NAMES[phase],
      })));
  }

  async [kLink](linker) {
    this.#isLinking = true;
    const linkOne = async (specifier, given) => {
      const module = await given;
      validateLinked(module, this.context);
      if (module.status === 'errored') {
        throw new ERR_VM_MODULE_LINK_FAILURE(
          `request for '${specifier}' resolved to an errored module`, module.error);
      }
      if (module.status === 'unlinked') await module[kLink](linker);
      return wrapOf(module, 'Module');
    };
    const links = [];
    for (let i = 0; i < this.#requests.length; i++) {
      const { specifier, attributes } = this.#requests[i];
      // `assert` is the former name of `attributes`.
      const given = linker(specifier, this, { attributes, assert: attributes });
      links[i] = linkOne(specifier, given);
    }
    try {
      const wraps = await SafePromiseAllReturnArrayLike(links);
      this.#linkTo(wrapOf(this, 'SourceTextModule'), wraps);
    } catch (error) {
      this.#hasError = true;
      this.#error = error;
      throw error;
    } finally {
      this.#isLinking = false;
    }
  }

  linkRequests(modules) {
    const wrap = wrapOf(this, 'SourceTextModule');
    if (this.status !== 'unlinked') throw new ERR_VM_MODULE_STATUS('must be unlinked');
    validateArray(modules, 'modules');
    if (modules.length !== this.#requests.length) {
      throw new ERR_MODULE_LINK_MISMATCH(
        `Expected ${this.#requests.length} modules, got ${modules.length}`);
    }
    this.#linkTo(wrap, ArrayPrototypeMap(modules, (module) => {
      validateLinked(module, this.context);
      return wrapOf(module, 'Module');
    }));
  }

  #linkTo(wrap, wraps) {
    const seen = new SafeMap();
    for (let i = 0; i < wraps.length; i++) {
      const { specifier, attributes } = this.#requests[i];
      const key = `${specifier}\0${JSONStringify(attributes)}`;
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, i);
      } else if (wraps[first] !== wraps[i]) {
        throw new ERR_MODULE_LINK_MISMATCH(
          `Module request 'ModuleCacheKey("${specifier}")' at index ${first} must be linked ` +
          `to the same module requested at index ${i}`);
      }
    }
    binding.link(wrap, wraps);
    this.#isLinked = true;
  }

  instantiate() {
    const wrap = wrapOf(this, 'SourceTextModule');
    if (this.status !== 'unlinked') throw new ERR_VM_MODULE_STATUS('must be unlinked');
    if (!this.#isLinked) {
      const error = new ERR_VM_MODULE_LINK_FAILURE('module is not linked', undefined);
      delete error.cause;
      throw error;
    }
    binding.instantiate(wrap);
  }

  get dependencySpecifiers() {
    this.#specifiers ??= ObjectFreeze(
      ArrayPrototypeMap(this.#requests, ({ specifier }) => specifier));
    return this.#specifiers;
  }

  get moduleRequests() {
    return this.#requests;
  }

  get status() {
    if (this.#hasError) return 'errored';
    return this.#isLinking ? 'linking' : super.status;
  }

  get error() {
    return this.#hasError ? this.#error : super.error;
  }

  hasAsyncGraph() {
    const wrap = wrapOf(this, 'SourceTextModule');
    if (binding.getStatus(wrap) < INSTANTIATED) {
      throw new ERR_VM_MODULE_STATUS('must be instantiated');
    }
    return binding.isGraphAsync(wrap);
  }

  hasTopLevelAwait() {
    return binding.hasTopLevelAwait(wrapOf(this, 'SourceTextModule'));
  }

  createCachedData() {
    const { status } = this;
    if (status === 'evaluating' || status === 'evaluated' || status === 'errored') {
      throw new ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA();
    }
    return binding.createCachedData(wrapOf(this, 'SourceTextModule'));
  }
}

class SyntheticModule extends Module {
  constructor(exportNames, evaluateCallback, options = kEmptyObject) {
    if (!ArrayIsArray(exportNames) ||
        ArrayPrototypeSome(exportNames, (name) => typeof name !== 'string')) {
      throw new ERR_INVALID_ARG_TYPE('exportNames', 'Array of unique strings', exportNames);
    }
    ArrayPrototypeForEach(exportNames, (name, i) => {
      if (ArrayPrototypeIndexOf(exportNames, name, i + 1) === -1) return;
      throw new ERR_INVALID_ARG_VALUE(`exportNames.${name}`, name, 'is duplicated');
    });
    validateFunction(evaluateCallback, 'evaluateCallback');
    validateObject(options, 'options');
    const { context, identifier } = options;
    super({
      __proto__: null,
      context,
      identifier,
      make(url, module) {
        const evaluate = () => evaluateCallback.call(module);
        return binding.createSynthetic(url, exportNames, evaluate, context);
      },
    });
    // It has no dependencies.
    binding.instantiate(wrapOf(this, 'SyntheticModule'));
  }

  /** Nothing to link. */
  link() {
    wrapOf(this, 'SyntheticModule');
  }

  setExport(name, value) {
    const wrap = wrapOf(this, 'SyntheticModule');
    validateString(name, 'name');
    if (binding.getStatus(wrap) < INSTANTIATED) throw new ERR_VM_MODULE_STATUS('must be linked');
    binding.setExport(wrap, name, value);
  }
}

/** import() through the option importModuleDynamically. */
async function importByCallback(callback, specifier, referrer, attributes, phase) {
  const given = await callback(specifier, referrer, attributes, PHASE_NAMES[phase]);
  if (isModuleNamespaceObject(given)) {
    if (phase === PHASE_SOURCE) throw new ERR_VM_MODULE_NOT_MODULE();
    return given;
  }
  if (!isModule(given)) throw new ERR_VM_MODULE_NOT_MODULE();
  if (given.status === 'errored') throw given.error;
  if (phase === PHASE_SOURCE) return binding.getSource(wrapOf(given, 'Module'));
  return given.namespace;
}

module.exports = {
  Module,
  SourceTextModule,
  SyntheticModule,
  importByCallback,
};
