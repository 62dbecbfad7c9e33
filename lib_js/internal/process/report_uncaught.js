'use strict';
// The last words of a program that dies of an uncaught error, as Node prints them: the place,
// the error with its stack and further properties, the version.

const {
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
} = primordials;

const { fatalExceptionStackEnhancers } = require('internal/errors');
const { isNativeError } = require('internal/util/types');

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function describe(error) {
  try {
    return require('internal/util/inspect').inspect(error);
  } catch {
    // A getter or a custom inspect function threw: the error itself is the news.
    return internalBinding('errors').noSideEffectsToString(error);
  }
}

/** The place in the original source, if source maps are switched on and know it. */
function originalPlace(place) {
  const cache = require('internal/modules/helpers').getSourceMapCache();
  if (cache === undefined || place === '') return place;
  const { 0: head, 2: carets = '' } = StringPrototypeSplit(place, '\n', 3);
  const colon = StringPrototypeLastIndexOf(head, ':');
  const column = StringPrototypeIndexOf(carets, '^');
  return cache.errorSource(StringPrototypeSlice(head, 0, colon),
                           +StringPrototypeSlice(head, colon + 1), column) ?? place;
}

/**
 * @param {unknown} error
 * @param {string} place `file:line`, source line and carets, each with a newline; may be empty
 */
function reportUncaught(error, place) {
  let text;
  place = originalPlace(place);
  // Where an 'error' event came from is told only here, where it ends the program.
  if (isObject(error)) fatalExceptionStackEnhancers.beforeInspector(error);
  if (isNativeError(error) || (isObject(error) && typeof error.stack === 'string')) {
    text = `${place === '' ? '' : `${place}\n`}${describe(error)}\n`;
  } else {
    const isText = typeof error === 'string' || typeof error === 'bigint';
    const shown = isText ? `${error}` : describe(error);
    text = `${place === '' ? 'Uncaught:' : ''}\n${place}${shown}\n`;
    if (!isObject(error)) {
      text += '(Use `node --trace-uncaught ...` to show where the exception was thrown)\n';
    }
  }
  text += `\nNode.js ${process.version}\n`;
  internalBinding('process_ops').writeSync(2, text);
}

module.exports = { reportUncaught };
