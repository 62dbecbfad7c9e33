'use strict';

// `util.getCallSites`: where the caller is.

const { ArrayPrototypeMap } = primordials;

const { getOptionValue } = require('internal/options');
const { validateBoolean, validateInteger, validateObject } = require('internal/validators');

const framesDefault = 10;
const framesMax = 200;

/** The place in the source from which this one was made; the same place if there is no map. */
function throughSourceMap(site) {
  const { findSourceMap } = require('internal/source_map/source_map_cache');
  const map = findSourceMap(site.scriptName);
  const entry = map?.findEntry(site.lineNumber - 1, site.columnNumber - 1);
  if (!entry?.originalSource) return site;
  return {
    __proto__: null,
    functionName: entry.name || site.functionName,
    scriptName: entry.originalSource,
    lineNumber: entry.originalLine + 1,
    column: entry.originalColumn + 1,
    columnNumber: entry.originalColumn + 1,
  };
}

/** (frameCount, options), (options) or nothing. */
function getCallSites(frameCount = framesDefault, options) {
  if (options === undefined && typeof frameCount === 'object') {
    options = frameCount;
    frameCount = framesDefault;
    validateObject(options, 'options');
  } else if (options !== undefined) {
    validateObject(options, 'options');
  }
  const sourceMap = options?.sourceMap;
  if (sourceMap !== undefined) validateBoolean(sourceMap, 'options.sourceMap');
  validateInteger(frameCount, 'frameCount', 1, framesMax);

  const sites = internalBinding('util').getCallSites(frameCount);
  const isMapped = sourceMap ?? getOptionValue('--enable-source-maps');
  return isMapped ? ArrayPrototypeMap(sites, throughSourceMap) : sites;
}

module.exports = { getCallSites };
