'use strict';
// The source maps of loaded modules: kept from the moment one is compiled, for as long as its
// module lives. Loaded when source maps are switched on or asked for.

const {
  ArrayPrototypeForEach,
  ArrayPrototypeIndexOf,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  JSONParse,
  ObjectFreeze,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolSplit,
  SafeFinalizationRegistry,
  SafeMap,
  SafeWeakRef,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const {
  defaultPrepareStackTrace,
  setInternalPrepareStackTrace,
} = require('internal/errors/stack');
const { normalizeReferrerURL, setSourceMapCache } = require('internal/modules/helpers');
const { fileURLToPath, pathToFileURL, URL } = require('internal/url');
const { isUnderNodeModules, kEmptyObject } = require('internal/util');
const { validateBoolean, validateObject } = require('internal/validators');
const { isAbsolute } = require('path');

const PROTOCOL = /^\w+:\/\//;

let support = ObjectFreeze({
  __proto__: null, enabled: false, nodeModules: false, generatedCode: false,
});

/** url -> { owner: WeakRef of the module, entry } */
const cache = new SafeMap();
const owners = new SafeFinalizationRegistry((keys) => {
  ArrayPrototypeForEach(keys, (key) => {
    if (cache.get(key)?.owner.deref() === undefined) cache.delete(key);
  });
});

function getSourceMapsSupport() {
  return support;
}

function setSourceMapsSupport(enabled, options = kEmptyObject) {
  validateBoolean(enabled, 'enabled');
  validateObject(options, 'options');
  const { nodeModules = false, generatedCode = false } = options;
  validateBoolean(nodeModules, 'options.nodeModules');
  validateBoolean(generatedCode, 'options.generatedCode');
  if (enabled) {
    const { prepareStackTraceWithSourceMaps } =
      require('internal/source_map/prepare_stack_trace');
    setInternalPrepareStackTrace(prepareStackTraceWithSourceMaps);
  } else {
    setInternalPrepareStackTrace(defaultPrepareStackTrace);
  }
  support = ObjectFreeze({ __proto__: null, enabled, nodeModules, generatedCode });
  setSourceMapCache(enabled ? { __proto__: null, add, errorSource } : undefined);
}

/** Characters of each line. */
function lineLengthsOf(content) {
  const lengths = [];
  let start = 0;
  for (let i = 0; i < content.length; i++) {
    const code = StringPrototypeCharCodeAt(content, i);
    if (code !== 10 && code !== 0x2028 && code !== 0x2029) continue;
    ArrayPrototypePush(lengths, i - start);
    start = i + 1;
  }
  ArrayPrototypePush(lengths, content.length - start);
  return lengths;
}

/** Sources are relative to sourceRoot, and that to the map. */
function withAbsoluteSources(base, data) {
  data.sources = ArrayPrototypeMap(data.sources, (source) => {
    source = (data.sourceRoot || '') + source;
    return isAbsolute(source) ? pathToFileURL(source).href : new URL(source, base).href;
  });
  data.sourceRoot = '';
  return data;
}

/** The text of a data: URL with JSON; undefined for other data. */
function textOfDataURL(url) {
  const comma = StringPrototypeIndexOf(url, ',');
  const head = StringPrototypeSplit(StringPrototypeSlice(url, 5, comma), ';');
  if (head[0] !== 'application/json') return undefined;
  const body = StringPrototypeSlice(url, comma + 1);
  if (head[head.length - 1] !== 'base64') return body;
  return require('buffer').Buffer.from(body, 'base64').toString('utf8');
}

/** The map behind a sourceMappingURL, parsed; null when there is none to be had. */
function readMap(codeURL, mapURL) {
  try {
    if (StringPrototypeStartsWith(mapURL, 'data:')) {
      const text = textOfDataURL(mapURL);
      return text === undefined ? null : withAbsoluteSources(codeURL, JSONParse(text));
    }
    const url = new URL(mapURL, codeURL);
    if (url.protocol !== 'file:') return null;
    const text = require('fs').readFileSync(fileURLToPath(url), 'utf8');
    return withAbsoluteSources(url, JSONParse(text));
  } catch {
    // A map that is missing or broken is as good as none.
    return null;
  }
}

/**
 * @param {string} name path or URL of the code
 * @param {string} content
 * @param {object} module  while it lives, its map is kept
 * @param {string | undefined} mapURL  the code's sourceMappingURL
 */
function add(name, content, module, mapURL) {
  if (typeof mapURL !== 'string' || mapURL === '') return;
  const url = normalizeReferrerURL(name);
  if (url === undefined || (!support.nodeModules && isUnderNodeModules(url))) return;
  const data = readMap(url, mapURL);
  if (data === null) return;
  const entry = {
    __proto__: null, data, lineLengths: lineLengthsOf(content), sourceMap: undefined,
  };
  cache.set(url, { __proto__: null, owner: new SafeWeakRef(module), entry });
  owners.register(module, [url]);
}

/** module.findSourceMap(): never throws. */
function findSourceMap(sourceURL) {
  if (typeof sourceURL !== 'string' || StringPrototypeStartsWith(sourceURL, 'node:')) {
    return undefined;
  }
  if (!support.nodeModules && isUnderNodeModules(sourceURL)) return undefined;
  try {
    if (RegExpPrototypeExec(PROTOCOL, sourceURL) === null) {
      sourceURL = pathToFileURL(sourceURL).href;
    }
    const found = cache.get(sourceURL);
    if (found === undefined) return undefined;
    if (found.owner.deref() === undefined) {
      cache.delete(sourceURL);
      return undefined;
    }
    const { entry } = found;
    if (entry.sourceMap === undefined) {
      const { SourceMap } = require('internal/source_map/source_map');
      entry.sourceMap = new SourceMap(entry.data, { lineLengths: entry.lineLengths });
    }
    return entry.sourceMap;
  } catch {
    return undefined;
  }
}

/** One line of an original source, from the map itself or from disk; lines count from 0. */
function getSourceLine(sourceMap, originalSource, line) {
  const { sources, sourcesContent } = sourceMap.payload;
  let text = sourcesContent?.[ArrayPrototypeIndexOf(sources, originalSource)];
  if (!text && StringPrototypeStartsWith(originalSource, 'file://')) {
    try {
      text = require('fs').readFileSync(fileURLToPath(originalSource), 'utf8');
    } catch {
      // The place is told without its line.
    }
  }
  return typeof text === 'string' ? RegExpPrototypeSymbolSplit(/\r?\n/, text)[line] : undefined;
}

function errorSource(filename, line, column) {
  return require('internal/source_map/prepare_stack_trace').errorSource(filename, line, column);
}

module.exports = {
  findSourceMap,
  getSourceLine,
  getSourceMapsSupport,
  setSourceMapsSupport,
};
