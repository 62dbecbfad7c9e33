'use strict';
// One module of the graph: its native half, what it imports, and how it runs.

const {
  ArrayPrototypeJoin,
  FunctionPrototype,
  ObjectFreeze,
  ObjectSetPrototypeOf,
  PromisePrototypeThen,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  StringPrototypeIncludes,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const { codes: {
  ERR_REQUIRE_ASYNC_MODULE,
  ERR_REQUIRE_CYCLE_MODULE,
} } = require('internal/errors');
const { setHasStartedUserESMExecution, urlToFilename } = require('internal/modules/helpers');
const { getOptionValue } = require('internal/options');
const { decorateErrorStack } = require('internal/util');

// V8's v8::Module::Status.
const STATUS = ObjectFreeze({
  __proto__: null,
  UNINSTANTIATED: 0,
  INSTANTIATING: 1,
  INSTANTIATED: 2,
  EVALUATING: 3,
  EVALUATED: 4,
  ERRORED: 5,
});

const noop = FunctionPrototype;

const COMMONJS_NAME_NOT_DEFINED = /^(require|module|exports|__filename|__dirname) is not defined$/;
const MISSING_EXPORT = /module '(.*)' does not provide an export named '(.+)'/;
const ADVICE = {
  __proto__: null,
  require: 'replace require() with import',
  module: 'use export instead of module.exports/exports',
  exports: 'use export instead of module.exports/exports',
  __filename: 'use import.meta.filename instead',
  __dirname: 'use import.meta.dirname instead',
};

class ModuleJob {
  /**
   * @param {string} url
   * @param {string} type  'json', or 'javascript' for everything without a type attribute
   * @param {object} wrap  native
   */
  constructor(url, type, wrap, isMain) {
    this.url = url;
    this.type = type;
    this.wrap = wrap;
    this.isMain = isMain;
    this.isCommonJS = false;
    // CommonJS module of an imported .cjs file, once it runs.
    this.cjsModule = undefined;
    /** @type {ModuleJob[]} in the order of the module's requests */
    this.dependencies = [];
    this.facade = undefined;
    // Only its source was asked for so far: what it imports is not loaded.
    this.isSourceOnly = false;
  }

  get status() {
    return internalBinding('modules').getStatus(this.wrap);
  }

  get namespace() {
    return internalBinding('modules').getNamespace(this.wrap);
  }

  instantiate() {
    const { instantiate } = internalBinding('modules');
    if (this.status !== STATUS.UNINSTANTIATED) return;
    try {
      if (this.isMain && getOptionValue('--inspect-brk')) {
        require('internal/inspector/port').callOnStart(instantiate, undefined, this.wrap);
      } else {
        instantiate(this.wrap);
      }
    } catch (error) {
      decorateErrorStack(error);
      explainMissingExport(error, this);
      throw error;
    }
  }

  /** Evaluates as import does. */
  async run() {
    this.instantiate();
    // Nothing of the module runs in the turn that asked for it.
    await undefined;
    setHasStartedUserESMExecution();
    const { evaluate, hasTopLevelAwait } = internalBinding('modules');
    try {
      await evaluate(this.wrap);
    } catch (error) {
      explainCommonJSName(error, this.url, hasTopLevelAwait(this.wrap));
      throw error;
    }
  }

  /** Evaluates as require() does: now, or not at all. */
  runSync(parent) {
    const { evaluate, getError } = internalBinding('modules');
    if (this.status === STATUS.UNINSTANTIATED) this.instantiate();
    if (this.status === STATUS.ERRORED) throw getError(this.wrap);
    this.throwIfAsync(parent);
    if (this.status === STATUS.INSTANTIATED) {
      setHasStartedUserESMExecution();
      // A rejection is thrown here, so it is not unhandled.
      PromisePrototypeThen(evaluate(this.wrap), undefined, noop);
      if (this.status === STATUS.ERRORED) {
        const error = getError(this.wrap);
        explainCommonJSName(error, this.url, false);
        throw error;
      }
    }
    return this.namespace;
  }

  throwIfAsync(parent) {
    if (!internalBinding('modules').isGraphAsync(this.wrap)) return;
    const locations = getOptionValue('--experimental-print-required-tla') ?
      require('internal/modules/esm/top_level_await').locateTopLevelAwait(this) : [];
    throw new ERR_REQUIRE_ASYNC_MODULE(urlToFilename(this.url), parent, locations);
  }

  /** For require() of something that import is in the middle of. */
  throwIfInCycle(message, parentFilename, advice = '') {
    if (this.status !== STATUS.EVALUATING && this.status !== STATUS.INSTANTIATING) return;
    const from = parentFilename ? ` (from ${parentFilename})` : '';
    throw new ERR_REQUIRE_CYCLE_MODULE(`${message} in a cycle.${from}${advice}`);
  }
}

// Programs may put anything on Object.prototype.
ObjectSetPrototypeOf(ModuleJob.prototype, null);

function isEvaluated(job) {
  return job.status === STATUS.EVALUATED;
}

/**
 * What require() gives for a module with a default export: the same names plus
 * `__esModule`, so that transpiled importers find `default`.
 */
function createRequiredFacade(job) {
  if (job.facade === undefined) {
    const { createSourceText, evaluate, getModuleRequests, getNamespace, instantiate, link } =
      internalBinding('modules');
    const facade = createSourceText(
      'node:internal/require_module_default_facade',
      "export * from 'original'; export { default } from 'original'; " +
      'export const __esModule = true;', undefined);
    const wraps = [];
    for (let i = getModuleRequests(facade).length; i > 0; i--) wraps[i - 1] = job.wrap;
    link(facade, wraps);
    instantiate(facade);
    evaluate(facade);
    job.facade = getNamespace(facade);
  }
  return job.facade;
}

/** import { x } of CommonJS that the lexer saw no `x` in: says how to import it. */
function explainMissingExport(error, job) {
  if (!StringPrototypeIncludes(error.message, ' does not provide an export named')) return;
  const match = RegExpPrototypeExec(MISSING_EXPORT, error.message);
  if (match === null) return;
  const { 1: specifier, 2: name } = match;
  const importer = findImporterOfCommonJS(job, specifier, { __proto__: null });
  if (importer === undefined) return;
  const lines = StringPrototypeSplit(error.stack, '\n');
  // A decorated stack begins with the place and the statement.
  const names = RegExpPrototypeExec(/{.*}/, lines[1] ?? '');
  const statement = names === null ? '' :
    `const ${RegExpPrototypeSymbolReplace(/\s+as\s+/g, names[0], ': ')} = pkg;\n`;
  const oldMessage = error.message;
  error.message = `Named export '${name}' not found. The requested module '${specifier}' is a ` +
    'CommonJS module, which may not support all module.exports as named exports.\n' +
    'CommonJS modules can always be imported via the default export, for example using:' +
    `\n\nimport pkg from '${specifier}';\n${statement}`;
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] === `SyntaxError: ${oldMessage}`) lines[i] = `SyntaxError: ${error.message}`;
  }
  error.stack = ArrayPrototypeJoin(lines, '\n');
}

/** The module of the graph that imports CommonJS by this specifier. */
function findImporterOfCommonJS(job, specifier, seen) {
  if (seen[job.url]) return undefined;
  seen[job.url] = true;
  const requests = internalBinding('modules').getModuleRequests(job.wrap) ?? [];
  for (let i = 0; i < job.dependencies.length; i++) {
    const dependency = job.dependencies[i];
    if (requests[i][0] === specifier && dependency.isCommonJS) return job;
    const found = findImporterOfCommonJS(dependency, specifier, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `require is not defined`: says why, and what to do. */
function explainCommonJSName(error, url, hasTopLevelAwait) {
  if (error?.name !== 'ReferenceError') return;
  const match = RegExpPrototypeExec(COMMONJS_NAME_NOT_DEFINED, `${error.message}`);
  if (match === null) return;
  const name = match[1];
  if (hasTopLevelAwait) {
    error.message = `Cannot determine intended module format because both '${name}' and ` +
      'top-level await are present. If the code is intended to be CommonJS, wrap await in an ' +
      `async function. If the code is intended to be an ES module, ${ADVICE[name]}.`;
    error.code = 'ERR_AMBIGUOUS_MODULE_SYNTAX';
    return;
  }
  error.message += ' in ES module scope';
  if (name === 'require') error.message += ', you can use import instead';
  if (!StringPrototypeStartsWith(url, 'file://') ||
      RegExpPrototypeExec(/\.js(\?[^#]*)?(#.*)?$/, url) === null) {
    return;
  }
  const { getPackageScopeConfig } = require('internal/modules/package_json_reader');
  const scope = getPackageScopeConfig(url);
  if (scope.type !== 'module') return;
  error.message += '\nThis file is being treated as an ES module because it has a ' +
    `'.js' file extension and '${scope.pjsonPath}' contains "type": "module". To treat it as ` +
    'a CommonJS script, rename it to use the \'.cjs\' file extension.';
}

module.exports = {
  ModuleJob,
  STATUS,
  createRequiredFacade,
  isEvaluated,
};
