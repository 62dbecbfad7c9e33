'use strict';

// `util.getCallSites`: where the caller is.

const { ArrayPrototypeMap } = primordials;

const { getOptionValue } = require('internal/options');
const { validateBoolean, validateInteger, validateObject } = require('internal/validators');

const framesDefault = 10;
const framesMax = 200;

/** The place in the source that the code was made of, where a source map knows it. */
function toOriginal(site) {
  const { findSourceMap } = require('internal/source_map/source_map_cache');
  const { originalSource, originalLine, originalColumn, name } =
    findSourceMap(site.scriptName)?.findEntry(site.lineNumber - 1, site.columnNumber - 1) ?? {};
  if (originalSource === undefined) return site;
  return {
    ...site,
    functionName: name || site.functionName,
    scriptName: originalSource,
    lineNumber: originalLine + 1,
    columnNumber: originalColumn + 1,
    column: originalColumn + 1,
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
  return isMapped ? ArrayPrototypeMap(sites, toOriginal) : sites;
}

module.exports = { getCallSites };
