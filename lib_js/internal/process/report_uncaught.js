'use strict';
// The last words of a program that dies of an uncaught error, as Node prints them: the place,
// the error with its stack and further properties, the version.

const {
  String,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
} = primordials;

const { fatalExceptionStackEnhancers } = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { isNativeError } = require('internal/util/types');

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** What inspection shows; undefined if a getter threw, for then the error itself is the news. */
function inspected(error) {
  try {
    return fatalExceptionStackEnhancers.afterInspector(error);
  } catch {
    return undefined;
  }
}

function describe(error) {
  return inspected(error) ?? internalBinding('errors').noSideEffectsToString(error);
}

/** An object that cannot be inspected: its name and message, or as a string, if it has them. */
function textOfObject(object) {
  try {
    const { message, name } = object;
    if (message !== undefined && name !== undefined) return `${name}: ${message}`;
  } catch {
    // Nothing to be had there.
  }
  try {
    return String(object);
  } catch {
    return '';
  }
}

function hint() {
  const name = require('internal/process/warning').programName();
  return `(Use \`${name} --trace-uncaught ...\` to show where the exception was thrown)\n`;
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

/** Where an 'error' event came from is told only here, where it ends the program. */
function complete(error) {
  try {
    fatalExceptionStackEnhancers.beforeInspector(error);
  } catch {
    // A stack that cannot be read is no reason not to report.
  }
}

/** Node prints what a primitive is as a string, which a symbol is not. */
function textOfPrimitive(value) {
  return typeof value === 'symbol' ? '' : String(value);
}

/**
 * @param {unknown} error
 * @param {string} place `file:line`, source line and carets, each with a newline; may be empty
 * @param {string} frames where it was thrown
 */
function reportUncaught(error, place, frames) {
  let text;
  let isShown = isObject(error);
  place = originalPlace(place);
  if (isObject(error)) complete(error);
  if (isNativeError(error)) {
    text = `${place === '' ? '' : `${place}\n`}${describe(error)}\n`;
  } else {
    let shown = isShown ? inspected(error) : textOfPrimitive(error);
    if (shown === undefined) {
      isShown = false;
      shown = textOfObject(error);
    }
    text = `${place === '' ? 'Uncaught:' : ''}\n${place}${shown}\n`;
  }
  if (frames && getOptionValue('--trace-uncaught')) text += `Thrown at:\n${frames}\n`;
  else if (!isShown) text += hint();
  if (getOptionValue('--extra-info-on-fatal-exception')) {
    text += `\nNode.js ${process.version}\n`;
  }
  internalBinding('process_ops').writeSync(2, text);
}

module.exports = { reportUncaught };
