'use strict';

// `util.getCallSites`: where the caller is.

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

  // Source maps are not built yet: places are those of the code that runs, as if there were no map.
  return internalBinding('util').getCallSites(frameCount);
}

module.exports = { getCallSites };
