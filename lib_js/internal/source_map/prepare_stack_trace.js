'use strict';
// Stacks that show the places of the original sources (--enable-source-maps).

const {
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ErrorPrototypeToString,
  RegExpPrototypeSymbolReplace,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const { kIsNodeError } = require('internal/errors/stack');
const { findSourceMap, getSourceLine } = require('internal/source_map/source_map_cache');
const { fileURLToPath } = require('internal/url');

function pathOf(source) {
  return StringPrototypeStartsWith(source, 'file://') ? fileURLToPath(source) : source;
}

/** The name that the original source gives a function; minifiers change it. */
function originalName(sourceMap, callSite, caller) {
  const own = sourceMap.findEntry(
    callSite.getEnclosingLineNumber?.() - 1, callSite.getEnclosingColumnNumber?.() - 1);
  if (own.name) return own.name;
  if (caller === undefined || caller.getFileName() !== callSite.getFileName()) return undefined;
  return sourceMap.findEntry(caller.getLineNumber() - 1, caller.getColumnNumber() - 1).name;
}

function mappedFrame(sourceMap, callSite, caller) {
  const { originalLine, originalColumn, originalSource } =
    sourceMap.findEntry(callSite.getLineNumber() - 1, callSite.getColumnNumber() - 1);
  if (originalSource === undefined || originalLine === undefined ||
      originalColumn === undefined) {
    return `${callSite}`;
  }
  let prefix = '';
  if (callSite.isAsync()) prefix = 'async ';
  else if (callSite.isConstructor()) prefix = 'new ';
  const type = callSite.getTypeName();
  const owner = type !== null && type !== 'global' ? `${type}.` : '';
  const name = originalName(sourceMap, callSite, caller) ||
    callSite.getFunctionName() || callSite.getMethodName() || '<anonymous>';
  return `${prefix}${owner}${name} ` +
    `(${pathOf(originalSource)}:${originalLine + 1}:${originalColumn + 1})`;
}

function prepareStackTraceWithSourceMaps(error, frames) {
  const head = kIsNodeError in error ?
    `${error.name} [${error.code}]: ${error.message}` : ErrorPrototypeToString(error);
  if (frames.length === 0) return head;
  const lines = ArrayPrototypeMap(frames, (callSite, i) => {
    try {
      const sourceMap = findSourceMap(callSite.getFileName() ?? callSite.getEvalOrigin());
      if (sourceMap !== undefined) return mappedFrame(sourceMap, callSite, frames[i + 1]);
    } catch {
      // The place in the code that runs is better than none.
    }
    return `${callSite}`;
  });
  return `${head}\n    at ${ArrayPrototypeJoin(lines, '\n    at ')}`;
}

/**
 * Place, source line and caret for a place in the code that runs, as they are printed above an
 * uncaught error; undefined without a map.
 * @param {number} line from 1
 * @param {number} column from 0
 */
function errorSource(filename, line, column) {
  const sourceMap = findSourceMap(filename);
  if (sourceMap === undefined) return undefined;
  const { originalLine, originalColumn, originalSource } = sourceMap.findEntry(line - 1, column);
  if (originalSource === undefined) return undefined;
  const text = getSourceLine(sourceMap, originalSource, originalLine);
  if (!text) return undefined;
  const indent = RegExpPrototypeSymbolReplace(
    /[^\t]/g, StringPrototypeSlice(text, 0, originalColumn), ' ');
  return `${pathOf(originalSource)}:${originalLine + 1}\n${text}\n${indent}^\n`;
}

module.exports = { errorSource, prepareStackTraceWithSourceMaps };
