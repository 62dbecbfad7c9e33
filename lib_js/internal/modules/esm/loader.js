'use strict';
// The one ES module loader. Resolving, loading and linking are synchronous, so
// that require() of an ES module takes the same road as import; only running a
// module is asynchronous.

const {
  ArrayPrototypePush,
  ObjectSetPrototypeOf,
  Promise,
  SafeMap,
  SafeWeakMap,
} = primordials;

const { codes: {
  ERR_REQUIRE_ESM,
  ERR_UNKNOWN_MODULE_FORMAT,
} } = require('internal/errors');
const {
  loadHooks,
  loadWithHooks,
  resolveHooks,
  resolveWithHooks,
  validateLoadSloppy,
} = require('internal/modules/customization_hooks');
const { compileSourceText, dependencies, urlToFilename } = require('internal/modules/helpers');
const { kImplicitTypeAttribute } = require('internal/modules/esm/assert');
const { defaultLoadSync, throwUnknownModuleFormat } = require('internal/modules/esm/load');
const { ModuleJob, STATUS } = require('internal/modules/esm/module_job');
const { defaultResolve } = require('internal/modules/esm/resolve');
const { translators } = require('internal/modules/esm/translators');
const { getDefaultConditions } = require('internal/modules/esm/utils');
const { getOptionValue } = require('internal/options');
const { isURL, pathToFileURL } = require('internal/url');
const { kEmptyObject } = require('internal/util');

const PHASE_SOURCE = 0;
const PHASE_EVALUATION = 2;

const CYCLE_ADVICE = ' A cycle involving require(esm) is not allowed to maintain invariants ' +
  'mandated by the ECMAScript specification. Try making at least part of the dependency in ' +
  'the graph lazily loaded.';

let onImport;

function cacheKey(url, type) {
  return type === undefined || type === kImplicitTypeAttribute ? url : `${type}\0${url}`;
}

class ModuleLoader {
  /** @type {Map<string, ModuleJob>} */
  #jobs = new SafeMap();
  /** native module -> job, for import.meta */
  #jobOfWrap = new SafeWeakMap();
  /** `${parentURL}\0${type}\0${specifier}` -> { url, format } */
  #resolved = new SafeMap();

  /** Asynchronous hooks: in the thread that runs them, and in the others the way to it. */
  hookChain = undefined;
  #hookThread = undefined;

  /** import.meta.resolve() cannot wait for hooks that run in its own thread. */
  get allowImportMetaResolve() {
    return this.hookChain === undefined;
  }

  /** Has this loader hooks that require() of an imported CommonJS module must obey? */
  get hasAsyncHooks() {
    return this.#hookThread !== undefined;
  }

  /** module.register() */
  register(specifier, parentURL, data, transferList) {
    specifier = `${specifier}`;
    parentURL = `${parentURL}`;
    if (require('internal/worker/self').isInternalThread) {
      if (this.hookChain === undefined) {
        const { HookChain } = require('internal/modules/esm/hook_chain');
        this.hookChain = new HookChain();
      }
      return this.hookChain.register(specifier, parentURL, data);
    }
    this.#startHookThread();
    return this.#hookThread.register(specifier, parentURL, data, transferList);
  }

  #startHookThread() {
    const { getHookThread } = require('internal/modules/esm/hooks');
    this.#hookThread ??= getHookThread();
  }

  /** --experimental-loader. */
  startHooksOfCommandLine() {
    const loaders = getOptionValue('--experimental-loader') ?? [];
    if (loaders.length === 0 || require('internal/worker/self').isInternalThread) return;
    require('internal/modules/esm/hooks').warnAboutLoaderOption(loaders);
    this.#startHookThread();
  }

  waitForHooks() {
    this.#hookThread?.waitUntilReady();
  }

  /** The last step behind the synchronous load hooks. */
  #defaultLoad(url, context) {
    if (this.#hookThread !== undefined) return this.#hookThread.load(url, context);
    return this.hookChain?.preparedLoad(url) ?? defaultLoadSync(url, context);
  }

  #defaultResolve(specifier, context) {
    const { parentURL, importAttributes } = context;
    if (this.hookChain !== undefined) {
      const prepared = this.hookChain.preparedResolve(specifier, parentURL, importAttributes);
      if (prepared !== undefined) return prepared;
    }
    if (parentURL !== undefined && typeof parentURL !== 'string') {
      return defaultResolve(specifier, context);
    }
    if (this.#hookThread !== undefined) {
      return this.#hookThread.resolve(specifier, parentURL, importAttributes);
    }
    const key = `${parentURL}\0${importAttributes?.type}\0${specifier}`;
    let result = this.#resolved.get(key);
    if (result === undefined) {
      result = defaultResolve(specifier, context);
      this.#resolved.set(key, result);
    }
    return result;
  }

  /**
   * @param {string} specifier
   * @param {string | undefined} parentURL  undefined for the entry point
   * @returns {{ url: string, format?: string, importAttributes?: object, byHooks: boolean }}
   */
  resolve(specifier, parentURL, importAttributes = kEmptyObject) {
    if (resolveHooks.length === 0) {
      return this.resolveWithoutSyncHooks(specifier, parentURL, importAttributes);
    }
    const conditions = getDefaultConditions();
    let byHooks = true;
    const { url, format, importAttributes: changed } = resolveWithHooks(
      specifier, parentURL, importAttributes, conditions, (requested, context) => {
        byHooks = false;
        return this.#defaultResolve(requested, context);
      });
    return { __proto__: null, url, format, importAttributes: changed, byHooks };
  }

  resolveWithoutSyncHooks(specifier, parentURL, importAttributes = kEmptyObject) {
    const conditions = getDefaultConditions();
    const { url, format, importAttributes: changed } = this.#defaultResolve(
      specifier, { __proto__: null, parentURL, conditions, importAttributes });
    return {
      __proto__: null, url, format, importAttributes: changed, byHooks: this.hasAsyncHooks,
    };
  }

  #load(url, format, importAttributes) {
    const context = { __proto__: null, format, importAttributes };
    if (loadHooks.length === 0) return this.#defaultLoad(url, context);
    return loadWithHooks(url, format, importAttributes, getDefaultConditions(),
                         (requested, given) => this.#defaultLoad(requested, given),
                         validateLoadSloppy);
  }

  /** A job without its dependencies, new in the cache and in `created`. */
  #createJob(resolved, attributes, importer, created) {
    const { url } = resolved;
    dependencies.report?.(urlToFilename(url));
    const loaded = this.#load(url, resolved.format, attributes);
    const { format } = loaded;
    if (format == null) throwUnknownModuleFormat(url, format);
    const translator = translators.get(format);
    if (translator === undefined) throw new ERR_UNKNOWN_MODULE_FORMAT(format, url);
    const { wrap, isCommonJS = false } = translator(url, {
      __proto__: null,
      format,
      source: loaded.source,
      isResolvedByHooks: resolved.byHooks,
      isLoadedByHooks: loadHooks.length !== 0,
      isLoadedByAsyncHooks: this.hasAsyncHooks,
    }, importer);
    return this.#addJob(url, attributes.type, wrap, importer.parentURL === undefined, created,
                        isCommonJS);
  }

  #addJob(url, type, wrap, isMain, created, isCommonJS = false) {
    const job = new ModuleJob(url, type ?? kImplicitTypeAttribute, wrap, isMain);
    job.isCommonJS = isCommonJS;
    this.#jobs.set(cacheKey(url, type), job);
    this.#jobOfWrap.set(wrap, job);
    ArrayPrototypePush(created, job);
    return job;
  }

  /** The job a request leads to; what it loads anew is appended to `created`. */
  #requestJob(specifier, parentURL, attributes, isRequired, created, phase) {
    const resolved = this.resolve(specifier, parentURL, attributes);
    attributes = resolved.importAttributes ?? attributes;
    const known = this.#jobs.get(cacheKey(resolved.url, attributes.type));
    if (known !== undefined) {
      if (known.isSourceOnly && phase !== PHASE_SOURCE) {
        known.isSourceOnly = false;
        ArrayPrototypePush(created, known);
      }
      if (isRequired) {
        known.throwIfInCycle(`Cannot import Module ${specifier}`, urlToFilename(parentURL));
      }
      return known;
    }
    const importer = { __proto__: null, parentURL, specifier, isRequired };
    const job = this.#createJob(resolved, attributes, importer, created);
    job.isSourceOnly = phase === PHASE_SOURCE;
    return job;
  }

  /** Loads and links everything below the jobs in `created`, which grows as it goes. */
  #linkAll(created, isRequired) {
    const { getModuleRequests, link } = internalBinding('modules');
    let index = 0;
    try {
      for (; index < created.length; index++) {
        const job = created[index];
        if (job.isSourceOnly) continue;
        const requests = getModuleRequests(job.wrap) ?? [];
        const wraps = [];
        for (let i = 0; i < requests.length; i++) {
          const { 0: specifier, 1: attributes, 2: phase } = requests[i];
          const dependency = this.#requestJob(
            `${specifier}`, job.url, attributes ?? kEmptyObject, isRequired, created, phase);
          ArrayPrototypePush(job.dependencies, dependency);
          ArrayPrototypePush(wraps, dependency.wrap);
        }
        if (requests.length > 0) link(job.wrap, wraps);
      }
    } catch (error) {
      // A graph with a hole in it must not be found again.
      for (let i = 0; i < created.length; i++) {
        this.#jobs.delete(cacheKey(created[i].url, created[i].type));
      }
      throw error;
    }
  }

  /** A linked job for a specifier. */
  getOrCreateModuleJob(specifier, parentURL, attributes = kEmptyObject, isRequired = false, phase) {
    const created = [];
    const job = this.#requestJob(specifier, parentURL, attributes, isRequired, created, phase);
    this.#linkAll(created, isRequired);
    return job;
  }

  /** A hook that never answers leaves import() without an answer, too. */
  #jobForImport(specifier, parentURL, attributes, phase) {
    try {
      return this.getOrCreateModuleJob(specifier, parentURL, attributes, false, phase);
    } catch (error) {
      if (error?.code !== 'ERR_ASYNC_LOADER_REQUEST_NEVER_SETTLED') throw error;
      return new Promise(() => {});
    }
  }

  #traced(url, parentURL, run) {
    onImport ??= require('diagnostics_channel').tracingChannel('module.import');
    if (!onImport.hasSubscribers) return run();
    return onImport.tracePromise(run, { __proto__: null, parentURL, url });
  }

  /**
   * import(): the namespace, once the module has run.
   * @param {boolean} [isEntryPoint]
   */
  async import(specifier, parentURL, attributes = kEmptyObject, phase = PHASE_EVALUATION,
               isEntryPoint = false) {
    specifier = `${specifier}`;
    return this.#traced(specifier, parentURL, async () => {
      if (this.hookChain !== undefined) {
        await this.hookChain.prepare(
          specifier, parentURL, attributes, (url) => this.#jobs.has(url));
      }
      const job = await this.#jobForImport(specifier, parentURL, attributes, phase);
      if (phase === PHASE_SOURCE) return internalBinding('modules').getSource(job.wrap);
      if (isEntryPoint) entryPoint = job;
      await job.run();
      return job.namespace;
    });
  }

  /** -e and standard input as a module. */
  async eval(source, url, isEntryPoint = false, mayHaveTypes = false) {
    const { createSourceText } = internalBinding('modules');
    const compile = (text) => createSourceText(url, text, undefined);
    return this.#traced(url, '<eval>', async () => {
      let wrap;
      try {
        wrap = compile(source);
      } catch (error) {
        if (!mayHaveTypes) throw error;
        const { compileWithoutTypes } = require('internal/modules/typescript');
        wrap = compileWithoutTypes(
          error, source, compile, (stack, message) => `${message}\n\n${stack}`);
      }
      const created = [];
      const job = this.#addJob(url, undefined, wrap, isEntryPoint, created);
      this.#linkAll(created, false);
      if (isEntryPoint) entryPoint = job;
      await job.run();
      return job.namespace;
    });
  }

  /** require() of an ES module. @returns {{ job: ModuleJob, namespace: object }} */
  importSyncForRequire(module, record, filename, source) {
    const url = pathToFileURL(filename).href;
    if (getOptionValue('--require-module') === false) throw new ERR_REQUIRE_ESM(url, true);
    const parent = record.lastParent;
    let job = this.#jobs.get(url);
    if (job === undefined) {
      const created = [];
      job = this.#addJob(url, undefined, compileSourceText(url, source), record.isMain, created);
      record.requiredESM = job;
      this.#linkAll(created, true);
      return { job, namespace: job.runSync(parent) };
    }
    record.requiredESM = job;
    if (job.status >= STATUS.INSTANTIATED && job.status !== STATUS.ERRORED) {
      job.throwIfAsync(parent);
    }
    job.throwIfInCycle(`Cannot require() ES Module ${filename}`, urlToFilename(parent?.filename),
                       CYCLE_ADVICE);
    return { job, namespace: job.runSync(parent) };
  }

  initializeImportMeta(meta, wrap) {
    const { initializeImportMeta } = require('internal/modules/esm/initialize_import_meta');
    const { url: urlOf } = internalBinding('modules');
    const isMain = this.#jobOfWrap.get(wrap)?.isMain ?? false;
    initializeImportMeta(meta, { url: urlOf(wrap), isMain }, this);
  }
}
// User code that reaches the loader must not reach Object.prototype through it.
ObjectSetPrototypeOf(ModuleLoader.prototype, null);

let loader;
/** The module that the command line named, if it is an ES module. */
let entryPoint;

function getOrInitializeCascadedLoader() {
  if (loader === undefined) {
    loader = new ModuleLoader();
    loader.startHooksOfCommandLine();
  }
  return loader;
}

function register(specifier, parentURL = undefined, options) {
  if (parentURL != null && typeof parentURL === 'object' && !isURL(parentURL)) {
    options = parentURL;
    parentURL = options.parentURL;
  }
  getOrInitializeCascadedLoader().register(
    specifier, parentURL ?? 'data:', options?.data, options?.transferList);
}

module.exports = {
  getEntryPoint: () => entryPoint,
  getOrInitializeCascadedLoader,
  register,
};
