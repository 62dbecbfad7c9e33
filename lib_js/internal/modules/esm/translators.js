'use strict';
// One function per module format: loaded source to a native module.

const {
  ArrayPrototypeForEach,
  ArrayPrototypePush,
  JSONParse,
  ObjectPrototypeHasOwnProperty,
  SafeMap,
  SafeSet,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const { codes: {
  ERR_REQUIRE_CYCLE_MODULE,
  ERR_UNKNOWN_BUILTIN_MODULE,
} } = require('internal/errors');
const { BuiltinModule } = require('internal/bootstrap/realm');
const {
  Module,
  findLongestRegisteredExtension,
  loadSource,
  recordOf,
  resolveForCJS,
  wrapModuleLoad,
} = require('internal/modules/cjs/loader');
const {
  assertBufferSource,
  compileSourceText,
  loadBuiltinModule,
  stringify,
  stripBOM,
  urlToFilename,
} = require('internal/modules/helpers');
const { getSourceSync } = require('internal/modules/esm/load');
const { fileURLToPath, URL } = require('internal/url');
const { dirname } = require('path');

/**
 * Each takes (url, loaded, importer) and returns { wrap, isCommonJS? }.
 * `loaded` is { source, format, isResolvedByHooks }; `importer` is
 * { parentURL, specifier, isRequired }: isRequired if require() wants the graph.
 */
const translators = new SafeMap();

translators.set('module', (url, { source }) => {
  assertBufferSource(source, true, 'load');
  return { wrap: compileSourceText(url, stringify(source)) };
});

translators.set('builtin', (url) => {
  const id = StringPrototypeStartsWith(url, 'node:') ? StringPrototypeSlice(url, 5) : url;
  const builtin = loadBuiltinModule(id);
  if (builtin === undefined) throw new ERR_UNKNOWN_BUILTIN_MODULE(url);
  return { wrap: builtin.getESMFacade() };
});

/** A module with nothing but a default export. */
function defaultOnly(url, value) {
  const { createSynthetic, setExport } = internalBinding('modules');
  return { wrap: createSynthetic(url, ['default'], (wrap) => setExport(wrap, 'default', value)) };
}

translators.set('json', (url, { source }) => {
  assertBufferSource(source, true, 'load');
  // require() and import give the same object, unless a query makes it another module.
  const isShared = StringPrototypeStartsWith(url, 'file:') &&
    !StringPrototypeIncludes(url, '?') && !StringPrototypeIncludes(url, '#');
  const filename = isShared ? fileURLToPath(url) : undefined;
  const cached = isShared ? Module._cache[filename] : undefined;
  if (cached?.loaded) return defaultOnly(url, cached.exports);
  let exports;
  try {
    exports = JSONParse(stripBOM(stringify(source)));
  } catch (error) {
    const name = StringPrototypeStartsWith(url, 'file:') ? fileURLToPath(url) : url;
    error.message = `${name}: ${error.message}`;
    throw error;
  }
  if (isShared) Module._cache[filename] = { exports, loaded: true };
  return defaultOnly(url, exports);
});

translators.set('wasm', (url, loaded) =>
  require('internal/modules/esm/wasm').translateWasm(url, loaded));

/** For load hooks, and for files with --experimental-import-text. */
translators.set('text', (url, { source }) => {
  assertBufferSource(source, true, 'load');
  return defaultOnly(url, stringify(source));
});

// CommonJS under import.

/** filename -> names that the lexer found, with those of its re-exports */
const lexedNames = new SafeMap();

/** Names that `module.exports` of this source is likely to have. */
function exportNamesOf(filename, source, format) {
  const known = lexedNames.get(filename);
  if (known !== undefined) return known;
  const { cjsLexer } = internalBinding('modules');
  const { 0: found, 1: reexports } = cjsLexer(source);
  const names = new SafeSet(found);
  // Before the re-exports, because they may come back here.
  lexedNames.set(filename, names);
  if (reexports.length === 0) return names;
  const module = moduleForLookup(filename);
  ArrayPrototypeForEach(reexports, (specifier) => {
    let resolved;
    try {
      resolved = resolveForCJS(specifier, module, false);
    } catch {
      // The module will say so itself when it runs.
      return;
    }
    const { filename: target, format: targetFormat } = resolved;
    if (BuiltinModule.normalizeRequirableId(target) !== undefined) return;
    if (targetFormat !== 'commonjs' && findLongestRegisteredExtension(target) !== '.js') return;
    let targetSource;
    try {
      ({ source: targetSource } = loadSource(moduleForLookup(target), target, targetFormat));
    } catch {
      return;
    }
    for (const name of exportNamesOf(target, stringify(targetSource), targetFormat)) {
      names.add(name);
    }
  });
  return names;
}

/** A module that only says where require() would look from; it enters no cache. */
function moduleForLookup(filename) {
  const module = new Module(filename, undefined);
  module.filename = filename;
  module.paths = Module._nodeModulePaths(dirname(filename));
  return module;
}

function throwIfExecuting(filename, { isRequired, parentURL, specifier }) {
  const running = Module._cache[filename];
  if (!isRequired || running === undefined || !recordOf(running).isExecuting) return;
  const parentFilename = urlToFilename(parentURL);
  throw new ERR_REQUIRE_CYCLE_MODULE(
    `Cannot import CommonJS Module ${specifier} in a cycle.` +
    `${parentFilename ? ` (from ${parentFilename})` : ''}`);
}

/**
 * What the first import of a cached module sees: its exports as they were when it had run. Later
 * ones, and those in the middle of its running, see what it has now.
 */
function takeExportsAtLoad(module) {
  const record = recordOf(module);
  const exports = record.exportsAtLoad ?? module.exports;
  record.exportsAtLoad = undefined;
  return exports;
}

/** Runs a CommonJS module for import; gives its exports. */
function runCommonJS(url, filename, source, loaded, isMain) {
  if (loaded.isLoadedByAsyncHooks && loaded.source != null) {
    const { runHookedCommonJS } = require('internal/modules/esm/hooked_commonjs');
    return runHookedCommonJS(url, filename, source, isMain);
  }
  const cached = Module._cache[filename];
  if (cached !== undefined) return takeExportsAtLoad(cached);
  if (loaded.isResolvedByHooks || loaded.isLoadedByHooks) {
    return wrapModuleLoad(filename, undefined, isMain, {
      __proto__: null,
      resolved: { __proto__: null, filename, format: loaded.format, url },
      source,
    });
  }
  return wrapModuleLoad(filename, undefined, isMain, {
    __proto__: null,
    resolved: { __proto__: null, filename, format: undefined, url: undefined },
    source: undefined,
  });
}

translators.set('commonjs', (url, loaded, importer) => {
  const { createSynthetic, setExport } = internalBinding('modules');
  const filename = urlToFilename(url);
  throwIfExecuting(filename, importer);
  let { source } = loaded;
  let names = new SafeSet();
  try {
    source = stringify(source ?? getSourceSync(new URL(url)).source);
    names = exportNamesOf(filename, source, loaded.format);
  } catch {
    // An unreadable file throws when it is run; one that the lexer does not
    // understand has a default export all the same.
  }
  const exportNames = [];
  for (const name of names) ArrayPrototypePush(exportNames, name);
  if (!names.has('default')) ArrayPrototypePush(exportNames, 'default');
  if (!names.has('module.exports')) ArrayPrototypePush(exportNames, 'module.exports');

  const isMain = importer.parentURL === undefined;
  const wrap = createSynthetic(url, exportNames, (self) => {
    const exports = runCommonJS(url, filename, source, loaded, isMain);
    ArrayPrototypeForEach(exportNames, (name) => {
      if (name === 'default' || name === 'module.exports') return;
      if (exports == null || !ObjectPrototypeHasOwnProperty(exports, name)) return;
      let value;
      try {
        value = exports[name];
      } catch {
        // A throwing getter exports undefined.
      }
      setExport(self, name, value);
    });
    setExport(self, 'default', exports);
    setExport(self, 'module.exports', exports);
  });
  return { wrap, isCommonJS: true };
});

// Not by an iterator: this loads when it is needed, and the program may have taken those away.
ArrayPrototypeForEach(['commonjs', 'module'], (format) => {
  translators.set(`${format}-typescript`, (url, loaded, importer) => {
    assertBufferSource(loaded.source, true, 'load');
    const { stripTypeScriptModuleTypes } = require('internal/modules/typescript');
    const source = stripTypeScriptModuleTypes(stringify(loaded.source), url);
    return translators.get(format)(url, { ...loaded, source, format }, importer);
  });
});

module.exports = { translators };
