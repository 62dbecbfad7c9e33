'use strict';

// `util.getCallSites`: where the caller is.

const { ArrayPrototypeMap } = primordials;

const { getOptionValue } = require('internal/options');
const { validateBoolean, validateInteger, validateObject } = require('internal/validators');

const framesDefault = 10;
const framesMax = 200;

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
  return isMapped ? ArrayPrototypeMap(sites, originalSite) : sites;
}

/** The place in the original source, where a source map knows it. */
function originalSite(site) {
  const { findSourceMap } = require('internal/source_map/source_map_cache');
  const { originalLine, originalColumn, originalSource } =
    findSourceMap(site.scriptName)?.findEntry(site.lineNumber - 1, site.columnNumber - 1) ?? {};
  if (!originalSource) return site;
  return {
    ...site,
    scriptName: originalSource,
    lineNumber: originalLine + 1,
    columnNumber: originalColumn + 1,
    column: originalColumn + 1,
  };
}

module.exports = { getCallSites };
